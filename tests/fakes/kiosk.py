# SPDX-License-Identifier: Apache-2.0
"""A university with a certificate machine: two graduates, and what they may print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.fakes.desk import Desk, approved, issue_all, learners, open_desk

from gakusho.issuer import awards
from gakusho.issuer.choices import Choices
from gakusho.issuer.kiosk.machines import add_machine
from gakusho.issuer.kiosk.offer import Fee, Offer, Offered, change_offer
from gakusho.issuer.kiosk.students import Means, set_means
from gakusho.store.work import Workplace

PIN = "4071"
CARD = "JRU-01-2E-4C-00-9F-31-88"
FIRST, SECOND = "S000001", "S000002"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a test needs of it."""

    desk: Desk
    token: str
    other_token: str
    """Of a second machine."""
    award_id: str
    """The degree of the first student."""


def offer(achievement_id: str, *, sign_in: str = "pin") -> Offer:
    """Give what the university lets its machines print."""
    return Offer(
        sign_in=sign_in,
        purposes=("就職活動用", "進学用"),
        documents=(
            Offered(
                kind="graduation",
                languages=("ja", "en"),
                achievements=(achievement_id,),
                fee=Fee(amount=300),
                most_copies=3,
                most_per_day=4,
            ),
            Offered(kind="degree-certificate", fee=Fee(amount=500)),
        ),
    )


def with_machine(place: Workplace) -> Machine:
    """Begin with two graduates, a machine and their PINs."""
    with place.work() as work:
        desk = open_desk(work)
        choices = Choices(document_kind="degree-certificate", awarded_on=date(2026, 3, 25))
        batch = approved(work, desk, learners(2), choices=choices)
    issue_all(place, batch.id)
    with place.work() as work:
        change_offer(work, desk.administrator, offer(desk.achievement_id))
        token, _ = add_machine(work, desk.administrator, "本館1階", "Main building, ground floor")
        other_token, _ = add_machine(work, desk.administrator, "図書館")
        set_means(work, desk.administrator, [Means(student_number=FIRST, pin=PIN, card=CARD)])
        [award] = awards.find(work, desk.institution.id, query=FIRST)
        return Machine(desk=desk, token=token, other_token=other_token, award_id=award.id)
