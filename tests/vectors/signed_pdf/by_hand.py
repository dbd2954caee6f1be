# SPDX-License-Identifier: Apache-2.0
"""PDF files written by hand, byte for byte: what no library would write, an attacker would.

For files with plain cross-reference tables and no object streams, as the product writes them.
ISO 32000-2, section 7.5.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_SECTION = re.compile(rb"(\d+) (\d+)\s*[\r\n]+((?:\d{10} \d{5} [nf][ \r\n]{2})+)")
STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_REFERENCE = re.compile(rb"(\d+) 0 R")

Objects = Mapping[int, bytes]
"""Bodies of objects by number: what stands between ``obj`` and ``endobj``."""


@dataclass(frozen=True)
class Parts:
    """A file taken apart: its newest objects, and where its newest cross-reference table stands."""

    objects: dict[int, bytes]
    trailer: bytes
    startxref: int
    size: int
    root: int

    @property
    def catalog(self) -> bytes:
        """The body of the catalog."""
        return self.objects[self.root]

    @property
    def page(self) -> int:
        """The number of the first page."""
        pages = reference(self.catalog, b"/Pages")
        found = re.search(rb"/Kids\s*\[\s*(\d+) 0 R", self.objects[pages])
        assert found
        return int(found.group(1))


def taken_apart(data: bytes) -> Parts:
    """Give the newest objects of a file with plain cross-reference tables."""
    newest = int(STARTXREF.findall(data)[-1])
    offsets: dict[int, int] = {}
    edges, at, trailers = {len(data)}, newest, []
    while True:
        edges.add(at)
        end = data.index(b"trailer", at)
        for first, _, rows in _SECTION.findall(data[at:end]):
            for place, row in enumerate(rows[start : start + 20] for start in range(0, len(rows), 20)):
                if row[17:18] == b"n":
                    edges.add(int(row[:10]))
                    offsets.setdefault(int(first) + place, int(row[:10]))
        trailers.append(data[end : data.index(b"startxref", end)])
        previous = re.search(rb"/Prev (\d+)", trailers[-1])
        if previous is None:
            break
        at = int(previous.group(1))
    objects = {}
    ordered = sorted(edges)
    for number, offset in offsets.items():
        whole = data[offset : ordered[bisect_right(ordered, offset)]]
        objects[number] = whole[whole.index(b"obj") + 3 : whole.rindex(b"endobj")].strip(b"\r\n")
    size = max(int(found) for one in trailers for found in re.findall(rb"/Size (\d+)", one))
    root = int(re.findall(rb"/Root (\d+)", trailers[0])[0])
    return Parts(objects=objects, trailer=trailers[0], startxref=newest, size=size, root=root)


def reference(body: bytes, key: bytes) -> int:
    """Give the number of the object that a dictionary's entry refers to."""
    found = re.search(re.escape(key) + rb"\s+(\d+) 0 R", body)
    assert found, key
    return int(found.group(1))


def with_entries(body: bytes, entries: bytes) -> bytes:
    """Give a dictionary's body with more entries at its end."""
    end = body.rindex(b">>")
    return body[:end] + b"\n" + entries + body[end:]


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Give the body of a stream object."""
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


def updated(
    data: bytes,
    objects: Objects,
    *,
    trailer: bytes = b"",
    root: int | None = None,
    previous: int | None = None,
    freed: tuple[int, ...] = (),
) -> bytes:
    """Give the file with an incremental update: these objects, in a table of their own."""
    parts = taken_apart(data)
    pieces = [data if data.endswith(b"\n") else data + b"\n"]
    offsets, at = {}, len(pieces[0])
    for number, content in objects.items():
        offsets[number] = at
        pieces.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        at += len(pieces[-1])
    body = b"".join(pieces)
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in offsets.items())
    rows += b"".join(b"%d 1\n0000000000 00001 f \n" % number for number in freed)
    size = max(parts.size, *(number + 1 for number in objects)) if objects else parts.size
    return body + _table(
        b"0 1\n0000000000 65535 f \n" + rows,
        b"/Size %d /Root %d 0 R /Prev %d%b%b"
        % (
            size,
            root or parts.root,
            parts.startxref if previous is None else previous,
            _kept(parts.trailer),
            trailer,
        ),
        len(body),
    )


def written(objects: Objects, *, root: int, trailer: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """Give a file of one revision with these objects."""
    body, rows = header, b"0000000000 65535 f \n"
    size = max(objects) + 1
    for number in range(1, size):
        if number in objects:
            rows += b"%010d 00000 n \n" % len(body)
            body += b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
        else:
            rows += b"0000000000 00000 f \n"
    return body + _table(
        b"0 %d\n%b" % (size, rows), b"/Size %d /Root %d 0 R%b" % (size, root, trailer), len(body)
    )


def _table(rows: bytes, trailer: bytes, start: int) -> bytes:
    return b"xref\n%btrailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (rows, trailer, start)


def _kept(trailer: bytes) -> bytes:
    """Give what every update's trailer must repeat."""
    found = re.search(rb"/Info \d+ 0 R", trailer)
    identifier = re.search(rb"/ID\s*\[.*\]", trailer, re.DOTALL)
    return b"".join(b" " + one.group(0) for one in (found, identifier) if one)


