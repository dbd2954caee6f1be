# SPDX-License-Identifier: Apache-2.0
"""The look of a document beside its words: its paper, and the picture of the institution's seal (印影)."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

from PIL import Image as Picture

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.formats import _png, _svg
from gakusho.model.achievement import Image
from gakusho.model.award import Award
from gakusho.model.document import orientations_for, papers_for

MAX_SEAL = 400_000
"""Bytes of a picture of a seal: it stands in every document."""
MAX_SIDE = 2_400
FINE = 300
"""Dots an inch at which a seal is printed sharply."""
USUAL_SIZE = 24
"""Millimeters of a seal's side."""
_PAPERS = {
    # typst's name, and how much larger than on A4 everything is; letter is as wide, but lower
    "a4": ("a4", 1),
    "a3": ("a3", 297 / 210),
    "b4": ("jis-b4", 257 / 210),
    "b5": ("jis-b5", 182 / 210),
    "letter": ("us-letter", 0.94),
}
_LETTERS = re.compile(rb"<(?:[\w-]{1,40}:)?(?:text|tspan|textPath|image|filter|style)[\s>/]", re.IGNORECASE)


def paper_data(award: Award) -> dict[str, Any]:
    """Give the paper as the templates take it. Raises: InputError for what this document is not set on."""
    kind, paper = award.document.kind, award.document.paper
    if paper not in papers_for(kind):
        raise InputError(
            f"A {kind} is not set on {paper!r}.",
            code="document-paper",
            facts={"got": paper[:40], "expected": ", ".join(papers_for(kind))},
        )
    held = award.document.orientation
    if held not in orientations_for(kind):
        raise InputError(
            f"A {kind} is not set on paper held as {held!r}.",
            code="document-orientation",
            facts={"got": held[:40], "expected": ", ".join(filter(None, orientations_for(kind)))},
        )
    name, scale = _PAPERS[paper]
    return {"name": name, "scale": scale, "orientation": held or None}


def seal_data(award: Award) -> dict[str, Any] | None:
    """Give the picture of the seal as the templates take it: always SVG, a PNG inside one."""
    seal = award.document.seal
    if seal is None:
        return None
    ja, en = award.issuer.name.best("ja", "en"), award.issuer.name.best("en", "ja")
    return {
        "svg": _as_svg(seal.image),
        "alt": {"ja": f"{ja}の印影", "en": f"Seal of {en}"},
        "size": seal.size,
        "place": seal.place,
    }


def check_seal(data: bytes) -> tuple[Image, bool]:
    """Give a picture fit to be a seal, and whether it is too coarse to be printed sharply.

    A PNG, or an SVG of paths alone: no script, nothing that lies elsewhere, no letters that need a font.
    Raises: UnreadableError, LimitError saying why it is not.
    """
    if len(data) > MAX_SEAL:
        raise LimitError(
            f"The picture has {len(data)} bytes; at most {MAX_SEAL} are taken.",
            code="seal-size",
            facts={"got": f"{len(data) // 1000} KB", "expected": f"{MAX_SEAL // 1000} KB"},
        )
    if data.startswith(_png.SIGNATURE):
        return Image(media_type="image/png", data=data), min(_pixels(data)) < FINE * USUAL_SIZE / 25.4
    if not _svg.looks_like(data):
        raise UnreadableError(
            "The seal is neither PNG nor SVG.", code="seal-kind", facts={"expected": "PNG, SVG"}
        )
    _svg.check(data)
    if found := _LETTERS.search(data):
        raise UnreadableError(
            "The SVG of the seal holds more than shapes.",
            code="seal-shapes",
            action="Turn letters into paths in the drawing program, and save it as plain SVG.",
            facts={"got": found[0].decode("ascii", "replace").strip("</> \n\t"), "expected": "paths"},
        )
    return Image(media_type="image/svg+xml", data=data), False


def _pixels(data: bytes) -> tuple[int, int]:
    width, height = _png.size(data)
    if max(width, height) > MAX_SIDE or max(width, height) > 3 * min(width, height):
        raise LimitError(
            f"The picture has {width} × {height} points.",
            code="seal-sides",
            facts={"got": f"{width} × {height}", "expected": f"≤ {MAX_SIDE} × {MAX_SIDE}"},
        )
    try:
        with Picture.open(io.BytesIO(data), formats=("PNG",)) as opened:
            opened.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableError(
            "The PNG cannot be read.", code="image", facts={"got": str(error)[:200]}
        ) from None
    return width, height


def _as_svg(image: Image) -> str:
    if image.media_type == "image/svg+xml":
        return image.data.decode()
    width, height = _png.size(image.data)
    inside = base64.b64encode(image.data).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{inside}"/></svg>'
    )
