# SPDX-License-Identifier: Apache-2.0
"""Bytes at rest: AES-256-GCM under a key derived from a secret.

How the key is derived depends on the secret, and is written in the container:

- 32 random bytes (as the product makes its own secret) need no stretching: HKDF-SHA256, microseconds, so
  that every batch may open its key anew;
- anything else may have been thought up by a person: scrypt (N=2^17, r=8, p=1), about 0.3 s and 128 MiB
  a guess.

Container: a mark, derivation (1 byte), salt (16), nonce (12), then the content, encrypted. All before it is
authenticated.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gakusho.errors import KeyMaterialError, LockedKeyError, UnreadableError

_HKDF, _SCRYPT = b"H", b"S"
_SALT, _NONCE = 16, 12
_MAX_BYTES = 16_384
_MIN_SECRET = 8


def wrap(content: bytes, secret: bytes, mark: bytes) -> bytes:
    """Give the container. Raises: KeyMaterialError for a secret shorter than 8 bytes."""
    if len(secret) < _MIN_SECRET:
        raise KeyMaterialError(
            "The secret that wraps the key is too short.",
            facts={"got": len(secret), "expected": f"{_MIN_SECRET} bytes or more; best 32 random ones"},
        )
    derivation = _HKDF if _is_random(secret) else _SCRYPT
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    header = mark + derivation + salt + nonce
    return header + AESGCM(_derive(derivation, secret, salt)).encrypt(nonce, content, header)


def unwrap(kept: bytes, secret: bytes, mark: bytes) -> bytes:
    """Give the content of a container with this mark. Raises: LockedKeyError, UnreadableError."""
    size = len(mark) + 1 + _SALT + _NONCE
    if len(kept) > _MAX_BYTES or len(kept) <= size or not kept.startswith(mark):
        raise UnreadableError("The bytes are not a kept key.", facts={"got": f"{len(kept)} bytes"})
    header, derivation = kept[:size], kept[len(mark) : len(mark) + 1]
    salt, nonce = header[-_SALT - _NONCE : -_NONCE], header[-_NONCE:]
    if derivation not in (_HKDF, _SCRYPT):
        raise UnreadableError("The key is kept in a form that is not known.", facts={"got": derivation.hex()})
    try:
        return AESGCM(_derive(derivation, secret, salt)).decrypt(nonce, kept[size:], header)
    except InvalidTag:
        raise LockedKeyError("The secret does not open the key.") from None


def _is_random(secret: bytes) -> bool:
    # 32 random bytes are all printable once in 10^14 draws; a typed passphrase always is.
    return len(secret) == 32 and not all(0x20 <= byte < 0x7F for byte in secret)


def _derive(derivation: bytes, secret: bytes, salt: bytes) -> bytes:
    if derivation == _HKDF:
        return HKDF(hashes.SHA256(), 32, salt, b"gakusho encrypted-key 1").derive(secret)
    return Scrypt(salt, 32, 2**17, 8, 1).derive(secret)
