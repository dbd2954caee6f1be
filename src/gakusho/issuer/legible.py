# SPDX-License-Identifier: Apache-2.0
"""Whether a document can say what it must and its fonts can write it, told before anything is signed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gakusho.formats import Pages
from gakusho.issuer._copying import copied
from gakusho.issuer._course_fields import COURSE_NAME
from gakusho.issuer._english import printed_in_japanese, shared_in_japanese
from gakusho.issuer.compose import compose
from gakusho.issuer.courses import COURSES, unpacked
from gakusho.issuer.fields import COPY_OF, COURSE, RESULT
from gakusho.issuer.rows import Row
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails
from gakusho.model.document import DEMANDING, OF_ACHIEVEMENT, unfit
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Problem, Severity

_FIELD_OF = {
    # place in the document → field of the row
    "name.full": "name",
    "name.kana": "name_kana",
    "name.romaji": "name_romaji",
    "student_number": "student_number",
    "issue_number": "issue_number",
    "addressee": "addressee",
    "purpose": "purpose",
    "narrative": "narrative",
    "results.name": "course",
    "results.english": "course",
    "results.value": "course",
    "results.credits": "course",
    "results.term": "course",
}

_UNFIT = {
    # why an award does not fit its document → code of the problem
    "claims-degree": "document.claims-degree",
    "few-hours": "document.few-hours",
    "no-expected-date": "document.no-expected-date",
    "no-hours": "document.no-hours",
    "no-outline": "document.no-outline",
    "no-results": "document.no-results",
}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What pages are set from beside the rows."""

    issuer: Issuer
    achievement: Achievement
    document: DocumentDetails
    now: datetime
    pages: Sequence[Pages]
    """The formats that set them."""
    originals: Mapping[str, Award] = field(default_factory=dict)
    """The awards of which rows are addressed copies, by id."""


class Legibility:
    """Checks rows one after the other, remembering which characters were fine."""

    def __init__(self, setting: Setting, columns: Mapping[str, str]) -> None:
        self._setting = setting
        self._columns = columns
        self._fine: set[tuple[str, str]] = set()
        """Field and character: what one place does not print says nothing of the others."""
        self._shared_told = False
        self.of_all: dict[str, Problem] = {}
        """What is wrong with all because they share it, by the characters or by what is amiss."""

    def checked(self, row: Row) -> Row:
        """Give the row, with a problem for all its document must say and does not, and for missing glyphs.

        What has no English where the page is English is a warning.
        """
        row = self._translated(row)
        if self._setting.document.kind in DEMANDING and not self._lists(row):
            row = self._fit(row)
        words = {(name, each) for name, value in row.fields.items() for each in value}
        if words <= self._fine and not any(_varies(value) for value in row.fields.values()):
            return row
        award = self._composed(row)
        found = dict.fromkeys(each for pages in self._setting.pages for each in pages.unwritable(award))
        told = [problem for where, characters in found if (problem := self._problem(row, where, characters))]
        problems = list({(each.column, dict(each.facts)["characters"]): each for each in told}.values())
        if not problems:
            self._fine.update(words)
            return row
        return replace(row, problems=(*row.problems, *problems))

    def _translated(self, row: Row) -> Row:
        """Give the row, with a warning for what an English page would print in Japanese."""
        setting = self._setting
        if setting.document.language == "ja":
            return row
        if not self._shared_told:
            self._shared_told = True
            for each in shared_in_japanese(setting.issuer, setting.achievement, setting.document):
                self.of_all.setdefault(f"english:{dict(each.facts)['where']}", each)
        found = printed_in_japanese(row, setting.document, self._columns)
        for each in found:
            if each.row is None:
                self.of_all.setdefault(f"english:{each.column}", replace(each, row=1))
        own = [each for each in found if each.row is not None]
        return replace(row, problems=(*row.problems, *own)) if own else row

    def _lists(self, row: Row) -> bool:
        """Tell at a glance that a transcript has something to list, so that it need not be composed."""
        return self._setting.document.kind == "transcript" and any(
            value and name.startswith((COURSES, COURSE, RESULT)) for name, value in row.fields.items()
        )

    def _composed(self, row: Row) -> Award:
        setting, award_id = self._setting, "urn:uuid:00000000-0000-4000-8000-000000000000"
        if original := setting.originals.get(row.fields.get(COPY_OF.name, "")):
            fields = {"issue_number": "0", **row.fields}
            return copied(
                original, fields, award_id=award_id, status=(), document=setting.document, now=setting.now
            )
        return compose(
            row,
            issuer=setting.issuer,
            achievement=setting.achievement,
            award_id=award_id,
            status=(),
            document=setting.document,
            now=setting.now,
        )

    def _fit(self, row: Row) -> Row:
        told = []
        for word in unfit(self._composed(row)):
            problem = Problem(code=_UNFIT[word], severity=Severity.ERROR, row=row.line)
            if word in OF_ACHIEVEMENT:
                self.of_all.setdefault(word, replace(problem, row=1))
            else:
                told.append(problem)
        return replace(row, problems=(*row.problems, *told)) if told else row

    def _problem(self, row: Row, where: str, characters: str) -> Problem | None:
        facts = (("characters", characters), ("where", where))
        field = _field_of(row, where, characters)
        if field is None:
            self.of_all.setdefault(
                characters, Problem(code="missing-glyph", severity=Severity.ERROR, row=1, facts=facts)
            )
            return None
        value = row.fields.get(field, "")
        if field == COURSES:
            field, value = _of_course(row, characters)
        return Problem(
            code="missing-glyph",
            severity=Severity.ERROR,
            row=row.line,
            column=self._columns.get(field),
            value=value[:200],
            facts=facts,
        )


def _field_of(row: Row, where: str, characters: str) -> str | None:
    """Give the field of the row that holds the characters: what is printed may be composed of several."""
    own = _FIELD_OF.get(where) or _FIELD_OF.get(where.split(".", maxsplit=1)[0])
    if own is None:
        return None
    spelled = _characters(characters)
    holders = [name for name, value in row.fields.items() if not spelled.isdisjoint(value)]
    return own if own in holders or not holders else holders[0]


def _of_course(row: Row, characters: str) -> tuple[str, str]:
    """Give the field of a course that holds the characters, and what stands there, of a folded row."""
    spelled = _characters(characters)
    for course in unpacked(row.fields):
        for name, value in vars(course).items():
            if not spelled.isdisjoint(value):
                return name, value
    return COURSE_NAME, ""


def _characters(spelled: str) -> set[str]:
    return {chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]{4,6})", spelled)}


def _varies(words: str) -> bool:
    """Tell whether there is a variation selector: it has a glyph only together with what stands before it."""
    return any("\ufe00" <= each <= "\ufe0f" or "\U000e0100" <= each <= "\U000e01ef" for each in words)
