# SPDX-License-Identifier: Apache-2.0
"""Claiming: the link in the mail shows that the address is the learner's, and the credentials are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update

from gakusho.errors import ConflictError, NotFoundError
from gakusho.holder import accounts
from gakusho.holder.records import MAX_SUCCESSORS, CredentialView, emails_of, views
from gakusho.store.ids import token_hash
from gakusho.store.tables import AwardRow, ClaimLink
from gakusho.store.work import Work

AGAIN_AFTER = timedelta(minutes=10)
"""How long after a claim mail the next one may be asked for."""
GONE_AFTER = timedelta(days=365)
"""An expired link is answered this long with a way to a new one."""


class ClaimState(StrEnum):
    """How it stands with a claim link."""

    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """A newer link was sent in its place."""
    CLAIMED = "claimed"
    SUPERSEDED = "superseded"
    """A newer credential, which waits under another address or was claimed, stands in its place."""
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class ClaimView:
    """A claim link as the page shows it; credentials stand here only while the link is open."""

    state: ClaimState
    expires_at: datetime
    email: str = ""
    credential: CredentialView | None = None
    others: tuple[CredentialView, ...] = ()
    """What else waits for the same address."""
    claimed_by: str | None = None


def look(work: Work, token: str) -> ClaimView:
    """Give how it stands with a claim link. Raises: NotFoundError for one that never was."""
    link, award = _link(work, token)
    state = _state(work, link, award)
    if state is not ClaimState.OPEN:
        return ClaimView(state=state, expires_at=link.expires_at, claimed_by=award.holder_id)
    waiting = _waiting(work, link.email)
    first = _successor(work, award)
    shown = views(work, [first, *(row for row in waiting if row.id != first.id)])
    return ClaimView(
        state=state,
        expires_at=link.expires_at,
        email=link.email,
        credential=shown[0],
        others=tuple(view for view in shown[1:] if view.state not in {"revoked", "superseded"}),
    )


def mark_opened(work: Work, token: str) -> None:
    """Note that the link was opened, the first time; nothing is claimed by that."""
    link, award = _link(work, token)
    if award.claim_opened_at is None and _state(work, link, award) is ClaimState.OPEN:
        award.claim_opened_at = work.now


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What a claim led to."""

    session_token: str
    person_id: str
    award_ids: tuple[str, ...]


def claim(work: Work, token: str, *, language: str = "ja", device: str = "") -> Claimed:
    """Make everything that waits for the link's address the person's who has it, and sign them in.

    Raises:
        NotFoundError: there is no such link.
        ConflictError: the link has ended, or somebody has claimed with it.
    """
    link, award = _link(work, token)
    _one_at_a_time(work, link.email)
    state = _state(work, link, award)
    if state is not ClaimState.OPEN:
        raise ConflictError("This link can no longer be used to claim.", code=f"claim-{state}")
    session_token = accounts.sign_in_by_claim(work, link.email, language=language, device=device)
    person = accounts.person_by_email(work, link.email)
    if person is None:
        raise NotFoundError("There is no account for this address.", code="no-account")
    taken = _take(work, person.id, [link.email.lower()])
    return Claimed(session_token=session_token, person_id=person.id, award_ids=taken)


def waiting_for(work: Work, person_id: str) -> list[CredentialView]:
    """Give what waits, unclaimed, under any address of the person."""
    rows: list[AwardRow] = []
    for email in emails_of(work, person_id):
        rows.extend(_waiting(work, email))
    return [view for view in views(work, rows) if view.state not in {"revoked", "superseded"}]


def take_waiting(work: Work, person_id: str) -> int:
    """Claim everything that waits under the person's addresses, and give how many."""
    return len(_take(work, person_id, emails_of(work, person_id)))


def renewable(work: Work, token: str) -> str:
    """Give the id of the award for which an ended link may be replaced by a new mail to the same address.

    Raises:
        NotFoundError: there is no such link.
        ConflictError: it needs none, or a mail went out minutes ago.
    """
    link, award = _link(work, token)
    state = _state(work, link, award)
    if state not in {ClaimState.EXPIRED, ClaimState.WITHDRAWN}:
        raise ConflictError("No new mail is needed.", code="claim-not-needed")
    if (award.email or "").lower() != link.email.lower():
        raise ConflictError("The institution has another address now.", code="claim-other-address")
    last = work.session.scalar(
        select(ClaimLink.created_at)
        .where(ClaimLink.award_id == award.id)
        .order_by(ClaimLink.created_at.desc())
        .limit(1)
    )
    if last is not None and last > work.now - AGAIN_AFTER:
        raise ConflictError("A mail was sent a few minutes ago.", code="claim-too-soon")
    return award.id


def _link(work: Work, token: str) -> tuple[ClaimLink, AwardRow]:
    link = work.session.get(ClaimLink, token_hash(token[:200]))
    award = work.session.get(AwardRow, link.award_id) if link else None
    if link is None or award is None or link.expires_at < work.now - GONE_AFTER:
        raise NotFoundError("There is no such link.", code="no-link")
    return link, award


def _one_at_a_time(work: Work, email: str) -> None:
    """Wait for whoever else claims for this address just now, and see what they changed."""
    work.session.scalars(
        select(AwardRow)
        .where(AwardRow.email.in_({email, email.lower()}))
        .order_by(AwardRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _state(work: Work, link: ClaimLink, award: AwardRow) -> ClaimState:
    if award.holder_id is not None:
        return ClaimState.CLAIMED
    if award.state == "revoked":
        return ClaimState.REVOKED
    if (_successor(work, award).email or "").lower() != link.email.lower():
        return ClaimState.SUPERSEDED
    if link.withdrawn_at is not None:
        return ClaimState.WITHDRAWN
    if award.state == "superseded" and _successor(work, award).holder_id is not None:
        return ClaimState.SUPERSEDED
    return ClaimState.EXPIRED if link.expires_at <= work.now else ClaimState.OPEN


def _successor(work: Work, award: AwardRow) -> AwardRow:
    current = award
    for _ in range(MAX_SUCCESSORS):
        following = work.session.get(AwardRow, current.superseded_by) if current.superseded_by else None
        if following is None:
            break
        current = following
    return current


def _waiting(work: Work, email: str) -> list[AwardRow]:
    rows = work.session.scalars(
        select(AwardRow)
        .where(AwardRow.email.in_({email, email.lower()}), AwardRow.holder_id.is_(None))
        .order_by(AwardRow.created_at, AwardRow.id)
    )
    return list(rows)


def _take(work: Work, person_id: str, emails: list[str]) -> tuple[str, ...]:
    taken = []
    for email in emails:
        for row in _waiting(work, email):
            # the condition makes it one owner's, whoever else asks at the same moment
            done = work.session.execute(
                update(AwardRow)
                .where(AwardRow.id == row.id, AwardRow.holder_id.is_(None))
                .values(holder_id=person_id, claimed_at=work.now)
                .execution_options(synchronize_session="fetch")
            )
            if done.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
                taken.append(row.id)
    return tuple(taken)
