# SPDX-License-Identifier: Apache-2.0
"""Dates in the reader's habit."""

from __future__ import annotations

from datetime import date

import pytest

from gakusho.model.dates import kanji_wareki, spelled, wareki, western


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 25), "令和8年3月25日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1872, 12, 31), "1872年12月31日"),
    ],
)
def test_an_era_begins_on_its_day(day: date, written: str) -> None:
    assert wareki(day) == written


def test_an_english_date_names_the_month() -> None:
    assert western(date(2026, 3, 5)) == "March 5, 2026"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 25), "令和八年三月二十五日"),
        (date(2019, 5, 10), "令和元年五月十日"),
        (date(1989, 1, 7), "昭和六十四年一月七日"),
        (date(1998, 11, 20), "平成十年十一月二十日"),
        (date(1872, 12, 31), "一八七二年十二月三十一日"),
    ],
)
def test_vertical_writing_has_chinese_numerals(day: date, written: str) -> None:
    assert kanji_wareki(day) == written


@pytest.mark.parametrize(
    ("name", "value", "japanese", "english", "both"),
    [
        ("入学年月日", "2022-04-01", "令和4年4月1日", "April 1, 2022", "令和4年4月1日 (April 1, 2022)"),
        (
            "卒業見込年月 / Expected graduation",
            "2027-03",
            "令和9年3月",
            "March 2027",
            "令和9年3月 (March 2027)",
        ),
        ("Date of admission", "2019-04", "平成31年4月", "April 2019", "平成31年4月 (April 2019)"),
        ("入学日", "2022/4/1", "令和4年4月1日", "April 1, 2022", "令和4年4月1日 (April 1, 2022)"),
        ("入学日", "2022/4-1", "2022/4-1", "2022/4-1", "2022/4-1"),
        ("受講番号", "2024-05", "2024-05", "2024-05", "2024-05"),
        ("Update", "2024-05-01", "2024-05-01", "2024-05-01", "2024-05-01"),
        ("入学年月日", "2022-02-30", "2022-02-30", "2022-02-30", "2022-02-30"),
        ("入学年月日", "令和4年4月1日", "令和4年4月1日", "令和4年4月1日", "令和4年4月1日"),
    ],
)
def test_only_what_is_named_a_date_is_written_as_one(
    name: str, value: str, japanese: str, english: str, both: str
) -> None:
    assert [spelled(name, value, tag) for tag in ("ja", "en", "ja-en")] == [japanese, english, both]
