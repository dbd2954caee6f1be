# SPDX-License-Identifier: Apache-2.0
"""Public keys, and the ways the standards write them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublicKey:
    """A public key: the algorithm's name (Ed25519, P-256, P-384, RSA) and its key."""

    algorithm: str
