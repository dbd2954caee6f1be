# SPDX-License-Identifier: Apache-2.0
"""Changes after signing: incremental updates behind a signature that permits none."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from itertools import pairwise

from tests.vectors.signed_pdf.by_hand import (
    STARTXREF,
    Objects,
    Parts,
    reference,
    stream,
    taken_apart,
    updated,
    with_entries,
)
from tests.vectors.signed_pdf.cases import AS_ISSUED, Attack, cases

Change = Callable[[Parts], Objects]
"""From a file's parts to the objects of an update."""


def update(change: Change, trailer: bytes = b"") -> Attack:
    """Give the attack that appends an update with the objects."""
    return lambda good: updated(good, change(taken_apart(good)), trailer=trailer)


def catalog(entries: bytes, *more: bytes) -> Change:
    """Give the change that puts entries into the catalog; ``%d`` is the number of the first new object."""

    def change(parts: Parts) -> Objects:
        new = {parts.size + place: body for place, body in enumerate(more)}
        return {parts.root: with_entries(parts.catalog, entries.replace(b"%d", b"%d" % parts.size)), **new}

    return change


def inside(key: bytes, entries: bytes, *more: bytes) -> Change:
    """Give the change that puts entries into a dictionary that stands in the catalog, or is named there."""

    def change(parts: Parts) -> Objects:
        new = {parts.size + place: body for place, body in enumerate(more)}
        made = entries.replace(b"%d", b"%d" % parts.size)
        if key + b" <<" in parts.catalog:
            return {parts.root: parts.catalog.replace(key + b" <<", key + b" <<" + made, 1), **new}
        number = reference(parts.catalog, key)
        return {number: with_entries(parts.objects[number], made), **new}

    return change


def replaced(number: Callable[[Parts], int], body: Callable[[bytes], bytes]) -> Change:
    """Give the change of one object."""
    return lambda parts: {number(parts): body(parts.objects[number(parts)])}


def containing(needle: bytes) -> Callable[[Parts], int]:
    """Find the first object whose body has these bytes."""
    return lambda parts: min(number for number, body in parts.objects.items() if needle in body)


def content_of(parts: Parts) -> bytes:
    """Give the drawing operators of the first page."""
    return unpacked(parts.objects[reference(parts.objects[parts.page], b"/Contents")])


def unpacked(body: bytes) -> bytes:
    """Give what a Flate stream holds."""
    start = body.index(b"stream") + len(b"stream")
    return zlib.decompress(body[start : body.rindex(b"endstream")].lstrip(b"\r\n"))


def _other_content(parts: Parts) -> Objects:
    page = parts.objects[parts.page]
    moved = page.replace(
        b"/Contents %d 0 R" % reference(page, b"/Contents"), b"/Contents %d 0 R" % parts.size
    )
    shown = content_of(parts).replace(b"/f1 15 Tf", b"/f1 16 Tf")
    return {parts.page: moved, parts.size: stream(shown)}


def _content_in_place(parts: Parts) -> Objects:
    number = reference(parts.objects[parts.page], b"/Contents")
    return {number: stream(content_of(parts).replace(b"0 Tr", b"3 Tr", 1))}


def _information(parts: Parts) -> Objects:
    return {parts.size: b"<</Title<FEFF535A58EB5B664F4D8A18>/Author(Gakusho)>>"}


def _new_information(good: bytes) -> bytes:
    parts = taken_apart(good)
    made = updated(good, _information(parts))
    start = made.rindex(b"trailer")
    changed = re.sub(rb"/Info \d+ 0 R", b"/Info %d 0 R" % parts.size, made[start:])
    return made[:start] + changed


def _metadata(body: bytes) -> bytes:
    start = body.index(b"stream") + len(b"stream")
    return stream(
        body[start : body.rindex(b"endstream")].strip().replace(b"Typst", b"Other"),
        b"/Type/Metadata/Subtype/XML",
    )


