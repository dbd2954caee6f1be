# SPDX-License-Identifier: Apache-2.0
"""Dates: what registrars write is read; what could mean two days is refused with its reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.issuer._dates import DateFault, read_date
from gakusho.model.dates import wareki

DAYS = st.dates(date(1873, 1, 1), date(2200, 12, 31))
_WIDE = str.maketrans("0123456789/-", "0123456789/-")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-25",
        "2026/3/25",
        "2026.3.25",
        "20260325",
        "2026年3月25日",
        "2026 年 3 月 25 日",
        "２０２６年３月２５日",
        "２０２６／０３／２５",
        "2026−03−25",
        "令和8年3月25日",
        "令和８年３月２５日",
        "㋿8年3月25日",
        "R8.3.25",
        "r8/3/25",
        "Ｒ８．３．２５",
        "平成38年3月25日".replace("平成38", "令和8"),
        "令和八年三月二十五日",
        "二〇二六年三月二十五日",
        "March 25, 2026",
        "25 March 2026",
        "25-Mar-2026",
        "2026-03-25 00:00:00",
        "2026-03-25T00:00:00Z",
        "2026/3/25 0:00",
    ],
)
def test_every_habit_of_writing_a_day_is_read(text: str) -> None:
    assert read_date(text) == date(2026, 3, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S1.12.25", date(1926, 12, 25)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("T1/7/30", date(1912, 7, 30)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-3-2 00:00", date(2026, 3, 2)),
        ("令和十年十月十日", date(2028, 10, 10)),
    ],
)
def test_the_edges_of_eras_and_months_are_read(text: str, day: date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date-unreadable"),
        ("春", "date-unreadable"),
        ("2026-03", "date-unreadable"),
        ("2026-03-25 14:00", "date-unreadable"),
        ("Marzo 25, 2026", "date-unreadable"),
        ("2026-02-29", "date-no-such-day"),
        ("2026-04-31", "date-no-such-day"),
        ("2026-04-00", "date-no-such-day"),
        ("20261301", "date-no-such-month"),
        ("1600-01-01", "date-no-such-year"),
        ("9999-01-01", "date-no-such-year"),
        ("令和元年4月30日", "date-era"),
        ("平成31年5月1日", "date-era"),
        ("平成0年1月8日", "date-era"),
        ("昭和99年1月1日", "date-era"),
        ("明治3年1月1日", "date-no-such-year"),
        ("46106", "date-serial"),
        ("03/04/2026", "date-order"),
        ("26/03/25", "date-short-year"),
        ("26年3月25日", "date-short-year"),
    ],
)
def test_a_day_that_is_none_or_could_be_two_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(DateFault) as caught:
        read_date(text)
    assert caught.value.code == code


def test_a_day_outside_its_era_is_told_how_it_is_written() -> None:
    with pytest.raises(DateFault) as caught:
        read_date("平成31年5月1日")
    assert dict(caught.value.facts)["expected"] == "令和元年5月1日"


@given(DAYS)
def test_every_day_survives_in_every_form(day: date) -> None:
    plain = f"{day.year}/{day.month}/{day.day}"
    forms = (
        day.isoformat(),
        plain,
        plain.translate(_WIDE),
        f"{day.year}年{day.month}月{day.day}日",
        wareki(day),
        f"{day:%d %B} {day.year}",
    )
    assert {read_date(form) for form in forms} == {day}


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_refused(text: str) -> None:
    try:
        code = f"date-{read_date(text)}"
    except DateFault as fault:
        code = fault.code
    assert code.startswith("date-")
