# SPDX-License-Identifier: Apache-2.0
"""Where the QR code stands on the institution's own page, and whether words stand there already.

Places are said as a page is seen: turned by /Rotate, within its crop box. ISO 32000-2, 8.3 and 14.11.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from gakusho.errors import LimitError
from gakusho.formats._pdf.contents import decoded
from gakusho.model.document import CodePlace

MILLIMETER = 72 / 25.4
USUAL = CodePlace(corner="lower-right", across=28 / MILLIMETER, down=28 / MILLIMETER, size=62 / MILLIMETER)
"""28 points from the edges, 62 points (22 mm) a side."""
_MAX_STREAM = 10_000_000
_MAX_OPERATORS = 200_000
_MAX_DEPTH = 4
_HIGH, _LOW = 0.75, 0.2
"""How far letters of size 1 reach above and below their line."""

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of the page's own coordinates."""
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place on a page: where drawing in a square from (0, 0) goes, upright as the page is seen."""

    matrix: Matrix
    side: float
    box: Box


def page_index(place: CodePlace, pages: int) -> int | None:
    """Give the place of the page in the document, from 0; None where there is no such page."""
    index = place.page - 1 if place.page > 0 else pages + place.page
    return index if 0 <= index < pages else None


def spot_on(page: pikepdf.Page, place: CodePlace) -> Spot | None:
    """Give where on the page the code stands; None where it would not lie on it as a whole."""
    left, bottom, right, top = _edges(page)
    turn = int(page.obj.get("/Rotate", 0)) % 360
    turn = turn if turn in {0, 90, 180, 270} else 0
    wide, high = (right - left, top - bottom) if turn in {0, 180} else (top - bottom, right - left)
    unit = float(page.obj.get("/UserUnit", 1))
    side, across, down = (each * MILLIMETER / unit for each in (place.size, place.across, place.down))
    lower, upright = place.corner.startswith("lower"), place.corner.endswith("left")
    x = across if upright else wide - across - side
    y = down if lower else high - down - side
    if min(x, y) < 0 or x + side > wide or y + side > high:
        return None
    # the page is seen turned clockwise by /Rotate: the seen (x, y) in the page's own coordinates
    matrix: Matrix = {
        0: (1.0, 0.0, 0.0, 1.0, left + x, bottom + y),
        90: (0.0, 1.0, -1.0, 0.0, right - y, bottom + x),
        180: (-1.0, 0.0, 0.0, -1.0, right - x, top - y),
        270: (0.0, -1.0, 1.0, 0.0, left + y, top - x),
    }[turn]
    corners = [_moved(matrix, *corner) for corner in ((0, 0), (side, side))]
    box = (
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    )
    return Spot(matrix=matrix, side=side, box=box)


def covers_words(document: pikepdf.Pdf, page: pikepdf.Page, spot: Spot) -> bool:
    """Tell whether letters of the page lie where the code goes. Raises: LimitError, UnreadableError."""
    for box in _Letters(document).boxes(page):
        if box[0] < spot.box[2] and box[2] > spot.box[0] and box[1] < spot.box[3] and box[3] > spot.box[1]:
            return True
    return False


def _edges(page: pikepdf.Page) -> Box:
    ax, ay, bx, by = (float(edge) for edge in page.cropbox)
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _times(one: Matrix, other: Matrix) -> Matrix:
    """Give the matrix that does ``one`` and then ``other`` (ISO 32000-2, section 8.3.4)."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


