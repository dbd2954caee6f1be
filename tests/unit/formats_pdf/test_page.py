# SPDX-License-Identifier: Apache-2.0
"""What a template prints, and what it must never print."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

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
from gakusho.formats._pdf.text import folded, shown_pieces, shown_text
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.formats._pdf.words import document_text
from gakusho.model.award import DocumentDetails
from gakusho.model.text import Text

PAGES = [(kind, language) for kind in KINDS for language in LANGUAGES]


def pdf_of(kind: str, language: str, **changes: Any) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(_bytes_of(kind, language, **changes)))


@cache
def _bytes_of(kind: str, language: str, **changes: Any) -> bytes:
    """Give a page set once for all its tests."""
    return typeset(kind, page_data(award(kind, language, **changes), link=LINK), at=NOW)


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


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_give_the_same_bytes(kind: str) -> None:
    data = page_data(award(kind, "ja-en"), link=LINK)
    assert typeset(kind, data, at=NOW) == _bytes_of(kind, "ja-en")


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


def test_a_name_that_no_line_holds_is_broken_where_a_part_of_it_ends() -> None:
    full = "マリア＝フェルナンダ・デ・ラ・クルス・ゴンサレス・ロドリゲス＝サンタカタリーナ・モンテネグロ"
    (page,) = document_text(_bytes_of("diploma", "ja", full=full)).pages
    lines = str(page.words).split("\n")
    (first,) = (place for place, line in enumerate(lines) if line.startswith("マリア"))
    assert full.startswith(lines[first] + lines[first + 1]), "none is lost"
    assert lines[first].endswith(("・", "＝"))
    assert 0.5 < len(lines[first + 1]) / len(lines[first]) < 2, "none stands alone"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sixty_courses_are_one_page_and_more_are_several_with_none_lost(language: str) -> None:
    with pdf_of("transcript", language) as document:
        assert len(document.pages) == 1
    with pdf_of("transcript", language, courses=150) as document:
        assert len(document.pages) == 2 if language != "ja-en" else len(document.pages) in {2, 3}
        page = shown_text(document)
    for result in award("transcript", courses=150).results:
        assert folded(result.name + "2" + result.value) in page


@pytest.mark.parametrize(
    ("named", "courses"), [("ja", 12), ("ja", 20), ("ja", 24), ("both", 12), ("both", 24)]
)
def test_a_page_with_the_seal_alone_is_not_needed_for_few_courses(named: str, courses: int) -> None:
    given = award("transcript", "ja-en", courses=courses)
    document = replace(given.document, addressee="株式会社みなと", purpose="就職活動用")
    data = page_data(replace(given, document=document), link=LINK)
    for result in data["results"]:
        result["english"] = "Introduction to Algorithms" if named == "both" else None
    with pikepdf.open(io.BytesIO(typeset("transcript", data, at=NOW))) as pages:
        assert len(pages.pages) == 1


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


def test_what_needs_no_second_look_is_what_the_second_look_would_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    characters = [
        chr(code) for code in (*range(0x3000), *range(0x3000, 0x30000, 31), *range(0xFE00, 0x10000))
    ]
    quick = [glyphs.missing(character) for character in characters]
    monkeypatch.setattr(glyphs, "_writable", frozenset)
    assert quick == [glyphs.missing(character) for character in characters]


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


def read_by(program: str, pdf: bytes, tmp_path: Path) -> str:
    """Give the words another program reads on a page, without spaces."""
    (tmp_path / "page.pdf").write_bytes(pdf)
    command = {
        "mutool": ["mutool", "draw", "-q", "-F", "txt", "page.pdf"],
        "pdftotext": ["pdftotext", "-raw", "page.pdf", "-"],
    }[program]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60).stdout.decode()
    return folded(said)


def test_vertical_writing_is_read_by_others_in_the_order_of_the_words(tmp_path: Path) -> None:
    for program in ("mutool", "pdftotext"):
        said = read_by(program, _bytes_of("diploma-vertical", "ja"), tmp_path)
        order = (
            "2026-0317",
            "学位記",
            "髙橋𠮷子",
            "平成十六年四月二日生",
            "本学所定の課程を修めて",
            "学士(工学)の学位",
        )
        places = [said.find(folded(words)) for words in order]
        assert -1 not in places, (program, said)
        assert places == sorted(places), (program, said)


def elements(document: pikepdf.Pdf) -> list[str]:
    """Give the structure elements that hold marked content, in reading order."""
    found: list[str] = []

    def walk(element: Any) -> None:
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append(str(kid.S))
                walk(kid)

    walk(document.Root.StructTreeRoot)
    return found


def test_a_column_is_one_paragraph_and_its_title_a_heading() -> None:
    with pdf_of("diploma-vertical", "ja") as document:
        assert shown_pieces(document, by_element=True)[:4] == [
            folded(words) for words in ("第2026-0317号", "学位記", "髙橋 𠮷子", "平成十六年四月二日生")
        ]
        assert elements(document)[:5] == ["/Document", "/P", "/H1", "/P", "/P"]


def boxes(pdf: bytes, tmp_path: Path) -> list[tuple[str, float, float]]:
    """Give each character with its place from the left and the top, in points."""
    (tmp_path / "page.pdf").write_bytes(pdf)
    command = ["mutool", "draw", "-q", "-F", "stext", "page.pdf"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60).stdout
    tree = ET.fromstring(said)
    return [(one.get("c", ""), float(one.get("x", 0)), float(one.get("y", 0))) for one in tree.iter("char")]


def test_columns_go_down_and_from_the_right_to_the_left(tmp_path: Path) -> None:
    places = boxes(_bytes_of("diploma-vertical", "ja"), tmp_path)
    text = "".join(character for character, _, _ in places)

    def column(words: str) -> list[tuple[float, float]]:
        start = text.index(words)
        return [(x, y) for _, x, y in places[start : start + len(words)]]

    first, second = column("本学所定の課程を修めて"), column("学士（工学）の学位を授与する")
    for words in (first, second):
        assert max(x for x, _ in words) - min(x for x, _ in words) < 0.1
        steps = [below - above for (_, above), (_, below) in pairwise(words)]
        assert min(steps) > 0
        assert max(steps) - min(steps) < 0.1
    assert second[0][0] < first[0][0] < column("学位記")[0][0]


@pytest.mark.parametrize(
    "name",
    [
        "学位、「第2号」ー",
        "博士（Ph.D. in 2 parts）",
        "ABC",
        "12",
        "①…—ｱ",
        "葛\U000e0100城 㐂 𠮷",
        "あ" * 120,
    ],
)
def test_any_words_can_stand_in_a_column(name: str) -> None:
    given = award("diploma-vertical", "ja")
    given = replace(given, achievement=replace(given.achievement, name=Text.of(ja=name)))
    pdf = typeset("diploma-vertical", page_data(given, link=None), at=NOW)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert folded(name) in shown_text(document)


def test_a_degree_certificate_and_a_certificate_of_graduation_are_two_documents() -> None:
    masters = award("graduation")
    masters = replace(masters, achievement=replace(masters.achievement, type="MasterDegree"))
    titles = [page_data(each, link=None)["title"]["ja"] for each in (award(), award("graduation"), masters)]
    assert titles == ["学位授与証明書", "卒業証明書", "修了証明書"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_of_a_special_program_says_what_the_law_wants(language: str) -> None:
    with pdf_of("special-program", language) as document:
        page = shown_text(document)
    wanted = {
        "ja": ("地域防災リーダー養成課程", "災害のしくみ", "総時間数120時間", "学校教育法第105条"),
        "en": ("Community Disaster", "How shelters are run", "Total hours120 hours", "Article 105"),
    }
    wanted["ja-en"] = ("地域防災リーダー養成課程", "Community Disaster", "120時間 (120 hours)", "Article 105")
    for words in wanted[language]:
        assert folded(words).casefold() in page.casefold()


def test_what_an_award_cannot_be_printed_as_is_refused() -> None:
    given = replace(award("special-program"), results=())
    with pytest.raises(InputError) as caught:
        page_data(given, link=None)
    assert (caught.value.code, caught.value.facts["got"]) == ("document-unfit", "no-hours")


def test_addressee_and_purpose_are_printed_on_what_is_handed_in_somewhere() -> None:
    for kind in ("graduation", "enrollment", "transcript", "special-program"):
        given = award(kind)
        asked = replace(given.document, addressee="みなと商事株式会社", purpose="就職")
        pdf = typeset(kind, page_data(replace(given, document=asked), link=None), at=NOW)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            page = shown_text(document)
        assert "提出先みなと商事株式会社" in page
        assert "用途就職" in page


def test_a_transcript_names_its_addressee_however_many_facts_stand_before() -> None:
    given = award("transcript")
    document = replace(given.document, addressee="みなと商事株式会社", purpose="就職")
    data = page_data(replace(given, document=document), link=None)
    for missing in ((), ("birth",), ("birth", "student_number")):
        pdf = typeset("transcript", {**data, **dict.fromkeys(missing)}, at=NOW)
        with pikepdf.open(io.BytesIO(pdf)) as made:
            assert "提出先みなと商事株式会社" in shown_text(made), missing


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


@pytest.mark.parametrize(("kind", "language"), PAGES)
def test_a_picture_on_a_page_says_what_it_is(kind: str, language: str) -> None:
    """ISO 14289-1, section 7.3: a figure has an alternative text; here the only one is the QR code."""
    with pdf_of(kind, language) as document:
        figures = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and str(item.get("/S", "")) == "/Figure"
        ]
        assert [LINK in str(figure.Alt) for figure in figures] == [True]


@pytest.mark.parametrize(("kind", "language"), PAGES)
def test_no_page_draws_an_empty_box_or_leaves_anything_untagged(kind: str, language: str) -> None:
    """ISO 19005-3, section 6.2.11.8 (.notdef); ISO 14289-1, section 7.1: all marked."""
    with pdf_of(kind, language) as document:
        for page in document.pages:
            depth = 0
            for instruction in pikepdf.parse_content_stream(page):
                operator = str(instruction.operator)
                depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
                if operator in {"Tj", "TJ", "f", "S", "B", "Do", "sh"}:
                    assert depth > 0, (kind, language, operator)
                if operator in {"Tj", "TJ"}:
                    shown = instruction.operands[0]
                    for piece in shown if isinstance(shown, pikepdf.Array) else [shown]:
                        if isinstance(piece, pikepdf.String):
                            raw = bytes(piece)
                            assert b"\x00\x00" not in [raw[at : at + 2] for at in range(0, len(raw), 2)]
