# SPDX-License-Identifier: Apache-2.0
"""The awards made: find, suspend, reinstate, revoke, correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from gakusho.issuer.access import Actor
from gakusho.model.award import Award
from gakusho.model.learner import PersonName
from gakusho.model.sealed import Sealed
from gakusho.model.text import Text
from gakusho.store.work import Work

if TYPE_CHECKING:
    from gakusho.issuer.batches import BatchView


@dataclass(frozen=True, kw_only=True)
class AwardView:
    """An award as the desk shows it."""

    id: str
    verify_code: str
    name: PersonName
    student_number: str | None
    issue_number: str | None
    email: str | None
    achievement_name: Text
    awarded_on: date
    state: str
    """``active``, ``suspended``, ``revoked`` or ``superseded``."""
    state_reason: str | None
    superseded_by: str | None
    claim: str
    """``not-sent``, ``sent``, ``opened``, ``claimed`` or ``failed``."""
    claimed_at: datetime | None
    batch_id: str | None
    formats: tuple[str, ...]
    created_at: datetime


def find(
    work: Work,
    institution_id: str,
    *,
    query: str = "",
    state: str | None = None,
    claim: str | None = None,
    batch_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[AwardView]:
    """Give awards, newest first; ``after`` is the id of the last one seen.

    ``query`` is the beginning of a name (kanji, kana or romaji), a student or an issue number; several
    words must all fit.
    """
    raise NotImplementedError


def award(work: Work, institution_id: str, award_id: str) -> AwardView:
    """Give one award. Raises: NotFoundError."""
    raise NotImplementedError


def full(work: Work, award_id: str) -> Award:
    """Give the award in full. Raises: NotFoundError."""
    raise NotImplementedError


def suspend(work: Work, actor: Actor, award_ids: Sequence[str], reason: str) -> int:
    """Suspend active awards and give how many changed. Raises: ForbiddenError, InputError, NotFoundError, ConflictError."""
    raise NotImplementedError


def reinstate(work: Work, actor: Actor, award_ids: Sequence[str], reason: str) -> int:
    """End the suspension of awards and give how many changed. Raises: as ``suspend``."""
    raise NotImplementedError


def revoke(work: Work, actor: Actor, award_ids: Sequence[str], reason: str) -> int:
    """Revoke awards for good and give how many changed. Raises: as ``suspend``."""
    raise NotImplementedError


def correct(work: Work, actor: Actor, award_id: str, changes: Mapping[str, str]) -> BatchView:
    """Make a batch of one that replaces the award; it still needs approval. ``changes`` by field name."""
    raise NotImplementedError


def sealed(work: Work, award_id: str, format_name: str) -> Sealed:
    """Give the award's bytes in one format. Raises: NotFoundError."""
    raise NotImplementedError


def by_verify_code(work: Work, code: str) -> tuple[AwardView, str]:
    """Give the award with this verification code, and its institution's id. Raises: NotFoundError."""
    raise NotImplementedError
