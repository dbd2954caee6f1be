# SPDX-License-Identifier: Apache-2.0
"""Dates as registrars write them: Western, Japanese eras, full-width, kanji numerals."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date

from gakusho.model.dates import wareki

FIRST_YEAR, LAST_YEAR = 1873, 2200
"""Japan counts by the Gregorian calendar since 1873."""

_ERAS = {
    # name and letter: the year before the first, first day, last day
    ("令和", "r"): (2018, date(2019, 5, 1), date.max),
    ("平成", "h"): (1988, date(1989, 1, 8), date(2019, 4, 30)),
    ("昭和", "s"): (1925, date(1926, 12, 25), date(1989, 1, 7)),
    ("大正", "t"): (1911, date(1912, 7, 30), date(1926, 12, 24)),
    ("明治", "m"): (1867, date(1873, 1, 1), date(1912, 7, 29)),
}
_ERA_OF = {key: (names[0], *span) for names, span in _ERAS.items() for key in names}
_MONTHS = {
    form: number
    for number in range(1, 13)
    for form in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
} | {"sept": 9}

_ERA = re.compile(
    r"(令和|平成|昭和|大正|明治|[rhstm])(元|\d{1,3})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?"
)
_YEAR_FIRST = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?")
_MIDNIGHT = re.compile(r"[\st]+0{1,2}:00(?::00(?:\.0+)?)?z?\s*$")
_COMPACT = re.compile(r"((?:18|19|20|21)\d\d)(\d\d)(\d\d)")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?(\d{1,2})(?:st|nd|rd|th)?,(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-.]?([a-z]{3,9})[-.,]?(\d{4})")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")

_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十]+")


class DateFault(Exception):  # noqa: N818  # not an error of the program: caught where rows are read
    """Why a text is no date: a problem code and its facts."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = tuple(facts.items())


def read_date(text: str) -> date:
    """Give the day a text names.

    2026-03-25, 2026/3/25, 2026.3.25, 20260325, 2026年3月25日, 令和8年3月25日, 令和元年5月1日, R8.3.25,
    二〇二六年三月二十五日, March 25, 2026, 25 March 2026; full-width as half-width, with or without
    spaces, with a time of midnight.

    Raises:
        DateFault: it names none, or could name several.
    """
    folded = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).casefold())
    folded = re.sub(r"[\s,]+", lambda gap: "," if "," in gap[0] else "", folded)
    folded = re.sub("[‐‑‒–—―−]", "-", folded)
    folded = _KANJI_NUMBER.sub(_kanji_number, folded)
    for pattern, read in _READERS:
        if found := pattern.fullmatch(folded):
            return read(found)
    raise DateFault("date-unreadable")


def _kanji_number(found: re.Match[str]) -> str:
    text = found[0]
    if "十" not in text:
        return text.translate(_KANJI_DIGITS)
    tens, _, ones = text.partition("十")
    return (tens.translate(_KANJI_DIGITS) or "1") + (ones.translate(_KANJI_DIGITS) or "0")


def _era(found: re.Match[str]) -> date:
    era, before, first, last = _ERA_OF[found[1]]
    year = 1 if found[2] == "元" else int(found[2])
    day = _day(before + year, int(found[3]), int(found[4]))
    if year < 1 or not first <= day <= last:
        raise DateFault("date-era", era=era, expected=wareki(day), day=day.isoformat())
    return day


def _year_first(found: re.Match[str]) -> date:
    return _day(int(found[1]), int(found[2]), int(found[3]))


def _month_first(found: re.Match[str]) -> date:
    return _day(int(found[3]), _month(found[1]), int(found[2]))


def _day_first(found: re.Match[str]) -> date:
    return _day(int(found[3]), _month(found[2]), int(found[1]))


def _month(name: str) -> int:
    if name not in _MONTHS:
        raise DateFault("date-unreadable")
    return _MONTHS[name]


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateFault("date-no-such-year", year=str(year))
    if not 1 <= month <= 12:
        raise DateFault("date-no-such-month", month=str(month))
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise DateFault("date-no-such-day", year=str(year), month=str(month), day=str(day), last=str(last))
    return date(year, month, day)


def _refusing(code: str) -> Callable[[re.Match[str]], date]:
    def refuse(_: re.Match[str]) -> date:
        raise DateFault(code)

    return refuse


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_ERA, _era),
    (_COMPACT, _year_first),
    (_MONTH_FIRST, _month_first),
    (_DAY_FIRST, _day_first),
    (_SERIAL, _refusing("date-serial")),
    (_YEAR_LAST, _refusing("date-order")),
    (_SHORT_YEAR, _refusing("date-short-year")),
)
