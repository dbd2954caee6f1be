# SPDX-License-Identifier: Apache-2.0
"""The QR code on an own PDF stands where it was put, on the page, and who would cover words is told."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf.making import LINK, NOW

from gakusho.errors import InputError
from gakusho.formats._pdf.paper import check_paper, complete, stamped
from gakusho.formats._pdf.stamp import MILLIMETER
from gakusho.model.document import CORNERS, CodePlace, misplaced

WIDE, HIGH = 595.0, 842.0
TURNED = {0: (WIDE, HIGH), 90: (HIGH, WIDE), 180: (WIDE, HIGH), 270: (HIGH, WIDE)}


def drawn(data: bytes, index: int = 0) -> tuple[float, ...]:
    with pikepdf.open(io.BytesIO(data)) as document:
        drawing = document.pages[index].Contents[-1].read_bytes()
    return tuple(float(word) for word in drawing.split(b"q ")[1].split(b" cm")[0].split())


def codes(data: bytes, place: CodePlace | None = None) -> list[str]:
    return [problem.code for problem in check_paper(data, place)]


@pytest.mark.parametrize("turn", TURNED)
@pytest.mark.parametrize("corner", CORNERS)
def test_it_stands_in_its_corner_as_the_page_is_seen(corner: str, turn: int) -> None:
    def turned(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Rotate = turn

    place = CodePlace(corner=corner, across=20, down=30, size=25)
    a, b, c, d, e, f = drawn(complete(paper(turned), link=LINK, attachments=(), at=NOW, place=place))
    wide, high = TURNED[turn]
    side = 25 * MILLIMETER

    def seen(x: float, y: float) -> tuple[float, float]:
        x, y = e + a * x + c * y, f + b * x + d * y
        return {0: (x, y), 90: (y, WIDE - x), 180: (WIDE - x, HIGH - y), 270: (HIGH - y, x)}[turn]

    x = 20 * MILLIMETER if "left" in corner else wide - 20 * MILLIMETER - side
    y = 30 * MILLIMETER if "lower" in corner else high - 30 * MILLIMETER - side
    assert seen(0, 0) == pytest.approx((x, y), abs=0.01)
    assert seen(side, side) == pytest.approx((x + side, y + side), abs=0.01)


def test_it_stands_on_the_page_chosen_counted_from_either_end() -> None:
    three = paper(pages=3)
    for number, index in ((2, 1), (-1, 2), (-3, 0)):
        data, page = stamped(three, LINK, CodePlace(page=number))
        assert page == index + 1
        assert drawn(data, index)[0] == 1
    for number in (4, -4):
        assert codes(three, CodePlace(page=number)) == ["paper.code-page"]
        with pytest.raises(InputError) as caught:
            stamped(three, LINK, CodePlace(page=number))
        assert caught.value.code == "paper.code-page"


def test_a_place_beside_the_page_is_refused() -> None:
    for place in (CodePlace(across=200), CodePlace(down=280), CodePlace(across=180, size=40)):
        assert codes(paper(), place) == ["paper.code-off-page"]
    assert codes(paper(), CodePlace(across=0, down=0)) == []


def worded(*drawing: str) -> bytes:
    """Give a paper with words drawn on it."""

    def write(document: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        inner = document.make_stream(b"BT /F 12 Tf 5 5 Td (inside) Tj ET")
        inner.Type, inner.Subtype = Name.XObject, Name.Form
        inner.BBox, inner.Matrix = Array([0, 0, 100, 20]), Array([1, 0, 0, 1, 480, 40])
        inner.Resources = Dictionary(Font=Dictionary(F=font))
        document.pages[0].obj.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(X=inner))
        document.pages[0].obj.Contents = document.make_stream("\n".join(drawing).encode())

    return paper(write)


@pytest.mark.parametrize(
    ("drawing", "covered"),
    [
        ("BT /F 12 Tf 72 700 Td (Far above) Tj ET", False),
        ("BT /F 12 Tf 520 50 Td (No. 12) Tj ET", True),
        ("BT /F 12 Tf 420 50 Td (a line that runs into it) Tj ET", True),
        ("BT /F 12 Tf 420 50 Td (short) Tj ET", False),
        ("BT /F 12 Tf 520 50 Td (   ) Tj ET", False),
        ("q 0.5 0 0 0.5 0 0 cm BT /F 24 Tf 1040 100 Td (scaled) Tj ET Q", True),
        ("q 0.5 0 0 0.5 0 0 cm BT /F 12 Tf 520 100 Td (scaled) Tj ET Q", False),
        ("BT /F 12 Tf 14 TL 520 400 Td (one) Tj T* (two) ' ET", False),
        ("BT /F 12 Tf 100 TL 520 150 Td (one) Tj (two) ' ET", True),
        ("BT /F 12 Tf 1 0 0 1 520 60 Tm [(a) -200 (b)] TJ ET", True),
        ("/X Do", True),
    ],
)
def test_words_that_would_be_covered_are_told(drawing: str, covered: bool) -> None:  # a table
    found = [code for code in codes(worded(drawing)) if code != "paper.fonts-not-embedded"]
    assert found == (["paper.code-covers"] if covered else [])
    elsewhere = codes(worded(drawing), CodePlace(corner="upper-left"))
    assert "paper.code-covers" not in elsewhere


def test_a_drawing_that_is_not_understood_only_loses_the_warning() -> None:
    for odd in ("BT /F Tf 1 Td (a) Tj ET", "1 0 cm", "Q Q Q BT (x) Tj", "(", "/None Do"):
        assert "paper.code-off-page" not in codes(worded(odd))


def test_what_is_no_place_is_told_by_name() -> None:
    assert misplaced(CodePlace()) == []
    odd = CodePlace(corner="middle", across=-1, down=500, page=0, size=5)
    assert misplaced(odd) == ["across", "corner", "down", "page", "size"]
    assert misplaced(CodePlace(across=float("nan"), down=float("inf"))) == ["across", "down"]
