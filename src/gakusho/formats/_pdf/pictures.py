# SPDX-License-Identifier: Apache-2.0
"""What a picture on a page covers, or its mask lets through, and which words lie under it. ISO 32000-2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pikepdf

from gakusho.formats._pdf.seen import Area, Place, Sight

_MAX_POINTS = 4_000_000
_HALF = 128
_MIDDLE, _PARTS = 0.35, 7
"""At which height, in letters' sizes, it is looked whether words are covered; at how many points."""


def picture(image: Any, sight: Sight) -> Area | None:
    """Give what a picture covers where it is drawn; None where its mask cannot be read here."""
    box = sight.unit()
    if image.get("/ImageMask", False):
        clear = 1 if [int(one) for one in image.get("/Decode", [0, 1])] == [0, 1] else 0
        covers = _covers(image, sight, 1, lambda value: value != clear)
        return None if covers is None else Area(box=box, light=sight.state.light, covers=covers)
    if (soft := image.get("/SMask")) is not None:
        covers = _covers(soft, sight, 8, lambda value: value >= _HALF)
    elif (mask := image.get("/Mask")) is not None:
        covers = _covers(mask, sight, 1, lambda value: value == 0)
    else:
        return Area(box=box, light=None)
    return None if covers is None else Area(box=box, light=None, covers=covers)


def _covers(
    mask: Any, sight: Sight, bits: int, covered: Callable[[int], bool]
) -> Callable[[float, float], bool] | None:
    """Give what tells of a point of the page whether the mask covers it."""
    a, b, c, d, e, f = sight.state.matrix
    turned = a * d - b * c
    if (
        not isinstance(mask, pikepdf.Stream)
        or not turned
        or str(mask.get("/Filter", "/FlateDecode")) != "/FlateDecode"
    ):
        return None
    width, height = int(mask.get("/Width", 0)), int(mask.get("/Height", 0))
    row = (width * bits + 7) // 8
    if int(mask.get("/BitsPerComponent", 1)) != bits or not 0 < row * height <= _MAX_POINTS:
        return None
    sight.compare(row * height // 20)
    data = mask.read_bytes()
    if len(data) < row * height:
        return None

    def covers(x: float, y: float) -> bool:
        across = (d * (x - e) - c * (y - f)) / turned
        up = (a * (y - f) - b * (x - e)) / turned
        column, line = int(across * width), int((1.0 - up) * height)
        if not (0 <= column < width and 0 <= line < height):
            return False
        byte = data[line * row + column * bits // 8]
        return covered(byte if bits == 8 else byte >> (7 - column % 8) & 1)

    return covers


def lies_under(area: Area, place: Place, reach: float) -> bool:
    """Tell whether most of a word that reaches so far to the right is under something painted."""
    x, y, size = place
    left, bottom, right, top = area.box
    middle = y + _MIDDLE * size
    if area.pale or not bottom <= middle <= top or x + reach < left or right < x:
        return False
    points = [x + reach * part / _PARTS for part in range(1, _PARTS + 1)]
    return 2 * sum(area.holds(one, middle) for one in points) > _PARTS
