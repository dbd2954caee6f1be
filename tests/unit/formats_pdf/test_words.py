# SPDX-License-Identifier: Apache-2.0
"""The words of a page are given as a reader reads them: all that can be seen, in order, nothing else."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from tests.unit.formats_pdf.test_foreign import CERTIFICATES, SIGNER
from tests.vectors.signed_pdf import flaws_updates
from tests.vectors.signed_pdf.cases import Case
from tests.vectors.signed_pdf.good import judged, leveled, sign, twin
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.formats import Level
from gakusho.formats._pdf import words as reading
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import typeset
from gakusho.formats._pdf.words import document_text, plain
from gakusho.model.signed_document import UNREAD, DocumentText, PageText
from gakusho.verifier import document_words
from gakusho.verifier.document_text import with_text
from gakusho.verifier.report_json import as_json

Change = Callable[[pikepdf.Pdf, pikepdf.Page], object]


def drawn(*contents: bytes, change: Change | None = None) -> bytes:
    """Give a PDF with these pages, A4, with Helvetica as /F and more as ``change`` adds it."""
    with pikepdf.new() as document:
        for content in contents:
            page = document.add_blank_page(page_size=(595, 842))
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            font.Encoding = Name.WinAnsiEncoding
            page.obj.Resources = Dictionary(Font=Dictionary(F=document.make_indirect(font)))
            page.obj.Contents = document.make_stream(content)
            if change:
                change(document, page)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def one(content: bytes, change: Change | None = None) -> PageText:
    [page] = document_text(drawn(content, change=change)).pages
    return page


def said(content: bytes, change: Change | None = None) -> str | None:
    return one(content, change).words


def at(x: float, y: float, words: str, size: float = 12) -> bytes:
    return b"BT /F %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (size, x, y, words.encode("cp1252"))


def template(kind: str, language: str) -> str:
    made = replace(award(), document=replace(award().document, kind=kind, language=language))
    [page] = document_text(typeset(kind, page_data(made, link=LINK), at=NOW)).pages
    assert page.whole
    assert page.words
    return page.words


def test_a_certificate_of_ours_is_read_line_by_line_in_both_languages() -> None:
    lines = [line for line in template("degree-certificate", "ja").split("\n") if line]
    assert lines[:4] == [
        "第2026-0317号",
        "学位授与証明書",
        "氏名  髙橋　𠮷子",
        "生年月日  平成16年4月2日",
    ]
    place = lines.index("上記の者は、本学所定の課程を修めて卒業し、")
    assert lines[place + 1] == "上記の学位を授与されたことを証明する。"
    english = template("degree-certificate", "en").split("\n")
    assert "Name  TAKAHASHI Yoshiko" in english
    assert "whether this document is genuine and still valid." in "\n".join(english)


def test_a_page_written_downwards_is_read_from_the_right() -> None:
    lines = [line for line in template("diploma-vertical", "ja").split("\n") if line]
    assert lines[:4] == ["第2026-0317号", "学位記", "髙橋 𠮷子", "平成十六年四月二日生"]
    assert lines[4:7] == [
        "本学所定の課程を修めて",
        "本学を卒業したことを認め",
        "学士（工学）の学位を授与する",
    ]
    both = template("diploma-vertical", "ja-en")
    assert "This certifies that\nTAKAHASHI Yoshiko" in both
    assert "本学を卒業したことを認め\n学士（工学）の学位を授与する" in both


FULL = at(50, 700, "Grade: A")


@pytest.mark.parametrize(
    "hidden",
    [
        b"1 g " + at(50, 680, "Secret"),
        at(50, 680, "Secret", 1),
        at(700, 680, "Secret"),
        b"BT 3 Tr /F 12 Tf 50 680 Td (Secret) Tj ET",
        b"/Clear gs " + at(50, 680, "Secret"),
        b"q 0 0 10 10 re W n " + at(50, 680, "Secret") + b"Q",
        at(50, 680, "Secret") + b"1 g 40 670 200 30 re f",
        at(50, 680, "Secret") + b"1 G 12 w 40 684 m 300 684 l S",
        b"q /Clear gs /Form Do Q",
    ],
    ids=["white", "tiny", "off the page", "invisible", "clear", "cut away", "covered", "struck out", "group"],
)
def test_words_that_nobody_can_see_are_not_shown(hidden: bytes) -> None:
    def change(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        resources = page.obj.Resources
        resources.ExtGState = Dictionary(Clear=Dictionary(ca=0.01), Full=Dictionary(ca=1))
        form = document.make_stream(b"/Full gs " + at(50, 680, "Secret"), Subtype=Name.Form)
        form.BBox, form.Resources = Array([0, 0, 595, 842]), resources
        resources.XObject = Dictionary(Form=form)

    assert one(FULL + b"q " + hidden + b" Q", change) == PageText(words="Grade: A")
    seen = at(50, 680, "Secret")
    assert said(FULL + b"q " + seen + b" Q q /Form Do Q", change) == "Grade: A\nSecret"


def test_only_the_covered_end_of_a_line_is_left_out() -> None:
    line = at(50, 700, "Grade: A minus")
    assert said(line) == "Grade: A minus"
    assert said(line + b"1 g 98 690 300 30 re f") == "Grade: A"


def _picture(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
    image = document.make_stream(b"\0" * 3, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
    image.ColorSpace = Name.DeviceRGB
    page.obj.Resources.XObject = Dictionary(Im=image)
    page.obj.Resources.ColorSpace = Dictionary(Ink=Array([Name.Separation, Name.Gold, Name.DeviceRGB, 0]))


@pytest.mark.parametrize(
    "untold",
    [
        b"q 300 0 0 150 40 500 cm /Im Do Q " + at(50, 600, "On a picture"),
        b"/Ink cs 1 scn " + at(50, 600, "In an ink"),
        at(50, 600, "Below a picture") + b"q 300 0 0 150 40 500 cm /Im Do Q",
    ],
)
def test_where_it_cannot_be_told_whether_words_are_seen_this_is_said(untold: bytes) -> None:
    assert one(FULL + untold, _picture) == PageText(words="Grade: A", whole=False)
    assert one(untold, _picture) == PageText(words=None)
    assert one(b"q 300 0 0 150 40 500 cm /Im Do Q", _picture) == PageText(words="")


@pytest.mark.parametrize(
    "content",
    [
        b"/OC /L BDC " + FULL + b"EMC",
        b"BT /F 12 Tf 50 700 Td [(Gr) 900 (ade)] TJ ET",
        b"BT /F 12 Tf -12 Tc 50 700 Td (Grade) Tj ET",
        b"BT 1 Tr 9 w /F 12 Tf 50 700 Td (Grade) Tj ET",
        b"[" * 60,
    ],
    ids=["layers", "set back", "on each other", "wide outlines", "broken"],
)
def test_of_a_page_that_cannot_be_told_nothing_is_told_and_the_others_are(content: bytes) -> None:
    found = document_text(drawn(content, FULL))
    assert found.pages == (PageText(words=None), PageText(words="Grade: A"))
    pages, more = document_words.pages(found, "en")
    assert "Nothing can be told" in pages[0].note
    assert (pages[1].note, more) == ("", "")


def test_words_are_parted_and_joined_however_a_program_places_them() -> None:
    assert said(b"BT /F 12 Tf 50 700 Td [(W) 80 (or) -20 (d) -333 (two)] TJ ET") == "Word two"
    assert said(b"BT /F 10 Tf 0.5 Tc 3 Tw 50 700 Td (a b) Tj 60 0 Td (c) Tj ET") == "a b  c"
    assert said(b"BT /F 10 Tf 12 TL 50 700 Td (one) Tj T* (two) Tj (three) ' ET") == "one\ntwo\nthree"
    assert said(at(50, 700, "bold") + at(50.2, 700, "bold")) == "bold"
    assert said(at(50, 700, "café – “x” ﬁ".replace("ﬁ", "fi"))) == "café – “x” fi"


def test_lines_are_read_from_the_top_columns_one_after_the_other_rows_across() -> None:
    left = b"".join(at(50, 700 - 14 * n, f"left {n}") for n in range(4))
    right = b"".join(at(300, 700 - 14 * n, f"right {n}") for n in range(4))
    words = said(at(50, 650, "foot") + left + right + at(50, 760, "head"))
    assert words is not None
    assert words.split() == [
        "head",
        *(part for side in ("left", "right") for n in range(4) for part in (side, str(n))),
        "foot",
    ]
    rows = b"".join(at(50, 700 - 20 * n, f"Course {n}") + at(300, 700 - 20 * n, "A") for n in range(3))
    assert said(rows) == "Course 0  A\nCourse 1  A\nCourse 2  A"


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    def turn(_: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.obj.Rotate = 90

    up = b"BT /F 12 Tf 0 1 -1 0 %d 100 Tm (%s) Tj ET "
    assert said(up % (200, b"first") + up % (220, b"second"), turn) == "first\nsecond"
    assert said(up % (200, b"first") + up % (220, b"second")) == "first\nsecond"


def _mapped(codes: dict[int, str]) -> Change:
    def change(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        lines = "".join(
            f"<{code:04X}> <{words.encode('utf-16-be').hex()}>\n" for code, words in codes.items()
        )
        mapping = f"{len(codes)} beginbfchar\n{lines}endbfchar".encode()
        below = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, DW=1000)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type0, Encoding=Name("/Identity-H"))
        font.DescendantFonts = Array([document.make_indirect(below)])
        if codes:
            font.ToUnicode = document.make_stream(mapping)
        page.obj.Resources.Font.G = document.make_indirect(font)

    return change


def test_characters_that_nobody_sees_or_that_turn_what_stands_around_them_are_taken_out() -> None:
    codes = dict(
        enumerate(["A", "\u202e", "\u200b", "\n", "\x1b", "\ue000", "\u2068", "B", "辻", "辻\U000e0100"])
    )
    shown = b"BT /G 12 Tf 50 700 Td <%s> Tj ET" % b"".join(b"%04X" % code for code in codes)
    assert said(shown, _mapped(codes)) == "A\ufffdB辻辻\U000e0100"
    assert plain("\u2f20\ufb01\u00a0x\u2028y") == "士fi xy"


def test_a_font_that_does_not_say_what_its_letters_are_tells_nothing() -> None:
    content = b"BT /G 12 Tf 50 700 Td <000100020003> Tj ET"
    assert one(content, _mapped({})) == PageText(words=None)
    assert one(content, _mapped({1: "学", 2: "位", 3: "記"})) == PageText(words="学位記")
    assert one(content, _mapped({1: "学", 2: "位"})) == PageText(words="学位\ufffd", whole=False)


def test_a_font_written_downwards_is_read_from_the_right() -> None:
    change = _mapped(
        {},
    )

    def vertical(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        change(document, page)
        page.obj.Resources.Font.G.Encoding = Name("/UniJIS-UTF16-V")

    first, second = ("".join(f"{ord(one):04X}" for one in words).encode() for words in ("学位記", "東都大"))
    content = b"BT /G 20 Tf 400 700 Td <%s> Tj ET BT /G 20 Tf 360 700 Td <%s> Tj ET" % (first, second)
    assert said(content, vertical) == "学位記\n東都大"


def test_what_is_written_from_the_right_is_read_from_the_right() -> None:
    codes = dict(enumerate("םולש"))
    shown = b"BT /G 12 Tf 50 700 Td <0000000100020003> Tj ET"
    assert said(shown, _mapped(codes)) == "שלום"


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (b"700 0 0 0 600 700 d1 0 0 m 600 0 l 300 700 l h f", "A"),
        (b"700 0 0 0 600 700 d1", None),
        (b"700 0 d0 1 g 0 0 600 700 re f", None),
    ],
    ids=["shape", "nothing", "colors of its own"],
)
def test_letters_that_are_drawings_are_told_where_they_draw_a_shape(
    drawing: bytes, words: str | None
) -> None:
    def change(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 700, 700]), FirstChar=65)
        font.FontMatrix, font.Widths, font.LastChar = Array([0.001, 0, 0, 0.001, 0, 0]), Array([700]), 65
        font.CharProcs = Dictionary(g=document.make_stream(drawing))
        font.Encoding = Dictionary(Type=Name.Encoding, Differences=Array([65, Name.g]))
        font.ToUnicode = document.make_stream(b"1 beginbfchar <41> <0041> endbfchar")
        page.obj.Resources.Font.G = document.make_indirect(font)

    assert said(b"BT /G 12 Tf 50 700 Td (A) Tj ET", change) == words


def test_pages_and_characters_are_bounded_and_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CHARACTERS", 2_000)
    monkeypatch.setattr(reading, "MAX_PAGES", 3)
    many = document_text(drawn(*[FULL] * (reading.MAX_PAGES + 1)))
    assert (len(many.pages), many.cut) == (reading.MAX_PAGES, True)
    row = b"BT /F 4 Tf 10 TL 5 835 Td " + b"(%s) ' " % (b"x" * 200) * 8 + b"ET"
    long = document_text(drawn(row, row, FULL))
    assert sum(len(page.words or "") for page in long.pages) == reading.MAX_CHARACTERS
    assert long.cut
    pages, more = document_words.pages(long, "ja")
    assert len(pages) == 2
    assert "続きがあります" in more


@pytest.mark.parametrize(
    "content",
    [
        b"0 0 595 842 re f 1 g " * 4_000 + b"BT /F 4 Tf 1 TL 5 835 Td " + b"(xxxxxxxx) ' " * 800 + b"ET",
        b"0 0 m "
        + b"595 842 l 0 842 l " * 15_000
        + b"f 1 g "
        + b"BT /F 4 Tf 5 835 Td (xxxxxxxxxxxxxx) ' ET " * 90,
        b"BT /F 4 Tf 5 835 Td " + b"(xxxxxxxxxxxxxx) Tj " * 4_000 + b"ET",
    ],
    ids=["areas", "points", "letters"],
)
def test_work_is_bounded(content: bytes) -> None:
    began = time.process_time()
    found = document_text(drawn(content))
    assert time.process_time() - began < 4
    assert found.pages == (PageText(words=None),)


def test_bytes_that_are_no_document_are_unread() -> None:
    assert document_text(b"%PDF-1.7\n") == UNREAD
    assert document_words.pages(UNREAD, "en")[1] == "The words of the document could not be read."


def test_the_language_is_the_documents_own_else_what_its_letters_tell() -> None:
    def named(document: pikepdf.Pdf, _: pikepdf.Page) -> None:
        document.Root.Lang = pikepdf.String("fr-CA")

    def nonsense(document: pikepdf.Pdf, _: pikepdf.Page) -> None:
        document.Root.Lang = pikepdf.String('"><script>')

    assert document_text(drawn(FULL, change=named)).language == "fr-CA"
    assert document_text(drawn(FULL, change=nonsense)).language == "en"
    assert document_text(leveled("P-256", Level.B_B)).language == "ja"
    assert document_text(drawn(at(50, 700, "café"))).language is None


def test_the_words_are_those_of_the_signed_revision_and_only_for_those_who_ask() -> None:
    signed = sign(drawn(FULL) + b"\n", SIGNER, CERTIFICATES, permission=None)
    later = rewritten(signed, at(50, 700, "Grade: S"))
    for data in (signed, later):
        report = judged(data)
        assert report.document is not None
        assert report.document.covered
        assert report.document.text is None
        told = with_text(report, data)
        assert told.document is not None
        assert told.document.text == DocumentText(pages=(PageText(words="Grade: A"),), language="en")
        assert told.checks == report.checks
        assert as_json(told)["document"]["text"]["pages"] == [{"page": 1, "words": "Grade: A", "whole": True}]
        assert as_json(report)["document"]["text"] is None
    with pikepdf.open(io.BytesIO(later)) as opened:
        assert b"Grade: S" in opened.pages[0].Contents.read_bytes()


def rewritten(signed: bytes, content: bytes) -> bytes:
    """Give a document whose first page was written anew behind its signature."""
    with pikepdf.open(io.BytesIO(signed)) as opened:
        number, size = opened.pages[0].Contents.objgen[0], int(opened.trailer.Size)
        root = opened.Root.objgen[0]
    made = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(content), content)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(signed))
    previous = int(signed[signed.rfind(b"startxref") :].split()[1])
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size, root, previous)
    return signed + made + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(signed) + len(made))


@pytest.mark.parametrize("case", flaws_updates.CASES[:8], ids=lambda case: case.name)
def test_whatever_was_saved_after_signing_the_words_stay_the_same(case: Case) -> None:
    good = twin(case.twin)
    flawed = case.make(good)
    found = with_text(judged(flawed), flawed).document
    true = with_text(judged(good), good).document
    assert true is not None
    assert true.text is not None
    if found is not None and found.covered:
        assert found.text == true.text
    else:
        assert found is None or found.text is None
