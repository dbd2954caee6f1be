# SPDX-License-Identifier: Apache-2.0
"""``gakusho issue`` for tables too large for memory: the same rules, a piece at a time, on all cores.

Twice through the table: first every row is read and compared, and nothing is issued while one is faulty;
then each piece is composed, sealed, verified and written. The files stand in a new folder that appears when
all are there; the ledger, the status lists and the profile change with it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import uuid
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import orjson

from gakusho.cli import desk
from gakusho.cli.desk import Request
from gakusho.cli.disclosure import keys_for
from gakusho.cli.folder import PROFILE, Folder, Profile, StatusLists, profile_bytes
from gakusho.cli.ledger import Ledger, Standing
from gakusho.cli.published import credential_key, did_documents, new_lists, next_index, places, status_lists
from gakusho.cli.sealing import Names, Progress, award_files, document_details, event, status_entries
from gakusho.cli.staging import not_written, write_all
from gakusho.cli.terminal import UsageError
from gakusho.errors import ConflictError, LimitError, RowsError, UnreadableError
from gakusho.formats import Carries, Hosted, Sealing, format_named, set_on_pages
from gakusho.issuer._folding import has_courses
from gakusho.issuer.issue import issue as seal_and_verify
from gakusho.issuer.pieces import Piece, pieces
from gakusho.issuer.rows import Defaults, Row, read_rows
from gakusho.issuer.spread import spread
from gakusho.issuer.table import UploadedTable, read_table
from gakusho.model.problem import Problem, Severity

MOST_ROWS = 5_000_000
MOST_PROBLEMS = 1_000
"""Problems told of one table."""
_UNIQUE = ("student_number", "issue_number")


@dataclass(kw_only=True)
class Found:
    """What the first way through the table found."""

    rows: int = 0
    ready: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    """At most ``MOST_PROBLEMS``; errors stay when there are more."""
    per_piece: list[int] = field(default_factory=list)
    """Rows to issue of each piece."""

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop the batch."""
        return [each for each in self.problems if each.severity is Severity.ERROR]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was issued."""

    awards: int
    folder: Path
    first: str
    """Name of the first file, in the folder."""


def refuse_unfit(request: Request) -> None:
    """Let pass what can be issued from a table of this size. Raises: UsageError."""
    if set_on_pages(request.formats) or any(
        isinstance(format_named(each), Carries | Hosted) for each in request.formats
    ):
        raise UsageError(
            "A table of this size is issued without pages or a host: give the formats, such as "
            "--format open-badges-3."
        )
    if request.papers is not None or request.duplicates == "supersede":
        raise UsageError("A table of this size is issued without --pdf and without --duplicates supersede.")


def check(request: Request, ledger: Ledger, *, today: date, progress: Progress) -> Found:
    """Give what all rows are like, read on all cores; nothing is signed. Raises: InputError."""
    reading = _Reading(request, ledger.standing(), today)
    found = Found()
    seen = {name: array("Q") for name in _UNIQUE}
    for one in spread(reading.checked, pieces(request.rows)):
        found.rows += one.rows
        found.ready += one.ready
        found.skipped += one.skipped
        found.per_piece.append(one.ready)
        _keep(found, one.problems)
        for name in _UNIQUE:
            seen[name].frombytes(one.numbers[name])
        progress(found.rows, found.rows)
        if found.rows > MOST_ROWS:
            raise LimitError("The table has too many rows.", facts={"got": found.rows, "expected": MOST_ROWS})
    twice = {name: _twice(numbers) for name, numbers in seen.items()}
    if any(twice.values()):
        for problems in spread(reading.having(twice), pieces(request.rows)):
            _keep(found, problems)
    return found


def _keep(found: Found, problems: Sequence[Problem]) -> None:
    errors = [each for each in problems if each.severity is Severity.ERROR]
    room = MOST_PROBLEMS - len(found.problems)
    found.problems += problems[:room] if len(problems) <= room else [*errors, *problems][: max(room, 1)]


def _twice(numbers: array[int]) -> frozenset[int]:
    ordered = sorted(numbers)
    return frozenset(one for one, next_ in pairwise(ordered) if one == next_)


@dataclass(frozen=True, kw_only=True)
class _Checked:
    rows: int
    ready: int
    skipped: int
    problems: tuple[Problem, ...]
    numbers: dict[str, bytes]


class _Reading:
    """How a piece is read; the processes have copies of it."""

    def __init__(self, request: Request, standing: Standing, today: date) -> None:
        self._request = request
        self._standing = standing
        self._defaults = Defaults(
            today=today,
            awarded_on=request.awarded_on,
            document_language=request.document_language,
            notify=False,
        )

    def rows(self, piece: Piece) -> tuple[tuple[Row, ...], dict[str, str]]:
        """Give the rows, with the lines of the whole table, and column by field."""
        try:
            table = read_table(piece.data, encoding=piece.encoding)
        except UnreadableError as error:
            if error.code == "table.no-rows":
                return (), {}
            line = int(str(error.facts.get("row", "1"))) + piece.before
            raise UnreadableError(
                f"{error} Line {line} of the table.",
                code=error.code,
                action=error.action,
                facts={**error.facts, "row": str(line)},
            ) from None
        mapping = desk.mapping_of(table.header, self._request)
        if has_courses(mapping):
            raise UsageError("A table of this size has one row an award, not one row a course.")
        rows = read_rows(_moved(table, piece.before), mapping, self._request.achievement, self._defaults)
        return rows, {name: column for column, name in mapping.items()}

    def ready(self, piece: Piece) -> tuple[Row, ...]:
        """Give the rows to issue."""
        rows, column_of = self.rows(piece)
        skipped = desk.duplicates_of(rows, self._request, self._standing, column_of).skipped
        return tuple(row for row in rows if row.line not in skipped)

    def checked(self, piece: Piece) -> _Checked:
        """Give what a piece's rows are like."""
        rows, column_of = self.rows(piece)
        before = desk.duplicates_of(rows, self._request, self._standing, column_of)
        problems = [problem for row in rows for problem in row.problems]
        problems += before.problems
        faulty = {each.row for each in problems if each.severity is Severity.ERROR}
        ready = [row for row in rows if row.line not in faulty and row.line not in before.skipped]
        return _Checked(
            rows=len(rows),
            ready=len(ready),
            skipped=len(before.skipped),
            problems=tuple(problems[:MOST_PROBLEMS]),
            numbers={name: array("Q", _digests(rows, name)).tobytes() for name in _UNIQUE},
        )

    def having(self, twice: dict[str, frozenset[int]]) -> Callable[[Piece], list[Problem]]:
        """Give what tells, of a piece, the rows whose number stands in the table twice."""

        def problems(piece: Piece) -> list[Problem]:
            rows, column_of = self.rows(piece)
            return [
                Problem(
                    code=f"duplicate-{name.replace('_', '-')}",
                    severity=Severity.ERROR,
                    row=row.line,
                    column=column_of.get(name),
                    value=row.fields[name][:200],
                    facts=(("rows", "…"),),
                )
                for name in _UNIQUE
                for row in rows
                if row.fields.get(name) and _digest(row.fields[name]) in twice[name]
            ][:MOST_PROBLEMS]

        return problems


