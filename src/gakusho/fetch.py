# SPDX-License-Identifier: Apache-2.0
"""The only door to the network: bounds, address rules, cache, and the offline twins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an address answered."""

    url: str
    data: bytes
    media_type: str
    time: datetime
    source: str
    """Said to a person: ``https://…``, ``documents/…`` or ``this server``."""


class Fetcher(Protocol):
    """Asks for what an address holds, within bounds."""

    def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> Fetched:
        """Give the answer. Raises: UnreachableError for every way in which it cannot be had."""
