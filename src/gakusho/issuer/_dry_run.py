# SPDX-License-Identifier: Apache-2.0
"""The dry run: an upload read, matched and compared with what is kept; nothing is signed or mailed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import partial

from gakusho.errors import GakushoError, InputError
from gakusho.formats import Pages, set_on_pages
from gakusho.issuer._folding import courses_unsaid
from gakusho.issuer._kept import Doubled, doubled, living
from gakusho.issuer._opening import Opened, Told, untold
from gakusho.issuer._originals import unaddressed_kind, with_originals
from gakusho.issuer.choices import Choices
from gakusho.issuer.fields import COPY_OF, COURSE, RESULT, columns_for, field_named, guess_mapping
from gakusho.issuer.legible import Legibility, Setting
from gakusho.issuer.matching import Matches, match
from gakusho.issuer.papers import Papers, read_papers
from gakusho.issuer.rows import Defaults, Row, mapping_problems, read_rows
from gakusho.issuer.table import UploadedTable, read_table
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails
from gakusho.model.document import ADDRESSED, CodePlace
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Problem, Severity
from gakusho.store.files import Files
from gakusho.store.tables import ColumnMapping
from gakusho.store.work import Work

_TOLD_EVERY, _TOLD_PAPERS = 500, 20
_FIRST_ZONE = timezone(timedelta(hours=14))


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What a dry run looks at."""

    institution_id: str
    batch_id: str
    achievement_id: str
    achievement: Achievement
    issuer: Issuer
    document: DocumentDetails
    table: bytes
    table_name: str
    papers: bytes | None
    choices: Choices


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a dry run needs from outside."""

    opened: Opened
    files: Files
    now: datetime
    told: Told = untold


@dataclass(frozen=True, kw_only=True)
class DryRow:
    """A row and what would become of it."""

    row: Row
    state: str
    """``ready``, ``warning``, ``error`` or ``skipped``."""
    paper_name: str | None = None
    paper_file: str | None = None
    replaces: str | None = None
    doubles: bool = False


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What a dry run found."""

    table: UploadedTable
    mapping: Mapping[str, str]
    rows: tuple[DryRow, ...]
    file_problems: tuple[Problem, ...]
    unmatched_rows: int
    unmatched_files: int

    def counts(self) -> dict[str, int]:
        """Give the counts of the rows, by the names of ``Counts``."""
        states = [each.state for each in self.rows]
        return {
            "rows": len(states),
            "ready": states.count("ready") + states.count("warning"),
            "warnings": states.count("warning"),
            "errors": states.count("error"),
            "duplicates": sum(each.doubles for each in self.rows),
            "skipped": states.count("skipped"),
            "unmatched_rows": self.unmatched_rows,
            "unmatched_files": self.unmatched_files,
        }


def today_of(now: datetime) -> date:
    """Give the day it is where days begin first, so that nothing of today is called future anywhere."""
    return now.astimezone(_FIRST_ZONE).date()


def dry_run(look: Look, upload: Upload) -> DryRun:
    """Give what would become of every row; papers without an error are kept by their digest.

    Nothing is written into the database, and of it only some rows are looked at in one transaction.

    Raises:
        UnreadableError, LimitError: the table or the archive as a whole cannot be read.
        InputError: the mapping chosen does not fit the table.
    """
    choices = upload.choices
    pages = set_on_pages(choices.formats)
    look.told("reading", 0, upload.table.count(b"\n"))
    table = read_table(upload.table, upload.table_name, encoding=choices.encoding)
    with look.opened() as work:
        mapping = mapping_for(work, upload.institution_id, table.header, upload.achievement, choices.mapping)
    defaults = Defaults(
        today=today_of(look.now),
        awarded_on=choices.awarded_on,
        document_language=choices.document_language,
        notify=choices.notify,
    )
    columns = {field: column for column, field in mapping.items()}
    rows: Sequence[Row] = read_rows(
        table, mapping, upload.achievement, defaults, told=partial(look.told, "reading")
    )
    table = replace(table, rows=())  # the cells are in the rows now, and may be many
    rows, originals = _looked_into(look, upload, rows, columns)
    papers = read_papers(upload.papers) if upload.papers is not None else None
    matches = _matched(rows, papers, columns)
    compared = _compared(look, upload, rows, columns)
    by_row: dict[int, list[Problem]] = {}
    for problem in matches.problems:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    with_papers = _with_papers(look, compared, papers, matches, by_row, pages, choices.code_place)
    checked, illegible = _legible(look, upload, with_papers, columns, pages, originals)
    return DryRun(
        table=table,
        mapping=mapping,
        rows=tuple(checked),
        file_problems=(
            *mapping_problems(table, mapping, upload.achievement, defaults),
            *(papers.problems if papers else ()),
            *_unused(papers, pages),
            *courses_unsaid(mapping, choices.formats, choices.document_kind),
            *(_uncopied(upload, rows, pages)),
            *illegible,
            *(problem for problem in matches.problems if problem.row is None),
        ),
        unmatched_rows=len(matches.unmatched_rows),
        unmatched_files=len(matches.unmatched_files),
    )


