# SPDX-License-Identifier: Apache-2.0
"""One hostile input with the world it is verified in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gakusho.fetch import MemoryFetcher
from gakusho.model.report import Report
from gakusho.proof.keys import PublicKey
from gakusho.verifier.presentation import verify_presentation
from gakusho.verifier.verify import verify

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
MEGABYTE = 1_048_576
VC = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

Json = dict[str, Any]


class Stranger:
    """A key that anybody can make, and the ``did:key`` that is its id."""

    def __init__(self, seed: bytes = b"h" * 32) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = PublicKey.from_cryptography(self._key.public_key())
        self.did = self.public_key.did_key()
        self.method = f"{self.did}#{self.did.removeprefix('did:key:')}"

    def sign(self, data: bytes) -> bytes:
        """Give the signature."""
        return self._key.sign(data)


STRANGER = Stranger()
PROOF: Json = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-03-25T00:00:00Z",
    "verificationMethod": STRANGER.method,
    "proofPurpose": "assertionMethod",
    "proofValue": "z" + "3" * 87,
}
"""A proof that is looked at to the end, and fits nothing: what is signed is computed before that is found."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is put to the verifier."""

    data: bytes
    documents: Mapping[str, bytes] = field(default_factory=dict)
    presented: bool = False
    """Whether it is put to the verifier of presentations."""

    def verify(self) -> Report:
        """Give the report, in a world where only the case's documents can be had."""
        fetcher = MemoryFetcher(dict(self.documents), now=lambda: NOW, source="hostile")
        if self.presented:
            return verify_presentation(self.data, now=NOW, fetcher=fetcher)
        return verify(self.data, now=NOW, fetcher=fetcher)


Maker = Callable[[], Case]
CASES: dict[str, Maker] = {}
"""Every worst case by name; made only when it is run."""


def worst(*numbers: int) -> Callable[[Callable[..., Case]], Callable[..., Case]]:
    """Register a maker of cases under its name, once or for each number."""

    def register(make: Callable[..., Case]) -> Callable[..., Case]:
        name = make.__name__.replace("_", "-")
        if not numbers:
            CASES[name] = make
        for number in numbers:
            CASES[f"{name}-{number}"] = lambda number=number: make(number)  # type: ignore[misc]
        return make

    return register


def text(document: object) -> bytes:
    """Give the JSON text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def credential(subject: object = None, **members: Any) -> Json:
    """Give a credential of the data model 2.0 with a proof that is looked at to the end."""
    return {
        "@context": [VC],
        "id": "urn:uuid:36245ee9-9074-4b05-a777-febff2e69757",
        "type": ["VerifiableCredential"],
        "issuer": STRANGER.did,
        "credentialSubject": {"id": "urn:a:learner", "name": "x"} if subject is None else subject,
        "proof": dict(PROOF),
        **members,
    }


def badge(achievement: Json | None = None, **members: Any) -> Json:
    """Give an Open Badge with a proof that is looked at to the end."""
    return {
        "@context": [VC, OB],
        "id": "urn:uuid:36245ee9-9074-4b05-a777-febff2e69757",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "x",
        "validFrom": "2026-01-01T00:00:00Z",
        "issuer": {"id": STRANGER.did, "type": ["Profile"], "name": "x"},
        "credentialSubject": {
            "id": "urn:a:learner",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:a:achievement",
                "type": ["Achievement"],
                "name": "x",
                "description": "x",
                "criteria": {"narrative": "x"},
                **(achievement or {}),
            },
        },
        "proof": dict(PROOF),
        **members,
    }


def filled(make: Callable[[int], object], *, size: int = MEGABYTE, at_most: int = 1_000_000) -> list[object]:
    """Give as many parts as fit into the size, each made for its number."""
    made, used = [], 0
    for number in range(at_most):
        part = make(number)
        used += len(text(part)) + 1
        if used > size:
            break
        made.append(part)
    return made
