# SPDX-License-Identifier: Apache-2.0
"""What the tests of proofs share: fixtures only, no behavior."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gakusho.formats import _contexts
from gakusho.proof import MethodLookup, ProofOptions, Signer, VerificationMethod
from gakusho.proof.contexts import Contexts
from gakusho.proof.data_integrity import add_proof
from gakusho.proof.signers.encrypted_key import SIGNER

DOCUMENTS = Path(__file__).parents[2] / "vectors" / "json_ld"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
SECRET = bytes(range(200, 232))

_KEY = SIGNER.create("Ed25519", SECRET)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def contexts() -> Contexts:
    return _contexts.contexts()


@pytest.fixture
def document() -> Callable[[str], dict[str, Any]]:
    """Give a fresh copy of a document of the vectors by name."""

    def load(name: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
        return loaded

    return load


@pytest.fixture
def signer() -> Signer:
    return SIGNER.open(_KEY, SECRET)


@pytest.fixture
def method(signer: Signer) -> VerificationMethod:
    return VerificationMethod(
        id="did:web:u.example#key-1",
        controller="did:web:u.example",
        key=signer.public_key,
        purposes=frozenset({"assertionMethod"}),
        source="https://u.example/.well-known/did.json",
    )


@pytest.fixture
def lookup(method: VerificationMethod) -> MethodLookup:
    return lambda _: method


@pytest.fixture
def signed(document: Callable[[str], dict[str, Any]], signer: Signer, contexts: Contexts) -> dict[str, Any]:
    return add_proof(
        document("open_badge_3"),
        suite="eddsa-rdfc-2022",
        signer=signer,
        options=ProofOptions(verification_method="did:web:u.example#key-1", created=NOW),
        contexts=contexts,
    )
