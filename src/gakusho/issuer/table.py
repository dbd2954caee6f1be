# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a CSV to a table."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gakusho.errors import LimitError, UnreadableError
from gakusho.issuer._encodings import decoded
from gakusho.issuer.fields import is_known_header

LARGEST_TABLE = 100 * 1024 * 1024  # bytes
MOST_ROWS = 1_000_000
"""Lines: 10,000 learners with 60 courses each have 600,000. Of awards there may be fewer (``rows``)."""
MOST_COLUMNS = 200
MOST_CELLS = 12_000_000
LONGEST_CELL = 10_000  # characters

_DELIMITERS = (",", "\t", ";")
_SAMPLE_RECORDS = 20
_REMEMBERED = 100_000
_MAGICS = (
    (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "gzip"),
)


@dataclass(frozen=True, kw_only=True)
class UploadedTable:
    """A table as it was uploaded: headers are trimmed, cells are as they stood."""

    header: tuple[str, ...]
    """A column without a header is called by its place: ``#3``."""
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Line as a spreadsheet counts it (the header is 1), and the cells; empty lines are left out."""
    encoding: str
    """``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp932``, ``iso2022_jp`` or ``euc_jp``, as found."""
    delimiter: str
    """``,``, tab or ``;``, as found."""
    name: str = ""


def read_table(data: bytes, name: str = "", *, encoding: str | None = None) -> UploadedTable:
    """Give the table in the bytes of a CSV (RFC 4180; comma, tab or semicolon; CR, LF or CRLF).

    Bounds: ``LARGEST_TABLE``, ``MOST_ROWS``, ``MOST_COLUMNS``, ``MOST_CELLS``, ``LONGEST_CELL``.
    ``encoding`` overrides what would be found.

    Raises:
        UnreadableError: it is no such table; ``facts["row"]`` says where, if it is at one place.
        LimitError: it is beyond a bound.
    """
    if len(data) > LARGEST_TABLE:
        raise _beyond("table.bytes", len(data), LARGEST_TABLE, "The table is too large")
    _refuse_other_kinds(data)
    text, found = decoded(data, is_known_header, encoding)
    if not text.strip("\r\n\t ,;\u3000"):
        raise _unreadable("table.empty", "The file is empty.", "Upload a table with a header and rows.")
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    first_line, header = next(((line, cells) for line, cells in records if any(cells)), (1, []))
    rows = []
    count = 0
    same: dict[str, str] = {}
    for line, cells in records:
        if any(cells):
            if len(same) > _REMEMBERED:
                same.clear()
            # what stands in many rows, as a course and its grade do, is held once
            rows.append((line, tuple([same.setdefault(cell, cell) for cell in cells])))
            count += len(cells)
            if len(rows) > MOST_ROWS:
                raise _beyond("table.rows", MOST_ROWS + 1, MOST_ROWS, "The table has too many rows")
            if count > MOST_CELLS:
                raise _beyond("table.cells", MOST_CELLS + 1, MOST_CELLS, "The table has too many cells")
    if not rows:
        raise _unreadable(
            "table.no-rows",
            "The table has a header and no rows.",
            "Add one row for each person.",
            row=first_line,
        )
    return _shaped(header, rows, first_line, found, delimiter, name)


def _shaped(
    header: list[str],
    rows: list[tuple[int, tuple[str, ...]]],
    header_line: int,
    encoding: str,
    delimiter: str,
    name: str,
) -> UploadedTable:
    """Give the table without the columns that have neither header nor any cell."""
    names = [unicodedata.normalize("NFC", cell.strip()) for cell in header]
    while names and not names[-1]:
        place = len(names) - 1
        if any(len(cells) > place and cells[place] for _, cells in rows):
            break
        names.pop()
        rows = [(line, cells[:place] + cells[place + 1 :]) for line, cells in rows]
    names = [each or f"#{place}" for place, each in enumerate(names, start=1)]
    repeated = [each for each, times in Counter(names).items() if times > 1]
    if repeated:
        raise _unreadable(
            "table.duplicate-header",
            f"Two columns are called {repeated[0]!r}.",
            "Give every column a name of its own.",
            row=header_line,
            got=repeated[0][:200],
        )
    return UploadedTable(
        header=tuple(names), rows=tuple(rows), encoding=encoding, delimiter=delimiter, name=name
    )


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give every record with its line as a spreadsheet counts it: a cell with line breaks is on one line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _malformed(line, str(error)) from None
        if len(cells) > MOST_COLUMNS:
            raise _beyond("table.columns", len(cells), MOST_COLUMNS, "The table has too many columns", line)
        longest = max(map(len, cells), default=0)
        if longest > LONGEST_CELL:
            raise _beyond("table.cell", longest, LONGEST_CELL, "A cell is too long", line)
        yield line, cells


def _malformed(line: int, reason: str) -> UnreadableError | LimitError:
    if "field larger" in reason:
        return _beyond("table.cell", csv.field_size_limit(), LONGEST_CELL, "A cell is too long", line)
    if "unexpected end" in reason:
        return _unreadable(
            "table.unclosed-quote",
            f"The quotation mark opened in line {line} is never closed.",
            'Close it, or write a quotation mark inside a cell twice ("").',
            row=line,
        )
    return _unreadable(
        "table.quote",
        f"In line {line} something stands between a closing quotation mark and the next cell.",
        'Write a quotation mark inside a cell twice ("").',
        row=line,
    )


def _delimiter(text: str) -> str:
    """Give the delimiter that cuts the first records into the most columns of which most are known."""

    def score(delimiter: str) -> tuple[int, int, int]:
        header: list[str] = []
        regular = 0
        try:
            for line, cells in _records(text, delimiter):
                if not any(cells):
                    continue
                if header:
                    regular += len(cells) == len(header)
                header = header or cells
                if line > _SAMPLE_RECORDS:
                    break
        except (UnreadableError, LimitError) as error:
            # the records up to here speak for the delimiter; the fault is told when the table is read
            if error.code == "table.columns" and not header:
                header = [""] * MOST_COLUMNS
        known = sum(map(is_known_header, header))
        return known, regular if len(header) > 1 else 0, len(header)

    return max(_DELIMITERS, key=score)


def _refuse_other_kinds(data: bytes) -> None:
    kind = next((kind for magic, kind in _MAGICS if data.startswith(magic)), None)
    if data.startswith(b"PK\x03\x04"):
        kind = "Excel (.xlsx)" if b"xl/" in data or b"[Content_Types].xml" in data[:2000] else "ZIP"
    if kind and kind.startswith("Excel"):
        raise _unreadable(
            "table.excel",
            "This is an Excel file, not a CSV.",
            "In Excel, save it as “CSV UTF-8 (Comma delimited)” and upload that.",
            got=kind,
        )
    if kind:
        raise _unreadable("table.kind", f"This is a {kind} file, not a CSV.", "Upload a CSV.", got=kind)


def _beyond(code: str, got: int, limit: int, what: str, line: int | None = None) -> LimitError:
    where = f" (line {line})" if line else ""
    return LimitError(
        f"{what}{where}: {got}, at most {limit}.",
        code=code,
        facts={"got": str(got), "expected": str(limit)} | ({"row": str(line)} if line else {}),
        action="Divide the table, or check the quotation marks near that line.",
    )


def _unreadable(
    code: str, message: str, action: str, *, row: int | None = None, got: str | None = None
) -> UnreadableError:
    facts = {name: str(value) for name, value in (("row", row), ("got", got)) if value is not None}
    return UnreadableError(message, code=code, action=action, facts=facts)
