# SPDX-License-Identifier: Apache-2.0
"""Rows: every planted fault is found where it is, and nothing else."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gakusho.errors import LimitError
from gakusho.issuer import rows as module
from gakusho.issuer.fields import columns_for, fields_for, guess_mapping, template_csv
from gakusho.issuer.rows import Defaults, Row, mapping_problems, read_rows
from gakusho.issuer.table import read_table
from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.problem import Problem, Severity
from gakusho.model.text import Text

UPLOADS = Path(__file__).parents[2] / "vectors" / "uploads"
DEGREE = Achievement(
    id="urn:uuid:11111111-0000-4000-8000-000000000001",
    type="BachelorDegree",
    name=Text.of(ja="学士(工学)", en="Bachelor of Engineering"),
    description=Text.of(ja="四年間の課程。", en="A four-year program."),
    criteria=Text.of(ja="124単位。", en="124 credits."),
    result_descriptions=(
        ResultDescription(id="urn:uuid:gpa", name="GPA", type="GradePointAverage"),
        ResultDescription(id="urn:uuid:grade", name="評価", allowed_values=("秀", "優", "良", "可")),
    ),
)
TODAY = date(2026, 4, 1)


def read(data: bytes, **defaults: Any) -> tuple[Row, ...]:
    table = read_table(data)
    mapping = guess_mapping(table.header, fields_for(DEGREE))
    return read_rows(table, mapping, DEGREE, Defaults(**{"today": TODAY, **defaults}))


def one(header: str, cell: str, **defaults: Any) -> Row:
    data = f'氏名,授与年月日,{header}\n見本 花子,2026-03-25,"{cell}"\n'.encode()
    return read(data, **defaults)[0]


def found(row: Row) -> list[str]:
    return [problem.code for problem in row.problems]


def test_a_batch_has_so_many_awards_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AWARDS", 2)
    data = "氏名,授与年月日\n".encode() + "見本 花子,2026-03-25\n".encode() * 3
    with pytest.raises(LimitError) as caught:
        read(data)
    assert (caught.value.code, caught.value.facts) == ("table.rows", {"got": "3", "expected": "2"})
    table = read_table("氏名,学籍番号,授与年月日,科目名\n".encode() + "花子,1,2026-03-25,解析\n".encode() * 9)
    mapping = guess_mapping(table.header, columns_for(DEGREE))
    assert len(read_rows(table, mapping, DEGREE, Defaults(today=TODAY))) == 1


def test_every_planted_fault_is_found_at_its_row_and_column_and_nothing_else() -> None:
    expected = json.loads((UPLOADS / "planted-faults.json").read_text())
    rows = read((UPLOADS / "planted-faults.csv").read_bytes(), today=date.fromisoformat(expected["today"]))
    got = [
        {"row": p.row, "column": p.column, "code": p.code, "severity": str(p.severity)}
        for row in rows
        for p in row.problems
    ]
    assert len(expected["problems"]) >= 30
    assert got == expected["problems"]


def test_what_must_be_accepted_is_normalized_and_names_stay_as_written() -> None:
    rows = read((UPLOADS / "planted-faults.csv").read_bytes())
    by_line = {row.line: row.fields for row in rows}
    takasaki, yoshino, obrien, last = (by_line[line] for line in (50, 51, 52, 53))
    assert takasaki["name"] == "髙﨑 葛\U000e0101 花子"
    assert takasaki["name_kana"] == "タカサキ ハナコ"
    assert takasaki["name_romaji"] == "TAKASAKI Hanako"
    assert takasaki["student_number"] == "22A9001"
    assert takasaki["email"] == "hanako@example.com"
    assert takasaki["birth_date"] == "2004-04-02"
    assert takasaki["result:urn:uuid:gpa"] == "3.45"
    assert yoshino["name"] == "𠮷野 \ufa19 太郎"  # a compatibility kanji that NFC would replace
    assert yoshino["awarded_on"] == "2026-03-25"
    assert yoshino["birth_date"] == "1989-01-07"
    assert yoshino["course:線形代数"] == "秀"
    assert "course:線形代数" not in obrien
    assert last["addressee"] == '見本商事株式会社 御中"採用"係'


def test_duplicates_name_the_other_row() -> None:
    rows = read((UPLOADS / "planted-faults.csv").read_bytes())
    facts = {
        p.row: dict(p.facts) for row in rows for p in row.problems if p.code == "duplicate-student-number"
    }
    assert facts == {21: {"rows": "22"}, 22: {"rows": "21"}}


def test_a_value_shown_with_a_problem_is_cut() -> None:
    rows = read((UPLOADS / "planted-faults.csv").read_bytes())
    long = next(p for row in rows for p in row.problems if p.code == "too-long")
    assert long.value == "見" * 200


def test_a_date_for_all_rows_stands_in_for_a_missing_one() -> None:
    rows = read("氏名\n見本 花子\n".encode(), awarded_on=date(2026, 3, 25))
    assert rows[0].fields["awarded_on"] == "2026-03-25"
    assert rows[0].problems == ()


def test_an_address_is_not_missed_where_nobody_is_notified() -> None:
    assert found(one("メールアドレス", "")) == ["email-missing"]
    assert found(one("メールアドレス", "", notify=False)) == []


def test_required_columns_that_are_not_there_are_told_once() -> None:
    table = read_table("学籍番号,謎\n1,x\n2,y\n".encode())
    mapping = guess_mapping(table.header)
    problems = mapping_problems(table, mapping, DEGREE, Defaults(today=TODAY, document_language="en"))
    assert [(p.code, p.column, dict(p.facts).get("field")) for p in problems] == [
        ("column-missing", None, "name"),
        ("column-missing", None, "awarded_on"),
        ("column-advisable", None, "email"),
        ("column-advisable", None, "name_romaji"),
        ("column-unused", "謎", None),
    ]
    assert all(isinstance(p, Problem) and p.row == 1 for p in problems)
    assert found(read_rows(table, mapping, DEGREE, Defaults(today=TODAY))[0]) == []


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("a@gmial.com", "a@gmail.com"),
        ("a@docomo.ne.jp", None),
        ("a@mail.com", None),
        ("a@yahoo.co.jo", "a@yahoo.co.jp"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_pointed_out(cell: str, meant: str | None) -> None:
    problems = one("メールアドレス", cell).problems
    assert [dict(p.facts)["expected"] for p in problems] == ([meant] if meant else [])


def test_a_negative_number_is_no_formula() -> None:
    assert found(one("GPA", "-1.5")) == []
    assert found(one("備考", "-")) == []
    assert found(one("備考", "-2+3")) == ["formula"]


def test_a_number_wrapped_against_guessing_is_unwrapped() -> None:
    row = read('氏名,授与年月日,学籍番号\n見本 花子,2026-03-25,"=""00123"""\n'.encode())[0]
    assert row.fields["student_number"] == "00123"
    assert found(row) == ["formula-unwrapped"]


