# SPDX-License-Identifier: Apache-2.0
"""The rows that an issued chunk becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from gakusho.errors import NotFoundError
from gakusho.issuer import _status_lists, delivery, hosted_badges
from gakusho.issuer._chunk import Chunk, Reserved
from gakusho.issuer.compose import award_to_dict
from gakusho.issuer.institutions import row_of
from gakusho.issuer.names import search_keys
from gakusho.model.sealed import Sealed
from gakusho.store.files import Files
from gakusho.store.tables import AwardRow, Batch, SealedRow, SearchKey, Table
from gakusho.store.work import Work

_IN_TABLE = 32_768
"""Bytes up to which a credential stands in the table itself; larger ones are files."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A sealed award as it is kept: in the table, or as a file that is there already."""

    format: str
    media_type: str
    extension: str
    size: int
    file: str | None
    data: bytes | None


def put(sealed: Sealed, files: Files) -> Written:
    """Give the sealed award as it is kept; a large one is put into the files now."""
    large = len(sealed.data) > _IN_TABLE
    hosted_badges.keep_shared(sealed.data, sealed.format, files)
    return Written(
        format=sealed.format,
        media_type=sealed.media_type,
        extension=sealed.extension,
        size=len(sealed.data),
        file=files.put(sealed.data) if large else None,
        data=None if large else sealed.data,
    )


def insert_awards(work: Work, chunk: Chunk, batch: Batch, new: Sequence[Reserved]) -> None:
    """Insert the awards of rows that are new."""
    work.session.execute(insert(AwardRow), [_award_values(work, chunk, batch, each) for each in new])


def parts(
    work: Work, chunk: Chunk, new: Sequence[Reserved], written: Mapping[str, Sequence[Written]]
) -> Iterator[tuple[type[Table], list[dict[str, Any]]]]:
    """Give what else is inserted: the sealed bytes and the search keys."""
    yield (
        SealedRow,
        [
            {
                "award_id": each.award_id,
                "institution_id": chunk.institution.id,
                "created_at": work.now,
                **vars(one),
            }
            for each in new
            for one in written[each.award.id]
        ],
    )
    yield (
        SearchKey,
        [
            {"institution_id": chunk.institution.id, "key": key, "award_id": each.award_id}
            for each in new
            for key in sorted(_keys_of(each))
        ],
    )


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


def notify(work: Work, chunk: Chunk, new: Sequence[Reserved]) -> None:
    """Write the claim links and mails of the chunk."""
    owner = row_of(work.session, chunk.institution.id)
    for each in new:
        email = each.award.learner.email
        if email:
            delivery.queue_claim(
                work, owner, each.award_id, email, each.award, replaces=bool(each.replaces_award_id)
            )


def _keys_of(each: Reserved) -> set[str]:
    learner = each.award.learner
    return search_keys(learner.name, learner.student_number, each.award.issue_number)


def _award_values(work: Work, chunk: Chunk, batch: Batch, each: Reserved) -> dict[str, Any]:
    learner = each.award.learner
    return {
        "id": each.award_id,
        "institution_id": chunk.institution.id,
        "achievement_id": chunk.achievement_id,
        "batch_id": batch.id,
        "verify_code": each.verify_code,
        "definition": award_to_dict(each.award, put=work.files.put),
        "issue_number": each.award.issue_number,
        "student_number": learner.student_number,
        "email": learner.email.lower() if learner.email else None,
        "name": learner.name.full[:200],
        "status_list_id": each.place.list_id,
        "status_index": each.place.index,
        "state": "active",
        "created_at": work.now,
    }
