# SPDX-License-Identifier: Apache-2.0
"""What the codes of a font mean and how far each of its glyphs reaches, in the fonts of any program.

ISO 32000-2, sections 9.6 (simple fonts), 9.7 (composite fonts) and 9.10 (extraction of text).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import name2codepoint
from typing import Any

import pikepdf

from gakusho.errors import LimitError
from gakusho.formats._pdf.code_maps import code_map

UNKNOWN = "\ufffd"
"""Stands for a glyph of which the document does not say what it is."""
_MAX_WIDTHS = 200_000
_USUAL = 500.0
"""Thousandths of a letter's size: how far a glyph reaches of which nothing is said."""
_UNICODE = re.compile(r"/Uni\w+-(UCS2|UTF16)-(?:HW-)?[HV]\Z")
_BY_NUMBER = re.compile(r"(?:uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6}))\Z")
_LINES = frozenset({b"l", b"c", b"v", b"y", b"re"})
_FILLS = frozenset({b"f", b"F", b"f*"})
_MORE = frozenset({b"Do", b"BI", b"gs", b"W", b"W*", b"Tr", b"Tj", b"TJ", b"sh"})
_MAX_SHAPE = 50_000
_PUT = re.compile(rb"dup\s+(\d{1,3})\s*/(\S{1,60})\s+put")
_BY_NAME = {
    "space": " ", "exclam": "!", "quotedbl": '"', "numbersign": "#", "dollar": "$", "percent": "%",
    "ampersand": "&", "quotesingle": "'", "parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+",
    "comma": ",", "hyphen": "-", "period": ".", "slash": "/", "zero": "0", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "colon": ":",
    "semicolon": ";", "less": "<", "equal": "=", "greater": ">", "question": "?", "at": "@",
    "bracketleft": "[", "backslash": "\\", "bracketright": "]", "asciicircum": "^", "underscore": "_",
    "grave": "`", "braceleft": "{", "bar": "|", "braceright": "}", "asciitilde": "~", "quoteleft": "‘",
    "quoteright": "’", "quotesinglbase": "‚", "quotedblleft": "“", "quotedblright": "”",
    "quotedblbase": "„", "guilsinglleft": "‹", "guilsinglright": "›", "guillemotleft": "«",
    "guillemotright": "»", "endash": "–", "emdash": "—", "bullet": "•", "ellipsis": "…", "minus": "−",
    "fraction": "⁄", "periodcentered": "·", "dotlessi": "ı", "germandbls": "ß", "Euro": "€", "sterling": "£",
    "ff": "ff", "fi": "fi", "fl": "fl", "ffi": "ffi", "ffl": "ffl", "Lslash": "Ł", "lslash": "ł",
    "dagger": "†", "daggerdbl": "‡", "paragraph": "¶", "section": "§", "degree": "°", "onesuperior": "¹",
    "twosuperior": "²", "threesuperior": "³", "trademark": "™", "registered": "®", "copyright": "©",
}  # fmt: skip
"""Of the Adobe Glyph List what is not named as in HTML, as far as Latin texts need it."""
_MARKS = {
    "acute": "\u0301", "grave": "\u0300", "circumflex": "\u0302", "tilde": "\u0303", "dieresis": "\u0308",
    "caron": "\u030c", "cedilla": "\u0327", "ogonek": "\u0328", "macron": "\u0304", "breve": "\u0306",
    "ring": "\u030a", "dotaccent": "\u0307", "hungarumlaut": "\u030b",
}  # fmt: skip


@dataclass(frozen=True)
class Face:
    """A font, as far as reading needs it."""

    codes: Mapping[int, str] = field(default_factory=dict)
    widths: Mapping[int, float] = field(default_factory=dict)
    usual: float = _USUAL
    single: bool = True
    """Whether each byte is a code of its own; else each two are one."""
    unicode: bool = False
    """Whether the codes are UTF-16 themselves."""
    vertical: bool = False
    """Whether its glyphs are written downwards."""

    def glyphs(self, shown: bytes) -> Iterator[tuple[str, float, bool]]:
        """Give each glyph: what it says, how far it reaches in thousandths of its size, if it is a space."""
        if self.single:
            for code in shown:
                yield self.codes.get(code, UNKNOWN), self.widths.get(code, self.usual), code == 32
            return
        for place in range(0, len(shown) - 1, 2):
            code = shown[place] << 8 | shown[place + 1]
            words = self.codes.get(code)
            if words is None:
                words = chr(code) if self.unicode and not 0xD800 <= code < 0xE000 else UNKNOWN
            usual = _USUAL if self.unicode and code < 0x100 else self.usual
            yield words, 1000.0 if self.vertical else self.widths.get(code, usual), False


def face_of(font: Any, unpacked: Callable[[Any], bytes]) -> Face:
    """Give a font; ``unpacked`` gives the bytes of a stream. Raises: LimitError, UnreadableError."""
    kind = str(font.get("/Subtype", ""))
    mapping = font.get("/ToUnicode")
    said = code_map(unpacked(mapping)) if isinstance(mapping, pikepdf.Stream) else {}
    if kind == "/Type3":
        return _drawn(font, said, unpacked)
    if kind == "/Type0":
        return _composite(font, said)
    return _simple(font, {**_built_in(font, unpacked), **said})


