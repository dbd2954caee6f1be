# SPDX-License-Identifier: Apache-2.0
"""Requests of machines: set aside, made, reported printed or failed; each request once.

A print is a document in some copies; each copy is an addressed copy of the award with a number of its own.
``ask`` writes down which numbers they get before anything is signed, so that the same request again, also
after a power cut, gives the same documents; ``make`` signs what is not made yet.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from gakusho.errors import ConflictError, InputError, NotFoundError
from gakusho.formats import set_on_pages
from gakusho.issuer import awards
from gakusho.issuer.access import record
from gakusho.issuer.institutions import institution
from gakusho.issuer.kiosk import _copies, students
from gakusho.issuer.kiosk.machines import MachineView
from gakusho.issuer.kiosk.offer import MOST_COPIES, Fee, Offer, offer_of
from gakusho.issuer.kiosk.printable import Printable, page_format, printable
from gakusho.model.sealed import Sealed
from gakusho.store.ids import new_id
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import AwardRow
from gakusho.store.tables_kiosk import KioskCopy, KioskPrint
from gakusho.store.work import Work, Workplace

LONGEST_WORDS = 100
"""Characters of an addressee or a purpose."""
ATTEMPTS = 4
"""The first printing and three reprints."""
OPEN_FOR = timedelta(hours=24)
"""How long a machine may fetch and report what it asked for."""
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,100}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a machine asks for."""

    request_id: str
    """The machine's own name for the request, 1 to 100 visible ASCII characters; never used twice."""
    document: str
    """``Printable.id``."""
    language: str
    copies: int = 1
    addressee: str = ""
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class CopyView:
    """One copy of a print."""

    number: int
    """1, 2, 3 …"""
    issue_number: str
    award_id: str
    state: str
    """``reserved`` (not made yet), ``ready``, ``printed`` or ``failed``."""
    attempt: int
    """1, and one more for each reprint."""
    verify_code: str
    """The last part of the address in its QR code."""
    code: str | None
    """The verification code that stands on it."""
    reason: str | None
    reported_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PrintView:
    """A print with its copies."""

    id: str
    request_id: str
    machine_id: str
    kind: str
    language: str
    addressee: str | None
    purpose: str | None
    fee: Fee
    """Of one copy; reprints of what failed are free."""
    copies: tuple[CopyView, ...]
    created_at: datetime


def ask(work: Work, machine: MachineView, visit: str, asked: Asked) -> str:
    """Set aside what a machine asks for and give the print's id; the same request again gives the same one.

    Raises:
        NotFoundError: the visit has ended, or the document is not the student's to print.
        InputError: the request's id, the language, the number of copies or the words cannot be used.
        ConflictError: the request's id was used for another request, or the day's copies are used up.
    """
    if not _REQUEST_ID.match(asked.request_id):
        raise InputError(
            "The request's id cannot be used.",
            code="kiosk-request-id",
            facts={"got": asked.request_id[:40], "expected": "1–100"},
        )
    earlier = students.student_of_earlier(work, machine, visit)
    if earlier is not None and (kept := _earlier(work, machine, asked, earlier)):
        return kept
    student_number = students.student_of(work, machine, visit)
    students.hold(work, machine.institution_id, student_number)
    school = institution(work, machine.institution_id)
    offer = offer_of(school)
    chosen = printable(work, machine.institution_id, student_number, offer, asked.document)
    _check(asked, chosen)
    said = _said(asked, chosen, offer)
    _copies.check(work, school, chosen.award_id, said)
    print_id = new_id()
    values = {
        "id": print_id,
        "institution_id": machine.institution_id,
        "machine_id": machine.id,
        "request_id": asked.request_id,
        "asked_digest": _digest(asked, student_number),
        "award_id": chosen.award_id,
        "student_number": student_number,
        "asked": said,
        "created_at": work.now,
    }
    if not insert_if_absent(work.session, KioskPrint, values):  # somebody was faster by a moment
        return _earlier(work, machine, asked, student_number) or print_id
    reserved = _copies.reserve(work, school, offer.number_prefix, asked.copies)
    work.session.add_all(
        KioskCopy(
            print_id=print_id, number=number, award_id=each["award_id"], reserved=each, state="reserved"
        )
        for number, each in enumerate(reserved, start=1)
    )
    work.session.flush()
    detail = {"copies": asked.copies, "kind": chosen.kind, "award": chosen.award_id}
    record(work, machine.actor, "kiosk.print", print_id, detail)
    return print_id


