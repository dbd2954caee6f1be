# SPDX-License-Identifier: Apache-2.0
"""Accounts: sign-in by mailed link, sessions, the person.

Secrets (links, session tokens) are kept as hashes. An account's passkeys stand in ``holder.passkeys``,
its e-mail addresses in ``holder.addresses``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from gakusho.errors import InputError, NotFoundError
from gakusho.holder import _letters, _links
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables import (
    AwardRow,
    ClaimLink,
    Person,
    PersonEmail,
    SignInSession,
)
from gakusho.store.work import Work

SESSION_LIFE = timedelta(hours=12)
LANGUAGES = ("ja", "en")

_EMAIL = re.compile(
    r"[^\s@\x00-\x1f\x7f<>()\[\],;:\\\"]{1,64}@[^\s@\x00-\x1f\x7f<>()\[\],;:\\\"]+\.[^\s@.]{2,}"
)


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A person with an account."""

    id: str
    name: str
    emails: tuple[str, ...]
    """Addresses shown to be the person's, oldest first."""
    language: str

    @property
    def email(self) -> str:
        """Give the first address."""
        return self.emails[0] if self.emails else ""


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A signed-in browser."""

    id: str
    """Names the session to its owner; not a secret."""
    person: PersonView
    method: str
    """``link``, ``passkey``, ``claim`` or ``demo``."""
    device: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A fresh session."""

    token: str
    next: str
    """Local path to go on to."""


@dataclass(frozen=True, kw_only=True)
class LinkView:
    """A link from a mail that can still be used."""

    purpose: str
    """``sign-in`` or ``add-email``."""
    email: str


def normalized_email(text: str) -> str:
    """Give an address in the form in which it is kept. Raises: InputError."""
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise InputError(
            f"This is not an e-mail address: {email[:80]!r}.",
            code="email",
            action="Write it as name@university.example.",
            facts={"got": email[:80], "expected": "name@university.example"},
        )
    return email


def local_path(path: str | None, default: str = "/") -> str:
    """Give the path when it is one of ours, else the default: nobody is sent elsewhere after sign-in."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or len(path) > 1000:
        return default
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or any(ord(c) < 32 or c == "\\" for c in path):
        return default
    return path


def request_link(work: Work, email: str, *, next: str = "/", language: str = "ja") -> None:  # noqa: A002  # as in the address
    """Queue a mail with a one-time sign-in link; nothing tells whether the address is known here.

    Raises:
        InputError: this is not an address.
    """
    email = normalized_email(email)
    person_id = _links.owner(work, email)
    known = person_id is not None or _awaited(work, email)
    recent = _links.recent_links(work, email)
    token = _links.new_link(
        work,
        "sign-in",
        email=email,
        person_id=person_id,
        detail={"next": local_path(next), "language": language},
    )
    if not known or recent >= _links.LINKS_PER_HOUR:
        return
    url = f"{work.public_url}/sign-in/{token}"
    subject, body = _letters.sign_in(language, url, minutes=int(_links.LINK_LIFE.total_seconds() // 60))
    _links.queue(work, recipient=email, key=f"sign-in:{token_hash(token)[:40]}", subject=subject, body=body)


def link(work: Work, token: str, purpose: str) -> LinkView:
    """Give what a mailed link is for, without using it. Raises: NotFoundError (unknown, used, or too old)."""
    row = _links.usable(work, token, purpose)
    return LinkView(purpose=row.purpose, email=row.email or "")


def use_link(work: Work, token: str, *, device: str = "", replaces: str | None = None) -> SignedIn:
    """Sign in with a mailed link, once; a person who is new here gets an account.

    ``replaces`` is the browser's earlier session token, which ends.

    Raises:
        NotFoundError: the link is unknown, used, or older than 15 minutes.
    """
    row = _links.usable(work, token, "sign-in")
    _links.use(work, row)
    email = row.email or ""
    language = str(row.detail.get("language", "ja"))
    opened = sign_in_as(work, email, method="link", language=language, device=device, replaces=replaces)
    return SignedIn(token=opened, next=local_path(str(row.detail.get("next", "/"))))


def sign_in_by_claim(work: Work, email: str, *, language: str = "ja", device: str = "") -> str:
    """Give a session for the person whose claim link was opened; makes the account when there is none.

    Such a session reaches the wallet only: a claim link lives for months, a sign-in link for minutes.
    """
    return sign_in_as(work, email, method="claim", language=language, device=device)


def sign_in_as(
    work: Work,
    email: str,
    *,
    method: str,
    language: str = "ja",
    device: str = "",
    replaces: str | None = None,
) -> str:
    """Give a session for the owner of an address, with an account made when there is none.

    The caller has made sure that the address is this person's. Raises: InputError.
    """
    email = normalized_email(email)
    person_id = _links.owner(work, email) or _new_person(work, email, language)
    return open_session(work, person_id, method=method, device=device, replaces=replaces)


def open_session(
    work: Work, person_id: str, *, method: str, device: str = "", replaces: str | None = None
) -> str:
    """Give the token of a new session; the caller has made sure who it is."""
    if replaces:
        sign_out(work, replaces)
    work.session.execute(
        delete(SignInSession).where(SignInSession.person_id == person_id, SignInSession.expires_at < work.now)
    )
    token = new_token()
    work.session.add(
        SignInSession(
            token_hash=token_hash(token),
            person_id=person_id,
            created_at=work.now,
            expires_at=work.now + SESSION_LIFE,
            state={"method": method, "device": device[:100]},
        )
    )
    _links.log(work, person_id, "account.sign-in", {"method": method})
    return token


def session(work: Work, token: str) -> SessionView | None:
    """Give the session a token stands for, or None when it ended."""
    row = work.session.get(SignInSession, token_hash(token))
    if row is None or row.expires_at <= work.now:
        return None
    return _session_view(row, person(work, row.person_id))


def sessions(work: Work, person_id: str) -> list[SessionView]:
    """Give the person's open sessions, newest first."""
    rows = work.session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.expires_at > work.now)
        .order_by(SignInSession.created_at.desc())
    )
    view = person(work, person_id)
    return [_session_view(row, view) for row in rows]


