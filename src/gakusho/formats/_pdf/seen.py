# SPDX-License-Identifier: Apache-2.0
"""What of a page can be seen: where words stand, how large, in which color, and what is painted over them.

ISO 32000-2, sections 8.4 (graphics state), 8.5 (paths), 9.3 (text state) and 9.4. It is enough for telling
that words are shown; of what it cannot tell it says that they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from math import hypot
from typing import Any

import pikepdf

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats._pdf.operators import Name
from gakusho.formats._pdf.paths import (
    Box,
    Lines,
    Matrix,
    Written,
    around,
    continue_with,
    corners,
    moved,
    points_of,
    times,
)
from gakusho.formats._pdf.reach import least_width

Place = tuple[float, float, float]
"""Where a word begins, across and up, and how large its letters are."""
ONE: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
UPSIDE_DOWN: Matrix = (1.0, 0.0, 0.0, -1.0, 0.0, 0.0)
_SMALLEST = 2.0
"""Points: nobody reads smaller letters."""
_CONTRAST = 0.15
_OPAQUE = 0.5
WIDE = 4.0
"""Points of a line that covers what it crosses."""
_MAX_AREAS = 20_000
_MAX_COMPARED = 5_000_000
"""How often a word and an area are looked at together."""
_SHOWING = frozenset({0, 2, 4, 6})
"""Text rendering modes that fill. ISO 32000-2, table 104."""
_OUTLINED = frozenset({1, 2, 5, 6})
_OUTLINE, _PALE_OUTLINE = 0.1, 0.02
"""Of the letters' size: how wide their outlines may be, and outlines in the color of the paper."""
_CLOSEST = 600.0
"""Thousandths of a letter's size by which the next may be set back: the half that is free in 「 and 」."""
_CLOSER = 150.0
"""The same for each byte of what is shown, of which a letter has two."""
_CROSSED = 0.3
"""Of the letters' size: how near to where a word begins a line in the color of the paper crosses it out."""
_SPACES = frozenset({"/ICCBased", "/CalRGB", "/CalGray"})
_BLENDS = frozenset({"Normal", "Compatible", "Multiply", "Darken"})
_TRANSFERS, _AS_WRITTEN = ("/TR", "/TR2"), frozenset({"/Default", "/Identity"})
WHITE = 1.0


def within(box: Box, x: float, y: float) -> bool:
    """Tell whether a point lies in a box."""
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@dataclass(frozen=True, slots=True)
class Area:
    """Something painted: lines of points, filled or drawn; a curve goes over its control points."""

    box: Box
    light: float | None
    lines: Lines | Written = ()
    """Without any: all of the box."""
    half: float = 0.0
    """Half the width of the lines; 0 where they are filled."""
    even: bool = False
    """Filled by the even-odd rule."""
    pale: bool = False
    """Lines in the color of the paper, which take away what they cross however thin they are."""
    covers: Callable[[float, float], bool] | None = None
    """Of a picture with a mask: tells whether it covers a point."""

    def hides(self, place: Place) -> bool:
        """Tell whether a word that begins there cannot be read any more."""
        x, y, size = place
        if not self.pale:
            return self.holds(x, y)
        reach = self.half + _CROSSED * size
        left, bottom, right, top = self.box
        return within((left - reach, bottom - reach, right + reach, top + reach), x, y) and any(
            _near(one, other, x, y, reach) for line in self.all_lines() for one, other in pairwise(line)
        )

    def all_lines(self) -> Lines:
        """Give the lines, each with its points."""
        return self.lines.lines() if isinstance(self.lines, Written) else self.lines

    def holds(self, x: float, y: float) -> bool:
        """Tell whether the area covers a point."""
        if not within(self.box, x, y):
            return False
        if self.covers is not None:
            return self.covers(x, y)
        if not self.lines:
            return True
        if self.half:
            return any(
                _near(one, other, x, y, self.half)
                for line in self.all_lines()
                for one, other in pairwise(line)
            )
        turns = sum(_winding(line, x, y) for line in self.all_lines())
        return turns % 2 == 1 if self.even else turns != 0


def _winding(line: tuple[tuple[float, float], ...], x: float, y: float) -> int:
    turns = 0
    for (ax, ay), (bx, by) in pairwise((*line, line[0])):
        if (ay <= y) != (by <= y):
            side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
            turns += 1 if by > ay and side > 0 else -1 if by < ay and side < 0 else 0
    return turns


def _near(one: tuple[float, float], other: tuple[float, float], x: float, y: float, reach: float) -> bool:
    (ax, ay), (bx, by) = one, other
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length))
    return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2 <= reach * reach


