# SPDX-License-Identifier: Apache-2.0
"""What a field of an upload is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gakusho.model.text import Text


class Kind(StrEnum):
    """How the text of a cell is read."""

    NAME = "name"
    KANA = "kana"
    ROMAJI = "romaji"
    TEXT = "text"
    NUMBER_TEXT = "number-text"
    """Letters and digits that identify something: a student number, an issue number."""
    EMAIL = "email"
    DATE = "date"
    DECIMAL = "decimal"
    COURSE = "course"
    FILE = "file"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: what it is called, which headers mean it, how it is filled in."""

    name: str
    label: Text
    guide: Text
    sample: str = ""
    required: bool = False
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    limit: int = 200
    """Longest text, in characters."""
    allowed_values: tuple[str, ...] = ()
    """The only values there are; empty: any."""
    between: tuple[float, float] | None = None
    """The smallest and the largest number there are."""
