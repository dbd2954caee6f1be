# SPDX-License-Identifier: Apache-2.0
"""From an issuer's id to its keys, and who says so; whether to trust that is a policy's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from gakusho.fetch import Fetcher
from gakusho.model.report import Knowledge


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """A DID document, and where it came from."""

    document: Mapping[str, Any]
    source: str
    time: datetime | None
    knowledge: Knowledge
    domain: str | None = None


@runtime_checkable
class Resolver(Protocol):
    """One way to know an issuer (``RESOLVER`` in ``registry/``)."""

    name: str

    def resolves(self, identifier: str) -> bool:
        """Tell whether this resolver is the one for the identifier."""

    def resolve(self, identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:
        """Give the document. Raises: UnreachableError (could not be asked), InputError (malformed), NotFoundError."""
