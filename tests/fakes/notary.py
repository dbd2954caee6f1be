# SPDX-License-Identifier: Apache-2.0
"""An anchor in a box: a notary who writes digests into a book with the time, and remembers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gakusho.errors import InputError, UnreachableError


@dataclass
class Notary:
    """Keeps the digests in memory; ``closed`` makes it unreachable."""

    name: str = "notary"
    book: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    closed: bool = False

    def anchor(self, digests: Sequence[bytes], *, now: datetime) -> bytes:
        """Write the digests down together and give the number of the page."""
        if self.closed:
            raise UnreachableError("The notary is closed.")
        lines = tuple(digest.hex() for digest in digests)
        page = hashlib.sha256("\n".join([*lines, now.isoformat()]).encode()).hexdigest()
        self.book[page] = (lines, now.isoformat())
        return json.dumps({"page": page}).encode()

    def check(self, digest: bytes, receipt: bytes, *, now: datetime) -> datetime:
        """Give the time on the page. Raises: InputError, UnreachableError."""
        if self.closed:
            raise UnreachableError("The notary is closed.")
        try:
            lines, time = self.book[json.loads(receipt)["page"]]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("There is no such page.") from error
        if digest.hex() not in lines or datetime.fromisoformat(time) > now:
            raise InputError("The digest does not stand on the page.")
        return datetime.fromisoformat(time)
