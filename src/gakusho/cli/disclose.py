# SPDX-License-Identifier: Apache-2.0
"""``gakusho disclose``: show a part of a credential, and hold the rest back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gakusho.cli.terminal import EXIT_DONE, Language, UsageError, language_of, say, say_json, visible

if TYPE_CHECKING:
    from gakusho.formats import Disclosable

_MAX_BYTES = 64 * 1_048_576
_SHOWN = 100


def disclose(
    file: Annotated[
        Path, typer.Argument(metavar="FILE|-", help="The holder's own copy; - for standard input.")
    ],
    *,
    listing: Annotated[
        bool, typer.Option("--list", help="List what can be shown or held back; write nothing.")
    ] = False,
    show: Annotated[
        list[str] | None,
        typer.Option(
            metavar="POINTER", help="Show this part, a JSON pointer as --list prints it; may be repeated."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the result goes; without it, standard output.")
    ] = None,
    lang: Annotated[Language | None, typer.Option(help="Language of the messages.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Show a part of a credential: what its issuer always wants shown, and what you choose."""
    from gakusho import library

    if listing == bool(show):
        raise UsageError("Give either --list or --show POINTER.", action="See: gakusho disclose --help")
    if as_json and not listing and output is None:
        raise UsageError("--json and the credential cannot both go to standard output; give --output.")
    data = _read(file)
    if listing:
        _tell(library.disclosable(data), language_of(lang), as_json=as_json)
        return EXIT_DONE
    shown = library.disclose(data, show or [])
    if output is None:
        sys.stdout.buffer.write(shown)
        return EXIT_DONE
    try:
        output.write_bytes(shown)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", action="Check the path."
        ) from error
    if as_json:
        say_json({"output": str(output), "shown": show})
    else:
        say(_WROTE[language_of(lang)].format(output))
    return EXIT_DONE


_ALWAYS = {"ja": "常に見せる", "en": "always shown"}
_WROTE = {
    "ja": "{0} に書きました。相手に渡す前に確かめられます：gakusho verify {0}",
    "en": "Written to {0}. Check it before you hand it over: gakusho verify {0}",
}


def _tell(found: list[Disclosable], language: str, *, as_json: bool) -> None:
    if as_json:
        members = ("pointer", "kind", "value", "mandatory")
        say_json({"parts": [{name: getattr(one, name) for name in members} for one in found]})
        return
    for one in found:
        always = f"  ({_ALWAYS[language]})" if one.mandatory else ""
        say(f"{visible(one.pointer)}{always}\n    {visible(' '.join(one.value.split())[:_SHOWN])}")


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(_MAX_BYTES + 1)
    from gakusho.cli.desk import read

    return read(file, _MAX_BYTES)
