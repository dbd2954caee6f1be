# SPDX-License-Identifier: Apache-2.0
"""The drawing operators of a content stream, one after the other. ISO 32000-2, sections 7.8.2 and 7.2.

Read here, since all of them are looked at to tell what of a page can be seen; a parser of whole documents
makes objects of every number on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gakusho.errors import LimitError, UnreadableError

MAX_OPERATORS = 500_000
_MAX_OPERANDS = 100_000
_TOKEN = re.compile(
    rb"[\s\0]*(?:%[^\r\n]*[\s\0]*)*"
    rb"(?:(?P<numbers>(?:[-+]?+(?:\d++\.?+\d*+|\.\d++)[\s\0]++){2,64})"
    rb"|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+))(?![^\s\0()<>\[\]{}/%])"
    rb"|(?P<operator>[A-Za-z'\"][A-Za-z0-9*]*)"
    rb"|(?P<name>/[^\s\0()<>\[\]{}/%]*)"
    rb"|(?P<text>\((?:[^()\\]|\\.)*\))"
    rb"|(?P<open>\()"
    rb"|(?P<hex><[0-9A-Fa-f\s\0]*>)"
    rb"|(?P<mark><<|>>|\[|\])"
    rb"|(?P<end>\Z))",
    re.DOTALL,
)
_NUMBERS = {"number", "numbers"}
_ESCAPE = re.compile(rb"\\(\r\n|[0-7]{1,3}|.)", re.DOTALL)
_UNUSUAL = re.compile(rb"\\(?:[^0-7nrtbf()\n\\]|[4-7][0-7][0-7]|\\[()])")
"""What Python's own escapes are not: those of ISO 32000-2, section 7.3.4.2, are few."""
_UNESCAPED = {
    **{bytes((code,)): bytes((code,)) for code in range(256)},
    **{b"%0*o" % (digits, code): bytes((code & 255,)) for digits in (1, 2, 3) for code in range(8**digits)},
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_IMAGE_DATA = re.compile(rb"[\s\0]ID[\s\0]")
_IMAGE_END = re.compile(rb"[\s\0]EI(?=[\s\0/\[(<]|\Z)")


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Style:
    """How lines of text are set that say it in the same words."""

    __slots__ = ("_text", "color", "font", "is_upright", "mode", "outline", "size", "space")

    def __init__(self, found: re.Match[bytes]) -> None:
        space, color, mode, font, size, self._text = found.group(
            "space", "color", "mode", "font", "size", "text"
        )
        self.space, self.font = Name(space.decode()), Name(font.decode())
        self.color = list(map(float, color.split()))
        self.mode = int(mode)
        self.size = float(size)
        """How large the letters are."""
        self.outline = _outline(found) if self.mode == 2 else None
        """Of letters with outlines: their color's space, their color, and how wide they are if it is said."""
        self.is_upright = self._text == _UPRIGHT and not self.mode
        """Filled, and neither turned nor moved by the text's own matrix."""

    @property
    def text(self) -> list[float]:
        """The matrix of the text itself."""
        return list(map(float, self._text.split()))


class Line:
    """A line of text as typesetters write them, in a graphics state of its own: one operator for eighteen."""

    __slots__ = ("_at", "closer", "ends", "mark", "style", "written")

    def __init__(self, found: re.Match[bytes], styles: dict[bytes, Style]) -> None:
        """Take what was found on the page; its numbers are read when they are asked for."""
        several: bytes | None
        self._at, style, several, one, mark, number, ends = found.group(
            "matrix", "style", "several", "one", "mark", "number", "ends"
        )
        if style not in styles:
            styles[style] = Style(found)
        self.style = styles[style]
        # what stands between strings, and the strings, by turns
        parts = [b"", one[1:-1], b""] if several is None else _parts(several)
        self.written: list[bytes] = parts[1::2]
        """The strings, as they are written."""
        self.closer = _closer(parts[::2])
        """By how much letters are set back, in thousandths of their size, if that is more than a little."""
        self.mark: list[Any] | None = None if mark is None else _marked_by(number)
        """The operands of ``BDC``, where the line is a marked sequence."""
        self.ends = ends is not None
        """Whether ``EMC`` comes after it."""

    @property
    def matrix(self) -> list[float]:
        """What the line is moved by."""
        return list(map(float, self._at.split()))

    def upright(self) -> tuple[float, float] | None:
        """Give where a line begins that is neither turned nor larger or smaller than its letters' size."""
        if not self.style.is_upright or not self._at.startswith(_UPRIGHT_AT):
            return None
        x, y = self._at[len(_UPRIGHT_AT) :].split()
        return float(x), float(y)

    @property
    def shown(self) -> list[bytes]:
        """Give the strings, one by one."""
        return [_text(one) for one in self.written]

    def said(self) -> bytes:
        """Give the strings in one."""
        # what stands between them is taken out like a line that goes on (ISO 32000-2, 7.3.4.2)
        return _text(b"\\\n".join(self.written))


LINE = b"line of text"
"""Stands for an operator where a whole ``Line`` comes."""
RULE = b"rule"
"""Stands for an operator where a dark line is drawn in a graphics state of its own.

How thick it is at most, and the name of its color's space; all of its numbers are less than 0.85. Then the
operands of ``BDC`` where it is a marked sequence, and whether ``EMC`` comes after it.
"""
PATH = b"path"
"""Stands for ``m`` and ``l``, any number of them; their bytes."""
# each part can be read in one way only, so that nothing is tried twice
_N = rb"[-+]?+(?:\d++\.?+\d*+|\.\d++)"
_SIX = rb"%b(?:[ \n]%b){5}" % (_N, _N)
_COLOR = rb"%b(?: %b){0,3}" % (_N, _N)
_DARK = rb"(?:0?\.(?:[0-7]\d*+|8(?:[0-4]\d*+)?+)|0)(?![.\d])"
_STRING = rb"\([^()\\]*+(?:\\.[^()\\]*+)*+\)"
_MARK = rb"/\w+\s*+<<(?:/MCID (?P<%b>\d+)|/Type/Layout)?+(?:/Lang\([\w-]*+\))?+>>BDC"
_LINE = (
    rb"(?P<matrix>%b) cm(?P<style>[ \n]?/(?P<space>\w+) cs (?P<color>%b) scn"
    rb"(?:/(?P<pens>\w+) CS (?P<pen>%b) SCN(?: (?P<outline>%b) w)?(?: %b M)?)?"
    rb"\s+BT\s+(?P<mode>[02]) Tr[ \n]?/(?P<font>\w+) (?P<size>%b) Tf (?P<text>%b) Tm)\s*+"
    rb"(?:\[(?P<several>[-+.\d\s]*+(?:%b[-+.\d\s]*+)*+)\]\s*TJ|(?P<one>%b)\s*Tj)\s+ET\s+Q(?=\s|\Z)"
    % (_SIX, _COLOR, _COLOR, _N, _N, _N, _SIX, _STRING, _STRING)
)
_RULE = (
    rb"(?P<scale>%b(?: %b){3}) %b %b cm[ \n]?/(?P<dark>\w+) CS %b(?: %b %b)? SCN (?P<width>%b) w(?: %b M)?"
    rb"\s+%b %b m\s+%b %b l\s+S\s+Q(?=\s|\Z)" % (*(_N,) * 4, *(_DARK,) * 3, *(_N,) * 6)
)
_USUAL = re.compile(
    rb"[\s\0]*+(?:(?P<mark>%b)?+\s*+q (?:(?P<line>%b)|(?P<rule>%b))(?P<ends>\s+EMC(?![A-Za-z0-9*]))?+"
    rb"|(?P<alone>%b)|(?P<path>(?:%b %b [ml]\s++){2,})|(?P<end>EMC)(?![A-Za-z0-9*]))"
    % (_MARK % b"number", _LINE, _RULE, _MARK % b"other", _N, _N),
    re.DOTALL,
)
"""What typesetters write over and over again."""
_STRINGS = re.compile(rb"\(([^()\\]*+(?:\\.[^()\\]*+)*+)\)", re.DOTALL)
_UPRIGHT, _UPRIGHT_AT = b"1 0 0 -1 0 0", b"1 0 0 -1 "
_NONE = Name("")
_NO_NUMBER: dict[str, Any] = {}


def _parts(several: bytes) -> list[bytes]:
    """Give what stands between strings, and the strings, by turns."""
    if b"\\(" in several or b"\\)" in several:
        return _STRINGS.split(several)
    return several.replace(b"(", b")").split(b")")  # each of them begins or ends a string


def _closer(between: list[bytes]) -> tuple[float, ...]:
    """Give the numbers by which letters are set back, if anything is more than two digits."""
    for one in between:
        # one number by which letters are set apart, nothing else, sets none back
        if len(one) > 2 and not (one[:1] == b"-" and one[1:].isdigit()):
            return tuple(number for number in map(float, b" ".join(between[1:-1]).split()) if number > 0)
    return ()


def _outline(found: re.Match[bytes]) -> tuple[Name, list[float], float | None] | None:
    space, color, width = found.group("pens", "pen", "outline")
    if space is None:
        return None
    return Name(space.decode()), list(map(float, color.split())), None if width is None else float(width)


def _usual(found: re.Match[bytes], styles: dict[bytes, Style]) -> tuple[bytes, list[Any]]:
    """Give the operator of what was found at once."""
    if found["style"] is not None:
        return LINE, [Line(found, styles)]
    kind = found.lastgroup
    if kind == "end":
        return b"EMC", []
    if kind == "path":
        return PATH, [found["path"]]
    if kind == "alone":
        return b"BDC", _marked_by(found["other"])
    width, scale, dark, mark, number, ends = found.group("width", "scale", "dark", "mark", "number", "ends")
    thick = float(width) * max(map(abs, map(float, scale.split())))
    return RULE, [thick, Name(dark.decode()), None if mark is None else _marked_by(number), ends is not None]


def _marked_by(number: bytes | None) -> list[Any]:
    return [_NONE, _NO_NUMBER if number is None else {"MCID": float(number)}]


def operators(  # one branch a kind of token
    content: bytes, *, singly: bool = False
) -> Iterator[tuple[bytes, list[Any]]]:
    """Give each operator with its operands: numbers, ``Name``, bytes, lists, dictionaries.

    An inline image comes as ``BI`` with no operand; for ``LINE``, ``RULE`` and ``PATH`` see there: ``singly``
    what they stand for comes one by one.

    Raises: UnreadableError, LimitError.
    """
    operands: list[Any] = []
    stack: list[list[Any]] = []
    styles: dict[bytes, Style] = {}
    place, count = 0, 0
    while True:
        if not (operands or stack or singly) and (usual := _USUAL.match(content, place)):
            place = usual.end()
            count += 1
            yield _usual(usual, styles)
            continue
        found = _TOKEN.match(content, place)
        if found is None:
            raise UnreadableError(f"A page of the PDF cannot be read at its byte {place}.")
        kind, place = found.lastgroup, found.end()
        if kind in _NUMBERS:
            operands.extend(map(float, found[kind].replace(b"\0", b" ").split()))
        elif kind == "operator" and found["operator"] in _WORDS:
            operands.append(_WORDS[found["operator"]])
        elif kind == "operator":
            operator, place = _whole(found["operator"], content, place)
            count += 1
            if count > MAX_OPERATORS or stack:
                raise LimitError("The pages of the PDF have too many drawing operators, or one in a list.")
            yield operator, operands
            operands = []
        elif kind == "mark":
            operands = _marked(found["mark"], operands, stack)
        elif kind == "end":
            break
        else:
            value, place = _value(found, content)
            operands.append(value)
        if len(operands) > _MAX_OPERANDS:
            raise LimitError("An operator of the PDF has too many operands.")
    if stack:
        raise UnreadableError("A page of the PDF ends inside a list.")


def _value(found: re.Match[bytes], content: bytes) -> tuple[Any, int]:
    """Give a name or string, and where it ends."""
    kind = found.lastgroup
    if kind == "name":
        return _name(found["name"]), found.end()
    if kind == "text":
        return _text(found["text"][1:-1]), found.end()
    if kind == "hex":
        return _hex(found["hex"]), found.end()
    return _nested(content, found.end())


_WORDS: dict[bytes, Any] = {b"true": True, b"false": False, b"null": None}


def _marked(mark: bytes, operands: list[Any], stack: list[list[Any]]) -> list[Any]:
    """Go into a list or dictionary, or come out of it."""
    if mark in {b"[", b"<<"}:
        if len(stack) > 50:
            raise LimitError("The lists on a page of the PDF are nested too deeply.")
        stack.append(operands)
        stack.append([mark])
        return []
    if not stack or stack[-1] != ([b"["] if mark == b"]" else [b"<<"]):
        raise UnreadableError("The lists on a page of the PDF do not end as they begin.")
    stack.pop()
    outer = stack.pop()
    if mark == b"]":
        outer.append(operands)
    else:
        outer.append(dict(zip(map(str, operands[::2]), operands[1::2], strict=False)))
    return outer


def _name(written: bytes) -> Name:
    if b"#" in written:
        written = _HASH.sub(lambda found: bytes((int(found[1], 16),)), written)
    return Name(written[1:].decode("utf-8", "replace"))


def _text(written: bytes) -> bytes:
    if b"\\" not in written:
        return written
    if _UNUSUAL.search(written) is None:
        # what else is escaped means the same here as there
        plain = written.replace(b"\\(", b"\\050").replace(b"\\)", b"\\051")
        return plain.decode("unicode_escape").encode("latin-1")
    return _ESCAPE.sub(_unescaped, written)


def _unescaped(found: re.Match[bytes]) -> bytes:
    """ISO 32000-2, section 7.3.4.2."""
    return _UNESCAPED[found[1]]


def _hex(written: bytes) -> bytes:
    digits = b"".join(written[1:-1].replace(b"\0", b"").split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _nested(content: bytes, place: int) -> tuple[bytes, int]:
    """Give a string with parentheses in it, and where it ends."""
    depth, start = 1, place
    while depth:
        character = content[place : place + 1]
        if not character:
            raise UnreadableError("A page of the PDF ends inside a string.")
        if character == b"\\":
            place += 1
        elif character == b"(":
            depth += 1
        elif character == b")":
            depth -= 1
        place += 1
    return _text(content[start : place - 1]), place


def _whole(operator: bytes, content: bytes, place: int) -> tuple[bytes, int]:
    """Give an operator as it is, but a picture on the page itself whole, from BI to EI."""
    if operator != b"BI":
        return operator, place
    begun = _IMAGE_DATA.search(content, place)
    found = _IMAGE_END.search(content, begun.end()) if begun else None
    if found is None:
        raise UnreadableError("An image on a page of the PDF does not end.")
    return operator, found.end()