@dataclass
class State:
    """What ``q`` keeps and ``Q`` brings back."""

    matrix: Matrix
    clip: Box | None
    """None: cut to a form that is no rectangle, so nothing is known to be shown."""
    known: bool = True
    """Whether the numbers of colors say how light they are."""
    light: float | None = 0.0
    """How light what is filled is: 0 black, 1 white; None where it is not known."""
    pen_known: bool = True
    pen: float | None = 0.0
    """How light lines are that are drawn now."""
    opacity: float = 1.0
    masked: bool = False
    mode: int = 0
    size: float = 0.0
    stretch: float = 1.0
    rise: float = 0.0
    leading: float = 0.0
    width: float = 1.0
    spacing: tuple[float, float] = (0.0, 0.0)
    """What is added between letters, and to spaces, where that is followed."""
    face: Any = None
    """The font, where it is followed glyph by glyph."""


@dataclass
class Sight:
    """Follows the operators that decide what can be seen."""

    page: Box
    state: State = field(init=False)
    areas: list[Area] = field(default_factory=list)
    """What was painted so far, the newest last."""
    text: Matrix = ONE
    line: Matrix = ONE
    _kept: list[State] = field(default_factory=list)
    _path: list[list[tuple[float, float]]] = field(default_factory=list)
    _points: int = 0
    _next: tuple[float, float] | None = None
    """Where a line begins that is drawn next without ``m``: the one before was closed."""
    _written: list[tuple[Matrix, bytes]] = field(default_factory=list)
    _rectangles: int = 0
    _clips: bool = False
    _compared: int = 0

    def __post_init__(self) -> None:
        self.state = State(matrix=ONE, clip=self.page)

    def begin(self, matrix: Matrix, box: Box | None) -> int:
        """Begin a form, which is cut to its box; give what ``end`` wants."""
        self.save()
        self.state.matrix = times(matrix, self.state.matrix)
        if box is not None:
            self._cut(around(moved(self.state.matrix, x, y) for x, y in corners(box)))
        return len(self._kept)

    def end(self, depth: int) -> None:
        """End a form."""
        del self._kept[depth:]
        self.restore()

    def save(self) -> None:
        """``q``."""
        if len(self._kept) > 1_000:
            raise LimitError("The graphics states of the PDF are nested too deeply.")
        self._kept.append(self.state)
        self.state = State.__new__(State)
        self.state.__dict__.update(self._kept[-1].__dict__)  # copy() takes ten times as long

    def restore(self) -> None:
        """``Q``."""
        if self._kept:
            self.state = self._kept.pop()

    def concatenate(self, operands: list[Any]) -> None:
        """``cm``."""
        self.state.matrix = times(matrix_of(operands), self.state.matrix)

    def scale(self) -> float:
        """Give how many times as large as they are written things are drawn, at most."""
        a, b, c, d, _, _ = self.state.matrix
        return max(hypot(a, b), hypot(c, d))

    def is_seen(self) -> Place | None:
        """Give where words that are shown now stand, if anybody can see them."""
        state = self.state
        whole = times(self.text, state.matrix)
        a, b, c, d, _, _ = whole
        x, y = moved(whole, 0.0, state.rise)
        across = abs(state.size * state.stretch) * hypot(a, b)
        upright = abs(state.size * (a * d - b * c)) / max(hypot(a, b), 1e-9)
        if state.mode in _OUTLINED:
            self._refuse_outlines(upright)
        if state.mode not in _SHOWING or across < _SMALLEST or state.light is None:
            return None
        return (x, y, upright) if self.shows(x, y, upright, state.light) else None

    def shows(self, x: float, y: float, size: float, light: float) -> bool:
        """Tell whether letters that are filled, so high and so light, can be seen at a place."""
        state = self.state
        if state.masked or state.opacity < _OPAQUE or size < _SMALLEST:
            return False
        return state.clip is not None and within(state.clip, x, y) and self._stands_out(x, y, light)

    def rightward(self, place: Place, words: str) -> float | None:
        """Give how far words reach to the right at least, 0 for turned ones; None if they are cut off."""
        (a, b, *_), (c, d, *_) = self.text, self.state.matrix
        if b or d or a * c <= 0 or self.state.clip is None:
            return 0.0
        reach = least_width(words) * place[2]
        return None if place[0] + reach > self.state.clip[2] + 1.0 else reach

    def letters(self, number: int) -> Area | None:
        """Give what so many letters cover that nobody can see: those in the color of the paper cover it."""
        state = self.state
        if state.mode not in _SHOWING or state.light is None or abs(state.light - WHITE) >= _CONTRAST:
            return None
        whole = times(self.text, state.matrix)
        box = (0.0, -state.size / 4, number * state.size * state.stretch, state.size)
        points = [moved(whole, x, y + state.rise) for x, y in corners(box)]
        return self.cover(Area(box=around(points), light=state.light))

    def _refuse_outlines(self, size: float) -> None:
        """Refuse letters whose outlines may cover them, or what stands around them."""
        widest = size * (_PALE_OUTLINE if self._is_pale() else _OUTLINE)
        if self.state.width * self.scale() > (widest if size >= _SMALLEST else 0.5):
            raise UnreadableError("The outlines of letters on a page of the PDF are too wide to read them.")

    def _is_pale(self) -> bool:
        pen = self.state.pen
        return pen is None or abs(pen - WHITE) < _CONTRAST

    def compare(self, number: int) -> None:
        """Count how often words and areas are looked at together. Raises: LimitError."""
        self._compared += number
        if self._compared > _MAX_COMPARED:
            raise LimitError("The pages of the PDF have too many painted areas and words.")

    def _stands_out(self, x: float, y: float, light: float) -> bool:
        self.compare(len(self.areas))
        for area in reversed(self.areas):
            if area.holds(x, y):
                return area.light is not None and abs(light - area.light) >= _CONTRAST
        return abs(light - WHITE) >= _CONTRAST

    # --- text ---------------------------------------------------------------------------------------

    def begin_text(self) -> None:
        """``BT``."""
        self.text = self.line = ONE

    def place(self, matrix: Matrix) -> None:
        """``Tm``."""
        self.text = self.line = matrix

    def move(self, x: float, y: float) -> None:
        """``Td``."""
        self.text = self.line = times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    def next_line(self, x: float, y: float) -> None:
        """``TD``."""
        self.state.leading = -y
        self.move(x, y)

    # --- paths --------------------------------------------------------------------------------------

    def begin_line(self, operands: list[Any]) -> None:
        """``m``."""
        if self._written:
            self._drawn()
        self._next = None
        self._path.append([])
        self.point(operands)

    def point(self, operands: list[Any]) -> None:
        """``l``, ``c``, ``v``, ``y``."""
        if self._written:
            self._drawn()  # what came before stands before
        if self._next is not None:
            self._path.append([self._next])
            self._next = None
        elif not self._path:
            self._path.append([])
        held, matrix = self._path[-1], self.state.matrix
        for x, y in zip(operands[::2], operands[1::2], strict=False):
            held.append(moved(matrix, x, y))
        self._count(1)

    def close(self) -> None:
        """``h``: what comes next begins where this began, as a line of its own."""
        if self._written:
            self._drawn()
        if self._path and self._path[-1]:
            self._next = self._path[-1][0]

    def path(self, written: bytes) -> None:
        """``m`` and ``l``, as they stand on the page; where they lie is looked at once it matters."""
        self._count(written.count(b"l") + written.count(b"m"))
        self._written.append((self.state.matrix, written))

    def _drawn(self) -> None:
        held, self._written = self._written, []
        for matrix, written in held:
            continue_with(self._path, self._next, *points_of(matrix, written))
            self._next = None

    def _count(self, points: int) -> None:
        self._points += points
        if self._points > 500_000:
            raise LimitError("The paths of the PDF are too long.")

    def rectangle(self, operands: list[Any]) -> None:
        """``re``."""
        if self._written:
            self._drawn()
        x, y, width, height = operands[:4]
        self._rectangles += 1
        box = (x, y, x + width, y + height)
        self._path.append([moved(self.state.matrix, *corner) for corner in corners(box)])
        self._next = self._path[-1][0]  # it is closed (ISO 32000-2, table 58)

    def clip(self) -> None:
        """``W``, ``W*``."""
        self._clips = True

    def painted(self, *, fills: bool = False, strokes: bool = False, even: bool = False) -> Area | None:
        """End a path; give what it covers."""
        half = self.state.width * self.scale() / 2
        pale = strokes and not fills and half > 0 and self._is_pale()
        thick = pale or (strokes and not fills and half >= WIDE / 2)
        covered = None
        simple = self._rectangles == 1 and len(self._path) == 1 and not self._written
        lines: Lines | Written
        if self._written and not self._path and self._next is None:
            lines = Written(self._written)
        else:
            if fills or thick:
                self._drawn()
            lines = tuple(tuple(line) for line in self._path if line)
        if lines and (fills or thick):
            box = lines.around() if isinstance(lines, Written) else around(chain.from_iterable(lines))
            if fills:
                covered = self.cover(Area(box=box, light=self.state.light, lines=lines, even=even))
            else:
                left, bottom, right, top = box
                wider = (left - half, bottom - half, right + half, top + half)
                light = self.state.pen if pale else None
                covered = self.cover(Area(box=wider, light=light, lines=lines, half=half, pale=pale))
        if self._clips:
            self._cut(around(lines[0]) if simple and lines and isinstance(lines, tuple) else None)
        self._path, self._written, self._rectangles, self._clips, self._next = [], [], 0, False, None
        return covered

    def cover(self, area: Area) -> Area | None:
        """Note that something is painted; give it, or None if what is under it shows through."""
        if self.state.opacity < _OPAQUE or self.state.masked:
            return None
        if self.state.clip is not None:
            area = replace(area, box=common(area.box, self.state.clip))
        if len(self.areas) >= _MAX_AREAS:
            raise LimitError("The pages of the PDF have too many painted areas.")
        self.areas.append(area)
        return area

    def unit(self) -> Box:
        """Give where an image comes to lie."""
        return around(moved(self.state.matrix, x, y) for x, y in corners((0.0, 0.0, 1.0, 1.0)))

    def _cut(self, box: Box | None) -> None:
        clip = self.state.clip
        self.state.clip = None if box is None or clip is None else common(clip, box)

    # --- colors and transparency ----------------------------------------------------------------------

    def space(self, *, known: bool) -> None:
        """``cs``: its first color is black (ISO 32000-2, section 8.6.5)."""
        self.state.known, self.state.light = known, 0.0 if known else None

    def color(self, operands: list[Any], *, known: bool = False) -> None:
        """``g``, ``rg``, ``k``, which name their space, and ``sc``, ``scn``."""
        self.state.known = self.state.known or known
        self.state.light = lightness(operands) if self.state.known else None

    def pen_space(self, *, known: bool) -> None:
        """``CS``."""
        self.state.pen_known, self.state.pen = known, 0.0 if known else None

    def pen(self, operands: list[Any], *, known: bool = False) -> None:
        """``G``, ``RG``, ``K``, which name their space, and ``SC``, ``SCN``."""
        self.state.pen_known = self.state.pen_known or known
        self.state.pen = lightness(operands) if self.state.pen_known else None

    def external(self, held: Any) -> None:
        """``gs``."""
        if not isinstance(held, pikepdf.Dictionary):
            return
        if any(str(held.get(name, "/Default")) not in _AS_WRITTEN for name in _TRANSFERS):
            raise UnreadableError("Colors on a page of the PDF are drawn as others than they are.")
        if "/ca" in held:
            self.state.opacity = float(held["/ca"])
        if "/SMask" in held:
            self.state.masked = str(held["/SMask"]) != "/None"
        if "/BM" in held:
            self.state.masked = self.state.masked or str(held["/BM"]).lstrip("/") not in _BLENDS
        if "/LW" in held:
            self.state.width = float(held["/LW"])
        if "/Font" in held:
            self.state.mode = 3  # chosen in a way that is not followed here


