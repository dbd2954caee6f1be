# SPDX-License-Identifier: Apache-2.0
"""Files that are no clean PDF, and files made to cost time or memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from tests.vectors.signed_pdf import by_hand as hand
from tests.vectors.signed_pdf.by_hand import Objects, Parts, reference, stream, taken_apart, with_entries
from tests.vectors.signed_pdf.cases import AS_ISSUED, Attack, cases
from tests.vectors.signed_pdf.flaws_updates import content_of
from tests.vectors.signed_pdf.good import by_hand, page

from gakusho.model.report import Outcome

BY_HAND = "signed by hand with our key"


def _encrypted(good: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(good)) as document:
        output = io.BytesIO()
        document.save(output, encryption=pikepdf.Encryption(owner="x", user="x"))
        return output.getvalue()


def _deep(_: bytes) -> bytes:
    nested = b"[" * 20_000 + b"]" * 20_000
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm " + nested + b">>\nendobj\n"
    start = len(body)
    return (
        body
        + b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
        + b"trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    )


def _flate_bomb(_: bytes) -> bytes:
    packed = zlib.compress(b"\0" * 50_000_000, 9)
    head = b"%PDF-1.7\n"
    stream = (
        b"1 0 obj\n<</Type/XRef/Size 10/W[1 4 2]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(packed)
    )
    return head + stream + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def _object_stream_bomb(_: bytes) -> bytes:
    """One object in a stream that unpacks to 100 MB."""
    packed = zlib.compress(b"6 0 <</S/JavaScript/JS(1)>>" + b" " * 100_000_000, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
        + packed
        + b"\nendstream",
    ]
    body, rows = b"%PDF-1.7\n", b"\0\0\0\0\0\0\0"
    for number, content in enumerate(objects, start=1):
        rows += b"\1" + len(body).to_bytes(4, "big") + b"\0\0"
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    rows += b"\1" + len(body).to_bytes(4, "big") + b"\0\0" + b"\2\0\0\0\4\0\0"
    head = b"5 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + head + rows + end


# --- two kinds of file in one -------------------------------------------------------------------------


def _archive_behind(good: bytes) -> bytes:
    """A ZIP archive as well: such programs look for its directory at the end."""
    packed = io.BytesIO(good)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("diploma.html", "PhD")
    return packed.getvalue()


def _page_before(good: bytes) -> bytes:
    """A web page as well: browsers that guess look at the beginning."""
    return b"<!doctype html><script>document.body.innerHTML='PhD'</script><!--" + good


# --- damage in what we signed ourselves ---------------------------------------------------------------


def damaged(change: Callable[[bytes], bytes]) -> Attack:
    """Give the attack in which the page is damaged before it is signed with our own key."""
    return lambda _: by_hand(change(page()))


def replaced(change: Callable[[Parts], Objects]) -> Attack:
    """Give the attack in which objects are others before it is signed with our own key."""

    def make(_: bytes) -> bytes:
        parts = taken_apart(page())
        return by_hand(hand.updated(page(), change(parts)))

    return make


def _content_number(data: bytes) -> int:
    parts = taken_apart(data)
    return reference(parts.objects[parts.page], b"/Contents")


def _offset_moved(data: bytes) -> bytes:
    """The table says that the page's content begins seven bytes later than it does."""
    at = data.index(b"\n%d 0 obj" % _content_number(data)) + 1
    return data.replace(b"%010d 00000 n" % at, b"%010d 00000 n" % (at + 7))


def _other_number(data: bytes) -> bytes:
    """The object where the table says the page's content is has another number."""
    number = _content_number(data)
    return data.replace(b"\n%d 0 obj" % number, b"\n%d 0 obj" % (number + 1), 1)


def _short_stream(data: bytes) -> bytes:
    """A stream that says it is shorter than it is."""
    at = data.index(b"\n%d 0 obj" % _content_number(data))
    length = int(data[data.index(b"/Length ", at) + 8 :].split(b"/")[0])
    return data[:at] + data[at:].replace(b"/Length %d" % length, b"/Length %d" % (length - 40), 1)


# --- what costs time or memory ------------------------------------------------------------------------


def _pages(kids: Callable[[Parts], bytes], count: int) -> Callable[[Parts], Objects]:
    def change(parts: Parts) -> Objects:
        number = reference(parts.catalog, b"/Pages")
        return {number: b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids(parts))}

    return change


def _tree_in_itself(parts: Parts) -> bytes:
    return b"%d 0 R %d 0 R" % (parts.page, reference(parts.catalog, b"/Pages"))


def _same_page(parts: Parts) -> bytes:
    return b"%d 0 R " % parts.page * 100_000


