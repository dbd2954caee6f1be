# SPDX-License-Identifier: Apache-2.0
"""Document time-stamps written by hand (ISO 32000-2, section 12.8.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tests.vectors.signed_pdf import by_hand as hand
from tests.vectors.signed_pdf.by_hand import Objects, Parts, taken_apart
from tests.vectors.signed_pdf.tokens import token

_GAP = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")


def newest(good: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the container of the last signature in the file."""
    found = list(_GAP.finditer(good))[-1]
    digits = found.group(1)
    changed = change(bytes.fromhex(digits.decode())).hex().encode()
    return good[: found.start(1)] + changed.ljust(len(digits), b"0") + good[found.end(1) :]


def content_of(good: bytes) -> bytes:
    """Give the bytes that the last signature in the file covers."""
    offsets = [int(one) for one in re.findall(rb"/ByteRange \[([\d ]+)\]", good)[-1].split()]
    return hand.covered(good, tuple(offsets))


def archived_by_hand(
    good: bytes,
    *,
    widget: bytes = b"/Rect[0 0 0 0]",
    more: tuple[bytes, ...] = (),
    change: Callable[[Parts], Objects] = lambda parts: {},
) -> bytes:
    """Give a B-LTA file with a document time-stamp more, written by hand, which may carry something else."""
    parts = taken_apart(good)
    field, value, first = parts.size, parts.size + 1, parts.size + 2
    form = hand.reference(parts.catalog, b"/AcroForm")
    fields = re.sub(rb"(/Fields \[[^\]]*)", rb"\g<1> %d 0 R " % field, parts.objects[form])
    page = re.sub(rb"(/Annots \[[^\]]*)", rb"\g<1> %d 0 R " % field, parts.objects[parts.page])
    empty, place = b"<%b>" % (b"0" * 16_000), b"/ByteRange " + b" " * 64
    extra = widget % first if b"%d" in widget else widget
    entries = b"/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"
    objects = {
        form: fields,
        parts.page: page,
        field: b"<</FT/Sig/Type/Annot/Subtype/Widget/F 132/T(By-hand)%b/P %d 0 R/V %d 0 R>>"
        % (extra, parts.page, value),
        value: b"<</Contents %b%b%b>>" % (empty, place, entries),
        **{first + number: body for number, body in enumerate(more)},
    }
    already = replace(parts, objects=parts.objects | objects, size=first + len(more))
    objects |= change(already)
    body = hand.updated(good, objects)
    start = body.rindex(b"/Contents " + empty) + len(b"/Contents ")
    end = start + len(empty)
    array = b"/ByteRange [0 %d %d %d]" % (start, end, len(body) - end)
    body = body.replace(place, array.ljust(len(place)))
    return newest(body, lambda _: token(content_of(body)))
