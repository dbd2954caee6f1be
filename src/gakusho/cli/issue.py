# SPDX-License-Identifier: Apache-2.0
"""``gakusho issue``: from a table to signed files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gakusho.cli.terminal import (
    EXIT_DONE,
    EXIT_REFUSED,
    Language,
    UsageError,
    language_of,
    problem_line,
    problem_object,
    say,
    say_json,
)

if TYPE_CHECKING:
    from gakusho.cli.desk import Plan, Request
    from gakusho.cli.sealing import Issued, Progress
    from gakusho.model.document import CodePlace
    from gakusho.model.problem import Problem


class Duplicates(StrEnum):
    """What happens to a row whose award was issued before."""

    REJECT = "reject"
    SKIP = "skip"
    SUPERSEDE = "supersede"


class DocumentKind(StrEnum):
    """The templates a page is set from."""

    DIPLOMA = "diploma"
    DIPLOMA_VERTICAL = "diploma-vertical"
    DEGREE_CERTIFICATE = "degree-certificate"
    GRADUATION = "graduation"
    EXPECTED_GRADUATION = "expected-graduation"
    TRANSCRIPT = "transcript"
    ENROLLMENT = "enrollment"
    COMPLETION = "completion"
    SPECIAL_PROGRAM = "special-program"
    MICRO_CREDENTIAL = "micro-credential"


class DocumentLanguage(StrEnum):
    """The languages a page is set in."""

    JA = "ja"
    EN = "en"
    BOTH = "ja-en"


Rows = Annotated[Path, typer.Option(metavar="FILE.csv", help="The table: one row an award.")]
AchievementFile = Annotated[Path, typer.Option(metavar="FILE.json", help="What is awarded.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the signed files go.")]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Format to write; give it again for more.",
        show_default="open-badges-3 and signed-pdf",
    ),
]
Pdf = Annotated[
    Path | None,
    typer.Option(metavar="DIR|ZIP", help="Your own PDFs, matched by issue number or file-name column."),
]
OnDuplicates = Annotated[Duplicates, typer.Option(help="What to do with rows issued before.")]
Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column holds; may be given again."),
]
PlaceOfCode = Annotated[
    str | None,
    typer.Option(
        metavar="CORNER[,MM,MM[,MM[,PAGE]]]",
        help="Where the QR code goes on your own PDFs: lower-right, lower-left, upper-right or upper-left, "
        "millimeters from that side and edge, of its side, and the page (-1: the last).",
        show_default="lower-right,10,10,22,1",
    ),
]
Document = Annotated[DocumentKind, typer.Option(help="Template of the page.")]
PageLanguage = Annotated[DocumentLanguage, typer.Option(help="Language of the page.")]
AwardedOn = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Date for rows that have none.")]

Endorsements = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Endorsement of the achievement to carry; may be given again."),
]


def issue(  # noqa: PLR0913  # one parameter an option
    *,
    rows: Rows,
    achievement: AchievementFile,
    out: Out = Path("out"),
    chosen: Formats = None,
    pdf: Pdf = None,
    code_place: PlaceOfCode = None,
    duplicates: OnDuplicates = Duplicates.REJECT,
    mapped: Mapped = None,
    document: Document = DocumentKind.DEGREE_CERTIFICATE,
    document_language: PageLanguage = DocumentLanguage.JA,
    awarded_on: AwardedOn = None,
    endorsement: Endorsements = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every problem; sign and write nothing.")
    ] = False,
    directory: Annotated[Path, typer.Option("--dir", help="Folder of the issuer.")] = Path(),
    lang: Annotated[Language | None, typer.Option(help="Language of the messages.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Issue signed credentials from a table: all of them, or none.

    A table of more than 50,000 rows is issued a piece at a time, on all cores, into a folder of its own.
    """
    from gakusho.cli.desk import Request, plan, read_achievement, refuse_errors
    from gakusho.cli.endorse import endorsed
    from gakusho.cli.folder import alone_in, open_folder
    from gakusho.cli.ledger import Ledger
    from gakusho.cli.sealing import issue as issue_files
    from gakusho.cli.sealing import page_setting

    request = Request(
        rows=rows,
        papers=pdf,
        achievement=endorsed(read_achievement(achievement), endorsement or []),
        formats=_formats(chosen),
        duplicates=duplicates.value,
        mapping=_mapping(mapped or []),
        document_kind=document.value,
        document_language=document_language.value,
        awarded_on=_day(awarded_on),
        code_place=_place(code_place),
    )
    open_folder(directory)  # tells plainly when there is none, before a lock file is made
    now = datetime.now(UTC)
    if _is_large(rows):
        return _issue_large(request, directory, out, now, language_of(lang), as_json=as_json, dry_run=dry_run)
    with alone_in(directory):
        folder, ledger = open_folder(directory), Ledger(directory)
        setting = page_setting(folder, request, now=now)
        planned = plan(request, ledger, today=datetime.now().astimezone().date(), setting=setting)
        if dry_run:
            return _tell_plan(planned, request, language_of(lang), as_json=as_json)
        refuse_errors(planned)
        with _progress(as_json=as_json) as progress:
            done = issue_files(folder, ledger, request, planned, out=out, now=now, progress=progress)
    _tell_done(done, out, directory, planned, as_json=as_json)
    return EXIT_DONE


def _place(said: str | None) -> CodePlace | None:
    """Give the place that an option says. Raises: UsageError."""
    from gakusho.model.document import CodePlace, misplaced

    if said is None:
        return None
    corner, *numbers = [part.strip() for part in said.split(",")]
    names = ("across", "down", "size", "page")[: len(numbers)]
    try:
        given = {name: float(number) for name, number in zip(names, numbers, strict=True)}
        page = int(given.pop("page", 1))
    except ValueError:
        raise UsageError(f"{said!r} is not a place.", action="Write lower-left,15,15,22,1.") from None
    place = CodePlace(corner=corner, page=page, **given)
    if wrong := misplaced(place):
        raise UsageError(
            f"The QR code has no such place: {', '.join(wrong)}.",
            action="Margins are 0 to 400 mm, the side 18 to 60 mm.",
        )
    return place


