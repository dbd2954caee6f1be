# SPDX-License-Identifier: Apache-2.0
"""Whether a page set from a template prints what the attached credential says."""

from __future__ import annotations

from gakusho.formats._pdf import contents
from gakusho.formats._pdf.text import folded, shown_text
from gakusho.model.award import Award
from gakusho.model.dates import wareki, western
from gakusho.model.report import Check, Outcome
from gakusho.model.text import Text

_CODE = "pdf.matches-credential"
_BETWEEN_LANGUAGES = " / "
"""Formats without languages write a name in all of them, with this between."""


def matching_check(signed: bytes, award: Award, template: tuple[str, str]) -> Check:
    """Compare name, issue number, achievement, institution, date and results, word for word; never raises."""
    try:
        with contents.open_document(signed) as document:
            page = shown_text(document)
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return _answer(Outcome.UNKNOWN, reason="page-unreadable", got=str(error)[:200])
    kind, language = template
    expected = _expected(award, kind, language)
    absent = [where for where, forms in expected if not any(_printed(form, page) for form in forms)]
    if absent:
        wanted = next(forms for where, forms in expected if where == absent[0])
        return _answer(
            Outcome.INVALID, reason="differs", got=", ".join(absent), expected=" / ".join(wanted)[:200]
        )
    return _answer(Outcome.VALID, compared=", ".join(dict.fromkeys(where for where, _ in expected)))


def _expected(award: Award, kind: str, language: str) -> list[tuple[str, tuple[str, ...]]]:
    """Give what must stand on the page: the field, and the forms of which one must be there."""
    name = award.learner.name
    day = award.awarded_on
    names = {"ja": (name.full,), "en": (name.romaji or name.full,)}.get(language, (name.full,))
    dates = {"ja": (wareki(day),), "en": (western(day),)}.get(language, (wareki(day),))
    found = [
        ("learner.name", names),
        ("achievement.name", _words(award.achievement.name)),
        ("issuer.name", _words(award.issuer.name)),
        ("awarded_on", dates),
    ]
    if award.issue_number:
        found.append(("issue_number", (award.issue_number,)))
    if kind == "transcript":
        for result in award.results:
            row = (result.name, result.credits or "", result.value)
            found.append(("results", ("".join(row),)))
    return found


def _words(text: Text) -> tuple[str, ...]:
    return tuple(
        part for _, words in text for part in (words, *words.split(_BETWEEN_LANGUAGES)) if part.strip()
    )


def _printed(words: str, page: str) -> bool:
    wanted = folded(words)
    return bool(wanted) and wanted in page


def _answer(outcome: Outcome, **facts: str) -> Check:
    return Check(code=_CODE, outcome=outcome, facts=facts, source="the document itself")
