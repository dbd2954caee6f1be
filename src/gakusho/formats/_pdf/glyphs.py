# SPDX-License-Identifier: Apache-2.0
"""Which characters a font can write, read from its ``cmap`` table (OpenType 1.9, section cmap)."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp

_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_SPACES = frozenset("\n\t\u3000\u00a0 ")


def missing(text: str) -> list[str]:
    """Give the characters (with their variation selector) that the document fonts cannot write, each once.

    Control and formatting characters count as missing: they have no glyph and could turn the text around.
    """
    serif, sans = (_coverage(path) for path in (pylopdf_fonts_jp.serif_path(), pylopdf_fonts_jp.sans_path()))
    found: dict[str, None] = {}
    for position, character in enumerate(text):
        if _is_selector(character):
            pair = text[max(position - 1, 0) : position + 1]
            if len(pair) < 2 or pair not in serif[1] or pair not in sans[1]:
                found[pair] = None
        elif character not in _SPACES and (
            unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            or character not in serif[0]
            or character not in sans[0]
        ):
            found[character] = None
    return list(found)


def spelled(character: str) -> str:
    """Give a character so that a person can find it: ``𓀀 (U+13000)``; invisible ones by number only."""
    numbers = " ".join(f"U+{ord(part):04X}" for part in character)
    visible = all(unicodedata.category(part)[0] not in "CZ" for part in character)
    return f"{character} ({numbers})" if visible else numbers


def _is_selector(character: str) -> bool:
    return any(ord(character) in block for block in _SELECTORS)


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
