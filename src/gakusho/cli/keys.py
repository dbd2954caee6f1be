# SPDX-License-Identifier: Apache-2.0
"""``gakusho keys``: the keys of the issuer in a folder."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gakusho.cli.terminal import say, say_json
from gakusho.errors import ConflictError

app = typer.Typer(
    help="Look at and rotate the keys of the issuer in this folder.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Purpose(StrEnum):
    """What a key is for."""

    CREDENTIAL = "credential"
    DISCLOSURE = "disclosure"
    DOCUMENT = "document"


Directory = Annotated[Path, typer.Option("--dir", help="Folder of the issuer.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("list")
def list_keys(*, directory: Directory = Path(), as_json: AsJson = False) -> None:
    """List the keys with their history, the oldest first."""
    from gakusho.cli.folder import open_folder

    keys = open_folder(directory).profile.keys
    if as_json:
        members = ("purpose", "algorithm", "verification_method", "multikey", "created_at", "retired_at")
        say_json({"keys": [{name: getattr(key, name) for name in members} for key in keys]})
        return
    for key in keys:
        state = f"retired {key.retired_at}" if key.retired_at else "active"
        say(f"{key.purpose:<11} {key.algorithm:<8} {state:<29} {key.verification_method}")


@app.command("rotate")
def rotate(
    purpose: Annotated[Purpose, typer.Argument(help="Which key to replace.")] = Purpose.CREDENTIAL,
    *,
    directory: Directory = Path(),
    as_json: AsJson = False,
) -> None:
    """Make a new key; the old one stays published, so that what it signed still verifies."""
    from gakusho.cli.folder import alone_in, open_folder
    from gakusho.cli.rotation import rotate as rotate_key

    folder = open_folder(directory)
    if purpose is Purpose.DISCLOSURE and folder.profile.issuer.id.startswith("did:key:"):
        raise ConflictError(
            "The id of this issuer is its key (did:key), and publishes no other key.",
            code="did-key-rotation",
            action="Make a new issuer with `gakusho init --did did:web:…`; what this one issued stays valid.",
        )
    if purpose is Purpose.CREDENTIAL and folder.profile.issuer.id.startswith("did:key:"):
        raise ConflictError(
            "The id of this issuer is its key (did:key), so the key cannot change and the id stay.",
            code="did-key-rotation",
            action="Make a new issuer with `gakusho init --did did:web:…`; what this one issued stays valid.",
        )
    with alone_in(directory):
        key = rotate_key(open_folder(directory), purpose.value)
    if as_json:
        say_json({"purpose": key.purpose, "verification_method": key.verification_method})
        return
    say(f"From now on {key.verification_method} signs.")
    if folder.profile.issuer.id.startswith("did:web:"):
        say("Publish documents/ again before you issue, so that others find the new key.")
