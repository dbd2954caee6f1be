# SPDX-License-Identifier: Apache-2.0
"""How a document is sealed: canonicalize, sign and check, with a given key at a given time.

Nothing here fetches a key or reads the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from gakusho.proof.contexts import Contexts
from gakusho.proof.keys import PublicKey


@runtime_checkable
class Signer(Protocol):
    """A private key, wherever it lives, that can sign."""

    @property
    def public_key(self) -> PublicKey:
        """The key that checks what this one signs."""

    def sign(self, data: bytes) -> bytes:
        """Give the raw signature.

        64 bytes for Ed25519, IEEE P1363 (r ‖ s) for ECDSA (SHA-256 with P-256, SHA-384 with P-384),
        PKCS #1 v1.5 with SHA-256 for RSA.
        """


@runtime_checkable
class PortableSigner(Protocol):
    """A signer (that is also this) whose key may be handed to another process of the same server.

    One whose key cannot leave its place, such as hardware or a service, is none; it is asked for each
    signature where it is.
    """

    store: str
    """The name of the key store that opens the wrapped key."""

    def wrapped(self, secret: bytes) -> bytes:
        """Give the key in the form at rest of its store, under this secret.

        Raises: KeyMaterialError for a secret shorter than 8 bytes.
        """


@runtime_checkable
class ManySigner(Protocol):
    """A signer (that is also this) to which many are given at once, where each asking costs much."""

    def sign_many(self, data: Sequence[bytes]) -> list[bytes]:
        """Give the raw signature of each, in order; all of them, or an error."""


class Custodian(Protocol):
    """Where a key is that never leaves: hardware, or a service. It signs digests."""

    def sign_digests(self, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Give the signature of each digest, in order; of ECDSA as r ‖ s or as DER.

        ``algorithm`` made the digests, by its ``hashlib`` name (sha256, sha384). Raises: UnreachableError,
        KeyMaterialError, LockedKeyError.
        """


Reach = Callable[[Mapping[str, str]], Custodian]
"""From the place of a key, as it is kept, to who signs with it there; nothing is asked yet."""


@runtime_checkable
class OutsideKeyStore(Protocol):
    """A key store (that is also this) whose keys live outside this process and never come in."""

    place: tuple[str, ...]
    """What must be known of where a key is, by name."""

    def keep(self, place: Mapping[str, str], public_key: PublicKey, secret: bytes) -> bytes:
        """Give the form at rest of where a key is: the place, wrapped under ``secret``.

        Raises: KeyMaterialError for a place that lacks something, or a key that cannot be signed with there.
        """

    def kept_place(self, kept: bytes, secret: bytes) -> Mapping[str, str]:
        """Give the place of a kept key. Raises: LockedKeyError, UnreadableError."""

    def reached(self, reach: Reach) -> KeyStore:
        """Give the same store with the way to its keys, by which it can open them."""


@runtime_checkable
class KeyStore(Protocol):
    """One place a key lives (``SIGNER`` in ``proof/signers/``)."""

    name: str

    def create(self, algorithm: str, secret: bytes) -> bytes:
        """Make a key of ``algorithm`` (Ed25519, P-256, P-384, RSA-3072) and give its form at rest.

        ``secret`` wraps it; the private key never leaves unwrapped.
        """

    def open(self, kept: bytes, secret: bytes) -> Signer:
        """Give the signer for a kept key. Raises: LockedKeyError."""


@dataclass(frozen=True, kw_only=True)
class ProofOptions:
    """What a proof says besides its signature. Data Integrity 1.0, section 2.1."""

    verification_method: str
    created: datetime
    purpose: str = "assertionMethod"
    challenge: str | None = None
    domain: str | None = None
    id: str | None = None
    expires: datetime | None = None
    previous_proof: str | tuple[str, ...] | None = None
    """Ids of the proofs on the document that this one covers too. Section 2.1.2, proof chains."""
    mandatory_pointers: tuple[str, ...] = ()
    """For suites with selective disclosure: the JSON pointers a holder cannot hold back."""


@dataclass(frozen=True, kw_only=True)
class VerificationMethod:
    """A public key as its controller publishes it. Controlled Identifiers 1.0, section 2.2."""

    id: str
    controller: str
    key: PublicKey
    purposes: frozenset[str]
    """The verification relationships it stands under: ``assertionMethod``, ``authentication`` …"""
    expires: datetime | None = None
    """Retired: proofs made later do not count."""
    revoked: datetime | None = None
    """No longer trusted from this time on."""
    source: str = ""
    time: datetime | None = None


MethodLookup = Callable[[str], VerificationMethod]
"""From a verification method's id to the method.

Raises UnreachableError when it could not be asked (→ unknown), InputError or NotFoundError when the
answer is that there is no such method (→ invalid).
"""


@runtime_checkable
class Suite(Protocol):
    """One Data Integrity cryptosuite (``SUITE`` in ``proof/suites/``)."""

    name: str
    """The ``cryptosuite``, or, of a suite older than Data Integrity 1.0, the proof's ``type``."""
    algorithms: tuple[str, ...]
    legacy: bool
    """Older than Data Integrity 1.0: found by the proof's ``type``, checked, but never signed with."""

    def sign(
        self, document: Mapping[str, Any], *, signer: Signer, options: ProofOptions, contexts: Contexts
    ) -> dict[str, Any]:
        """Give the proof for an unsecured document. Raises: UndefinedTermError, TooComplexError."""

    def verify(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        key: PublicKey,
        contexts: Contexts,
    ) -> bool:
        """Tell whether the proof's signature fits a document (given without its proof).

        Raises: UndefinedTermError, TooComplexError.
        """


@runtime_checkable
class SelectiveSuite(Protocol):
    """A suite whose holder can hold statements back (a ``SUITE`` that is also this)."""

    def derive(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        pointers: Sequence[str],
        contexts: Contexts,
    ) -> dict[str, Any]:
        """Give the document with only the mandatory and the chosen parts, with its derived proof.

        ``document`` is given without its proof; ``pointers`` are JSON pointers (RFC 6901).
        Raises: InputError for a pointer that leads nowhere or a proof that cannot be derived from.
        """

    def mandatory(self, proof: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the pointers a base proof says cannot be held back. Raises: UnreadableError."""