def lightness(operands: list[Any]) -> float | None:
    """Give how light a color is; None for a pattern, or inks of which nothing is known."""
    parts = [part for part in operands if isinstance(part, float)]
    if len(parts) < len(operands):
        return None
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 3:
        return 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2]
    if len(parts) == 4:
        inks = 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2] + parts[3]
        return 1.0 - min(1.0, inks)
    return None


def refuse_spaced(operands: list[Any]) -> None:
    """``Tc``, ``Tw``: refuse what typesetters, who place letters by ``TJ``, never write."""
    if any(operands):
        raise UnreadableError("Letters on a page of the PDF stand closer or wider than a typesetter sets.")


def refuse_piled(closer: Sequence[float], length: int) -> None:
    """Refuse letters of so many bytes that are set back (``TJ``) until they stand on each other."""
    if closer and (max(closer) > _CLOSEST or sum(closer) > _CLOSER * length):
        raise UnreadableError("Letters on a page of the PDF stand on each other.")


def known_space(name: Any, held: Any) -> bool:
    """Tell whether a color space is one in which numbers say how light a color is."""
    if isinstance(name, Name) and name in {"DeviceGray", "DeviceRGB", "DeviceCMYK"}:
        return True
    return isinstance(held, pikepdf.Array) and len(held) > 0 and str(held[0]) in _SPACES


def matrix_of(operands: Iterable[Any]) -> Matrix:
    """Give a matrix of six numbers. Raises: ValueError."""
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


def box_of(array: Any) -> Box | None:
    """Give a rectangle as it stands in a document, its corners in order."""
    if not isinstance(array, pikepdf.Array) or len(array) != 4:
        return None
    left, bottom, right, top = (float(side) for side in array)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def common(one: Box, other: Box) -> Box:
    """Give what two boxes have in common; within an empty one lies nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
