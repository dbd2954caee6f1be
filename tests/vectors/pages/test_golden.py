# SPDX-License-Identifier: Apache-2.0
"""No template changes its look unseen: each page is compared with its golden picture and by its bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PIL import Image, ImageChops
from tests.vectors.pages.golden import (
    DIGESTS,
    FOLDER,
    PAGES,
    TURNED,
    award_for,
    digest_of,
    name_of,
    picture_of,
)
from tests.vectors.signed_pdf.making import award

MOST_DIFFERING = 0.0002
"""Share of pixels that may differ visibly: another processor may round an edge otherwise."""
VISIBLE = 48
"""Of 255 shades; the golden pictures have 16."""


def differing(one: Image.Image, other: Image.Image) -> float:
    """Give the share of pixels that differ visibly; 1 for pictures of different sizes."""
    if one.size != other.size:
        return 1.0
    counts = ImageChops.difference(one, other).histogram()
    return sum(counts[VISIBLE:]) / sum(counts)


def golden(kind: str, language: str, held: str = "") -> Image.Image:
    return Image.open(FOLDER / f"{name_of(kind, language, held)}.png").convert("L")


@pytest.mark.parametrize("page", PAGES + TURNED, ids=lambda page: name_of(*page))
def test_a_page_looks_as_it_did(page: tuple[str, str, str]) -> None:
    share = differing(picture_of(award_for(*page)), golden(*page))
    assert share <= MOST_DIFFERING, f"{share:.4%} of the pixels differ"


@pytest.mark.parametrize("page", PAGES + TURNED, ids=lambda page: name_of(*page))
def test_a_page_has_the_bytes_it_had(page: tuple[str, str, str]) -> None:
    assert digest_of(award_for(*page)) == json.loads(DIGESTS.read_text())[name_of(*page)]


def test_one_other_character_of_a_name_is_seen_and_any_in_the_bytes() -> None:
    plain = award("graduation", "ja")
    changed = replace(plain, learner=replace(plain.learner, student_number="22A0318"))
    other_name = award("diploma-vertical", "ja", full="髙橋 𠮷男")
    assert differing(picture_of(other_name), golden("diploma-vertical", "ja")) > MOST_DIFFERING
    assert digest_of(changed) != digest_of(plain)


def test_there_is_a_picture_of_every_page_and_no_other() -> None:
    names = {name_of(*page) for page in PAGES + TURNED}
    assert {path.stem for path in FOLDER.iterdir()} == names == set(json.loads(DIGESTS.read_text()))