def _content(data: bytes, *, packed: bool) -> Callable[[Parts], Objects]:
    def change(parts: Parts) -> Objects:
        number = reference(parts.objects[parts.page], b"/Contents")
        entries = b"/Filter/FlateDecode" if packed else b""
        return {number: stream(zlib.compress(data, 9) if packed else data, entries)}

    return change


def _drawn_in_itself(parts: Parts) -> Objects:
    """A form that draws itself twice, each of which draws itself twice."""
    resources = reference(parts.objects[parts.page], b"/Resources")
    form = stream(b"/Again Do /Again Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    named = b"/XObject<</Again %d 0 R>>" % parts.size
    number = reference(parts.objects[parts.page], b"/Contents")
    return {
        resources: with_entries(parts.objects[resources], named),
        parts.size: form.replace(b"/BBox", b"/Resources %d 0 R/BBox" % resources),
        number: stream(content_of(parts) + b" /Again Do"),
    }


def _names_in_itself(parts: Parts) -> Objects:
    names = b"/Names<</EmbeddedFiles %d 0 R>>" % parts.size
    catalog = parts.catalog[: parts.catalog.index(b"/Names")] + names
    rest = parts.catalog[parts.catalog.index(b"/Names") + 6 :]
    depth, end = 0, 0
    while end < len(rest):
        depth += {b"<<": 1, b">>": -1}.get(rest[end : end + 2], 0)
        end += 2 if rest[end : end + 2] in (b"<<", b">>") else 1
        if depth == 0 and rest[end - 2 : end] == b">>":
            break
    tree = b"<</Kids[%d 0 R]>>" % parts.size
    return {parts.root: catalog + rest[end:], parts.size: tree}


def _many_objects(parts: Parts) -> Objects:
    return {parts.size + place: b"null" for place in range(200_001)}


def _many_files(parts: Parts) -> Objects:
    specification = min(number for number, body in parts.objects.items() if b"/Type/Filespec" in body)
    copies = {parts.size + place: parts.objects[specification] for place in range(40)}
    named = b"".join(b" %d 0 R" % number for number in copies)
    return {**copies, parts.root: parts.catalog.replace(b"/AF[", b"/AF[" + named[1:] + b" ")}


def _large_file(parts: Parts) -> Objects:
    number = min(one for one, body in parts.objects.items() if b"/Type/EmbeddedFile" in body)
    packed = zlib.compress(b" " * 60_000_000, 9)
    entries = b"/Type/EmbeddedFile/Subtype/application#2Fvc/Filter/FlateDecode"
    return {number: stream(packed, entries)}


_READABLE, _CLEAN, _MATCH = "pdf.readable", "pdf.clean-start-and-end", "pdf.matches-credential"

CASES = (
    *cases(
        "file",
        AS_ISSUED,
        ("encrypted", _encrypted, _READABLE),
        ("ZIP archive as well", _archive_behind, _CLEAN),
        ("web page as well", _page_before, _READABLE),
        ("zero bytes after the end", lambda good: good + bytes(64), _CLEAN),
        ("header of no PDF", lambda good: b"%FDF-1.7" + good[8:], "format.recognized", Outcome.UNKNOWN),
        ("version that does not exist", lambda good: b"%PDF-9.9" + good[8:], "pdf.signature"),
    ),
    *cases(
        "damage that was signed",
        BY_HAND,
        ("content elsewhere than the table says", damaged(_offset_moved), _READABLE),
        ("content under another number than the table says", damaged(_other_number), _READABLE),
        ("stream longer than it says", damaged(_short_stream), _READABLE),
        ("page tree in itself", replaced(_pages(_tree_in_itself, 2)), _READABLE),
        ("name tree in itself", replaced(_names_in_itself), _READABLE),
    ),
    *cases(
        "time and memory",
        AS_ISSUED,
        ("arrays nested 20,000 deep", _deep, _READABLE),
        ("object stream that unpacks to 100 MB", _object_stream_bomb, _READABLE),
        ("cross-reference stream that unpacks to 50 MB", _flate_bomb, _READABLE),
    ),
    *cases(
        "time and memory",
        BY_HAND,
        ("one page 100,000 times", replaced(_pages(_same_page, 100_000)), _READABLE),
        (
            "page that unpacks to 60 MB",
            replaced(_content(b" " * 60_000_000, packed=True)),
            _MATCH,
            Outcome.UNKNOWN,
        ),
        (
            "page of 600,000 operators",
            replaced(_content(b"q Q " * 300_000, packed=True)),
            _MATCH,
            Outcome.UNKNOWN,
        ),
        ("form that draws itself", replaced(_drawn_in_itself), _MATCH, Outcome.UNKNOWN),
        ("200,001 objects", replaced(_many_objects), _READABLE),
        ("41 files inside", replaced(_many_files), _READABLE),
        ("credential that unpacks to 60 MB", replaced(_large_file), _READABLE),
    ),
)