def _moved(table: UploadedTable, before: int) -> UploadedTable:
    return replace(table, rows=tuple((line + before, cells) for line, cells in table.rows))


def _digests(rows: Sequence[Row], name: str) -> Iterator[int]:
    return (_digest(row.fields[name]) for row in rows if row.fields.get(name))


def _digest(value: str) -> int:
    # 64 bits: two numbers of a million fall together by chance once in 37 million tables
    return int.from_bytes(blake2b(value.casefold().encode(), digest_size=8).digest())


# --- issuing ----------------------------------------------------------------------------------------


def issue(
    folder: Folder,
    ledger: Ledger,
    request: Request,
    found: Found,
    *,
    out: Path,
    now: datetime,
    progress: Progress,
) -> Done:
    """Give what was issued: every row, verified and written, or nothing.

    Raises: RowsError, InputError; ConflictError when an award would not verify; UnreachableError when
    the disk is full.
    """
    if found.errors:
        raise RowsError(f"{len(found.errors)} problems stand in the way; nothing was issued.", found.problems)
    profile, ranges = _ranges(ledger, folder.profile, found.per_piece)
    folder = folder.with_profile(profile)
    secret = folder.secret()
    key = credential_key(folder, secret)
    disclosing = keys_for(folder, request.formats, secret=secret, now=now)
    folder, profile = disclosing.folder, disclosing.folder.profile
    used = {each.lists.number: each.lists for part in ranges for each in part}
    documents = did_documents(profile)
    for lists in used.values():
        documents |= status_lists(profile, ledger, key, lists, now)
    sealing = Sealing(now=now, credential_key=key, more_keys=disclosing.keys)
    name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    with _new_folder(out, name) as staged:
        work = _Issuing(folder, request, ledger, sealing, documents, staged)
        first, awards = "", 0
        events = staged.with_name(f"{staged.name}.jsonl")
        try:
            with events.open("xb") as lines:
                if ledger.file.exists():
                    with ledger.file.open("rb") as before:
                        shutil.copyfileobj(before, lines)
                for count, some, file in spread(work.issued, _parts(request.rows, ranges)):
                    lines.write(some)
                    awards, first = awards + count, first or file
                    progress(awards, found.ready)
                if awards != found.ready:
                    raise _changed()
                lines.flush()
                os.fsync(lines.fileno())
            kept = {folder.path / PROFILE: profile_bytes(profile), **places(folder, documents)}
            kept |= disclosing.files
            _move_out(kept, events, ledger.file, staged, out / name)
        except OSError as error:
            raise not_written(error) from error
        finally:
            events.unlink(missing_ok=True)
    return Done(awards=awards, folder=out / name, first=first)


@dataclass(frozen=True, kw_only=True)
class _Places:
    """Some places of one status list."""

    lists: StatusLists
    indexes: tuple[int, ...]


