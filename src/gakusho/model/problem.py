# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a row of an upload, said so that it can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem weighs."""

    ERROR = "error"
    """The row cannot be issued."""
    WARNING = "warning"
    """The row can be issued, but somebody should look."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem: where, what was there, what is wrong (by ``code``) and the facts for its sentence.

    The sentences (what is wrong, how to mend it) stand in the catalogs under ``problem.<code>`` and
    ``problem.<code>.mend``.
    """

    code: str
    severity: Severity
    row: int | None = None
    """Line of the file as a spreadsheet counts it: the header is 1."""
    column: str | None = None
    """Header of the column as the file has it."""
    value: str | None = None
    """What stood there, cut to 200 characters."""
    facts: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    """Name of the file concerned, when it is not the table."""
