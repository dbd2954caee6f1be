# SPDX-License-Identifier: Apache-2.0
"""From approved rows to awards, sealed and kept, a chunk at a time.

Three steps: ``reserve`` writes down which award a row becomes and where its status stands, before anything
is signed; ``seal`` composes, writes, signs and verifies, with no transaction open and in whichever process;
``keep`` commits everything of a chunk or nothing. A row that was reserved keeps its award's identity at a
second try, so nothing is made twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from gakusho.errors import ConflictError, GakushoError, NotFoundError
from gakusho.formats import set_on_pages
from gakusho.issuer import _grace, _issued, _standing, _status_lists, batches, expiry, publication
from gakusho.issuer._chunk import Chunk, Made, Reserved, VerificationCode, VerificationLink
from gakusho.issuer._drafts import Digested, digested
from gakusho.issuer._opening import apart
from gakusho.issuer._originals import definitions
from gakusho.issuer._passing import PASSING, passes
from gakusho.issuer.access import record
from gakusho.issuer.artifacts import seal as seal  # noqa: PLC0414  # tests come between
from gakusho.issuer.artifacts import seal_into
from gakusho.issuer.crew import Crew
from gakusho.issuer.fields import COPY_OF
from gakusho.issuer.institutions import InstitutionView, institution, sealing
from gakusho.store.ids import new_id, new_token
from gakusho.store.paper_links import unused_codes
from gakusho.store.tables import Batch, BatchRow
from gakusho.store.work import Work, Workplace

CHUNK = 100
"""Rows of one transaction."""
CREW_CHUNK = 250
"""The same when a crew makes them: what a chunk costs besides its rows then weighs on one core."""
PAGE_CHUNK = 20
"""Rows of one transaction when pages are set: a chunk should take seconds, not a minute."""
WORTH_A_CREW = 3_000
"""Rows from which it is worth to start processes: measured, see docs/decisions."""
PAGES_WORTH_A_CREW = 100
"""The same when pages are set."""
_TO_ISSUE = ("ready", "warning")
_WAIT = timedelta(minutes=1)


def _never() -> bool:
    return False


def issue_chunk(work: Work, batch_id: str, *, limit: int = CHUNK) -> int:
    """Issue up to ``limit`` rows of an approved batch in this transaction; give how many (0: none left).

    Raises: ConflictError when the batch is not approved or was changed since; whatever sealing raises.
    """
    chunk = reserve(work, batch_id, limit=limit)
    return keep(work, chunk, seal(chunk, work.files)) if chunk else 0


def issue_some(
    workplace: Workplace, batch_id: str, *, crew: Crew | None = None, stopping: Callable[[], bool] = _never
) -> int:
    """Issue the next rows and give how many, with no transaction open while signing.

    With a ``crew``, and rows enough to be worth it, all that are left: made in its processes, several
    pieces at once, and kept here, until ``stopping`` says so.

    Raises: as ``reserve`` and ``seal``; ConflictError when the certificate to sign with was revoked.
    """
    _standing.refuse_revoked(workplace, batch_id)
    if crew is not None and crew.processes > 1:
        with workplace.work(read_only=True) as work:
            limit = _piece_for_crew(work, batch_id)
        if limit:
            return _issue_on(crew, workplace, batch_id, limit, stopping)
    seen = _seen(workplace, batch_id)
    with workplace.work() as work:
        chunk = reserve(work, batch_id, limit=None, seen=seen)
    if chunk is None:
        return 0
    made = seal(chunk, workplace.files)
    with workplace.work() as work:
        return keep(work, chunk, made)


def _issue_on(
    crew: Crew, workplace: Workplace, batch_id: str, limit: int, stopping: Callable[[], bool]
) -> int:
    under_way: deque[Chunk] = deque()
    seen = _seen(workplace, batch_id)

    def chunks() -> Iterator[Chunk]:
        after = 0
        while not stopping():
            with workplace.work() as work:
                chunk = reserve(work, batch_id, limit=limit, after=after, seen=seen)
            if chunk is None:
                return
            after = chunk.rows[-1].number
            under_way.append(chunk)
            yield chunk

    count = 0
    with closing(crew.spread(partial(seal_into, workplace.files), chunks())) as done:
        for made in done:
            with workplace.work() as work:
                count += keep(work, under_way.popleft(), made)
    return count


def _seen(workplace: Workplace, batch_id: str) -> Digested | None:
    """Give the digest of a batch of which nothing is issued yet, its rows read with nobody waiting."""
    with workplace.work(read_only=True) as work:
        batch = work.session.get(Batch, batch_id)
        if batch is None or batch.state != "approved":
            return None
    return digested(apart(workplace), batch_id)


def _piece_for_crew(work: Work, batch_id: str) -> int:
    """Give how many rows a piece of this batch has in a crew; 0: too few are left to start processes for."""
    batch = work.session.get(Batch, batch_id)
    if batch is None:
        return 0
    paged = set_on_pages(batches.choices_of(batch).formats)
    worth = PAGES_WORTH_A_CREW if paged else WORTH_A_CREW
    some = _left(batch_id, BatchRow.number).limit(worth).subquery()
    left = work.session.scalar(select(func.count()).select_from(some)) or 0
    return 0 if left < worth else PAGE_CHUNK if paged else CREW_CHUNK


def reserve(
    work: Work, batch_id: str, *, limit: int | None, after: int = 0, seen: Digested | None = None
) -> Chunk | None:
    """Set aside identities and places for the next rows with a number above ``after``; None: none is left.

    ``seen`` is the digest of the batch as it was before this transaction began, if it was looked for.

    Raises: ConflictError, also when the certificate documents are signed with has ended; NotFoundError.
    """
    batch = _approved(work, batch_id, or_issued=True, seen=seen)
    if batch.state == "issued":
        return None
    shared = batches.content(work, batch_id)
    choices = shared.choices
    if set_on_pages(choices.formats):
        expiry.refuse_ended(work, batch.institution_id)
    if limit is None:
        limit = PAGE_CHUNK if set_on_pages(choices.formats) else CHUNK
    columns = ("number", "fields", "reserved", "paper_file", "replaces_award_id")
    query = _left(batch_id, *(getattr(BatchRow, name) for name in columns))
    query = query.where(BatchRow.number > after).limit(limit).with_for_update()
    rows = [dict(zip(columns, row, strict=True)) for row in work.session.execute(query)]
    if not rows:
        return None
    _set_aside(work, batch, rows)
    batch.state = "issuing"
    work.session.flush()
    owner = institution(work, batch.institution_id)
    originals = definitions(work, (row["fields"].get(COPY_OF.name) for row in rows))
    reserved = tuple(_reserved(row, owner, originals) for row in rows)
    codes = {f"urn:uuid:{each.award_id}": each.verify_code for each in reserved}
    typed_codes = {f"urn:uuid:{each.award_id}": each.typed_code for each in reserved if each.typed_code}
    opened = sealing(
        work,
        batch.institution_id,
        verification_link=VerificationLink(public_url=work.public_url, codes=codes),
    )
    promised, opened = _grace.promise(work, batch.institution_id, opened)
    return Chunk(
        batch_id=batch_id,
        institution_id=batch.institution_id,
        achievement_id=batch.achievement_id,
        achievement=shared.achievement,
        issuer=shared.issuer,
        document=shared.document,
        choices=choices,
        rows=reserved,
        sealing=replace(opened, verification_code=VerificationCode(codes=typed_codes)),
        promised=promised,
        documents=publication.documents_for(work, batch.institution_id, [each.list_id for each in reserved]),
    )


def _set_aside(work: Work, batch: Batch, rows: list[dict[str, Any]]) -> None:
    """Keep an identity, a place in the status lists and codes for each row that has none; note them in it."""
    new = [row for row in rows if row["reserved"] is None]
    places = iter(_status_lists.allocate(work, batch.institution_id, len(new)))
    typed = iter(unused_codes(work, len(new)))
    for row in new:
        place = next(places)
        row["reserved"] = {
            "award_id": new_id(),
            "verify_code": new_token(),
            "typed_code": next(typed),
            "list_id": place.list_id,
            "number": place.number,
            "index": place.index,
        }
    _change(work, batch.id, {row["number"]: {"reserved": row["reserved"]} for row in new})


def keep(work: Work, chunk: Chunk, made: Sequence[Made]) -> int:
    """Keep a sealed chunk in this transaction, all or nothing; give how many rows are new.

    Rows that another process kept in the meantime are left as they are.
    """
    _approved(work, chunk.batch_id)
    left = _left(chunk.batch_id, BatchRow.number, BatchRow.reserved)
    left = left.where(BatchRow.number.in_([each.number for each in chunk.rows])).with_for_update()
    reserved: dict[int, dict[str, Any] | None] = dict(work.session.execute(left).all())
    new = [pair for pair in zip(chunk.rows, made, strict=True) if pair[0].number in reserved]
    if not new:
        return 0
    if any((reserved[each.number] or {}).get("award_id") != each.award_id for each, _ in new):
        raise ConflictError("The row was reserved anew in the meantime.", code="row-changed")
    _change(
        work, chunk.batch_id, {each.number: {"state": "issued", "award_id": each.award_id} for each, _ in new}
    )
    _issued.insert_awards(work, chunk, new)
    _issued.insert_parts(work, chunk, new)
    _issued.follow_originals(work, chunk, new)
    for each, _ in new:
        if each.replaces_award_id:
            _issued.supersede(work, each.replaces_award_id, each.award_id)
    accounts = [(each.award_id, one) for each, row in new for one in row.lasting]
    _grace.insert(work, chunk.institution_id, chunk.promised.asked, accounts)
    if away := next((row.away for _, row in new if row.away), None):
        _grace.was_away(work, chunk.institution_id, away)
    if chunk.choices.notify:
        _issued.notify(work, chunk, new)
    return len(new)


def finish(work: Work, batch_id: str) -> None:
    """Close a batch of which every row is issued; doing it again, or too early, changes nothing."""
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state != "issuing" or batch.failure is not None:
        return
    if work.session.scalars(_left(batch_id, BatchRow.number).limit(1)).first() is not None:
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
    """Give the ids of batches to be dry-run or issued that are not stopped by a failure that stays.

    One that waits for who signs or stamps is among them a minute after it was tried last.
    """
    waiting = Batch.state.in_(["checking", "approved", "issuing"])
    rows = work.session.execute(select(Batch.id, Batch.failure).where(waiting).order_by(Batch.id))
    return [batch_id for batch_id, failure in rows if failure is None or _is_to_be_tried(work, failure)]


def _is_to_be_tried(work: Work, failure: Mapping[str, Any]) -> bool:
    return passes(failure) and work.now - datetime.fromisoformat(failure["at"]) >= _WAIT


def ticket(work: Work, batch_id: str, *, asked: bool = True) -> str | None:
    """Give what names the work at a batch, with an earlier failure forgotten; None: nothing to do.

    It is the digest of what is to be issued, or the id of the dry run that is to be made. Where
    nobody ``asked`` for it, a failure that stays is not forgotten: it waits for a person.
    """
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state not in {"checking", "approved", "issuing"}:
        return None
    if not asked and batch.failure is not None and not _is_to_be_tried(work, batch.failure):
        return None
    batch.failure = None
    return batch.counts["check"]["id"] if batch.state == "checking" else batch.approved_digest


def fail(work: Work, batch_id: str, error: GakushoError) -> None:
    """Write into the batch why its dry run or its issuing stopped, and what to do."""
    batch = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is not None and batch.state in {"checking", "approved", "issuing"}:
        batch.failure = {
            "code": error.code,
            "message": str(error)[:1000],
            "action": error.action,
            "facts": {name: str(value)[:200] for name, value in error.facts.items()},
            "at": work.now.isoformat(timespec="seconds"),
        }
        detail = {"institution_id": batch.institution_id, "code": error.code}
        if error.code not in PASSING:  # tried again every minute: the log would tell nothing else
            record(work, None, "batch.failed", batch_id, detail)


def issued(work: Work, batch_id: str) -> int:
    """Give how many rows of the batch are issued."""
    count = select(func.count()).where(BatchRow.batch_id == batch_id, BatchRow.state == "issued")
    return work.session.scalar(count) or 0


def _left(batch_id: str, *columns: Any) -> Select[Any]:
    waiting = BatchRow.batch_id == batch_id, BatchRow.state.in_(_TO_ISSUE)
    return select(*columns).where(*waiting).order_by(BatchRow.number)


def _change(work: Work, batch_id: str, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Write into rows, by number, without the object mapper: it would take longer than the database."""
    if values:
        table: Any = BatchRow.__table__
        which = table.c.batch_id == batch_id, table.c.number == bindparam("row_number")
        names = next(iter(values.values()))
        change = table.update().where(*which).values({name: bindparam(f"new_{name}") for name in names})
        work.session.connection().execute(
            change,
            [
                {"row_number": number, **{f"new_{name}": value for name, value in row.items()}}
                for number, row in values.items()
            ],
        )


