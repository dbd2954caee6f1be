# SPDX-License-Identifier: Apache-2.0
"""A private key kept as encrypted bytes: AES-256-GCM under a key derived from a secret.

How the key is derived depends on the secret, and is written in the container:

- 32 random bytes (as the product makes its own secret) need no stretching: HKDF-SHA256, microseconds, so
  that every batch may open its key anew;
- anything else may have been thought up by a person: scrypt (N=2^17, r=8, p=1), about 0.3 s and 128 MiB
  a guess.

Container, version 1: ``GKEY``, version (1 byte), derivation (1 byte), salt (16), nonce (12), then the
PKCS #8 DER of the key, encrypted. All before it is authenticated.
"""

from __future__ import annotations

import os
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from nacl.bindings import crypto_sign

from gakusho.errors import KeyMaterialError, LockedKeyError, UnreadableError
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_MAGIC = b"GKEY\x01"
_HKDF, _SCRYPT = b"H", b"S"
_SALT, _NONCE = 16, 12
_HEADER = len(_MAGIC) + 1 + _SALT + _NONCE
_MAX_BYTES = 16_384
_MIN_SECRET = 8


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
        if len(kept) > _MAX_BYTES or len(kept) <= _HEADER or not kept.startswith(_MAGIC):
            raise UnreadableError("The bytes are not a kept key.", facts={"got": f"{len(kept)} bytes"})
        header, derivation = kept[:_HEADER], kept[len(_MAGIC) : len(_MAGIC) + 1]
        salt, nonce = header[-_SALT - _NONCE : -_NONCE], header[-_NONCE:]
        if derivation not in (_HKDF, _SCRYPT):
            raise UnreadableError(
                "The key is kept in a form that is not known.", facts={"got": derivation.hex()}
            )
        try:
            der = AESGCM(_derive(derivation, secret, salt)).decrypt(nonce, kept[_HEADER:], header)
        except InvalidTag:
            raise LockedKeyError("The secret does not open the key.") from None
        return KeptSigner(_loaded(der))


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
    if len(secret) < _MIN_SECRET:
        raise KeyMaterialError(
            "The secret that wraps the key is too short.",
            facts={"got": len(secret), "expected": f"{_MIN_SECRET} bytes or more; best 32 random ones"},
        )
    derivation = _HKDF if _is_random(secret) else _SCRYPT
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    header = _MAGIC + derivation + salt + nonce
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return header + AESGCM(_derive(derivation, secret, salt)).encrypt(nonce, der, header)


def _is_random(secret: bytes) -> bool:
    # 32 random bytes are all printable once in 10^14 draws; a typed passphrase always is.
    return len(secret) == 32 and not all(0x20 <= byte < 0x7F for byte in secret)


def _derive(derivation: bytes, secret: bytes, salt: bytes) -> bytes:
    if derivation == _HKDF:
        return HKDF(hashes.SHA256(), 32, salt, b"gakusho encrypted-key 1").derive(secret)
    return Scrypt(salt, 32, 2**17, 8, 1).derive(secret)


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
