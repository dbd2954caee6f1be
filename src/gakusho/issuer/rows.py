# SPDX-License-Identifier: Apache-2.0
"""From the cells of a table to rows whose fields are normalized, and every problem they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from gakusho.errors import LimitError
from gakusho.issuer._cells import ERROR, WARNING, Cell, read_cell
from gakusho.issuer._folding import folded, has_courses
from gakusho.issuer._row import LONGEST_VALUE
from gakusho.issuer._row import Row as Row  # noqa: PLC0414  # callers find it here
from gakusho.issuer.fields import COPY_OF, Field, columns_for, field_named, fields_for
from gakusho.issuer.table import UploadedTable
from gakusho.model.achievement import Achievement
from gakusho.model.problem import Problem, Severity

MOST_AWARDS = 50_000
"""Of one batch; the courses of one learner make one."""
YOUNGEST, OLDEST = 12, 110  # years; outside of them a date of birth is looked at again
_ENGLISH = ("en", "ja-en")
_REMEMBERED = 100_000
_TOLD_EVERY = 10_000
_OF_COPIES = ("copy_of", "issue_number")
_NUMBERS = (("issue_number", "duplicate-issue-number", ERROR),)
_ALONE = (
    ("student_number", "duplicate-student-number", ERROR),
    *_NUMBERS,
    ("email", "duplicate-email", WARNING),
)
"""What should stand in a table once: the field, the problem, and how grave it is."""


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds for rows that do not say it themselves, and the day on which they are read."""

    today: date
    awarded_on: date | None = None
    document_language: str = "ja"
    notify: bool = True
    copies: bool = False
    """The rows are addressed copies: what they copy says all the rest."""


def read_rows(
    table: UploadedTable,
    mapping: Mapping[str, str],
    achievement: Achievement,
    defaults: Defaults,
    *,
    told: Callable[[int, int], None] | None = None,
) -> tuple[Row, ...]:
    """Give every row with all its problems; nothing is raised for a bad row.

    ``told`` is called every ten thousand lines, with how many are read and how many there are.

    Raises: LimitError when there are more than ``MOST_AWARDS``.

    ``mapping`` is column → field; columns not in it are left alone. Student and issue numbers that
    stand in the table twice are a problem of each of the rows, which name each other. With a column for
    the name of a course there is one row a course: those of one learner come as one. With a column for
    what it is a copy of, a row needs no more than to whom or for what, and a number of its own.
    """
    known, defaults = _known(mapping, achievement, defaults)
    columns = [
        (place, column, field)
        for place, column in enumerate(table.header)
        if (field := field_named(mapping.get(column, ""), known))
    ]
    reading = _Cells()
    rows: list[Row] = []
    for line, cells in table.rows:
        rows.append(_row(line, cells, columns, len(table.header), defaults, reading))
        if told is not None and len(rows) % _TOLD_EVERY == 0:
            told(len(rows), len(table.rows))
    column_of = {field.name: column for _, column, field in columns}
    if has_courses(mapping):
        rows = folded(rows, column_of)
    if len(rows) > MOST_AWARDS:
        raise LimitError(
            f"The table has {len(rows)} awards, at most {MOST_AWARDS}.",
            code="table.rows",
            action="Cut it into several files.",
            facts={"got": str(len(rows)), "expected": str(MOST_AWARDS)},
        )
    return tuple(_with_duplicates(rows, column_of, _NUMBERS if defaults.copies else _ALONE))


def mapping_problems(
    table: UploadedTable, mapping: Mapping[str, str], achievement: Achievement, defaults: Defaults
) -> tuple[Problem, ...]:
    """Give what is wrong with the columns as such: required ones missing, unknown ones left alone."""
    known, defaults = _known(mapping, achievement, defaults)
    mapped = set(mapping.values())
    problems = [
        _of_file("column-missing", ERROR, facts=(("field", field.name),))
        for field in known
        if _is_needed(field, defaults)
        and field.name not in mapped
        and not (field.name == "awarded_on" and defaults.awarded_on)
    ]
    wanted = {
        "email": defaults.notify,
        "name_romaji": defaults.document_language in _ENGLISH,
    }
    problems += [
        _of_file("column-advisable", WARNING, facts=(("field", name),))
        for name, needed in wanted.items()
        if needed and name not in mapped
    ]
    problems += [
        _of_file("column-unused", WARNING, column=column)
        for column in table.header
        if column not in mapping and not column.startswith("#")
    ]
    return tuple(problems)


def _known(
    mapping: Mapping[str, str], achievement: Achievement, defaults: Defaults
) -> tuple[tuple[Field, ...], Defaults]:
    """Give the fields of a table with this mapping, and what holds for its rows."""
    if COPY_OF.name in mapping.values():
        # who, what and when are those of the award: they may stand there, and are then compared
        return (*fields_for(achievement), COPY_OF), Defaults(today=defaults.today, notify=False, copies=True)
    return (columns_for(achievement) if has_courses(mapping) else fields_for(achievement)), defaults


