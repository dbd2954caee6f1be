# SPDX-License-Identifier: Apache-2.0
"""Verification methods that are their own keys: ``did:key:z…#z…``, as the W3C's vectors name them."""

from __future__ import annotations

from gakusho.proof import VerificationMethod
from gakusho.proof.keys import PublicKey


def lookup(method: str) -> VerificationMethod:
    """Give the method, with the key that its fragment is."""
    controller, _, key = method.partition("#")
    return VerificationMethod(
        id=method,
        controller=controller,
        key=PublicKey.from_multikey(key),
        purposes=frozenset({"assertionMethod"}),
    )
