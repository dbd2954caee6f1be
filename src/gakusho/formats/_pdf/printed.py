# SPDX-License-Identifier: Apache-2.0
"""Whether a page set from a template prints what the attached credential says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import accumulate, islice, permutations

import pikepdf

from gakusho.formats._pdf import contents
from gakusho.formats._pdf.page import BETWEEN_LANGUAGES, issue_number, result_label
from gakusho.formats._pdf.text import folded, shown_pieces
from gakusho.model.award import Award, Result
from gakusho.model.dates import kanji_wareki, spelled, wareki, western
from gakusho.model.document import ADDRESSED, hours
from gakusho.model.report import Check, Outcome
from gakusho.model.text import Text, parted
from gakusho.model.transcript import courses, names_of

_CODE = "pdf.matches-credential"
_MAX_RESULTS = 1000
_MAX_PLACES = 1000
_VERTICAL = frozenset({"diploma-vertical"})
_DATED = {
    "degree-certificate": (("授与年月日",), ("Date of conferral",)),
    "transcript": (("授与年月日",), ("Date of conferral",)),
    "enrollment": (("証明年月日",), ("Certified as of",)),
    "expected-graduation": (("証明年月日",), ("Certified as of",)),
    "graduation": (("卒業年月日", "修了年月日"), ("Date of graduation", "Date of completion")),
    "micro-credential": (("取得年月日",), ("Date earned",)),
    "special-program": (("修了年月日",), ("Date of completion",)),
}
"""How the row with the date of the award is named, where it is a row."""
_PARTICULARS = ("記載事項", "Particulars")
"""How the row with the narrative is named; a designer may leave it out, but not say something else there."""
_PLACE = ("所属", "Affiliation")
"""How that with a line of it is named, on a transcript."""
_MOST_PARAGRAPHS = 40
_MOST_BETWEEN = 8
"""Pieces at the foot of a page and at the head of the next one."""
_ALL_RESULTS = frozenset({"graduation", "expected-graduation", "enrollment", "micro-credential"})


def matching_check(
    signed: bytes, award: Award, template: tuple[str, str], *, revision: pikepdf.Pdf | None = None
) -> Check:
    """Compare name, number, achievement, institution, date, results, addressee, narrative; never raises.

    ``revision`` is what was signed, where it is open already.
    """
    try:
        with contents.seen(signed) if revision is None else nullcontext(revision) as document:
            page = _Page(shown_pieces(document, by_element=template[0] in _VERTICAL))
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return _answer(Outcome.UNKNOWN, reason="page-unreadable", got=str(error)[:200])
    kind, language = template
    if (count := len(award.results) + len(award.components)) > _MAX_RESULTS:
        return _answer(Outcome.UNKNOWN, reason="too-many-results", got=str(count))
    expected = _expected(award, kind, language)
    absent = [(where, forms) for where, forms in expected if not any(map(page.prints, forms))]
    inside = _within(award, kind, language)
    absent += [(where, forms) for where, forms in inside if not any(map(page.holds, forms))]
    told, agrees = _narrative(page, award, language)
    inside += told
    absent += [] if agrees else told
    if absent:
        return _answer(
            Outcome.INVALID,
            reason="differs",
            got=", ".join(dict.fromkeys(where for where, _ in absent)),
            expected=" / ".join(" ".join(form) for form in absent[0][1])[:200],
        )
    compared = dict.fromkeys(where for where, _ in (*expected, *inside))
    return _answer(Outcome.VALID, compared=", ".join(compared))


_Form = tuple[str, ...]
"""Words that stand side by side, each whole: the cells of a row, or one only."""


class _Page:
    """The pieces a page shows: words must fill them, so that a longer name is not taken for a shorter."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = pieces
        self._text = "".join(pieces)
        self._edges = {0, *accumulate(map(len, pieces))}

    def holds(self, form: _Form) -> bool:
        """Tell whether the words stand there, also inside a sentence."""
        wanted = folded("".join(form))
        return bool(wanted) and wanted in self._text

    def flows(self, form: _Form) -> bool:
        """Tell whether the words stand there piece by piece, over pages with their feet between."""
        wanted = folded("".join(form))
        starts = (place for place, piece in enumerate(self._pieces) if wanted.startswith(piece))
        return bool(wanted) and any(self._goes_on(wanted, place) for place in islice(starts, _MAX_PLACES))

    def _goes_on(self, wanted: str, start: int) -> bool:
        done = between = 0
        for piece in islice(self._pieces, start, None):
            if wanted.startswith(piece, done):
                done, between = done + len(piece), 0
            else:
                between += 1
            if done == len(wanted) or between > _MOST_BETWEEN:
                break
        return done == len(wanted)

    def prints(self, form: _Form) -> bool:
        """Tell whether the words stand there, each from the edge of a piece to the edge of a piece."""
        cells = [cell for cell in map(folded, form) if cell]
        wanted = "".join(cells)
        lengths = [0, *accumulate(map(len, cells))]
        place = self._text.find(wanted) if wanted else -1
        for _ in range(_MAX_PLACES):
            if place < 0:
                break
            if all(place + length in self._edges for length in lengths):
                return True
            place = self._text.find(wanted, place + 1)
        return False