def _is_large(rows: Path) -> bool:
    from gakusho.issuer.pieces import is_large

    try:
        return is_large(rows)
    except OSError as error:
        raise UsageError(f"{rows} cannot be read: {error.strerror}.", action="Check the path.") from error


def _issue_large(
    request: Request,
    directory: Path,
    out: Path,
    now: datetime,
    language: str,
    *,
    as_json: bool,
    dry_run: bool,
) -> int:
    """Issue from a table too large for memory; what is told of it is short."""
    from gakusho.cli import large
    from gakusho.cli.folder import alone_in, open_folder
    from gakusho.cli.ledger import Ledger

    large.refuse_unfit(request)
    with alone_in(directory):
        folder, ledger = open_folder(directory), Ledger(directory)
        with _progress(as_json=as_json) as progress:
            today = datetime.now().astimezone().date()
            found = large.check(request, ledger, today=today, progress=progress)
            counts = {"rows": found.rows, "ready": found.ready, "skipped": found.skipped}
            if dry_run:
                return _tell_large(found.problems, counts, language, as_json=as_json)
            done = large.issue(folder, ledger, request, found, out=out, now=now, progress=progress)
    if as_json:
        say_json({"dry_run": False, "counts": counts, "issued": done.awards, "folder": str(done.folder)})
    else:
        say(f"{done.awards} issued into {done.folder}, each verified; {found.skipped} skipped.")
        _say_how_to_check(done.folder / done.first, directory / "documents")
    return EXIT_DONE


def _tell_large(
    problems: Sequence[Problem], counts: Mapping[str, int], language: str, *, as_json: bool
) -> int:
    from gakusho.model.problem import Severity

    if as_json:
        shown = [problem_object(each, language) for each in problems]
        say_json({"dry_run": True, "counts": dict(counts), "problems": shown})
    else:
        say(", ".join(f"{name}: {count}" for name, count in counts.items()))
        for problem in problems:
            say("  " + problem_line(problem, language))
    return EXIT_REFUSED if any(each.severity is Severity.ERROR for each in problems) else EXIT_DONE


def _formats(chosen: list[str] | None) -> tuple[str, ...]:
    from gakusho.cli.hosting import refuse_unhostable
    from gakusho.errors import UnknownFormatError

    names = tuple(
        dict.fromkeys(
            name.strip() for each in chosen or ["open-badges-3", "signed-pdf"] for name in each.split(",")
        )
    )
    for name in names:
        try:
            refuse_unhostable(name)
        except UnknownFormatError as error:
            raise UsageError(str(error), action="See: gakusho formats") from error
    return names


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, equals, name = pair.rpartition("=")
        if not equals or not column or not name:
            raise UsageError(f"--map: got {pair!r}, expected COLUMN=FIELD, such as 学籍番号=student_number.")
        mapping[column] = name
    return mapping


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"--awarded-on: got {text!r}, expected a day such as 2026-03-25.") from error


_COUNTS = {
    "ja": "{rows}行：発行可 {ready}、要確認 {warnings}、誤り {errors}、"
    "発行済み {duplicates}（{skipped}を飛ばす）",
    "en": "{rows} rows: {ready} ready, {warnings} with warnings, {errors} with errors, "
    "{duplicates} duplicates ({skipped} skipped)",
}
_PAPERS = {
    "ja": "PDFのない行 {unmatched_rows}、行のないPDF {unmatched_files}",
    "en": "{unmatched_rows} rows without a PDF, {unmatched_files} PDFs without a row",
}


def _tell_plan(planned: Plan, request: Request, language: str, *, as_json: bool) -> int:
    counts = planned.counts()
    if as_json:
        say_json(
            {
                "dry_run": True,
                "counts": counts,
                "encoding": planned.encoding,
                "mapping": dict(planned.mapping),
                "problems": [problem_object(each, language) for each in planned.problems],
            }
        )
    else:
        say(_COUNTS[language].format(**counts))
        if request.papers is not None:
            say(_PAPERS[language].format(**counts))
        for problem in planned.problems:
            say("  " + problem_line(problem, language))
    return EXIT_REFUSED if planned.errors else EXIT_DONE


def _tell_done(done: list[Issued], out: Path, directory: Path, planned: Plan, *, as_json: bool) -> None:
    if as_json:
        issued: list[dict[str, Any]] = [
            {
                "id": one.award.id,
                "issue_number": one.award.issue_number,
                "name": one.award.learner.name.full,
                "files": [str(out / file) for file in one.files],
            }
            for one in done
        ]
        say_json({"dry_run": False, "counts": planned.counts(), "issued": issued})
        return
    skipped = f", {planned.skipped} skipped" if planned.skipped else ""
    say(f"{len(done)} issued into {out}, each verified{skipped}.")
    if done:
        _say_how_to_check(out / done[0].files[0], directory / "documents")


def _say_how_to_check(file: Path, documents: Path) -> None:
    """Name a command that checks a file; of a copy made to choose from, the one that chooses first."""
    from gakusho.formats import recognize, to_show

    data = file.read_bytes()
    if to_show(recognize(data), data) != data:
        say(f"Show a part of one: gakusho disclose {file} --list")
    else:
        say(f"Check one: gakusho verify {file} --documents {documents}")


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Progress]:
    """Give what shows progress: a bar where a person watches, nothing where a program does."""
    if as_json or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("Issuing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("issue", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
