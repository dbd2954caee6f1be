# SPDX-License-Identifier: Apache-2.0
"""The signed code on the page: beside the link's code, large enough, and told to who does not see it."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pikepdf
import pytest
import segno
import zxingcpp
from PIL import Image
from tests.vectors.paper_code import cases
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.formats import Sealing
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import draw, typeset
from gakusho.formats.paper_code import FORMAT
from gakusho.model.award import Award

SEALING = Sealing(now=NOW, credential_key=cases.KEY)
DOTS = 200
LAYOUTS = ("diploma", "diploma-vertical", "completion", "special-program", "transcript")
"""One kind of each layout, of certificates the longest."""


def given(kind: str, language: str) -> Award:
    """Give an award; a transcript of 60 courses."""
    made = award(kind, language)
    return replace(made, results=cases.transcript().results) if kind == "transcript" else made


def data_of(made: Award) -> tuple[dict[str, object], str]:
    """Give what the template gets, and the code's text."""
    text = FORMAT.write([made], SEALING)[0].data.decode()
    return {**page_data(made, link=LINK, code="4XQ7-K2M9-HT3D"), "signed_code": text}, text


@pytest.mark.parametrize("kind", LAYOUTS)
def test_both_codes_are_read_from_every_page(kind: str) -> None:
    data, text = data_of(given(kind, "ja-en"))
    png = draw(kind, data, pixels_per_inch=DOTS)
    with Image.open(io.BytesIO(png)) as page:
        codes = {code.text: code.position for code in zxingcpp.read_barcodes(page)}
    assert codes.keys() == {text, LINK}
    place = codes[text]
    modules = segno.make(text, error="m", boost_error=False).symbol_size(border=0)[0]
    side = math.dist((place.top_left.x, place.top_left.y), (place.top_right.x, place.top_right.y))
    assert side * 25.4 / DOTS / modules >= 0.325, "millimeters of a module, to a dot"


@pytest.mark.parametrize("language", ["ja", "en", "ja-en"])
def test_60_courses_stay_on_one_page(language: str) -> None:
    data, _ = data_of(given("transcript", language))
    with pikepdf.open(io.BytesIO(typeset("transcript", data, at=NOW))) as pdf:
        assert len(pdf.pages) == 1
        words = [
            str(one["/Alt"]) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one
        ]
    told = "Signed code" if language == "en" else "署名付きコード"
    assert [word for word in words if word.startswith(told)], "PDF/UA-1, 7.3: a figure says what it is"


def test_a_page_without_a_code_is_as_it_was() -> None:
    made = given("degree-certificate", "ja")
    plain = page_data(made, link=LINK, code=None)
    assert typeset(made.document.kind, plain, at=NOW) == typeset(
        made.document.kind, {**plain, "signed_code": None}, at=NOW
    )