def test_a_remark_may_have_several_lines() -> None:
    assert found(one("備考", "一行目\n二行目")) == []


def test_only_joiners_of_scripts_that_need_them_are_kept() -> None:
    assert found(one("旧姓", "می\u200cخواهم")) == []
    assert found(one("旧姓", "山\u200c田")) == ["invisible-character"]


def test_a_faulty_row_does_not_hide_its_other_faults() -> None:
    data = "氏名,学籍番号,授与年月日,メールアドレス\n,1E+5,2026-02-30,x\n".encode()
    (row,) = read(data)
    assert found(row) == ["missing", "value-damaged", "date-no-such-day", "email-syntax"]
    assert all(p.severity is Severity.ERROR for p in row.problems)


def test_the_template_reads_without_a_problem() -> None:
    for language in ("ja", "en"):
        for kind in ("degree-certificate", "transcript"):
            data = template_csv(DEGREE, language, document_kind=kind)
            table = read_table(data)
            mapping = guess_mapping(table.header, fields_for(DEGREE))
            assert set(mapping) == set(table.header)
            (row,) = read_rows(table, mapping, DEGREE, Defaults(today=TODAY))
            assert row.problems == ()
            assert row.fields["email"].endswith(".example")


def test_the_columns_of_results_are_found_by_their_names() -> None:
    other = replace(DEGREE, result_descriptions=(ResultDescription(id="urn:uuid:x", name="修了評価"),))
    assert guess_mapping(["修了評価"], fields_for(other)) == {"修了評価": "result:urn:uuid:x"}
    assert guess_mapping(["修了評価"]) == {}


def test_a_field_goes_to_one_column_only() -> None:
    assert guess_mapping(["氏名", "学生氏名"]) == {"氏名": "name"}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("氏 名", "name"),
        ("ＮＡＭＥ", "name"),
        ("フリガナ", "name_kana"),
        ("ﾌﾘｶﾞﾅ", "name_kana"),
        ("E-mail", "email"),
        ("学籍番号(必須)", None),
        ("Student Number", "student_number"),
        ("学位授与年月日", "awarded_on"),
        ("科目：情報倫理", "course:情報倫理"),
        ("Course: Ethics", "course:Ethics"),
    ],
)
def test_headers_are_known_in_any_width_and_case(header: str, field: str | None) -> None:
    assert guess_mapping([header]).get(header) == field


def test_a_table_of_one_row_twenty_thousand_times_is_read_in_no_time() -> None:
    row = "見本 花子,2026-03-25,22A0001,N-1,h@mihon.example\n"
    data = ("氏名,授与年月日,学籍番号,発行番号,メールアドレス\n" + row * 20_000).encode()
    started = time.process_time()
    rows = read(data)
    assert time.process_time() - started < 15, "comparing each row with each takes minutes"
    assert len(rows) == 20_000
    assert dict(rows[-1].problems[-1].facts)["rows"] == "2, 3, 4, 5, 6"
