# SPDX-License-Identifier: Apache-2.0
"""A look at the page before anything is signed."""

from __future__ import annotations

from gakusho.formats._pdf.own_templates import world
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import draw
from gakusho.model.award import Award


def page_png(award: Award, *, verification_link: str | None, verification_code: str | None = None) -> bytes:
    """Give the first page of an award's document as PNG, A4 at 110 dots per inch.

    Raises:
        MissingGlyphError: a character cannot be written.
        InputError: there is no template for the document.
    """
    data = page_data(award, link=verification_link, code=verification_code)
    kind, own = award.document.kind, award.document.templates
    return draw(kind, data, own=world(own.packed, kind) if own else None)