def _approved(work: Work, batch_id: str, *, or_issued: bool = False, seen: Digested | None = None) -> Batch:
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
    if batch.approved_digest is None or not _is_as_approved(work, batch, seen):
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


def _is_as_approved(work: Work, batch: Batch, seen: Digested | None) -> bool:
    if batch.state == "approved":  # once issuing has begun nothing of it can be changed
        if seen is not None and seen.holds(work, batch):
            return seen.digest == batch.approved_digest
        return batches.present_digest(work, batch.id) == batch.approved_digest
    return batch.content_digest == batch.approved_digest


def _reserved(
    row: Mapping[str, Any], owner: InstitutionView, originals: Mapping[str, Mapping[str, Any]]
) -> Reserved:
    kept = row["reserved"]
    place = _status_lists.Place(list_id=kept["list_id"], number=kept["number"], index=kept["index"])
    return Reserved(
        number=row["number"],
        fields=row["fields"],
        award_id=kept["award_id"],
        verify_code=kept["verify_code"],
        typed_code=kept.get("typed_code"),
        list_id=place.list_id,
        index=place.index,
        status=_status_lists.entries(owner.base_url, owner.slug, place),
        paper_file=row["paper_file"],
        replaces_award_id=row["replaces_award_id"],
        original=originals.get(row["fields"].get(COPY_OF.name, "")),
    )