def _is_needed(field: Field, defaults: Defaults) -> bool:
    return field.name in _OF_COPIES if defaults.copies else field.required


def _of_file(
    code: str, severity: Severity, *, column: str | None = None, facts: tuple[tuple[str, str], ...] = ()
) -> Problem:
    return Problem(code=code, severity=severity, row=1, column=column, facts=facts)


class _Cells:
    """Reads each text of a field once: courses, grades and days stand in many rows."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], Cell] = {}

    def cell(self, raw: str, field: Field) -> Cell:
        known = self._read.get((raw, field.name))
        if known is None:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            known = self._read[raw, field.name] = read_cell(raw, field)
        return known


def _row(
    line: int,
    cells: Sequence[str],
    columns: Sequence[tuple[int, str, Field]],
    width: int,
    defaults: Defaults,
    reading: _Cells,
) -> Row:
    problems: list[Problem] = []
    if len(cells) != width and (len(cells) < width or any(cells[width:])):
        facts = (("got", str(len(cells))), ("expected", str(width)))
        problems.append(Problem(code="ragged-row", severity=ERROR, row=line, facts=facts))
    fields: dict[str, str] = {}
    sound: dict[str, str] = {}
    for place, column, field in columns:
        raw = cells[place] if place < len(cells) else ""
        cell = reading.cell(raw, field)
        problems += [
            _problem(fault.code, line, column, raw, severity=fault.severity, facts=fault.facts)
            for fault in cell.faults
        ]
        if cell.text:
            fields[field.name] = cell.text
            if not any(fault.severity is ERROR for fault in cell.faults):
                sound[field.name] = cell.text
        elif code := _missing(field, defaults):
            severity = ERROR if _is_needed(field, defaults) else WARNING
            problems.append(_problem(code, line, column, raw, severity=severity))
    if "awarded_on" not in fields and defaults.awarded_on:
        fields["awarded_on"] = sound["awarded_on"] = defaults.awarded_on.isoformat()
    problems += _of_days(line, sound, {field.name: column for _, column, field in columns}, defaults.today)
    return Row(line=line, fields=fields, problems=tuple(problems))


def _missing(field: Field, defaults: Defaults) -> str | None:
    if field.name == "awarded_on" and defaults.awarded_on:
        return None
    if _is_needed(field, defaults):
        return "missing"
    if field.name == "email" and defaults.notify:
        return "email-missing"
    if field.name == "name_romaji" and not defaults.copies:
        return "romaji-missing"
    return None


def _problem(
    code: str,
    line: int,
    column: str | None,
    raw: str,
    *,
    severity: Severity = ERROR,
    facts: tuple[tuple[str, str], ...] = (),
) -> Problem:
    return Problem(
        code=code, severity=severity, row=line, column=column, value=raw[:LONGEST_VALUE], facts=facts
    )


def _of_days(
    line: int, fields: Mapping[str, str], column_of: Mapping[str, str], today: date
) -> Iterator[Problem]:
    """Give what is wrong with the days of a row among themselves."""
    born, awarded, until = (
        date.fromisoformat(fields[name]) if name in fields else None
        for name in ("birth_date", "awarded_on", "valid_until")
    )
    found: list[tuple[str, str, Severity]] = []
    if born:
        age = _years(born, awarded or today)
        if born > today:
            found.append(("birth_date", "birth-in-future", ERROR))
        elif age < YOUNGEST:
            found.append(("birth_date", "birth-too-late", WARNING))
        elif age > OLDEST:
            found.append(("birth_date", "birth-too-early", WARNING))
    if awarded and awarded > today:
        found.append(("awarded_on", "awarded-in-future", WARNING))
    if until and awarded and until < awarded:
        found.append(("valid_until", "valid-until-before-awarded", ERROR))
    elif until and until < today:
        found.append(("valid_until", "valid-until-past", WARNING))
    for name, code, severity in found:
        day = fields[name]
        yield _problem(code, line, column_of.get(name), day, severity=severity, facts=(("day", day),))


def _years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _with_duplicates(
    rows: Sequence[Row], column_of: Mapping[str, str], kinds: Sequence[tuple[str, str, Severity]]
) -> Iterator[Row]:
    """Give the rows, those that share a number or an address with others told so."""
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        for name, _, _ in kinds:
            if value := row.fields.get(name):
                seen[name, value.casefold()].append(row.line)
    for row in rows:
        more = []
        for name, code, severity in kinds:
            value = row.fields.get(name, "")
            lines = seen.get((name, value.casefold()), ())
            if len(lines) > 1:
                others = ", ".join(map(str, islice((line for line in lines if line != row.line), 5)))
                facts = (("rows", others),)
                more.append(
                    _problem(code, row.line, column_of.get(name), value, severity=severity, facts=facts)
                )
        yield replace(row, problems=(*row.problems, *more)) if more else row
