# SPDX-License-Identifier: Apache-2.0
"""Students at machines: what they sign in with, and a bounded number of tries.

A PIN has too few digits to be kept under any plain digest, however slow: of PINs and cards a digest keyed
with the server's secret is kept (HMAC, RFC 2104), which is worth nothing without that secret.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, select, update

from gakusho.errors import ConflictError, InputError, LimitError, NotFoundError
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.kiosk.machines import MachineView
from gakusho.store.ids import new_token, token_hash
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables_kiosk import KioskMachine, KioskStudent, KioskVisit
from gakusho.store.work import Work

TRIES = 5
"""Wrong PINs of one student before a pause."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=24)
MACHINE_TRIES = 30
"""Failed sign-ins at one machine in ``MACHINE_SPAN`` before it pauses."""
MACHINE_SPAN, MACHINE_PAUSE = timedelta(minutes=10), timedelta(minutes=15)
VISIT = timedelta(minutes=5)
AT_ONCE = 1_000
_PIN = re.compile(r"[0-9]{4,12}\Z")
_CARD = re.compile(r"[\x21-\x7e]{8,200}\Z")


@dataclass(frozen=True, kw_only=True)
class Means:
    """What one student signs in with from now on; None leaves it as it is, empty takes it away."""

    student_number: str
    pin: str | None = None
    card: str | None = None
    """The card's token as the machine reads it."""


@dataclass(frozen=True, kw_only=True)
class StudentView:
    """A student as the machines know one."""

    student_number: str
    has_pin: bool
    has_card: bool
    locked_until: datetime | None
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A student signed in at a machine."""

    token: str
    student_number: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why a student was not signed in; what was counted is to be kept, so nothing is raised."""

    code: str
    """``kiosk-sign-in`` (wrong, unknown, or a student who waits: not told which), or ``kiosk-locked``."""
    until: datetime | None = None


def set_means(work: Work, actor: Actor, means: Sequence[Means]) -> int:
    """Keep what students sign in with, and give how many; all or none. A new PIN ends a pause.

    Raises: ForbiddenError; InputError (``kiosk-student``: number, PIN of 4 to 12 digits, card token of 8
    to 200 characters); ConflictError for a card that is another student's; LimitError above 1,000.
    """
    require(actor, Role.PREPARE, Role.ADMINISTER)
    if len(means) > AT_ONCE:
        raise LimitError(
            f"At most {AT_ONCE} students at once.", facts={"got": len(means), "expected": AT_ONCE}
        )
    for each in means:
        _set(work, actor.institution_id, each)
    record(work, actor, "kiosk.students", actor.institution_id, {"count": len(means)})
    return len(means)


def forget(work: Work, actor: Actor, student_number: str) -> None:
    """Forget what a student signs in with. Raises: ForbiddenError, NotFoundError."""
    require(actor, Role.PREPARE, Role.ADMINISTER)
    row = work.session.get(KioskStudent, (actor.institution_id, plain_number(student_number)))
    if row is None:
        raise NotFoundError("The machines do not know this student.", code="no-kiosk-student")
    work.session.delete(row)
    record(work, actor, "kiosk.forget", actor.institution_id, {})


def student(work: Work, institution_id: str, student_number: str) -> StudentView | None:
    """Give a student as the machines know one, or None."""
    row = work.session.get(KioskStudent, (institution_id, plain_number(student_number)))
    if row is None:
        return None
    return StudentView(
        student_number=row.student_number,
        has_pin=row.pin_hash is not None,
        has_card=row.card_hash is not None,
        locked_until=row.locked_until,
        changed_at=row.changed_at,
    )


def count(work: Work, institution_id: str) -> int:
    """Give how many students the machines know."""
    query = select(func.count()).where(KioskStudent.institution_id == institution_id)
    return work.session.scalar(query) or 0


def sign_in(
    work: Work, machine: MachineView, *, how: str, student_number: str = "", pin: str = "", card: str = ""
) -> Visit | Refused:
    """Sign a student in as the institution chose (``how``), for five minutes; any visit before ends.

    Wrong tries are counted for the student and for the machine; a student or a machine that pauses is not
    looked at. Whether a number is unknown, its PIN wrong, or the student one who waits is not told: numbers
    could be found out by it. To be committed also when refused.
    """
    at = work.session.get_one(KioskMachine, machine.id, with_for_update=True, populate_existing=True)
    if at.locked_until is not None and at.locked_until > work.now:
        return Refused(code="kiosk-locked", until=at.locked_until)
    row = _student_of(work, machine.institution_id, how, student_number, card)
    if row is not None and row.locked_until is not None and row.locked_until > work.now:
        return _counted(work, at, Refused(code="kiosk-sign-in"))
    if not _is_right(work, machine.institution_id, row, how, pin):
        return _counted(work, at, _counted_for(work, row))
    assert row is not None
    row.failed, row.locked_until, at.failed, at.failing_since = 0, None, 0, None
    return _visit(work, machine, row.student_number)


def student_of(work: Work, machine: MachineView, token: str) -> str:
    """Give the number of the student whose visit this is. Raises: NotFoundError when it has ended."""
    row = _kept_visit(work, machine, token)
    if row is None or row.ended_at is not None or row.expires_at <= work.now:
        raise NotFoundError("The visit has ended.", code="kiosk-visit", action="Sign in again.")
    return row.student_number


def student_of_earlier(work: Work, machine: MachineView, token: str) -> str | None:
    """Give the same of a visit that may have ended, for a request that is sent again."""
    row = _kept_visit(work, machine, token)
    return row.student_number if row else None


