# SPDX-License-Identifier: Apache-2.0
"""The words a page shows, read from its drawing operators through the fonts' ToUnicode maps.

ISO 32000-2, sections 9.10 (extraction of text) and 14.9.4 (replacement text).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from struct import unpack
from typing import Any

import pikepdf

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats._pdf.code_maps import CodeMap, code_map
from gakusho.formats._pdf.contents import decoded
from gakusho.formats._pdf.operators import LINE, MAX_OPERATORS, PATH, RULE, Line, Style, operators
from gakusho.formats._pdf.pictures import lies_under, picture
from gakusho.formats._pdf.seen import (
    ONE,
    UPSIDE_DOWN,
    WIDE,
    Area,
    Place,
    Sight,
    box_of,
    common,
    known_space,
    lightness,
    matrix_of,
    refuse_piled,
    refuse_spaced,
)

MAX_PAGES = 100
_MAX_STREAM = 10_000_000
_MAX_DEPTH = 4
_MAX_CHARACTERS = 1_000_000
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
    reader = Reader(document)
    owners = _owners(document) if by_element else {}
    for number, page in enumerate(document.pages):
        if number >= MAX_PAGES:
            raise LimitError(f"The PDF has more than {MAX_PAGES} pages.")
        parts = page.obj.get("/Contents", pikepdf.Array())
        streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
        reader.owners = owners.get(number, [])
        content = b"\n".join(decoded(stream, limit=_MAX_STREAM) for stream in streams)
        reader.page(content, page.obj)
    # nothing is composed across what stands between pieces, so all of them are folded at once
    return [piece for piece in _folded("".join(reader.words), _BETWEEN).split(_BETWEEN) if piece]


def folded(words: str) -> str:
    """Give words for comparison: compatibility forms unified, no spaces, no variation selectors."""
    return _folded(words, "")


def _folded(words: str, kept: str) -> str:
    unified = unicodedata.normalize("NFKC", words)
    left_out = [
        character
        for character in set(unified).difference(kept)
        if character.isspace() or unicodedata.category(character) in {"Mn", "Cf", "Cc"}
    ]
    return unified.translate(dict.fromkeys(map(ord, left_out))) if left_out else unified


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


class Reader:
    """Follows the operators of content streams and gathers the words that can be seen."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self.words: list[str] = []
        self.owners: list[Any] = []
        """The structure element of each marked sequence of the page, where pieces go by element."""
        self._last: Any = None
        self._document = document
        self._fonts: dict[tuple[int, int], tuple[int, CodeMap] | None] = {}
        self._operators = 0
        self._said = 0
        self._sight = Sight(page=(0.0, 0.0, 0.0, 0.0))
        self._places: list[tuple[int, Place]] = []
        """Of the words of this page: which, and where they stand."""
        self._rightward: dict[int, float] = {}
        """How far they reach to the right, at least."""
        self._replaced: list[tuple[str, int] | None] = []
        self._codes: tuple[int, CodeMap] | None = None

    def page(self, content: bytes, page: Any) -> None:
        """Read a page."""
        area = box_of(page.get("/MediaBox")) or box_of(page.get("/Parent", {}).get("/MediaBox"))
        cropped = box_of(page.get("/CropBox")) or area
        if area is None or cropped is None:
            raise UnreadableError("A page of the PDF has no size.")
        if page.get("/UserUnit", 1) != 1:
            raise UnreadableError("A page of the PDF is larger or smaller than its numbers say.")
        self._sight = Sight(page=common(area, cropped))
        self._places, self._replaced, self._codes = [], [], None
        self.read(content, page.get("/Resources", pikepdf.Dictionary()), depth=0)
        for note in page.get("/Annots", ()):
            self._annotation(note)

    def read(self, content: bytes, resources: Any, *, depth: int) -> None:
        sight, held = self._sight, Resources(resources)
        for operator, operands in self.operators(content):
            self._operators += 1
            if self._operators > MAX_OPERATORS:
                raise LimitError("The pages of the PDF have too many drawing operators.")
            if operator == LINE:
                self._line(operands[0], held)
            elif (simple := _SIMPLE.get(operator)) is not None:
                simple(sight, operands)
            elif operator in _MARKING:
                self._begin(operands)
            elif operator == b"EMC":
                self._end()
            elif operator == RULE:
                self._rule(*operands, held=held)
            elif operator in _PAINTING:
                self._cover(sight.painted(**_PAINTING[operator]))
            elif operator in _SHOWING:
                self._show(operator, operands)
            elif operator == b"Do":
                self._draw(held.entry("/XObject", operands[0]), resources, depth)
            else:
                self._choose(operator, operands, held)

    def operators(self, content: bytes) -> Iterable[tuple[bytes, list[Any]]]:
        """Give the operators of a content stream in the form that is followed here."""
        return operators(content)

    def unpacked(self, stream: Any) -> bytes:
        """Give a content stream, unpacked. Raises: LimitError, UnreadableError."""
        return decoded(stream, limit=_MAX_STREAM)

    def _choose(self, operator: bytes, operands: list[Any], held: Resources) -> None:
        """Take what is named in the resources, and pictures that stand on the page themselves."""
        sight = self._sight
        if operator == b"Tf":
            self._codes = self._font_of(operands[0], held)
            sight.state.size = operands[1]
        elif operator == b"cs":
            sight.space(known=held.is_known(operands[0]))
        elif operator == b"CS":
            sight.pen_space(known=held.is_known(operands[0]))
        elif operator == b"gs":
            sight.external(held.entry("/ExtGState", operands[0]))
        elif operator == b"BI":
            self._cover(sight.cover(Area(box=sight.unit(), light=None)))
        elif operator == b"sh":
            self._cover(sight.cover(Area(box=sight.state.clip or sight.page, light=None)))

    def _line(self, line: Line, held: Resources) -> None:
        if line.mark is not None:
            self._begin(line.mark)
        self._shown(line, held)
        if line.ends:
            self._end()

    def _shown(self, line: Line, held: Resources) -> None:
        sight, style = self._sight, line.style
        state = sight.state
        # what nearly all lines are is told without a look at all that could be
        begins = line.upright() if state.matrix == ONE and not state.rise and state.stretch == 1.0 else None
        if begins is not None:
            light = held.light(style)
            place = *begins, abs(style.size)
            if light is not None and sight.shows(*place, light):
                sight.place(UPSIDE_DOWN)
                self._codes = self._font_of(style.font, held)
                self._read_at(place, line.said(), line.closer)
                return
        before = state.matrix, state.known, state.light, state.mode, state.size
        sight.concatenate(line.matrix)
        sight.space(known=held.is_known(style.space))
        sight.color(style.color)
        state.mode, state.size = style.mode, style.size
        sight.place(matrix_of(style.text))
        self._codes = self._font_of(style.font, held)
        shown = line.said()
        refuse_piled(line.closer, len(shown))
        if style.outline is None:
            self._said_in(shown)
        else:
            self._outlined(shown, style.outline, held)
        state.matrix, state.known, state.light, state.mode, state.size = before

    def _rule(self, thick: float, space: Any, mark: Any, ends: bool, *, held: Resources) -> None:  # noqa: FBT001  # operands, as they come
        if mark is not None:
            self._begin(mark)
        # as thick as it covers something it is no line, and the page none of ours
        if thick * self._sight.scale() >= WIDE or not held.is_known(space):
            raise UnreadableError("A line on a page of the PDF is too thick to be one.")
        if ends:
            self._end()

    def _outlined(
        self, shown: bytes, outline: tuple[Any, list[float], float | None], held: Resources
    ) -> None:
        sight, state = self._sight, self._sight.state
        before = state.pen_known, state.pen, state.width
        space, color, width = outline
        sight.pen_space(known=held.is_known(space))
        sight.pen(color)
        state.width = state.width if width is None else width
        self._said_in(shown)
        state.pen_known, state.pen, state.width = before

    def _draw(self, thing: Any, resources: Any, depth: int) -> None:
        if not isinstance(thing, pikepdf.Stream):
            return
        if str(thing.get("/Subtype", "")) == "/Image":
            area = picture(thing, self._sight)
            self._cover(self._unread_mask() if area is None else self._sight.cover(area))
        elif str(thing.get("/Subtype", "")) == "/Form":
            if depth >= _MAX_DEPTH:
                raise LimitError(f"A page of the PDF draws forms {_MAX_DEPTH} deep in each other.")
            # what a form draws says itself what it is
            self._replaced = [None] * len(self._replaced)
            matrix = matrix_of(thing["/Matrix"]) if "/Matrix" in thing else ONE
            kept = self._sight.begin(matrix, box_of(thing.get("/BBox")))
            self.read(self.unpacked(thing), thing.get("/Resources", resources), depth=depth + 1)
            self._sight.end(kept)

    def _unread_mask(self) -> Area | None:
        """Take a picture of which it cannot be told what it covers."""
        raise UnreadableError("A picture on a page of the PDF has a mask that is not read.")

    def _annotation(self, note: Any) -> None:
        box = box_of(note.get("/Rect"))
        if "/AP" in note and box is not None and box[0] < box[2] and box[1] < box[3]:
            self._cover(Area(box=box, light=None))

    def _cover(self, area: Area | None) -> None:
        """Take back the words over which something was painted."""
        if area is None:
            return
        self._sight.compare(len(self._places))
        left = []
        for one in self._places:
            if area.hides(one[1]) or lies_under(area, one[1], self._rightward.get(one[0], 0.0)):
                self.words[one[0]] = ""
            else:
                left.append(one)
        self._places = left

    def _begin(self, operands: Any) -> None:
        """Begin a piece, unless the marked sequence goes on with the element of the last one."""
        properties = operands[1] if len(operands) > 1 and isinstance(operands[1], dict) else {}
        number = properties.get("MCID")
        known = isinstance(number, float) and 0 <= number < len(self.owners)
        owner = self.owners[int(number)] if known and number is not None else None
        if owner is None or owner != self._last:
            self.words.append(_BETWEEN)
        self._last = owner
        said = properties.get("ActualText")
        self._replaced.append((_text_string(said), len(self.words)) if isinstance(said, bytes) else None)

    def _end(self) -> None:
        if not self._replaced:
            return
        replaced = self._replaced.pop()
        if replaced is not None:
            self._replace(*replaced)
        if self._last is None:
            self.words.append(_BETWEEN)

    def _replace(self, said: str, first: int) -> None:
        """Put replacement text where the glyphs do not say themselves what they are, or say parts of it."""
        drawn = "".join(self.words[first:])
        if drawn and ("\ufffd" in drawn or _says_parts(drawn, said)) and len(said) <= 2 * len(drawn):
            self.words[first] = said
            self.words[first + 1 :] = [""] * (len(self.words) - first - 1)

    def _show(self, operator: bytes, operands: list[Any]) -> None:
        sight = self._sight
        if operator == b'"':
            refuse_spaced(operands[:2])
        if operator in {b"'", b'"'}:
            sight.move(0.0, -sight.state.leading)
        held = operands[-1] if operands else []
        pieces = held if isinstance(held, list) else [held]
        shown = b"".join([piece for piece in pieces if isinstance(piece, bytes)])
        words = [index for index, piece in enumerate(pieces) if isinstance(piece, bytes)]
        between = pieces[words[0] : words[-1]] if words else []
        refuse_piled([number for number in between if isinstance(number, float) and number > 0], len(shown))
        self._said_in(shown)

    def _said_in(self, shown: bytes) -> None:
        place = self._sight.is_seen()
        if place is None:
            self._cover(self._sight.letters(len(shown) // (self._codes[0] if self._codes else 1)))
        else:
            self._read_at(place, shown)

    def _read_at(self, place: Place, shown: bytes, closer: Sequence[float] = ()) -> None:
        """Take the words of a string that can be seen."""
        if closer:
            refuse_piled(closer, len(shown))
        if self._codes is None:
            return
        width, codes = self._codes
        numbers: Sequence[int] = shown
        if width == 2:
            numbers = unpack(f">{len(shown) // 2}H", shown[:-1] if len(shown) % 2 else shown)
        try:
            words = "".join(map(codes.__getitem__, numbers))
        except KeyError:
            words = "".join([codes.get(code, "\ufffd") for code in numbers])
        self._said += len(words)
        if self._said > _MAX_CHARACTERS:
            raise LimitError(f"The pages of the PDF show more than {_MAX_CHARACTERS:,} characters.")
        reach = self._sight.rightward(place, words)
        if reach is None:
            return  # it runs off the page, or out of what it is cut to
        self._rightward[len(self.words)] = reach
        self._places.append((len(self.words), place))
        self.words.append(words.replace(_BETWEEN, "") if _BETWEEN in words else words)

    def _font_of(self, name: Any, held: Resources) -> tuple[int, CodeMap] | None:
        if name not in held.fonts:
            held.fonts[name] = self._font(held.entry("/Font", name))
        return held.fonts[name]

    def _font(self, font: Any) -> tuple[int, CodeMap] | None:
        if not isinstance(font, pikepdf.Dictionary):
            return None
        if str(font.get("/Subtype", "")) == "/Type3":
            raise UnreadableError("A page of the PDF draws letters that may be anything (Type 3).")
        name = font.objgen
        if name in self._fonts:
            return self._fonts[name]
        width = 2 if str(font.get("/Subtype", "")) == "/Type0" else 1
        mapping = font.get("/ToUnicode")
        if isinstance(mapping, pikepdf.Stream):
            codes = code_map(decoded(mapping, limit=_MAX_STREAM))
        else:
            codes = {code: chr(code) for code in range(32, 127)} if width == 1 else {}
        if font.is_indirect:  # those that stand in the resources themselves have one number, all of them
            self._fonts[name] = width, codes
        return width, codes


class Resources:
    """The resources of a page or form, each entry looked up once."""

    def __init__(self, held: Any) -> None:
        self._held = held
        self._known: dict[tuple[str, str], Any] = {}
        self._spaces: dict[str, bool] = {}
        self._lights: dict[Style, float | None] = {}
        self.fonts: dict[Any, tuple[int, CodeMap] | None] = {}
        """Those that were chosen so far, by name."""

    def is_known(self, name: Any) -> bool:
        """Tell whether numbers say how light a color of this space is."""
        if name not in self._spaces:
            self._spaces[name] = known_space(name, self.entry("/ColorSpace", name))
        return self._spaces[name]

    def light(self, style: Style) -> float | None:
        """Give how light the color of lines is; None where it is not known."""
        if style not in self._lights:
            self._lights[style] = lightness(style.color) if self.is_known(style.space) else None
        return self._lights[style]

    def entry(self, kind: str, name: Any) -> Any:
        """Give an entry by its kind and name; None where there is none."""
        key = kind, str(name)
        if key not in self._known:
            of_kind = self._held.get(kind) if isinstance(self._held, pikepdf.Dictionary) else None
            found = of_kind.get(f"/{name}") if isinstance(of_kind, pikepdf.Dictionary) else None
            self._known[key] = found
        return self._known[key]


def _says_parts(drawn: str, said: str) -> bool:
    """Tell whether glyphs say a letter and its accents in several, one of them more than its part."""
    whole, parts = (set(unicodedata.normalize("NFKD", words)) for words in (said, drawn))
    more = parts - whole
    few = len(drawn) <= 4 and all(unicodedata.category(one) in {"Ll", "Lu", "Mn", "Sk"} for one in more)
    return whole <= parts and (not more or few)


def _text_string(written: bytes) -> str:
    """Give a text string. ISO 32000-2, section 7.9.2.2."""
    if written.startswith(b"\xfe\xff"):
        return written[2:].decode("utf-16-be", "replace")
    if written.startswith(b"\xef\xbb\xbf"):
        return written[3:].decode("utf-8", "replace")
    return written.decode("latin-1")


_SIMPLE: dict[bytes, Callable[[Sight, list[Any]], object]] = {
    b"q": lambda sight, _: sight.save(),
    b"Q": lambda sight, _: sight.restore(),
    b"cm": lambda sight, given: sight.concatenate(given),
    b"BT": lambda sight, _: sight.begin_text(),
    b"Tm": lambda sight, given: sight.place(matrix_of(given)),
    b"Td": lambda sight, given: sight.move(given[0], given[1]),
    b"TD": lambda sight, given: sight.next_line(given[0], given[1]),
    b"T*": lambda sight, _: sight.move(0.0, -sight.state.leading),
    b"TL": lambda sight, given: setattr(sight.state, "leading", given[0]),
    b"Tr": lambda sight, given: setattr(sight.state, "mode", int(given[0])),
    b"Tz": lambda sight, given: setattr(sight.state, "stretch", given[0] / 100),
    b"Ts": lambda sight, given: setattr(sight.state, "rise", given[0]),
    b"Tc": lambda _, given: refuse_spaced(given),
    b"Tw": lambda _, given: refuse_spaced(given),
    b"w": lambda sight, given: setattr(sight.state, "width", given[0]),
    b"g": lambda sight, given: sight.color(given, known=True),
    b"rg": lambda sight, given: sight.color(given, known=True),
    b"k": lambda sight, given: sight.color(given, known=True),
    b"sc": lambda sight, given: sight.color(given),
    b"scn": lambda sight, given: sight.color(given),
    b"G": lambda sight, given: sight.pen(given, known=True),
    b"RG": lambda sight, given: sight.pen(given, known=True),
    b"K": lambda sight, given: sight.pen(given, known=True),
    b"SC": lambda sight, given: sight.pen(given),
    b"SCN": lambda sight, given: sight.pen(given),
    b"m": lambda sight, given: sight.begin_line(given),
    b"l": lambda sight, given: sight.point(given),
    b"c": lambda sight, given: sight.point(given),
    b"v": lambda sight, given: sight.point(given),
    b"y": lambda sight, given: sight.point(given),
    b"h": lambda sight, _: sight.close(),
    PATH: lambda sight, given: sight.path(given[0]),
    b"re": lambda sight, given: sight.rectangle(given),
    b"W": lambda sight, _: sight.clip(),
    b"W*": lambda sight, _: sight.clip(),
}
"""What decides what can be seen, and says nothing itself."""
_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})
_MARKING = frozenset({b"BDC", b"BMC"})
_PAINTING: dict[bytes, dict[str, bool]] = {
    b"f": {"fills": True},
    b"F": {"fills": True},
    b"f*": {"fills": True, "even": True},
    b"B": {"fills": True, "strokes": True},
    b"B*": {"fills": True, "strokes": True, "even": True},
    b"b": {"fills": True, "strokes": True},
    b"b*": {"fills": True, "strokes": True, "even": True},
    b"S": {"strokes": True},
    b"s": {"strokes": True},
    b"n": {},
}