def _second_file(parts: Parts) -> Objects:
    specification = b"<</Type/Filespec/F(grades.json)/UF(grades.json)/EF<</F %d 0 R>>/AFRelationship/Data>>"
    root = re.sub(rb"/AF \[ ", b"/AF [ %d 0 R " % parts.size, parts.catalog)
    root = re.sub(rb"/Names \[ ", b"/Names [ (a) %d 0 R " % parts.size, root)
    return {
        parts.root: root,
        parts.size: specification % (parts.size + 1),
        parts.size + 1: stream(b'{"type": ["VerifiableCredential"]}', b"/Type/EmbeddedFile"),
    }


def _layer(parts: Parts) -> Objects:
    layer = b"/OCProperties<</OCGs[%d 0 R]/D<</OFF[%d 0 R]/Order[]>>>>"
    return catalog(layer, b"<</Type/OCG/Name(grades)>>")(parts)


def _text_field(parts: Parts) -> Objects:
    form = reference(parts.catalog, b"/AcroForm")
    fields = parts.objects[form].replace(b"/Fields [", b"/Fields [ %d 0 R" % parts.size)
    page = parts.objects[parts.page].replace(b"/Annots [", b"/Annots [ %d 0 R" % parts.size)
    made = (
        b"<</FT/Tx/Type/Annot/Subtype/Widget/T(grade)/V(A+)/DA(/He 9 Tf 0 g)/Rect[99 500 300 530]/P %d 0 R>>"
    )
    return {form: fields, parts.page: page, parts.size: made % parts.page}


def _map_of_characters(body: bytes) -> bytes:
    """The same glyphs, said to be other characters."""
    held = re.search(rb"<</Length \d+(.*?)>>\s*stream", body, re.DOTALL)
    assert held
    lines = unpacked(body)
    return stream(re.sub(rb"> <(....)>", b"> <5B66>", lines, count=3), b"/Type/CMap")


def _font(body: bytes) -> bytes:
    return body.replace(b"/Encoding/Identity-H", b"/Encoding/Identity-V")


def _language(parts: Parts) -> Objects:
    return {parts.root: parts.catalog.replace(b"/Lang (ja)", b"/Lang (zh)")}


def _no_flags(parts: Parts) -> Objects:
    """The form no longer says that there are signatures, and that a document only grows."""
    if b"/AcroForm <<" in parts.catalog:
        return {parts.root: parts.catalog.replace(b"/SigFlags 3", b"/SigFlags 0")}
    form = reference(parts.catalog, b"/AcroForm")
    return {form: parts.objects[form].replace(b"/SigFlags 3", b"/SigFlags 0")}


def _spoken(body: bytes) -> bytes:
    return with_entries(body, b"/ActualText<FEFF535A58EB>")


def _kids_gone(parts: Parts) -> Objects:
    pages = reference(parts.catalog, b"/Pages")
    return {
        pages: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % parts.size,
        parts.size: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<<>>>>" % pages,
    }


def _other_catalog(good: bytes) -> bytes:
    parts = taken_apart(good)
    return updated(good, {parts.size: parts.catalog}, root=parts.size)


def _freed(good: bytes) -> bytes:
    return updated(good, {}, freed=(taken_apart(good).page,))


def _empty(good: bytes) -> bytes:
    return updated(good, {})


def _two_ends(good: bytes) -> bytes:
    return good + b"startxref\n%d\n%%%%EOF\n" % taken_apart(good).startxref