def _expected(award: Award, kind: str, language: str) -> list[tuple[str, tuple[_Form, ...]]]:
    """Give what must stand on the page: the field, and the forms of which one must be there."""
    name, english = award.learner.name, language == "en"
    found: list[tuple[str, tuple[_Form, ...]]] = [
        ("learner.name", ((name.romaji or name.full,) if english else (name.full,),)),
    ]
    asked = (("addressee", award.document.addressee), ("purpose", award.document.purpose))
    found.extend((where, _said(words, language)) for where, words in asked if words and kind in ADDRESSED)
    if award.issue_number:
        numbers = issue_number(award.issue_number)
        # 第…号 stood in English numbers once
        forms = (numbers["en"], f"No. {award.issue_number}") if english else (numbers["ja"],)
        found.append(("issue_number", tuple((form,) for form in forms)))
    if kind == "transcript":
        own = [(Text.of(ja=result.name), result, _value(result, language)) for result in award.results]
        listed = [(name, said, _said(said.value, language)) for name, said in courses(award)]
        found.extend(("results", _course(*row, language)) for row in (*own, *listed))
    elif kind in _ALL_RESULTS:
        found.extend(("results", _result(result, language)) for result in award.results)
    elif kind == "special-program":
        stated = hours(award)
        found.extend(
            ("results", _result(result, language)) for result in award.results if result is not stated
        )
        value = stated.value.strip() if stated else ""
        # a number alone could stand anywhere on the page: its label and its unit stand with it
        written = f"{value}時間" if language == "ja" else f"{value} hours"
        if language == "ja-en":
            written = f"{value}時間 ({value} hours)"
        found.append(("results", (("総時間数" if language == "ja" else "Total hours", written),)))
    return found


def _said(words: str, language: str) -> tuple[_Form, ...]:
    """Give short words as a page may print them: whole, or of 優 / A the half in its language."""
    japanese, english = parted(words)
    half = {"ja": japanese, "en": english}.get(language, words)
    return tuple((form,) for form in dict.fromkeys((words, half)))


def _result(result: Result, language: str) -> tuple[_Form, ...]:
    """Give a result as a row of a certificate: its name, in the languages of the page, and its value."""
    label = result_label(result.name)
    return tuple(
        (*name, *value) for name in ((label["ja"],), (label["en"],)) for value in _value(result, language)
    )


def _value(result: Result, language: str) -> tuple[_Form, ...]:
    """Give a result's value as a page prints it; of a date also as it stood there once: 2022-04-01."""
    written = spelled(result.name, result.value, language)
    return (*_said(result.value, language), *([(written,)] if written != result.value else []))


def _course(name: Text, said: Result, grades: tuple[_Form, ...], language: str) -> tuple[_Form, ...]:
    """Give a course as a row of a transcript: by one of its names, on a bilingual page by two of them too.

    A credential has all names in one text, and does not say which is in which language.
    """
    names = names_of(name) or ("",)
    both = permutations(names, 2) if language == "ja-en" else ()
    terms = _said(said.term or "", language)
    return tuple(
        (*form, said.credits or "", *grade, *term)
        for form in (*both, *((each,) for each in names))
        for grade in grades
        for term in terms
    )


def _narrative(page: _Page, award: Award, language: str) -> tuple[list[tuple[str, tuple[_Form, ...]]], bool]:
    """Give what of the narrative stands on the page under its name, and whether it agrees."""
    others = {name for result in award.results for name in (result.name, *result_label(result.name).values())}
    found: list[tuple[str, tuple[_Form, ...]]] = []
    agrees = True
    if award.narrative and any(page.prints((label,)) for label in _PARTICULARS if label not in others):
        forms = _paragraphs(award.narrative, language)
        found.append(("narrative", forms))
        agrees = any(map(page.holds, forms)) or any(map(page.flows, forms))
    if award.narrative and any(page.prints((label,)) for label in _PLACE if label not in others):
        lines = award.narrative.splitlines()[:_MOST_PARAGRAPHS]
        found.append(("narrative", tuple((line,) for line in lines)))
        agrees = agrees and any(map(page.prints, found[-1][1]))
    return found, agrees


def _paragraphs(narrative: str, language: str) -> tuple[_Form, ...]:
    """Give a narrative as a page may print it: whole, or its first paragraphs, or on English pages the last.

    A credential has both languages in one text, a blank line between.
    """
    parts = narrative.split("\n\n", _MOST_PARAGRAPHS) if language != "ja-en" else []
    halves = [parts[at:] if language == "en" else parts[:at] for at in range(1, len(parts))]
    return tuple((form,) for form in (narrative, *map("\n".join, halves)) if form.strip())


def _within(award: Award, kind: str, language: str) -> list[tuple[str, tuple[_Form, ...]]]:
    """Give what may stand inside a sentence."""
    if language == "en":
        written = western(award.awarded_on)
    elif kind in _VERTICAL:
        written = kanji_wareki(award.awarded_on)
    else:
        written = wareki(award.awarded_on)
    return [
        ("achievement.name", _words(award.achievement.name)),
        ("issuer.name", _words(award.issuer.name)),
        ("awarded_on", tuple((*label, written) for label in _labels(kind, language))),
    ]


def _labels(kind: str, language: str) -> tuple[_Form, ...]:
    """Give what stands before the date of the award: another date, of the issue, stands elsewhere."""
    if kind not in _DATED:
        return ((),)
    japanese, english = _DATED[kind]
    return tuple((label,) for label in (japanese if language == "ja" else english))


def _words(text: Text) -> tuple[_Form, ...]:
    return tuple(
        (part,) for _, words in text for part in (words, *words.split(BETWEEN_LANGUAGES)) if part.strip()
    )


def _answer(outcome: Outcome, **facts: str) -> Check:
    return Check(code=_CODE, outcome=outcome, facts=facts, source="the document itself")
