# SPDX-License-Identifier: Apache-2.0
"""From a plan to files: composed, sealed in every format, verified by the strict verifier, then kept."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gakusho.cli import hosting
from gakusho.cli.desk import Plan, Request
from gakusho.cli.disclosure import keys_for
from gakusho.cli.folder import PROFILE, Folder, Profile, StatusLists, profile_bytes, stamp
from gakusho.cli.ledger import Ledger
from gakusho.cli.published import (
    credential_key,
    did_documents,
    document_key,
    next_index,
    places,
    status_lists,
)
from gakusho.cli.staging import Staging, write_all
from gakusho.errors import InputError
from gakusho.formats import (
    Bakes,
    Carries,
    CredentialKey,
    Format,
    OnPaper,
    Sealing,
    format_named,
    formats,
    set_on_pages,
)
from gakusho.issuer.issue import issue as seal_and_verify
from gakusho.issuer.legible import Setting
from gakusho.issuer.rows import Row
from gakusho.issuer.spread import spread
from gakusho.model.award import Award, DocumentDetails, StatusEntry
from gakusho.model.sealed import Sealed

CHUNK = 250
PAGE_CHUNK = 50
Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """One award, and the files written for it."""

    award: Award
    files: tuple[str, ...]
    documents: Mapping[str, bytes] = field(default_factory=dict)
    """What lies on the issuer's host for it, by address."""


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

    Raises: InputError when an award cannot be written, ConflictError when it would not verify,
    UnreachableError when the disk is full.
    """
    if not planned.rows:
        return []  # every row was issued before, and is to be skipped
    secret = folder.secret()
    profile, lists, taken = next_index(ledger, folder.profile)
    folder = folder.with_profile(profile)
    _refuse_too_many(planned, lists.length - len(taken))
    awards = _awards(folder, lists, taken, request, planned, now)
    key = credential_key(folder, secret)
    disclosing = keys_for(folder, request.formats, secret=secret, now=now)
    folder, profile = disclosing.folder, disclosing.folder.profile
    lines = {award.id: row.line for row, award in awards}
    named = {each: planned.papers[line] for each, line in lines.items() if line in planned.papers}
    sealing = Sealing(
        now=now,
        credential_key=key,
        document_key=document_key(folder, secret),
        more_keys=disclosing.keys,
        hosting=hosting.hosting(profile),
        papers=_ByAward(named, planned.paper_files),
        code_place=request.code_place,
        prints_code=any(isinstance(form, OnPaper) for form in map(format_named, request.formats)),
    )
    documents = {
        **did_documents(profile),
        **status_lists(profile, ledger, key, lists, now),
        **hosting.issuer_documents(profile, ledger, request.formats),
    }
    done: list[Issued] = []
    with Staging(out) as staging:
        for one in _staged(staging, [award for _, award in awards], request.formats, sealing, documents):
            done.append(one)
            progress(len(done), len(awards))
        events = _events(done, lines, planned, lists, now)
        kept = {ledger.file: ledger.with_events(events), folder.path / PROFILE: profile_bytes(profile)}
        documents |= _superseding(profile, ledger, key, planned, now)
        documents |= hosting.issuer_documents(profile, ledger, request.formats)
        documents |= {url: data for one in done for url, data in one.documents.items()}
        # The ledger comes first: an award it does not know of could never be revoked.
        undo = write_all({**disclosing.files, **kept, **places(folder, documents)})
        try:
            staging.move_out()
        except BaseException:
            undo()
            raise
    return done


def _refuse_too_many(planned: Plan, free: int) -> None:
    if free < len(planned.rows):
        raise InputError(
            f"At most {free} more awards fit into this status list.",
            action="Issue the rows in several parts.",
        )


def _superseding(
    profile: Profile, ledger: Ledger, key: CredentialKey, planned: Plan, now: datetime
) -> dict[str, bytes]:
    """Give the status lists that say what was replaced, as the ledger has them now, by address."""
    numbers = {entry.list_number for entry in planned.replaces.values()}
    documents: dict[str, bytes] = {}
    for each in profile.lists:
        if each.number in numbers:
            documents |= status_lists(profile, ledger, key, each, now)
    return documents


def _awards(
    folder: Folder, lists: StatusLists, taken: set[int], request: Request, planned: Plan, now: datetime
) -> list[tuple[Row, Award]]:
    from gakusho.issuer.compose import compose

    document = document_details(folder, request)
    taken = set(taken)
    made = []
    for row in planned.rows:
        index = free_index(lists.length, taken)
        taken.add(index)
        award_id = f"urn:uuid:{uuid.uuid4()}"
        award = compose(
            row,
            issuer=folder.profile.issuer,
            achievement=request.achievement,
            award_id=award_id,
            status=status_entries(award_id, lists, index),
            document=document,
            now=now,
        )
        made.append((row, award))
    return made


def status_entries(award_id: str, lists: StatusLists, index: int) -> tuple[StatusEntry, ...]:
    """Give an award's entries in the lists, the same place in each."""
    return tuple(
        StatusEntry(
            id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{award_id}#{purpose}')}",
            kind="BitstringStatusListEntry",
            purpose=purpose,
            list_id=list_id,
            index=index,
        )
        for purpose, list_id in lists.ids.items()
    )