def _drawn(font: Any, said: dict[int, str], unpacked: Callable[[Any], bytes]) -> Face:
    """Give a font of drawings (section 9.6.4): those that draw a shape in the color of the text.

    As with any font, whether the shape is that of the letter only a look at the page tells.
    """
    scale = abs(float(font["/FontMatrix"][0])), abs(float(font["/FontMatrix"][3]))
    if not all(0.0002 <= each <= 0.004 for each in scale):
        return Face()  # how large its letters are cannot be told
    procedures, code, codes = font.get("/CharProcs", pikepdf.Dictionary()), 0, {}
    for part in font["/Encoding"].get("/Differences", ()):
        if isinstance(part, pikepdf.Name):
            drawing = procedures.get(str(part)) if code in said else None
            words = said.get(code, UNKNOWN)
            if not words.strip() or (isinstance(drawing, pikepdf.Stream) and _is_shape(unpacked(drawing))):
                codes[code] = words
            code += 1
        else:
            code = int(part)
    first = int(font.get("/FirstChar", 0))
    widths = {first + place: float(width) * 1000 * scale[0] for place, width in enumerate(font["/Widths"])}
    return Face(codes=codes, widths=widths, usual=0.0)


def _is_shape(drawing: bytes) -> bool:
    """Tell whether a glyph has no colors of its own, and a path that is filled."""
    parts = drawing.split() if len(drawing) < _MAX_SHAPE else []
    while parts and parts[-1] == b"Q":
        parts.pop()
    said = set(parts)
    return parts[6:7] == [b"d1"] and parts[-1] in _FILLS and bool(said & _LINES) and not said & _MORE


def _built_in(font: Any, unpacked: Callable[[Any], bytes]) -> dict[int, str]:
    """Give what the program of a Type 1 font says of its codes, where the document says nothing."""
    program = font.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontFile")
    if "/Encoding" in font or not isinstance(program, pikepdf.Stream):
        return {}
    listed = _PUT.findall(unpacked(program)[:20_000])
    return {int(code): _named(name.decode("latin-1")) for code, name in listed if int(code) < 256}


def _simple(font: Any, said: dict[int, str]) -> Face:
    first, listed = int(font.get("/FirstChar", 0)), font.get("/Widths")
    widths = {}
    if isinstance(listed, pikepdf.Array) and len(listed) <= 256:
        widths = {first + place: float(width) for place, width in enumerate(listed)}
    about = font.get("/FontDescriptor", pikepdf.Dictionary())
    return Face(
        codes={**_encoding(font.get("/Encoding"), about), **said},
        widths=widths,
        usual=float(about.get("/MissingWidth", 0)) if widths else _USUAL,
    )


def _encoding(encoding: Any, about: Any) -> dict[int, str]:
    """Give what a simple font's encoding says. ISO 32000-2, section 9.6.5."""
    named, differences = encoding, None
    if isinstance(encoding, pikepdf.Dictionary):
        named, differences = encoding.get("/BaseEncoding"), encoding.get("/Differences")
    symbolic = bool(int(about.get("/Flags", 0)) & 4)
    codes: dict[int, str] = {}
    if named is not None or not symbolic:
        codes = dict(_latin("mac_roman" if str(named or "") == "/MacRomanEncoding" else "cp1252"))
    code = 0
    for part in differences if isinstance(differences, pikepdf.Array) else ():
        if isinstance(part, pikepdf.Name):
            codes[code] = _named(str(part)[1:])
            code += 1
        else:
            code = int(part)
    return codes


@lru_cache(maxsize=2)
def _latin(encoding: str) -> Mapping[int, str]:
    found = {code: bytes((code,)).decode(encoding, "ignore") for code in range(32, 256)}
    return {code: words for code, words in found.items() if words}


def _named(name: str) -> str:
    """Give what a glyph of this name says (Adobe Glyph List Specification, section 2)."""
    parts = [_component(part) for part in name.split(".", 1)[0].split("_")[:8]]
    return UNKNOWN if UNKNOWN in parts else "".join(parts)


def _component(name: str) -> str:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if len(name) == 1 and name.isascii() and name.isalpha():
        return name
    if found := _BY_NUMBER.match(name):
        if found[2]:
            return chr(int(found[2], 16)) if int(found[2], 16) < 0x110000 else UNKNOWN
        return bytes.fromhex(found[1]).decode("utf-16-be", "replace")
    if name in name2codepoint:
        return chr(name2codepoint[name])
    if name[:1].isascii() and name[:1].isalpha() and name[1:] in _MARKS:
        return unicodedata.normalize("NFC", name[0] + _MARKS[name[1:]])
    return UNKNOWN


def _composite(font: Any, said: dict[int, str]) -> Face:
    encoding = font.get("/Encoding")
    named = "" if isinstance(encoding, pikepdf.Stream) else str(encoding)
    unicode = _UNICODE.match(named) is not None
    if not unicode and named not in {"/Identity-H", "/Identity-V"}:
        said = {}  # how many bytes a code has is not known
    below = font["/DescendantFonts"][0]
    return Face(
        codes=said,
        widths={} if unicode else _widths(below.get("/W")),
        usual=float(below.get("/DW", 1000)),
        single=False,
        unicode=unicode,
        vertical=named.endswith("V"),
    )


def _widths(listed: Any) -> dict[int, float]:
    """Give how far the glyphs of a composite font reach. ISO 32000-2, section 9.7.4.3."""
    widths: dict[int, float] = {}
    parts = list(listed) if isinstance(listed, pikepdf.Array) else []
    place = 0
    while place + 1 < len(parts):
        first, second = int(parts[place]), parts[place + 1]
        if isinstance(second, pikepdf.Array):
            widths.update((first + number, float(width)) for number, width in enumerate(second))
            place += 2
        elif place + 2 < len(parts) and 0 <= int(second) - first <= 0xFFFF:
            widths.update(dict.fromkeys(range(first, int(second) + 1), float(parts[place + 2])))
            place += 3
        else:
            break
        if len(widths) > _MAX_WIDTHS:
            raise LimitError(f"A font of the PDF has more than {_MAX_WIDTHS:,} widths.")
    return widths
