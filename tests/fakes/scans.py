# SPDX-License-Identifier: Apache-2.0
"""Papers as a scanner or a phone sees them: printed, turned, blurred, grayed and compressed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from PIL import Image, ImageChops, ImageFilter

PRINTER = 400
"""Dots per inch of the sheet before it is looked at."""
_PART = (75, 120)
"""Millimeters of the part of the page that is looked at: all of it would only take longer."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a paper is looked at; what is usual for a scanner in an office."""

    dots: int = 200
    """Per inch."""
    degrees: float = 1.5
    blur: float = 0.5
    """Radius in dots."""
    noise: int = 12
    quality: int = 60
    """Of JPEG."""


def sheet(texts: Sequence[str], *, module: float = 0.33) -> Image.Image:
    """Give a part of a page with codes one below the other, their modules of this many millimeters."""
    page = Image.new("L", [round(side * PRINTER / 25.4) for side in _PART], 255)
    top = 10.0
    for text in texts:
        code = segno.make(text, error="m", micro=False, boost_error=False)
        side = code.symbol_size(border=4)[0]
        drawn = io.BytesIO()
        code.save(drawn, kind="png", scale=4, border=4)
        dots = round(side * module * PRINTER / 25.4)
        picture = Image.open(drawn).convert("L").resize((dots, dots), Image.Resampling.NEAREST)
        page.paste(picture, (round(12 * PRINTER / 25.4), round(top * PRINTER / 25.4)))
        top += side * module + 15
    return page


def seen(page: Image.Image, look: Look | None = None) -> bytes:
    """Give a gray JPEG of the page."""
    look = look or Look()
    turned = page.rotate(look.degrees, resample=Image.Resampling.BICUBIC, fillcolor=255, expand=True)
    small = turned.resize(
        (turned.width * look.dots // PRINTER, turned.height * look.dots // PRINTER), Image.Resampling.LANCZOS
    )
    soft = small.filter(ImageFilter.GaussianBlur(look.blur)).point(
        [30 + value * 200 // 255 for value in range(256)]
    )
    grainy = ImageChops.add(soft, Image.effect_noise(soft.size, look.noise), 1, -128)
    taken = io.BytesIO()
    grainy.save(taken, "JPEG", quality=look.quality)
    return taken.getvalue()
