# SPDX-License-Identifier: Apache-2.0
"""Where the lines of a path come to lie. ISO 32000-2, sections 8.3 (coordinate systems) and 8.5.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


def times(one: Matrix, other: Matrix) -> Matrix:
    """Give what applies one matrix and then the other."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Give where a point comes to lie."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def around(points: Iterable[tuple[float, float]]) -> Box:
    """Give the box around points."""
    held = list(points)
    across, up = [x for x, _ in held], [y for _, y in held]
    return min(across), min(up), max(across), max(up)


def corners(box: Box) -> list[tuple[float, float]]:
    """Give the corners of a box."""
    left, bottom, right, top = box
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


Lines = tuple[tuple[tuple[float, float], ...], ...]


@dataclass(slots=True)
class Written:
    """Lines of ``m`` and ``l`` as they stand on the page, of which few are ever looked at closely."""

    parts: list[tuple[Matrix, bytes]]
    held: Lines | None = None

    def lines(self) -> Lines:
        """Give where the lines lie."""
        if self.held is None:
            found: list[list[tuple[float, float]]] = []
            for matrix, written in self.parts:
                continue_with(found, None, *points_of(matrix, written))
            self.held = tuple(tuple(line) for line in found if line)
        return self.held

    def around(self) -> Box:
        """Give a box that all of it lies in, if perhaps not the smallest."""
        corner: list[tuple[float, float]] = []
        for matrix, written in self.parts:
            parts = written.split()
            # the modules of a code stand in a grid: a few numbers, each again and again
            across, up = list(map(float, set(parts[::3]))), list(map(float, set(parts[1::3])))
            box = (min(across), min(up), max(across), max(up))
            corner.extend(moved(matrix, x, y) for x, y in corners(box))
        return around(corner)


def points_of(matrix: Matrix, written: bytes) -> tuple[list[tuple[float, float]], list[int]]:
    """Give the points of ``m`` and ``l``, and which of them begin a line."""
    a, b, c, d, e, f = matrix
    parts = written.split()
    across, up = map(float, parts[::3]), map(float, parts[1::3])
    points = [(a * x + c * y + e, b * x + d * y + f) for x, y in zip(across, up, strict=True)]
    return points, [place for place, operator in enumerate(parts[2::3]) if operator == b"m"]


def continue_with(
    path: list[list[tuple[float, float]]],
    first: tuple[float, float] | None,
    points: list[tuple[float, float]],
    begins: list[int],
) -> None:
    """Add points to a path, whose last line was closed if ``first`` says where the next begins."""
    before = begins[0] if begins else len(points)
    if before:  # it goes on with what is there
        if first is not None or not path:
            path.append([] if first is None else [first])
        path[-1].extend(points[:before])
    path.extend(points[start:end] for start, end in pairwise([*begins, len(points)]))
