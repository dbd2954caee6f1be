# SPDX-License-Identifier: Apache-2.0
"""How far words reach at least, so that their beginning alone is not taken for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gakusho.formats._pdf.seen import Area, Place

_OTHERS = bytes(code for code in range(256) if not 0x4E <= code <= 0x9F)
_MIDDLE, _PARTS = 0.35, 7
"""At which height, in letters' sizes, it is looked whether words are covered; at how many points."""


def least_width(words: str) -> float:
    """Give how wide words are at least, in sizes of their letters: ideographs fill their squares."""
    # all letters at once, as they are asked for each line: of an ideograph the first of two bytes says it
    ideographs = len(words.encode("utf-16-be", "surrogatepass")[::2].translate(None, _OTHERS))
    blank = words.count(" ") if words.isprintable() else sum(one <= " " for one in words)
    return 0.9 * ideographs + 0.2 * (len(words) - ideographs - blank)


def lies_under(area: Area, place: Place, reach: float) -> bool:
    """Tell whether most of a word that reaches so far to the right is under something painted."""
    x, y, size = place
    left, bottom, right, top = area.box
    middle = y + _MIDDLE * size
    if area.pale or not bottom <= middle <= top or x + reach < left or right < x:
        return False
    points = [x + reach * part / _PARTS for part in range(1, _PARTS + 1)]
    return 2 * sum(area.holds(one, middle) for one in points) > _PARTS