def _looked_into(
    look: Look, upload: Upload, rows: Sequence[Row], columns: Mapping[str, str]
) -> tuple[Sequence[Row], dict[str, Award]]:
    """Give rows of copies with what their originals say, and the originals by id; other rows as they are."""
    if COPY_OF.name not in columns:
        return rows, {}
    out: list[Row] = []
    originals: dict[str, Award] = {}
    for start in range(0, len(rows), _TOLD_EVERY):
        some = rows[start : start + _TOLD_EVERY]
        with look.opened() as work:
            looked, found = with_originals(work, upload.institution_id, upload.achievement_id, some, columns)
        out += looked
        originals |= found
    return out, originals


def mapping_for(
    work: Work,
    institution_id: str,
    header: Sequence[str],
    achievement: Achievement,
    chosen: Mapping[str, str] | None,
) -> dict[str, str]:
    """Give column → field: as chosen, as remembered, or as guessed.

    Raises:
        InputError: a column or field is not there, or two columns go to one field.
    """
    known = columns_for(achievement)
    if chosen is not None:
        mapping = {column: field for column, field in chosen.items() if field}
        check_mapping(mapping, header, achievement)
        return mapping
    guessed = guess_mapping(header, known)
    kept = work.session.get(ColumnMapping, (institution_id, signature(header)))
    if kept is None:
        return guessed
    remembered = {column: str(field) for column, field in kept.mapping.items()}
    mapping = {column: field for column, field in remembered.items() if field_named(field, known)}
    for column, field in guessed.items():
        # results belong to one achievement each, so that a remembered header may say nothing of them
        if column not in remembered and field.startswith((RESULT, COURSE)):
            mapping[column] = field
    return mapping


