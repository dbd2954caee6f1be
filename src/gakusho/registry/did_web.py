# SPDX-License-Identifier: Apache-2.0
"""did:web: the keys are what the domain publishes, so the domain is known."""

from __future__ import annotations

import re
from datetime import datetime

from gakusho.fetch import Fetcher
from gakusho.model.report import Knowledge
from gakusho.registry import Resolution
from gakusho.registry._document import MAX_DOCUMENT, invalid, parsed

# Percent-encoding is refused altogether: %3A would name a port, %2e and %2f another place.
_DID = re.compile(
    r"did:web:(?P<host>(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{1,63}(?<!-))"
    r"(?P<path>(?::[A-Za-z0-9_~.-]{1,200})*)\Z"
)
_LABEL_OF_AN_ADDRESS = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")


class DidWeb:
    """``did:web:host`` and ``did:web:host:path``, over https on its own port only."""

    name = "did:web"

    def resolves(self, identifier: str) -> bool:
        """Tell whether it is a did:web."""
        return identifier.startswith("did:web:")

    def resolve(self, identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:  # noqa: ARG002  # protocol
        """Give the document that the domain publishes. Raises: UnreachableError, InputError."""
        host, url = did_web_address(identifier)
        fetched = fetcher.fetch(url, max_bytes=MAX_DOCUMENT)
        return Resolution(
            document=parsed(fetched.data, identifier),
            source=fetched.source,
            time=fetched.time,
            knowledge=Knowledge.DOMAIN,
            domain=host,
        )


def did_web_address(did: str) -> tuple[str, str]:
    """Give the host, and the URL of the document, of a did:web. did:web, section 3.2.

    Raises: InputError for ports, IP addresses, ``localhost``, percent-encoding, user names, upper-case
    hosts, trailing dots and climbing paths.
    """
    match = _DID.match(did)
    if match is None or len(did) > 1_000:
        raise invalid(did, "another form", "did:web: with a host name and plain path parts")
    host = match.group("host")
    if _LABEL_OF_AN_ADDRESS.match(host.rpartition(".")[2]):
        raise invalid(did, "an IP address", "a host name")
    segments = [part for part in match.group("path").split(":") if part]
    if any(part.strip(".") == "" for part in segments):
        raise invalid(did, "a path that climbs", "plain path parts")
    path = "/".join(segments) if segments else ".well-known"
    return host, f"https://{host}/{path}/did.json"


RESOLVER = DidWeb()
