# SPDX-License-Identifier: Apache-2.0
"""A table of what students sign in with: student number, PIN, card."""

from __future__ import annotations

import unicodedata

from gakusho.errors import InputError
from gakusho.issuer.kiosk.students import Means
from gakusho.issuer.table import read_table

_COLUMNS = {
    "student_number": ("学籍番号", "学生番号", "student number", "student_number"),
    "pin": ("暗証番号", "pin", "ピン"),
    "card": ("カード", "カード番号", "学生証", "card"),
}


def read_means(data: bytes, name: str = "") -> list[Means]:
    """Give the rows of a CSV as what each student signs in with; an empty cell leaves what is there.

    Raises: UnreadableError, LimitError; InputError without a column for the student number.
    """
    table = read_table(data, name)
    places = {
        field: place
        for place, header in enumerate(table.header)
        for field, names in _COLUMNS.items()
        if unicodedata.normalize("NFKC", header).strip().casefold() in names
    }
    if "student_number" not in places:
        raise InputError(
            "The table has no column for the student number.",
            code="kiosk-table",
            facts={"got": ", ".join(table.header)[:200], "expected": "学籍番号, 暗証番号, カード"},
        )

    def cell(cells: tuple[str, ...], field: str) -> str:
        place = places.get(field, len(cells))
        return unicodedata.normalize("NFKC", cells[place]).strip() if place < len(cells) else ""

    return [
        Means(
            student_number=cell(cells, "student_number"),
            pin=cell(cells, "pin") or None,
            card=cell(cells, "card") or None,
        )
        for _, cells in table.rows
    ]