def signature(header: Sequence[str]) -> str:
    """Give what a kind of file is known by: the SHA-256 of its header."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()


def check_mapping(mapping: Mapping[str, str], header: Sequence[str], achievement: Achievement) -> None:
    """Let a mapping pass that fits the header. Raises: InputError."""
    known = columns_for(achievement)
    for column, field in mapping.items():
        if column not in header:
            raise InputError(
                f"The table has no column {column!r}.",
                code="mapping.column",
                facts={"got": column[:200], "expected": ", ".join(header)[:500]},
                action="Choose the columns again.",
            )
        if field_named(field, known) is None:
            raise InputError(
                f"There is no field {field!r}.",
                code="mapping.field",
                facts={"got": field[:200], "expected": ", ".join(each.name for each in known)[:500]},
                action="Choose the fields again.",
            )
    taken = list(mapping.values())
    if repeated := next((field for field in taken if taken.count(field) > 1), None):
        raise InputError(
            f"Two columns are mapped to {repeated!r}.",
            code="mapping.twice",
            facts={"got": repeated[:200]},
            action="Leave one of them out.",
        )


def remember(work: Work, institution_id: str, header: Sequence[str], mapping: Mapping[str, str]) -> None:
    """Keep a mapping that was chosen, for the next table with this header."""
    key = signature(header)
    kept = work.session.get(ColumnMapping, (institution_id, key))
    if kept is None:
        kept = ColumnMapping(institution_id=institution_id, signature=key)
        work.session.add(kept)
    kept.mapping = dict(mapping)
    kept.changed_at = work.now


def _matched(rows: Sequence[Row], papers: Papers | None, columns: Mapping[str, str]) -> Matches:
    if papers is not None:
        return match(rows, papers.files, columns)
    named = [row for row in rows if row.fields.get("file")]
    return match(named, (), columns)


def _compared(look: Look, upload: Upload, rows: Sequence[Row], columns: Mapping[str, str]) -> list[DryRow]:
    """Give the rows compared with the awards that are kept, by the policy chosen."""
    choices = upload.choices
    found = doubled(look.opened, upload.institution_id, upload.achievement_id, upload.batch_id, rows)
    there = living(look.opened, upload.institution_id, choices.replaces.values())
    out: list[DryRow] = []
    for row in rows:
        double = found.get(row.line)
        replaces = choices.replaces.get(str(row.line))
        if replaces is not None:
            out.append(_replacing(row, replaces, double, there=replaces in there, columns=columns))
        elif double is None:
            out.append(DryRow(row=row, state="ready"))
        else:
            out.append(_by_policy(row, double, choices.duplicates, columns))
    return out


def _replacing(
    row: Row, replaces: str, double: Doubled | None, *, there: bool, columns: Mapping[str, str]
) -> DryRow:
    if not there:
        problem = Problem(code="replaces-gone", severity=Severity.ERROR, row=row.line)
        return DryRow(row=replace(row, problems=(*row.problems, problem)), state="error")
    if double is not None and double.award_id != replaces:
        return _by_policy(row, double, "reject", columns)
    return DryRow(row=row, state="ready", replaces=replaces)


def _by_policy(row: Row, double: Doubled, policy: str, columns: Mapping[str, str]) -> DryRow:
    code, severity, state = double.code, Severity.ERROR, "error"
    if policy == "skip" and code != "issue-number-taken":
        code, severity, state = "duplicate-skipped", Severity.WARNING, "skipped"
    elif policy == "supersede" and double.award_id:
        code, severity, state = "duplicate-supersedes", Severity.WARNING, "warning"
    field = next((name for name, value in row.fields.items() if value == double.what), "student_number")
    problem = Problem(
        code=code,
        severity=severity,
        row=row.line,
        column=columns.get(field),
        value=row.fields.get(field, "")[:200],
        facts=(("what", double.what),),
    )
    return DryRow(
        row=replace(row, problems=(*row.problems, problem)),
        state=state,
        replaces=double.award_id if code == "duplicate-supersedes" else None,
        doubles=True,
    )


def _unused(papers: Papers | None, pages: Sequence[Pages]) -> Iterator[Problem]:
    """Tell that papers were given where nothing is issued that could hold them."""
    if papers is not None and not pages:
        yield Problem(code="paper.unused", severity=Severity.WARNING)


def _uncopied(upload: Upload, rows: Sequence[Row], pages: Sequence[Pages]) -> Iterator[Problem]:
    """Tell what keeps copies from being addressed: the kind of document, or that there is no document."""
    if not pages or (upload.papers is None and upload.choices.document_kind not in ADDRESSED):
        yield from unaddressed_kind(rows)


def _legible(
    look: Look,
    upload: Upload,
    rows: list[DryRow],
    columns: Mapping[str, str],
    pages: Sequence[Pages],
    originals: Mapping[str, Award],
) -> tuple[list[DryRow], list[Problem]]:
    """Give the rows whose pages will be set from a template checked for glyphs, and what all pages lack."""
    if not pages:
        return rows, []
    setting = Setting(
        issuer=upload.issuer,
        achievement=upload.achievement,
        document=upload.document,
        now=look.now,
        pages=pages,
        originals=originals,
    )
    legibility = Legibility(setting, columns)
    out = []
    for place, each in enumerate(rows):
        if place % _TOLD_EVERY == 0:
            look.told("checking", place, len(rows))
        whole = "name" in each.row.fields and "awarded_on" in each.row.fields
        if whole and each.paper_file is None and each.state in ("ready", "warning"):
            row = legibility.checked(each.row)
            out.append(replace(each, row=row, state=_state(each.state, row.problems)))
        else:
            out.append(each)
    return out, list(legibility.of_all.values())


def _with_papers(
    look: Look,
    rows: Sequence[DryRow],
    papers: Papers | None,
    matches: Matches,
    by_row: Mapping[int, Sequence[Problem]],
    pages: Sequence[Pages],
    place: CodePlace | None,
) -> list[DryRow]:
    """Give the rows with their papers, checked and kept, and their final state."""
    out: list[DryRow] = []
    owner: dict[str, int] = {}
    for place_in_rows, each in enumerate(rows):
        if papers is not None and place_in_rows % _TOLD_PAPERS == 0:
            look.told("papers", place_in_rows, len(rows))
        line = each.row.line
        problems = [*each.row.problems, *by_row.get(line, ())]
        name = matches.papers.get(line)
        digest = None
        if papers is not None and name is not None and each.state != "skipped":
            found, digest = _checked_paper(look.files, papers, name, line, pages, place)
            problems += found
            if digest is not None and owner.setdefault(digest, line) != line:
                facts = (("rows", str(owner[digest])),)
                problems.append(
                    Problem(
                        code="paper.same-content", severity=Severity.WARNING, row=line, file=name, facts=facts
                    )
                )
        row = replace(each.row, problems=tuple(problems))
        out.append(
            replace(each, row=row, state=_state(each.state, problems), paper_name=name, paper_file=digest)
        )
    return out


def _checked_paper(
    files: Files, papers: Papers, name: str, line: int, pages: Sequence[Pages], place: CodePlace | None
) -> tuple[list[Problem], str | None]:
    try:
        data = papers.files[name]
    except GakushoError as error:
        return [Problem(code=error.code, severity=Severity.ERROR, row=line, file=name)], None
    found = dict.fromkeys(problem for each in pages for problem in each.check_paper(data, place))
    problems = [replace(problem, row=line, file=name) for problem in found]
    if any(problem.severity is Severity.ERROR for problem in problems):
        return problems, None
    return problems, files.put(data)


def _state(state: str, problems: Sequence[Problem]) -> str:
    if state == "skipped":
        return state
    severities = {problem.severity for problem in problems}
    if Severity.ERROR in severities:
        return "error"
    return "warning" if severities else "ready"
