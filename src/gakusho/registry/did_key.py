# SPDX-License-Identifier: Apache-2.0
"""did:key: the identifier is the key, so only the key is known."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from gakusho.fetch import Fetcher
from gakusho.model.report import Knowledge
from gakusho.registry import PublishedKey, Resolution, did_document
from gakusho.registry._document import invalid

_DID = re.compile(r"did:key:(z[1-9A-HJ-NP-Za-km-z]{40,800})\Z")


class DidKey:
    """``did:key:z…`` with a Multikey; the method's id is ``did:key:z…#z…``."""

    name = "did:key"

    def resolves(self, identifier: str) -> bool:
        """Tell whether it is a did:key."""
        return identifier.startswith("did:key:")

    def resolve(self, identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:  # noqa: ARG002  # protocol
        """Give the document that the identifier spells out. Raises: InputError when it is malformed."""
        return _spelled_out(identifier)


@lru_cache(maxsize=1024)
def _spelled_out(identifier: str) -> Resolution:
    match = _DID.match(identifier)
    if match is None:
        raise invalid(identifier, "another form", "did:key:z… in base58btc")
    multikey = match.group(1)
    key = PublishedKey(id=f"{identifier}#{multikey}", multikey=multikey)
    return Resolution(
        document=did_document(identifier, [key]),
        source="the identifier itself",
        time=None,
        knowledge=Knowledge.KEY,
    )


RESOLVER = DidKey()
