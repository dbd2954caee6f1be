# SPDX-License-Identifier: Apache-2.0
"""One cell at a time: its text normalized for its field, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gakusho.issuer._addresses import is_address, likely_meant, with_small_domain
from gakusho.issuer._characters import character_fault, is_katakana, is_latin, katakana, kept, narrow
from gakusho.issuer._dates import DateFault, read_date
from gakusho.issuer.fields import Field, Kind
from gakusho.model.problem import Severity
from gakusho.model.text import BETWEEN_LANGUAGES, parted

_IN_LINES = frozenset({"narrative", "narrative_en"})
ERROR, WARNING = Severity.ERROR, Severity.WARNING

_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
_WRAPPED = re.compile(r'="([^"]*)"')
"""How text is kept from Excel's guessing: ="00123"."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DAMAGED_NUMBER = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|#{3,}")
_APART = re.compile(r"(?<! )/|/(?! )")
"""Between the parts of a course's cell, and not between Japanese and its English."""
_LOST = re.compile(r"[?？〓□]")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: problem code, how much it weighs, what fills the sentence."""

    code: str
    severity: Severity = ERROR
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cell:
    """A cell as read; a faulty one keeps its text as it stood."""

    text: str
    faults: tuple[Fault, ...] = ()


def read_cell(raw: str, field: Field) -> Cell:
    """Give the cell of a field, normalized, with everything that is wrong with it."""
    stripped = raw.strip()
    if not stripped:
        return Cell("")
    faults: list[Fault] = []
    if stripped != raw:
        faults.append(Fault("spaces-removed", WARNING))
    if (wrapped := _WRAPPED.fullmatch(stripped)) and wrapped[1].strip():
        stripped = wrapped[1].strip()
        faults.append(Fault("formula-unwrapped", WARNING))
    if fault := character_fault(stripped, lines=field.name in _IN_LINES):
        code, character, place = fault
        facts = (("character", character), ("place", str(place)))
        return Cell(stripped, (*faults, Fault(code, ERROR, facts)))
    if len(stripped) > field.limit:
        facts = (("got", str(len(stripped))), ("expected", str(field.limit)))
        return Cell(stripped, (*faults, Fault("too-long", ERROR, facts)))
    if _DAMAGED_NUMBER.fullmatch(narrow(stripped)):
        return Cell(stripped, (*faults, Fault("value-damaged")))
    if len(stripped) > 1 and _FORMULA.match(stripped) and not _NUMBER.fullmatch(narrow(stripped)):
        faults.append(Fault("formula", WARNING))
    text, found = _READERS[field.kind](stripped, field)
    if len(text) > field.limit:  # one character may stand for many
        facts = (("got", str(len(text))), ("expected", str(field.limit)))
        return Cell(stripped, (*faults, Fault("too-long", ERROR, facts)))
    return Cell(text, (*faults, *found))


def course_parts(cell: str) -> tuple[str, str, str]:
    """Give grade, credits and term of a course's cell (``優/2/2024前期``); what is left out is empty.

    Grade and term may say their English too: ``優 / A/2/2024前期 / Spring 2024``.

    Raises: ValueError when there are more than three parts, no grade, or credits that are no number.
    """
    words = cell.replace("／", "/")
    try:
        return _three_parts(cell, words.split("/"))
    except ValueError:
        pairs = [each.strip() for each in _APART.split(words)]
        if not any(BETWEEN_LANGUAGES in each for each in pairs) or not all(map(_is_pair, pairs)):
            raise
        return _three_parts(cell, pairs)


def _is_pair(words: str) -> bool:
    """Tell whether what stands in two languages is Japanese and its English; other words always are."""
    return BETWEEN_LANGUAGES not in words or parted(words)[0] != words


def _three_parts(cell: str, given: Sequence[str]) -> tuple[str, str, str]:
    parts = [part.strip() for part in given]
    if len(parts) > 3 or not parts[0]:
        raise ValueError(f"a course is grade/credits/term, got {cell!r}")
    grade, number, term = (*parts, "", "")[:3]
    number = narrow(number)
    if number and not _DECIMAL.fullmatch(number):
        raise ValueError(f"credits are a number, got {number!r}")
    return grade, number, term


_Read = tuple[str, Iterator[Fault] | tuple[Fault, ...]]


def _name(text: str, _: Field) -> _Read:
    name = kept(text)
    lost = _LOST.search(name)
    digit = re.search(r"\d", name)
    found = [Fault("character-lost", WARNING, (("character", lost[0]),))] if lost else []
    return name, (*found, *([Fault("name-with-digit", WARNING)] if digit else []))


def _kana(text: str, _: Field) -> _Read:
    reading = katakana(text)
    return reading, () if is_katakana(reading) else (Fault("kana-unexpected", WARNING),)


def _romaji(text: str, _: Field) -> _Read:
    name = narrow(text)
    return name, () if is_latin(name) else (Fault("romaji-not-latin", WARNING),)


def _text(text: str, field: Field) -> _Read:
    words = kept(text)
    if field.allowed_values and words not in field.allowed_values:
        words = next((each for each in field.allowed_values if narrow(each) == narrow(words)), words)
        if words not in field.allowed_values:
            facts = (("expected", "、".join(field.allowed_values)[:200]),)
            return words, (Fault("result-not-allowed", ERROR, facts),)
    return words, ()


def _number_text(text: str, _: Field) -> _Read:
    return narrow(text), ()


def _email(text: str, _: Field) -> _Read:
    address = narrow(text).removeprefix("mailto:")
    if not is_address(address):
        return text, (Fault("email-syntax"),)
    address = with_small_domain(address)
    meant = likely_meant(address)
    return address, (Fault("email-typo", WARNING, (("expected", meant),)),) if meant else ()


def _date(text: str, _: Field) -> _Read:
    return _read_day(text)


@lru_cache(maxsize=4096)  # a table has far fewer days than rows
def _read_day(text: str) -> tuple[str, tuple[Fault, ...]]:
    try:
        return read_date(text).isoformat(), ()
    except DateFault as fault:
        return text, (Fault(fault.code, ERROR, fault.facts),)


def _decimal(text: str, field: Field) -> _Read:
    number = narrow(text).replace(",", "")
    if not _DECIMAL.fullmatch(number):
        return text, (Fault("not-a-number"),)
    if field.between is not None and not field.between[0] <= float(number) <= field.between[1]:
        facts = (("expected", f"{field.between[0]:g}–{field.between[1]:g}"),)
        return number, (Fault("number-out-of-range", ERROR, facts),)
    return number, ()


def _course(text: str, _: Field) -> _Read:
    try:
        parts = course_parts(kept(text))
    except ValueError:
        return text, (Fault("course-cell"),)
    return "/".join(parts).rstrip("/"), ()


_READERS: dict[Kind, Callable[[str, Field], _Read]] = {
    Kind.NAME: _name,
    Kind.KANA: _kana,
    Kind.ROMAJI: _romaji,
    Kind.TEXT: _text,
    Kind.NUMBER_TEXT: _number_text,
    Kind.EMAIL: _email,
    Kind.DATE: _date,
    Kind.DECIMAL: _decimal,
    Kind.COURSE: _course,
    Kind.FILE: _text,
}
