# SPDX-License-Identifier: Apache-2.0
"""Whether the cross-reference sections of an update can be read in one way only. ISO 32000-2, 7.5.4, 7.5.8.

Where a section has two entries for one object, some programs take the first and some the last: what is judged
would be one page, and what is shown another.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pikepdf

_MAX_SECTIONS = 200
_MAX_ENTRIES = 400_000
_LONGEST = 20_000
"""Bytes of a trailer, or of the dictionary in its place."""
_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF[\r\n]*\Z")
_TAIL = 2_048
_PLAIN, _PACKED = 1, 2
"""Kinds of entries: an object by itself, and one in an object stream. ISO 32000-2, table 18."""
_PART = re.compile(rb"\s*(\d{1,10}) +(\d{1,10})[ \r\n]+")
_ROW = re.compile(rb"\d{10} \d{5} [nf][ \r\n]{1,3}")
_TRAILER = re.compile(rb"\s*trailer\s*(<<.*?>>)\s*(?:%[^\r\n]*\s*)*startxref\b", re.DOTALL)
_STREAM = re.compile(rb"\d{1,10}\s+\d{1,5}\s+obj\s*(<<.*?>>)\s*stream\r?\n", re.DOTALL)
_STREAM_END = re.compile(rb"\s*endstream\b")
_REFERENCE = re.compile(rb"(?<![\d.])\d{1,10} \d{1,5} R\b")


@dataclass(frozen=True, kw_only=True)
class _Section:
    numbers: list[int]
    """Of the objects it has entries for."""
    previous: int | None
    """Where the section before it stands."""
    packed: list[tuple[int, int, int]] = field(default_factory=list)
    """Of objects in object streams: their number, that of the stream, and their place in it."""


def ambiguous(data: bytes, start: int, document: pikepdf.Pdf) -> str:
    """Give what can be read in two ways in the sections from ``start`` on; nothing where all is clear.

    ``document`` is all of the data, open. Never raises.
    """
    try:
        found = _START.search(data, max(0, len(data) - _TAIL))
        return _walked(data, start, int(found[1]), document) if found else "cross-reference"
    except Exception:  # noqa: BLE001 - a hostile section makes the parser raise many kinds
        return "cross-reference"


def _walked(data: bytes, start: int, at: int, document: pikepdf.Pdf) -> str:
    listed: dict[int, dict[int, int]] = {}
    for _ in range(_MAX_SECTIONS):
        if at < start:
            return ""
        found = _section(data, at)
        if len(found.numbers) != len(set(found.numbers)):
            return "object with two entries"
        for number, stream, place in found.packed:
            if stream not in listed:
                listed[stream] = _listed(document.get_object(stream, 0))
            if listed[stream].get(number) != place:
                return "object stream with two objects of one number"
        if found.previous is None or not 0 <= found.previous < at:
            return "cross-reference"
        at = found.previous
    return "cross-reference"


def _listed(stream: Any) -> dict[int, int]:
    """Give the numbers that an object stream says it holds, with their places. ISO 32000-2, section 7.5.7."""
    written = stream.read_bytes()
    first, count = int(stream.First), int(stream.N)
    numbers = [int(one) for one in written[:first].split()]
    offsets = numbers[1::2]
    held = {number: place for place, number in enumerate(numbers[::2])}
    if len(numbers) != 2 * count or len(held) != count or offsets != sorted(set(offsets)) or offsets[0] != 0:
        raise ValueError("the object stream does not say what it holds")
    for begin, end in pairwise([*offsets, len(written) - first]):
        _dictionary(written[first + begin : first + end])  # one object, and nothing beside it
    return held


def _section(data: bytes, at: int) -> _Section:
    """Give what a section says. Raises many kinds."""
    if data.startswith(b"xref", at):
        numbers, end = _table(data, at + len(b"xref"))
        trailer = _found(_TRAILER, data, end)
        return _Section(numbers=numbers, previous=_dictionary(trailer[1]).get("/Prev"))
    found = _found(_STREAM, data, at)
    held = _dictionary(found[1])
    end = found.end() + int(held.Length)
    _found(_STREAM_END, data, end)
    rows = list(_rows(held, data[found.end() : end]))
    return _Section(
        numbers=[number for number, _, _, _ in rows],
        previous=held.get("/Prev"),
        packed=[(number, stream, place) for number, kind, stream, place in rows if kind == _PACKED],
    )


def _found(what: re.Pattern[bytes], data: bytes, at: int) -> re.Match[bytes]:
    """Give what must stand there. Raises: ValueError."""
    found = what.match(data, at, at + _LONGEST)
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


def _rows(held: Any, raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Give the entries of a cross-reference stream: the object's number, and three numbers."""
    widths = [int(width) for width in held.W]
    if len(widths) != 3 or not all(0 <= width <= 8 for width in widths) or not any(widths):
        raise ValueError("the entries have no usual form")
    with pikepdf.Pdf.new() as document:
        stream = pikepdf.Stream(document, raw)
        for name in ("/Filter", "/DecodeParms"):
            if name in held:
                stream[name] = held[name]
        table = io.BytesIO(stream.read_bytes())
    index = [int(one) for one in held.get("/Index", [0, int(held.Size)])]
    if sum(index[1::2]) > _MAX_ENTRIES:
        raise ValueError("the section has too many entries")
    for first, count in zip(index[::2], index[1::2], strict=True):
        for number in range(first, first + count):
            parts = [table.read(width) for width in widths]
            if [len(part) for part in parts] != widths:
                raise ValueError("the section says it is longer than it is")
            kind, one, other = (int.from_bytes(part) for part in parts)
            yield number, kind if widths[0] else _PLAIN, one, other


def _dictionary(written: bytes) -> Any:
    """Give a dictionary as it is written, but for what it refers to."""
    return pikepdf.Object.parse(_REFERENCE.sub(b"null", written))
