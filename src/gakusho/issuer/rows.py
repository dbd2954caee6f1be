# SPDX-License-Identifier: Apache-2.0
"""From the cells of a table to rows whose fields are normalized, and every problem they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gakusho.issuer.table import UploadedTable
from gakusho.model.achievement import Achievement
from gakusho.model.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row, read: fields by name, normalized (dates as 2026-03-25); a faulty one as it stood."""

    line: int
    fields: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds for rows that do not say it themselves, and the day on which they are read."""

    today: date
    awarded_on: date | None = None
    document_language: str = "ja"
    notify: bool = True


def read_rows(
    table: UploadedTable, mapping: Mapping[str, str], achievement: Achievement, defaults: Defaults
) -> tuple[Row, ...]:
    """Give every row with all its problems; nothing is raised for a bad row."""
    raise NotImplementedError


def course_parts(cell: str) -> tuple[str, str, str]:
    """Give grade, credits and term of a course's cell (``優/2/2024前期``); what is left out is empty.

    Raises: ValueError when there are more than three parts or no grade.
    """
    parts = [part.strip() for part in cell.replace("／", "/").split("/")]
    if len(parts) > 3 or not parts[0]:
        raise ValueError(f"a course is grade/credits/term, got {cell!r}")
    grade, credits_, term = (*parts, "", "")[:3]
    return grade, credits_, term
