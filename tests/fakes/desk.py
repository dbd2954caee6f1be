# SPDX-License-Identifier: Apache-2.0
"""A certificate desk in a box: a fictitious university, its people, an achievement, batches of learners."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gakusho.formats import formats
from gakusho.issuer import achievements, batches, institutions
from gakusho.issuer.access import Actor, Role
from gakusho.issuer.batches import BatchView
from gakusho.issuer.choices import Choices
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.achievement import Achievement
from gakusho.model.text import Text
from gakusho.store.mailers import Letter
from gakusho.store.work import Work, Workplace

FAMILY = (
    ("佐藤", "サトウ", "SATO"),
    ("鈴木", "スズキ", "SUZUKI"),
    ("髙橋", "タカハシ", "TAKAHASHI"),
    ("田中", "タナカ", "TANAKA"),
)
GIVEN = (
    ("花子", "ハナコ", "Hanako"),
    ("太郎", "タロウ", "Taro"),
    ("結衣", "ユイ", "Yui"),
    ("蓮", "レン", "Ren"),
)
BADGES = Choices(formats=("open-badges-3",), awarded_on=date(2026, 3, 25))


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a test needs to issue."""

    institution: InstitutionView
    preparer: Actor
    approver: Actor
    administrator: Actor
    achievement_id: str


def open_desk(work: Work, *, slug: str = "sakura", did: str | None = None) -> Desk:
    """Found the university, give its people their roles, and describe an achievement."""
    view = institutions.found(
        work,
        slug=slug,
        name=Text.of(ja="さくら大学", en="Sakura University"),
        did=did or f"did:web:{slug}.example",
        email="registrar@sakura.example",
        settings={"formats": list(formats())},
    )
    people = {
        role: institutions.grant(work, None, view.id, f"{role}@{slug}.example", role, f"{role}")
        for role in Role
    }
    actors = {
        role: institutions.actor_for(work, view.id, member.person_id) for role, member in people.items()
    }
    saved = achievements.save(
        work,
        actors[Role.PREPARE],
        Achievement(
            id=f"urn:uuid:6d1c1ff0-7f9a-4f1a-9a55-00000000000{len(slug) % 10}",
            type="BachelorDegree",
            name=Text.of(ja="学士（文学）", en="Bachelor of Arts"),
            description=Text.of(
                ja="文学部の課程を修めた。", en="Completed the course of the Faculty of Letters."
            ),
            criteria=Text.of(ja="124単位を修得する。", en="Earn 124 credits."),
        ),
    )
    return Desk(
        institution=view,
        preparer=actors[Role.PREPARE],
        approver=actors[Role.APPROVE],
        administrator=actors[Role.ADMINISTER],
        achievement_id=saved.id,
    )


def a_desk(place: Workplace) -> Desk:
    """Begin with the university."""
    with place.work() as work:
        return open_desk(work)


def learners(count: int, *, first: int = 1) -> list[dict[str, str]]:
    """Give rows of as many fictitious learners, each with a number of their own."""
    rows = []
    for number in range(first, first + count):
        family, given = FAMILY[number % 4], GIVEN[number // 4 % 4]
        rows.append(
            {
                "name": f"{family[0]} {given[0]}",
                "name_kana": f"{family[1]} {given[1]}",
                "name_romaji": f"{family[2]} {given[2]}",
                "email": f"learner{number}@students.example",
                "student_number": f"S{number:06}",
                "issue_number": f"2026-{number:06}",
                "awarded_on": "2026-03-25",
            }
        )
    return rows


def approved(
    work: Work, desk: Desk, rows: Sequence[dict[str, str]], *, choices: Choices = BADGES
) -> BatchView:
    """Give a batch of these rows, prepared by one person and approved by another."""
    batch = batches.create_from_rows(
        work,
        desk.preparer,
        achievement_id=desk.achievement_id,
        rows=rows,
        papers=None,
        choices=choices,
        name="class",
    )
    submitted = batches.submit(work, desk.preparer, batch.id)
    assert submitted.content_digest is not None
    return batches.approve(work, desk.approver, batch.id, submitted.content_digest)


def issue_all(place: Workplace, batch_id: str) -> int:
    """Issue a whole approved batch in this thread, as the jobs would; give how many rows."""
    from gakusho.issuer import issuing

    total = 0
    while count := issuing.issue_some(place, batch_id):
        total += count
    with place.work() as work:
        issuing.finish(work, batch_id)
    return total


class KeepingMailer:
    """Takes every mail and keeps it."""

    keeps = False

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self._lock = threading.Lock()

    def send(self, letter: Letter) -> None:
        """Keep the mail."""
        with self._lock:
            self.letters.append(letter)
