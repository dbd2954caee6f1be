# SPDX-License-Identifier: Apache-2.0
"""The words a page shows, read from its drawing operators through the fonts' ToUnicode maps.

ISO 32000-2, sections 9.10 (extraction of text) and 14.9.4 (replacement text).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pikepdf

from gakusho.errors import LimitError
from gakusho.formats._pdf.contents import decoded

MAX_PAGES = 100
_MAX_STREAM = 10_000_000
_MAX_OPERATORS = 500_000
_MANY = 1_000_000
"""Bytes of operators from which on all of them are counted."""
_MAX_DEPTH = 4
_MAX_CHARACTERS = 1_000_000
_BFCHAR = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BFRANGE = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[0-9A-Fa-f\s]+>|\[[^\]]*\])")

_CodeMap = dict[int, str]
_OPERATORS = "Tf Tj TJ ' \" BDC BMC EMC Do"
"""What is looked at; the parser passes over the others in a fraction of the time."""
_BETWEEN = "\x1f"
"""Stands between pieces while they are gathered; no page can show it."""


def shown_text(document: pikepdf.Pdf) -> str:
    """Give the words of all pages in drawing order, folded as ``folded`` does.

    Raises: LimitError, UnreadableError.
    """
    return "".join(shown_pieces(document))


def shown_pieces(document: pikepdf.Pdf, *, by_element: bool = False) -> list[str]:
    """Give the same words in pieces, one for each marked sequence (ISO 32000-2, section 14.6).

    In a tagged page a line of a paragraph and a cell of a table are pieces of their own; ``by_element``
    puts together what follows each other in one structure element (section 14.7.5), where each character
    is a marked sequence.
    """
    reader = _Reader(document)
    owners = _owners(document) if by_element else {}
    for number, page in enumerate(document.pages):
        if number >= MAX_PAGES:
            raise LimitError(f"The PDF has more than {MAX_PAGES} pages.")
        parts = page.obj.get("/Contents", pikepdf.Array())
        streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
        reader.owners = owners.get(number, [])
        content = b"\n".join(decoded(stream, limit=_MAX_STREAM) for stream in streams)
        reader.read(content, page.obj.get("/Resources", pikepdf.Dictionary()), depth=0)
    pieces = (folded(piece) for piece in "".join(reader.words).split(_BETWEEN))
    return [piece for piece in pieces if piece]


def folded(words: str) -> str:
    """Give words for comparison: compatibility forms unified, no spaces, no variation selectors."""
    unified = unicodedata.normalize("NFKC", words)
    return "".join(
        character
        for character in unified
        if not character.isspace() and unicodedata.category(character) not in {"Mn", "Cf", "Cc"}
    )


def _owners(document: pikepdf.Pdf) -> dict[int, list[Any]]:
    """Give for each page the structure elements of its marked sequences (ISO 32000-2, section 14.7.5.4)."""
    tree = document.Root.get("/StructTreeRoot", pikepdf.Dictionary()).get("/ParentTree")
    if tree is None:
        return {}
    parents = pikepdf.NumberTree(tree)
    found: dict[int, list[Any]] = {}
    for number, page in enumerate(document.pages):
        key = page.obj.get("/StructParents")
        if number < MAX_PAGES and key is not None and int(key) in parents:
            held = parents[int(key)]
            found[number] = [each.objgen if each is not None else None for each in held]
    return found


class _Reader:
    """Follows the text operators of content streams and gathers what they show."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self.words: list[str] = []
        self.owners: list[Any] = []
        """The structure element of each marked sequence of the page, where pieces go by element."""
        self._last: Any = None
        self._document = document
        self._fonts: dict[tuple[int, int], tuple[int, _CodeMap]] = {}
        self._operators = 0
        self._said = 0

    def read(self, content: bytes, resources: Any, *, depth: int) -> None:
        stream = pikepdf.Stream(self._document, content)
        fonts, forms = resources.get("/Font", {}), resources.get("/XObject", {})
        width, codes = 1, _CodeMap()
        replaced: list[bool] = []
        looked_at = _OPERATORS if len(content) < _MANY else ""
        for instruction in pikepdf.parse_content_stream(stream, looked_at):
            self._operators += 1
            if self._operators > _MAX_OPERATORS:
                raise LimitError("The pages of the PDF have too many drawing operators.")
            operands, operator = instruction.operands, str(instruction.operator)
            if operator == "Tf":
                width, codes = self._font(fonts.get(str(operands[0])))
            elif operator in {"Tj", "'", '"', "TJ"} and not any(replaced):
                self._show(operands[-1], width, codes)
            elif operator in {"BDC", "BMC"}:
                self._begin(operands)
                replaced.append(self._replacement(operands, shown=not any(replaced)))
            elif operator == "EMC" and replaced:
                if self._last is None:
                    self.words.append(_BETWEEN)
                replaced.pop()
            elif operator == "Do":
                form = forms.get(str(operands[0]))
                if form is not None and str(form.get("/Subtype", "")) == "/Form":
                    if depth >= _MAX_DEPTH:
                        raise LimitError(f"A page of the PDF draws forms {_MAX_DEPTH} deep in each other.")
                    inner = form.get("/Resources", resources)
                    self.read(decoded(form, limit=_MAX_STREAM), inner, depth=depth + 1)

    def _begin(self, operands: Any) -> None:
        """Begin a piece, unless the marked sequence goes on with the element of the last one."""
        properties = operands[1] if len(operands) > 1 else None
        number = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
        known = number is not None and 0 <= int(number) < len(self.owners)
        owner = self.owners[int(number)] if known and number is not None else None
        if owner is None or owner != self._last:
            self.words.append(_BETWEEN)
        self._last = owner

    def _replacement(self, operands: Any, *, shown: bool) -> bool:
        properties = operands[1] if len(operands) > 1 else None
        if not isinstance(properties, pikepdf.Dictionary) or "/ActualText" not in properties:
            return False
        if shown:
            self._say(str(properties["/ActualText"]))
        return True

    def _show(self, operand: Any, width: int, codes: _CodeMap) -> None:
        pieces = operand if isinstance(operand, pikepdf.Array) else [operand]
        for piece in pieces:
            if isinstance(piece, pikepdf.String):
                raw = bytes(piece)
                for start in range(0, len(raw) - width + 1, width):
                    self._say(codes.get(int.from_bytes(raw[start : start + width], "big"), "\ufffd"))

    def _say(self, words: str) -> None:
        self._said += len(words)
        if self._said > _MAX_CHARACTERS:
            raise LimitError(f"The pages of the PDF show more than {_MAX_CHARACTERS:,} characters.")
        self.words.append(words.replace(_BETWEEN, ""))

    def _font(self, font: Any) -> tuple[int, _CodeMap]:
        if font is None:
            return 1, {}
        if font.objgen not in self._fonts:
            width = 2 if str(font.get("/Subtype", "")) == "/Type0" else 1
            mapping = font.get("/ToUnicode")
            if isinstance(mapping, pikepdf.Stream):
                codes = _code_map(decoded(mapping, limit=_MAX_STREAM))
            else:
                codes = {code: chr(code) for code in range(32, 127)} if width == 1 else {}
            self._fonts[font.objgen] = (width, codes)
        return self._fonts[font.objgen]


def _code_map(cmap: bytes) -> _CodeMap:
    codes: _CodeMap = {}
    for block in _BFCHAR.findall(cmap):
        values = _HEX.findall(block)
        for source, target in zip(values[::2], values[1::2], strict=False):
            codes[int(source, 16)] = _utf16(target)
    for block in _BFRANGE.findall(cmap):
        for first, last, target in _RANGE.findall(block):
            low, high = int(first, 16), int(last, 16)
            if high - low > 0xFFFF:
                continue
            if target.startswith(b"["):
                for offset, one in enumerate(_HEX.findall(target)[: high - low + 1]):
                    codes[low + offset] = _utf16(one)
            else:
                start = _utf16(target.strip(b"<>"))
                for offset in range(high - low + 1):
                    codes[low + offset] = start[:-1] + chr(ord(start[-1:] or "\ufffd") + offset)
    return codes


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(b"".join(digits.split()).decode()).decode("utf-16-be", errors="replace")
