# SPDX-License-Identifier: Apache-2.0
"""What the preparer of a batch chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gakusho.model.document import CodePlace


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