class _Letters:
    """Follows where a page's letters go; how wide they are is the font's usual width, so about right."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._operators = 0

    def boxes(self, page: pikepdf.Page) -> Iterator[Box]:
        """Give the box of each piece of text, in the page's own coordinates."""
        parts = page.obj.get("/Contents", pikepdf.Array())
        streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
        content = b"\n".join(decoded(stream, limit=_MAX_STREAM) for stream in streams)
        yield from self._read(content, page.obj.get("/Resources", pikepdf.Dictionary()), _SAME, depth=0)

    def _read(self, content: bytes, resources: Any, base: Matrix, *, depth: int) -> Iterator[Box]:
        fonts, forms = resources.get("/Font", {}), resources.get("/XObject", {})
        state = _State(matrix=base)
        kept: list[_State] = []
        for instruction in pikepdf.parse_content_stream(pikepdf.Stream(self._document, content)):
            self._operators += 1
            if self._operators > _MAX_OPERATORS:
                raise LimitError("The page has too many drawing operators.")
            operator, operands = str(instruction.operator), instruction.operands
            if operator == "q":
                kept.append(state.copy())
            elif operator == "Q" and kept:
                state = kept.pop()
            elif operator == "Do" and depth < _MAX_DEPTH:
                form = forms.get(str(operands[0]))
                if form is not None and str(form.get("/Subtype", "")) == "/Form":
                    inner = _times(_matrix(form.get("/Matrix", [])), state.matrix)
                    within = form.get("/Resources", resources)
                    yield from self._read(decoded(form, limit=_MAX_STREAM), within, inner, depth=depth + 1)
            elif operator in {"Tj", "'", '"', "TJ"}:
                yield from state.shown(operands[-1], fonts, next_line=operator in {"'", '"'})
            else:
                state.follow(operator, operands)


def _matrix(operands: Any) -> Matrix:
    numbers = [float(each) for each in operands]
    if len(numbers) != 6:
        return _SAME
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


class _State:
    """What of the graphics state says where text goes (ISO 32000-2, sections 8.4.1 and 9.4)."""

    def __init__(self, *, matrix: Matrix) -> None:
        self.matrix = matrix
        self._text = self._line = _SAME
        self._font, self._size, self._leading, self._wide, self._rise = "", 1.0, 0.0, 1.0, 0.0

    def copy(self) -> _State:
        """Give the state as it is, to come back to."""
        made = _State(matrix=self.matrix)
        made.__dict__.update(self.__dict__)
        return made

    def follow(self, operator: str, operands: Any) -> None:
        """Take an operator that shows nothing."""
        if operator == "cm":
            self.matrix = _times(_matrix(operands), self.matrix)
        elif operator == "BT":
            self._text = self._line = _SAME
        elif operator == "Tf":
            self._font, self._size = str(operands[0]), float(operands[1])
        elif operator == "Tm":
            self._text = self._line = _matrix(operands)
        elif operator in {"Td", "TD"}:
            across, down = float(operands[0]), float(operands[1])
            if operator == "TD":
                self._leading = -down
            self._next(across, down)
        elif operator == "T*":
            self._next(0, -self._leading)
        elif operator == "TL":
            self._leading = float(operands[0])
        elif operator == "Tz":
            self._wide = float(operands[0]) / 100
        elif operator == "Ts":
            self._rise = float(operands[0])

    def shown(self, operand: Any, fonts: Any, *, next_line: bool) -> Iterator[Box]:
        """Give the box of text that is shown, and go on behind it."""
        if next_line:
            self._next(0, -self._leading)
        font = fonts.get(self._font) if self._font else None
        double = font is not None and str(font.get("/Subtype", "")) == "/Type0"
        usual = _usual_width(font, double=double)
        run = 0.0
        letters = False
        for piece in operand if isinstance(operand, pikepdf.Array) else [operand]:
            if isinstance(piece, pikepdf.String):
                raw = bytes(piece)
                letters = letters or bool(raw.strip())
                run += len(raw) // (2 if double else 1) * usual * self._size
            else:
                run -= float(piece) / 1000 * self._size
        run *= self._wide
        if letters:
            placed = _times(self._text, self.matrix)
            low, high = self._rise - _LOW * self._size, self._rise + _HIGH * self._size
            corners = [_moved(placed, x, y) for x in (0, run) for y in (low, high)]
            across, up = [x for x, _ in corners], [y for _, y in corners]
            yield min(across), min(up), max(across), max(up)
        self._text = _times((1, 0, 0, 1, run, 0), self._text)

    def _next(self, across: float, down: float) -> None:
        self._text = self._line = _times((1, 0, 0, 1, across, down), self._line)


def _usual_width(font: Any, *, double: bool) -> float:
    """Give how wide a letter of a font usually is, in its size."""
    if double:
        return 1.0
    widths = [float(each) for each in (font.get("/Widths", []) if font is not None else [])]
    given = [each for each in widths if each > 0]
    return sum(given) / len(given) / 1000 if given else 0.5
