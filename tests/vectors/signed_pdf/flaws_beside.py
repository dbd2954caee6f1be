# SPDX-License-Identifier: Apache-2.0
"""What stands on a page, or in a document, beside what is compared; signed with the university's own key."""

from __future__ import annotations

import re
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from tests.vectors.signed_pdf.cases import cases
from tests.vectors.signed_pdf.flaws_pages import (
    LIMITS,
    REWRITTEN,
    _after,
    _draw,
    _named,
    _operators,
    _with_forged,
    redrawn,
)
from tests.vectors.signed_pdf.making import award, badge, university

from gakusho.model.report import Outcome


def _noted(document: Pdf, **more: Any) -> None:
    sheet = document.pages[0].obj
    note = Dictionary(Type=Name.Annot, F=4, Rect=Array([60, 30, 300, 60]), Contents="優等で卒業", **more)
    sheet.Annots = Array([*sheet.Annots, document.make_indirect(note)])


def _stamp(document: Pdf) -> None:
    """A stamp where nothing is compared, with words of its own."""
    look = document.make_stream(
        b"0 g 0 0 20 20 re f", {"/Subtype": Name.Form, "/BBox": Array([0, 0, 20, 20])}
    )
    _noted(document, Subtype=Name.Stamp, AP=Dictionary(N=look))


def _free_text(document: Pdf) -> None:
    """A note without a look of its own, for which programs make one up."""
    _noted(document, Subtype=Name.FreeText, DA="/He 12 Tf 0 g")


def _thick_link(document: Pdf) -> None:
    """A link with a border in the color of the paper, as thick as the page."""
    _noted(document, Subtype=Name.Link, Border=Array([0, 0, 900]), C=Array([1, 1, 1]))


def _all_white(document: Pdf) -> None:
    """A transfer function by which all colors are white (ISO 32000-2, section 10.5)."""
    white = Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1, C0=Array([1]), C1=Array([1]))
    sheet = document.pages[0].obj
    sheet.Resources.ExtGState = Dictionary(White=Dictionary(Type=Name.ExtGState, TR=white))
    _draw(document, b"/White gs " + _operators(document))


def _other_area(document: Pdf) -> None:
    document.Root.ViewerPreferences = Dictionary(ViewArea=Name.TrimBox, DisplayDocTitle=True)
    document.pages[0].obj.TrimBox = Array([400, 700, 596, 842])


def _two_files(document: Pdf) -> None:
    """A file with the credential for some programs, and something else for others."""
    other = document.make_stream(b'{"grade": "A"}', {"/Type": Name.EmbeddedFile})
    document.Root.AF[0].EF.UF = other


def _at_a_page(document: Pdf) -> None:
    """Another person's true credential, attached to the page and not to the document."""
    other = badge(_named(award()), university())
    held = document.make_stream(other.data, {"/Type": Name.EmbeddedFile})
    document.pages[0].obj.AF = pikepdf.Array(
        [Dictionary(Type=Name.Filespec, F="a.json", EF=Dictionary(F=held))]
    )


def _masked_picture(document: Pdf, white: bytes = b"\xff", mask: bytes = b"\xff") -> None:
    """A white picture over the true words, with a mask that lets all of it through."""
    _with_forged(_after(b"q 596 0 0 842 0 0 cm /Cover Do Q"))(document)
    entries = {
        "/Subtype": Name.Image,
        "/Width": 1,
        "/Height": 1,
        "/BitsPerComponent": 8,
        "/ColorSpace": Name.DeviceGray,
    }
    soft = document.make_stream(mask, entries if len(mask) == 1 else {**entries, "/Filter": Name.JPXDecode})
    cover = document.make_stream(white, {**entries, "/SMask": soft})
    document.pages[0].obj.Resources.XObject.Cover = cover


def _stencil(document: Pdf) -> None:
    """A stencil that is painted white, over the true words."""
    _with_forged(_after(b"q 1 g 596 0 0 842 0 0 cm /Cover Do Q"))(document)
    entries = {"/Subtype": Name.Image, "/Width": 1, "/Height": 1, "/BitsPerComponent": 1, "/ImageMask": True}
    document.pages[0].obj.Resources.XObject.Cover = document.make_stream(b"\x00", entries)


_BEGINS = re.compile(rb"1 0 0 -1 ([-\d.]+) ([-\d.]+) cm")


def _dots(true: bytes) -> bytes:
    """Of each line the first dot, all else of it clipped away."""
    return _BEGINS.sub(rb"\g<0> -0.3 -0.3 0.6 0.6 re W n", true)


def _at_the_edge(true: bytes) -> bytes:
    """Each line begins at the right edge of the page."""
    return _BEGINS.sub(rb"1 0 0 -1 595 \2 cm", true)


def _all_but_the_beginning(true: bytes) -> bytes:
    """Each line under a white area that leaves its first dot."""
    covers = [(float(one[1]) + 0.5, float(one[2]) - 4) for one in _BEGINS.finditer(true)]
    return true + b"\n1 g " + b" ".join(b"%.2f %.2f 596 11 re" % place for place in covers) + b" f"


def _far_apart(true: bytes) -> bytes:
    """Behind the first letter of each line comes a space as wide as the page, in which the rest is lost."""
    return re.sub(rb"\[\(((?:\\[0-7]{3}|\\.|[^\\]){2})", rb"[(\1)-90000(", true)


_MATCH = "pdf.matches-credential"

CASES = (
    *cases(
        "beside what is compared",
        REWRITTEN,
        ("stamp beside the words", redrawn(_stamp), _MATCH, Outcome.UNKNOWN),
        ("note that each program draws as it likes", redrawn(_free_text), _MATCH, Outcome.UNKNOWN),
        ("link with a border as thick as the page", redrawn(_thick_link), _MATCH, Outcome.UNKNOWN),
        ("colors that are all drawn white", redrawn(_all_white), _MATCH, Outcome.UNKNOWN),
        ("another part of the page asked for", redrawn(_other_area), _MATCH, Outcome.UNKNOWN),
        ("file that is another one in other programs", redrawn(_two_files), "pdf.readable"),
        ("another person's credential attached to the page", redrawn(_at_a_page), "pdf.carried"),
    ),
)

CASES += cases(
    "words nobody can see",
    REWRITTEN,
    ("true words under a picture with a mask", redrawn(_masked_picture), _MATCH),
    ("true words under a white stencil", redrawn(_stencil), _MATCH),
    ("true words of which the first dot is left", redrawn(_with_forged(_dots)), _MATCH),
    ("true words that leave the page", redrawn(_with_forged(_at_the_edge)), _MATCH),
    ("true words covered but for the first dot", redrawn(_with_forged(_all_but_the_beginning)), _MATCH),
)
CASES += cases(
    "words nobody can see",
    REWRITTEN,
    (
        "true words under a picture with a mask of another kind",
        redrawn(lambda document: _masked_picture(document, mask=b"not read")),
        _MATCH,
        Outcome.UNKNOWN,
    ),
)

LIMITS["letters set so far apart that they leave the page"] = redrawn(_with_forged(_far_apart))
