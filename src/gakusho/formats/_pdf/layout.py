# SPDX-License-Identifier: Apache-2.0
"""Puts the glyphs of a page into lines, and the lines into the order in which they are read.

Lines are those of the eye: what stands on one base line, or in one column of vertical writing, from the right
to the left. Where the page does not say otherwise the order is the one in which it was drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

from gakusho.formats._pdf.placed import Glyph

_BASE = 0.4
"""Of the letters' size: by how much what stands in one line may stand higher or lower."""
_WORD, _WIDE_WORD, _CELL = 0.18, 0.3, 1.6
"""The same of gaps: from where on they part words, words of letters as wide as high, and cells of a table."""
_STACKED = 1.2
_BACK = 3.0
"""The same of a line above the one before: from where on it begins another column."""
_PARAGRAPH = 2.6
"""The same of lines: from where on an empty line parts them."""
_MAX_BLOCKS = 60
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc ]*"
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?"
)


@dataclass(slots=True)
class _Piece:
    """Words that stand in one line: where it begins and ends, and how high it stands."""

    way: str
    words: list[str]
    ends: list[tuple[float, float]]
    """Where each of the words begins and ends."""
    height: float
    size: float

    @property
    def first(self) -> float:
        return self.ends[0][0]

    @property
    def last(self) -> float:
        return self.ends[-1][1]


@dataclass
class _Block:
    """Lines from the top to the bottom, as they were drawn."""

    lines: list[_Piece] = field(default_factory=list)

    @property
    def top(self) -> float:
        return max(line.height + line.size for line in self.lines)

    @property
    def bottom(self) -> float:
        return min(line.height for line in self.lines)

    def between(self, bottom: float, top: float) -> tuple[float, float] | None:
        """Give how far the lines reach that stand so high."""
        held = [line for line in self.lines if bottom <= line.height + line.size / 2 <= top]
        return (min(one.first for one in held), max(one.last for one in held)) if held else None


def read(glyphs: Sequence[Glyph]) -> str:
    """Give what glyphs in drawing order say, line by line."""
    columns, rest = _columns(_pieces(_once(glyphs)))
    groups = {"columns": columns}
    for one in rest:
        groups.setdefault(one.way, []).append(one)
    number = {way: sum(len(one.words) for one in held) for way, held in groups.items()}
    if 4 * number["columns"] > sum(number.values()):
        number["columns"] += sum(number.values())  # a page written downwards, whatever else is on it
    most = sorted(filter(groups.get, groups), key=lambda way: -number[way])
    return "\n\n".join(filter(None, (_written(_ordered(groups[way])) for way in most)))


