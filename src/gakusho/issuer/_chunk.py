# SPDX-License-Identifier: Apache-2.0
"""A piece of a batch on its way: the rows set aside, everything that making them needs, and what was made.

All of it can go to another process; the database stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gakusho.formats import Sealing
from gakusho.issuer._grace import NOTHING, Promise
from gakusho.issuer._lasting import Bytes
from gakusho.issuer.choices import Choices
from gakusho.issuer.fields import COPY_OF
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.verification_code import printed


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """One row with the identity and the place in the status lists that its award will have."""

    number: int
    fields: Mapping[str, str]
    award_id: str
    """The id of the award's row."""
    verify_code: str
    typed_code: str | None
    """The verification code, as it is kept; None in what was reserved before there were any."""
    list_id: str
    index: int
    status: tuple[StatusEntry, ...]
    paper_file: str | None
    replaces_award_id: str | None
    original: Mapping[str, Any] | None = None
    """The award of which it is an addressed copy, as JSON."""

    @property
    def copy_of(self) -> str | None:
        """Id of the row of the award of which it is a copy."""
        return self.fields.get(COPY_OF.name)


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some rows of a batch, with everything that making their awards needs."""

    batch_id: str
    institution_id: str
    achievement_id: str
    """The id of the achievement's row."""
    achievement: Achievement
    issuer: Issuer
    document: DocumentDetails
    choices: Choices
    rows: tuple[Reserved, ...]
    sealing: Sealing
    documents: Mapping[str, bytes]
    """What a verifier will fetch, by address."""
    promised: Promise = NOTHING
    """The level of documents, and what is done when it cannot be had."""


@dataclass(frozen=True, kw_only=True)
class VerificationLink:
    """The address of an award's public page."""

    public_url: str
    codes: Mapping[str, str]
    """Verify code by the award's id."""

    def __call__(self, award: Award) -> str:
        """Give the address."""
        return f"{self.public_url}/v/{self.codes[award.id]}"


@dataclass(frozen=True, kw_only=True)
class VerificationCode:
    """What is typed in place of that address."""

    codes: Mapping[str, str]
    """Verification code by the award's id, as it is kept."""

    def __call__(self, award: Award) -> str | None:
        """Give the code as it is printed."""
        code = self.codes.get(award.id)
        return printed(code) if code else None


@dataclass(frozen=True, kw_only=True)
class Written:
    """A sealed award as it is kept: in the table, or as a file that is there already."""

    format: str
    media_type: str
    extension: str
    size: int
    file: str | None
    data: bytes | None


@dataclass(frozen=True, kw_only=True)
class Made:
    """What became of one row."""

    award: Award
    definition: Mapping[str, Any]
    """The award as JSON."""
    search_keys: tuple[str, ...]
    written: tuple[Written, ...]
    """One for each format chosen."""
    lasting: tuple[Bytes, ...] = ()
    """The account of documents for which more than B-B was asked."""
    away: tuple[str, str, str] | None = None
    """Why they are at a lower level than that, if they are: code, message, action."""
