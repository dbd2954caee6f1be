# SPDX-License-Identifier: Apache-2.0
"""Whether the cross-reference sections of an update can be read in one way only. ISO 32000-2, 7.5.4, 7.5.8.

Where a section has two entries for one object, some programs take the first and some the last: what is judged
would be one page, and what is shown another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf

_MAX_SECTIONS = 200
_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF[\r\n]*\Z")
_TAIL = 2_048
_PART = re.compile(rb"\s*(\d{1,10}) +(\d{1,10})[ \r\n]+")
_ROW = re.compile(rb"\d{10} \d{5} [nf][ \r\n]{1,3}")
_TRAILER = re.compile(rb"\s*trailer\s*(<<.*?>>)\s*(?:%[^\r\n]*\s*)*startxref\b", re.DOTALL)
_STREAM = re.compile(rb"\d{1,10}\s+\d{1,5}\s+obj\s*(<<.*?>>)\s*stream\r?\n", re.DOTALL)
_STREAM_END = re.compile(rb"\s*endstream\b")
_REFERENCE = re.compile(rb"(?<![\d.])\d{1,10} \d{1,5} R\b")


def ambiguous(data: bytes, start: int) -> str:
    """Give what can be read in two ways in the sections from ``start`` on; nothing where all is clear.

    Never raises.
    """
    try:
        found = _START.search(data, max(0, len(data) - _TAIL))
        return _walked(data, start, int(found[1])) if found else "cross-reference"
    except Exception:  # noqa: BLE001 - a hostile section makes the parser raise many kinds
        return "cross-reference"


def _walked(data: bytes, start: int, at: int) -> str:
    for _ in range(_MAX_SECTIONS):
        if at < start:
            return ""
        numbers, previous = _section(data, at)
        if len(numbers) != len(set(numbers)):
            return "object with two entries"
        if previous is None or not 0 <= previous < at:
            return "cross-reference"
        at = previous
    return "cross-reference"


def _section(data: bytes, at: int) -> tuple[list[int], int | None]:
    """Give the numbers that a section has entries for, and where the one before stands. Raises many kinds."""
    if data.startswith(b"xref", at):
        numbers, end = _table(data, at + len(b"xref"))
        trailer = _found(_TRAILER, data, end)
        return numbers, _dictionary(trailer[1]).get("/Prev")
    found = _found(_STREAM, data, at)
    held = _dictionary(found[1])
    end = found.end() + int(held.Length)
    _found(_STREAM_END, data, end)
    return list(_packed(held, data[found.end() : end])), held.get("/Prev")


def _found(what: re.Pattern[bytes], data: bytes, at: int) -> re.Match[bytes]:
    """Give what must stand there. Raises: ValueError."""
    found = what.match(data, at)
    if found is None:
        raise ValueError("the section is not written as it should be")
    return found


def _table(data: bytes, at: int) -> tuple[list[int], int]:
    numbers: list[int] = []
    while part := _PART.match(data, at):
        first, count = int(part[1]), int(part[2])
        at = part.end()
        for number in range(first, first + count):
            at = _found(_ROW, data, at).end()
            numbers.append(number)
    return numbers, at


def _packed(held: Any, raw: bytes) -> Iterator[int]:
    """Give the numbers that a cross-reference stream has entries for."""
    widths = [int(width) for width in held.W]
    with pikepdf.Pdf.new() as document:
        stream = pikepdf.Stream(document, raw)
        for name in ("/Filter", "/DecodeParms"):
            if name in held:
                stream[name] = held[name]
        rows = len(stream.read_bytes()) // sum(widths)
    index = [int(one) for one in held.get("/Index", [0, int(held.Size)])]
    for first, count in zip(index[::2], index[1::2], strict=True):
        rows -= count
        if count < 0 or rows < 0:
            raise ValueError("the section says it is longer than it is")
        yield from range(first, first + count)


def _dictionary(written: bytes) -> Any:
    """Give a dictionary as it is written, but for what it refers to."""
    return pikepdf.Object.parse(_REFERENCE.sub(b"null", written))
