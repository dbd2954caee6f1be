# SPDX-License-Identifier: Apache-2.0
"""The institution's own PDF: what is refused, and what is done to what is not."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from tests.vectors.signed_pdf.making import LINK, NOW, issued

from gakusho.errors import InputError
from gakusho.formats._pdf.contents import attached_files
from gakusho.formats._pdf.paper import MAX_BYTES, MAX_PAGES, check_paper, complete
from gakusho.formats._pdf.typesetting import Attachment
from gakusho.model.problem import Severity


def paper(
    change: Callable[[pikepdf.Pdf], object] | None = None,
    *,
    pages: int = 1,
    archival: bool = True,
    **saving: Any,
) -> bytes:
    """Give a plain PDF as an office program would make it for an archive, changed."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        if archival:
            with document.open_metadata(set_pikepdf_as_editor=False) as said:
                said["pdfaid:part"] = "2"
        if change:
            change(document)
        output = io.BytesIO()
        document.save(output, static_id=True, **saving)
        return output.getvalue()


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in check_paper(data) if problem.severity is Severity.ERROR]


def test_a_plain_paper_has_no_problem() -> None:
    assert check_paper(paper()) == []


def test_a_paper_that_is_not_for_archives_is_only_a_warning() -> None:
    [problem] = check_paper(paper(archival=False))
    assert (problem.code, problem.severity) == ("paper.not-pdf-a", Severity.WARNING)
    assert complete(paper(archival=False), link=LINK, attachments=(), at=NOW)


def _action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name(kind), **more)


def _open_action(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = _action("/JavaScript", JS="app.alert(1)")


def _named_script(document: pikepdf.Pdf) -> None:
    script = document.make_indirect(_action("/JavaScript", JS="1"))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", script])))


def _page_action(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = Dictionary(O=_action("/Launch", F="calc.exe"))


def _link_action(document: pikepdf.Pdf) -> None:
    link = Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=_action("/Launch", F="calc.exe"))
    document.pages[0].obj.Annots = Array([document.make_indirect(link)])


def _script_link(document: pikepdf.Pdf) -> None:
    link = Dictionary(
        Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=_action("/URI", URI=" JavaScript:alert(1)")
    )
    document.pages[0].obj.Annots = Array([document.make_indirect(link)])


def _form(document: pikepdf.Pdf) -> None:
    field = document.make_indirect(
        Dictionary(FT=Name.Tx, T="grade", Subtype=Name.Widget, Rect=Array([0, 0, 9, 9]))
    )
    document.Root.AcroForm = Dictionary(Fields=Array([field]))
    document.pages[0].obj.Annots = Array([field])


def _xfa(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array(), XFA=document.make_stream(b"<xdp/>"))


def _layers(document: pikepdf.Pdf) -> None:
    document.Root.OCProperties = Dictionary(OCGs=Array())


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = b"hello"


def _movie(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = Array([document.make_indirect(Dictionary(Subtype=Name.RichMedia))])


def _elsewhere(document: pikepdf.Pdf) -> None:
    document.Root.Gone = document.make_stream(b"", F="http://169.254.169.254/latest")


def _circle(document: pikepdf.Pdf) -> None:
    document.Root.Pages.Kids = Array([document.Root.Pages])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_open_action, "paper.open-action"),
        (_open_action, "paper.javascript"),
        (_named_script, "paper.javascript"),
        (_page_action, "paper.actions"),
        (_link_action, "paper.actions"),
        (_script_link, "paper.javascript"),
        (_form, "paper.form-fields"),
        (_xfa, "paper.xfa"),
        (_layers, "paper.optional-content"),
        (_attached, "paper.embedded-files"),
        (_movie, "paper.multimedia"),
        (_elsewhere, "paper.external-content"),
    ],
)
def test_what_could_change_a_page_later_is_refused(
    change: Callable[[pikepdf.Pdf], object], code: str
) -> None:
    data = paper(change)
    assert code in codes(data)
    with pytest.raises(InputError, match="cannot be signed"):
        complete(data, link=LINK, attachments=(), at=NOW)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("/MediaBox", Array([0, 0, 10**9, 10**9])),
        ("/MediaBox", Array([0, 0, 0, 842])),
        ("/CropBox", Array([0, 0, 20_000, 842])),
        ("/UserUnit", 75_000),
    ],
)
def test_a_page_of_a_size_that_no_reader_must_take_is_refused(entry: str, value: Any) -> None:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].obj[entry] = value

    assert codes(paper(change)) == ["paper.page-size"]


def _keywords(words: str) -> Callable[[pikepdf.Pdf], object]:
    return lambda document: document.docinfo.__setitem__(Name.Keywords, words)


def test_a_paper_that_claims_to_be_set_from_a_template_is_refused() -> None:
    """It would be compared with what a template prints, and shown as such."""
    claiming = paper(_keywords("diploma; gakusho-template:degree-certificate:ja:2"))
    assert [(one.code, dict(one.facts)) for one in check_paper(claiming)] == [
        ("paper.template-keyword", {"got": "degree-certificate ja"})
    ]
    with pytest.raises(InputError, match="cannot be signed"):
        complete(claiming, link=LINK, attachments=(), at=NOW)
    assert check_paper(paper(_keywords("diploma; gakusho; template"))) == []


