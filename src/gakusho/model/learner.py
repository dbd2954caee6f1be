# SPDX-License-Identifier: Apache-2.0
"""Who achieved something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class PersonName:
    """A person's name, each form as its owner writes it; names are not translated."""

    full: str
    """As it stands on the certificate (kanji in Japan)."""
    kana: str | None = None
    """How it is read, in full-width katakana."""
    romaji: str | None = None
    """In Latin letters, as in the passport."""
    former: str | None = None


@dataclass(frozen=True, kw_only=True)
class Learner:
    """The person an achievement is awarded to."""

    name: PersonName
    email: str | None = None
    student_number: str | None = None
    birth_date: date | None = None