def _once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Leave out what was drawn again where it stands already, as for bold letters."""
    seen: set[tuple[str, float, int, int]] = set()
    kept = []
    for one in glyphs:
        like, step = (one.words, round(one.size, 1)), max(one.size * 0.05, 0.1)
        across, up = int(one.x // step), int(one.y // step)
        near = ((*like, across + dx, up + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if one.words.strip() and not seen.isdisjoint(near):
            continue
        seen.add((*like, across, up))
        kept.append(one)
    return kept


def _pieces(glyphs: Iterable[Glyph]) -> list[_Piece]:
    """Give what stands in one line in each direction of writing, turned so that it goes to the right."""
    pieces: list[_Piece] = []
    for one in glyphs:
        way, first, last, height = _turned(one)
        # spaces at the beginning of a piece say nothing
        if pieces and pieces[-1].way == way and _goes_on(pieces[-1], first, height, one.size):
            pieces[-1].words.append(one.words)
            pieces[-1].ends.append((first, last))
            pieces[-1].size = max(pieces[-1].size, one.size)
        elif one.words.strip():
            pieces.append(_Piece(way, [one.words], [(first, last)], height, one.size))
    return pieces


def _turned(one: Glyph) -> tuple[str, float, float, float]:
    """Give the direction a glyph is written in, where it begins and ends on that way, and its height."""
    across, up = one.to_x - one.x, one.to_y - one.y
    if one.vertical:
        return "hanging", -one.y, -one.to_y, one.x
    if abs(across) >= abs(up):
        return ("across", one.x, one.to_x, one.y) if across >= 0 else ("over", -one.x, -one.to_x, -one.y)
    return ("down", -one.y, -one.to_y, one.x) if up < 0 else ("up", one.y, one.to_y, -one.x)


def _goes_on(line: _Piece, first: float, height: float, size: float) -> bool:
    high = abs(height - line.height) <= _BASE * max(size, line.size)
    return high and first >= line.last - 0.6 * max(size, line.size)


def _columns(pieces: list[_Piece]) -> tuple[list[_Piece], list[_Piece]]:
    """Part the columns of letters that stand below each other from everything else."""
    columns: list[_Piece] = []
    rest: list[_Piece] = []
    held: list[_Piece] = []
    for one in (*pieces, None):
        if held and (one is None or not _hangs_on(held[-1], one)):
            upright = sum(_is_wide(each.words[-1]) and each.way == "across" for each in held)
            if (len(held) >= 3 and upright * 2 > len(held)) or len(held) == upright == 2:
                columns.append(_column(held))
            else:
                rest.extend(held)
            held = []
        if one is not None:
            held.append(one)
    return columns, rest


def _downwards(one: _Piece) -> tuple[float, float, float] | None:
    """Give where a piece begins and ends in a column, and the column's middle; None where it is in none."""
    if one.way == "down":
        return one.first, one.last, one.height + 0.38 * one.size
    wide = one.last - one.first
    if one.way != "across" or wide > 1.7 * one.size or len(one.words) > 3:
        return None
    return -one.height - 0.88 * one.size, -one.height + 0.12 * one.size, (one.first + one.last) / 2


def _hangs_on(above: _Piece, below: _Piece) -> bool:
    upper, lower = _downwards(above), _downwards(below)
    if upper is None or lower is None:
        return False
    size = max(above.size, below.size)
    return abs(upper[2] - lower[2]) <= _BASE * size and -0.5 * size <= lower[0] - upper[1] <= _STACKED * size


def _column(held: Sequence[_Piece]) -> _Piece:
    """Give a column as a line that goes to the right: further down is further on."""
    places = [place for one in held if (place := _downwards(one)) is not None]
    return _Piece(
        way="columns",
        words=["".join(one.words).strip() for one in held],
        ends=[(first, last) for first, last, _ in places],
        height=median(middle for _, _, middle in places),
        size=max(one.size for one in held),
    )


def _ordered(lines: list[_Piece]) -> list[_Piece]:
    """Give lines as they are read: blocks drawn from the top down, the upper and left ones first."""
    blocks: list[_Block] = []
    for line in lines:
        last = blocks[-1].lines[-1] if blocks else None
        if last is None or line.height > last.height + _BACK * max(line.size, last.size):
            blocks.append(_Block())
        blocks[-1].lines.append(line)
    if len(blocks) > _MAX_BLOCKS:
        blocks = [_Block(lines=lines)]
    merged: list[_Block] = []
    for block in blocks:
        for other in [one for one in merged if _entwined(one, block)]:
            merged.remove(other)
            block = _Block(lines=[*other.lines, *block.lines])  # noqa: PLW2901
        place = len(merged)
        while place and _comes_before(block, merged[place - 1]):
            place -= 1
        merged.insert(place, block)
    return [line for block in merged for line in _rows(block.lines)]


def _entwined(one: _Block, other: _Block) -> bool:
    """Tell whether lines of two blocks stand between each other."""
    bottom, top = max(one.bottom, other.bottom), min(one.top, other.top)
    if bottom >= top:
        return False
    reach, others = one.between(bottom, top), other.between(bottom, top)
    return reach is not None and others is not None and reach[0] < others[1] and others[0] < reach[1]


