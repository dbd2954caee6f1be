# SPDX-License-Identifier: Apache-2.0
"""``gakusho init``: an issuer in a folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gakusho.cli.terminal import UsageError, say, say_json
from gakusho.errors import ConflictError

if TYPE_CHECKING:
    from gakusho.cli.founding import Founded

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def init(  # noqa: PLR0913  # one parameter an option
    *,
    name: Annotated[str, typer.Option(help="Name of the institution, in its own language.")],
    name_en: Annotated[str | None, typer.Option(help="Its English name.")] = None,
    did: Annotated[
        str | None,
        typer.Option(
            metavar="did:web:…",
            help="The institution's did:web; without one, the issuer is known by its key alone (did:key).",
        ),
    ] = None,
    url: Annotated[str | None, typer.Option(help="The institution's web site.")] = None,
    email: Annotated[str | None, typer.Option(help="Address for questions about credentials.")] = None,
    country: Annotated[str, typer.Option(help="ISO 3166-1, two letters.")] = "JP",
    signatory: Annotated[str, typer.Option(help="Who signs documents, such as the president.")] = "",
    signatory_title: Annotated[str, typer.Option(help="The signatory's office, such as 学長.")] = "",
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the issuer.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make an issuer in this folder: keys, profile, status lists, and the documents to publish."""
    from gakusho.cli.folder import PROFILE
    from gakusho.cli.founding import found
    from gakusho.model.text import Text

    if not name.strip():
        raise UsageError("--name is empty.")
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise UsageError(f"--country: got {country!r}, expected two capital letters such as JP.")
    if (directory / PROFILE).exists() or (directory / "keys").exists():
        raise ConflictError(
            f"There is an issuer in {directory.absolute()} already.",
            action="Choose another folder with --dir, or issue from this one.",
        )
    own = "ja" if _JAPANESE.search(name) else "en"
    names = Text.of({own: name.strip(), "en": (name_en or (name if own == "en" else "")).strip()})
    titles = Text.of({"ja" if _JAPANESE.search(signatory_title) else "en": signatory_title})
    existed = directory.exists()
    try:
        founded = found(
            directory,
            name=names,
            did=did,
            url=url,
            email=email,
            country=country,
            signatory=(signatory, titles),
        )
    except BaseException:
        shutil.rmtree(directory / "keys", ignore_errors=True)
        if not existed:
            shutil.rmtree(directory, ignore_errors=True)
        raise
    _tell(founded, directory, as_json=as_json)


def _tell(founded: Founded, directory: Path, *, as_json: bool) -> None:
    profile = founded.folder.profile
    if as_json:
        say_json(
            {
                "issuer": profile.issuer.id,
                "name": profile.issuer.name.as_dict(),
                "directory": str(directory.absolute()),
                "documents": [str(file.relative_to(directory)) for file in founded.documents],
                "secret_file": "keys/secret" if founded.secret_made else None,
            }
        )
        return
    say(f"{profile.issuer.name.joined(' / ')} can issue from {directory.absolute()}.")
    say(f"  issuer     {profile.issuer.id}")
    say("  keys       keys/            encrypted at rest")
    if founded.secret_made:
        say("  secret     keys/secret      opens the keys: whoever has both can sign in your name.")
        say("             Set GAKUSHO_PASSPHRASE before `gakusho init` to keep no secret on this disk.")
    else:
        say("  secret     your GAKUSHO_PASSPHRASE; it is stored nowhere, and without it the keys are lost.")
    say("  documents  documents/       everything needed to verify offline")
    if profile.issuer.id.startswith("did:web:"):
        host = profile.issuer.id.split(":")[2]
        say(f"Publish documents/{host}/ at https://{host}/, and again after each issuing and revoking.")