def _object_stream(good: bytes) -> bytes:
    """An object of the page overridden from inside an object stream, through a cross-reference stream."""
    parts = taken_apart(good)
    page = parts.objects[parts.page].replace(b"/Tabs /S", b"/Tabs /R")
    head = b"%d 0 " % parts.page
    body = good
    packed = stream(head + page, b"/Type/ObjStm/N 1/First %d" % len(head))
    at, number = len(body), parts.size
    body += b"%d 0 obj\n%b\nendobj\n" % (number, packed)
    table = len(body)
    rows = (
        b"\2"
        + number.to_bytes(4)
        + b"\0"
        + b"\1"
        + at.to_bytes(4)
        + b"\0"
        + b"\1"
        + table.to_bytes(4)
        + b"\0"
    )
    entries = b"/Type/XRef/Size %d/Index[%d 1 %d 2]/W[1 4 1]/Root %d 0 R/Prev %d" % (
        number + 2,
        parts.page,
        number,
        parts.root,
        parts.startxref,
    )
    body += b"%d 0 obj\n%b\nendobj\n" % (number + 1, stream(rows, entries))
    return body + b"startxref\n%d\n%%%%EOF\n" % table


def _hybrid(good: bytes) -> bytes:
    """A table for old readers and a stream for new ones, which say different things."""
    parts = taken_apart(good)
    table = len(good)
    rows = b"\1" + (0).to_bytes(4) + b"\0"
    entries = b"/Type/XRef/Size %d/Index[%d 1]/W[1 4 1]" % (parts.size + 1, parts.page)
    made = good + b"%d 0 obj\n%b\nendobj\n" % (parts.size, stream(rows, entries))
    at = len(made)
    return (
        made
        + b"xref\n0 0\ntrailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (parts.size + 1, parts.root, parts.startxref, table, at)
    )


def _loop(good: bytes) -> bytes:
    """An update whose table names itself as the one before it."""
    made = updated(good, {})
    own = taken_apart(made).startxref
    start = made.rindex(b"/Prev ")
    return made[:start] + re.sub(rb"/Prev \d+", b"/Prev %d" % own, made[start:])


def _signature(change: Callable[[bytes], bytes]) -> Attack:
    """Give the attack in which the signature's own dictionary is written anew, its container untouched."""
    return update(replaced(containing(b"/TransformMethod /DocMDP"), change))


def _own_field_visible(parts: Parts) -> Objects:
    number = containing(b"/T (Gakusho)")(parts)
    look = stream(b"1 g 0 0 400 300 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 400 300]")
    seen = b"/Rect [ 100 400 500 700 ]/AP<</N %d 0 R>>" % parts.size
    return {number: parts.objects[number].replace(b"/Rect [ 0 0 0 0 ]", seen), parts.size: look}


def _not_certified(parts: Parts) -> Objects:
    return {parts.root: re.sub(rb"/Perms <<.*?>>", b"", parts.catalog, flags=re.DOTALL)}


def _encrypting(good: bytes) -> bytes:
    number = taken_apart(good).size
    how = b"<</Filter/Standard/V 1/R 2/O(x)/U(y)/P -4>>"
    return updated(good, {number: how}, trailer=b"/Encrypt %d 0 R" % number)


def _past_the_signature(good: bytes) -> bytes:
    """An update whose table names the unsigned page's as the one before it."""
    parts = taken_apart(good)
    return updated(good, {parts.root: parts.catalog}, previous=int(STARTXREF.findall(good)[0]))


def _other_generation(good: bytes) -> bytes:
    parts = taken_apart(good)
    made = updated(good, {parts.page: parts.objects[parts.page]})
    changed = made[len(good) :].replace(b"%d 0 obj" % parts.page, b"%d 1 obj" % parts.page)
    return good + changed.replace(b" 00000 n", b" 00001 n")


def _entities(body: bytes) -> bytes:
    """Metadata whose entities unpack to a hundred million characters."""
    names = "abcdefgh"
    made = b'<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %b "%b">' % (after.encode(), b"&%b;" % name.encode() * 10)
        for name, after in pairwise(names)
    )
    packet = b'<!DOCTYPE x [%b]><x:xmpmeta xmlns:x="adobe:ns:meta/">&h;</x:xmpmeta>' % made
    return stream(packet, b"/Type/Metadata/Subtype/XML")


