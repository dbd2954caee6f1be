# SPDX-License-Identifier: Apache-2.0
"""The W3C vectors of proof sets and chains; and what may not be done to a chain."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests.fakes.did_keys import lookup

from gakusho.errors import GakushoError
from gakusho.formats._contexts import contexts
from gakusho.model.report import Outcome
from gakusho.proof import ProofOptions
from gakusho.proof.data_integrity import add_proof, proof_checks
from gakusho.proof.signers.encrypted_key import KeptSigner

FOLDER = Path(__file__).parent
Json = dict[str, Any]
FIRST = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"
"""The id of the first proof of ``previousProofStringOk``."""
A, B, C = (f"urn:uuid:4b7e1d3c-0000-4000-8000-00000000000{n}" for n in range(3))


def load(name: str) -> Json:
    loaded: Json = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def flaws(document: Json) -> dict[str, list[str]]:
    """Give which checks fail, by the place of the proof."""
    found: dict[str, list[str]] = {}
    checks = proof_checks(document, now=datetime(2024, 1, 1, tzinfo=UTC), lookup=lookup, contexts=contexts())
    for check in checks:
        if check.outcome is not Outcome.VALID:
            found.setdefault(check.facts.get("proof", "1/1"), []).append(check.code)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "signedProofSet1",
        "signedProofChain1",
        "signedProofChain2",
        "previousProofStringOk",
        "previousProofStringOk-1.1",
    ],
)
def test_every_proof_of_a_published_set_or_chain_verifies(name: str) -> None:
    assert flaws(load(name)) == {}


def test_a_previous_proof_may_stand_alone_or_in_a_list_under_one_signature() -> None:
    assert change("previousProofStringOk", lambda proofs: proofs[1].update(previousProof=[FIRST])) == {}
    other = FIRST.replace("2", "3")
    found = change("previousProofStringOk", lambda proofs: proofs[1].update(previousProof=[other]))
    assert "proof.chain" in found["2/2"]


def change(name: str, spoil: Callable[[list[Json]], object]) -> dict[str, list[str]]:
    document = load(name)
    spoil(document["proof"])
    return flaws(document)


def test_a_proof_taken_out_of_a_chain_is_missed_by_the_one_that_follows_it() -> None:
    missing = ["proof.chain", "proof.signature"]
    assert change("signedProofChain2", lambda p: p.pop(0)) == {"2/3": missing}
    assert change("signedProofChain2", lambda p: p.pop(2)) == {"3/3": missing}


def test_a_changed_proof_breaks_the_one_that_follows_it_too() -> None:
    assert change("signedProofChain2", lambda p: p[0].update(created="2023-02-24T23:36:39Z")) == {
        "1/4": ["proof.signature"],
        "3/4": ["proof.signature"],
    }


def test_the_order_of_a_chain_counts() -> None:
    swapped = change("signedProofChain2", lambda p: p.insert(2, p.pop(3)))
    assert swapped == {"3/4": ["proof.chain", "proof.signature"]}


def test_a_circle_is_no_chain() -> None:
    def closed(proofs: list[Json]) -> None:
        proofs[3]["id"] = A
        proofs[2]["previousProof"] = A

    assert change("signedProofChain2", closed)["3/4"] == ["proof.chain", "proof.signature"]
    own = change("signedProofChain2", lambda p: p[2].update(previousProof=p[2]["id"]))
    assert own["3/4"] == ["proof.chain", "proof.signature"]


@pytest.mark.parametrize("previous", [5, {}, [], [5], [[A]], "", None, [A, A], "urn:uuid:nobody"])
def test_what_names_no_proof_is_no_chain(previous: object) -> None:
    found = change("signedProofChain1", lambda p: p[2].update(previousProof=previous))
    assert found == {"3/3": ["proof.chain", "proof.signature"]}


def test_two_proofs_of_one_id_are_nobody_s_previous_proof() -> None:
    found = change("signedProofChain1", lambda p: p[1].update(id=p[0]["id"]))
    assert "proof.chain" in found["3/3"]


def test_a_chain_stripped_of_its_claim_to_be_one_does_not_verify() -> None:
    assert change("signedProofChain2", lambda p: p[3].pop("previousProof")) == {"4/4": ["proof.signature"]}


def key(kind: str) -> KeptSigner:
    if kind == "Ed25519":
        return KeptSigner(ed25519.Ed25519PrivateKey.generate())
    return KeptSigner(ec.generate_private_key(ec.SECP384R1()))


def added(document: Json, suite: str, signer: KeptSigner, **options: Any) -> Json:
    did = signer.public_key.did_key()
    method = f"{did}#{did.removeprefix('did:key:')}"
    made = ProofOptions(verification_method=method, created=datetime(2023, 8, 1, tzinfo=UTC), **options)
    return add_proof(document, suite=suite, signer=signer, options=made, contexts=contexts())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("eddsa-rdfc-2022", "eddsa-jcs-2022"),
        ("eddsa-jcs-2022", "eddsa-rdfc-2022"),
        ("ecdsa-jcs-2019", "ecdsa-jcs-2019"),
        ("ecdsa-rdfc-2019", "eddsa-rdfc-2022"),
    ],
)
def test_suites_can_be_mixed_in_a_chain(first: str, second: str) -> None:
    plain = {name: value for name, value in load("signedProofSet1").items() if name != "proof"}
    one = added(plain, first, key("Ed25519" if "eddsa" in first else "P-384"), id=A)
    two = added(one, second, key("Ed25519" if "eddsa" in second else "P-384"), id=B, previous_proof=A)
    three = added(two, "eddsa-rdfc-2022", key("Ed25519"), previous_proof=(A, B))
    assert flaws(three) == {}
    del three["proof"][0]
    assert sorted(flaws(three)) == ["1/2", "2/2"]


def test_a_long_chain_on_a_large_document_is_refused_before_it_costs_seconds() -> None:
    document = load("signedProofChain2")
    document["credentialSubject"]["parts"] = [[] for _ in range(30_000)]
    assert flaws(document) == {"1/1": ["proof.present"]}
    document["proof"] = document["proof"][:3]
    assert "proof.present" not in flaws(document)["1/3"]


def test_a_proof_cannot_follow_one_that_is_not_there() -> None:
    with pytest.raises(GakushoError) as error:
        added(load("signedProofSet1"), "eddsa-rdfc-2022", key("Ed25519"), previous_proof=C)
    assert error.value.code == "previous-proof"
