# SPDX-License-Identifier: Apache-2.0
"""What a student may print at a machine: the kinds of document offered, of the awards that hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from gakusho.errors import NotFoundError
from gakusho.formats import formats, set_on_pages
from gakusho.issuer.compose import award_from_dict
from gakusho.issuer.kiosk.offer import TITLES, Fee, Offer, Offered
from gakusho.model.award import Award
from gakusho.model.document import ADDRESSED, unfit
from gakusho.model.text import Text
from gakusho.store.tables import AwardRow
from gakusho.store.tables_kiosk import KioskCopy, KioskPrint
from gakusho.store.work import Work

MOST = 100
"""Awards of one student that are looked at."""
_BETWEEN = "."


@dataclass(frozen=True, kw_only=True)
class Printable:
    """One document that a student may print."""

    id: str
    """Kind and award: what a machine names in its request."""
    kind: str
    title: Text
    achievement: Text
    awarded_on: date
    languages: tuple[str, ...]
    fee: Fee
    most_copies: int
    left_today: int
    """Copies that may still be had within 24 hours."""
    takes_addressee: bool
    """Whether it prints to whom (提出先) and for what (用途)."""
    award_id: str


def printables(work: Work, institution_id: str, student_number: str, offer: Offer) -> list[Printable]:
    """Give what a student may print, in the order of the offer, the newest awards first."""
    used = _used(work, institution_id, student_number)
    found = []
    for row, award in _awards(work, institution_id, student_number):
        for place, offered in enumerate(offer.documents):
            if _is_printable(row, award, offered):
                left = max(0, offered.most_per_day - used.get(offered.kind, 0))
                found.append((place, _printable(row, award, offered, left)))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def printable(work: Work, institution_id: str, student_number: str, offer: Offer, document: str) -> Printable:
    """Give one of them by its id. Raises: NotFoundError (``kiosk-document``)."""
    for each in printables(work, institution_id, student_number, offer):
        if each.id == document:
            return each
    raise NotFoundError(
        "This document cannot be printed for this student.",
        code="kiosk-document",
        facts={"got": document[:60]},
    )


def student_name(work: Work, institution_id: str, student_number: str) -> str:
    """Give the student's name as the newest award says it; empty where there is none."""
    for _, award in _awards(work, institution_id, student_number):
        return award.learner.name.full
    return ""


def page_format() -> str:
    """Give the name of the format that is printed."""
    return next(name for name in formats() if set_on_pages([name]))


def _awards(work: Work, institution_id: str, student_number: str) -> list[tuple[AwardRow, Award]]:
    query = (
        select(AwardRow)
        .where(
            AwardRow.institution_id == institution_id,
            AwardRow.student_number == student_number,
            AwardRow.state == "active",
            AwardRow.copy_of.is_(None),
        )
        .order_by(AwardRow.id.desc())
        .limit(MOST)
    )
    rows = [(row, award_from_dict(row.definition, get=_no_image)) for row in work.session.scalars(query)]
    return [(row, award) for row, award in rows if _holds(award, work.now)]


def _no_image(_: str) -> bytes:
    return b""


def _holds(award: Award, now: datetime) -> bool:
    return award.valid_from <= now and (award.valid_until is None or award.valid_until > now)


def _is_printable(row: AwardRow, award: Award, offered: Offered) -> bool:
    if offered.achievements:
        if row.achievement_id not in offered.achievements:
            return False
    elif award.document.kind != offered.kind:
        return False
    return not unfit(replace(award, document=replace(award.document, kind=offered.kind)))


def _printable(row: AwardRow, award: Award, offered: Offered, left: int) -> Printable:
    return Printable(
        id=f"{offered.kind}{_BETWEEN}{row.id}",
        kind=offered.kind,
        title=TITLES[offered.kind],
        achievement=award.achievement.name,
        awarded_on=award.awarded_on,
        languages=offered.languages,
        fee=offered.fee,
        most_copies=min(offered.most_copies, left),
        left_today=left,
        takes_addressee=offered.kind in ADDRESSED,
        award_id=row.id,
    )


def _used(work: Work, institution_id: str, student_number: str) -> dict[str, int]:
    """Give how many copies of each kind the student had in the last 24 hours."""
    query = (
        select(KioskPrint.id, KioskPrint.asked, func.count(KioskCopy.number))
        .join(KioskCopy, KioskCopy.print_id == KioskPrint.id)
        .where(
            KioskPrint.institution_id == institution_id,
            KioskPrint.student_number == student_number,
            KioskPrint.created_at > work.now - timedelta(days=1),
        )
        .group_by(KioskPrint.id)
    )
    used: dict[str, int] = {}
    for print_id, asked, copies in work.session.execute(query):
        del print_id
        used[asked["kind"]] = used.get(asked["kind"], 0) + copies
    return used
