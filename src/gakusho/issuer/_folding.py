# SPDX-License-Identifier: Apache-2.0
"""The rows of one learner made one, with everything that keeps them from fitting together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gakusho.formats import Transcribes, formats, set_on_pages
from gakusho.issuer._cells import ERROR, WARNING
from gakusho.issuer._course_fields import COURSE_NAME
from gakusho.issuer._row import LONGEST_VALUE, Row
from gakusho.issuer.courses import COURSES, OF_COURSE, Course, packed
from gakusho.model.problem import Problem, Severity

MOST_COURSES = 250
"""Of one learner: a record holds no more."""
MOST_CREDITS = 1_000.0
_MISSING = frozenset({"missing", "email-missing", "romaji-missing"})


def has_courses(mapping: Mapping[str, str]) -> bool:
    """Tell whether a table with this mapping of columns has one row a course."""
    return not set(OF_COURSE).isdisjoint(mapping.values())


def courses_unsaid(
    mapping: Mapping[str, str], chosen: Sequence[str], document_kind: str
) -> Iterator[Problem]:
    """Tell that the courses of a table would stand in none of the formats chosen, or not in all of them.

    The page of a transcript lists what the credential inside says, so that one of the formats must hold it.
    """
    if not has_courses(mapping):
        return
    silent = [name for name in chosen if not isinstance(formats().get(name), Transcribes)]
    facts = (("formats", ", ".join(silent)),)
    if len(silent) == len(chosen):
        yield Problem(code="courses-unsaid", severity=Severity.ERROR, row=1, facts=facts)
        return
    if document_kind == "transcript":
        silent = [name for name in silent if not set_on_pages([name])]
        facts = (("formats", ", ".join(silent)),)
    if silent:
        yield Problem(code="courses-left-out", severity=Severity.WARNING, row=1, facts=facts)


def folded(rows: Sequence[Row], column_of: Mapping[str, str]) -> list[Row]:
    """Give one row a learner, with the number of its first line; each problem keeps that of its own line.

    Learners are told apart by student number, or e-mail address where there is none.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault(_learner(row), []).append(row)
    return [_Folding(group, column_of).row() for group in groups.values()]


def _learner(row: Row) -> tuple[str, str]:
    for name in ("student_number", "email"):
        if value := row.fields.get(name):
            return name, value.casefold()
    return "line", str(row.line)


class _Folding:
    """The rows of one learner on their way to be one."""

    def __init__(self, rows: Sequence[Row], column_of: Mapping[str, str]) -> None:
        self._rows = rows
        self._column_of = column_of
        self._columns_of_learner = {column for name, column in column_of.items() if name not in OF_COURSE}
        self._fields: dict[str, str] = {}
        self._first: dict[str, int] = {}

    def row(self) -> Row:
        differing = list(self._merged())
        problems = [*self._own_problems(), *differing, *self._of_courses()]
        courses = [Course.of(each.fields) for each in self._rows]
        return Row(
            line=self._rows[0].line,
            fields={**self._fields, COURSES: packed(courses)},
            problems=tuple(sorted(problems, key=lambda each: each.row or 0)),
            lines=tuple(each.line for each in self._rows),
        )

    def _merged(self) -> Iterator[Problem]:
        """Put the learner's own fields together; tell where two rows say different things."""
        for row in self._rows:
            for name, value in row.fields.items():
                if name in OF_COURSE:
                    continue
                if name not in self._fields:
                    self._fields[name], self._first[name] = value, row.line
                elif self._fields[name] != value:
                    yield self._problem(
                        "learner-differs",
                        row,
                        name,
                        facts=(("expected", self._fields[name][:100]), ("first", str(self._first[name]))),
                    )
        if not {"student_number", "email"} & self._fields.keys():
            yield self._problem("learner-unknown", self._rows[0], "student_number")

    def _own_problems(self) -> Iterator[Problem]:
        """Give what the rows had already; what is the learner's is said once, if no other row mends it."""
        said: set[tuple[str, str | None, str | None]] = set()
        filled = {self._column_of.get(name) for name in self._fields}
        for row in self._rows:
            for problem in row.problems:
                if problem.column in self._columns_of_learner:
                    key = (problem.code, problem.column, problem.value)
                    mended = problem.code in _MISSING and problem.column in filled
                    if key in said or mended:
                        continue
                    said.add(key)
                yield problem

    def _of_courses(self) -> Iterator[Problem]:
        if len(self._rows) > MOST_COURSES:
            facts = (("got", str(len(self._rows))), ("expected", str(MOST_COURSES)))
            yield self._problem("courses-too-many", self._rows[MOST_COURSES], COURSE_NAME, facts=facts)
        taken: dict[tuple[str, str], int] = {}
        again: dict[str, int] = {}
        for row in self._rows:
            yield from self._credits(row)
            course = row.fields.get("course_code") or row.fields.get(COURSE_NAME, "")
            if not course:
                continue
            name = "course_code" if "course_code" in row.fields else COURSE_NAME
            first = taken.setdefault((course, row.fields.get("term", "")), row.line)
            earlier = again.setdefault(course, row.line)
            if first != row.line:
                yield self._problem("duplicate-course", row, name, facts=(("rows", str(first)),))
            elif earlier != row.line:
                rows = (("rows", str(earlier)),)
                yield self._problem("course-again", row, name, severity=WARNING, facts=rows)

    def _credits(self, row: Row) -> Iterator[Problem]:
        try:
            earned = float(row.fields.get("credits", "0"))
        except ValueError:
            return  # told as no number already
        if not 0 <= earned <= MOST_CREDITS:
            yield self._problem("credits-range", row, "credits", facts=(("expected", f"0–{MOST_CREDITS:g}"),))

    def _problem(
        self,
        code: str,
        row: Row,
        name: str,
        *,
        severity: Severity = ERROR,
        facts: tuple[tuple[str, str], ...] = (),
    ) -> Problem:
        return Problem(
            code=code,
            severity=severity,
            row=row.line,
            column=self._column_of.get(name),
            value=row.fields.get(name, "")[:LONGEST_VALUE],
            facts=facts,
        )