def free_index(length: int, taken: set[int]) -> int:
    """Give a random place of a status list that nobody has."""
    while (index := secrets.randbelow(length)) in taken:
        pass
    return index


def _staged(
    staging: Staging,
    awards: Sequence[Award],
    chosen: Sequence[str],
    sealing: Sealing,
    documents: Mapping[str, bytes],
) -> Iterator[Issued]:
    """Seal, verify and stage award by award, a chunk at a time; on all cores where no pages are set."""
    names = Names(staging.out)
    paged = bool(set_on_pages(chosen)) or bool(sealing.papers)
    size = PAGE_CHUNK if paged else CHUNK
    chunks = [awards[start : start + size] for start in range(0, len(awards), size)]
    sealed = spread(
        lambda chunk: _sealed(chunk, chosen, sealing, documents),
        chunks,
        processes=1 if paged or len(chunks) < 2 else None,
    )
    for chunk, written in zip(chunks, sealed, strict=True):
        for award in chunk:
            files = award_files(names.next(award), award, written[award.id], chosen)
            for file, data in files.items():
                staging.put(file, data)
            published = hosting.badge_documents(written[award.id])
            yield Issued(award=award, files=tuple(files), documents=published)


def _sealed(
    awards: Sequence[Award], chosen: Sequence[str], sealing: Sealing, documents: Mapping[str, bytes]
) -> dict[str, list[Sealed]]:
    """Give everything written of each award, verified; what a format carries is written for it as well."""
    named = [format_named(name) for name in chosen]
    extra = [
        _carried_by(each).name
        for each in named
        if isinstance(each, Carries) and not any(other.media_type in each.carries for other in named)
    ]
    sealed = seal_and_verify(awards, formats=[*chosen, *extra], sealing=sealing, documents=documents)
    written: dict[str, list[Sealed]] = {award.id: [] for award in awards}
    for one in sealed:
        written[one.award_id].append(one)
    return written


def _carried_by(carrier: Carries) -> Format:
    return next(each for each in formats().values() if each.media_type in carrier.carries)


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


class Names:
    """File names for awards: the issue number where there is one, never one that is taken."""

    def __init__(self, out: Path | None = None) -> None:
        self._taken: set[str] = set()
        if out is not None and out.exists():
            self._taken = {file.stem.casefold() for file in out.iterdir()}

    def next(self, award: Award) -> str:
        """Give the name for an award's files, without extension; no other gets it."""
        bare = award.id.removeprefix("urn:uuid:")
        name = re.sub(r"[^\w.-]+", "_", award.issue_number or bare).strip("._")[:80] or bare
        if name.casefold() in self._taken:
            name = f"{name}-{bare[:8]}"
        self._taken.add(name.casefold())
        return name


def award_files(name: str, award: Award, sealed: Sequence[Sealed], chosen: Sequence[str]) -> dict[str, bytes]:
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


def _events(
    done: Sequence[Issued],
    lines: Mapping[str, int],
    planned: Plan,
    lists: StatusLists,
    now: datetime,
) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for one in done:
        award = one.award
        events.append(event(award, lists, one.files, now))
        if earlier := planned.replaces.get(lines[award.id]):
            events.append({"event": "superseded", "award": earlier.award, "by": award.id, "at": stamp(now)})
    return events


def event(award: Award, lists: StatusLists, files: Sequence[str], now: datetime) -> dict[str, Any]:
    """Give the line of the ledger that says an award was issued."""
    return {
        "event": "issued",
        "award": award.id,
        "achievement": award.achievement.id,
        "name": award.learner.name.full,
        "issue_number": award.issue_number,
        "student_number": award.learner.student_number,
        "list": lists.number,
        "index": award.status[0].index,
        "files": list(files),
        "at": stamp(now),
    }


def page_setting(folder: Folder, request: Request, *, now: datetime) -> Setting | None:
    """Give what pages are set from beside the rows, or None when no format chosen has pages."""
    pages = set_on_pages(request.formats)
    if not pages:
        return None
    return Setting(
        issuer=folder.profile.issuer,
        achievement=request.achievement,
        document=document_details(folder, request),
        now=now,
        pages=pages,
    )


def document_details(folder: Folder, request: Request) -> DocumentDetails:
    """Give what is printed beside the award, as the folder and the request say."""
    profile = folder.profile
    return DocumentDetails(
        kind=request.document_kind,
        language=request.document_language,
        signatory_name=profile.signatory_name,
        signatory_title=profile.signatory_title,
    )
