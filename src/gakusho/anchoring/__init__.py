# SPDX-License-Identifier: Apache-2.0
"""Make a digest public and check the receipt; knows nothing of what was hashed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Protocol, runtime_checkable

from gakusho import plugins


@runtime_checkable
class Anchor(Protocol):
    """One way to make digests public (``ANCHOR`` in ``anchoring/``)."""

    name: str

    def anchor(self, digests: Sequence[bytes], *, now: datetime) -> bytes:
        """Make SHA-256 digests public and give the receipt."""

    def check(self, digest: bytes, receipt: bytes, *, now: datetime) -> datetime:
        """Give the time (UTC) before which the digest existed. Raises: InputError, UnreachableError."""


@cache
def anchors() -> dict[str, Anchor]:
    """Give every anchor there is, by name."""
    import gakusho.anchoring as package

    return plugins.implementations(package, Anchor, "ANCHOR")
