# SPDX-License-Identifier: Apache-2.0
"""The rows that an issued chunk becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from gakusho.errors import NotFoundError
from gakusho.issuer import _status_lists, delivery
from gakusho.issuer._chunk import Chunk, Made, Reserved
from gakusho.issuer.institutions import row_of
from gakusho.store.tables import AwardRow, SealedRow, SearchKey, Table
from gakusho.store.work import Work

New = tuple[Reserved, Made]
"""A row that nobody kept yet, and what became of it."""


def insert_awards(work: Work, chunk: Chunk, new: Sequence[New]) -> None:
    """Insert the awards of rows that are new."""
    _insert(work, AwardRow, [_award_values(work, chunk, *each) for each in new])


def insert_parts(work: Work, chunk: Chunk, new: Sequence[New]) -> None:
    """Insert what goes with the awards: the sealed bytes and the search keys."""
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
    _status_lists.touch(work, old.institution_id, [old.status_list_id])
    work.session.flush()


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
        "batch_id": chunk.batch_id,
        "verify_code": row.verify_code,
        "definition": made.definition,
        "issue_number": made.award.issue_number,
        "student_number": learner.student_number,
        "email": learner.email.lower() if learner.email else None,
        "name": learner.name.full[:200],
        "status_list_id": row.list_id,
        "status_index": row.index,
        "state": "active",
        "created_at": work.now,
    }
