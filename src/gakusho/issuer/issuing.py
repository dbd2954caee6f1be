# SPDX-License-Identifier: Apache-2.0
"""From approved rows to awards, sealed and kept, a chunk at a time.

Three steps: ``reserve`` writes down which award a row becomes and where its status stands, before anything
is signed; ``seal`` writes and signs, with no transaction open; ``keep`` commits everything of a chunk or
nothing. A row that was reserved keeps its award's identity at a second try, so nothing is made twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Select, func, insert, select

from gakusho.errors import ConflictError, GakushoError, NotFoundError
from gakusho.formats import set_on_pages
from gakusho.issuer import _issued, _status_lists, batches, publication
from gakusho.issuer._chunk import Chunk, Reserved
from gakusho.issuer.access import record
from gakusho.issuer.batches import Content
from gakusho.issuer.compose import compose
from gakusho.issuer.institutions import InstitutionView, institution, sealing
from gakusho.issuer.rows import Row
from gakusho.store.files import Files
from gakusho.store.ids import new_id, new_token
from gakusho.store.tables import Batch, BatchRow
from gakusho.store.work import Work, Workplace

CHUNK = 100
"""Rows of one transaction."""
PAGE_CHUNK = 20
"""Rows of one transaction when pages are set: a chunk should take seconds, not a minute."""
_TO_ISSUE = ("ready", "warning")


def issue_chunk(work: Work, batch_id: str, *, limit: int = CHUNK) -> int:
    """Issue up to ``limit`` rows of an approved batch in this transaction; give how many (0: none left).

    Raises: ConflictError when the batch is not approved or was changed since; whatever sealing raises.
    """
    chunk = reserve(work, batch_id, limit=limit)
    return keep(work, chunk, seal(chunk, work.files)) if chunk else 0


def issue_some(workplace: Workplace, batch_id: str) -> int:
    """Issue the next rows and give how many, with no transaction open while signing."""
    with workplace.work() as work:
        chunk = reserve(work, batch_id, limit=None)
    if chunk is None:
        return 0
    sealed = seal(chunk, workplace.files)
    with workplace.work() as work:
        return keep(work, chunk, sealed)


def reserve(work: Work, batch_id: str, *, limit: int | None) -> Chunk | None:
    """Set aside identities and places for the next rows, and give them composed; None: no row is left.

    Raises: ConflictError, NotFoundError.
    """
    batch = _approved(work, batch_id, or_issued=True)
    if batch.state == "issued":
        return None
    shared = batches.content(work, batch_id)
    choices = shared.choices
    if limit is None:
        limit = PAGE_CHUNK if set_on_pages(choices.formats) else CHUNK
    rows = work.session.scalars(_left(batch_id).limit(limit).with_for_update()).all()
    if not rows:
        return None
    new = [row for row in rows if row.reserved is None]
    places = iter(_status_lists.allocate(work, batch.institution_id, len(new)))
    for row in new:
        place = next(places)
        row.reserved = {
            "award_id": new_id(),
            "verify_code": new_token(),
            "list_id": place.list_id,
            "number": place.number,
            "index": place.index,
        }
    batch.state = "issuing"
    work.session.flush()
    owner = institution(work, batch.institution_id)
    reserved = tuple(_reserved(row, owner, shared, work) for row in rows)
    codes = {each.award.id: each.verify_code for each in reserved}
    return Chunk(
        batch_id=batch_id,
        institution=owner,
        achievement_id=batch.achievement_id,
        choices=choices,
        rows=reserved,
        sealing=sealing(
            work,
            batch.institution_id,
            verification_link=lambda award: f"{work.public_url}/v/{codes[award.id]}",
        ),
        documents=publication.documents_for(
            work, batch.institution_id, [each.place.list_id for each in reserved]
        ),
    )


def seal(chunk: Chunk, files: Files) -> dict[str, list[_issued.Written]]:
    """Write, sign and verify the chunk's awards in every format, and put large ones into the files.

    Raises: InputError for an award that cannot be written, ConflictError for one that does not verify,
    UnreachableError when the files are full.
    """
    from gakusho.issuer.issue import issue

    papers = {each.award.id: files.get(each.paper_file) for each in chunk.rows if each.paper_file}
    awards = [each.award for each in chunk.rows]
    sealed = issue(
        awards,
        formats=chunk.choices.formats,
        sealing=replace(chunk.sealing, papers=papers),
        documents=chunk.documents,
    )
    written: dict[str, list[_issued.Written]] = {award.id: [] for award in awards}
    for each in sealed:
        written[each.award_id].append(_issued.put(each, files))
    short = [award_id for award_id, parts in written.items() if len(parts) != len(chunk.choices.formats)]
    if short:
        raise GakushoError(f"{len(short)} awards were not sealed in every format.", code="not-sealed")
    return written


def keep(work: Work, chunk: Chunk, written: Mapping[str, Sequence[_issued.Written]]) -> int:
    """Keep a sealed chunk in this transaction, all or nothing; give how many rows are new.

    Rows that another process kept in the meantime are left as they are.
    """
    batch = _approved(work, chunk.batch_id)
    numbers = [each.number for each in chunk.rows]
    rows = {
        row.number: row
        for row in work.session.scalars(
            _left(chunk.batch_id).where(BatchRow.number.in_(numbers)).with_for_update()
        )
    }
    new = [each for each in chunk.rows if each.number in rows]
    if not new:
        return 0
    for each in new:
        row = rows[each.number]
        if row.reserved is None or row.reserved["award_id"] != each.award_id:
            raise ConflictError("The row was reserved anew in the meantime.", code="row-changed")
        row.state, row.award_id = "issued", each.award_id
    _issued.insert_awards(work, chunk, batch, new)
    for table, values in _issued.parts(work, chunk, new, written):
        work.session.execute(insert(table), values)
    work.session.flush()
    for each in new:
        if each.replaces_award_id:
            _issued.supersede(work, each.replaces_award_id, each.award_id)
    if chunk.choices.notify:
        _issued.notify(work, chunk, new)
    return len(new)


def finish(work: Work, batch_id: str) -> None:
    """Close a batch of which every row is issued; doing it again, or too early, changes nothing."""
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state != "issuing" or batch.failure is not None:
        return
    if work.session.scalars(_left(batch_id).limit(1)).first() is not None:
        return
    batch.state, batch.finished_at = "issued", work.now
    count = issued(work, batch_id)
    record(
        work,
        None,
        "batch.issued",
        batch_id,
        {"institution_id": batch.institution_id, "awards": count, "digest": batch.approved_digest},
    )


def unfinished(work: Work) -> list[str]:
    """Give the ids of batches that are approved, not issued, and not stopped by a failure."""
    waiting = Batch.state.in_(["approved", "issuing"]) & Batch.failure.is_(None)
    return list(work.session.scalars(select(Batch.id).where(waiting).order_by(Batch.id)))


def ticket(work: Work, batch_id: str) -> str | None:
    """Give the digest of what is to be issued, with an earlier failure forgotten; None: nothing to do."""
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state not in {"approved", "issuing"}:
        return None
    batch.failure = None
    return batch.approved_digest


def fail(work: Work, batch_id: str, error: GakushoError) -> None:
    """Write into the batch why issuing stopped and what to do."""
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is not None and batch.state in {"approved", "issuing"}:
        batch.failure = {
            "code": error.code,
            "message": str(error)[:1000],
            "action": error.action,
            "at": work.now.isoformat(timespec="seconds"),
        }
        detail = {"institution_id": batch.institution_id, "code": error.code}
        record(work, None, "batch.failed", batch_id, detail)


def issued(work: Work, batch_id: str) -> int:
    """Give how many rows of the batch are issued."""
    count = select(func.count()).where(BatchRow.batch_id == batch_id, BatchRow.state == "issued")
    return work.session.scalar(count) or 0


def _left(batch_id: str) -> Select[BatchRow]:
    return (
        select(BatchRow)
        .where(BatchRow.batch_id == batch_id, BatchRow.state.in_(_TO_ISSUE))
        .order_by(BatchRow.number)
        .execution_options(populate_existing=True)
    )


def _approved(work: Work, batch_id: str, *, or_issued: bool = False) -> Batch:
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotFoundError("There is no such batch.", facts={"got": batch_id[:60]})
    if or_issued and batch.state == "issued":
        return batch
    if batch.state not in {"approved", "issuing"}:
        raise ConflictError(
            f"The batch is {batch.state}, not approved.",
            code="not-approved",
            facts={"got": batch.state, "expected": "approved"},
        )
    if batch.approved_digest is None or not _is_as_approved(work, batch):
        raise ConflictError(
            "The batch is not what was approved.",
            code="batch-changed",
            action="Submit the batch again and have it approved.",
        )
    if batch.approved_at is not None and work.now < batch.approved_at - timedelta(minutes=5):
        raise ConflictError(
            "The clock of this server is behind the time of the approval.",
            code="clock",
            action="Set the clock of the server right, then go on.",
            facts={"got": work.now.isoformat(), "expected": batch.approved_at.isoformat()},
        )
    return batch


def _is_as_approved(work: Work, batch: Batch) -> bool:
    if batch.state == "approved":  # once issuing has begun nothing of it can be changed
        return batches.present_digest(work, batch.id) == batch.approved_digest
    return batch.content_digest == batch.approved_digest


def _reserved(row: BatchRow, owner: InstitutionView, shared: Content, work: Work) -> Reserved:
    assert row.reserved is not None
    kept = row.reserved
    place = _status_lists.Place(list_id=kept["list_id"], number=kept["number"], index=kept["index"])
    award = compose(
        Row(line=row.number, fields=row.fields),
        issuer=shared.issuer,
        achievement=shared.achievement,
        award_id=f"urn:uuid:{kept['award_id']}",
        status=_status_lists.entries(owner.base_url, owner.slug, place),
        document=shared.document,
        now=work.now,
    )
    return Reserved(
        number=row.number,
        award=award,
        verify_code=kept["verify_code"],
        place=place,
        paper_file=row.paper_file,
        replaces_award_id=row.replaces_award_id,
    )
