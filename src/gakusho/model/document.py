# SPDX-License-Identifier: Apache-2.0
"""The kinds of document an award can be printed as, and what each must say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, Result

DocumentKind = Literal[
    "diploma",
    "diploma-vertical",
    "degree-certificate",
    "graduation",
    "expected-graduation",
    "transcript",
    "enrollment",
    "completion",
    "special-program",
    "micro-credential",
]
"""学位記 and the same in vertical writing, 学位授与証明書, 卒業証明書, 卒業見込証明書, 成績証明書,
在学証明書, 修了証書, 履修証明書 (School Education Act of Japan, article 105), micro-credential."""
DOCUMENT_KINDS: tuple[str, ...] = get_args(DocumentKind)

DocumentLanguage = Literal["ja", "en", "ja-en"]
"""Japanese, English, both."""
DOCUMENT_LANGUAGES: tuple[str, ...] = get_args(DocumentLanguage)

PAPERS = ("a4", "a3", "b4", "b5", "letter")
"""Sizes of paper: of ISO 216, B4 and B5 of JIS P 0138, and the North American letter."""

ORIENTATIONS = ("portrait", "landscape")
"""How paper is held: the short side below, or the long one."""
_TURNED = frozenset({"diploma", "completion"})

_SMALL = frozenset({"b5"})

CORNERS = ("lower-right", "lower-left", "upper-right", "upper-left")


@dataclass(frozen=True, kw_only=True)
class CodePlace:
    """Where the QR code is stamped on the institution's own page, as the page is seen."""

    corner: str = "lower-right"
    """One of ``CORNERS``."""
    across: float = 10.0
    """Millimeters from that side."""
    down: float = 10.0
    """Millimeters from that edge, above or below."""
    page: int = 1
    """From 1; from the end: -1 is the last one."""
    size: float = 22.0
    """Millimeters of a side, with the quiet zone."""


SMALLEST_CODE, LARGEST_CODE, WIDEST_MARGIN, MOST_PAGES = 18.0, 60.0, 400.0, 100


def misplaced(place: CodePlace) -> list[str]:
    """Give which members of a place are none there are, by name; [] if all are well."""
    bounds = {
        "across": 0 <= place.across <= WIDEST_MARGIN,
        "corner": place.corner in CORNERS,
        "down": 0 <= place.down <= WIDEST_MARGIN,
        "page": 0 < abs(place.page) <= MOST_PAGES,
        "size": SMALLEST_CODE <= place.size <= LARGEST_CODE,
    }
    return [name for name, well in bounds.items() if not well]


def papers_for(kind: str) -> tuple[str, ...]:
    """Give the paper a kind of document can be set on: a table of courses is not legible on a small one."""
    return tuple(paper for paper in PAPERS if kind != "transcript" or paper not in _SMALL)


def orientations_for(kind: str) -> tuple[str, ...]:
    """Give how the paper of a kind of document can be held by choice; empty for as the template has it.

    A table of courses, certificates in rows and vertical writing are drawn for one of them only.
    """
    return ("", *ORIENTATIONS) if kind in _TURNED else ("",)


DEGREES = frozenset(
    {
        "AssociateDegree",
        "BachelorDegree",
        "Degree",
        "DoctoralDegree",
        "MasterDegree",
        "ProfessionalDoctorate",
    }
)
"""The achievement types that are degrees."""

FEWEST_HOURS = 60
"""Of a special program: Enforcement Regulations of the School Education Act of Japan, article 164."""

DEMANDING = frozenset({"enrollment", "expected-graduation", "special-program", "transcript"})
"""The kinds that not every award can be printed as."""
ADDRESSED = frozenset(DOCUMENT_KINDS) - {"diploma", "diploma-vertical", "completion"}
"""The kinds that print to whom (提出先) and for what (用途) they were issued."""
OF_ACHIEVEMENT = frozenset({"claims-degree", "no-outline"})
"""What ``unfit`` says of the achievement, so of all its awards."""

_NOT_YET = frozenset({"enrollment", "expected-graduation"})
_HOURS = ("総時間数", "total hours")


def hours(award: Award) -> Result | None:
    """Give the result that says how many hours a program took: the one named 総時間数 or total hours."""
    for result in award.results:
        name = result.name.casefold()
        if any(word in name for word in _HOURS):
            return result
    return None


def unfit(award: Award) -> list[str]:
    """Give why an award cannot be printed as the document it names, each by a stable word; [] if it can.

    ``claims-degree``: it says a degree that is only expected. ``no-expected-date``: nothing says when.
    ``no-results``: a transcript with nothing to list.
    ``no-hours``, ``few-hours``, ``no-outline``: what the law wants on a 履修証明書
    (School Education Act of Japan, article 105; its Enforcement Regulations, article 164).
    """
    kind = award.document.kind
    found = []
    if kind in _NOT_YET and award.achievement.type in DEGREES:
        found.append("claims-degree")
    if kind == "expected-graduation" and not award.results:
        found.append("no-expected-date")
    if kind == "transcript" and not award.results and not award.components:
        found.append("no-results")
    if kind == "special-program":
        found += _unlawful(award.achievement, hours(award))
    return found


def _unlawful(achievement: Achievement, stated: Result | None) -> list[str]:
    found = []
    if not any(words.strip() for _, words in achievement.description):
        found.append("no-outline")
    number = stated.value.strip() if stated else ""
    if not number.isascii() or not number.isdigit():
        found.append("no-hours")
    elif int(number[:9]) < FEWEST_HOURS:
        found.append("few-hours")
    return found
