# SPDX-License-Identifier: Apache-2.0
"""The fictitious people of the demo, by the addresses they sign in with."""

from __future__ import annotations

from dataclasses import dataclass

REGISTRAR = "registrar@asanagi.example"
APPROVER = "approver@asanagi.example"
LEARNER = "learner@mail.example"
SIGN_INS = (("registrar", REGISTRAR), ("approver", APPROVER), ("learner", LEARNER))
"""What each does, and the address; as the doors of the demo stand side by side."""


@dataclass(frozen=True, kw_only=True)
class Student:
    """A fictitious student, and what opens the certificate machine of the demo to them."""

    number: str
    name: str
    pin: str
    card: str


STUDENTS = (
    Student(number="T241001", name="森 陽菜", pin="4071", card="DEMO-CARD-0001"),
    Student(number="T241002", name="石川 樹", pin="2586", card="DEMO-CARD-0002"),
    Student(number="T221001", name="佐藤 葵", pin="9314", card="DEMO-CARD-0003"),
)
"""Two who study, one who has graduated."""
