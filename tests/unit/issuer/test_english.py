# SPDX-License-Identifier: Apache-2.0
"""What an English page would print in Japanese is told, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gakusho.issuer._cells import course_parts
from gakusho.issuer._english import printed_in_japanese, shared_in_japanese
from gakusho.issuer._row import Row
from gakusho.issuer.courses import COURSES, Course, packed
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence
from gakusho.model.achievement import Achievement
from gakusho.model.award import DocumentDetails
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Severity
from gakusho.model.text import Text, paired, parted

FIELDS = {
    "faculty": "工学部",
    "faculty_en": "Faculty of Engineering",
    "major": "情報工学科",
    "degree": "Bachelor",
    "narrative": "総代",
    "addressee": "港区 / Minato City",
    "purpose": "留学",
    "course:線形代数 / Linear Algebra": "優/2",
    COURSES: packed(
        [
            Course(course_name="経済史", course_name_en="Economic History", grade="優", grade_en="A"),
            Course(course_name="Logic", grade="80", term="2024前期"),
        ]
    ),
}
COLUMNS = {name: f"列 {name}" for name in (*FIELDS, "major_en")}


def told(kind: str, language: str) -> set[tuple[str, str | None, int | None]]:
    document = DocumentDetails(kind=kind, language=language)
    found = printed_in_japanese(Row(line=7, fields=FIELDS), document, COLUMNS)
    assert {each.severity for each in found} <= {Severity.WARNING}
    for each in found:
        for said in (problem_sentence, problem_mend):
            assert "?" not in said(each, "ja") + said(each, "en")
    return {(each.code, (each.column or "").removeprefix("列 "), each.row) for each in found}


OF_ROWS = {
    ("english-missing", "major", 7),
    ("english-column", "narrative", None),
    ("english-result", "course:線形代数 / Linear Algebra", None),
}


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        ("graduation", "ja", set()),
        ("diploma", "en", set()),
        ("completion", "en", OF_ROWS - {("english-result", "course:線形代数 / Linear Algebra", None)}),
        ("graduation", "ja-en", OF_ROWS),
        ("graduation", "en", OF_ROWS | {("english-column", "purpose", None)}),
        (
            "transcript",
            "en",
            (OF_ROWS - {("english-column", "narrative", None)})
            | {("english-column", "purpose", None), ("english-column", "term", None)},
        ),
    ],
)
def test_what_has_no_english_is_told_of_the_pages_that_print_it(
    kind: str, language: str, expected: set[tuple[str, str | None, int | None]]
) -> None:
    assert told(kind, language) == expected


def test_what_all_pages_share_is_told_once_each() -> None:
    issuer = Issuer(id="did:web:aoba.example", name=Text.of(ja="青葉大学"))
    degree = Achievement(
        id="urn:uuid:1",
        type="BachelorDegree",
        name=Text.of(ja="学士（工学）", en="Bachelor of Engineering"),
        description=Text.of(ja="課程"),
        criteria=Text(),
        field_of_study="情報工学 / Information Engineering",
    )
    document = DocumentDetails(
        kind="graduation", language="en", signatory_name="青葉 太郎", signatory_title=Text.of(ja="学長")
    )

    def where(given: DocumentDetails) -> list[str]:
        return [dict(each.facts)["where"] for each in shared_in_japanese(issuer, degree, given)]

    assert where(document) == ["institution", "signatory.title", "signatory.name"]
    assert where(replace(document, kind="micro-credential"))[2] == "description"
    assert where(replace(document, language="ja-en")) == ["institution"], "it is signed in Japanese"
    assert where(replace(document, language="ja")) == []


@pytest.mark.parametrize(
    ("words", "halves"),
    [
        ("優 / A", ("優", "A")),
        ("80 / 100", ("80 / 100", "80 / 100")),
        ("85点 / 100", ("85点 / 100", "85点 / 100")),
        ("A / 優", ("A / 優", "A / 優")),
        ("優/A", ("優/A", "優/A")),
        ("前 / 後 / B", ("前 / 後 / B", "前 / 後 / B")),
        ("", ("", "")),
    ],
)
def test_only_japanese_and_its_english_are_parted(words: str, halves: tuple[str, str]) -> None:
    assert parted(words) == halves


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("優 / A/2/2024前期 / Spring 2024", ("優 / A", "2", "2024前期 / Spring 2024")),
        ("優 / A", ("優 / A", "", "")),
        ("優//2024前期 / Spring", ("優", "", "2024前期 / Spring")),
        ("優 / 2 / 2024前期", ("優", "2", "2024前期")),
        ("80 / A/2", None),
        ("優/2/2024/前期", None),
    ],
)
def test_a_course_in_one_cell_may_say_its_english(cell: str, parts: tuple[str, str, str] | None) -> None:
    if parts is None:
        with pytest.raises(ValueError, match=r"grade|credits"):
            course_parts(cell)
    else:
        assert course_parts(cell) == parts == course_parts("/".join(parts).rstrip("/"))


def test_what_is_the_same_in_both_is_said_once() -> None:
    assert (paired("優", "A"), paired("A", "A"), paired("優", ""), paired("", "A")) == (
        "優 / A",
        "A",
        "優",
        "A",
    )
