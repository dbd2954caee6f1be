# SPDX-License-Identifier: Apache-2.0
"""Shadow attacks: what is to be shown later is put into the document before it is signed.

The attacker prepares the file, the university signs it, and a small update switches it over. Mainka, Mladenov
and Rohlmann, "Shadow Attacks: Hiding and Replacing Content in Signed PDFs", NDSS 2021.
"""

from __future__ import annotations

import re

from tests.vectors.signed_pdf import by_hand as hand
from tests.vectors.signed_pdf.by_hand import LOCK, stream, taken_apart, with_entries
from tests.vectors.signed_pdf.cases import Attack, cases
from tests.vectors.signed_pdf.flaws_common import annotated, overlaid, second_signature, without_attachment
from tests.vectors.signed_pdf.flaws_updates import content_of
from tests.vectors.signed_pdf.good import by_hand, page

PREPARED = "signed with something prepared inside"
BY_HAND = "signed by hand with our key"


def prepared() -> bytes:
    """Give a signed page with what a shadow attack needs, none of which does anything yet.

    A link in a corner and the look that makes a stamp of it, the page and its content once more without a
    place in the table, and
    another tree of pages that nothing leads to.
    """
    data = page()
    parts = taken_apart(data)
    sheet = parts.objects[parts.page]
    look = stream(b"0.9 g 0 0 20 20 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 20 20]")
    link = b"<</Type/Annot/Subtype/Link/F 4/Rect[10 10 30 30]/Border[0 0 0]/Contents(seal)/P %d 0 R>>"
    number = parts.size
    notes = re.sub(rb"/Annots\s*\[", b"/Annots[%d 0 R " % number, sheet)
    other_page = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % (number + 4), notes)
    pages = hand.reference(parts.catalog, b"/Pages")
    objects = {
        parts.page: notes,
        number: link % parts.page,
        number + 1: look,
        number + 2: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 3),
        number + 3: other_page.replace(b"/Parent %d 0 R" % pages, b"/Parent %d 0 R" % (number + 2)),
        number + 4: stream(content_of(parts).replace(b"/f1 15 Tf", b"/f1 12 Tf")),
        number + 5: with_entries(
            parts.catalog.replace(b"/Pages %d 0 R" % pages, b"/Pages %d 0 R" % (number + 2)),
            # the numbers that field and signature will have
            b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>" % (number + 6, number + 7),
        ),
    }
    made = hand.updated(data, objects)
    return by_hand(_with_a_second_page(made))


def _with_a_second_page(data: bytes) -> bytes:
    """Write the page a second time, with no row in the table: programs pass over it."""
    parts = taken_apart(data)
    at = parts.startxref
    shadow = parts.objects[parts.page].replace(b"/Tabs/S", b"/Tabs/R")
    copy = b"%d 0 obj\n%b\nendobj\n" % (parts.page, shadow)
    moved = data[:at] + copy + data[at:]
    return moved.replace(b"startxref\n%d\n" % at, b"startxref\n%d\n" % (at + len(copy)))


def _hide(good: bytes) -> bytes:
    """What stood on the page is freed."""
    parts = taken_apart(good)
    return hand.updated(good, {}, freed=(_prepared_note(parts),))


def _prepared_note(parts: hand.Parts) -> int:
    return min(number for number, body in parts.objects.items() if b"(seal)" in body)


def _cover(good: bytes) -> bytes:
    """The link in a corner becomes a stamp that covers the page, with the look that was signed for it."""
    parts = taken_apart(good)
    note = _prepared_note(parts)
    wide = parts.objects[note].replace(b"[10 10 30 30]", b"[0 0 595 842]")
    stamp = wide.replace(b"/Subtype/Link", b"/Subtype/Stamp/AP<</N %d 0 R>>" % (note + 1))
    return hand.updated(good, {note: stamp})


def _replace(good: bytes) -> bytes:
    """A table that leads to the page that nobody saw: not one object is added."""
    parts = taken_apart(good)
    copies = [found.start() + 1 for found in re.finditer(rb"\n%d 0 obj" % parts.page, good)]
    shadow = next(at for at in copies if b"/Tabs/R" in good[at : at + 400])
    rows = b"0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (parts.page, shadow)
    trailer = b"/Size %d/Root %d 0 R/Prev %d" % (parts.size, parts.root, parts.startxref)
    table = b"xref\n%btrailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (rows, trailer, len(good))
    return good + table


def _replace_catalog(good: bytes) -> bytes:
    """A trailer that names the other catalog, which was signed as well."""
    parts = taken_apart(good)
    other = max(number for number, body in parts.objects.items() if b"/Type/Catalog" in body)
    assert other != parts.root
    return hand.updated(good, {}, root=other)


def _replace_kids(good: bytes) -> bytes:
    """The tree of pages leads to the other tree, which was signed as well."""
    parts = taken_apart(good)
    pages = hand.reference(parts.catalog, b"/Pages")
    other = max(number for number, body in parts.objects.items() if b"/Type/Pages" in body)
    return hand.updated(good, {pages: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % other})


def _after(lock: bytes, change: Attack, *, permissions: bytes | None = None) -> Attack:
    """Give the attack that makes a change which the signature's weaker lock lets pass."""

    def make(_: bytes) -> bytes:
        more = {} if permissions is None else {"permissions": permissions}
        return change(by_hand(lock=lock, **more))

    return make


_COVERAGE, _CERTIFIED = "pdf.coverage", "pdf.certified"

CASES = (
    *cases(
        "shadow attacks",
        PREPARED,
        ("shadow: what stood on the page is taken away", _hide, _COVERAGE),
        ("shadow: what was small covers the page", _cover, _COVERAGE),
        ("shadow: a table leads to a page nobody saw", _replace, _COVERAGE),
        ("shadow: a trailer names the other catalog", _replace_catalog, _COVERAGE),
        ("shadow: the page tree leads to the other pages", _replace_kids, _COVERAGE),
    ),
    *cases(
        "changes that a weaker certification permits",
        BY_HAND,
        ("annotation where forms may be filled", _after(LOCK % 2, annotated), _CERTIFIED),
        ("annotation where annotations are permitted", _after(LOCK % 3, annotated), _CERTIFIED),
        ("annotation on an approved page", _after(permissions=b"", lock=b"", change=annotated), _CERTIFIED),
        (
            "content laid over an approved page",
            _after(permissions=b"", lock=b"", change=overlaid),
            _CERTIFIED,
        ),
        ("signature over the page where forms may be filled", _after(LOCK % 2, second_signature), _CERTIFIED),
        (
            "signature over an approved page",
            _after(permissions=b"", lock=b"", change=second_signature),
            _CERTIFIED,
        ),
        (
            "credential exchanged in an approved page",
            _after(permissions=b"", lock=b"", change=without_attachment),
            _CERTIFIED,
        ),
    ),
)
