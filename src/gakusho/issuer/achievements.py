# SPDX-License-Identifier: Apache-2.0
"""What an institution awards: described, changed in versions, put aside; and the JSON form of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from gakusho.errors import ConflictError, NotFoundError
from gakusho.issuer import _codec
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.achievement_json import check
from gakusho.model.achievement import Achievement
from gakusho.store.ids import new_id
from gakusho.store.tables import AchievementRow, AwardRow
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class AchievementView:
    """An achievement as kept."""

    id: str
    version: int
    """Counts its changes; a batch is approved for one version."""
    achievement: Achievement
    archived: bool
    award_count: int
    changed_at: datetime


def save(
    work: Work,
    actor: Actor,
    achievement: Achievement,
    *,
    id: str | None = None,  # noqa: A002  # the name callers know it by
) -> AchievementView:
    """Give the achievement kept: a new one, or with ``id`` the next version of that.

    Awards and approved batches keep the version they were made with.

    Raises:
        ForbiddenError: the actor may not prepare.
        InputError: it says too little, or something that no credential may say.
        NotFoundError: the institution has no achievement of this id.
    """
    require(actor, Role.PREPARE, Role.ADMINISTER)
    check(achievement)
    image = achievement.image
    definition = _codec.achievement_to_json(achievement, work.files.put)
    if id is None:
        row = AchievementRow(
            id=new_id(),
            institution_id=actor.institution_id,
            version=1,
            definition=definition,
            archived=False,
            created_at=work.now,
            changed_at=work.now,
        )
        work.session.add(row)
    else:
        row = _row(work, actor.institution_id, id)
        if row.definition != definition:
            row.version += 1
            row.definition = definition
            row.changed_at = work.now
    row.image_file = definition["image"]["file"] if image else None
    work.session.flush()
    record(work, actor, "achievement.save", row.id, {"version": row.version})
    return _views(work, [row])[0]


def achievement(
    work: Work,
    institution_id: str,
    id: str,  # noqa: A002  # the name callers know it by
) -> AchievementView:
    """Give one achievement of the institution. Raises: NotFoundError."""
    return _views(work, [_row(work, institution_id, id)])[0]


def achievements(
    work: Work,
    institution_id: str,
    include_archived: bool = False,  # noqa: FBT001, FBT002  # callers give it by position too
) -> list[AchievementView]:
    """Give the institution's achievements, the last changed first."""
    query = select(AchievementRow).where(AchievementRow.institution_id == institution_id)
    if not include_archived:
        query = query.where(AchievementRow.archived.is_(False))
    query = query.order_by(AchievementRow.changed_at.desc(), AchievementRow.id.desc())
    return _views(work, list(work.session.scalars(query)))


def archive(
    work: Work,
    actor: Actor,
    id: str,  # noqa: A002  # the name callers know it by
    *,
    archived: bool = True,
) -> AchievementView:
    """Give the achievement put aside, or taken out again: no new batches of it, its awards stay.

    Raises: ForbiddenError, NotFoundError.
    """
    require(actor, Role.PREPARE, Role.ADMINISTER)
    row = _row(work, actor.institution_id, id)
    row.archived = archived
    work.session.flush()
    record(work, actor, "achievement.archive", row.id, {"archived": archived})
    return _views(work, [row])[0]


def usable(
    work: Work,
    institution_id: str,
    id: str,  # noqa: A002  # the name callers know it by
) -> AchievementView:
    """Give an achievement that new batches may award. Raises: NotFoundError, ConflictError."""
    view = achievement(work, institution_id, id)
    if view.archived:
        raise ConflictError(
            "This achievement was put aside; no new batches are made of it.",
            code="achievement.archived",
            action="Take it out of the archive first.",
        )
    return view


def _row(work: Work, institution_id: str, achievement_id: str) -> AchievementRow:
    row = work.session.scalar(
        select(AchievementRow).where(
            AchievementRow.institution_id == institution_id, AchievementRow.id == achievement_id
        )
    )
    if row is None:
        raise NotFoundError("The institution has no such achievement.", facts={"got": achievement_id[:100]})
    return row


def _views(work: Work, rows: list[AchievementRow]) -> list[AchievementView]:
    query = (
        select(AwardRow.achievement_id, func.count())
        .where(AwardRow.achievement_id.in_([row.id for row in rows]))
        .group_by(AwardRow.achievement_id)
    )
    counts = dict(work.session.execute(query).all()) if rows else {}
    return [
        AchievementView(
            id=row.id,
            version=row.version,
            achievement=_codec.achievement_from_json(row.definition, work.files.get),
            archived=row.archived,
            award_count=counts.get(row.id, 0),
            changed_at=row.changed_at,
        )
        for row in rows
    ]
