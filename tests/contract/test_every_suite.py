# SPDX-License-Identifier: Apache-2.0
"""What every Data Integrity suite keeps; a new file in proof/suites/ is tested here by lying there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gakusho.errors import ConflictError, GakushoError, InputError, UndefinedTermError
from gakusho.formats._contexts import contexts
from gakusho.proof import ProofOptions, SelectiveSuite, Signer, Suite
from gakusho.proof.signers.encrypted_key import SIGNER
from gakusho.proof.suites import suites

SECRET = bytes(range(170, 202))
OPTIONS = ProofOptions(
    verification_method="did:web:u.example#key-1", created=datetime(2026, 4, 1, tzinfo=UTC)
)


def signer_for(suite: Suite, number: int = 0) -> Signer:
    algorithm = suite.algorithms[number]
    return SIGNER.open(SIGNER.create("RSA-3072" if algorithm == "RSA" else algorithm, SECRET), SECRET)


def credential() -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "name": "学位記",
        "issuer": "did:web:u.example",
        "validFrom": "2026-03-25T00:00:00Z",
        "credentialSubject": {"id": "did:example:abc"},
    }


SIGNING = {name: suite for name, suite in suites().items() if not suite.legacy}
LEGACY = {name: suite for name, suite in suites().items() if suite.legacy}


@pytest.fixture(params=list(SIGNING.values()), ids=list(SIGNING))
def suite(request: pytest.FixtureRequest) -> Suite:
    found: Suite = request.param
    return found


def signed(suite: Suite, signer: Signer, document: dict[str, Any]) -> dict[str, Any]:
    return suite.sign(document, signer=signer, options=OPTIONS, contexts=contexts())


def sealed(suite: Suite, signer: Signer, document: dict[str, Any]) -> dict[str, Any]:
    """Give the proof as a verifier sees it: of a selective suite, that of a holder who shows all."""
    proof = signed(suite, signer, document)
    selective: object = suite
    if isinstance(selective, SelectiveSuite):
        shown = selective.derive(document, proof, pointers=[""], contexts=contexts())
        proof = shown.pop("proof")
        assert shown == document
    return proof


def test_there_are_suites_under_their_own_names() -> None:
    assert "eddsa-rdfc-2022" in suites()
    assert all(name == found.name for name, found in suites().items())


@pytest.mark.parametrize("name", LEGACY)
def test_nothing_new_is_signed_with_a_legacy_suite(name: str) -> None:
    with pytest.raises(ConflictError):
        signed(LEGACY[name], signer_for(LEGACY[name]), credential())


def test_what_was_signed_verifies_with_every_algorithm(suite: Suite) -> None:
    for number in range(len(suite.algorithms)):
        signer = signer_for(suite, number)
        proof = sealed(suite, signer, credential())
        assert proof["type"] == "DataIntegrityProof"
        assert proof["cryptosuite"] == suite.name
        assert suite.verify(credential(), proof, key=signer.public_key, contexts=contexts())


def test_any_other_document_proof_or_key_does_not_verify(suite: Suite) -> None:
    signer = signer_for(suite)
    proof = sealed(suite, signer, credential())
    other = {**credential(), "name": "修了証"}
    assert not suite.verify(other, proof, key=signer.public_key, contexts=contexts())
    later = {**proof, "created": "2026-04-02T00:00:00Z"}
    assert not suite.verify(credential(), later, key=signer.public_key, contexts=contexts())
    stranger = signer_for(suite).public_key
    assert not suite.verify(credential(), proof, key=stranger, contexts=contexts())


def test_a_malformed_proof_value_is_an_input_error_or_does_not_fit(suite: Suite) -> None:
    signer = signer_for(suite)
    proof = sealed(suite, signer, credential())
    values: list[object] = [
        None,
        "",
        "z",
        "not base58 0OIl",
        5,
        [],
        "z" + "1" * 64,
        "m" + proof["proofValue"][1:],
    ]
    for value in values:
        try:
            fits = suite.verify(
                credential(), {**proof, "proofValue": value}, key=signer.public_key, contexts=contexts()
            )
        except InputError:
            continue
        assert not fits


def test_a_key_of_another_kind_is_refused(suite: Suite) -> None:
    other = "RSA-3072" if "RSA" not in suite.algorithms else "Ed25519"
    with pytest.raises(GakushoError):
        sealed(suite, SIGNER.open(SIGNER.create(other, SECRET), SECRET), credential())


def test_an_undefined_term_is_refused_at_signing_and_at_verifying(suite: Suite) -> None:
    signer = signer_for(suite)
    flawed = {**credential(), "gpa": "4.0"}
    with pytest.raises(UndefinedTermError):
        sealed(suite, signer, flawed)
    proof = sealed(suite, signer, credential())
    with pytest.raises(UndefinedTermError):
        suite.verify(flawed, proof, key=signer.public_key, contexts=contexts())
