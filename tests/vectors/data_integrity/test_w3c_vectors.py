# SPDX-License-Identifier: Apache-2.0
"""The W3C vectors of the suites over one document: what is hashed, and the proof made again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.deterministic import DeterministicSigner
from tests.fakes.did_keys import lookup

from gakusho.formats._contexts import contexts
from gakusho.model.report import Check, Outcome
from gakusho.proof import ProofOptions, multibase
from gakusho.proof.data_integrity import proof_checks
from gakusho.proof.suites import suites
from gakusho.proof.suites._hash_and_sign import HashAndSign

FOLDER = Path(__file__).parent


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


VECTORS = load("proofs.json")
NAMES = [f"{vector['source'].rpartition('/')[2]} {vector['proof']['proofValue'][:8]}" for vector in VECTORS]
BY_ECDSA = [vector for vector in VECTORS if vector["key"] != "Ed25519"]
OLDER = [
    vector
    for vector in BY_ECDSA
    if vector["proof"]["cryptosuite"] == "ecdsa-jcs-2019" and "@context" not in vector["proof"]
]
DETERMINISTIC = [vector for vector in BY_ECDSA if vector["proof"]["cryptosuite"] == "ecdsa-rdfc-2019"]


def unsigned(vector: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = load("unsigned.json")
    if "context" in vector:
        document["@context"].append(vector["context"])
    return document


def suite(vector: dict[str, Any]) -> HashAndSign:
    found = suites()[vector["proof"].get("cryptosuite", vector["proof"]["type"])]
    assert isinstance(found, HashAndSign)
    return found


def hash_data(vector: dict[str, Any]) -> bytes:
    return suite(vector).hash_data(
        unsigned(vector), vector["proof"], contexts=contexts(), algorithm=vector["key"]
    )


def signer_for(vector: dict[str, Any]) -> DeterministicSigner:
    keys = load("keys.json")[vector["key"]]
    signer = DeterministicSigner(vector["key"], keys["secretKeyMultibase"])
    assert signer.public_key.multikey() == keys["publicKeyMultibase"]
    return signer


def check(document: dict[str, Any]) -> list[Check]:
    return proof_checks(document, now=datetime(2023, 3, 1, tzinfo=UTC), lookup=lookup, contexts=contexts())


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_the_published_proof_verifies_and_not_for_a_changed_document(vector: dict[str, Any]) -> None:
    signed = {**unsigned(vector), "proof": vector["proof"]}
    assert {found.outcome for found in check(signed)} == {Outcome.VALID}
    changed = {**signed, "name": "Alumni credential"}
    assert [found.code for found in check(changed) if found.outcome is not Outcome.VALID] == [
        "proof.signature"
    ]


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_what_is_signed_has_the_published_hash(vector: dict[str, Any]) -> None:
    """Of some only the hash of the document was published."""
    data = hash_data(vector).hex()
    half = len(data) // 2
    assert data[half:] == vector["document_hash"]
    assert data[:half] == (vector["proof_hash"] or data[:half])


@pytest.mark.parametrize("vector", DETERMINISTIC, ids=lambda vector: vector["proof"]["proofValue"][:8])
def test_signing_again_gives_the_published_proof(vector: dict[str, Any]) -> None:
    signer = signer_for(vector)
    options = ProofOptions(
        verification_method=vector["proof"]["verificationMethod"],
        created=datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC),
    )
    proof = suite(vector).sign(unsigned(vector), signer=signer, options=options, contexts=contexts())
    assert proof == vector["proof"]


@pytest.mark.parametrize("vector", OLDER, ids=lambda vector: vector["proof"]["proofValue"][:8])
def test_the_published_signature_is_the_one_over_the_hash(vector: dict[str, Any]) -> None:
    """These vectors are older than the rule that a proof over JSON carries the document's contexts."""
    assert multibase.encode(signer_for(vector).sign(hash_data(vector))) == vector["proof"]["proofValue"]
