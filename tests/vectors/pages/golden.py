# SPDX-License-Identifier: Apache-2.0
"""What every template looked like when a person last looked at it.

Usage: python -m tests.vectors.pages.golden, after looking at the new pages; the pictures and digests are
written anew and are to be committed with the change of the template.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

from PIL import Image
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import draw, typeset
from gakusho.model.award import Award
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES

CODE = "4XQ7-K2M9-HT3D"
FOLDER = Path(__file__).parent / "golden"
DIGESTS = Path(__file__).parent / "digests.json"
PIXELS_PER_INCH = 48
PAGES = [(kind, language, "") for kind in DOCUMENT_KINDS for language in DOCUMENT_LANGUAGES]
TURNED = [
    ("diploma", "ja", "landscape"),
    ("diploma", "en", "portrait"),
    ("diploma", "ja-en", "portrait"),
    ("completion", "ja", "landscape"),
    ("completion", "en", "landscape"),
    ("completion", "ja-en", "landscape"),
]
"""The pages held as they are not unless an institution wishes it."""


def name_of(kind: str, language: str, held: str) -> str:
    """Give what picture and digest of a page are called."""
    return "-".join(filter(None, (kind, language, held)))


def award_for(kind: str, language: str, held: str) -> Award:
    """Give the award that is printed so."""
    given = award(kind, language)
    return replace(given, document=replace(given.document, orientation=held))


def picture_of(given: Award) -> Image.Image:
    """Give the first page of an award's document in shades of gray."""
    png = draw(given.document.kind, page_data(given, link=LINK, code=CODE), pixels_per_inch=PIXELS_PER_INCH)
    return Image.open(io.BytesIO(png)).convert("L")


def digest_of(given: Award) -> str:
    """Give the SHA-256, hexadecimal, of the unsigned PDF."""
    pdf = typeset(given.document.kind, page_data(given, link=LINK, code=CODE), at=NOW)
    return hashlib.sha256(pdf).hexdigest()


def write() -> None:
    """Write all pictures and digests."""
    digests = {}
    FOLDER.mkdir(exist_ok=True)
    for page in PAGES + TURNED:
        given, name = award_for(*page), name_of(*page)
        # sixteen grays are enough to see a moved letter
        small = picture_of(given).point(lambda shade: round(shade / 17) * 17)
        small.save(FOLDER / f"{name}.png", optimize=True)
        digests[name] = digest_of(given)
    DIGESTS.write_text(json.dumps(digests, indent=2) + "\n")


if __name__ == "__main__":
    write()