_FONTS = containing(b"/Subtype/Type0")
_COVERAGE = "pdf.coverage"
_READABLE, _CERTIFIED = "pdf.readable", "pdf.certified"
_METADATA = containing(b"<x:xmpmeta")

CASES = (
    *cases(
        "incremental saving: the page",
        AS_ISSUED,
        ("page's content swapped for another stream", update(_other_content), _COVERAGE),
        ("page's content replaced in place", update(_content_in_place), _COVERAGE),
        ("page tree with another page", update(_kids_gone), _COVERAGE),
        ("page freed", _freed, _COVERAGE),
        ("text field laid over the page", update(_text_field), _COVERAGE),
        ("layer that can be switched off", update(_layer), _COVERAGE),
        (
            "characters of a font mapped otherwise",
            update(replaced(containing(b"/Type/CMap"), _map_of_characters)),
            _COVERAGE,
        ),
        ("encoding of a font", update(replaced(_FONTS, _font)), _COVERAGE),
    ),
    *cases(
        "incremental saving: the catalog",
        AS_ISSUED,
        (
            "script in the name tree",
            update(inside(b"/Names", b"/JavaScript<</Names[(a) %d 0 R]>>", b"<</S/JavaScript/JS(1)>>")),
            _COVERAGE,
        ),
        ("second file attached", update(_second_file), _COVERAGE),
        (
            "actions of the document",
            update(catalog(b"/AA<</WC %d 0 R>>", b"<</S/JavaScript/JS(1)>>")),
            _COVERAGE,
        ),
        ("XFA form", update(inside(b"/AcroForm", b"/XFA %d 0 R", stream(b"<xdp/>"))), _COVERAGE),
        ("another catalog", _other_catalog, _COVERAGE),
        (
            "forms that are to be drawn anew",
            update(inside(b"/AcroForm", b"/NeedAppearances true")),
            _COVERAGE,
        ),
        ("flags of signatures taken away", update(_no_flags), _COVERAGE),
        ("document's language", update(_language), _COVERAGE),
        ("words a screen reader says", update(replaced(containing(b"/S/H1"), _spoken)), _COVERAGE),
        ("usage rights", update(inside(b"/Perms", b"/UR3 %d 0 R", b"<</Type/Sig>>")), _COVERAGE),
    ),
    *cases(
        "incremental saving: metadata",
        AS_ISSUED,
        ("another information dictionary", _new_information, _COVERAGE),
        ("XMP metadata", update(replaced(_METADATA, _metadata)), _COVERAGE),
        ("XMP metadata with entities without end", update(replaced(_METADATA, _entities)), _COVERAGE),
        ("object that nothing refers to", update(lambda parts: {parts.size: stream(b"PhD")}), _COVERAGE),
        ("an update of nothing", _empty, _COVERAGE),
        ("a second end of file", _two_ends, _COVERAGE),
    ),
    *cases(
        "incremental saving: the signature",
        AS_ISSUED,
        ("reason of the signature", _signature(lambda body: with_entries(body, b"/Reason(PhD)")), _COVERAGE),
        ("time of the signature", _signature(lambda body: body.replace(b"D:2026", b"D:2016")), _COVERAGE),
        ("permission of the signature", _signature(lambda body: body.replace(b"/P 1", b"/P 3")), _CERTIFIED),
        ("signature's field laid over the page", update(_own_field_visible), _COVERAGE),
        ("certification taken out of the catalog", update(_not_certified), _CERTIFIED),
    ),
    *cases(
        "cross-reference tables",
        AS_ISSUED,
        ("table that leads past the signature", _past_the_signature, _CERTIFIED),
        ("trailer that says it is encrypted", _encrypting, _READABLE),
        ("page under another generation", _other_generation, _COVERAGE),
        ("object overridden from an object stream", _object_stream, _COVERAGE),
        ("hybrid references", _hybrid, _READABLE),
        ("table that refers to itself", _loop, _READABLE),
    ),
)
