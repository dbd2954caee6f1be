# SPDX-License-Identifier: Apache-2.0
"""The two kinds of ``proofValue`` of ecdsa-sd-2023.

Data Integrity ECDSA Cryptosuites 1.0, sections 3.5.2, 3.5.3, 3.5.7 and 3.5.8.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cbor2

from gakusho.errors import LimitError, UnreadableError
from gakusho.proof import multibase

MAX_CHARACTERS = 500_000
MAX_SIGNATURES = 4_000
"""Statements that can be held back; each costs a verifier about 0.1 ms."""

_BASE, _DERIVED = b"\xd9\x5d\x00", b"\xd9\x5d\x01"
_SIGNATURE, _KEY, _HMAC = 64, 35, 32


@dataclass(frozen=True)
class BaseValue:
    """What the issuer gives the holder, to derive from."""

    signature: bytes
    public_key: bytes
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory: tuple[str, ...]

    def written(self) -> str:
        """Give the ``proofValue``."""
        parts = [
            self.signature,
            self.public_key,
            self.hmac_key,
            list(self.signatures),
            list(self.mandatory),
        ]
        return _written(_BASE, parts)


@dataclass(frozen=True)
class DerivedValue:
    """What the holder shows."""

    signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[int, bytes]
    """From the number in a canonical label (``c14n`` and a number) to the issuer's label."""
    mandatory: tuple[int, ...]
    """The places of the mandatory statements among all that are shown."""

    def written(self) -> str:
        """Give the ``proofValue``."""
        parts = [
            self.signature,
            self.public_key,
            list(self.signatures),
            dict(self.labels),
            list(self.mandatory),
        ]
        return _written(_DERIVED, parts)


def base_value(proof: Mapping[str, Any]) -> BaseValue:
    """Give the parts of a base proof. Raises: UnreadableError, LimitError."""
    header, parts = _read(proof)
    if header != _BASE:
        raise _malformed("a proof that was derived already", "a base proof")
    match parts:
        case [bytes(signature), bytes(key), bytes(hmac_key), list(signatures), list(mandatory)] if (
            len(signature) == _SIGNATURE
            and len(key) == _KEY
            and len(hmac_key) == _HMAC
            and _all_signatures(signatures)
            and all(isinstance(one, str) for one in mandatory)
        ):
            return BaseValue(signature, key, hmac_key, tuple(signatures), tuple(mandatory))
    raise _malformed("other parts", "the five parts of a base proof")


def derived_value(proof: Mapping[str, Any]) -> DerivedValue:
    """Give the parts of a derived proof. Raises: UnreadableError, LimitError.

    A base proof has the code ``base-proof``: it is not for verifiers.
    """
    header, parts = _read(proof)
    if header == _BASE:
        raise UnreadableError(
            "This is the holder's own copy; what is shown to others is derived from it.",
            code="base-proof",
            facts={"got": "a base proof", "expected": "a derived proof"},
        )
    match parts:
        case [bytes(signature), bytes(key), list(signatures), dict(labels), list(mandatory)] if (
            len(signature) == _SIGNATURE
            and len(key) == _KEY
            and _all_signatures(signatures)
            and all(_is_number(n) and isinstance(v, bytes) and len(v) == _HMAC for n, v in labels.items())
            and len(set(labels.values())) == len(labels)
            and all(map(_is_number, mandatory))
            and all(a < b for a, b in pairwise(mandatory))
        ):
            return DerivedValue(signature, key, tuple(signatures), labels, tuple(mandatory))
    raise _malformed("other parts", "the five parts of a derived proof")


def _all_signatures(parts: list[Any]) -> bool:
    if len(parts) > MAX_SIGNATURES:
        raise LimitError(
            "The proof has too many signatures.", facts={"got": len(parts), "expected": MAX_SIGNATURES}
        )
    return all(isinstance(one, bytes) and len(one) == _SIGNATURE for one in parts)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _written(header: bytes, parts: list[Any]) -> str:
    return "u" + multibase.base64url(header + cbor2.dumps(parts))


def _read(proof: Mapping[str, Any]) -> tuple[bytes, Any]:
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("u"):
        raise _malformed(str(value)[:90], "u and base64url")
    if len(value) > MAX_CHARACTERS:
        raise LimitError("The proofValue is too long.", facts={"got": len(value), "expected": MAX_CHARACTERS})
    try:
        data = base64.b64decode(
            value[1:].encode("ascii") + b"=" * (-(len(value) - 1) % 4), b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        data = b""
    if not data or "u" + multibase.base64url(data) != value:
        raise _malformed(value[:90], "u and base64url")
    if data[:3] not in (_BASE, _DERIVED):
        raise _malformed(data[:3].hex(), f"{_BASE.hex()} or {_DERIVED.hex()}")
    try:
        parts = cbor2.loads(
            data[3:], max_depth=4, allow_indefinite=False, allow_duplicate_keys=False, tag_hook=_no_tag
        )
        if cbor2.dumps(parts) == data[3:]:  # one spelling, no tags, nothing behind it
            return data[:3], parts
    except Exception:  # noqa: BLE001  # whatever the decoder stumbles over, it is not the CBOR of a proof
        parts = None
    raise _malformed("other CBOR", "the CBOR of five untagged parts in its one spelling")


def _no_tag(*_: Any) -> Any:
    raise ValueError("a tag")


def _malformed(got: str, expected: str) -> UnreadableError:
    return UnreadableError(
        "The proofValue is not one of ecdsa-sd-2023.", facts={"got": got, "expected": expected}
    )