def sign_out(work: Work, token: str) -> None:
    """End the session of this token."""
    work.session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash(token)))


def sign_out_everywhere(work: Work, person_id: str, *, but: str | None = None) -> int:
    """End all sessions of the person, except the one with the token ``but``; give how many ended."""
    wanted = select(SignInSession).where(SignInSession.person_id == person_id)
    if but:
        wanted = wanted.where(SignInSession.token_hash != token_hash(but))
    rows = list(work.session.scalars(wanted))
    for row in rows:
        work.session.delete(row)
    _links.log(work, person_id, "account.sign-out-everywhere", {"sessions": len(rows)})
    return len(rows)


def person(work: Work, person_id: str) -> PersonView:
    """Give the person. Raises: NotFoundError."""
    row = work.session.get(Person, person_id)
    if row is None:
        raise NotFoundError("There is no such account.")
    emails = work.session.scalars(
        select(PersonEmail.email)
        .where(PersonEmail.person_id == person_id)
        .order_by(PersonEmail.verified_at, PersonEmail.email)
    )
    return PersonView(id=row.id, name=row.name, emails=tuple(emails), language=row.language)


def person_by_email(work: Work, email: str) -> PersonView | None:
    """Give the person whose address this is, if there is one."""
    owner = _links.owner(work, normalized_email(email))
    return person(work, owner) if owner else None


def change_profile(work: Work, person_id: str, *, name: str, language: str) -> PersonView:
    """Change the name and the language of an account. Raises: InputError."""
    name = unicodedata.normalize("NFC", name).strip()
    if len(name) > 200 or any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} for c in name):
        raise InputError(
            "This name cannot be used: it is too long, or holds control characters.",
            code="account-name",
            action="Write the name in at most 200 ordinary characters.",
            facts={"got": f"{len(name)} characters"},
        )
    if language not in LANGUAGES:
        raise InputError("There is no such language.", facts={"got": language[:10], "expected": "ja or en"})
    row = work.session.get(Person, person_id)
    if row is None:
        raise NotFoundError("There is no such account.")
    row.name, row.language = name, language
    work.session.flush()
    return person(work, person_id)


def _awaited(work: Work, email: str) -> bool:
    """Tell whether something was awarded to this address, so that its owner may come."""
    if work.session.scalar(select(AwardRow.id).where(AwardRow.email == email).limit(1)):
        return True
    return bool(work.session.scalar(select(ClaimLink.award_id).where(ClaimLink.email == email).limit(1)))


def _new_person(work: Work, email: str, language: str) -> str:
    """Give the id of a new account, or of the one that another request made in this moment."""
    made = Person(
        id=new_id(), name="", language=language if language in LANGUAGES else "ja", created_at=work.now
    )
    try:
        with work.session.begin_nested():
            work.session.add(made)
            work.session.flush()
            work.session.add(PersonEmail(email=email, person_id=made.id, verified_at=work.now))
            work.session.flush()
    except IntegrityError:
        owner = _links.owner(work, email)
        if owner is None:
            raise
        return owner
    return made.id


def _session_view(row: SignInSession, view: PersonView) -> SessionView:
    return SessionView(
        id=row.token_hash[:16],
        person=view,
        method=str(row.state.get("method", "link")),
        device=str(row.state.get("device", "")),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
