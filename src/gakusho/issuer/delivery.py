# SPDX-License-Identifier: Apache-2.0
"""Mails to learners: written once, sent once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta, timezone
from typing import Any

from sqlalchemy import Select, case, func, insert, or_, select, update

from gakusho.errors import ConflictError, InputError
from gakusho.issuer import letters
from gakusho.issuer._award_rows import row_of_award
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.compose import award_from_dict
from gakusho.issuer.institutions import checked_email, row_of
from gakusho.model.award import Award
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.inserting import insert_if_absent
from gakusho.store.jobs import HandedOver
from gakusho.store.mailers import Letter
from gakusho.store.tables import AwardRow, ClaimLink, Institution, Mail
from gakusho.store.work import Work

CLAIM_DAYS = 180
"""How long a claim link holds, unless the institution's settings say ``claim_days``."""
_GIVE_UP = timedelta(days=5)
_TAKEN_TOO_LONG = timedelta(minutes=15)
_FIRST_WAIT, _LONGEST_WAIT = 30, 4 * 3600  # seconds
_CAN_WAIT = ("claim", "status")
"""Kinds that come by the thousand; somebody who waits to sign in does not wait for them."""
_JAPAN = timezone(timedelta(hours=9))
MAYBE_SENT = "May have been sent: the process stopped while the mail was handed over."


def queue_claims(work: Work, award_ids: Sequence[str], *, resent: bool = False) -> int:
    """Write a claim link and its mail for each award with an address; give how many are new.

    Without ``resent`` an award that has a claim mail keeps it: doing it again changes nothing.
    """
    count = 0
    for row in work.session.scalars(select(AwardRow).where(AwardRow.id.in_(list(award_ids)))):
        if row.email:
            award = award_from_dict(row.definition, get=_no_image)
            institution = row_of(work.session, row.institution_id)
            number = 1 + (_claims(work, row.id) if resent else 0)
            email = award.learner.email or row.email
            count += queue_claim(work, institution, row.id, email, award, number=number)
    return count


def queue_claim(
    work: Work,
    institution: Institution,
    award_id: str,
    email: str,
    award: Award,
    *,
    number: int = 1,
    replaces: bool = False,
) -> bool:
    """Write one claim link and its mail; False when this one was written before."""
    mail, link = _claim(work, institution, award_id, email, award, number=number, replaces=replaces)
    new = insert_if_absent(work.session, Mail, mail)
    if new:
        work.session.add(ClaimLink(**link))
    return new


def queue_first_claims(
    work: Work, institution: Institution, claims: Sequence[tuple[str, Award, bool]]
) -> None:
    """Write the claim links and mails of awards that are new in this transaction, all in one go.

    Each is the award's row id, the award, and whether it replaces one. Those without an address have none.
    Raises: InputError for an address that is none.
    """
    written = [
        _claim(work, institution, award_id, award.learner.email, award, number=1, replaces=replaces)
        for award_id, award, replaces in claims
        if award.learner.email
    ]
    if written:
        for table, place in ((Mail, 0), (ClaimLink, 1)):
            columns: Any = table.__table__
            # without the object mapper, and without looking for what cannot be there
            work.session.connection().execute(insert(columns), [each[place] for each in written])


