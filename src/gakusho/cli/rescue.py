# SPDX-License-Identifier: Apache-2.0
"""``gakusho rescue``: badges of Open Badges 2.0 become credentials that depend on no host."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gakusho.cli.terminal import EXIT_DONE, EXIT_REFUSED, UsageError, error_object, say, say_json
from gakusho.errors import GakushoError

if TYPE_CHECKING:
    from gakusho.cli.folder import Folder, StatusLists
    from gakusho.cli.ledger import Ledger
    from gakusho.fetch import Fetcher
    from gakusho.issuer.rescue import Owner, Rescued
    from gakusho.model.learner import Learner
    from gakusho.model.sealed import Sealed

_MAX_FILE = 64 * 1_048_576

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Badges: JSON, JWS, PNG or SVG.")]
Learners = Annotated[
    Path | None,
    typer.Option(metavar="FILE.csv", help="Who they were: a table with the columns email and name (UTF-8)."),
]
Own = Annotated[
    list[str] | None, typer.Option(metavar="HOST", help="A host you published badges under; may be repeated.")
]
Documents = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="What the old host published, asked before anybody outside."),
]


def rescue(
    files: Files,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the new credentials go.")] = Path("rescued"),
    learners: Learners = None,
    own: Own = None,
    documents: Documents = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody outside.")] = False,
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the issuer.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Turn your own verified Open Badges 2.0 into Open Badges 3.0, which depend on no host."""
    from gakusho.cli.folder import alone_in, open_folder
    from gakusho.library import fetcher_for

    fetcher = fetcher_for(offline=offline, documents=documents)
    known = _learners(learners)
    open_folder(directory)  # tells plainly when there is none, before a lock file is made
    with alone_in(directory):
        folder = open_folder(directory)
        owner = _owner(folder, own or [])
        done, refused = _rescued(folder, files, owner, known, fetcher, out)
    if as_json:
        say_json(
            {
                "rescued": [{"was": was, "award": award, "files": written} for was, award, written in done],
                "refused": [{"file": str(file), **error_object(error, "en")} for file, error in refused],
            }
        )
    else:
        for was, award, written in done:
            say(f"{was} → {award}: {', '.join(written)}")
        for file, error in refused:
            say(f"{file}: {error} {error.action}")
    return EXIT_REFUSED if refused else EXIT_DONE


def _owner(folder: Folder, own: Sequence[str]) -> Owner:
    from urllib.parse import urlsplit

    from gakusho.issuer.rescue import Owner
    from gakusho.registry.did_web import did_web_address

    issuer = folder.profile.issuer
    hosts = {one.strip().lower() for one in own}
    if issuer.id.startswith("did:web:"):
        hosts.add(did_web_address(issuer.id)[0])
    if issuer.url and (host := urlsplit(issuer.url).hostname):
        hosts.add(host.lower())
    return Owner(issuer=issuer, hosts=frozenset(hosts))


def _learners(file: Path | None) -> list[Learner]:
    from gakusho.model.learner import Learner, PersonName

    if file is None:
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"--learners: {file} cannot be read: {error}.") from error
    if rows and not {"email", "name"} <= rows[0].keys():
        raise UsageError("--learners: the table needs the columns email and name.")
    return [
        Learner(name=PersonName(full=row["name"].strip()), email=row["email"].strip())
        for row in rows
        if row.get("email") and row.get("name")
    ]


def _rescued(
    folder: Folder,
    files: Sequence[Path],
    owner: Owner,
    learners: Sequence[Learner],
    fetcher: Fetcher,
    out: Path,
) -> tuple[list[tuple[str, str, list[str]]], list[tuple[Path, GakushoError]]]:
    from gakusho.cli.folder import PROFILE, profile_bytes
    from gakusho.cli.ledger import Ledger
    from gakusho.cli.published import next_index, places
    from gakusho.cli.sealing import Names, award_files, event
    from gakusho.cli.staging import Staging, write_all

    now = datetime.now(UTC)
    ledger = Ledger(folder.path)
    profile, lists, taken = next_index(ledger, folder.profile)
    folder = folder.with_profile(profile)
    refused: list[tuple[Path, GakushoError]] = []
    found: list[Rescued] = []
    for file in files:
        try:
            found.append(_one(file, owner, learners, lists, taken, now, fetcher))
        except GakushoError as error:
            refused.append((file, error))
    if not found:
        return [], refused
    documents, sealed = _sealed(folder, ledger, lists, found, now)
    done, events = [], []
    with Staging(out) as staging:
        names = Names(out)
        for one in found:
            of_it = [each for each in sealed if each.award_id == one.award.id]
            written = award_files(names.next(one.award), one.award, of_it, ["open-badges-3"])
            for name, data in written.items():
                staging.put(name, data)
            done.append((one.was, one.award.id, list(written)))
            events.append(event(one.award, lists, list(written), now) | {"rescued": one.was})
        kept = {ledger.file: ledger.with_events(events), folder.path / PROFILE: profile_bytes(profile)}
        undo = write_all({**kept, **places(folder, documents)})
        try:
            staging.move_out()
        except BaseException:
            undo()
            raise
    return done, refused


def _one(
    file: Path,
    owner: Owner,
    learners: Sequence[Learner],
    lists: StatusLists,
    taken: set[int],
    now: datetime,
    fetcher: Fetcher,
) -> Rescued:
    import uuid

    from gakusho.cli.sealing import free_index, status_entries
    from gakusho.issuer.rescue import rescue as rescued

    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_FILE + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", action="Check the path.") from error
    award_id = f"urn:uuid:{uuid.uuid4()}"
    index = free_index(lists.length, taken)
    one = rescued(
        data,
        owner=owner,
        learners=learners,
        award_id=award_id,
        status=status_entries(award_id, lists, index),
        now=now,
        fetcher=fetcher,
    )
    taken.add(index)
    return one


def _sealed(
    folder: Folder, ledger: Ledger, lists: StatusLists, found: Sequence[Rescued], now: datetime
) -> tuple[dict[str, bytes], list[Sealed]]:
    """Give the documents to publish, and every award sealed and verified."""
    from gakusho.cli.published import credential_key, did_documents, status_lists
    from gakusho.formats import Sealing
    from gakusho.issuer.issue import issue

    key = credential_key(folder, folder.secret())
    profile = folder.profile
    documents = {**did_documents(profile), **status_lists(profile, ledger, key, lists, now)}
    sealing = Sealing(now=now, credential_key=key)
    awards = [one.award for one in found]
    return documents, issue(awards, formats=["open-badges-3"], sealing=sealing, documents=documents)
