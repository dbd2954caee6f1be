# SPDX-License-Identifier: Apache-2.0
"""Learners with their mails: what the holder's tests begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from tests.fakes.desk import Desk, approved, issue_all, learners, open_desk

from gakusho.holder import claim
from gakusho.issuer.choices import Choices
from gakusho.store.tables import Mail
from gakusho.store.work import Work, Workplace

START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def move(self, step: timedelta) -> None:
        """Let time pass."""
        self.now += step


@dataclass(kw_only=True)
class Class:
    """A university that has issued to a few learners, and the clock of its server."""

    place: Workplace
    clock: Clock
    desk: Desk

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open one unit of work."""
        with self.place.work() as work:
            yield work

    def issue(self, rows: list[dict[str, str]], *, choices: Choices | None = None) -> str:
        """Issue these rows and give the batch's id."""
        with self.work() as work:
            batch = approved(work, self.desk, rows, **({"choices": choices} if choices else {}))
        issue_all(self.place, batch.id)
        return batch.id

    def claim_token(self, email: str, *, which: int = -1) -> str:
        """Give the token of a claim mail to an address: the last one."""
        with self.place.work(read_only=True) as work:
            mails = work.session.scalars(
                select(Mail)
                .where(Mail.kind == "claim", Mail.recipient == email)
                .order_by(Mail.created_at, Mail.id)
            ).all()
            found = re.search(r"/claim/([\w-]+)", mails[which].body)
        assert found
        return found[1]

    def holder(self, number: int = 1) -> tuple[str, str]:
        """Let a learner claim, and give the person's id and the credential's."""
        token = self.claim_token(f"learner{number}@students.example")
        with self.work() as work:
            claimed = claim.claim(work, token)
        return claimed.person_id, claimed.award_ids[0]


def open_class(place: Workplace, *, count: int) -> Class:
    """Found the university and issue to ``count`` learners."""
    with place.at(Clock()).work() as work:
        made = class_of(place, open_desk(work))
    made.issue(learners(count))
    return made


def class_of(place: Workplace, desk: Desk) -> Class:
    """Give the class of a university that stands already."""
    clock = Clock()
    return Class(place=place.at(clock), clock=clock, desk=desk)


def two_learners(place: Workplace) -> Desk:
    """Begin with a university that has issued to two."""
    return open_class(place, count=2).desk


def one_learner(place: Workplace) -> Desk:
    """Begin with a university that has issued to one."""
    return open_class(place, count=1).desk
