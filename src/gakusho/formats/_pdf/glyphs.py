# SPDX-License-Identifier: Apache-2.0
"""Which characters the document fonts can write.

The Japanese fonts say so in their ``cmap`` tables (OpenType 1.9, section cmap). European letters they lack
are set in Libertinus Serif, which lies inside typst; its coverage stands here, and a test sets all of it.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp

_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_LIBERTINUS = (
    *((0x0104, 0x010F), (0x0114, 0x0119), (0x011C, 0x0127), (0x012C, 0x0142), (0x0145, 0x0146)),
    *((0x0149, 0x014B), (0x0150, 0x0151), (0x0154, 0x0167), (0x016E, 0x0191), (0x0193, 0x019F)),
    *((0x01A2, 0x01AE), (0x01B1, 0x01CC), (0x01DD, 0x01F7), (0x01FA, 0x0250), (0x0302, 0x0303)),
    *((0x0305, 0x0306), (0x0308, 0x030B), (0x030D, 0x036F), (0x0386, 0x038A), (0x038C, 0x038C)),
    *((0x038E, 0x0390), (0x03AA, 0x03B0), (0x03CA, 0x03CE), (0x0400, 0x0400), (0x0402, 0x040F)),
    *((0x0450, 0x0450), (0x0452, 0x0477), (0x048C, 0x04C4), (0x04C7, 0x04CC), (0x04D0, 0x04F9)),
    *((0x1E00, 0x1E3D), (0x1E40, 0x1E9F), (0x1EFA, 0x1F15)),
)
"""Latin, Greek and Cyrillic letters, first and last of each range."""
_SPACES = frozenset("\n\t\u3000\u00a0 ")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def missing(text: str) -> list[str]:
    """Give the characters (with their variation selector) that the document fonts cannot write, each once.

    Control and formatting characters count as missing: they have no glyph and could turn the text around.
    """
    if _writable().issuperset(text):
        return []
    serif, sans = _fonts()
    found: dict[str, None] = {}
    for position, character in enumerate(text):
        if _is_selector(character):
            pair = text[max(position - 1, 0) : position + 1]
            if len(pair) < 2 or pair not in serif[1] or pair not in sans[1]:
                found[pair] = None
        elif character not in _SPACES and (
            unicodedata.category(character) in _UNSEEN
            or not ((character in serif[0] and character in sans[0]) or _is_european(character))
        ):
            found[character] = None
    return list(found)


def spelled(character: str) -> str:
    """Give a character so that a person can find it: ``𓀀 (U+13000)``; invisible ones by number only."""
    numbers = " ".join(f"U+{ord(part):04X}" for part in character)
    visible = all(unicodedata.category(part)[0] not in "CZ" for part in character)
    return f"{character} ({numbers})" if visible else numbers


def _is_european(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _LIBERTINUS)


def _is_selector(character: str) -> bool:
    return any(ord(character) in block for block in _SELECTORS)


@cache
def _writable() -> frozenset[str]:
    """Give the characters that need no second look: nearly every text has no others."""
    serif, sans = _fonts()
    european = {chr(code) for first, last in _LIBERTINUS for code in range(first, last + 1)}
    shown = {one for one in (serif[0] & sans[0]) | european if unicodedata.category(one) not in _UNSEEN}
    return frozenset(one for one in shown | _SPACES if not _is_selector(one))


def _fonts() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple(_coverage(path) for path in (pylopdf_fonts_jp.serif_path(), pylopdf_fonts_jp.sans_path()))


@cache
def _coverage(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Give the single characters and the (character + variation selector) pairs of a font file."""
    font = path.read_bytes()
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(tables))
    start = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    singles: set[str] = set()
    pairs: set[str] = set()
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    for index in range(subtables):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * index + 4)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 12:
            singles |= _segments(font, start + offset)
        elif kind == 14:
            pairs |= _variations(font, start + offset)
    return frozenset(singles), frozenset(pairs)


def _segments(font: bytes, at: int) -> set[str]:
    (groups,) = struct.unpack_from(">I", font, at + 12)
    covered: set[str] = set()
    for index in range(groups):
        first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * index)
        covered.update(chr(code) for code in range(first, last + 1))
    return covered


def _variations(font: bytes, at: int) -> set[str]:
    (selectors,) = struct.unpack_from(">I", font, at + 6)
    pairs: set[str] = set()
    for index in range(selectors):
        entry = at + 10 + 11 * index
        selector = chr(int.from_bytes(font[entry : entry + 3], "big"))
        default, other = struct.unpack_from(">II", font, entry + 3)
        if default:
            (count,) = struct.unpack_from(">I", font, at + default)
            for position in range(at + default + 4, at + default + 4 + 4 * count, 4):
                first = int.from_bytes(font[position : position + 3], "big")
                pairs.update(chr(code) + selector for code in range(first, first + font[position + 3] + 1))
        if other:
            (count,) = struct.unpack_from(">I", font, at + other)
            for position in range(at + other + 4, at + other + 4 + 5 * count, 5):
                pairs.add(chr(int.from_bytes(font[position : position + 3], "big")) + selector)
    return pairs
