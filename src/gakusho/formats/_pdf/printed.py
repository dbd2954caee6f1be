# SPDX-License-Identifier: Apache-2.0
"""Whether a page set from a template prints what the attached credential says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import accumulate, permutations

import pikepdf

from gakusho.formats._pdf import contents
from gakusho.formats._pdf.page import BETWEEN_LANGUAGES, issue_number, result_label
from gakusho.formats._pdf.text import folded, shown_pieces
from gakusho.model.award import Award, Result
from gakusho.model.dates import kanji_wareki, wareki, western
from gakusho.model.document import ADDRESSED, hours
from gakusho.model.report import Check, Outcome
from gakusho.model.text import Text
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
_ALL_RESULTS = frozenset({"graduation", "expected-graduation", "enrollment", "micro-credential"})


def matching_check(
    signed: bytes, award: Award, template: tuple[str, str], *, revision: pikepdf.Pdf | None = None
) -> Check:
    """Compare name, number, achievement, institution, date, results, addressee; never raises.

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
        self._text = "".join(pieces)
        self._edges = {0, *accumulate(map(len, pieces))}

    def holds(self, form: _Form) -> bool:
        """Tell whether the words stand there, also inside a sentence."""
        wanted = folded("".join(form))
        return bool(wanted) and wanted in self._text

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
    found.extend((where, ((words,),)) for where, words in asked if words and kind in ADDRESSED)
    if award.issue_number:
        numbers = issue_number(award.issue_number)
        found.append(("issue_number", ((numbers["en"] if english else numbers["ja"],),)))
    if kind == "transcript":
        found.extend(
            ("results", ((result.name, result.credits or "", result.value, result.term or ""),))
            for result in award.results
        )
        found.extend(("results", _course(name, said, language)) for name, said in courses(award))
    elif kind in _ALL_RESULTS:
        found.extend(("results", _result(result)) for result in award.results)
    elif kind == "special-program":
        stated = hours(award)
        found.extend(("results", _result(result)) for result in award.results if result is not stated)
        value = stated.value.strip() if stated else ""
        # a number alone could stand anywhere on the page: its label and its unit stand with it
        written = f"{value}時間" if language == "ja" else f"{value} hours"
        if language == "ja-en":
            written = f"{value}時間 ({value} hours)"
        found.append(("results", (("総時間数" if language == "ja" else "Total hours", written),)))
    return found


def _result(result: Result) -> tuple[_Form, ...]:
    """Give a result as a row of a certificate: its name, in the languages of the page, and its value."""
    label = result_label(result.name)
    return tuple((*name, result.value) for name in ((label["ja"],), (label["en"],)))


def _course(name: Text, said: Result, language: str) -> tuple[_Form, ...]:
    """Give a course as a row of a transcript: by one of its names, on a bilingual page by two of them too.

    A credential has all names in one text, and does not say which is in which language.
    """
    cells = (said.credits or "", said.value, said.term or "")
    names = names_of(name)
    both = permutations(names, 2) if language == "ja-en" else ()
    return tuple((*form, *cells) for form in (*both, *((each,) for each in names)))


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
