# SPDX-License-Identifier: Apache-2.0
"""One row a course: the rows of a learner become one transcript, and what does not fit is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.fakes.university import achievement

from gakusho.issuer._folding import MOST_COURSES, courses_unsaid
from gakusho.issuer.compose import award_from_dict, award_to_dict, compose, fields_of
from gakusho.issuer.courses import COURSES, unfolded, unpacked
from gakusho.issuer.fields import columns_for, guess_mapping, template_csv
from gakusho.issuer.problem_sentences import problem_sentence
from gakusho.issuer.rows import Defaults, Row, mapping_problems, read_rows
from gakusho.issuer.table import UploadedTable, read_table
from gakusho.model.award import Award, DocumentDetails
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Severity
from gakusho.model.text import Text

DEGREE = achievement()
DEFAULTS = Defaults(today=date(2026, 4, 1))
HEADER = (
    "学籍番号,氏名,氏名ローマ字,メールアドレス,授与年月日,科目コード,科目名,科目名（英語）,単位数,評価,学期"
)
HANAKO = "A1,見本 花子,MIHON Hanako,hanako@mihon.example,2026-03-25"
TARO = "A2,見本 太郎,MIHON Taro,taro@mihon.example,2026-03-25"


def table(*lines: str, header: str = HEADER) -> UploadedTable:
    return read_table("\r\n".join([header, *lines]).encode("utf-8-sig"))


def read(*lines: str, header: str = HEADER) -> tuple[Row, ...]:
    found = table(*lines, header=header)
    return read_rows(found, guess_mapping(found.header, columns_for(DEGREE)), DEGREE, DEFAULTS)


def told(row: Row) -> list[tuple[str, int | None, str | None]]:
    return [(each.code, each.row, each.column) for each in row.problems]


def composed(row: Row) -> Award:
    return compose(
        row,
        issuer=Issuer(id="did:web:aoba.example", name=Text.of(ja="青葉大学"), country="JP"),
        achievement=DEGREE,
        award_id="urn:uuid:018f0000-0000-7000-8000-000000000001",
        status=(),
        document=DocumentDetails(),
        now=datetime(2026, 4, 1, tzinfo=UTC),
    )


def test_the_rows_of_one_learner_become_one_in_the_order_of_the_table() -> None:
    rows = read(
        f"{HANAKO},MA101,線形代数,Linear Algebra,2,優,2024前期",
        f"{TARO},MA101,線形代数,Linear Algebra,2,良,2024前期",
        f"{HANAKO},CS110,情報倫理,,1.5,秀,2024後期",
    )
    assert [(row.line, row.lines, row.fields["name"], told(row)) for row in rows] == [
        (2, (2, 4), "見本 花子", []),
        (3, (3,), "見本 太郎", []),
    ]
    assert [(each.course_code, each.credits, each.grade) for each in unpacked(rows[0].fields)] == [
        ("MA101", "2", "優"),
        ("CS110", "1.5", "秀"),
    ]


def test_a_transcript_says_of_every_course_whose_it_is_and_how_it_went() -> None:
    award = composed(read(f"{HANAKO},MA101,線形代数,Linear Algebra,2,優,2024前期")[0])
    course = award.components[0]
    assert course.achievement.name == Text.of(ja="線形代数", en="Linear Algebra")
    assert (course.achievement.type, course.achievement.code) == ("Course", "MA101")
    assert course.achievement.credits_available == 2
    assert [(each.value, each.credits, each.term) for each in course.results] == [("優", "2", "2024前期")]
    assert (course.learner.name.full, course.learner.student_number) == ("見本 花子", "A1")
    assert (course.learner.birth_date, course.learner.email) == (None, None)
    assert [(each.type, each.source, each.target) for each in award.associations] == [
        ("isPartOf", course.achievement.id, DEGREE.id)
    ]


def test_it_claims_to_be_complete_only_when_the_table_says_so() -> None:
    header = HEADER + ",記載範囲"
    course = "MA101,線形代数,,2,優,2024前期"
    assert composed(read(f"{HANAKO},{course}")[0]).partial is True
    assert composed(read(f"{HANAKO},{course},一部", header=header)[0]).partial is True
    assert composed(read(f"{HANAKO},{course},全科目", header=header)[0]).partial is False


def test_all_who_took_a_course_took_the_same_and_each_has_an_award_of_their_own() -> None:
    first, second = (
        composed(row)
        for row in read(f"{HANAKO},MA101,線形代数,,2,優,2024前期", f"{TARO},MA101,線形代数,,2,良,2025前期")
    )
    assert first.components[0].achievement == second.components[0].achievement


def test_a_transcript_is_kept_without_loss_and_gives_its_rows_back() -> None:
    header = HEADER + ",担当教員,種別,修得年月日,記載範囲"
    row = read(
        f"{HANAKO},MA101,線形代数,Linear Algebra,2,優,2024前期,見本 教授,,2024-07-31,全科目",
        f"{HANAKO},,AI基礎,,,合格,,,マイクロクレデンシャル,,全科目",
        header=header,
    )[0]
    award = composed(row)
    assert award_from_dict(award_to_dict(award)) == award
    assert [each.achievement.type for each in award.components] == ["Course", "MicroCredential"]
    assert award.components[0].awarded_on == date(2024, 7, 31)
    again = Row(line=2, fields=fields_of(award))
    assert composed(again) == award
    rows = unfolded(fields_of(award))
    assert [each["course_name"] for each in rows] == ["線形代数", "AI基礎"]
    assert {each["name"] for each in rows} == {"見本 花子"}


def test_an_english_achievement_has_english_words() -> None:
    from dataclasses import replace

    award = compose(
        read(f"{HANAKO},MA101,線形代数,Linear Algebra,2,92,2024前期")[0],
        issuer=Issuer(id="did:web:aoba.example", name=Text.of(en="Aoba University")),
        achievement=replace(DEGREE, language="en"),
        award_id="urn:uuid:018f0000-0000-7000-8000-000000000001",
        status=(),
        document=DocumentDetails(),
        now=datetime(2026, 4, 1, tzinfo=UTC),
    )
    course = award.components[0].achievement
    assert course.name == Text.of(en="Linear Algebra", ja="線形代数")
    assert course.description == Text.of(en="Course: Linear Algebra (MA101)")
    assert (course.result_descriptions[0].name, course.result_descriptions[0].type) == ("Grade", "RawScore")


def test_two_rows_that_disagree_about_the_learner_are_an_error_at_the_second() -> None:
    row = read(
        f"{HANAKO},MA101,線形代数,,2,優,2024前期",
        f"{HANAKO.replace('花子', '華子')},CS110,情報倫理,,2,優,2024後期",
    )[0]
    assert told(row) == [("learner-differs", 3, "氏名")]
    assert dict(row.problems[0].facts) == {"expected": "見本 花子", "first": "2"}


def test_what_stands_in_the_first_row_need_not_be_repeated() -> None:
    row = read(f"{HANAKO},MA101,線形代数,,2,優,2024前期", "A1,,,,,CS110,情報倫理,,2,優,2024後期")[0]
    assert told(row) == []
    assert row.fields["name"] == "見本 花子"


def test_what_no_row_says_is_told_once() -> None:
    row = read("A1,,,,2026-03-25,MA101,線形代数,,2,優,", "A1,,,,2026-03-25,CS110,情報倫理,,2,優,")[0]
    assert told(row) == [
        ("missing", 2, "氏名"),
        ("romaji-missing", 2, "氏名ローマ字"),
        ("email-missing", 2, "メールアドレス"),
    ]


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("MA101,線形代数,,2,良,2024前期", ("duplicate-course", 3, "科目コード")),
        (",,,2,良,2024後期", ("missing", 3, "科目名")),
        ("CS110,情報倫理,,2,,2024後期", ("missing", 3, "評価")),
        ("CS110,情報倫理,,二,優,2024後期", ("not-a-number", 3, "単位数")),
        ("CS110,情報倫理,,-2,優,2024後期", ("credits-range", 3, "単位数")),
        ("CS110,情報倫理,,2000,優,2024後期", ("credits-range", 3, "単位数")),
    ],
)
def test_a_problem_names_the_row_and_the_column_of_its_course(
    second: str, problem: tuple[str, int, str]
) -> None:
    row = read(f"{HANAKO},MA101,線形代数,,2,優,2024前期", f"{HANAKO},{second}")[0]
    assert told(row) == [problem]
    assert row.problems[0].severity is Severity.ERROR


def test_a_course_taken_again_in_another_term_is_only_pointed_at() -> None:
    row = read(f"{HANAKO},MA101,線形代数,,2,不可,2023前期", f"{HANAKO},MA101,線形代数,,2,優,2024前期")[0]
    assert told(row) == [("course-again", 3, "科目コード")]
    assert row.problems[0].severity is Severity.WARNING
    assert len(composed(row).components) == 2


def test_a_course_that_belongs_to_nobody_is_an_error() -> None:
    rows = read(f"{HANAKO},MA101,線形代数,,2,優,2024前期", ",,,,2026-03-25,CS110,情報倫理,,2,優,2024後期")
    assert "learner-unknown" in [each.code for each in rows[1].problems]


def test_two_learners_with_one_certificate_number_are_told_of_each_other() -> None:
    header = HEADER + ",文書発行番号"
    rows = read(
        f"{HANAKO},MA101,線形代数,,2,優,2024前期,第1号",
        f"{HANAKO},CS110,情報倫理,,2,優,2024後期,第1号",
        f"{TARO},MA101,線形代数,,2,優,2024前期,第1号",
        header=header,
    )
    assert [[each.code for each in row.problems] for row in rows] == [["duplicate-issue-number"]] * 2


def test_more_courses_than_a_record_holds_are_an_error() -> None:
    row = read(*(f"{HANAKO},C{n},科目{n},,2,優,2024前期" for n in range(MOST_COURSES + 1)))[0]
    assert told(row) == [("courses-too-many", MOST_COURSES + 2, "科目名")]


def test_a_table_of_graduates_with_a_column_of_grades_stays_one() -> None:
    found = table("A1,見本 花子,優", header="学籍番号,氏名,評価")
    mapping = guess_mapping(found.header, columns_for(DEGREE))
    assert mapping == {"学籍番号": "student_number", "氏名": "name"}
    assert read_rows(found, mapping, DEGREE, DEFAULTS)[0].lines == ()


def test_grades_without_the_names_of_courses_are_told() -> None:
    found = table("A1,見本 花子,優", header="学籍番号,氏名,評価")
    mapping = {"学籍番号": "student_number", "氏名": "name", "評価": "grade"}
    problems = mapping_problems(found, mapping, DEGREE, DEFAULTS)
    missing = [each for each in problems if each.code == "column-missing"]
    assert [dict(each.facts)["field"] for each in missing] == ["awarded_on", "course_name"]
    assert "科目名" in problem_sentence(missing[1], "ja")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16"])
def test_the_encodings_of_spreadsheets_are_found(encoding: str) -> None:
    text = f"{HEADER}\r\n{HANAKO},MA101,線形代数,,2,優,2024前期\r\n"
    found = read_table(text.encode(encoding))
    assert "course_name" in guess_mapping(found.header, columns_for(DEGREE)).values()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_reads_as_it_was_meant(language: str) -> None:
    found = read_table(template_csv(DEGREE, language, document_kind="courses"))
    mapping = guess_mapping(found.header, columns_for(DEGREE))
    assert set(mapping) == set(found.header)
    rows = read_rows(found, mapping, DEGREE, DEFAULTS)
    assert [told(row) for row in rows] == [[]]
    assert len(unpacked(rows[0].fields)) == 2
    assert COURSES in rows[0].fields


def test_formats_that_cannot_say_courses_are_told() -> None:
    mapping = {"科目名": "course_name"}

    def told_of(chosen: list[str], kind: str = "transcript") -> list[tuple[str, str]]:
        found = courses_unsaid(mapping, chosen, kind)
        return [(each.code, dict(each.facts)["formats"]) for each in found]

    assert told_of(["open-badges-3"]) == [("courses-unsaid", "open-badges-3")]
    # the page of a transcript lists the courses that the credential inside it holds, and only those
    assert told_of(["signed-pdf"]) == [("courses-unsaid", "signed-pdf")]
    assert told_of(["clr-2", "signed-pdf"], "graduation") == [("courses-left-out", "signed-pdf")]
    assert told_of(["clr-2", "signed-pdf"]) == []
    assert told_of(["clr-2", "signed-pdf", "open-badges-3"]) == [("courses-left-out", "open-badges-3")]
    assert told_of(["clr-2"]) == []
    assert list(courses_unsaid({"氏名": "name"}, ["open-badges-3"], "transcript")) == []
