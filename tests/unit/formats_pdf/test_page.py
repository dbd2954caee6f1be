# SPDX-License-Identifier: Apache-2.0
"""What a template prints, and what it must never print."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.errors import InputError, MissingGlyphError
from gakusho.formats._pdf import glyphs
from gakusho.formats._pdf.page import page_data, unwritable
from gakusho.formats._pdf.preview import page_png
from gakusho.formats._pdf.templates import DIRECTORY, KINDS, LANGUAGES
from gakusho.formats._pdf.text import folded, shown_text
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.model.award import DocumentDetails
from gakusho.model.text import Text

PAGES = [(kind, language) for kind in KINDS for language in LANGUAGES]


def pdf_of(kind: str, language: str, **changes: Any) -> pikepdf.Pdf:
    data = page_data(award(kind, language, **changes), link=LINK)
    return pikepdf.open(io.BytesIO(typeset(kind, data, at=NOW)))


@pytest.mark.parametrize(("kind", "language"), PAGES)
def test_every_template_is_tagged_titled_and_archivable(kind: str, language: str) -> None:
    with pdf_of(kind, language) as document:
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == ("en" if language == "en" else "ja")
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        metadata = document.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        who = "TAKAHASHI Yoshiko" if language == "en" else "髙橋 𠮷子"
        assert who in str(document.docinfo["/Title"])


@pytest.mark.parametrize(("kind", "language"), PAGES)
def test_every_font_is_embedded(kind: str, language: str) -> None:
    with pdf_of(kind, language) as document:
        descriptors = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and str(item.get("/Type", "")) == "/FontDescriptor"
        ]
        assert descriptors
        assert all("/FontFile3" in one or "/FontFile2" in one for one in descriptors)


@pytest.mark.parametrize(("kind", "language"), PAGES)
def test_a_page_prints_name_number_and_address(kind: str, language: str) -> None:
    with pdf_of(kind, language) as document:
        page = shown_text(document)
    name = "TAKAHASHI Yoshiko" if language == "en" else "髙橋 𠮷子"
    for words in (name, "2026-0317", LINK):
        assert folded(words) in page


@pytest.mark.parametrize(("kind", "language"), PAGES)
def test_the_same_data_give_the_same_bytes(kind: str, language: str) -> None:
    data = page_data(award(kind, language), link=LINK)
    assert typeset(kind, data, at=NOW) == typeset(kind, data, at=NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "transcript"])
def test_a_certificate_is_one_page(kind: str, language: str) -> None:
    with pdf_of(kind, language) as document:
        assert len(document.pages) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "transcript"])
def test_long_names_are_set_smaller_and_stay_on_the_page(kind: str, language: str) -> None:
    full = "ジョナサン・クリストファー アレクサンダー・モンゴメリー"
    romaji = "JONATHAN CHRISTOPHER ALEXANDER-MONTGOMERY y Hernández de la Fuente"
    with pdf_of(kind, language, full=full, romaji=romaji) as document:
        assert len(document.pages) == 1
        assert folded(romaji if language == "en" else full) in shown_text(document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sixty_courses_are_one_page_and_more_are_several_with_none_lost(language: str) -> None:
    with pdf_of("transcript", language) as document:
        assert len(document.pages) == 1
    with pdf_of("transcript", language, courses=150) as document:
        assert len(document.pages) == 2 if language != "ja-en" else len(document.pages) in {2, 3}
        page = shown_text(document)
    for result in award("transcript", courses=150).results:
        assert folded(result.name + "2" + result.value) in page


def test_a_missing_glyph_names_the_person_and_the_character() -> None:
    with pytest.raises(MissingGlyphError) as caught:
        page_data(award(full="山田 𓀀子"), link=None)
    assert caught.value.facts["person"] == "山田 𓀀子"
    assert "𓀀 (U+13000)" in str(caught.value)
    assert caught.value.facts["where"] == "name.full"


def test_a_dry_run_is_told_all_that_cannot_be_written() -> None:
    assert unwritable(award()) == []
    found = unwritable(award(full="山田 𓀀子", romaji="YAMADA \u202e"))
    assert found == [("name.full", "𓀀 (U+13000)"), ("name.romaji", "U+202E")]


def test_typst_itself_refuses_a_missing_glyph_too() -> None:
    data = page_data(award(), link=None)
    data["name"]["full"] = "山田 𓀀子"
    with pytest.raises(MissingGlyphError, match="𓀀"):
        typeset("degree-certificate", data, at=NOW)


@pytest.mark.parametrize("name", ["山田\u202e太郎", "山田\x00太郎", "山田\u200b太郎"])
def test_a_name_that_turns_or_hides_is_refused(name: str) -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+"):
        page_data(award(full=name), link=None)


def test_the_kanji_of_names_can_be_written() -> None:
    assert glyphs.missing("髙﨑德濵𠮷槗㐂彅邊邉") == []


def test_every_european_letter_promised_can_be_set() -> None:
    letters = "".join(chr(code) for first, last in glyphs._LIBERTINUS for code in range(first, last + 1))
    data = page_data(award(), link=None)
    data["name"]["full"] = "".join(f"a{letter} " for letter in letters)
    assert typeset("degree-certificate", data, at=NOW)


@pytest.mark.parametrize(
    "name", ["Łukasz Wiśniewski", "NGUYỄN Thị Hương", "Ştefan Kőszegi", "Ελένη Παππά", "Анна Ёлкина"]
)
def test_a_name_from_abroad_is_printed_as_it_is_written(name: str) -> None:
    with pdf_of("diploma", "en", romaji=name) as document:
        assert folded(name) in shown_text(document)


def test_a_variation_the_font_has_is_kept_and_one_it_lacks_is_refused() -> None:
    assert glyphs.missing("葛\U000e0100") == []
    assert glyphs.missing("葛\U000e01ef") == ["葛\U000e01ef"]


@pytest.mark.parametrize("kind", ["Diploma", "../../secret", ""])
def test_there_is_no_template_but_those_named(kind: str) -> None:
    given = replace(award(), document=DocumentDetails(kind=kind))
    with pytest.raises(InputError) as caught:
        page_data(given, link=None)
    assert caught.value.code == "template"


def test_each_kind_has_its_file() -> None:
    assert all((DIRECTORY / f"{kind}.typ").is_file() for kind in KINDS)


NASTY = (
    "#panic()",
    "#sys.inputs.data",
    '#read("/etc/passwd")',
    "$x^2$",
    "*bold* _it_ `raw` <label> @ref",
    "</text><script>alert(1)</script>",
    "{{7*7}}${7*7}",
    '\\" } ] #let name = "x"',
    "https://evil.example // comment /* open",
    "= Heading",
)


@pytest.mark.parametrize("words", NASTY)
def test_a_value_is_printed_and_never_run(words: str) -> None:
    with pdf_of("degree-certificate", "ja", full=words) as document:
        assert folded(words) in shown_text(document)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("#[](){}$*_`<>@\\\"'=-+/;:,.&%~^|!? 山田Aa1\n\t"), max_size=40))
def test_no_string_breaks_out_of_the_data(words: str) -> None:
    given_name = f"甲{words}乙"
    changed = award(full=given_name)
    changed = replace(changed, achievement=replace(changed.achievement, name=Text.of(ja=given_name)))
    data = page_data(changed, link=None)
    with pikepdf.open(io.BytesIO(typeset("degree-certificate", data, at=NOW))) as document:
        assert shown_text(document).count(folded(given_name)) >= 2


def test_attachments_lie_inside_as_associated_data() -> None:
    inside = Attachment(name="a.json", media_type="application/vc", data=b'{"a":1}', description="A")
    data = page_data(award(), link=None)
    with pikepdf.open(
        io.BytesIO(typeset("degree-certificate", data, at=NOW, attachments=[inside]))
    ) as document:
        [specification] = document.Root.AF
        assert str(specification.AFRelationship) == "/Data"
        assert str(specification.EF.F.Subtype) == "/application/vc"
        assert specification.EF.F.read_bytes() == b'{"a":1}'


def test_the_preview_is_a_picture_of_the_first_page() -> None:
    picture = page_png(award(), verification_link=LINK)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20], "big") < int.from_bytes(picture[20:24], "big")
