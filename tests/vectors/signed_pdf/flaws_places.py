# SPDX-License-Identifier: Apache-2.0
"""Updates that give the page's own objects a place in which changes are admitted.

A form, metadata or an extension may be written anew behind a signature, but not where the page's content
stood: then the page is another one, and everything that is compared by its place is as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.vectors.signed_pdf import by_hand as hand
from tests.vectors.signed_pdf.by_hand import Objects, Parts, reference, stream, taken_apart, with_entries
from tests.vectors.signed_pdf.cases import AS_ISSUED, cases
from tests.vectors.signed_pdf.flaws_updates import content_of, update
from tests.vectors.signed_pdf.good import by_hand, page

STORED = "signed with a store that leads to the page"
DANGLING = "signed with a name that leads nowhere"
_STORE = b"/DSS<</Certs[]>>"


def _content(parts: Parts) -> int:
    return reference(parts.objects[parts.page], b"/Contents")


def _forged(parts: Parts) -> bytes:
    return stream(content_of(parts).replace(b"0 Tr", b"3 Tr"))


def _as_extension(parts: Parts) -> Objects:
    named = b"/Extensions<</ADBE %d 0 R>>" % _content(parts)
    return {parts.root: with_entries(parts.catalog, named), _content(parts): _forged(parts)}


def _as_extensions(parts: Parts) -> Objects:
    named = b"/Extensions %d 0 R" % _content(parts)
    return {parts.root: with_entries(parts.catalog, named), _content(parts): b"<<>>"}


def _as_metadata(parts: Parts) -> Objects:
    """The same metadata, and in a comment of theirs what draws another page."""
    number = reference(parts.catalog, b"/Metadata")
    packet = parts.objects[number]
    drawn = b"<!-- q 1 g 0 0 600 842 re f Q -->"
    start, end = packet.index(b"stream") + len(b"stream"), packet.rindex(b"endstream")
    made = stream(packet[start:end].strip() + drawn, b"/Type/Metadata/Subtype/XML")
    moved = parts.catalog.replace(b"/Metadata %d 0 R" % number, b"/Metadata %d 0 R" % _content(parts))
    return {parts.root: moved, _content(parts): made}


def _as_form(parts: Parts) -> Objects:
    form = reference(parts.catalog, b"/AcroForm")
    moved = parts.catalog.replace(b"/AcroForm %d 0 R" % form, b"/AcroForm %d 0 R" % _content(parts))
    return {parts.root: moved, _content(parts): parts.objects[form]}


def _as_fields(parts: Parts) -> Objects:
    form = reference(parts.catalog, b"/AcroForm")
    fields = re.search(rb"/Fields (\[[^\]]*\])", parts.objects[form])
    assert fields
    moved = parts.objects[form].replace(fields[1], b"%d 0 R" % _content(parts))
    return {form: moved, _content(parts): fields[1]}


def _as_notes(parts: Parts) -> Objects:
    """The page's fonts and pictures become the list of its notes."""
    sheet = parts.objects[parts.page]
    notes = re.search(rb"/Annots (\[[^\]]*\])", sheet)
    assert notes
    number = reference(sheet, b"/Resources")
    return {parts.page: sheet.replace(notes[1], b"%d 0 R" % number), number: notes[1]}


def _as_information(good: bytes) -> bytes:
    parts = taken_apart(good)
    number = int(re.findall(rb"/Info (\d+) 0 R", parts.trailer)[0])
    made = hand.updated(good, {_content(parts): parts.objects[number]})
    start = made.rindex(b"trailer")
    return made[:start] + made[start:].replace(b"/Info %d 0 R" % number, b"/Info %d 0 R" % _content(parts))


# --- sections that can be read in two ways ------------------------------------------------------------


