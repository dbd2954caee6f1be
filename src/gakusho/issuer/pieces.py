# SPDX-License-Identifier: Apache-2.0
"""A table too large for memory, in pieces: each is a small table of its own, with the header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gakusho.errors import LimitError, UnreadableError
from gakusho.issuer._folding import has_courses
from gakusho.issuer.fields import COURSE_FIELDS, FIELDS, guess_mapping
from gakusho.issuer.table import LONGEST_CELL, MOST_COLUMNS, read_table

LARGEST_AT_ONCE = 20 * 1024 * 1024
MOST_AT_ONCE = 50_000
"""Bytes and lines of a table that is read at once."""
RECORDS = 500
"""Records of a piece."""
LONGEST_RECORD = 4 * LONGEST_CELL * MOST_COLUMNS
_ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "cp932": "cp932", "euc_jp": "euc_jp"}
"""In these a line feed and a quotation mark are bytes that nothing else has as a part."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some records of a table."""

    before: int
    """Records of the table before these, the header not counted."""
    data: bytes
    """A table of its own: the header, and these records."""
    encoding: str


def is_large(file: Path) -> bool:
    """Tell whether a table is cut into pieces: one of courses never is, its learners' rows may lie anywhere.

    Raises: OSError; UnreadableError, LimitError for a large one whose header cannot be read.
    """
    if file.stat().st_size <= LARGEST_AT_ONCE:
        with file.open("rb") as opened:
            lines = sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b""))
        if lines <= MOST_AT_ONCE:
            return False
    first = next(pieces(file, records=1), None)
    if first is None:
        return True
    header = read_table(first.data, encoding=first.encoding).header
    return not has_courses(guess_mapping(header, (*FIELDS, *COURSE_FIELDS)))


def pieces(file: Path, *, records: int = RECORDS) -> Iterator[Piece]:
    """Give the table's pieces in order; only one is in memory at a time.

    Raises: UnreadableError for a table in another encoding than UTF-8, CP932 or EUC-JP, or whose
    quotation marks do not close; LimitError for a record beyond all bounds; OSError.
    """
    found = _records(file)
    header = next(found, b"")
    while not header.strip(b"\xef\xbb\xbf\r\n\t ,;"):
        header = next(found, b"")
        if not header:
            raise UnreadableError("The table holds nothing.", code="table.empty")
    held: list[bytes] = []
    before, encoding = 0, ""
    for record in found:
        held.append(record)
        if len(held) < records:
            continue
        encoding = encoding or _encoding(header, held)
        yield Piece(before=before, data=_joined(header, held), encoding=encoding)
        before += len(held)
        held = []
    if held:
        encoding = encoding or _encoding(header, held)
        yield Piece(before=before, data=_joined(header, held), encoding=encoding)


def _records(file: Path) -> Iterator[bytes]:
    """Give the bytes of each record: a line feed within quotation marks does not end one."""
    with file.open("rb") as opened:
        lines: list[bytes] = []
        length = quotes = 0
        for line in iter(lambda: opened.readline(LONGEST_RECORD + 1), b""):
            lines.append(line)
            length += len(line)
            quotes += line.count(b'"')
            if length > LONGEST_RECORD:
                raise LimitError(
                    "A record of the table is too long, or a quotation mark is never closed.",
                    code="table.cell",
                    facts={"got": length, "expected": LONGEST_RECORD},
                )
            if quotes % 2 == 0:
                yield b"".join(lines)
                lines = []
                length = quotes = 0
        if lines:
            yield b"".join(lines)


def _joined(header: bytes, records: list[bytes]) -> bytes:
    return b"".join([header.removeprefix(b"\xef\xbb\xbf"), *records])


def _encoding(header: bytes, records: list[bytes]) -> str:
    found = read_table(b"".join([header, *records])).encoding
    if found not in _ENCODINGS:
        raise UnreadableError(
            f"A table of this size is read in UTF-8, not in {found}.",
            code="table.encoding",
            facts={"got": found, "expected": "UTF-8"},
            action="Save it as “CSV UTF-8 (Comma delimited)”.",
        )
    return _ENCODINGS[found]
