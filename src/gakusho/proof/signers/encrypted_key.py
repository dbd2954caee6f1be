# SPDX-License-Identifier: Apache-2.0
"""A private key kept as encrypted bytes: PKCS #8 under a key derived from a secret.

Container, version 1: ``GKEY``, version (1 byte), then as ``gakusho.proof.wrapping`` writes it.
"""

from __future__ import annotations

from functools import cached_property

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from nacl.bindings import crypto_sign

from gakusho.errors import KeyMaterialError
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey
from gakusho.proof.wrapping import unwrap, wrap

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_MARK = b"GKEY\x01"


class EncryptedKey:
    """Keys as encrypted bytes."""

    name = "encrypted-key"

    def create(self, algorithm: str, secret: bytes) -> bytes:
        """Make a key of ``algorithm`` (Ed25519, P-256, P-384, RSA-3072) and give its form at rest.

        Raises: KeyMaterialError for another algorithm or a secret shorter than 8 bytes.
        """
        return seal(_generate(algorithm), secret)

    def open(self, kept: bytes, secret: bytes) -> Signer:
        """Give the signer for a kept key. Raises: LockedKeyError, UnreadableError."""
        return KeptSigner(_loaded(unwrap(kept, secret, _MARK)))


class KeptSigner:
    """A private key in memory; parsed once."""

    store = "encrypted-key"

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    @cached_property
    def public_key(self) -> PublicKey:
        """The key that checks what this one signs."""
        return PublicKey.from_cryptography(self._key.public_key())

    @cached_property
    def _seed_and_public(self) -> bytes:
        """An Ed25519 key as libsodium, which signs faster, takes it."""
        assert isinstance(self._key, ed25519.Ed25519PrivateKey)
        return self._key.private_bytes_raw() + self._key.public_key().public_bytes_raw()

    def wrapped(self, secret: bytes) -> bytes:
        """Give the key's form at rest under another secret. Raises: KeyMaterialError."""
        return seal(self._key, secret)

    def sign(self, data: bytes) -> bytes:
        """Give the raw signature, in the form ``Signer`` names."""
        match self._key:
            case ed25519.Ed25519PrivateKey():
                return crypto_sign(data, self._seed_and_public)[:64]
            case rsa.RSAPrivateKey() as key:
                return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePrivateKey() as key:
                size = (key.key_size + 7) // 8
                digest = {32: hashes.SHA256(), 48: hashes.SHA384(), 66: hashes.SHA512()}[size]
                r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
                return r.to_bytes(size) + s.to_bytes(size)


def seal(key: PrivateKey, secret: bytes) -> bytes:
    """Give the form at rest of a private key that exists already, such as an imported one.

    Raises: KeyMaterialError for a secret shorter than 8 bytes.
    """
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return wrap(der, secret, _MARK)


def _generate(algorithm: str) -> PrivateKey:
    match algorithm:
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "RSA-3072":
            return rsa.generate_private_key(65537, 3072)
    raise KeyMaterialError(
        f"Keys of the kind {algorithm!r} are not made here.",
        facts={"got": algorithm, "expected": "Ed25519, P-256, P-384 or RSA-3072"},
    )


def _loaded(der: bytes) -> PrivateKey:
    key = serialization.load_der_private_key(der, password=None)
    if not isinstance(key, PrivateKey):
        raise KeyMaterialError(
            "The kept key is of a kind that is not used here.", facts={"got": type(key).__name__}
        )
    return key


SIGNER = EncryptedKey()
