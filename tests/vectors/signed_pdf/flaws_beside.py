# SPDX-License-Identifier: Apache-2.0
"""What stands on a page, or in a document, beside what is compared; signed with the university's own key."""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from tests.vectors.signed_pdf.cases import cases
from tests.vectors.signed_pdf.flaws_pages import REWRITTEN, _draw, _named, _operators, redrawn
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