def hold(work: Work, institution_id: str, student_number: str) -> None:
    """Let nobody else ask for this student until the work is over: the day's copies are counted first."""
    work.session.get(KioskStudent, (institution_id, student_number), with_for_update=True)


def end_visit(work: Work, machine: MachineView, token: str) -> None:
    """End a visit; one that has ended, or was never, stays so."""
    row = _kept_visit(work, machine, token)
    if row is not None and row.ended_at is None:
        row.ended_at = work.now


def plain_number(student_number: str) -> str:
    """Give a student number as it is compared: half-width, without what cannot be seen."""
    plain = unicodedata.normalize("NFKC", student_number[:200])
    return "".join(c for c in plain if c.isprintable()).strip()[:100]


def _kept_visit(work: Work, machine: MachineView, token: str) -> KioskVisit | None:
    row = work.session.get(KioskVisit, token_hash(token[:100]))
    return row if row is not None and row.machine_id == machine.id else None


def _set(work: Work, institution_id: str, means: Means) -> None:
    number = plain_number(means.student_number)
    pin, card = means.pin, means.card
    if not number or (pin and not _PIN.match(pin)) or (card and not _CARD.match(card)):
        raise InputError(
            "A student signs in with a PIN of 4 to 12 digits, or a card token of 8 to 200 characters.",
            code="kiosk-student",
            facts={"got": number, "expected": "4–12"},
        )
    start = {"institution_id": institution_id, "student_number": number, "failed": 0, "changed_at": work.now}
    insert_if_absent(work.session, KioskStudent, start)
    row = work.session.get_one(
        KioskStudent, (institution_id, number), with_for_update=True, populate_existing=True
    )
    if pin is not None:
        row.pin_hash = _pin_hash(work, institution_id, number, pin) if pin else None
        row.failed, row.locked_until = 0, None
    if card is not None:
        row.card_hash = _free_card(work, institution_id, number, card) if card else None
    row.changed_at = work.now
    work.session.flush()


def _free_card(work: Work, institution_id: str, number: str, card: str) -> str:
    kept = _card_hash(work, institution_id, card)
    other = _by_card(work, institution_id, kept)
    if other is not None and other.student_number != number:
        raise ConflictError(
            "This card is another student's.",
            code="kiosk-card-taken",
            action="Take it from the other student first.",
        )
    return kept


def _student_of(
    work: Work, institution_id: str, how: str, student_number: str, card: str
) -> KioskStudent | None:
    if how == "pin":
        key = (institution_id, plain_number(student_number))
        return work.session.get(KioskStudent, key, with_for_update=True, populate_existing=True)
    return _by_card(work, institution_id, _card_hash(work, institution_id, card[:200])) if card else None


def _by_card(work: Work, institution_id: str, kept: str) -> KioskStudent | None:
    query = select(KioskStudent).where(
        KioskStudent.institution_id == institution_id, KioskStudent.card_hash == kept
    )
    return work.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _is_right(work: Work, institution_id: str, row: KioskStudent | None, how: str, pin: str) -> bool:
    if how == "card":
        return row is not None
    # the digest is made also where nobody is found, so that the time tells nothing
    given = _pin_hash(work, institution_id, row.student_number if row else "", _plain_pin(pin))
    return row is not None and row.pin_hash is not None and hmac.compare_digest(given, row.pin_hash)


def _plain_pin(pin: str) -> str:
    return unicodedata.normalize("NFKC", pin[:40]).strip()


def _counted_for(work: Work, row: KioskStudent | None) -> Refused:
    if row is not None:
        row.failed += 1
        if row.failed % TRIES == 0:
            doubled: int = 2 ** min(row.failed // TRIES - 1, 10)
            row.locked_until = work.now + min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
    return Refused(code="kiosk-sign-in")


def _counted(work: Work, at: KioskMachine, refused: Refused) -> Refused:
    if at.failing_since is None or work.now - at.failing_since > MACHINE_SPAN:
        at.failing_since, at.failed = work.now, 0
    at.failed += 1
    if at.failed >= MACHINE_TRIES:
        at.locked_until, at.failed, at.failing_since = work.now + MACHINE_PAUSE, 0, None
        detail = {"institution_id": at.institution_id, "until": at.locked_until.isoformat()}
        record(work, None, "kiosk.locked", at.id, detail)
    return refused


def _visit(work: Work, machine: MachineView, student_number: str) -> Visit:
    mine = KioskVisit.machine_id == machine.id
    long_ago = work.now - timedelta(days=1)
    work.session.execute(delete(KioskVisit).where(mine, KioskVisit.expires_at < long_ago))
    work.session.execute(
        update(KioskVisit).where(mine, KioskVisit.ended_at.is_(None)).values(ended_at=work.now)
    )
    token = new_token()
    row = KioskVisit(
        token_hash=token_hash(token),
        machine_id=machine.id,
        student_number=student_number,
        created_at=work.now,
        expires_at=work.now + VISIT,
    )
    work.session.add(row)
    work.session.flush()
    record(work, machine.actor, "kiosk.sign-in", machine.id, {})
    return Visit(token=token, student_number=student_number, expires_at=row.expires_at)


def _pin_hash(work: Work, institution_id: str, student_number: str, pin: str) -> str:
    return _keyed(work, b"kiosk-pin", institution_id, student_number, pin)


def _card_hash(work: Work, institution_id: str, card: str) -> str:
    return _keyed(work, b"kiosk-card", institution_id, card)


def _keyed(work: Work, purpose: bytes, *parts: str) -> str:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"gakusho " + purpose)
    message = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(derived.derive(work.secret), message, hashlib.sha256).hexdigest()
