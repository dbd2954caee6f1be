# SPDX-License-Identifier: Apache-2.0
"""A signer that gives one signature for one message, as those have who publish test vectors. RFC 6979."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gakusho.proof import multibase
from gakusho.proof.keys import PublicKey

_CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm, int]] = {
    "P-256": (ec.SECP256R1(), hashes.SHA256(), 32),
    "P-384": (ec.SECP384R1(), hashes.SHA384(), 48),
}


class DeterministicSigner:
    """ECDSA with a nonce made from the message."""

    def __init__(self, algorithm: str, secret_multikey: str) -> None:
        curve, self._digest, self._size = _CURVES[algorithm]
        number = int.from_bytes(multibase.decode(secret_multikey)[2:])
        self._key = ec.derive_private_key(number, curve)
        self.public_key = PublicKey.from_cryptography(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Give the signature, r ‖ s."""
        der = self._key.sign(data, ec.ECDSA(self._digest, deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(self._size) + s.to_bytes(self._size)
