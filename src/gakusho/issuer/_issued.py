# SPDX-License-Identifier: Apache-2.0
"""The rows that an issued chunk becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from gakusho.errors import NotFoundError
from gakusho.issuer import _status_lists, delivery
from gakusho.issuer._chunk import Chunk, Made, Reserved
from gakusho.issuer.access import record
from gakusho.issuer.institutions import row_of
from gakusho.store.tables import AwardRow, SealedRow, SearchKey, Table
from gakusho.store.tables_paper import PaperLink
from gakusho.store.work import Work

LIVING = ("active", "suspended")
New = tuple[Reserved, Made]
"""A row that nobody kept yet, and what became of it."""


def insert_awards(work: Work, chunk: Chunk, new: Sequence[New]) -> None:
    """Insert the awards of rows that are new."""
    _insert(work, AwardRow, [_award_values(work, chunk, *each) for each in new])


def insert_parts(work: Work, chunk: Chunk, new: Sequence[New]) -> None:
    """Insert what goes with the awards: the sealed bytes, the codes on paper and the search keys."""
    _insert(
        work,
        SealedRow,
        [
            {
                "award_id": row.award_id,
                "institution_id": chunk.institution_id,
                "created_at": work.now,
                **vars(one),
            }
            for row, made in new
            for one in made.written
        ],
    )
    _insert(
        work,
        PaperLink,
        [
            {"award_id": row.award_id, "institution_id": chunk.institution_id, "code": row.typed_code}
            for row, _ in new
        ],
    )
    _insert(
        work,
        SearchKey,
        [
            {"institution_id": chunk.institution_id, "key": key, "award_id": row.award_id}
            for row, made in new
            for key in made.search_keys
        ],
    )


def _insert(work: Work, table: type[Table], values: list[dict[str, Any]]) -> None:
    # without the object mapper, which would take as long again as the database
    columns: Any = table.__table__
    work.session.connection().execute(insert(columns), values)


def supersede(work: Work, old_id: str, new_id: str) -> None:
    """Mark an award as replaced by a new one, in the same transaction as the new one is kept.

    One that was replaced already passes the replacement on to its successor. The learner who holds the
    old one holds the new one.

    Raises: NotFoundError when the institution has no such award.
    """
    new = work.session.get(AwardRow, new_id)
    assert new is not None
    old = work.session.get(AwardRow, old_id, with_for_update=True, populate_existing=True)
    while old is not None and old.superseded_by and old.superseded_by != new_id:
        old = work.session.get(AwardRow, old.superseded_by, with_for_update=True, populate_existing=True)
    if old is None or old.institution_id != new.institution_id:
        raise NotFoundError("The award to be replaced is not there.", facts={"got": old_id})
    old.superseded_by = new_id
    if old.state != "revoked":
        old.state = "superseded"
        old.state_changed_at = work.now
    if old.holder_id and old.email == new.email:
        new.holder_id, new.claimed_at = old.holder_id, work.now
    touched = [old.status_list_id]
    for copy in copies_of(work, [old.id], *LIVING):
        # what was handed in says what is corrected now
        copy.superseded_by, copy.state, copy.state_changed_at = new_id, "superseded", work.now
        touched.append(copy.status_list_id)
    _status_lists.touch(work, old.institution_id, touched)
    work.session.flush()


def copies_of(work: Work, award_ids: Sequence[str], *states: str) -> list[AwardRow]:
    """Give the addressed copies of awards in one of these states, locked, in the order of their ids."""
    wanted = select(AwardRow).where(AwardRow.copy_of.in_(award_ids), AwardRow.state.in_(states))
    wanted = wanted.order_by(AwardRow.id).with_for_update().execution_options(populate_existing=True)
    return list(work.session.scalars(wanted))


def follow_originals(work: Work, chunk: Chunk, new: Sequence[New]) -> None:
    """Give each new copy what became of its original since: who holds it, and whether it still holds.

    The log of the original names each copy.
    """
    copies = {row.award_id: row for row, _ in new if row.copy_of}
    if not copies:
        return
    wanted = {row.copy_of or "" for row in copies.values()}
    query = select(AwardRow).where(AwardRow.id.in_(wanted)).order_by(AwardRow.id).with_for_update()
    originals = {each.id: each for each in work.session.scalars(query)}
    for copy in work.session.scalars(select(AwardRow).where(AwardRow.id.in_(list(copies)))):
        original = originals[copy.copy_of or ""]
        if original.holder_id and original.email == copy.email:
            copy.holder_id, copy.claimed_at = original.holder_id, work.now
        if original.state != "active":
            copy.state, copy.state_reason = original.state, original.state_reason
            copy.state_changed_at, copy.superseded_by = original.state_changed_at, original.superseded_by
            _status_lists.touch(work, chunk.institution_id, [copy.status_list_id])
        detail = {"institution_id": chunk.institution_id, "copy": copy.id, "issue_number": copy.issue_number}
        record(work, None, "award.copied", original.id, detail)


def notify(work: Work, chunk: Chunk, new: Sequence[New]) -> None:
    """Write the claim links and mails of the chunk."""
    owner = row_of(work.session, chunk.institution_id)
    claims = [(row.award_id, made.award, bool(row.replaces_award_id)) for row, made in new]
    delivery.queue_first_claims(work, owner, claims)


def _award_values(work: Work, chunk: Chunk, row: Reserved, made: Made) -> dict[str, Any]:
    learner = made.award.learner
    return {
        "id": row.award_id,
        "institution_id": chunk.institution_id,
        "achievement_id": chunk.achievement_id,
        "batch_id": chunk.batch_id or None,
        "verify_code": row.verify_code,
        "definition": made.definition,
        "issue_number": made.award.issue_number,
        "student_number": learner.student_number,
        "email": learner.email.lower() if learner.email else None,
        "name": learner.name.full[:200],
        "status_list_id": row.list_id,
        "status_index": row.index,
        "state": "active",
        "copy_of": row.copy_of,
        "created_at": work.now,
    }