def later_objects(data: bytes, end: int) -> dict[int, bytes]:
    """Give what the file says newer than its first ``end`` bytes do."""
    before, after = taken_apart(data[:end]).objects, taken_apart(data).objects
    return {number: body for number, body in after.items() if before.get(number) != body}


# --- signing ----------------------------------------------------------------------------------------

Covered = Callable[[bytes], bytes]
"""From the signed bytes to the container."""
LOCK = (
    b"/Reference [<</Type/SigRef/TransformMethod/DocMDP"
    b"/TransformParams<</Type/TransformParams/V/1.2/P %d>>>>]"
)
_ROOM = 64


@dataclass(frozen=True, kw_only=True)
class Signing:
    """How a signature stands in a file. The defaults make a good one; one of them is changed for a flaw."""

    container: Covered
    reserved: int = 8_000
    """Bytes kept free for the container."""
    lock: bytes = LOCK % 1
    entries: bytes = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20260325013000Z)"
    widget: bytes = b"/FT/Sig/Type/Annot/Subtype/Widget/F 132/Rect[0 0 0 0]/T(Gakusho)"
    permissions: bytes = b"/Perms<</DocMDP %d 0 R>>"
    form: bytes = b"/SigFlags 3"
    objects: Mapping[int, bytes] = field(default_factory=dict)
    """More objects of the revision that is signed."""
    ranges: Callable[[int, int, int], tuple[int, ...]] = lambda start, end, size: (0, start, end, size - end)
    """From the places of the container and the end, to the byte range."""
    gap: Callable[[bytes], bytes] = lambda container: b"<%b>" % container.hex().encode()
    """From the padded container to how it is written; of the same length for any container."""
    tail: bytes = b""
    """Bytes at the end of the file, signed too."""


def signed(document: bytes, how: Signing) -> bytes:
    """Give the document with a signature in an update, as any tool or none would write it."""
    parts = taken_apart(document)
    page = parts.page
    sign_field, value = parts.size, parts.size + 1
    widget = b"%d 0 R" % sign_field
    page_body = parts.objects[page]
    if b"/Annots" in page_body:
        page_body = re.sub(rb"/Annots\s*\[", b"/Annots[" + widget + b" ", page_body, count=1)
    else:
        page_body = with_entries(page_body, b"/Annots[%b]" % widget)
    permissions = how.permissions % value if b"%d" in how.permissions else how.permissions
    catalog = b"/AcroForm<</Fields[%b]%b>>%b" % (widget, how.form, permissions)
    empty = how.gap(bytes(how.reserved))
    mark, place = b"/Contents ", b"/ByteRange " + b" " * _ROOM
    signature = b"<<%b%b%b%b\n%b>>" % (mark, empty, place, how.entries, how.lock)
    objects = {
        page: page_body,
        parts.root: with_entries(parts.catalog, catalog),
        sign_field: b"<<%b/P %d 0 R/V %d 0 R>>" % (how.widget, page, value),
        **how.objects,
        value: signature,
    }
    body = updated(document, objects) + how.tail
    start = body.rindex(mark + empty) + len(mark)
    end = start + len(empty)
    offsets = how.ranges(start, end, len(body))
    array = b"/ByteRange [%b]" % b" ".join(b"%d" % one for one in offsets) if offsets else b""
    body = body.replace(place, array.ljust(len(place)))
    container = how.container(covered(body, offsets or (0, start, end, len(body) - end)))
    assert len(container) <= how.reserved, len(container)
    return body[:start] + how.gap(container.ljust(how.reserved, b"\0")) + body[end:]


def covered(data: bytes, offsets: tuple[int, ...]) -> bytes:
    """Give the bytes that a byte range names."""
    pairs = zip(offsets[::2], offsets[1::2], strict=True)
    return b"".join(data[max(start, 0) : max(start, 0) + max(length, 0)] for start, length in pairs)
