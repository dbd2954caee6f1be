# SPDX-License-Identifier: Apache-2.0
"""What an institution awards: described, changed in versions, put aside; and the JSON form of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from gakusho.errors import ConflictError, InputError, LimitError, NotFoundError
from gakusho.issuer import _codec
from gakusho.issuer._characters import character_fault
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.model.achievement import ACHIEVEMENT_TYPES, Achievement
from gakusho.model.text import Text
from gakusho.store.ids import new_id
from gakusho.store.tables import AchievementRow, AwardRow
from gakusho.store.work import Work

LARGEST_IMAGE = 1024 * 1024  # bytes
LONGEST_NAME = 200  # characters
LONGEST_TEXT = 5_000  # characters
MOST_RESULTS = 50

_KNOWN = {
    "id",
    "type",
    "name",
    "description",
    "criteria",
    "language",
    "image",
    "tags",
    "field_of_study",
    "credits_available",
    "result_descriptions",
    "descriptors",
}
_IMAGE_STARTS = {"image/png": (b"\x89PNG\r\n\x1a\n",), "image/svg+xml": (b"<", b"\xef\xbb\xbf<")}


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
    _check(achievement)
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


def achievement_to_dict(achievement: Achievement) -> dict[str, Any]:
    """Give the achievement as JSON, without loss.

    ``id``, ``type`` (Open Badges 3.0, AchievementType), ``name``, ``description`` and ``criteria`` as
    ``{language: words}``, ``language``; where there are any: ``image`` (``media_type``, ``data`` in
    base64, ``caption``), ``tags``, ``field_of_study``, ``credits_available``, ``result_descriptions``
    (``id``, ``name``, ``type``, ``allowed_values``), ``descriptors``.
    """
    return _codec.achievement_to_json(achievement)


def achievement_from_dict(data: Mapping[str, Any]) -> Achievement:
    """Give the achievement back, checked as ``save`` checks it.

    Raises:
        InputError: a member is missing, unknown, or of the wrong kind; it is named.
    """
    if not isinstance(data, Mapping):
        raise InputError("An achievement is a JSON object.", facts={"got": type(data).__name__})
    if unknown := sorted(set(data) - _KNOWN):
        raise InputError(
            f"An achievement has no member {unknown[0]!r}.",
            code="achievement.unknown-member",
            facts={"got": unknown[0], "expected": ", ".join(sorted(_KNOWN))},
        )
    try:
        found = _codec.achievement_from_json(data)
        _check_kinds(found)
    except KeyError as error:
        raise InputError(
            f"The achievement has no {error.args[0]!r}.",
            code="achievement.missing-member",
            facts={"expected": str(error.args[0])},
        ) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"The achievement cannot be read: {error}.", code="achievement.unreadable") from None
    _check(found)
    return found


def _check_kinds(achievement: Achievement) -> None:
    """Let an achievement pass whose members are of their kinds. Raises: TypeError, ValueError."""
    results = achievement.result_descriptions
    words = [achievement.id, achievement.type, achievement.language, *achievement.tags]
    words += [text for each in results for text in (each.id, each.name, each.type, *each.allowed_values)]
    if achievement.field_of_study is not None:
        words.append(achievement.field_of_study)
    if wrong := [each for each in words if not isinstance(each, str)]:
        raise TypeError(f"expected words, got {wrong[0]!r}")
    credits_ = achievement.credits_available
    if credits_ is not None and not (isinstance(credits_, int | float) and 0 <= credits_ < 100_000):
        raise ValueError(f"expected a number of credits, got {credits_!r}")


def _check(achievement: Achievement) -> None:
    if achievement.type not in ACHIEVEMENT_TYPES and not achievement.type.startswith("ext:"):
        raise _faulty("type", achievement.type, ", ".join(ACHIEVEMENT_TYPES))
    if ":" not in achievement.id:
        raise _faulty("id", achievement.id, "a URN or URL")
    for member, limit in (
        ("name", LONGEST_NAME),
        ("description", LONGEST_TEXT),
        ("criteria", LONGEST_TEXT),
    ):
        _check_text(member, getattr(achievement, member), limit)
    if len(achievement.result_descriptions) > MOST_RESULTS:
        raise _beyond("result_descriptions", len(achievement.result_descriptions), MOST_RESULTS)
    ids = [each.id for each in achievement.result_descriptions]
    names = [each.name for each in achievement.result_descriptions]
    for member, values in (("id", ids), ("name", names)):
        if len(set(values)) != len(values) or not all(values):
            raise _faulty(f"result_descriptions.{member}", ", ".join(values), "one of its own for each")
    if image := achievement.image:
        if len(image.data) > LARGEST_IMAGE:
            raise _beyond("image", len(image.data), LARGEST_IMAGE)
        starts = _IMAGE_STARTS.get(image.media_type)
        if starts is None or not image.data.lstrip().startswith(starts):
            raise _faulty("image", image.media_type, "a PNG or an SVG")


def _check_text(member: str, text: Text, limit: int) -> None:
    if not text or not all(words.strip() for _, words in text):
        raise _faulty(member, "", "words in at least one language")
    for language, words in text:
        if len(words) > limit:
            raise _beyond(f"{member}.{language}", len(words), limit)
        if fault := character_fault(words, lines=True):
            raise _faulty(f"{member}.{language}", fault[1], "no control, invisible or private characters")


def _faulty(member: str, got: str, expected: str) -> InputError:
    return InputError(
        f"The achievement's {member} cannot be used: expected {expected}.",
        code="achievement.faulty-member",
        facts={"member": member, "got": got[:200], "expected": expected},
    )


def _beyond(member: str, got: int, limit: int) -> LimitError:
    return LimitError(
        f"The achievement's {member} is too large: {got}, at most {limit}.",
        code="achievement.limit",
        facts={"member": member, "got": str(got), "expected": str(limit)},
        action="Make it shorter or smaller.",
    )


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
