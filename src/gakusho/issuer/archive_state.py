# SPDX-License-Identifier: Apache-2.0
"""How documents that are to last stand: by institution, by batch and by award."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Select, case, func, select

from gakusho.errors import NotFoundError
from gakusho.formats import Level
from gakusho.issuer import archive
from gakusho.store.tables import AwardRow, Institution, SealedRow
from gakusho.store.tables_documents import Archive, DocumentRevision, LastingDocument
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class ArchiveState:
    """How the keeping of an institution's documents goes; documents of awards that hold are counted."""

    levels: Mapping[str, int]
    """Documents by the level they have, of those for which more than B-B was asked."""
    waiting: int
    """Documents below the level that was asked for."""
    due: int
    """Documents of B-LTA that are to get their next time-stamp now."""
    next_due: datetime | None
    """When the first of the others is to get its next one."""
    failing: int
    """Documents that could not be raised or extended when it was tried last."""
    problem: Mapping[str, str] | None
    """Why the keeping as a whole stopped, or else what is wrong with one of those documents."""
    tried_at: datetime | None
    raised: int
    """How often documents were raised, and extended, since there are any."""
    extended: int


@dataclass(frozen=True, kw_only=True)
class Revision:
    """The bytes a document had once; they are the beginning of those it has now."""

    number: int
    level: str
    digest: str
    """SHA-256, hexadecimal."""
    size: int
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class DocumentState:
    """One document: the level asked for, the level it has, until when its newest time-stamp holds."""

    format: str
    asked: str
    level: str
    ends: datetime | None
    problem: Mapping[str, str] | None
    revisions: tuple[Revision, ...]


def state(work: Work, institution_id: str) -> ArchiveState:
    """Give how the keeping of an institution's documents goes. Raises: NotFoundError."""
    institution = work.session.get(Institution, institution_id)
    if institution is None:
        raise NotFoundError("There is no such institution.", facts={"got": institution_id[:60]})
    kept = archive.living(institution_id)
    failed = LastingDocument.problem.is_not(None)
    wanted = archive.to_raise(), archive.to_extend(institution.settings, work.now), failed
    counted = kept.with_only_columns(  # in one pass: there may be a hundred thousand
        LastingDocument.level, func.count(), *(func.sum(case((one, 1), else_=0)) for one in wanted)
    )
    per_level = work.session.execute(counted.group_by(LastingDocument.level)).all()
    levels = {str(row[0]): int(row[1]) for row in per_level}
    waiting, due, failing = (sum(int(row[place]) for row in per_level) for place in (2, 3, 4))
    held = work.session.get(Archive, institution_id)
    first = kept.where(failed).order_by(LastingDocument.award_id).limit(1)
    one = work.session.scalars(first).first() if failing else None
    return ArchiveState(
        levels={str(level): levels[level] for level in Level if level in levels},
        waiting=waiting,
        due=due,
        next_due=_next_due(work, institution, kept),
        failing=failing,
        problem=(held.problem if held else None) or (one.problem if one else None),
        tried_at=held.tried_at if held else None,
        raised=held.raised if held else 0,
        extended=held.extended if held else 0,
    )


def of_batch(work: Work, batch_id: str) -> Mapping[str, int]:
    """Give how many documents of a batch are below the level asked for, by the level asked for."""
    query = (
        select(LastingDocument.asked, func.count())
        .join(AwardRow, AwardRow.id == LastingDocument.award_id)
        .where(AwardRow.batch_id == batch_id, AwardRow.state.in_(archive.LIVING), archive.to_raise())
        .group_by(LastingDocument.asked)
    )
    return {asked: count for asked, count in work.session.execute(query)}  # noqa: C416  # rows, not pairs


def of_award(work: Work, institution_id: str, award_id: str) -> Sequence[DocumentState]:
    """Give the documents of an award for which more than B-B was asked."""
    rows = work.session.scalars(
        select(LastingDocument)
        .where(LastingDocument.award_id == award_id, LastingDocument.institution_id == institution_id)
        .order_by(LastingDocument.format)
    )
    return [
        DocumentState(
            format=row.format,
            asked=row.asked,
            level=row.level,
            ends=row.ends,
            problem=row.problem,
            revisions=tuple(_revisions(work, row)),
        )
        for row in rows
    ]


def earlier(work: Work, award_id: str, form: str, number: int) -> bytes:
    """Give the bytes a document had at this revision. Raises: NotFoundError."""
    found = work.session.get(DocumentRevision, (award_id, form, number))
    sealed = work.session.get(SealedRow, (award_id, form))
    if found is None or sealed is None:
        raise NotFoundError("The document has no such revision.", facts={"got": number})
    data = sealed.data if sealed.data is not None else work.files.get(sealed.file or "")
    return data[: found.size]


def _revisions(work: Work, row: LastingDocument) -> list[Revision]:
    wanted = DocumentRevision.award_id == row.award_id, DocumentRevision.format == row.format
    found = work.session.scalars(select(DocumentRevision).where(*wanted).order_by(DocumentRevision.number))
    return [
        Revision(number=one.number, level=one.level, digest=one.digest, size=one.size, made_at=one.made_at)
        for one in found
    ]


def _next_due(work: Work, institution: Institution, kept: Select[LastingDocument]) -> datetime | None:
    """Give when the first document that is not due yet will be."""
    early = archive.margin(institution.settings)
    archived = kept.where(LastingDocument.level == str(Level.B_LTA), LastingDocument.ends.is_not(None))
    later = archived.where(~archive.to_extend(institution.settings, work.now))
    first = work.session.scalars(later.order_by(LastingDocument.ends).limit(1)).first()
    found = []
    if first and first.ends and first.half_at:
        found.append(max(first.ends - early, first.half_at))
    for name, day in archive.algorithm_ends(institution.settings).items():
        begins = datetime.combine(day, time(), UTC) - early
        uses = LastingDocument.algorithms.contains(f" {name} ", autoescape=True)
        if begins > work.now and _count(work, later.where(uses)):
            found.append(begins)
    return min(found, default=None)


def _count(work: Work, rows: Select[Any]) -> int:
    return work.session.scalar(rows.with_only_columns(func.count()).order_by(None)) or 0
