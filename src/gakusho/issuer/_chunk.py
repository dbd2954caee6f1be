# SPDX-License-Identifier: Apache-2.0
"""Some rows of a batch on their way to be awards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gakusho.formats import Sealing
from gakusho.issuer._status_lists import Place
from gakusho.issuer.choices import Choices
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.award import Award


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """One row on its way: its award, composed, and where it came from."""

    number: int
    award: Award
    verify_code: str
    place: Place
    paper_file: str | None
    replaces_award_id: str | None

    @property
    def award_id(self) -> str:
        """The id of the award's row."""
        return self.award.id.removeprefix("urn:uuid:")


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some rows of a batch, with everything that sealing them needs."""

    batch_id: str
    institution: InstitutionView
    achievement_id: str
    choices: Choices
    rows: tuple[Reserved, ...]
    sealing: Sealing
    documents: Mapping[str, bytes]
