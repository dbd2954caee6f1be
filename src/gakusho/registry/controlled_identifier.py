# SPDX-License-Identifier: Apache-2.0
"""An https address as an identifier: the keys are what stands there, so the domain is known.

Controlled Identifiers 1.0, sections 2 and 3.
"""

from __future__ import annotations

import re
from datetime import datetime

from gakusho.fetch import Fetcher
from gakusho.model.report import Knowledge
from gakusho.registry import Resolution
from gakusho.registry._document import MAX_DOCUMENT, invalid, parsed

# One spelling of an address only: no user, no port, no query, no percent-encoding, no upper-case host.
_URL = re.compile(
    r"https://(?P<host>(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z][a-z0-9-]{0,62}(?<!-))"
    r"(?P<path>(?:/[A-Za-z0-9_~.-]{0,200})*)\Z"
)


class ControlledIdentifier:
    """``https://host/path`` at which a controlled identifier document stands."""

    name = "https"

    def resolves(self, identifier: str) -> bool:
        """Tell whether it is an https address."""
        return identifier.startswith("https://")

    def resolve(self, identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:  # noqa: ARG002  # protocol
        """Give the document at the address. Raises: UnreachableError, InputError."""
        match = _URL.match(identifier)
        if match is None or len(identifier) > 1_000 or "/." in match["path"]:
            raise invalid(identifier, "another form", "https:// with a host name and a plain path")
        fetched = fetcher.fetch(identifier, max_bytes=MAX_DOCUMENT)
        return Resolution(
            document=parsed(fetched.data, identifier),
            source=fetched.source,
            time=fetched.time,
            knowledge=Knowledge.DOMAIN,
            domain=match["host"],
        )


RESOLVER = ControlledIdentifier()
