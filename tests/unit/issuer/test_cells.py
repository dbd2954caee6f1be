# SPDX-License-Identifier: Apache-2.0
"""Cells: any text is read or refused, and what was read reads again as itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.issuer._cells import read_cell
from gakusho.issuer.fields import FIELDS, Field, field_named, fields_for
from gakusho.model.achievement import Achievement, ResultDescription, RubricCriterionLevel
from gakusho.model.problem import Severity
from gakusho.model.text import Text

COURSE = field_named("course:線形代数")
assert COURSE is not None
ALL = (*FIELDS, COURSE)
ROUGH = st.text(max_size=30) | st.text(
    st.sampled_from(
        "見本花子ｶﾅﾞかなカナ 　\t\n=+-@＝０１２/.年月日令和R8\u202e\u200b\ue000\ufffd\U000e0101\ufe00がé神"
    ),
    max_size=12,
)


@pytest.mark.parametrize("field", ALL, ids=lambda field: field.name)
@given(text=ROUGH)
def test_what_was_read_reads_again_as_itself(field: Field, text: str) -> None:
    cell = read_cell(text, field)
    assert len(cell.text) <= field.limit
    if any(fault.severity is Severity.ERROR for fault in cell.faults):
        assert cell.text
        return
    again = read_cell(cell.text, field)
    assert again.text == cell.text
    assert not [fault for fault in again.faults if fault.severity is Severity.ERROR]


def test_a_character_that_stands_for_many_does_not_pass_the_limit() -> None:
    number = field_named("student_number")
    assert number is not None
    assert [fault.code for fault in read_cell("\ufdfa" * 100, number).faults] == ["too-long"]


def test_half_width_marks_join_the_kana_before_them() -> None:
    name = field_named("name")
    assert name is not None
    assert read_cell("かﾞﾊﾟ", name).text == "がパ"


@pytest.mark.parametrize("field", ALL, ids=lambda field: field.name)
@pytest.mark.parametrize(
    "character", ["\u202e", "\u2066", "\u200f", "\x1b", "\x00", "\u200b", "\ue000", "\ufffd"]
)
def test_no_field_lets_a_hidden_or_broken_character_through(field: Field, character: str) -> None:
    cell = read_cell(f"a{character}b", field)
    assert [fault.severity for fault in cell.faults] == [Severity.ERROR]


def test_a_result_is_one_of_its_levels_or_within_its_range() -> None:
    levels = (RubricCriterionLevel(id="urn:a:1", name="可"), RubricCriterionLevel(id="urn:a:2", name="優"))
    rubric = ResultDescription(id="urn:a:r", name="評価", type="RubricCriterionLevel", levels=levels)
    average = ResultDescription(
        id="urn:a:g", name="GPA", type="GradePointAverage", value_min="0", value_max="4.3"
    )
    achievement = Achievement(
        id="urn:a",
        type="Course",
        name=Text.of(ja="科目"),
        description=Text.of(ja="科目"),
        criteria=Text.of(ja="合格"),
        result_descriptions=(rubric, average),
    )
    of_rubric, of_average = fields_for(achievement)[-2:]
    assert [read_cell(text, of_rubric).faults for text in ("優", "可")] == [(), ()]
    assert [fault.code for fault in read_cell("秀", of_rubric).faults] == ["result-not-allowed"]
    assert [read_cell(text, of_average).faults for text in ("0", "4.3")] == [(), ()]
    for text in ("4.31", "-1"):
        (fault,) = read_cell(text, of_average).faults
        assert (fault.code, fault.facts) == ("number-out-of-range", (("expected", "0–4.3"),))
