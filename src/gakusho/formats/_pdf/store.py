# SPDX-License-Identifier: Apache-2.0
"""What a document keeps for the time when nobody can be asked: its security store. ISO 32000-2, 12.8.4.3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats._pdf.contents import decoded
from gakusho.proof.revocation import Evidence

MAX_KEPT = 400
"""Certificates, lists and answers together: six for each renewal, for more renewals than are read."""
_MAX_ONE = 5_000_000
_MAX_ALL = 30_000_000


@dataclass(frozen=True, kw_only=True)
class Store:
    """Certificates and revocation data (DER) as they stand in the document; nothing is believed yet."""

    evidence: Evidence = field(default_factory=Evidence)
    there: bool = False
    """Whether the document has a security store."""


def store_of(document: pikepdf.Pdf) -> Store:
    """Give a document's security store; what of it cannot be read is left out. Raises: LimitError."""
    held = document.Root.get("/DSS")
    if not isinstance(held, pikepdf.Dictionary):
        return Store()
    left = [MAX_KEPT, _MAX_ALL]
    return Store(
        there=True,
        evidence=Evidence(
            certificates=tuple(_kept(held.get("/Certs"), left)),
            lists=tuple(_kept(held.get("/CRLs"), left)),
            answers=tuple(_kept(held.get("/OCSPs"), left)),
        ),
    )


def _kept(streams: Any, left: list[int]) -> Iterator[bytes]:
    for stream in streams if isinstance(streams, pikepdf.Array) else ():
        left[0] -= 1
        if left[0] < 0:
            raise LimitError(f"The security store holds more than {MAX_KEPT} things.")
        if not isinstance(stream, pikepdf.Stream):
            continue
        try:
            data = decoded(stream, limit=min(_MAX_ONE, left[1]))
        except UnreadableError:
            continue
        left[1] -= len(data)
        yield data
