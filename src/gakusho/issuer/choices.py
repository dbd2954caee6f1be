# SPDX-License-Identifier: Apache-2.0
"""What the preparer of a batch chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gakusho.errors import InputError
from gakusho.model.document import CodePlace, misplaced


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the preparer chose for a batch."""

    formats: tuple[str, ...] = ("open-badges-3", "signed-pdf")
    document_kind: str = "degree-certificate"
    document_language: str = "ja"
    duplicates: str = "reject"
    """What happens to a row whose award is already kept: ``reject``, ``skip`` or ``supersede``."""
    mapping: Mapping[str, str] | None = None
    """Column to field; None: as remembered for such a header, else as guessed."""
    notify: bool = True
    awarded_on: date | None = None
    """For rows without a date of their own."""
    encoding: str | None = None
    """Of the table; None: as found."""
    replaces: Mapping[str, str] = field(default_factory=dict)
    """Row number (as text) to the id of the award that the row corrects."""
    code_place: CodePlace | None = None
    """Where the QR code is stamped on the institution's own PDFs; None: in the lower right corner."""


def check_code_place(place: CodePlace | None) -> None:
    """Let a place pass that there is, on whichever page. Raises: InputError."""
    if place is not None and (wrong := misplaced(place)):
        raise InputError(
            f"The QR code has no such place: {', '.join(wrong)}.",
            code="code-place",
            facts={"got": ", ".join(wrong)},
            action="Choose a corner, margins of 0 to 400 mm, a page of the PDF and a side of 18 to 60 mm.",
        )
