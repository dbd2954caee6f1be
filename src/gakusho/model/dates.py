# SPDX-License-Identifier: Apache-2.0
"""Dates as a Japanese and as an English reader writes them."""

from __future__ import annotations

import re
from datetime import date

_ERAS = (
    # first day of each era, newest first; Meiji begins with the Gregorian calendar in Japan (1873)
    (date(2019, 5, 1), 2019, "令和"),
    (date(1989, 1, 8), 1989, "平成"),
    (date(1926, 12, 25), 1926, "昭和"),
    (date(1912, 7, 30), 1912, "大正"),
    (date(1873, 1, 1), 1868, "明治"),
)

_NUMERALS = "〇一二三四五六七八九"

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def wareki(day: date) -> str:
    """Give a date in the Japanese calendar: 令和8年3月25日, the first year of an era as 元年.

    Days before 1873 are written with the Western year.
    """
    for first_day, first_year, era in _ERAS:
        if day >= first_day:
            year = day.year - first_year + 1
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def kanji_wareki(day: date) -> str:
    """Give the same in Chinese numerals, as vertical writing has it: 令和八年三月二十五日."""
    return re.sub("[0-9]+", lambda digits: _kanji(int(digits[0])), wareki(day))


def _kanji(number: int) -> str:
    if number > 99:
        return "".join(_NUMERALS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    return f"{_NUMERALS[tens] if tens > 1 else ''}{'十' if tens else ''}{_NUMERALS[ones] if ones else ''}"


def western(day: date) -> str:
    """Give a date as an English document writes it: March 25, 2026."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