def _parted(good: bytes) -> tuple[bytes, dict[int, list[int]], Parts]:
    """Give the file with a store and another page's content behind it, and where the objects stand."""
    parts = taken_apart(good)
    number, body = _content(parts), good
    true = good.index(b"\n%d 0 obj" % number) + 1
    places = {parts.root: [len(body)], number: [true]}
    body += b"%d 0 obj\n%b\nendobj\n" % (parts.root, with_entries(parts.catalog, _STORE))
    places[number].append(len(body))
    return body + b"%d 0 obj\n%b\nendobj\n" % (number, _forged(parts)), places, parts


def _two_rows(good: bytes) -> bytes:
    """A table with the page's true content first and the forged one last: programs take either."""
    body, places, parts = _parted(good)
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, at) for number in places for at in places[number])
    trailer = b"/Size %d/Root %d 0 R/Prev %d%b" % (
        parts.size,
        parts.root,
        parts.startxref,
        hand._kept(parts.trailer),
    )
    return body + hand._table(b"0 1\n0000000000 65535 f \n" + rows, trailer, len(body))


def _two_rows_below(good: bytes) -> bytes:
    """The same in a section that only the newest one leads to: no end of file tells of it."""
    made = _two_rows(good)
    at = int(hand.STARTXREF.findall(made)[-1])
    body = made[: made.rindex(b"startxref")]
    parts = taken_apart(made)
    trailer = b"/Size %d/Root %d 0 R/Prev %d%b" % (parts.size, parts.root, at, hand._kept(parts.trailer))
    return body + hand._table(b"0 1\n0000000000 65535 f \n", trailer, len(body))


def _two_entries(good: bytes) -> bytes:
    """The same in a cross-reference stream."""
    body, places, parts = _parted(good)
    places[parts.size] = [len(body)]
    index = b"".join(b" %d 1" % number for number in places for _ in places[number])
    rows = b"".join(b"\1%b\0" % at.to_bytes(4) for number in places for at in places[number])
    entries = b"/Type/XRef/Size %d/Index[%b]/W[1 4 1]/Root %d 0 R/Prev %d%b" % (
        parts.size + 1,
        index,
        parts.root,
        parts.startxref,
        hand._kept(parts.trailer),
    )
    end = b"startxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"%d 0 obj\n%b\nendobj\n" % (parts.size, stream(rows, entries)) + end


def _in_stream(
    good: bytes, held: Callable[[int, bytes, bytes], list[tuple[int, bytes]]], place: int
) -> bytes:
    """Give the file with catalog and page in an object stream, and where in it the page is said to be."""
    parts = taken_apart(good)
    content, packed = parts.size, parts.size + 1
    sheet = parts.objects[parts.page]
    forged = sheet.replace(b"/Contents %d 0 R" % _content(parts), b"/Contents %d 0 R" % content)
    objects = [
        (parts.root, with_entries(parts.catalog, b"/DSS<</Certs[%d 0 R]>>" % content)),
        *held(parts.page, sheet, forged),
    ]
    starts = [sum(len(body) + 1 for _, body in objects[:number]) for number in range(len(objects))]
    head = b"".join(b"%d %d " % (number, at) for (number, _), at in zip(objects, starts, strict=True))
    whole = head + b" ".join(body for _, body in objects)
    body, places = good, {}
    for number, made in (
        (content, _forged(parts)),
        (packed, stream(whole, b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head)))),
    ):
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, made)
    places[packed + 1] = len(body)
    index = b"".join(b" %d 1" % number for number in (parts.root, parts.page, *places))
    rows = b"".join(b"\2%b%c" % (packed.to_bytes(4), at) for at in (0, place))
    rows += b"".join(b"\1%b\0" % at.to_bytes(4) for at in places.values())
    entries = b"/Type/XRef/Size %d/Index[%b]/W[1 4 1]/Root %d 0 R/Prev %d%b" % (
        packed + 2,
        index,
        parts.root,
        parts.startxref,
        hand._kept(parts.trailer),
    )
    end = b"startxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"%d 0 obj\n%b\nendobj\n" % (packed + 1, stream(rows, entries)) + end


