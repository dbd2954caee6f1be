# SPDX-License-Identifier: Apache-2.0
"""What a row of an upload is, once it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gakusho.model.problem import Problem

LONGEST_VALUE = 200
"""Characters of a value shown with a problem."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row, read: fields by name, normalized (dates as 2026-03-25); a faulty one as it stood."""

    line: int
    """Of the file as a spreadsheet counts it: the header is 1."""
    fields: Mapping[str, str]
    """Empty ones are left out."""
    problems: tuple[Problem, ...] = ()
    lines: tuple[int, ...] = ()
    """All lines of a row that was folded from several, its own first."""
