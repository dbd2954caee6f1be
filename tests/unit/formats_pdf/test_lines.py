# SPDX-License-Identifier: Apache-2.0
"""Lines of text that are taken at once say what they say when each of their operators is followed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pikepdf
import pytest

from gakusho.errors import GakushoError
from gakusho.formats._pdf import text
from gakusho.formats._pdf.operators import Line, operators
from gakusho.formats._pdf.text import shown_pieces

_COLORS = ("0", "0.1 0.2 0.3", "0.9 0.9 0.9", "1 1 1", "0.8 0.8 0.8", "0 0 0 1")
_SPACES = ("c0", "c1", "odd")
_SIZES = ("0.5", "1.9", "2", "11", "-11", "300")
_SHOWN = (
    "(\\000\\001\\000\\002)Tj",
    "[(\\000\\001)-250(\\000\\002)18(\\000\\003)]TJ",
    "[(\\000\\050\\000\\()1(\\000\\\\\\))]TJ",
    "[(\\000\\001)-12(\\000\\002\\000)]TJ",
    "[(\\000\\001)700(\\000\\002)]TJ",
    "[(\\000\\001)590(\\000\\002)]TJ",
    "[(\\000\\001)-1 599(\\000\\002)]TJ",
    "[(\\000\\1)-1(2\\000\\003)]TJ",
    "[-500(\\000\\001)]TJ",
    "()Tj",
    "[]TJ",
    "(\\377\\377\\000\\001)Tj",
)
_BEFORE = (
    "",
    "q 0.5 0.5 0.5 rg 0 0 300 300 re f Q",
    "q 0 0 0 rg 10 10 m 200 10 l 200 200 l 10 200 l f Q",
    "q /half gs",
    "q 2 0 0 2 0 0 cm",
    "q 0.9 0.1 -0.1 0.9 5 5 cm",
    "q 3 Ts",
    "q 50 Tz",
    "q 20 20 100 100 re W n",
)
_AFTER = ("", "q 1 1 1 rg 0 0 120 120 re f Q", "q 1 1 1 RG 3 w 0 50 m 300 50 l S Q")


@pytest.fixture(scope="module")
def document() -> pikepdf.Pdf:
    """Give a page with two fonts, known colors and others, and a state in which little is seen."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(300, 300))
    chars = b"".join(b"<%04X> <%04X>\n" % (code, 0x4E00 + code) for code in range(1, 120))
    two = (
        b"1 beginbfchar\n%b\nendbfchar\n1 beginbfchar\n<0064> <D867DE3D>\n<0065> <00660069>\nendbfchar"
        % chars
    )
    resources = b"""<< /Font << /f0 << /Type /Font /Subtype /Type0 >> /f1 << /Type /Font /Subtype /Type1 >> >>
        /ColorSpace << /c0 [ /ICCBased null ] /c1 [ /CalGray << >> ] /odd [ /Separation /a /b null ] >>
        /ExtGState << /half << /ca 0.3 >> >> >>"""
    page = made.pages[0].obj
    page.Resources = pikepdf.Object.parse(resources)
    page.Resources.Font.f0.ToUnicode = made.make_stream(two)
    return made


def _pieces(document: pikepdf.Pdf, content: str) -> list[str] | str:
    document.pages[0].obj.Contents = document.make_stream(content.encode("ascii"))
    try:
        return shown_pieces(document)
    except GakushoError as error:
        return type(error).__name__


def _line(draw: random.Random) -> str:
    turned = draw.choice(["1 0 0 -1 0 0"] * 6 + ["1 0 0 -1 4 5"])
    place = f"{draw.choice([*['1 0 0 -1'] * 5, '1.0 0 0 -1', '1 0 0 1', '2 0 0 -1'])} "
    place += f"{draw.uniform(-20, 320):.3f} {draw.uniform(-20, 320):.2f}"
    font = draw.choice(["f0", "f0", "f0", "f1", "f2"])
    outline = draw.choice(["", "", "/c0 CS 0 SCN 0.2 w"])
    return (
        f"/Span<</MCID 1>>BDC\nq {place} cm/{draw.choice(_SPACES)} cs {draw.choice(_COLORS)} scn{outline}\n"
        f"BT {draw.choice('0002')} Tr/{font} {draw.choice(_SIZES)} Tf {turned} Tm"
        f"{draw.choice(_SHOWN)}\nET\nQ\nEMC"
    )


def test_whatever_a_page_says_each_way_gives_the_same(
    document: pikepdf.Pdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(20261121)  # no secret: the same pages each time
    quick = Line.upright
    taken = told = refused = 0

    def counting(line: Line) -> tuple[float, float] | None:
        nonlocal taken
        found = quick(line)
        taken += found is not None
        return found

    def singly(_: object, content: bytes) -> Iterable[tuple[bytes, list[Any]]]:
        return operators(content, singly=True)

    for _ in range(500):
        lines = [_line(draw) for _ in range(draw.randint(1, 4))]
        content = "\n".join([draw.choice(_BEFORE), *lines, draw.choice(_AFTER)])
        found = []
        for name, way in ((None, None), ("upright", lambda _: None), ("operators", singly)):
            with monkeypatch.context() as patched:
                patched.setattr(Line, "upright", counting)
                if name is not None:
                    patched.setattr(Line if name == "upright" else text.Reader, name, way)
                found.append(_pieces(document, content))
        assert found[0] == found[1] == found[2], content
        told += isinstance(found[0], list) and bool(found[0])
        refused += isinstance(found[0], str)
    assert taken > 150
    assert told > 50
    assert refused > 40


def test_codes_that_say_several_letters_or_one_beyond_the_first_plane_are_read(
    document: pikepdf.Pdf,
) -> None:
    line = "q 1 0 0 -1 50 50 cm/c0 cs 0 scn\nBT 0 Tr/f0 11 Tf 1 0 0 -1 0 0 Tm(\\000d\\000e\\000\\001)Tj"
    line += "\nET\nQ"
    assert _pieces(document, line) == ["\U00029e3dfi\u4e01"]