def _claim(
    work: Work,
    institution: Institution,
    award_id: str,
    email: str,
    award: Award,
    *,
    number: int,
    replaces: bool,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the rows of a claim's mail and of its link."""
    token = new_token()
    expires = work.now + timedelta(days=int(institution.settings.get("claim_days", CLAIM_DAYS)))
    link = f"{work.public_url}/claim/{token}"
    values = {
        language: {
            **_facts(institution, award, language),
            "link": link,
            "until": _day(expires.astimezone(_JAPAN), language),
        }
        for language in letters.LANGUAGES
    }
    letter = letters.write("replaced" if replaces else "claim", values, first=_first_language(award))
    mail = _mail(
        work,
        key=f"claim:{award_id}:{number}",
        kind="claim",
        recipient=email,
        subject=letter.subject,
        body=letter.body,
        institution_id=institution.id,
        award_id=award_id,
    )
    kept_link = {
        "token_hash": token_hash(token),
        "award_id": award_id,
        "email": checked_email(email),
        "created_at": work.now,
        "expires_at": expires,
    }
    return mail, kept_link


def resend_claim(work: Work, actor: Actor, award_id: str) -> None:
    """Withdraw the old claim links and write a new one with a new mail.

    Raises: ForbiddenError, NotFoundError, InputError without an address, ConflictError when claimed or over.
    """
    require(actor, Role.PREPARE, Role.APPROVE, Role.ADMINISTER)
    row = row_of_award(work, actor.institution_id, award_id, lock=True)
    if not row.email:
        raise InputError("The award has no e-mail address.", code="no-email", action="Correct the award.")
    if row.claimed_at is not None:
        raise ConflictError("The learner has claimed it already.", code="claimed", action="Nothing to do.")
    if row.state not in {"active", "suspended"}:
        raise ConflictError(f"The award is {row.state}.", code="award-state", facts={"got": row.state})
    work.session.execute(
        update(ClaimLink)
        .where(ClaimLink.award_id == award_id, ClaimLink.withdrawn_at.is_(None))
        .values(withdrawn_at=work.now)
    )
    work.session.execute(
        update(Mail)
        .where(Mail.award_id == award_id, Mail.kind == "claim", Mail.state == "waiting")
        .values(state="failed", last_error="Withdrawn: a newer claim mail was written.")
    )
    queue_claims(work, [award_id], resent=True)
    record(work, actor, "claim.resend", award_id, {})


def queue_notice(work: Work, row: AwardRow, kind: str, reason: str, *, event: str) -> bool:
    """Write the mail that tells a learner of a change of status, if there is an address."""
    if not row.email:
        return False
    institution = row_of(work.session, row.institution_id)
    award = award_from_dict(row.definition, get=_no_image)
    values = {
        language: {**_facts(institution, award, language), "reason": reason} for language in letters.LANGUAGES
    }
    letter = letters.write(kind, values, first=_first_language(award))
    return queue(
        work,
        key=f"status:{row.id}:{event}",
        kind="status",
        recipient=row.email,
        subject=letter.subject,
        body=letter.body,
        institution_id=row.institution_id,
        award_id=row.id,
    )


def queue(
    work: Work,
    *,
    key: str,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    institution_id: str | None = None,
    award_id: str | None = None,
) -> bool:
    """Write a mail to be sent; False when a mail with this key was written before.

    Raises: InputError for an address that is none.
    """
    mail = _mail(
        work,
        key=key,
        kind=kind,
        recipient=recipient,
        subject=subject,
        body=body,
        institution_id=institution_id,
        award_id=award_id,
    )
    return insert_if_absent(work.session, Mail, mail)


def _mail(
    work: Work,
    *,
    key: str,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    institution_id: str | None,
    award_id: str | None,
) -> dict[str, Any]:
    checked_email(recipient)
    return {
        "id": new_id(),
        "key": key,
        "institution_id": institution_id,
        "award_id": award_id,
        "kind": kind,
        "recipient": recipient.strip(),
        "subject": letters.one_line(subject)[:300],
        "body": body,
        "state": "waiting",
        "attempts": 0,
        "created_at": work.now,
    }


def inbox(work: Work, *, recipient: str | None = None, limit: int = 200) -> list[Mail]:
    """Give mails, newest first; the demo's inbox page shows them."""
    statement = select(Mail).order_by(Mail.id.desc()).limit(limit)
    if recipient:
        statement = statement.where(func.lower(Mail.recipient) == recipient.strip().lower())
    return list(work.session.scalars(statement))


def mail_due(work: Work) -> bool:
    """Tell whether a mail waits and may be sent now."""
    return work.session.scalar(_due(work).with_only_columns(Mail.id).limit(1)) is not None


def take(work: Work, worker: str) -> Letter | None:
    """Take the next mail to hand over, marked ``sending``; None when none is due.

    The mark must be committed before the mail is handed over: what is found marked after a crash is not
    sent again unasked.
    """
    mail = work.session.scalars(_due(work).limit(1).with_for_update(skip_locked=True)).first()
    if mail is None:
        return None
    mail.state, mail.taken_by, mail.taken_at = "sending", worker, work.now
    mail.attempts += 1
    sender, reply_to = "", None
    if mail.institution_id:
        institution = row_of(work.session, mail.institution_id)
        sender, reply_to = institution.name_en or institution.name_ja, institution.email
    return Letter(
        mail_id=mail.id,
        message_id=f"{mail.id}.gakusho",
        recipient=mail.recipient,
        subject=mail.subject,
        body=mail.body,
        sender_name=sender,
        reply_to=reply_to,
        date=mail.created_at,
    )


def settle(work: Work, done: HandedOver) -> None:
    """Write down what became of a mail that was taken."""
    mail = work.session.get(Mail, done.mail_id, with_for_update=True)
    if mail is None or mail.state == "sent":
        return
    mail.last_error = done.error[:500] if done.error else None
    mail.next_attempt_at = None
    if done.state == "sent":
        mail.state, mail.sent_at = "sent", work.now
        if not done.readable:
            mail.body = ""  # its links let their reader in; from now on only their hashes are here
    elif done.state == "failed":
        mail.state = "failed"
    elif work.now - mail.created_at > _GIVE_UP:
        mail.state = "failed"
        mail.last_error = f"Given up after {mail.attempts} attempts. {done.error or ''}"[:500]
    else:
        wait = min(_FIRST_WAIT * 2 ** min(mail.attempts - 1, 12), _LONGEST_WAIT)
        mail.state, mail.next_attempt_at = "waiting", work.now + timedelta(seconds=wait)


def give_up_taken(work: Work, worker: str, alive: str) -> None:
    """Mark mails that a dead process had taken as ``failed``: they may have been sent."""
    work.session.execute(
        update(Mail)
        .where(
            Mail.state == "sending",
            Mail.taken_by != alive,
            or_(
                Mail.taken_by.startswith(f"{worker}#", autoescape=True),
                Mail.taken_at < work.now - _TAKEN_TOO_LONG,
            ),
        )
        .values(state="failed", last_error=MAYBE_SENT)
        .execution_options(synchronize_session=False)
    )


def _due(work: Work) -> Select[Mail]:
    return (
        select(Mail)
        .where(
            Mail.state == "waiting",
            or_(Mail.next_attempt_at.is_(None), Mail.next_attempt_at <= work.now),
        )
        .order_by(case((Mail.kind.in_(_CAN_WAIT), 1), else_=0), Mail.id)
    )


def _claims(work: Work, award_id: str) -> int:
    count = select(func.count()).where(Mail.award_id == award_id, Mail.kind == "claim")
    return work.session.scalar(count) or 0


def _facts(institution: Institution, award: Award, language: str) -> dict[str, str]:
    name = award.learner.name
    own = {"ja": institution.name_ja, "en": institution.name_en}
    contact = [own[language], institution.email or "", institution.url or ""]
    return {
        "institution": own[language],
        "achievement": award.achievement.name.best(language),
        "name": (name.romaji or name.full) if language == "en" else name.full,
        "awarded_on": _day(award.awarded_on, language),
        "contact": "  ".join(part for part in contact if part),
    }


def _day(day: date, language: str) -> str:
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def _first_language(award: Award) -> str:
    return "en" if award.document.language == "en" else "ja"


def _no_image(_: str) -> bytes:
    return b""