def _comes_before(one: _Block, other: _Block) -> bool:
    """Tell whether a block is read before one drawn before it: above it, or beside it at the left."""
    size = max(one.lines[0].size, other.lines[0].size)
    if one.bottom >= other.top - 0.5 * size:
        return True
    if one.top < other.top - _BACK * size:
        return False
    reach = one.between(other.bottom, other.top)
    others = other.between(one.bottom, one.top)
    return reach is not None and others is not None and reach[1] <= others[0]


def _rows(lines: list[_Piece]) -> list[_Piece]:
    """Give lines from the top down; those that stand side by side are one."""
    held = sorted(lines, key=lambda line: -line.height)
    rows: list[list[_Piece]] = []
    for line in held:
        if rows and all(_side_by_side(one, line) for one in rows[-1]):
            rows[-1].append(line)
        elif rows and _begins_left(rows[-1], line):
            rows.insert(-1, [line])  # a value that stands a little higher than its label
        else:
            rows.append([line])
    return [_joined(sorted(row, key=lambda line: line.first)) for row in rows]


def _side_by_side(one: _Piece, other: _Piece) -> bool:
    large, small = max(one.size, other.size), min(one.size, other.size)
    if one.first < other.last - 0.2 * small and other.first < one.last - 0.2 * small:
        return False  # what stands on each other is not one line
    return abs(one.height - other.height) <= _BASE * large / 2 and small > 0.6 * large


def _begins_left(row: list[_Piece], line: _Piece) -> bool:
    above = row[0]
    beside = above.height - line.height <= 0.8 * max(above.size, line.size)
    return beside and line.last <= min(one.first for one in row)


def _joined(row: list[_Piece]) -> _Piece:
    return _Piece(
        way=row[0].way,
        words=[word for one in row for word in one.words],
        ends=[end for one in row for end in one.ends],
        height=row[0].height,
        size=max(one.size for one in row),
    )


def _written(lines: Iterable[_Piece]) -> str:
    """Give lines as text, an empty line where they stand further apart."""
    found: list[str] = []
    above: _Piece | None = None
    for line in lines:
        if not (words := _line(line)):
            continue
        if above is not None and abs(above.height - line.height) > _PARAGRAPH * max(above.size, line.size):
            found.append("")
        found.append(words)
        above = line
    return "\n".join(found)


def _line(line: _Piece) -> str:
    """Give the words of a line, with spaces where it has them or where they stand apart."""
    size = max(line.size, 1e-9)
    gaps = [(after[0] - before[1]) / size for before, after in pairwise(line.ends)]
    wide = all(map(_is_wide, filter(str.strip, line.words)))
    # letters that are all set apart in the same way are no words of their own
    apart = max(0.0, median(gaps)) if wide and len(gaps) > 1 else 0.0
    found = [line.words[0]]
    for before, words, gap in zip(line.words, line.words[1:], gaps, strict=False):
        broad = _is_wide(before) and _is_wide(words)
        if gap - apart > _CELL:
            found.append("  ")
        elif gap - apart > (_WIDE_WORD if broad else _WORD) and not before.endswith(" "):
            found.append(" ")
        found.append(words)
    said = "".join(found).rstrip()
    return _RIGHT_TO_LEFT.sub(_reversed, said)


def _reversed(found: re.Match[str]) -> str:
    """Give what is read from the right in that order: it is drawn from the left."""
    parts = [list(held) for _, held in groupby(found[0], key=lambda one: unicodedata.category(one) == "Mn")]
    letters: list[str] = []
    for part in parts:
        if letters and unicodedata.category(part[0]) == "Mn":
            letters[-1] += "".join(part)
        else:
            letters.extend(part)
    return "".join(reversed(letters))


def _is_wide(words: str) -> bool:
    """Tell whether the last letter is as wide as it is high, as those of Chinese and Japanese."""
    return bool(words) and unicodedata.east_asian_width(words[-1]) in {"W", "F"}
