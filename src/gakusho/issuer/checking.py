# SPDX-License-Identifier: Apache-2.0
"""Large uploads: dry-run by the durable jobs, so that nobody else waits for the database meanwhile.

What is uploaded is kept at once; the batch is ``checking`` until its dry run is done, and nothing of it can
be seen before. Rows are written some at a time. Whatever stops it in between, it begins again: the rows
that are there by then are removed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import delete, select

from gakusho.issuer import _drafts, batches
from gakusho.issuer._batch_files import file_name, table_of, without_controls
from gakusho.issuer._batch_views import BatchView, Check
from gakusho.issuer._content import digest
from gakusho.issuer._dry_run import DryRow, Look, check_mapping, dry_run
from gakusho.issuer._opening import apart
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.achievements import usable
from gakusho.issuer.choices import Choices
from gakusho.issuer.institutions import institution
from gakusho.model.problem import Problem
from gakusho.store.files import Files
from gakusho.store.ids import new_id
from gakusho.store.tables import Batch, BatchRow
from gakusho.store.work import Work, Workplace

LARGE_TABLE, LARGE_PAPERS = 2 * 1024 * 1024, 16 * 1024 * 1024
LARGE_LINES = 5_000
"""Bytes and lines up to which an upload is dry-run at once: about a second."""
PIECE = 250
PIECE_BYTES = 2 * 1024 * 1024
"""Rows, and their characters, written or removed in one transaction."""
_NOTHING = dict.fromkeys(
    ("rows", "ready", "warnings", "errors", "duplicates", "skipped", "unmatched_rows", "unmatched_files"), 0
)


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """A table and papers as they were sent; large ones are in the files already."""

    table: bytes
    table_name: str
    papers: bytes | None
    large: bool


def uploaded(files: Files, table: bytes, table_name: str, papers: bytes | None = None) -> Uploaded:
    """Give what was sent, kept in the files if it is large: writing it takes longer than others should wait.

    Raises: UnreachableError when the files are full.
    """
    large = (
        len(table) > LARGE_TABLE
        or table.count(b"\n") > LARGE_LINES
        or (papers is not None and len(papers) > LARGE_PAPERS)
    )
    if large:
        files.put(table)
        if papers is not None:
            files.put(papers)
    return Uploaded(table=table, table_name=table_name, papers=papers, large=large)


def uploaded_rows(files: Files, rows: Sequence[Mapping[str, str]]) -> Uploaded:
    """Give rows of a program as the table they make; the first is number 2. Raises: as ``uploaded``."""
    return uploaded(files, table_of(rows), "rows.csv")


def create(
    work: Work,
    actor: Actor,
    *,
    achievement_id: str,
    upload: Uploaded,
    choices: Choices | None = None,
    name: str = "",
) -> BatchView:
    """Give a new batch: a draft, or ``checking`` where the upload is large and the jobs have to look at it.

    Raises: as ``batches.create``; what is wrong with a large upload as a whole is told later, in the batch.
    """
    table, table_name, papers = upload.table, upload.table_name, upload.papers
    if not upload.large:
        return batches.create(
            work,
            actor,
            achievement_id=achievement_id,
            table=table,
            table_name=table_name,
            papers=papers,
            choices=choices,
            name=name,
        )
    require(actor, Role.PREPARE)
    usable(work, actor.institution_id, achievement_id)
    choices = choices or Choices()
    batches.check_chosen(institution(work, actor.institution_id), choices)
    row = Batch(
        id=new_id(),
        institution_id=actor.institution_id,
        achievement_id=achievement_id,
        name=without_controls(name)[:200] or file_name(table_name)[:200],
        table_name=file_name(table_name),
        table_file=work.files.put(table),
        papers_file=work.files.put(papers) if papers is not None else None,
        counts={"header": [], "mapping": {}, "encoding": "", "delimiter": "", "makers": []},
        prepared_by=actor.person_id,
        created_at=work.now,
    )
    _begin(row, actor, choices)
    work.session.add(row)
    work.session.flush()
    record(work, actor, "batch.create", row.id, {"lines": table.count(b"\n")})
    return batches.view_of(work, row, actor)


def change(
    work: Work,
    actor: Actor,
    batch_id: str,
    *,
    upload: Uploaded | None = None,
    papers: bytes | None = None,
    choices: Choices | None = None,
) -> BatchView:
    """Give the batch with what is given anew, dry-run again; a large one is ``checking``.

    ``papers`` are given here where the table stays. Raises: as ``batches.change``.
    """
    require(actor, Role.PREPARE)
    row = _drafts.found(work, actor.institution_id, batch_id, lock=True)
    large = bool(row.counts.get("large")) or (upload is not None and upload.large)
    papers = upload.papers if upload else papers
    if not large and not (papers is not None and len(papers) > LARGE_PAPERS):
        return batches.change(
            work,
            actor,
            batch_id,
            table=upload.table if upload else None,
            table_name=upload.table_name if upload else None,
            papers=papers,
            choices=choices,
        )
    _drafts.expect(row, "checking", "draft", "submitted", "approved")
    choices = choices or batches.choices_of(row)
    batches.check_chosen(
        institution(work, row.institution_id), choices, before=(row.choices or {}).get("formats", ())
    )
    if upload is None and choices.mapping is not None and row.counts["header"]:
        achievement = usable(work, row.institution_id, row.achievement_id).achievement
        mapping = {column: field for column, field in choices.mapping.items() if field}
        check_mapping(mapping, row.counts["header"], achievement)
    if upload is not None:
        row.table_file, row.table_name = work.files.put(upload.table), file_name(upload.table_name)
    if papers is not None:
        row.papers_file = work.files.put(papers)
    _drafts.void(row)
    _begin(row, actor, choices)
    record(work, actor, "batch.change", row.id, {})
    return batches.view_of(work, row, actor)


def _begin(row: Batch, actor: Actor, choices: Choices) -> None:
    """Let the jobs look at the upload; nothing of an earlier look is shown any more."""
    row.state, row.failure, row.content_digest = "checking", None, None
    row.choices = _drafts.kept_choices(choices)
    row.counts = {
        **row.counts,
        "counts": _NOTHING,
        "file_problems": [],
        "large": True,
        "makers": list(dict.fromkeys([*row.counts["makers"], actor.person_id])),
        "check": {"id": new_id(), "by": actor.person_id, "beat": 0, **vars(Check())},
    }


def is_checking(work: Work, batch_id: str) -> bool:
    """Tell whether the upload of a batch is to be dry-run by the jobs."""
    return work.session.scalar(select(Batch.state).where(Batch.id == batch_id)) == "checking"


def beat(work: Work, batch_id: str) -> int:
    """Give a number that grows while a batch's upload is dry-run; 0 when it is not."""
    row = work.session.get(Batch, batch_id, populate_existing=True)
    return int(row.counts["check"]["beat"]) if row is not None and row.state == "checking" else 0


