# SPDX-License-Identifier: Apache-2.0
"""The certificate desk in a folder: the same reading, matching and composing as the server's, into files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from gakusho.cli.ledger import Entry, Ledger, Standing
from gakusho.cli.terminal import UsageError
from gakusho.errors import GakushoError, InputError, LimitError, RowsError, UnreadableError
from gakusho.issuer.legible import Legibility, Setting
from gakusho.issuer.rows import Row
from gakusho.model.achievement import Achievement
from gakusho.model.document import CodePlace
from gakusho.model.problem import Problem, Severity

_MAX_TABLE = 64 * 1_048_576


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for."""

    rows: Path
    papers: Path | None
    achievement: Achievement
    formats: tuple[str, ...]
    duplicates: str = "reject"
    """``reject``, ``skip`` or ``supersede``."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Column → field, before what is guessed."""
    document_kind: str = "degree-certificate"
    document_language: str = "ja"
    awarded_on: date | None = None
    code_place: CodePlace | None = None
    """Where the QR code is stamped on own PDFs; None: in the lower right corner."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the dry run found: what would be issued, and everything that is wrong."""

    rows: tuple[Row, ...]
    """Those that would be issued."""
    total: int
    header: tuple[str, ...]
    mapping: Mapping[str, str]
    encoding: str
    problems: tuple[Problem, ...]
    skipped: int
    duplicates: int
    papers: Mapping[int, str]
    """Line → name of the paper."""
    paper_files: Mapping[str, bytes]
    replaces: Mapping[int, Entry]
    """Line → the award that the row supersedes."""
    unmatched_rows: int = 0
    unmatched_files: int = 0
    owner: Mapping[int, int] = field(default_factory=dict)
    """Line → first line of the learner's, where there is one row a course."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the batch."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)

    def counts(self) -> dict[str, int]:
        """Give the numbers of the dry run, as programs read them."""
        faulty = {self.owner.get(each.row, each.row) for each in self.errors if each.row is not None}
        told = {self.owner.get(each.row, each.row) for each in self.problems if each.row is not None}
        warned = told - faulty
        return {
            "rows": self.total,
            "ready": len(self.rows),
            "warnings": len(warned),
            "errors": len(faulty),
            "duplicates": self.duplicates,
            "skipped": self.skipped,
            "unmatched_rows": self.unmatched_rows,
            "unmatched_files": self.unmatched_files,
        }


def read_achievement(file: Path) -> Achievement:
    """Give the achievement in a JSON file. Raises: UnreadableError, InputError, UsageError."""
    from gakusho.issuer.achievement_json import achievement_from_dict
    from gakusho.proof import json as strict_json

    data = strict_json.loads(read(file, 8 * 1_048_576))
    if not isinstance(data, dict):
        raise UnreadableError(f"{file} holds no JSON object.")
    try:
        return achievement_from_dict(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableError(
            f"{file} does not describe an achievement: {error}.",
            action="Compare it with docs/examples/achievement.json.",
        ) from error


def read(file: Path, limit: int) -> bytes:
    """Give a file's bytes. Raises: UsageError, LimitError."""
    try:
        with file.open("rb") as opened:
            data = opened.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", action="Check the path.") from error
    if len(data) > limit:
        raise LimitError(f"{file} has more than {limit:,} bytes.", facts={"expected": limit})
    return data


def plan(request: Request, ledger: Ledger, *, today: date, setting: Setting | None = None) -> Plan:
    """Give the dry run: every row read, matched and compared with what was issued; nothing is signed.

    With the setting of the pages it is told too which characters and which papers they cannot take.
    """
    from gakusho.issuer._folding import courses_unsaid
    from gakusho.issuer.matching import match
    from gakusho.issuer.rows import Defaults, read_rows
    from gakusho.issuer.table import read_table

    table = read_table(read(request.rows, _MAX_TABLE), request.rows.name)
    mapping = mapping_of(table.header, request)
    defaults = Defaults(
        today=today, awarded_on=request.awarded_on, document_language=request.document_language, notify=False
    )
    rows = read_rows(table, mapping, request.achievement, defaults)
    problems = [problem for row in rows for problem in row.problems]
    unsaid = courses_unsaid(mapping, request.formats, request.document_kind)
    problems += (replace(each, row=None) for each in unsaid)
    column_of = {name: column for column, name in mapping.items()}
    papers: Mapping[int, str] = {}
    files: Mapping[str, bytes] = {}
    unmatched = (0, 0)
    if request.papers is not None:
        read_in = _papers(request.papers)
        matches = match(rows, read_in.files, column_of)
        problems += [*read_in.problems, *matches.problems]
        papers, files = matches.papers, read_in.files
        unmatched = (len(matches.unmatched_rows), len(matches.unmatched_files))
    found = duplicates_of(rows, request, ledger.standing(), column_of)
    problems += found.problems
    if setting is not None:
        problems += _of_pages(rows, setting, column_of, papers, files, request.code_place)
    owner = {line: row.line for row in rows for line in row.lines}
    faulty = {owner.get(each.row or 0, each.row) for each in problems if each.severity is Severity.ERROR}
    ready = tuple(row for row in rows if row.line not in faulty and row.line not in found.skipped)
    return Plan(
        rows=ready,
        total=len(rows),
        header=table.header,
        mapping=mapping,
        encoding=table.encoding,
        problems=tuple(sorted(problems, key=lambda each: (each.row is None, each.row or 0))),
        skipped=len(found.skipped),
        duplicates=len(found.lines),
        papers=papers,
        paper_files=files,
        replaces=found.replaces,
        unmatched_rows=unmatched[0],
        unmatched_files=unmatched[1],
        owner=owner,
    )


