# SPDX-License-Identifier: Apache-2.0
"""``gakusho templates``: the pages of a server's institution as files that a designer edits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gakusho.cli.documents import Data, DatabaseUrl, Slug, institution_of, opened, operator_of
from gakusho.cli.terminal import EXIT_DONE, UsageError, say

app = typer.Typer(
    help="Give out and take in the templates of a server's documents.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the template files.")]
_LARGEST = 1_000_000


@app.command("export")
def export(folder: Folder, *, institution: Slug = "", data: Data = None, database: DatabaseUrl = None) -> int:
    """Write the templates in use into a folder, which must be new or empty."""
    from gakusho.issuer import templates

    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", action="Name a new folder.")
    with opened(data, database) as place, place.work(read_only=True) as work:
        found = institution_of(work, institution)
        view, files = templates.templates(work, found), templates.all_files(work, found)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    own = f"version {view.version}, {len(view.files)} of your own" if view.files else "built-in"
    say(
        f"{len(files)} templates ({own}) are in {folder}. Edit them and run gakusho templates import {folder}"
    )
    return EXIT_DONE


@app.command("import")
def take(
    folder: Folder,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try them out; keep nothing.")] = False,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Try the templates of a folder out and use them from now on; all or none."""
    from gakusho.issuer import institutions, templates

    files = _read(folder)
    with opened(data, database) as place:
        with place.work(read_only=True) as work:
            found = institution_of(work, institution)
            view = institutions.institution(work, found)
        packed = templates.try_out(view, files, place.files.get)
        if dry_run:
            say("The templates are well; nothing was changed.")
            return EXIT_DONE
        with place.work() as work:
            kept = templates.change(work, operator_of(found), packed)
    say(f"Version {kept.version} is used for what is approved from now on: {', '.join(sorted(kept.files))}.")
    return EXIT_DONE


@app.command("reset")
def reset(*, institution: Slug = "", data: Data = None, database: DatabaseUrl = None) -> int:
    """Use the built-in templates again."""
    from gakusho.issuer import templates

    with opened(data, database) as place, place.work() as work:
        kept = templates.change(work, operator_of(institution_of(work, institution)), None)
    say(f"Version {kept.version}: the built-in templates are used for what is approved from now on.")
    return EXIT_DONE


def _read(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", action="Name the folder of the templates.")
    found: dict[str, bytes] = {}
    left = _LARGEST
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or file.suffix not in {".typ", ".svg"}:
            continue
        if file.is_symlink() or not file.is_file():
            raise UsageError(f"{file} is no plain file.")
        with file.open("rb") as opened_file:
            found[file.name] = opened_file.read(left + 1)
        left -= len(found[file.name])
        if left < 0:
            raise UsageError(f"The templates have more than {_LARGEST:,} bytes together.")
    if not found:
        raise UsageError(f"There are no templates (.typ) in {folder}.")
    return found