def test_an_encrypted_paper_is_refused_with_and_without_a_password() -> None:
    assert codes(paper(encryption=pikepdf.Encryption(owner="o", user="u"))) == ["paper.encrypted"]
    assert codes(paper(encryption=pikepdf.Encryption(owner="o", user=""))) == ["paper.encrypted"]


def test_a_signed_paper_is_refused() -> None:
    assert "paper.already-signed" in codes(issued())


def test_a_paper_of_200_megabytes_is_refused_by_its_size() -> None:
    class Declared(bytes):
        """Bytes that say they are many more than they are."""

        def __len__(self) -> int:
            return 200_000_000

    [problem] = check_paper(Declared(b"%PDF-1.7\n"))
    assert problem.code == "paper.too-large"
    assert dict(problem.facts) == {"got": "200000000", "expected": str(MAX_BYTES)}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html>", b"\xef\xbb\xbf%PDF-1.7", b"%!PS-Adobe-3.0"])
def test_what_is_not_a_pdf_is_refused(data: bytes) -> None:
    assert codes(data) == ["paper.not-a-pdf"]


def test_a_damaged_paper_is_refused_not_repaired() -> None:
    assert codes(paper()[:-60]) == ["paper.broken"]


def test_too_many_pages_none_and_a_tree_in_a_circle_are_refused() -> None:
    assert codes(paper(pages=MAX_PAGES + 1)) == ["paper.too-many-pages"]
    assert codes(paper(pages=0)) == ["paper.no-pages"]
    assert codes(paper(_circle))


def _hybrid() -> bytes:
    """Two cross-reference sections in one, of which old readers see the table and new ones the stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/XRef/Size 5/W[1 2 1]/Index[0 1]/Length 4>>\nstream\n\0\0\0\0\nendstream",
    ]
    body, offsets = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    trailer = b"trailer\n<</Size 5/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + trailer % (offsets[3], len(body))


def test_a_hybrid_cross_reference_is_refused() -> None:
    assert codes(_hybrid()) == ["paper.hybrid-xref"]
    assert "paper.hybrid-xref" not in codes(_hybrid().replace(b"/XRefStm", b"/XRefOld"))


def test_fonts_that_are_not_embedded_are_only_a_warning() -> None:
    def helvetica(document: pikepdf.Pdf) -> None:
        font = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        document.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=font))

    [problem] = check_paper(paper(helvetica))
    assert (problem.code, problem.severity) == ("paper.fonts-not-embedded", Severity.WARNING)
    assert complete(paper(helvetica), link=LINK, attachments=(), at=NOW)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    good = paper(_form)
    place = data.draw(st.integers(0, len(good) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=12))
    assert isinstance(check_paper(good[:place] + junk + good[place + len(junk) :]), list)


ATTACHED = Attachment(name="badge.json", media_type="application/vc", data=b'{"a":1}', description="A")


def test_a_completed_paper_holds_the_file_and_the_code() -> None:
    done = complete(paper(), link=LINK, attachments=[ATTACHED], at=NOW)
    assert done == complete(paper(), link=LINK, attachments=[ATTACHED], at=NOW)
    with pikepdf.open(io.BytesIO(done)) as document:
        [inside] = attached_files(document)
        assert (inside.name, inside.media_type, inside.relationship) == (
            "badge.json",
            "application/vc",
            "Data",
        )
        assert inside.data == b'{"a":1}'
        assert b" re\nf" in document.pages[0].Contents[-1].read_bytes()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("box", [(0, 0, 595, 842), (100, -50, 695, 792)])
def test_the_code_is_upright_in_the_lower_right_corner_as_seen(
    turn: int, box: tuple[int, int, int, int]
) -> None:
    def turned(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.MediaBox = Array(box)
        document.pages[0].obj.Rotate = turn

    with pikepdf.open(io.BytesIO(complete(paper(turned), link=LINK, attachments=(), at=NOW))) as document:
        drawing = document.pages[0].Contents[-1].read_bytes()
    a, b, c, d, e, f = (float(word) for word in drawing.split(b"q ")[1].split(b" cm")[0].split())
    corners = [(e + a * x + c * y, f + b * x + d * y) for x, y in ((0, 0), (62, 0), (0, 62))]
    seen = [_as_seen(x, y, turn, box) for x, y in corners]
    wide = 595 if turn % 180 == 0 else 842
    assert seen == [
        pytest.approx((wide - 90, 28)),
        pytest.approx((wide - 28, 28)),
        pytest.approx((wide - 90, 90)),
    ]


def _as_seen(x: float, y: float, turn: int, box: tuple[int, int, int, int]) -> tuple[float, float]:
    """Turn a point of the page clockwise, as a viewer does, with the origin at the lower left."""
    x, y, width, height = x - box[0], y - box[1], box[2] - box[0], box[3] - box[1]
    return {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}[turn]


def test_without_a_link_nothing_is_drawn() -> None:
    with pikepdf.open(io.BytesIO(complete(paper(), link=None, attachments=(), at=NOW))) as document:
        assert "/Contents" not in document.pages[0].obj or not document.pages[0].Contents.read_bytes()