def run(workplace: Workplace, batch_id: str, stopping: Callable[[], bool]) -> None:
    """Dry-run the upload of a batch that is ``checking`` and make it a draft, unless it is changed meanwhile.

    Raises: what a dry run raises for an upload that cannot be used as a whole.
    """
    with suppress(_DroppedError):
        _Run(workplace, batch_id, stopping).run()


class _DroppedError(Exception):
    """Somebody withdrew or changed the batch, another process looks at it, or this one is stopping."""


class _Run:
    """One dry run of a large upload; of two at the same batch the one begun later goes on."""

    def __init__(self, workplace: Workplace, batch_id: str, stopping: Callable[[], bool]) -> None:
        self._workplace = workplace
        self._batch_id = batch_id
        self._stopping = stopping
        self._name = new_id()
        self._said = ("", -1)

    def run(self) -> None:
        """Look at the upload, and keep what was found."""
        with self._workplace.work() as work:
            row = _locked(work, self._batch_id)
            row.counts = {**row.counts, "check": {**row.counts["check"], "run": self._name}}
            by, names = row.counts["check"]["by"], (row.table_file, row.papers_file)
        files = self._workplace.files
        table, papers = files.get(names[0]), files.get(names[1]) if names[1] else None
        with self._workplace.work(read_only=True) as work:
            row = _drafts.any_of(work, self._batch_id)
            choices = batches.choices_of(row)
            upload = batches.upload_of(
                work, row, choices, table=table, table_name=row.table_name, papers=papers
            )
        look = Look(opened=apart(self._workplace), files=files, now=self._workplace.clock(), told=self._told)
        del table, papers
        found = dry_run(look, upload)
        self._write(found.rows)
        digested = _drafts.digested(apart(self._workplace), self._batch_id)
        with self._mine() as (work, row):
            _drafts.settle(work, row, found, choices, by)
            row.counts = {**row.counts, "large": True}
            row.content_digest = digested.digest
            record(
                work, None, "batch.checked", row.id, {"institution_id": row.institution_id, **found.counts()}
            )

    def _write(self, rows: Sequence[DryRow]) -> None:
        """Write the rows in the place of earlier ones, some in each transaction."""
        of_batch = BatchRow.batch_id == self._batch_id
        last: int | None = 0
        while last is not None:
            with self._mine() as (work, _):
                some = select(BatchRow.number).where(of_batch).order_by(BatchRow.number).limit(PIECE)
                last = max(work.session.scalars(some), default=None)
                if last is not None:
                    work.session.execute(delete(BatchRow).where(of_batch, BatchRow.number <= last))
        done = 0
        for piece in _pieces(rows):
            with self._mine() as (work, row):
                _drafts.insert_rows(work, self._batch_id, piece)
                done += len(piece)
                _beat(row, "keeping", done, len(rows))

    def _told(self, phase: str, done: int, total: int) -> None:
        """Write how far it is, at each fiftieth of a phase."""
        said = (phase, done * 50 // max(total, 1))
        if said != self._said:
            self._said = said
            with self._mine() as (_, row):
                _beat(row, phase, done, total)

    @contextmanager
    def _mine(self) -> Iterator[tuple[Work, Batch]]:
        """Open a short transaction on the batch, as long as it is this run's. Raises: _DroppedError."""
        with self._workplace.work() as work:
            row = _locked(work, self._batch_id)
            if self._stopping() or row.counts["check"].get("run") != self._name:
                raise _DroppedError
            yield work, row


def _locked(work: Work, batch_id: str) -> Batch:
    row = work.session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "checking":
        raise _DroppedError
    return row


def _beat(row: Batch, phase: str, done: int, total: int) -> None:
    check = row.counts["check"]
    now = {"phase": phase, "done": done, "total": total, "beat": check["beat"] + 1}
    row.counts = {**row.counts, "check": {**check, **now}}


def _pieces(rows: Sequence[DryRow]) -> Iterator[list[DryRow]]:
    """Give the rows in pieces that are written in a moment: a row may hold the courses of one learner."""
    piece: list[DryRow] = []
    size = 0
    for each in rows:
        piece.append(each)
        size += sum(map(len, each.row.fields.values()))
        if len(piece) >= PIECE or size >= PIECE_BYTES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def look_only(
    workplace: Workplace,
    actor: Actor,
    *,
    achievement_id: str,
    upload: Uploaded,
    choices: Choices | None = None,
    name: str = "",
) -> tuple[BatchView, list[Problem]]:
    """Give a draft as it would be, and what is wrong with its rows; nothing is written into the database.

    Raises: as ``batches.create``.
    """
    require(actor, Role.PREPARE)
    choices = choices or Choices()
    now = workplace.clock()
    with workplace.work(read_only=True) as work:
        batches.check_chosen(institution(work, actor.institution_id), choices)
        row = Batch(
            id=new_id(),
            institution_id=actor.institution_id,
            achievement_id=usable(work, actor.institution_id, achievement_id).id,
            name=without_controls(name)[:200] or file_name(upload.table_name)[:200],
            table_name=file_name(upload.table_name),
            choices=_drafts.kept_choices(choices),
            prepared_by=actor.person_id,
            created_at=now,
        )
        wanted = batches.upload_of(
            work, row, choices, table=upload.table, table_name=row.table_name, papers=upload.papers
        )
    found = dry_run(Look(opened=apart(workplace), files=workplace.files, now=now), wanted)
    with workplace.work(read_only=True) as work:
        _drafts.describe(row, found, actor.person_id)
        rows = (
            (each.row.line, each.row.fields, each.paper_file, each.replaces)
            for each in found.rows
            if each.state in ("ready", "warning")
        )
        row.content_digest = digest(_drafts.common(work, row), row.choices, rows)
        view = batches.view_of(work, row, actor)
    return view, [problem for each in found.rows if each.state != "ready" for problem in each.row.problems]
