# SPDX-License-Identifier: Apache-2.0
"""The keys the VC-API signs with: one ``did:key`` of each kind, derived from the server's secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gakusho.errors import InputError
from gakusho.formats import CredentialKey
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.suites import suites

ENVELOPED = "vc+jwt"
"""Stands where a cryptosuite would: the credential comes as a signed token in an envelope."""
KEY_TYPES = ("Ed25519", "P-256", "P-384")
_CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {
    # The order of each group: FIPS 186-5 and SP 800-186, section 3.2.1.
    "P-256": (ec.SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "P-384": (
        ec.SECP384R1(),
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One way in which the endpoint signs, as ``options`` choose it."""

    cryptosuite: str
    key_type: str

    def as_json(self) -> dict[str, str]:
        """Give the members of ``options``."""
        return {"cryptosuite": self.cryptosuite, "keyType": self.key_type}


USUAL = Offer(cryptosuite="eddsa-rdfc-2022", key_type="Ed25519")


@cache
def offers() -> tuple[Offer, ...]:
    """Give every pair of suite and kind of key, the usual one first; no legacy suite signs."""
    signing = [suite for suite in suites().values() if not suite.legacy]
    found = [
        Offer(cryptosuite=suite.name, key_type=kind)
        for suite in signing
        for kind in KEY_TYPES
        if kind in suite.algorithms
    ]
    found += [Offer(cryptosuite=ENVELOPED, key_type=kind) for kind in KEY_TYPES]
    return tuple(sorted(found, key=lambda one: one != USUAL))


def chosen(options: Mapping[str, Any]) -> Offer:
    """Give what ``options.cryptosuite`` and ``options.keyType`` choose; either says which the other is.

    Raises: InputError for a pair that is not offered.
    """
    suite, kind = options.get("cryptosuite"), options.get("keyType")
    if suite is None and kind in (None, "Ed25519"):
        return USUAL
    for offer in offers():
        if suite in (None, offer.cryptosuite) and kind in (None, offer.key_type):
            return offer
    raise InputError(
        "This endpoint does not sign with that suite and kind of key.",
        code="suite",
        facts={
            "got": f"{str(suite)[:80]} {str(kind)[:80]}",
            "expected": ", ".join(f"{one.cryptosuite} {one.key_type}" for one in offers()),
        },
    )


def key_for(offer: Offer, secret: bytes) -> CredentialKey:
    """Give the key for an offer; the same secret gives the same key."""
    key = _key(offer.key_type, secret)
    return key if offer.cryptosuite == ENVELOPED else replace(key, suite=offer.cryptosuite)


@lru_cache(maxsize=16)
def _key(kind: str, secret: bytes) -> CredentialKey:
    signer = KeptSigner(_private(kind, secret))
    multikey = signer.public_key.multikey()
    return CredentialKey(signer=signer, verification_method=f"did:key:{multikey}#{multikey}")


def _private(kind: str, secret: bytes) -> Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    info = f"gakusho vc-api {kind}".encode()
    if kind == "Ed25519":
        return Ed25519PrivateKey.from_private_bytes(HKDF(hashes.SHA256(), 32, b"", info).derive(secret))
    curve, order = _CURVES[kind]
    # 64 bits more than the order has, so that no key is likelier than another. FIPS 186-5, A.2.1.
    wide = HKDF(hashes.SHA256(), curve.key_size // 8 + 8, b"", info).derive(secret)
    return ec.derive_private_key(int.from_bytes(wide) % (order - 1) + 1, curve)
