# SPDX-License-Identifier: Apache-2.0
"""What an institution awards: described, changed in versions, put aside; and the JSON form of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gakusho.issuer import _codec
from gakusho.issuer.access import Actor
from gakusho.model.achievement import Achievement
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class AchievementView:
    """An achievement as kept."""

    id: str
    version: int
    achievement: Achievement
    archived: bool
    award_count: int
    changed_at: datetime


def save(work: Work, actor: Actor, achievement: Achievement, *, id: str | None = None) -> AchievementView:  # noqa: A002  # the name callers use
    """Give the achievement kept: new, or with ``id`` as the next version. Raises: InputError, NotFoundError."""
    raise NotImplementedError


def achievement(work: Work, institution_id: str, id: str) -> AchievementView:  # noqa: A002  # the name callers use
    """Give one achievement of the institution. Raises: NotFoundError."""
    raise NotImplementedError


def achievements(
    work: Work,
    institution_id: str,
    include_archived: bool = False,  # noqa: FBT001, FBT002  # the name callers use
) -> list[AchievementView]:
    """Give the institution's achievements, the last changed first."""
    raise NotImplementedError


def archive(work: Work, actor: Actor, id: str, *, archived: bool = True) -> AchievementView:  # noqa: A002
    """Give the achievement put aside, or taken out again: no new batches, old awards stay."""
    raise NotImplementedError


def achievement_to_dict(achievement: Achievement) -> dict[str, Any]:
    """Give the achievement as JSON, without loss."""
    return _codec.achievement_to_json(achievement)


def achievement_from_dict(data: Mapping[str, Any]) -> Achievement:
    """Give the achievement back. Raises: InputError naming the member that is missing or wrong."""
    return _codec.achievement_from_json(data)
