# SPDX-License-Identifier: Apache-2.0
"""A signed document as its signature closes it: what it is, who signed it, when, and by whose word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trust(StrEnum):
    """By whose word it is known whose key signed."""

    PUBLISHED = "published"
    """The issuer publishes the key itself."""
    AUTHORITY = "authority"
    """A certificate authority vouches that whoever verifies believes."""
    NOBODY = "nobody"
    """Only the certificate in the document says so."""


class TimeBasis(StrEnum):
    """By whose word the time of signing is known."""

    PROVEN = "proven"
    """An authority stamped it that whoever verifies believes."""
    STATED = "stated"
    """An authority stamped it for which nobody vouches."""
    CLAIMED = "claimed"
    """The signer says so."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file inside a document."""

    name: str
    media_type: str
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True)
class PageText:
    """The words of a page."""

    words: str | None
    """Line by line as they are read; empty where none can be seen, None where nothing can be told of them."""
    whole: bool = True
    """Whether these are all its words that can be seen, as far as the document says what they are."""


@dataclass(frozen=True, kw_only=True)
class DocumentText:
    """The words of a document that can be seen on its pages, without characters that nobody sees."""

    pages: tuple[PageText, ...]
    """From the first one on."""
    cut: bool = False
    """Whether there is more, which was not read."""
    language: str | None = None
    """As the document says (BCP 47), else what its letters tell; None where they do not."""


UNREAD = DocumentText(pages=(), cut=True)
"""Of a document whose words were asked for and could not be read."""


@dataclass(frozen=True, kw_only=True)
class SignedDocument:
    """The revision that a signature covers. Where none does all of it is empty but ``covered``."""

    covered: bool
    """Whether a good signature covers the revision from its first byte to its last."""
    changed: bool = False
    """Whether something was added later, or put around it, that need not be what was signed."""
    length: int = 0
    """Bytes of the revision, from the first byte of the file on."""
    digest: str | None = None
    """SHA-256 of these bytes, in hexadecimal."""
    title: str | None = None
    """As the document itself says."""
    pages: int | None = None
    attachments: tuple[Attached, ...] = ()
    signatures: int = 0
    """Time-stamps are not counted."""
    signer: str | None = None
    """The organization, else the name, that the signer's certificate names."""
    certificate_issuer: str | None = None
    """The same of who issued that certificate; the signer's own where it certified itself."""
    trust: Trust = Trust.NOBODY
    trusted_by: str | None = None
    """The address or id of the key as published, or the name of the authority."""
    signed_at: datetime | None = None
    """When it was signed, or signed at the latest (UTC)."""
    basis: TimeBasis | None = None
    """None where no time is told."""
    time_authority: str | None = None
    """Who stamped that time."""
    level: str | None = None
    """``B-B``, ``B-T``, ``B-LT`` or ``B-LTA`` (ETSI EN 319 142-1, section 6), where all of it holds."""
    renew_before: datetime | None = None
    """When the newest archive time-stamp ends: so long it is kept."""
    renewals: tuple[datetime, ...] = ()
    """When the whole document was time-stamped after signing, the oldest first."""
    text: DocumentText | None = None
    """The words of its pages; None where nobody asked for them."""