def make(workplace: Workplace, machine: MachineView, print_id: str) -> PrintView:
    """Give the print with every copy signed and kept; those made before stay as they are.

    Raises: NotFoundError; what sealing raises, and then nothing is kept and the same request can be sent
    again.
    """
    with workplace.work() as work:
        row = _row(work, machine, print_id)
        left = [each for each in _rows(work, print_id) if each.state == "reserved"]
        chunk = _copies.chunk(work, row, left) if left else None
    if chunk is not None:
        made = _copies.sealed(chunk, workplace)
        with workplace.work() as work:
            _copies.keep(work, chunk, made, _rows(work, print_id, lock=True))
    with workplace.work(read_only=True) as work:
        return view(work, machine, print_id)


def view(work: Work, machine: MachineView, print_id: str) -> PrintView:
    """Give a print of this machine. Raises: NotFoundError."""
    row = _row(work, machine, print_id)
    return _view(work, row)


def recent(work: Work, institution_id: str, *, limit: int = 50) -> list[PrintView]:
    """Give what the institution's machines printed, newest first."""
    query = select(KioskPrint).where(KioskPrint.institution_id == institution_id)
    rows = work.session.scalars(query.order_by(KioskPrint.id.desc()).limit(limit)).all()
    return [_view(work, row) for row in rows]


def document(work: Work, machine: MachineView, print_id: str, number: int) -> Sealed:
    """Give the signed PDF of a copy that is to be printed.

    Raises: NotFoundError; ConflictError (``kiosk-not-ready``) when it was reported printed or failed, or
    is too old; (``kiosk-award-state``) when the award was revoked in the meantime.
    """
    row, copy = _row(work, machine, print_id), _copy(work, machine, print_id, number)
    if copy.state != "ready" or row.created_at < work.now - OPEN_FOR:
        raise _not_ready(copy)
    award = work.session.get_one(AwardRow, copy.award_id)
    if award.state != "active":
        raise ConflictError(
            "The award does not hold any more.", code="kiosk-award-state", facts={"got": award.state}
        )
    return awards.sealed(work, copy.award_id, page_format())


def picture(work: Work, machine: MachineView, print_id: str, number: int) -> bytes:
    """Give a picture (PNG) of the first page of a copy, for a machine's screen. Raises: NotFoundError."""
    _copy(work, machine, print_id, number)
    [shown] = [each for each in _view(work, _row(work, machine, print_id)).copies if each.number == number]
    row = _row(work, machine, print_id)
    if shown.state == "reserved" or row.created_at < work.now - OPEN_FOR:
        raise NotFoundError("There is no picture of this copy now.", code="kiosk-print")
    [pages] = set_on_pages([page_format()])
    return pages.preview(
        awards.full(work, shown.award_id),
        verification_link=f"{work.public_url}/v/{shown.verify_code}",
        verification_code=shown.code,
    )


def report(
    work: Work, machine: MachineView, print_id: str, number: int, *, attempt: int, printed: bool, reason: str
) -> PrintView:
    """Note that an attempt at a copy was printed, or failed; the same report again changes nothing.

    Raises: NotFoundError; ConflictError (``kiosk-reported``) for another attempt, or the contrary.
    """
    row, copy = _row(work, machine, print_id), _copy(work, machine, print_id, number, lock=True)
    wanted = "printed" if printed else "failed"
    if copy.attempt != attempt or copy.state not in {"ready", wanted}:
        raise ConflictError(
            "This was reported otherwise already.",
            code="kiosk-reported",
            facts={"got": f"{copy.attempt} {copy.state}", "expected": f"{attempt} ready"},
        )
    if copy.state == "ready":
        copy.state, copy.reported_at = wanted, work.now
        copy.reason = None if printed else (_line(reason) or None)
        work.session.flush()
        detail = {"copy": number, "attempt": attempt, "reason": copy.reason or ""}
        record(work, machine.actor, f"kiosk.{wanted}", print_id, detail)
    return _view(work, row)


def reprint(work: Work, machine: MachineView, print_id: str, number: int, *, attempt: int) -> PrintView:
    """Let a copy that failed be fetched again: free, with the same number; the same request again is one.

    ``attempt`` is the one to come: 2 for the first reprint.

    Raises: NotFoundError; ConflictError (``kiosk-reprint``): it did not fail, too often, or too late.
    """
    row, copy = _row(work, machine, print_id), _copy(work, machine, print_id, number, lock=True)
    if copy.state == "ready" and copy.attempt == attempt > 1:
        return _view(work, row)
    late = row.created_at < work.now - OPEN_FOR
    if copy.state != "failed" or attempt != copy.attempt + 1 or attempt > ATTEMPTS or late:
        raise ConflictError(
            "This copy is not printed again.",
            code="kiosk-reprint",
            action="Ask for a new copy, or at the office.",
            facts={"got": f"{copy.attempt} {copy.state}", "expected": ATTEMPTS},
        )
    copy.state, copy.attempt, copy.reported_at = "ready", attempt, None
    work.session.flush()
    record(work, machine.actor, "kiosk.reprint", print_id, {"copy": number, "attempt": attempt})
    return _view(work, row)


