# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a CSV to a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class UploadedTable:
    """A table as it was uploaded: nothing is normalized yet."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Line as a spreadsheet counts it (the header is 1), and the cells; empty lines are left out."""
    encoding: str
    """``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp932``, ``iso2022_jp`` or ``euc_jp``."""
    delimiter: str
    name: str = ""


def read_table(data: bytes, name: str = "", *, encoding: str | None = None) -> UploadedTable:
    """Give the table. Raises: UnreadableError, LimitError."""
    raise NotImplementedError