def _of_pages(
    rows: Sequence[Row],
    setting: Setting,
    column_of: Mapping[str, str],
    papers: Mapping[int, str],
    files: Mapping[str, bytes],
    place: CodePlace | None,
) -> list[Problem]:
    """Give what cannot be set on a page, and what is wrong with the papers that take a page's place."""
    legibility = Legibility(setting, column_of)
    found: list[Problem] = []
    for row in rows:
        if name := papers.get(row.line):
            try:
                wrong = dict.fromkeys(
                    each for pages in setting.pages for each in pages.check_paper(files[name], place)
                )
            except GakushoError as error:
                wrong = {Problem(code=error.code, severity=Severity.ERROR): None}
            found += [replace(each, row=row.line, file=name) for each in wrong]
        elif "name" in row.fields and not any(each.severity is Severity.ERROR for each in row.problems):
            found += legibility.checked(row).problems[len(row.problems) :]
    return [*found, *(replace(each, row=None) for each in legibility.of_all.values())]


def refuse_errors(planned: Plan) -> None:
    """Let a clean plan pass. Raises: RowsError with everything that stops it."""
    if planned.errors:
        raise RowsError(
            f"{len(planned.errors)} problems stand in the way; nothing was issued.", planned.errors
        )
    if not planned.rows and not planned.skipped:
        raise InputError(
            "There is no row to issue.",
            code="no-rows",
            action="Add rows below the header, or choose another policy with --duplicates.",
        )


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """The rows whose award was issued before."""

    lines: frozenset[int]
    skipped: frozenset[int]
    replaces: Mapping[int, Entry]
    problems: tuple[Problem, ...]


def duplicates_of(
    rows: Sequence[Row], request: Request, standing: Standing, column_of: Mapping[str, str]
) -> Duplicates:
    """Give the rows whose award stands in the ledger, treated as the policy says."""
    problems: dict[int, Problem] = {}
    replaces: dict[int, Entry] = {}
    for row in rows:
        numbers = (row.fields.get("issue_number", ""), row.fields.get("student_number", ""))
        same = standing.same(request.achievement.id, *numbers)
        if same:
            problems[row.line] = problem = _issued_before(row, same, request.duplicates, column_of)
            if problem.code == "duplicate-supersedes":
                replaces[row.line] = same[0]
    return Duplicates(
        lines=frozenset(problems),
        skipped=frozenset(line for line, each in problems.items() if each.code == "duplicate-skipped"),
        replaces=replaces,
        problems=tuple(problems.values()),
    )


def _issued_before(row: Row, same: Sequence[Entry], policy: str, column_of: Mapping[str, str]) -> Problem:
    first = same[0]
    student = row.fields.get("student_number")
    code, severity = "duplicate-kept", Severity.ERROR
    if student and first.student_number and first.student_number != student:
        code = "issue-number-taken"
    elif policy == "skip":
        code, severity = "duplicate-skipped", Severity.WARNING
    elif len(same) > 1:
        code = "duplicate-several"
    elif policy == "supersede":
        code, severity = "duplicate-supersedes", Severity.WARNING
    number = row.fields.get("issue_number")
    field_name = "issue_number" if number and number == first.issue_number else "student_number"
    value = row.fields.get(field_name, "")[:200]
    return Problem(
        code=code,
        severity=severity,
        row=row.line,
        column=column_of.get(field_name),
        value=value,
        facts=(("what", value),),
    )


def mapping_of(header: Sequence[str], request: Request) -> dict[str, str]:
    """Give column → field: what is asked for, and what is guessed. Raises: InputError."""
    from gakusho.issuer.fields import columns_for, field_named, guess_mapping

    guessed = guess_mapping(header, columns_for(request.achievement))
    for column, name in request.mapping.items():
        if column not in header:
            raise InputError(
                f"--map {column}={name}: the table has no column {column!r}.",
                action=f"Its columns are: {', '.join(header)}.",
            )
        if field_named(name, columns_for(request.achievement)) is None:
            known = ", ".join(each.name for each in columns_for(request.achievement))
            raise InputError(
                f"--map {column}={name}: there is no field {name!r}.", action=f"Fields: {known}."
            )
    chosen = set(request.mapping.values())
    return {
        **{column: name for column, name in guessed.items() if name not in chosen},
        **request.mapping,
    }


def _papers(place: Path) -> Any:
    from gakusho.issuer.papers import LARGEST_ARCHIVE, papers_of_folder, read_papers

    if not place.is_dir():
        return read_papers(read(place, LARGEST_ARCHIVE))
    names = sorted(file for file in place.iterdir() if file.is_file() and not file.name.startswith("."))
    return papers_of_folder((file.name, read(file, LARGEST_ARCHIVE)) for file in names)
