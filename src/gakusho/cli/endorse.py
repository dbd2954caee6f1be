# SPDX-License-Identifier: Apache-2.0
"""``gakusho endorse``: say, signed, what the issuer of a folder thinks of another's achievement."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gakusho.cli.terminal import EXIT_DONE, UsageError, say, say_json

if TYPE_CHECKING:
    from gakusho.model.achievement import Achievement

_MAX_BYTES = 64 * 1024


class Form(StrEnum):
    """How an endorsement is written."""

    JWT = "jwt"
    JSON = "json"


_FORMATS = {Form.JWT: "vc-jwt", Form.JSON: "verifiable-credential"}


def endorse(
    endorsed_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Id of the achievement, award or issuer.")
    ] = None,
    *,
    comment: Annotated[str, typer.Option(help="What you say of it.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where the endorsement goes.")],
    achievement: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="The achievement, instead of its id.")
    ] = None,
    form: Annotated[Form, typer.Option("--as", help="A signed token, or JSON to be embedded.")] = Form.JWT,
    valid_until: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day; without it, it has no end.")
    ] = None,
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the issuer.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Endorse an achievement, an award or an issuer: a signed word that its issuer can carry in badges."""
    import uuid

    from gakusho.cli.desk import read_achievement
    from gakusho.cli.folder import open_folder
    from gakusho.cli.published import credential_key, did_documents
    from gakusho.formats import Sealing
    from gakusho.issuer import endorsing
    from gakusho.model.endorsement import Endorsement

    if (endorsed_id is None) == (achievement is None):
        raise UsageError(
            "Give either the ID or --achievement FILE.json.", action="See: gakusho endorse --help"
        )
    of = endorsed_id or read_achievement(achievement or Path()).id
    folder = open_folder(directory)
    now = datetime.now(UTC)
    made = Endorsement(
        id=uuid.uuid4().urn,
        endorser=folder.profile.issuer,
        endorsed_id=of,
        comment=comment,
        valid_from=now.replace(microsecond=0),
        valid_until=_end(valid_until),
    )
    sealed = endorsing.endorse(
        made,
        form=_FORMATS[form],
        sealing=Sealing(now=now, credential_key=credential_key(folder, folder.secret())),
        documents=did_documents(folder.profile),
    )
    try:
        output.write_bytes(sealed.data)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", action="Check the path."
        ) from error
    if as_json:
        say_json({"id": made.id, "endorsed": of, "output": str(output), "media_type": sealed.media_type})
    else:
        say(f"{of} is endorsed in {output}. Its issuer carries it: gakusho issue --endorsement {output} …")
    return EXIT_DONE


def _end(day: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC) if day else None
    except ValueError as error:
        raise UsageError(f"--valid-until: got {day!r}, expected a day such as 2036-03-31.") from error


def endorsed(achievement: Achievement, files: list[Path]) -> Achievement:
    """Give the achievement with the endorsements in these files, each verified with the network.

    Raises: InputError, UsageError.
    """
    if not files:
        return achievement
    from gakusho import library
    from gakusho.cli.desk import read
    from gakusho.issuer import endorsing
    from gakusho.verifier.verify import Inquiry

    inquiry = Inquiry(now=datetime.now(UTC), fetcher=library.fetcher_for())
    for file in files:
        data = read(file, _MAX_BYTES)
        achievement = endorsing.with_endorsement(achievement, data, verify=inquiry.verify)
    return achievement
