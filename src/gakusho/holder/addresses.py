# SPDX-License-Identifier: Apache-2.0
"""The e-mail addresses of an account: proven by a link, never lost, and two accounts of one person joined."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from gakusho.errors import ConflictError, ForbiddenError, LimitError, NotFoundError
from gakusho.holder import _letters, _links
from gakusho.holder.accounts import PersonView, normalized_email, person
from gakusho.store.ids import token_hash
from gakusho.store.tables import (
    AccessRecord,
    AwardRow,
    Membership,
    Passkey,
    PersonEmail,
    Share,
    SignInLink,
    SignInSession,
)
from gakusho.store.work import Work

MOST_EMAILS = 10


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
    recent = _links.recent_links(work, email)
    token = _links.new_link(work, "add-email", email=email, person_id=person_id, detail={})
    if recent >= _links.LINKS_PER_HOUR:
        return
    url = f"{work.public_url}/account/emails/{token}"
    subject, body = _letters.add_email(language, url, minutes=int(_links.LINK_LIFE.total_seconds() // 60))
    _links.queue(work, recipient=email, key=f"add-email:{token_hash(token)[:40]}", subject=subject, body=body)


def other_owner(work: Work, person_id: str, token: str) -> bool:
    """Tell whether the address of an add-email link belongs to another account, to be joined to this one."""
    owner = _links.owner(work, _mine(work, person_id, token).email or "")
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
    owner = _links.owner(work, email)
    if owner is not None and owner != person_id:
        if not join:
            raise ConflictError(
                f"The address {email} belongs to another account.",
                code="email-taken",
                action="Join the two accounts, or sign in with that address.",
                facts={"got": email},
            )
        _join(work, person_id, owner)
    _links.use(work, row)
    if _links.owner(work, email) is None:
        work.session.add(PersonEmail(email=email, person_id=person_id, verified_at=work.now))
    _links.log(work, person_id, "account.add-email", {"joined": owner is not None and owner != person_id})
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
    _links.log(work, person_id, "account.remove-email", {})
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
    _links.log(work, person_id, "account.join", {"other": other})


def _mine(work: Work, person_id: str, token: str) -> SignInLink:
    row = _links.usable(work, token, "add-email")
    if row.person_id != person_id:
        raise NotFoundError(
            "This link was asked for by another account.",
            code="add-email-link",
            action="Sign in with the account that asked for it, or ask for a new link.",
        )
    return row
