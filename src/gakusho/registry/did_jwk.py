# SPDX-License-Identifier: Apache-2.0
"""did:jwk: the identifier is a JSON Web Key, so only the key is known."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime
from typing import Any

from gakusho.fetch import Fetcher
from gakusho.model.report import Knowledge
from gakusho.registry import Resolution
from gakusho.registry._document import invalid

_DID = re.compile(r"did:jwk:([A-Za-z0-9_-]{20,4000})\Z")
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


class DidJwk:
    """``did:jwk:`` and the base64url form of a public JWK; the method's id ends with ``#0``."""

    name = "did:jwk"

    def resolves(self, identifier: str) -> bool:
        """Tell whether it is a did:jwk."""
        return identifier.startswith("did:jwk:")

    def resolve(self, identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:  # noqa: ARG002  # protocol
        """Give the document that the identifier spells out. Raises: InputError when it is malformed."""
        jwk = _jwk(identifier)
        method = {
            "id": f"{identifier}#0",
            "type": "JsonWebKey",
            "controller": identifier,
            "publicKeyJwk": jwk,
        }
        document = {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
            "id": identifier,
            "verificationMethod": [method],
            "assertionMethod": [method["id"]],
            "authentication": [method["id"]],
        }
        return Resolution(
            document=document, source="the identifier itself", time=None, knowledge=Knowledge.KEY
        )


def _jwk(identifier: str) -> dict[str, Any]:
    match = _DID.match(identifier)
    if match is None:
        raise invalid(identifier, "another form", "did:jwk: and base64url")
    text = match.group(1)
    try:
        jwk = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise invalid(identifier, "no JSON Web Key", "a public JSON Web Key") from error
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig" or _PRIVATE & jwk.keys():
        raise invalid(identifier, "something else", "a public JSON Web Key for signatures")
    return jwk


RESOLVER = DidJwk()