def _ranges(
    ledger: Ledger, profile: Profile, per_piece: Sequence[int]
) -> tuple[Profile, list[list[_Places]]]:
    """Give each piece its places, at random in the lists there are, then in new ones."""
    draw = secrets.SystemRandom()
    profile, lists, taken = next_index(ledger, profile)
    free: list[int] = []
    first = True
    ranges: list[list[_Places]] = []
    wanted = sum(per_piece)
    for count in per_piece:
        part: list[_Places] = []
        left = count
        while left:
            if not free:
                if not first:
                    lists = new_lists(profile.issuer.id, lists.number + 1)
                    profile = replace(profile, lists=(*profile.lists, lists))
                    taken = set()
                first = False
                free = [each for each in range(lists.length) if each not in taken]
                room = max(lists.length * 9 // 10 - len(taken), 0)
                free = draw.sample(free, min(room, wanted))
                wanted -= len(free)
                continue
            taking = min(left, len(free))
            part.append(_Places(lists=lists, indexes=tuple(free[:taking])))
            del free[:taking]
            left -= taking
        ranges.append(part)
    return profile, ranges


def _parts(rows: Path, ranges: Sequence[list[_Places]]) -> Iterator[tuple[int, Piece, list[_Places]]]:
    return (
        (number, piece, part) for number, (piece, part) in enumerate(zip(pieces(rows), ranges, strict=False))
    )


class _Issuing:
    """How a piece is issued; the processes have copies of it."""

    def __init__(
        self,
        folder: Folder,
        request: Request,
        ledger: Ledger,
        sealing: Sealing,
        documents: dict[str, bytes],
        out: Path,
    ) -> None:
        self._folder = folder
        self._request = request
        self._reading = _Reading(request, ledger.standing(), sealing.now.date())
        self._sealing = sealing
        self._documents = documents
        self._out = out

    def issued(self, part: tuple[int, Piece, list[_Places]]) -> tuple[int, bytes, str]:
        """Give how many, the ledger's lines, and the first file, once all files are written."""
        from gakusho.issuer.compose import compose

        number, piece, given = part
        rows = self._reading.ready(piece)
        where = [(each.lists, index) for each in given for index in each.indexes]
        if len(rows) != len(where):
            raise _changed()
        document = document_details(self._folder, self._request)
        awards = []
        for row, (lists, index) in zip(rows, where, strict=True):
            award_id = f"urn:uuid:{uuid.uuid4()}"
            awards.append(
                compose(
                    row,
                    issuer=self._folder.profile.issuer,
                    achievement=self._request.achievement,
                    award_id=award_id,
                    status=status_entries(award_id, lists, index),
                    document=document,
                    now=self._sealing.now,
                )
            )
        if not awards:
            return 0, b"", ""
        sealed = seal_and_verify(
            awards, formats=self._request.formats, sealing=self._sealing, documents=self._documents
        )
        each_format = len(sealed) // len(awards)
        folder = f"{number:05}"
        (self._out / folder).mkdir()
        names = Names()
        lines, first = [], ""
        for place, (award, (lists, _)) in enumerate(zip(awards, where, strict=True)):
            parts = sealed[place * each_format : (place + 1) * each_format]
            files = award_files(names.next(award), award, parts, self._request.formats)
            for file, data in files.items():
                (self._out / folder / file).write_bytes(data)
            paths = [f"{self._out.name.removeprefix('.')}/{folder}/{file}" for file in files]
            first = first or f"{folder}/{next(iter(files))}"
            lines.append(
                orjson.dumps(event(award, lists, paths, self._sealing.now), option=orjson.OPT_APPEND_NEWLINE)
            )
        return len(awards), b"".join(lines), first


def _changed() -> ConflictError:
    return ConflictError(
        "The table was changed while it was issued; nothing is kept.",
        code="table-changed",
        action="Run it again, and leave the file alone meanwhile.",
    )


class _new_folder:  # noqa: N801  # used as a function
    """A hidden folder beside its final place, gone again unless it was moved."""

    def __init__(self, out: Path, name: str) -> None:
        self._out = out
        self._staged = out / f".{name}"

    def __enter__(self) -> Path:
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            self._staged.mkdir()
        except OSError as error:
            raise not_written(error) from error
        return self._staged

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._staged, ignore_errors=True)


def _move_out(kept: dict[Path, bytes], events: Path, ledger: Path, staged: Path, place: Path) -> None:
    """Put everything into its place. The ledger first: what it does not know of could never be revoked."""
    if hasattr(os, "sync"):
        os.sync()
    with tempfile.TemporaryDirectory(dir=ledger.parent, prefix=".ledger-") as aside:
        before = Path(aside) / "before"
        if ledger.exists():
            os.link(ledger, before)
        undo = write_all(kept)
        try:
            events.replace(ledger)
            staged.rename(place)
        except BaseException:
            if before.exists():
                before.replace(ledger)
            else:
                ledger.unlink(missing_ok=True)
            undo()
            raise
