# SPDX-License-Identifier: Apache-2.0
"""The W3C vectors of eddsa-rdfc-2022: every intermediate value, and the signature made again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.fakes.did_keys import lookup

from gakusho.formats._contexts import contexts
from gakusho.model.report import Check, Outcome
from gakusho.proof import ProofOptions, multibase
from gakusho.proof.canonical import canonicalize
from gakusho.proof.data_integrity import add_proof, proof_checks
from gakusho.proof.quads import quads
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.suites.eddsa_rdfc_2022 import hash_data

FOLDER = Path(__file__).parent


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text(name))
    return loaded


def check(document: dict[str, Any]) -> list[Check]:
    return proof_checks(document, now=datetime(2023, 3, 1, tzinfo=UTC), lookup=lookup, contexts=contexts())


def test_the_proof_options_have_the_published_canonical_form() -> None:
    signed = load("signedDataInt.json")
    options = {key: value for key, value in signed["proof"].items() if key != "proofValue"}
    options["@context"] = signed["@context"]
    assert canonicalize(quads(options, contexts())) == text("proofCanonDataInt.txt")


def test_what_is_signed_has_the_published_hash() -> None:
    signed = load("signedDataInt.json")
    proof = signed.pop("proof")
    assert hash_data(signed, proof, contexts()).hex() == text("combinedHashDataInt.txt")


def test_the_published_signature_verifies() -> None:
    signed = load("signedDataInt.json")
    assert {found.outcome for found in check(signed)} == {Outcome.VALID}


def test_signing_again_gives_the_published_proof() -> None:
    signed = load("signedDataInt.json")
    keys = load("keyPair.json")
    private = ed25519.Ed25519PrivateKey.from_private_bytes(multibase.decode(keys["privateKeyMultibase"])[2:])
    signer = KeptSigner(private)
    assert signer.public_key.multikey() == keys["publicKeyMultibase"]
    options = ProofOptions(
        verification_method=signed["proof"]["verificationMethod"],
        created=datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC),
    )
    unsigned = {key: value for key, value in signed.items() if key != "proof"}
    again = add_proof(unsigned, suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts())
    assert again == signed


def test_the_first_proof_of_the_set_verifies() -> None:
    assert {found.outcome for found in check(load("../proof_chains/signedProofSet1.json"))} == {Outcome.VALID}


@pytest.mark.parametrize("member", ["name", "description", "issuer", "validFrom", "id"])
def test_a_changed_vector_does_not_verify(member: str) -> None:
    signed = load("signedDataInt.json")
    signed[member] += "0" if member != "validFrom" else ""
    signed["validFrom"] = "2023-01-01T00:00:01Z" if member == "validFrom" else signed["validFrom"]
    assert [found.code for found in check(signed) if found.outcome is Outcome.INVALID] == ["proof.signature"]