def _check(asked: Asked, chosen: Printable) -> None:
    if asked.language not in chosen.languages:
        raise InputError(
            "The document is not printed in this language.",
            code="kiosk-language",
            facts={"got": asked.language[:20], "expected": ", ".join(chosen.languages)},
        )
    if chosen.left_today == 0:
        raise ConflictError("All copies of this day are used up.", code="kiosk-per-day")
    if not 1 <= asked.copies <= chosen.most_copies:
        raise InputError(
            "So many copies are not printed.",
            code="kiosk-copies",
            facts={"got": asked.copies, "expected": chosen.most_copies},
        )
    for words in (asked.addressee, asked.purpose):
        if len(words) > LONGEST_WORDS or (words and not chosen.takes_addressee):
            raise InputError(
                "The document has no room for this addressee or purpose.",
                code="kiosk-words",
                facts={"got": words[:40], "expected": LONGEST_WORDS if chosen.takes_addressee else 0},
            )


def _said(asked: Asked, chosen: Printable, offer: Offer) -> dict[str, Any]:
    offered = offer.document(chosen.kind)
    assert offered is not None
    return {
        "kind": chosen.kind,
        "language": asked.language,
        "addressee": _line(asked.addressee),
        "purpose": _line(asked.purpose),
        "fee": [offered.fee.amount, offered.fee.currency],
    }


def _line(words: str) -> str:
    return " ".join(_CONTROL.sub(" ", words).split())[:200]


def _digest(asked: Asked, student_number: str) -> str:
    said = {**vars(asked), "student_number": student_number}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _earlier(work: Work, machine: MachineView, asked: Asked, student_number: str) -> str | None:
    """Give the print that this request made before. Raises: ConflictError when it was another request."""
    query = select(KioskPrint).where(
        KioskPrint.machine_id == machine.id, KioskPrint.request_id == asked.request_id
    )
    row = work.session.scalar(query)
    if row is None:
        return None
    if row.asked_digest != _digest(asked, student_number):
        raise ConflictError(
            "This request id was used for another request.",
            code="kiosk-request-reused",
            action="Use a new id for a new request, and send the same one again unchanged.",
            facts={"got": asked.request_id[:40]},
        )
    return row.id


def _row(work: Work, machine: MachineView, print_id: str) -> KioskPrint:
    known = print_id.isprintable()  # a database may refuse to look for other characters
    row = work.session.get(KioskPrint, print_id[:36]) if known else None
    if row is None or row.machine_id != machine.id:
        raise NotFoundError("This machine printed no such thing.", code="kiosk-print")
    return row


def _rows(work: Work, print_id: str, *, lock: bool = False) -> list[KioskCopy]:
    query = select(KioskCopy).where(KioskCopy.print_id == print_id).order_by(KioskCopy.number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(work.session.scalars(query))


def _copy(work: Work, machine: MachineView, print_id: str, number: int, *, lock: bool = False) -> KioskCopy:
    _row(work, machine, print_id)
    copy = None
    if 0 < number <= MOST_COPIES:  # a database may refuse to look for other numbers
        key = (print_id, number)
        copy = work.session.get(KioskCopy, key, with_for_update=lock or None, populate_existing=lock)
    if copy is None:
        raise NotFoundError("The print has no such copy.", code="kiosk-print")
    return copy


def _not_ready(copy: KioskCopy) -> ConflictError:
    return ConflictError(
        "This copy is not to be printed now.",
        code="kiosk-not-ready",
        action="Ask for a reprint if it failed, else for a new copy.",
        facts={"got": copy.state, "expected": "ready"},
    )


def _view(work: Work, row: KioskPrint) -> PrintView:
    amount, currency = row.asked["fee"]
    return PrintView(
        id=row.id,
        request_id=row.request_id,
        machine_id=row.machine_id,
        kind=row.asked["kind"],
        language=row.asked["language"],
        addressee=row.asked["addressee"] or None,
        purpose=row.asked["purpose"] or None,
        fee=Fee(amount=amount, currency=currency),
        copies=tuple(
            CopyView(
                number=each.number,
                issue_number=each.reserved["issue_number"],
                award_id=each.award_id,
                state=each.state,
                attempt=each.attempt,
                verify_code=each.reserved["verify_code"],
                code=_copies.code_of(each),
                reason=each.reason,
                reported_at=each.reported_at,
            )
            for each in _rows(work, row.id)
        ),
        created_at=row.created_at,
    )
