# SPDX-License-Identifier: Apache-2.0
"""The glyphs of a page that can be seen, each with what it says and where it stands.

The same rules of sight as for comparing a page with its credential, asked of every glyph by itself and for
the pages of any program: what cannot be told is left out, and counted. ISO 32000-2, section 9.4.4.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats._pdf import notes
from gakusho.formats._pdf.contents import decoded
from gakusho.formats._pdf.faces import UNKNOWN, Face, face_of
from gakusho.formats._pdf.operators import operators
from gakusho.formats._pdf.paths import Box, Matrix, Written, moved, times
from gakusho.formats._pdf.seen import Area, Place, Sight, box_of, common, refuse_piled, within
from gakusho.formats._pdf.text import Reader, Resources

MAX_GLYPHS = 50_000
"""Of all pages together."""
_MAX_WORK = 1_500_000
"""How often a glyph and a point of what is painted are looked at together, on all pages."""
_MAX_STREAM = 10_000_000
_UNSEEN = 0.05
"""How opaque letters are at least that somebody may see."""
_PACKED = frozenset({("/ASCII85Decode", "/FlateDecode"), ("/A85", "/Fl"), ("/Fl",)})
_TURNS: dict[int, Matrix] = {
    0: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    90: (0.0, -1.0, 1.0, 0.0, 0.0, 0.0),
    180: (-1.0, 0.0, 0.0, -1.0, 0.0, 0.0),
    270: (0.0, 1.0, -1.0, 0.0, 0.0, 0.0),
}


class Glyph(NamedTuple):
    """What stands at one place of a page, in points of the page as it is shown."""

    words: str
    x: float
    y: float
    to_x: float
    """Where the next one begins."""
    to_y: float
    size: float
    vertical: bool = False
    """Whether it hangs from its beginning, as in a font that is written downwards."""


@dataclass
class Work:
    """What reading may still cost, of all pages of a document together."""

    left: int = _MAX_WORK
    glyphs: int = MAX_GLYPHS

    def spend(self, number: int) -> None:
        """Take so much of it. Raises: LimitError."""
        self.left -= number
        if self.left < 0:
            raise LimitError("The pages of the PDF take too long to read.")


@dataclass
class _Look(Sight):
    """Sight that counts what it looks at by the point."""

    work: Work = field(default_factory=Work)
    through: float = 1.0
    """How much of the form that is drawn now can be seen, whatever its own parts say (section 11.6.6)."""

    def is_seen(self) -> Place | None:
        return super().is_seen() if self.through >= 0.5 else None

    def compare(self, number: int) -> None:
        self.work.spend(number)

    def _stands_out(self, x: float, y: float, light: float) -> bool:
        area = self.behind(x, y)
        below = 1.0 if area is None else area.light
        return below is not None and abs(light - below) >= 0.15

    def behind(self, x: float, y: float) -> Area | None:
        """Give what was painted last at a place."""
        self.work.spend(1 + len(self.areas) // 4)
        for area in reversed(self.areas):
            if within(area.box, x, y):
                self.work.spend(points(area))
                if area.holds(x, y):
                    return area
        return None

    def may_be_seen(self) -> bool:
        """Tell whether letters that are not known to be seen are not known to be hidden, either."""
        state = self.state
        if state.mode in {3, 7} or self.through * state.opacity < _UNSEEN:
            return False
        if self.through < 0.5 or state.opacity < 0.5 or state.masked:
            return True
        if state.light is None or state.clip is None:
            return True
        x, y = moved(times(self.text, state.matrix), 0.0, state.rise)
        found = self.behind(x, y) if within(state.clip, x, y) else None
        return found is not None and found.light is None


def points(area: Area) -> int:
    """Give how many points a look at an area costs."""
    if isinstance(area.lines, Written) and area.lines.held is None:
        return sum(len(written) // 8 for _, written in area.lines.parts)
    return sum(map(len, area.all_lines()))


class Placed(Reader):
    """Follows the operators of one page after the other and gathers its glyphs."""

    def __init__(self, document: pikepdf.Pdf, work: Work) -> None:
        super().__init__(document)
        self.glyphs: dict[int, Glyph] = {}
        """Where the words of this page stand, by their number."""
        self.untold = 0
        """Glyphs of this page that may be seen, but not read."""
        self._work = work
        self._turn = _TURNS[0]
        self._faces: dict[tuple[int, int], Face] = {}

    def placed(self, page: pikepdf.Page) -> list[Glyph]:
        """Give the glyphs of a page in drawing order. Raises: LimitError, UnreadableError, and others."""
        held = page.obj
        self._sight = self._look(page)
        self.words, self.glyphs, self.untold = [], {}, 0
        self._places, self._replaced = [], []
        self._turn = _TURNS[int(_inherited(held, "/Rotate") or 0) % 360]
        parts = held.get("/Contents", pikepdf.Array())
        streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
        content = b"\n".join(self.unpacked(stream) for stream in streams)
        self.read(content, _inherited(held, "/Resources") or pikepdf.Dictionary(), depth=0)
        for note in held.get("/Annots", ()):
            self._annotation(note)
            self.untold += notes.shows(note)
        return list(self._found())

    def _look(self, page: pikepdf.Page) -> Sight:
        area = box_of(_inherited(page.obj, "/MediaBox"))
        if area is None:
            raise UnreadableError("A page of the PDF has no size.")
        if page.obj.get("/UserUnit", 1) != 1:
            raise UnreadableError("A page of the PDF is larger or smaller than its numbers say.")
        cropped: Box = box_of(_inherited(page.obj, "/CropBox")) or area
        return _Look(page=common(area, cropped), work=self._work)

    def _found(self) -> Iterator[Glyph]:
        for number, glyph in self.glyphs.items():
            words = self.words[number]
            if UNKNOWN in words:
                self.untold += 1
            if words:
                # a line ends where the page ends it, not where a font says so
                yield glyph._replace(words=words if words.isprintable() else " ".join(words.splitlines()))

    def operators(self, content: bytes) -> Iterator[tuple[bytes, list[Any]]]:
        """Give the operators one by one; what is added between letters is followed here."""
        for operator, operands in operators(content, singly=True):
            self._work.spend(1)
            state = self._sight.state
            if operator == b"Tc":
                state.spacing = float(operands[0]), state.spacing[1]
            elif operator == b"Tw":
                state.spacing = state.spacing[0], float(operands[0])
            else:
                yield operator, operands

    def unpacked(self, stream: Any) -> bytes:
        """Give a stream, also in the way of packing that some programs like. Raises: as ``decoded``."""
        raw = self._unpacked(stream)
        self._work.spend(len(raw) // 20)
        return raw

    def _unpacked(self, stream: Any) -> bytes:
        found = stream.get("/Filter")
        names = tuple(map(str, found)) if isinstance(found, pikepdf.Array) else (str(found),)
        if names not in _PACKED or "/DecodeParms" in stream:
            return decoded(stream, limit=_MAX_STREAM)
        raw = bytes(stream.read_raw_bytes())
        try:
            if len(names) == 2:
                raw = base64.a85decode(raw.strip().removesuffix(b"~>"))
            raw = zlib.decompressobj().decompress(raw, _MAX_STREAM + 1)
        except (ValueError, zlib.error) as error:
            raise UnreadableError("A stream of the PDF cannot be unpacked.") from error
        if len(raw) > _MAX_STREAM:
            raise LimitError(f"A stream of the PDF has more than {_MAX_STREAM:,} bytes.")
        return raw

    def _choose(self, operator: bytes, operands: list[Any], held: Resources) -> None:
        if operator != b"Tf":
            super()._choose(operator, operands, held)
            return
        state, font = self._sight.state, held.entry("/Font", operands[0])
        state.face, state.size = self._face(font), operands[1]

    def _face(self, font: Any) -> Face | None:
        if not isinstance(font, pikepdf.Dictionary):
            return None
        if font.objgen not in self._faces or not font.is_indirect:
            self._faces[font.objgen] = face_of(font, self.unpacked)
        return self._faces[font.objgen]

    def _begin(self, operands: Any) -> None:
        if operands and operands[0] == "OC":
            raise UnreadableError("A page of the PDF has parts that can be switched off.")
        super()._begin(operands)

    def _draw(self, thing: Any, resources: Any, depth: int) -> None:
        if isinstance(thing, pikepdf.Stream) and "/OC" in thing:
            raise UnreadableError("A page of the PDF has parts that can be switched off.")
        sight = self._sight
        assert isinstance(sight, _Look)
        outside = sight.through
        sight.through *= 0.3 if sight.state.masked else sight.state.opacity
        super()._draw(thing, resources, depth)
        sight.through = outside

    def _unread_mask(self) -> Area | None:
        return None  # any program's pages are read here: most such pictures have holes where words are

    def _cover(self, area: Area | None) -> None:
        if area is None:
            return
        self._work.spend(len(self._places))
        left = []
        for one in self._places:
            number, place = one
            reach = area.half + place[2]
            near = (area.box[0] - reach, area.box[1] - reach, area.box[2] + reach, area.box[3] + reach)
            if within(near, place[0], place[1]):
                self._work.spend(points(area))
                if area.hides(place):
                    self.untold += area.light is None and bool(self.words[number].strip())
                    self.words[number] = ""
                    continue
            left.append(one)
        self._places = left

    def _replace(self, said: str, first: int) -> None:
        drawn = self.words[first:]
        super()._replace(said, first)
        if self.words[first:] == drawn or first not in self.glyphs:
            return
        last = self.glyphs[max(number for number in self.glyphs if number >= first)]
        self.glyphs[first] = self.glyphs[first]._replace(to_x=last.to_x, to_y=last.to_y)

    def _show(self, operator: bytes, operands: list[Any]) -> None:
        sight = self._sight
        if operator == b'"':
            sight.state.spacing = float(operands[1]), float(operands[0])
        if operator in {b"'", b'"'}:
            sight.move(0.0, -sight.state.leading)
        held = operands[-1] if operands else []
        pieces = held if isinstance(held, list) else [held]
        face = sight.state.face
        if not isinstance(face, Face):
            self.untold += 1
            return
        back: list[float] = []
        length, still, count = 0, 0, 0
        for piece in pieces:
            if isinstance(piece, float):
                if count and piece > 0:
                    back.append(piece)
                self._advance(-piece / 1000 * sight.state.size, face)
            elif isinstance(piece, bytes):
                length += len(piece)
                for words, width, is_space in face.glyphs(piece):
                    count += 1
                    still += width < 100 and bool(words.strip())
                    self._glyph(words, width, face, is_space=is_space)
        closer = -1000 * sight.state.spacing[0] / max(abs(sight.state.size), 1e-9)
        refuse_piled([*back, *([closer] * count if closer > 0 else [])], length)
        if count >= 4 and still > count / 2:
            raise UnreadableError("Letters on a page of the PDF stand on each other.")

    def _glyph(self, words: str, width: float, face: Face, *, is_space: bool) -> None:
        sight, state = self._sight, self._sight.state
        self._work.glyphs -= 1
        if self._work.glyphs < 0:
            raise LimitError("The pages of the PDF have too many letters.")
        place = sight.is_seen()
        if place is None and words.strip():
            self._cover(sight.letters(1))
            self.untold += isinstance(sight, _Look) and sight.may_be_seen()
        from_x, from_y = self._pen()
        # the space between letters is no part of a letter, but the next one begins behind it
        self._advance((-width if face.vertical else width) / 1000 * state.size, face)
        if place is not None:
            self._places.append((len(self.words), place))
            to_x, to_y = self._pen()
            self.glyphs[len(self.words)] = Glyph(words, from_x, from_y, to_x, to_y, place[2], face.vertical)
            self.words.append(words.replace("\x1f", ""))
        self._advance(state.spacing[0] + (state.spacing[1] if is_space else 0.0), face)

    def _pen(self) -> tuple[float, float]:
        whole = times(times(self._sight.text, self._sight.state.matrix), self._turn)
        return moved(whole, 0.0, self._sight.state.rise)

    def _advance(self, by: float, face: Face) -> None:
        """Move to where the next glyph begins, up in a font that is written downwards (section 9.4.4)."""
        a, b, c, d, e, f = self._sight.text
        if face.vertical:
            self._sight.text = a, b, c, d, e + by * c, f + by * d
        else:
            by *= self._sight.state.stretch
            self._sight.text = a, b, c, d, e + by * a, f + by * b


def _inherited(page: Any, name: str) -> Any:
    """Give an entry of a page, or of what is above it (ISO 32000-2, section 7.7.3.4)."""
    for _ in range(20):
        if not isinstance(page, pikepdf.Dictionary):
            return None
        if name in page:
            return page[name]
        page = page.get("/Parent")
    return None
