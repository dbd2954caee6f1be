# SPDX-License-Identifier: Apache-2.0
"""The seal's picture is only a picture, and on every paper a document is one page that says what it must."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image as Picture
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.errors import InputError
from gakusho.formats._pdf.look import MAX_SEAL, check_seal
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.printed import matching_check
from gakusho.formats._pdf.typesetting import typeset
from gakusho.model.achievement import Image
from gakusho.model.award import Award, SealImage
from gakusho.model.document import DOCUMENT_KINDS, PAPERS, orientations_for, papers_for
from gakusho.model.learner import PersonName
from gakusho.model.report import Outcome
from gakusho.model.text import Text

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 9 9">%s</svg>'
)
PLAIN = (SVG % '<path d="M1 1h7v7h-7z" fill="none" stroke="#c8371d"/>').encode()
MILLIMETERS = {"a4": (210, 297), "a3": (297, 420), "b4": (257, 364), "b5": (182, 257), "letter": (216, 279)}


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Picture.new("RGBA", (width, height), (200, 55, 29, 120)).save(out, "PNG")
    return out.getvalue()


def looking(kind: str, language: str = "ja", *, paper: str = "a4", seal: SealImage | None = None) -> Award:
    given = award(kind, language)
    return replace(given, document=replace(given.document, paper=paper, seal=seal))


def page_of(given: Award) -> bytes:
    return typeset(given.document.kind, page_data(given, link=LINK), at=NOW)


def test_a_picture_is_taken_and_a_coarse_one_is_told() -> None:
    assert check_seal(PLAIN) == (Image(media_type="image/svg+xml", data=PLAIN), False)
    for side, coarse in ((600, False), (100, True)):
        image, told = check_seal(png(side, side))
        assert (image.media_type, told) == ("image/png", coarse)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"GIF89a", "seal-kind"),
        (b"%PDF-1.7", "seal-kind"),
        (PLAIN + b" " * MAX_SEAL, "seal-size"),
        (png(3000, 3000), "seal-sides"),
        (png(900, 100), "seal-sides"),
        (png(300, 300)[:200], "image"),
        ((SVG % "<script>alert(1)</script>").encode(), "image-active"),
        ((SVG % '<path onload="x()" d="M0 0"/>').encode(), "image-active"),
        ((SVG % '<use xlink:href="https://example.org/a.svg#b"/>').encode(), "image-active"),
        ((SVG % '<rect fill="url(https://example.org/a)"/>').encode(), "image-active"),
        ((SVG % '<image xlink:href="file:///etc/passwd"/>').encode(), "image-active"),
        ((SVG % '<image xlink:href="data:image/png;base64,AAAA"/>').encode(), "seal-shapes"),
        ((SVG % "<text>印</text>").encode(), "seal-shapes"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + PLAIN, "image"),
    ],
)
def test_what_is_more_or_less_than_a_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        check_seal(data)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_on_every_paper_it_is_one_page_that_agrees_with_the_award(kind: str) -> None:
    language = "ja-en"  # what takes most room
    seal = SealImage(image=check_seal(png(300, 300))[0], size=30)
    for paper in papers_for(kind):
        given = looking(kind, language, paper=paper, seal=seal)
        pdf = page_of(given)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert len(document.pages) == 1
            sides = [float(edge) * 25.4 / 72 for edge in document.pages[0].mediabox][2:]
        assert sorted(round(side) for side in sides) == sorted(MILLIMETERS[paper])
        assert matching_check(pdf, given, (kind, language)).outcome is Outcome.VALID


def test_a_table_of_courses_is_not_set_on_a_small_paper() -> None:
    assert set(papers_for("transcript")) == set(PAPERS) - {"b5"}
    for given in (looking("transcript", paper="b5"), looking("graduation", paper="a2")):
        with pytest.raises(InputError) as caught:
            page_of(given)
        assert caught.value.code == "document-paper"


LONG_NAME = PersonName(
    full="見本見本見本見本 花子花子花子花子花子", romaji="MIHON-MIHON-MIHON Hanakohanako Annabella Christina"
)
LONG_DEGREE = Text.of(
    ja="博士（総合情報システム学際融合領域応用データ科学）",
    en="Doctor of Philosophy in Interdisciplinary Applied Data Science and Systems",
)
LONG_SCHOOL = Text.of(
    ja="国立大学法人 北関東総合学際情報科学技術大学院大学",
    en="Kita-Kanto Graduate University of Interdisciplinary Information Science",
)


@pytest.mark.parametrize("language", ["ja", "en", "ja-en"])
@pytest.mark.parametrize("kind", [kind for kind in DOCUMENT_KINDS if len(orientations_for(kind)) > 1])
def test_held_either_way_it_is_one_page_however_long_the_names_are(kind: str, language: str) -> None:
    """The page is PDF/A-3a and PDF/UA-1 as all are: it is not set otherwise."""
    plain = looking(kind, language, paper="b5")
    titled = Text.of(ja="学長（総長代行）", en="President and Acting Chancellor")
    for orientation in ("portrait", "landscape"):
        given = replace(
            plain,
            learner=replace(plain.learner, name=LONG_NAME),
            achievement=replace(plain.achievement, name=LONG_DEGREE),
            issuer=replace(plain.issuer, name=LONG_SCHOOL),
            document=replace(plain.document, orientation=orientation, signatory_title=titled),
        )
        pdf = page_of(given)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert len(document.pages) == 1
            _, _, width, height = (float(edge) for edge in document.pages[0].mediabox)
        assert (width > height) == (orientation == "landscape")
        assert matching_check(pdf, given, (kind, language)).outcome is Outcome.VALID


def test_what_is_drawn_for_one_way_is_not_turned() -> None:
    turned = {kind for kind in DOCUMENT_KINDS if "landscape" in orientations_for(kind)}
    assert turned == {"diploma", "completion"}
    for kind, orientation in (("transcript", "landscape"), ("diploma", "upside down")):
        given = looking(kind)
        given = replace(given, document=replace(given.document, orientation=orientation))
        with pytest.raises(InputError) as caught:
            page_of(given)
        assert caught.value.code == "document-orientation"


def test_the_seal_has_words_for_who_cannot_see_it_and_the_same_bytes_each_time() -> None:
    seal = SealImage(image=check_seal(PLAIN)[0], place="beside")
    given = looking("graduation", "en", seal=seal)
    pdf = page_of(given)
    assert pdf == page_of(given)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        alternatives = {str(each["/Alt"]) for each in document.objects if _is_figure(each)}
    assert "Seal of Tohto Gakugei University" in alternatives


def _is_figure(thing: object) -> bool:
    return (
        isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == pikepdf.Name.Figure and "/Alt" in thing
    )
