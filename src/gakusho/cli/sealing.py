# SPDX-License-Identifier: Apache-2.0
"""From a plan to files: composed, sealed in every format, verified by the strict verifier, then kept."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from gakusho.cli.desk import Plan, Request, verification_time
from gakusho.cli.folder import PROFILE, Folder, StatusLists, profile_bytes, stamp
from gakusho.cli.ledger import Ledger
from gakusho.cli.published import (
    credential_key,
    did_document_file,
    document_key,
    next_index,
    status_list_files,
)
from gakusho.cli.staging import Staging, write_all
from gakusho.errors import InputError
from gakusho.fetch import FolderFetcher
from gakusho.formats import Bakes, Carries, Format, Sealing, format_named, formats
from gakusho.model.award import Award, DocumentDetails, StatusEntry
from gakusho.model.report import Outcome
from gakusho.model.sealed import Sealed

CHUNK = 50
Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """One award, and the files written for it."""

    award: Award
    files: tuple[str, ...]


def issue(
    folder: Folder,
    ledger: Ledger,
    request: Request,
    planned: Plan,
    *,
    out: Path,
    now: datetime,
    progress: Progress,
) -> list[Issued]:
    """Give what was issued: all of it, verified and written, or nothing.

    Raises: InputError when an award cannot be written or would not verify, UnreachableError when the disk
    is full.
    """
    secret = folder.secret()
    profile, lists, taken = next_index(ledger, folder.profile)
    folder = folder.with_profile(profile)
    if lists.length - len(taken) < len(planned.rows):
        raise InputError(
            f"At most {lists.length - len(taken)} more awards fit into this status list.",
            action="Issue the rows in several parts.",
        )
    awards = _awards(folder, lists, taken, request, planned, now)
    key = credential_key(folder, secret)
    sealing = Sealing(
        now=now,
        credential_key=key,
        document_key=document_key(folder, secret),
        papers=_ByAward(
            {award.id: planned.papers[row.line] for row, award in awards if row.line in planned.papers},
            planned.paper_files,
        ),
    )
    documents = {
        **did_document_file(folder),
        **status_list_files(folder, ledger, key, lists, now),
    }
    check_at = verification_time(now, [award.valid_from for _, award in awards])
    done: list[Issued] = []
    with Staging(out) as staging, Staging(out) as at_hand:
        _lay_out(at_hand, documents, folder.path)
        check = _Checking(at_hand.folder, now=check_at)
        names = _Names(out)
        for start in range(0, len(awards), CHUNK):
            chunk = [award for _, award in awards[start : start + CHUNK]]
            for award, sealed in _sealed(chunk, request.formats, sealing):
                check(award, sealed)
                name = names.next(award)
                files = _files(name, award, sealed, request.formats)
                for file, data in files.items():
                    staging.put(file, data)
                done.append(Issued(award=award, files=tuple(files)))
            progress(min(start + CHUNK, len(awards)), len(awards))
        events = _events(done, awards, planned, lists, now)
        kept = {ledger.file: ledger.with_events(events), folder.path / PROFILE: profile_bytes(profile)}
        superseded = {entry.list_number for entry in planned.replaces.values()}
        for each in profile.lists:
            if each.number in superseded:
                documents |= status_list_files(folder, ledger, key, each, now)
        # The ledger comes first: an award it does not know of could never be revoked.
        undo = write_all({**kept, **documents})
        try:
            staging.move_out()
        except BaseException:
            undo()
            raise
    return done


def _awards(
    folder: Folder, lists: StatusLists, taken: set[int], request: Request, planned: Plan, now: datetime
) -> list[tuple[Any, Award]]:
    from gakusho.issuer.compose import compose

    profile = folder.profile
    document = DocumentDetails(
        kind=request.document_kind,
        language=request.document_language,
        signatory_name=profile.signatory_name,
        signatory_title=profile.signatory_title,
    )
    taken = set(taken)
    made = []
    for row in planned.rows:
        index = _free_index(lists.length, taken)
        taken.add(index)
        award_id = f"urn:uuid:{uuid.uuid4()}"
        award = compose(
            row,
            issuer=profile.issuer,
            achievement=request.achievement,
            award_id=award_id,
            status=tuple(
                StatusEntry(
                    id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{award_id}#{purpose}')}",
                    kind="BitstringStatusListEntry",
                    purpose=purpose,
                    list_id=list_id,
                    index=index,
                )
                for purpose, list_id in lists.ids.items()
            ),
            document=document,
            now=now,
        )
        made.append((row, award))
    return made


def _free_index(length: int, taken: set[int]) -> int:
    while (index := secrets.randbelow(length)) in taken:
        pass
    return index


def _sealed(
    awards: Sequence[Award], chosen: Sequence[str], sealing: Sealing
) -> Iterator[tuple[Award, list[Sealed]]]:
    """Give each award with everything written of it; formats that carry others are written last."""
    plain = [format_named(name) for name in chosen if not isinstance(format_named(name), Carries)]
    carrying = [format_named(name) for name in chosen if isinstance(format_named(name), Carries)]
    for carrier in carrying:
        if isinstance(carrier, Carries) and not any(each.media_type in carrier.carries for each in plain):
            plain.append(_carried_by(carrier))
    written: dict[str, list[Sealed]] = {award.id: [] for award in awards}
    for each in plain:
        for one in each.write(awards, sealing):
            written[one.award_id].append(one)
    with_companions = replace(sealing, companions={key: tuple(value) for key, value in written.items()})
    for each in carrying:
        for one in each.write(awards, with_companions):
            written[one.award_id].append(one)
    for award in awards:
        yield award, written[award.id]


def _carried_by(carrier: Carries) -> Format:
    return next(each for each in formats().values() if each.media_type in carrier.carries)


class _Checking:
    """Verifies what was sealed, offline, with the verifier that strangers use."""

    def __init__(self, documents: Path, *, now: datetime) -> None:
        from gakusho.verifier.verify import Inquiry

        self._inquiry = Inquiry(now=now, fetcher=FolderFetcher(documents, now=lambda: now))

    def __call__(self, award: Award, sealed: Sequence[Sealed]) -> None:
        for one in sealed:
            report = self._inquiry.verify(one.data)
            if report.outcome is Outcome.VALID:
                continue
            failed = ", ".join(each.code for each in report.checks if each.outcome is not Outcome.VALID)
            raise InputError(
                f"The {one.format} of {award.learner.name.full} ({award.issue_number or award.id}) would not "
                f"verify: {report.headline.value} ({failed}). Nothing was issued.",
                code="would-not-verify",
                action="Check the dates of the row and the achievement; report it if they are right.",
                facts={"got": report.headline.value, "checks": failed},
            )


class _ByAward(Mapping[str, bytes]):
    """The institution's own PDFs by award; each is unpacked only when it is asked for."""

    def __init__(self, names: Mapping[str, str], files: Mapping[str, bytes]) -> None:
        self._names = names
        self._files = files

    def __getitem__(self, award_id: str) -> bytes:
        return self._files[self._names[award_id]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Names:
    """File names for awards: the issue number where there is one, never one that is taken."""

    def __init__(self, out: Path) -> None:
        self._taken = {file.stem.casefold() for file in out.iterdir()} if out.exists() else set()

    def next(self, award: Award) -> str:
        bare = award.id.removeprefix("urn:uuid:")
        name = re.sub(r"[^\w.-]+", "_", award.issue_number or bare).strip("._")[:80] or bare
        if name.casefold() in self._taken:
            name = f"{name}-{bare[:8]}"
        self._taken.add(name.casefold())
        return name


def _files(name: str, award: Award, sealed: Sequence[Sealed], chosen: Sequence[str]) -> dict[str, bytes]:
    """Give what is written for one award: a file a format chosen, and the badge image with it inside."""
    files: dict[str, bytes] = {}
    for one in sealed:
        if one.format not in chosen:
            continue
        file = f"{name}.{one.extension}"
        files[f"{name}.{one.format}.{one.extension}" if file in files else file] = one.data
        writer = format_named(one.format)
        image = award.achievement.image
        if isinstance(writer, Bakes) and image is not None:
            extension = "svg" if image.media_type == "image/svg+xml" else "png"
            files[f"{name}.{extension}"] = writer.bake(one.data, image.data)
    return files


def _lay_out(at_hand: Staging, documents: Mapping[Path, bytes], base: Path) -> None:
    for file, data in documents.items():
        at_hand.put(str(file.relative_to(base / "documents")), data)


def _events(
    done: Sequence[Issued],
    awards: Sequence[tuple[Any, Award]],
    planned: Plan,
    lists: StatusLists,
    now: datetime,
) -> list[dict[str, Any]]:
    lines = {award.id: row.line for row, award in awards}
    events: list[dict[str, Any]] = []
    for one in done:
        award = one.award
        events.append(
            {
                "event": "issued",
                "award": award.id,
                "achievement": award.achievement.id,
                "name": award.learner.name.full,
                "issue_number": award.issue_number,
                "student_number": award.learner.student_number,
                "list": lists.number,
                "index": award.status[0].index,
                "files": list(one.files),
                "at": stamp(now),
            }
        )
        if earlier := planned.replaces.get(lines[award.id]):
            events.append({"event": "superseded", "award": earlier.award, "by": award.id, "at": stamp(now)})
    return events
