# SPDX-License-Identifier: Apache-2.0
"""Accounts: sign-in by mailed link, sessions, the addresses that are a person's, joining two accounts.

Secrets (links, session tokens) are kept as hashes. Passkeys stand in ``holder.passkeys``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from gakusho.errors import ConflictError, ForbiddenError, InputError, LimitError, NotFoundError
from gakusho.holder import _letters
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables import (
    AccessRecord,
    AwardRow,
    ClaimLink,
    Event,
    Mail,
    Membership,
    Passkey,
    Person,
    PersonEmail,
    Share,
    SignInLink,
    SignInSession,
)
from gakusho.store.work import Work

SESSION_LIFE = timedelta(hours=12)
LINK_LIFE = timedelta(minutes=15)
LINKS_PER_HOUR = 5
"""Mails to one address in an hour; above it nothing is sent, and nothing is said."""
MOST_EMAILS = 10
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
    person_id = _owner(work, email)
    known = person_id is not None or _awaited(work, email)
    recent = _recent_links(work, email)
    token = _new_link(
        work,
        "sign-in",
        email=email,
        person_id=person_id,
        detail={"next": local_path(next), "language": language},
    )
    if not known or recent >= LINKS_PER_HOUR:
        return
    url = f"{work.public_url}/sign-in/{token}"
    subject, body = _letters.sign_in(language, url, minutes=int(LINK_LIFE.total_seconds() // 60))
    _queue(work, recipient=email, key=f"sign-in:{token_hash(token)[:40]}", subject=subject, body=body)


def link(work: Work, token: str, purpose: str) -> LinkView:
    """Give what a mailed link is for, without using it. Raises: NotFoundError (unknown, used, or too old)."""
    row = _usable(work, token, purpose)
    return LinkView(purpose=row.purpose, email=row.email or "")


def use_link(work: Work, token: str, *, device: str = "", replaces: str | None = None) -> SignedIn:
    """Sign in with a mailed link, once; a person who is new here gets an account.

    ``replaces`` is the browser's earlier session token, which ends.

    Raises:
        NotFoundError: the link is unknown, used, or older than 15 minutes.
    """
    row = _usable(work, token, "sign-in")
    _use(work, row)
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
    person_id = _owner(work, email) or _new_person(work, email, language)
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
    _log(work, person_id, "account.sign-in", {"method": method})
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
    _log(work, person_id, "account.sign-out-everywhere", {"sessions": len(rows)})
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
    owner = _owner(work, normalized_email(email))
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


def request_email(work: Work, person_id: str, email: str, *, language: str = "ja") -> None:
    """Queue a mail by which the person shows that an address is theirs.

    Raises:
        InputError: this is not an address.
        ConflictError: ``email-mine``: it is on the account already.
        LimitError: the account has too many addresses.
    """
    email = normalized_email(email)
    mine = person(work, person_id).emails
    if email in mine:
        raise ConflictError(
            "This address is on the account already.", code="email-mine", action="Nothing needs to be done."
        )
    if len(mine) >= MOST_EMAILS:
        raise LimitError(
            f"An account has at most {MOST_EMAILS} addresses.",
            code="email-count",
            action="Remove an address first.",
            facts={"expected": MOST_EMAILS},
        )
    recent = _recent_links(work, email)
    token = _new_link(work, "add-email", email=email, person_id=person_id, detail={})
    if recent >= LINKS_PER_HOUR:
        return
    url = f"{work.public_url}/account/emails/{token}"
    subject, body = _letters.add_email(language, url, minutes=int(LINK_LIFE.total_seconds() // 60))
    _queue(work, recipient=email, key=f"add-email:{token_hash(token)[:40]}", subject=subject, body=body)


def other_owner(work: Work, person_id: str, token: str) -> bool:
    """Tell whether the address of an add-email link belongs to another account, to be joined to this one."""
    owner = _owner(work, _mine(work, person_id, token).email or "")
    return owner is not None and owner != person_id


def add_email(work: Work, person_id: str, token: str, *, join: bool = False) -> PersonView:
    """Take the address of a mailed link onto the account; with ``join`` also the account it belongs to.

    Raises:
        NotFoundError: the link is unknown, used, too old, or was asked for by another account.
        ConflictError: ``email-taken``: the address belongs to another account, and ``join`` was not said.
        ForbiddenError: the other account acts for an institution; such accounts are not joined.
    """
    row = _mine(work, person_id, token)
    email = row.email or ""
    owner = _owner(work, email)
    if owner is not None and owner != person_id:
        if not join:
            raise ConflictError(
                f"The address {email} belongs to another account.",
                code="email-taken",
                action="Join the two accounts, or sign in with that address.",
                facts={"got": email},
            )
        _join(work, person_id, owner)
    _use(work, row)
    if _owner(work, email) is None:
        work.session.add(PersonEmail(email=email, person_id=person_id, verified_at=work.now))
    _log(work, person_id, "account.add-email", {"joined": owner is not None and owner != person_id})
    work.session.flush()
    return person(work, person_id)


def remove_email(work: Work, person_id: str, email: str) -> PersonView:
    """Take an address off the account, never the last. Raises: NotFoundError, ConflictError."""
    row = work.session.get(PersonEmail, email.strip().lower())
    if row is None or row.person_id != person_id:
        raise NotFoundError("This address is not on the account.")
    if len(person(work, person_id).emails) == 1:
        raise ConflictError(
            "The last address cannot be removed.",
            code="email-last",
            action="Add another address first.",
        )
    work.session.delete(row)
    _log(work, person_id, "account.remove-email", {})
    work.session.flush()
    return person(work, person_id)


def _join(work: Work, person_id: str, other: str) -> None:
    """Move what a learner has from one account to another, and end the other."""
    if work.session.scalar(select(func.count()).select_from(Membership).where(Membership.person_id == other)):
        raise ForbiddenError(
            "The other account acts for an institution, so its acts must stay its own.",
            code="join-member",
            action="Keep the accounts apart, or ask the institution to withdraw the other one's roles.",
        )
    for column in (
        PersonEmail.person_id,
        Passkey.person_id,
        AwardRow.holder_id,
        Share.person_id,
        AccessRecord.person_id,
    ):
        work.session.execute(update(column.class_).where(column == other).values({column.key: person_id}))
    work.session.execute(delete(SignInSession).where(SignInSession.person_id == other))
    work.session.execute(update(SignInLink).where(SignInLink.person_id == other).values(used_at=work.now))
    _log(work, person_id, "account.join", {"other": other})


def _owner(work: Work, email: str) -> str | None:
    row = work.session.get(PersonEmail, email)
    return row.person_id if row else None


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
        owner = _owner(work, email)
        if owner is None:
            raise
        return owner
    return made.id


def _new_link(
    work: Work, purpose: str, *, email: str, person_id: str | None, detail: dict[str, object]
) -> str:
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


def _recent_links(work: Work, email: str) -> int:
    since = work.now - timedelta(hours=1)
    wanted = (
        select(func.count())
        .select_from(SignInLink)
        .where(SignInLink.email == email, SignInLink.created_at > since)
    )
    return int(work.session.scalar(wanted) or 0)


def _usable(work: Work, token: str, purpose: str) -> SignInLink:
    row = work.session.get(SignInLink, token_hash(token))
    if row is None or row.purpose != purpose or row.used_at is not None or row.expires_at <= work.now:
        raise NotFoundError(
            "This link was used already, or is too old.",
            code="sign-in-link",
            action="Ask for a new link; it works once, within 15 minutes.",
        )
    return row


def _use(work: Work, row: SignInLink) -> None:
    """Mark a link used, so that of two requests at once only one passes."""
    changed = work.session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == row.token_hash, SignInLink.used_at.is_(None))
        .values(used_at=work.now)
        .returning(SignInLink.token_hash)
    ).all()
    if not changed:
        _usable(work, "", row.purpose)


def _mine(work: Work, person_id: str, token: str) -> SignInLink:
    row = _usable(work, token, "add-email")
    if row.person_id != person_id:
        raise NotFoundError(
            "This link was asked for by another account.",
            code="add-email-link",
            action="Sign in with the account that asked for it, or ask for a new link.",
        )
    return row


def _session_view(row: SignInSession, view: PersonView) -> SessionView:
    return SessionView(
        id=row.token_hash[:16],
        person=view,
        method=str(row.state.get("method", "link")),
        device=str(row.state.get("device", "")),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _queue(work: Work, *, recipient: str, key: str, subject: str, body: str) -> None:
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


def _log(work: Work, person_id: str, act: str, detail: dict[str, object]) -> None:
    work.session.add(
        Event(
            id=new_id(), institution_id=None, at=work.now, actor=f"person:{person_id}", act=act,
            subject=person_id, detail=detail,
        )
    )  # fmt: skip
