# SPDX-License-Identifier: Apache-2.0
"""One-time links: made, counted, used; the mails that carry them, and the log of accounts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from gakusho.errors import NotFoundError
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables import Event, Mail, PersonEmail, SignInLink
from gakusho.store.work import Work

LINK_LIFE = timedelta(minutes=15)
LINKS_PER_HOUR = 5
"""Mails to one address in an hour; above it nothing is sent, and nothing is said."""


def owner(work: Work, email: str) -> str | None:
    """Give the id of the person whose address this is."""
    row = work.session.get(PersonEmail, email)
    return row.person_id if row else None


def new_link(
    work: Work, purpose: str, *, email: str, person_id: str | None, detail: dict[str, object]
) -> str:
    """Give the token of a new link; only its hash is kept."""
    token = new_token()
    work.session.execute(delete(SignInLink).where(SignInLink.expires_at < work.now - timedelta(days=1)))
    work.session.add(
        SignInLink(
            token_hash=token_hash(token),
            purpose=purpose,
            email=email,
            person_id=person_id,
            detail=dict(detail),
            created_at=work.now,
            expires_at=work.now + LINK_LIFE,
        )
    )
    return token


def recent_links(work: Work, email: str) -> int:
    """Give how many links were asked for by this address in the last hour."""
    since = work.now - timedelta(hours=1)
    wanted = (
        select(func.count())
        .select_from(SignInLink)
        .where(SignInLink.email == email, SignInLink.created_at > since)
    )
    return int(work.session.scalar(wanted) or 0)


def usable(work: Work, token: str, purpose: str) -> SignInLink:
    """Give a link that can still be used. Raises: NotFoundError (unknown, used, or too old)."""
    row = work.session.get(SignInLink, token_hash(token))
    if row is None or row.purpose != purpose or row.used_at is not None or row.expires_at <= work.now:
        raise _gone()
    return row


def _gone() -> NotFoundError:
    return NotFoundError(
        "This link was used already, or is too old.",
        code="sign-in-link",
        action="Ask for a new link; it works once, within 15 minutes.",
    )


def use(work: Work, row: SignInLink) -> None:
    """Mark a link used, so that of two requests at once only one passes. Raises: NotFoundError."""
    changed = work.session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == row.token_hash, SignInLink.used_at.is_(None))
        .values(used_at=work.now)
        .returning(SignInLink.token_hash)
    ).all()
    if not changed:
        raise _gone()


def queue(work: Work, *, recipient: str, key: str, subject: str, body: str) -> None:
    """Write a mail to be sent."""
    work.session.add(
        Mail(
            id=new_id(),
            key=key,
            kind="sign-in",
            recipient=recipient,
            subject=subject,
            body=body,
            state="waiting",
            attempts=0,
            next_attempt_at=work.now,
            created_at=work.now,
        )
    )


def log(work: Work, person_id: str, act: str, detail: dict[str, object]) -> None:
    """Write down what was done with an account."""
    work.session.add(
        Event(
            id=new_id(), institution_id=None, at=work.now, actor=f"person:{person_id}", act=act,
            subject=person_id, detail=detail,
        )
    )  # fmt: skip