def in_stream(good: bytes) -> bytes:
    """Give a good file: a security store whose catalog is in an object stream, and the page as it was."""
    return _in_stream(good, lambda number, sheet, _: [(number, sheet)], 1)


def _twice_in_stream(good: bytes) -> bytes:
    """Two pages of one number: some programs take the first, some the last, some the one at its place."""
    return _in_stream(good, lambda number, sheet, forged: [(number, forged), (number, sheet)], 2)


def _beside_in_stream(good: bytes) -> bytes:
    """The page's true entry, and the place of another: some programs look at the number, some do not."""
    return _in_stream(good, lambda number, sheet, forged: [(number, sheet), (number + 500, forged)], 2)


# --- what was prepared before it was signed -----------------------------------------------------------


def stored() -> bytes:
    """Give a signed document whose security store leads to the page, as if it were its own."""
    parts = taken_apart(page())
    store = b"/DSS<</Certs[]/VRI %d 0 R>>" % parts.size
    objects = {
        parts.root: with_entries(parts.catalog, store),
        parts.size: b"<</Type/VRI/Sheet %d 0 R>>" % parts.page,
    }
    return by_hand(hand.updated(page(), objects))


def _fonts_as_store(parts: Parts) -> Objects:
    fonts = reference(parts.objects[parts.page], b"/Resources")
    return {fonts: re.sub(rb"/f1 \d+ 0 R", b"/f1 null", parts.objects[fonts], count=1)}


def dangling() -> bytes:
    """Give a signed page that draws a form that is not there."""
    parts = taken_apart(page())
    fonts = reference(parts.objects[parts.page], b"/Resources")
    named = with_entries(parts.objects[fonts], b"/XObject<</Later 900 0 R>>")
    content = stream(content_of(parts) + b"\n/Later Do")
    return by_hand(hand.updated(page(), {fonts: named, _content(parts): content}))


def _filled(kind: bytes) -> Objects:
    form = stream(b"1 g 0 0 600 842 re f", b"/Subtype/Form/BBox[0 0 600 842]%b" % kind)
    return {900: form}


def _as_store(parts: Parts) -> Objects:
    return {parts.root: with_entries(parts.catalog, b"/DSS<</Certs[900 0 R]>>"), **_filled(b"")}


def _as_structure(parts: Parts) -> Objects:
    return {parts.root: with_entries(parts.catalog, _STORE), **_filled(b"/Type/XRef")}


_COVERAGE = "pdf.coverage"

CASES = (
    *cases(
        "objects in another's place",
        AS_ISSUED,
        ("page's content as an extension", update(_as_extension), _COVERAGE),
        ("page's content as the list of extensions", update(_as_extensions), _COVERAGE),
        ("page's content as metadata", update(_as_metadata), _COVERAGE),
        ("page's content as the form", update(_as_form), _COVERAGE),
        ("page's content as the form's fields", update(_as_fields), _COVERAGE),
        ("page's fonts as the list of its notes", update(_as_notes), _COVERAGE),
        ("page's content as the document's information", _as_information, _COVERAGE),
    ),
    *cases(
        "cross-reference tables",
        AS_ISSUED,
        ("table with two entries for the page's content", _two_rows, _COVERAGE),
        ("table with two entries below another", _two_rows_below, _COVERAGE),
        ("cross-reference stream with two entries for the page's content", _two_entries, _COVERAGE),
        ("object stream with two pages of one number", _twice_in_stream, _COVERAGE),
        ("object stream with another page at the page's place", _beside_in_stream, _COVERAGE),
    ),
    *cases("objects in another's place", STORED, ("store changes fonts", update(_fonts_as_store), _COVERAGE)),
    *cases(
        "objects in another's place",
        DANGLING,
        ("form that was not there as a certificate", update(_as_store), _COVERAGE),
        ("form that was not there as a part of the file", update(_as_structure), _COVERAGE),
    ),
)
