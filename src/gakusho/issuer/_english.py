# SPDX-License-Identifier: Apache-2.0
"""What an English page would print in Japanese, since there is no English of it: told, never silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gakusho.issuer._cells import course_parts
from gakusho.issuer._course_fields import COURSE_NAME
from gakusho.issuer._english_fields import EN
from gakusho.issuer._row import LONGEST_VALUE, Row
from gakusho.issuer.courses import unpacked
from gakusho.issuer.fields import COURSE, RESULT
from gakusho.model.achievement import Achievement
from gakusho.model.award import DocumentDetails
from gakusho.model.document import ADDRESSED
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Problem, Severity
from gakusho.model.text import Text, has_japanese, parted

_NO_ROWS = frozenset({"diploma", "diploma-vertical", "completion"})
"""The documents that print what was awarded, by whom and when, and no results."""
_OUTLINED = frozenset({"micro-credential", "special-program"})
_PLACE = ("faculty", "major", "degree")
_OF_COURSE = (COURSE_NAME, "grade", "term")


def printed_in_japanese(row: Row, document: DocumentDetails, columns: Mapping[str, str]) -> list[Problem]:
    """Give a warning for each value of a row of which there is no English; without a row, it is of all rows.

    ``columns`` is field → column of the table. A Japanese document has none.
    """
    if document.language == "ja":
        return []
    found = [
        _problem(row, name, value, columns)
        for name in _printed(document)
        if has_japanese(parted(value := row.fields.get(name, ""))[1]) and not row.fields.get(name + EN)
    ]
    if document.kind not in _NO_ROWS:
        found += [
            _of_result(name, columns[name])
            for name, value in row.fields.items()
            if name.startswith((RESULT, COURSE)) and name in columns and _is_japanese(name, value)
        ]
    if document.kind == "transcript":
        found += _of_courses(row, columns)
    return found


def shared_in_japanese(
    issuer: Issuer, achievement: Achievement, document: DocumentDetails
) -> Iterator[Problem]:
    """Give a warning for each thing all documents print in Japanese, since it has no English."""
    if document.language == "ja":
        return
    words: dict[str, Text] = {
        "institution": issuer.name,
        "achievement": achievement.name,
    }
    if document.language == "en":  # a bilingual page is signed in Japanese
        words["signatory.title"] = document.signatory_title
    if document.kind in _OUTLINED:
        words["description"] = achievement.description
    if document.kind == "micro-credential":
        words["criteria"] = achievement.criteria
    said = {where: text.best("en", "ja") for where, text in words.items()}
    if document.language == "en":
        said["signatory.name"] = document.signatory_name_en or document.signatory_name
    if document.kind not in _NO_ROWS:
        said["field_of_study"] = parted(achievement.field_of_study or "")[1]
    if document.kind == "micro-credential":
        said["skills"] = " ".join(parted(each.target_name)[1] for each in achievement.skills)
    for where, each in said.items():
        if has_japanese(each):
            facts = (("where", where), ("got", each[:100]))
            yield Problem(code="english-of-all", severity=Severity.WARNING, row=1, facts=facts)


def _printed(document: DocumentDetails) -> tuple[str, ...]:
    kind = document.kind
    # to whom a bilingual page is addressed stands there once
    asked = ("addressee", "purpose") if kind in ADDRESSED and document.language == "en" else ()
    if kind == "transcript":
        return (*_PLACE, *asked)
    return (*_PLACE, "narrative", *asked) if kind in ADDRESSED or kind == "completion" else ()


def _is_japanese(name: str, value: str) -> bool:
    said = (name.removeprefix(COURSE), *course_parts(value)) if name.startswith(COURSE) else (value,)
    return any(has_japanese(parted(each)[1]) for each in said)


def _of_courses(row: Row, columns: Mapping[str, str]) -> Iterator[Problem]:
    told = set()
    for course in unpacked(row.fields):
        said = vars(course)
        for name in _OF_COURSE:
            if name not in told and has_japanese(parted(said[name])[1]) and not said[name + EN]:
                told.add(name)
                yield _problem(row, name, said[name], columns)


def _problem(row: Row, name: str, value: str, columns: Mapping[str, str]) -> Problem:
    """Give the problem of this row where there is a column for its English, else that of all rows."""
    facts, column = (("field", name + EN),), columns.get(name, name)
    if name + EN not in columns:
        return Problem(code="english-column", severity=Severity.WARNING, row=None, column=column, facts=facts)
    return Problem(
        code="english-missing",
        severity=Severity.WARNING,
        row=row.line,
        column=column,
        value=value[:LONGEST_VALUE],
        facts=facts,
    )


def _of_result(name: str, column: str) -> Problem:
    facts = (("result", name),)
    return Problem(code="english-result", severity=Severity.WARNING, row=None, column=column, facts=facts)
