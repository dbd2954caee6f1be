# SPDX-License-Identifier: Apache-2.0
"""What an award must say to be printed as a document."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from tests.vectors.signed_pdf.making import award

from gakusho.cli.issue import DocumentKind
from gakusho.model.award import Award
from gakusho.model.document import DEMANDING, DOCUMENT_KINDS, hours, unfit
from gakusho.model.text import Text
from gakusho.web.api.shapes import ChoicesIn


def special(value: str, name: str = "総時間数") -> Award:
    given = award("special-program")
    return replace(given, results=(replace(given.results[0], name=name, value=value),))


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_an_award_made_for_its_document_fits(kind: str) -> None:
    assert unfit(award(kind)) == []


@pytest.mark.parametrize("kind", sorted(set(DOCUMENT_KINDS) - DEMANDING))
def test_other_documents_want_nothing(kind: str) -> None:
    given = award("special-program")
    assert unfit(replace(given, results=(), document=replace(given.document, kind=kind))) == []


@pytest.mark.parametrize("kind", ["enrollment", "expected-graduation"])
def test_a_student_is_not_given_the_degree_that_is_expected(kind: str) -> None:
    given = award(kind)
    degree = replace(given.achievement, type="BachelorDegree")
    assert unfit(replace(given, achievement=degree)) == ["claims-degree"]


def test_a_transcript_has_something_to_list() -> None:
    given = award("transcript")
    assert unfit(replace(given, results=())) == ["no-results"]
    assert unfit(replace(given, results=(), components=(award("enrollment"),))) == []


def test_an_expectation_has_a_date() -> None:
    assert unfit(replace(award("expected-graduation"), results=())) == ["no-expected-date"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("60", []),
        (" 120 ", []),
        ("59", ["few-hours"]),
        ("0", ["few-hours"]),
        ("", ["no-hours"]),
        ("about 60", ["no-hours"]),
        ("60.5", ["no-hours"]),
        ("六十", ["no-hours"]),
        ("٦٠", ["no-hours"]),
        ("9" * 5000, []),
    ],
)
def test_a_special_program_has_sixty_hours_or_more(value: str, found: list[str]) -> None:
    assert unfit(special(value)) == found


def test_hours_are_known_by_their_name_in_either_language() -> None:
    assert hours(special("60", "Total Hours"))
    assert hours(special("60", "総時間数 / Total hours"))
    assert hours(special("60", "成績")) is None


def test_a_special_program_has_an_outline() -> None:
    given = special("60")
    bare = replace(given, achievement=replace(given.achievement, description=Text.of(ja=" ")))
    assert unfit(bare) == ["no-outline"]


def test_all_ways_to_issue_know_the_same_documents() -> None:
    assert tuple(kind.value for kind in DocumentKind) == DOCUMENT_KINDS
    assert get_args(ChoicesIn.model_fields["document_kind"].annotation) == DOCUMENT_KINDS
