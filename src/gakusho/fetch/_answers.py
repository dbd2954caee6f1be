# SPDX-License-Identifier: Apache-2.0
"""What an address answers, and who asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gakusho.errors import UnreachableError

Clock = Callable[[], datetime]
DEFAULT_MAX_BYTES = 1_048_576


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an address answered."""

    url: str
    data: bytes
    media_type: str
    time: datetime
    source: str
    """Said to a person: ``https://…``, ``documents/…`` or ``this server``."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a service answered, whatever it was."""

    status: int
    data: bytes
    media_type: str


class Fetcher(Protocol):
    """Asks for what an address holds, within bounds."""

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give the answer. Raises: UnreachableError for every way in which it cannot be had."""


def unreachable(url: str, reason: str) -> UnreachableError:
    """Give the error for what could not be asked."""
    return UnreachableError(
        f"{url[:200]} could not be asked: {reason[:300]}.", facts={"url": url[:200], "reason": reason[:300]}
    )
