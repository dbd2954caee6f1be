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

_WRITTEN = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})(?:\2([0-9]{1,2}))?")
_OF_A_DAY = re.compile(r"(日|年月)\Z|\b(date|month)\b", re.IGNORECASE)
"""How what is a date is named: 入学年月日, 卒業見込年月, Date of admission."""

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


def spelled(name: str, value: str, language: str) -> str:
    """Give a day or a month, 2022-04-01, 2022/4/1 or 2027-03, as a page prints what is named a date.

    In Japanese 令和4年4月1日, in English April 1, 2022, in both 令和4年4月1日 (April 1, 2022). What
    is named something else, or written otherwise, comes back as it is.
    """
    written = _WRITTEN.fullmatch(value.strip())
    if written is None or not any(_OF_A_DAY.search(part.strip()) for part in name.split("/")):
        return value
    try:
        day = date(int(written[1]), int(written[3]), int(written[4] or 1))
    except ValueError:
        return value
    japanese, english = wareki(day), western(day)
    if written[4] is None:
        japanese, english = japanese.removesuffix("1日"), f"{_MONTHS[day.month - 1]} {day.year}"
    return {"ja": japanese, "en": english}.get(language, f"{japanese} ({english})")
