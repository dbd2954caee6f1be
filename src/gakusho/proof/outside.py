# SPDX-License-Identifier: Apache-2.0
"""Keys that never come in: what is kept of one is where it is, and its public half.

A place gives signatures in its own form; here each becomes the form of ``Signer``, and none leaves before it
was checked with the public key. So an answer that is wrong, by fault or on purpose, is an error and no
document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gakusho.errors import KeyMaterialError, UnreadableError
from gakusho.proof import Custodian, KeyStore, Reach, Signer
from gakusho.proof.keys import PublicKey
from gakusho.proof.wrapping import unwrap, wrap

_MARK = b"GOUT\x01"
_DIGESTS = {"P-256": "sha256", "P-384": "sha384", "RSA": "sha256"}
_HALVES = {"P-256": 32, "P-384": 48}
_RSA_BITS = range(2048, 4097)


@dataclass(kw_only=True)
class OutsideKeys:
    """A kind of place outside in which keys live, with the way there or still without it."""

    name: str
    place: tuple[str, ...]
    """What must be known of where a key is, by name."""
    reach: Reach | None = None

    def create(self, algorithm: str, secret: bytes) -> bytes:  # noqa: ARG002  # the protocol's
        """Raise KeyMaterialError, always: such a key is made where it is to live, then kept (``keep``)."""
        raise KeyMaterialError(
            f"A key is not made here, but where it is to live ({self.name}).",
            code="key-place",
            facts={"got": algorithm, "expected": self.name},
        )

    def keep(self, place: Mapping[str, str], public_key: PublicKey, secret: bytes) -> bytes:
        """Give the form at rest of where a key is: the place, wrapped under ``secret``.

        Raises: KeyMaterialError for a place that lacks something, or a key that documents are not signed
        with: other than P-256, P-384 and RSA of 2048 to 4096 bits.
        """
        if missing := [name for name in self.place if not isinstance(place.get(name), str)]:
            raise KeyMaterialError(
                "It is not said where the key is.", code="key-place", facts={"expected": ", ".join(missing)}
            )
        check_fit(public_key)
        said = {"store": self.name, "place": dict(place), "key": public_key.multikey()}
        return wrap(json.dumps(said).encode(), secret, _MARK)

    def kept_place(self, kept: bytes, secret: bytes) -> Mapping[str, str]:
        """Give the place of a kept key. Raises: LockedKeyError, UnreadableError."""
        return self._said(kept, secret)[0]

    def open(self, kept: bytes, secret: bytes) -> Signer:
        """Give the signer for a kept key; its place is asked at the first signature.

        Raises: LockedKeyError, UnreadableError; KeyMaterialError (``key-place``) without the way there.
        """
        place, key = self._said(kept, secret)
        if self.reach is None:
            raise KeyMaterialError(
                "There is no way from here to the place of the key.",
                code="key-place",
                facts={"got": self.name},
            )
        return OutsideSigner(PublicKey.from_multikey(key), self.reach(place))

    def reached(self, reach: Reach) -> KeyStore:
        """Give the same store with the way to its keys."""
        return OutsideKeys(name=self.name, place=self.place, reach=reach)

    def _said(self, kept: bytes, secret: bytes) -> tuple[dict[str, str], str]:
        said = json.loads(unwrap(kept, secret, _MARK))
        if said["store"] != self.name:
            raise UnreadableError(
                "The key is kept in another place.", facts={"got": said["store"], "expected": self.name}
            )
        return said["place"], said["key"]


class OutsideSigner:
    """A key outside, reached through its custodian; every signature is checked before it is given."""

    def __init__(self, public_key: PublicKey, custodian: Custodian) -> None:
        self._public_key = public_key
        self._custodian = custodian

    @property
    def public_key(self) -> PublicKey:
        """The key that checks what this one signs."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Give the raw signature, in the form ``Signer`` names. Raises: what ``sign_many`` raises."""
        return self.sign_many([data])[0]

    def sign_many(self, data: Sequence[bytes]) -> list[bytes]:
        """Give the raw signature of each, in order; all of them, or an error.

        Raises: UnreachableError, LockedKeyError; KeyMaterialError, ``signature-wrong`` for an answer that
        does not fit the key.
        """
        if not data:
            return []
        algorithm = _DIGESTS[self._public_key.algorithm]
        digests = [hashlib.new(algorithm, one).digest() for one in data]
        given = self._custodian.sign_digests(digests, algorithm)
        if len(given) != len(data):
            raise _wrong(f"{len(given)} signatures", f"{len(data)}")
        signatures = [self._raw(one) for one in given]
        for one, signature in zip(data, signatures, strict=True):
            if not self._public_key.verify(signature, one):
                raise _wrong("a signature that does not fit", "one that the public key checks")
        return signatures

    def _raw(self, given: bytes) -> bytes:
        half = _HALVES.get(self._public_key.algorithm)
        if half is None:
            return given
        try:
            r, s = decode_dss_signature(given)
            return r.to_bytes(half) + s.to_bytes(half)
        except (ValueError, OverflowError):
            return given  # r ‖ s already, or wrong: the check tells


def check_fit(key: PublicKey) -> None:
    """Refuse a public key that documents are not signed with. Raises: KeyMaterialError (``document-key``)."""
    bits = key.cryptography_key().key_size if key.algorithm == "RSA" else 0  # type: ignore[union-attr]  # RSA
    if key.algorithm in _HALVES or bits in _RSA_BITS:
        return
    raise KeyMaterialError(
        f"A document cannot be signed with a key of kind {key.algorithm} {bits or ''}.".replace(" .", "."),
        code="document-key",
        facts={
            "got": f"{key.algorithm} {bits or ''}".strip(),
            "expected": "RSA 2048 to 4096, P-256 or P-384",
        },
    )


def _wrong(got: str, expected: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"The place of the key gave a wrong answer: got {got}, expected {expected}. Nothing was signed.",
        code="signature-wrong",
        action="Check that the key there is still the one its certificate is for; ask its operator.",
        facts={"got": got, "expected": expected},
    )
