# SPDX-License-Identifier: Apache-2.0
"""Who awards."""

from __future__ import annotations

from dataclasses import dataclass

from gakusho.model.text import Text


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An institution as it describes itself; nothing here is proven by being written here."""

    id: str
    """DID or URL."""
    name: Text
    url: str | None = None
    email: str | None = None
    image: str | None = None
    """URL or ``data:`` URL of a logo."""
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    endorsements: tuple[bytes, ...] = ()
    """What others say of it, each a signed ``EndorsementCredential``: JSON, or a compact JWS."""
