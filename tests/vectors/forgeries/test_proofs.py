# SPDX-License-Identifier: Apache-2.0
"""Forgeries in proofs: none, of another kind, purpose, key or time, in chains and sets."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from tests.fakes.university import NOW, University
from tests.vectors.forgeries.forging import (
    Change,
    Json,
    badge,
    believed,
    changed,
    judged,
    proof,
    put,
    refused,
    signed_again,
    unsigned,
)

from gakusho.model.report import Headline, Outcome
from gakusho.registry import did_document

requirement = pytest.mark.requirement
UNIVERSITY = University()
BADGE = badge(UNIVERSITY)
again = partial(signed_again, UNIVERSITY)


def forged(change: Change) -> Json:
    return changed(BADGE, change)


@requirement("Threat L11", "without a proof that is one, nothing is signed")
@pytest.mark.parametrize("value", [None, [], {}, [{}], "", "proof", 5, [None], [[]], True])
def test_no_proof(value: Any) -> None:
    assert judged(UNIVERSITY, {**BADGE, "proof": value}).outcome is Outcome.INVALID
    assert judged(UNIVERSITY, unsigned(BADGE)).outcome is Outcome.INVALID


@requirement("Threat L11", "a proof of an unknown kind alone proves nothing")
def test_an_unknown_suite() -> None:
    assert judged(UNIVERSITY, forged(proof(cryptosuite="evil-2030"))).outcome is Outcome.UNKNOWN
    assert judged(UNIVERSITY, forged(proof(type="EvilProof"))).outcome is not Outcome.VALID


@requirement("Threat L12", "a proof for another purpose, even rightly signed, does not issue")
@pytest.mark.parametrize("purpose", ["authentication", "keyAgreement", "capabilityInvocation", ""])
def test_another_purpose(purpose: str) -> None:
    refused(UNIVERSITY, forged(proof(proofPurpose=purpose)), {"proof.purpose"})
    made = again(unsigned(BADGE), purpose=purpose or "authentication")
    refused(UNIVERSITY, made, {"proof.purpose"})


@requirement("Threat L13", "a key that is not published for issuing does not issue")
def test_a_key_for_something_else() -> None:
    university = University()
    published = did_document(university.did, [university.published_key(purposes=("authentication",))])
    good = dict(university.documents)
    university.documents["https://aoba.example/.well-known/did.json"] = json.dumps(published).encode()
    refused(university, BADGE, {"proof.key"}, reason="relationship")
    university.documents |= good
    believed(university, BADGE)


@requirement("Threat L14", "a key of the forger's own does not sign in the university's name")
def test_the_forgers_own_key() -> None:
    forger = University.by_key(b"f" * 32)
    document = unsigned(BADGE)
    made = json.loads(forger.signed(document))
    wrong = refused(UNIVERSITY, made, {"issuer.binding"})
    assert {one.code for one in wrong} == {"issuer.binding"}
    twin = changed(document, put("issuer", "id", value=forger.did))
    believed(
        UNIVERSITY, json.loads(forger.signed(unsigned(changed(twin, lambda d: d.pop("credentialStatus")))))
    )


CONTROLLERS: dict[str, dict[str, Any]] = {
    "another controller": {"controller": "did:web:evil.example"},
    "an id elsewhere": {"id": "did:web:evil.example#key-1"},
    "no controller": {"controller": None},
}


@requirement("Threat L15", "a key that another controls, or of another document, is refused")
@pytest.mark.parametrize("spoil", CONTROLLERS.values(), ids=CONTROLLERS.keys())
def test_another_controller(spoil: dict[str, Any]) -> None:
    university = University()
    url = "https://aoba.example/.well-known/did.json"
    document = json.loads(university.documents[url])
    document["verificationMethod"][0] |= spoil
    university.documents[url] = json.dumps(document).encode()
    refused(university, BADGE, {"proof.key"})


@requirement(
    "Threat L15", "a DID document of another DID, and a did:key whose key is named otherwise, are refused"
)
def test_another_document() -> None:
    university = University()
    url = "https://aoba.example/.well-known/did.json"
    document = json.loads(university.documents[url])
    university.documents[url] = json.dumps({**document, "id": "did:web:evil.example"}).encode()
    assert judged(university, BADGE).outcome is not Outcome.VALID
    one, other = University.by_key(b"1" * 32), University.by_key(b"2" * 32)
    made = badge(one)
    made["proof"]["verificationMethod"] = f"{one.did}#{other.did.removeprefix('did:key:')}"
    assert judged(one, made).outcome is Outcome.INVALID


def chain() -> Json:
    first = again(unsigned(BADGE), id="urn:p:1")
    return again(first, id="urn:p:2", previous_proof="urn:p:1")


BROKEN_CHAINS: dict[str, Change] = {
    "absent": put("proof", 1, "previousProof", value="urn:p:9"),
    "taken out": lambda document: document["proof"].pop(0),
    "emptied": put("proof", 1, "previousProof", value=[]),
    "itself": put("proof", 1, "previousProof", value="urn:p:2"),
    "turned": lambda document: document["proof"][0].update({"previousProof": "urn:p:2"}),
    "claim dropped": lambda document: document["proof"][1].pop("previousProof"),
}


@requirement("Threat L17", "a chain with a proof missing, changed or in a circle is refused")
@pytest.mark.parametrize("change", BROKEN_CHAINS.values(), ids=BROKEN_CHAINS.keys())
def test_chains(change: Change) -> None:
    believed(UNIVERSITY, chain())
    assert judged(UNIVERSITY, changed(chain(), change)).outcome is Outcome.INVALID


@requirement("Threat L18", "of a set of proofs all count: a valid one does not carry an invalid one")
@pytest.mark.parametrize("first", [True, False])
def test_sets(*, first: bool) -> None:
    good, other = BADGE["proof"], {**BADGE["proof"], "created": "2026-03-24T00:00:00Z"}
    both = [other, good] if first else [good, other]
    report = judged(UNIVERSITY, {**BADGE, "proof": both})
    assert report.headline is Headline.NOT_GENUINE
    signatures = [one.outcome for one in report.checks if one.code == "proof.signature"]
    assert sorted(signatures) == [Outcome.INVALID, Outcome.VALID]


@requirement("Threat L19", "what a proof says is signed too: nothing in it can be added or changed")
@pytest.mark.parametrize(
    "change",
    [
        {"expirationDate": "2030-01-01T00:00:00Z"},
        {"expires": "2030-01-01T00:00:00Z"},
        {"created": "2020-01-01T00:00:00Z"},
        {"nonce": "x"},
        {"domain": "evil.example"},
        {"challenge": "x"},
        {"id": "urn:p:1"},
        {"@context": "https://w3id.org/security/data-integrity/v2"},
        {"proof": [[]]},
        {"proof": ["x"]},
        {"proof": [{"type": "DataIntegrityProof"}]},
    ],
    ids=lambda one: next(iter(one)),
)
def test_what_a_proof_says(change: Json) -> None:
    assert judged(UNIVERSITY, forged(proof(**change))).outcome is Outcome.INVALID


@requirement("Threat L20", "a proof under the name of another suite is refused")
@pytest.mark.parametrize(
    "change",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": "ecdsa-rdfc-2019"},
        {"cryptosuite": "ecdsa-sd-2023"},
        {"cryptosuite": "EDDSA-RDFC-2022"},
        {"type": "Ed25519Signature2020"},
        {"type": "Ed25519Signature2018"},
        {"cryptosuite": None},
        {"cryptosuite": ["eddsa-rdfc-2022"]},
    ],
    ids=str,
)
def test_another_suite(change: Json) -> None:
    assert judged(UNIVERSITY, forged(proof(**change))).outcome is not Outcome.VALID


VALUE = BADGE["proof"]["proofValue"]


@requirement("Threat L21", "a proof value of another length or spelling is refused")
@pytest.mark.parametrize(
    "value",
    [
        VALUE[:-1],
        VALUE + "1",
        VALUE[1:],
        "u" + VALUE[1:],
        "z1" + VALUE[1:],
        " " + VALUE,
        VALUE + "\n",
        VALUE.upper(),
        "z",
        "",
        None,
        5,
        [VALUE],
        "f" + "00" * 64,
        "0" * 88,
    ],
    ids=lambda value: repr(value)[:12],
)
def test_proof_values(value: Any) -> None:
    refused(UNIVERSITY, forged(proof(proofValue=value)), {"proof.signature"})


@requirement("Threat L22", "a proof of tomorrow, one that has ended, and times that are none are refused")
@pytest.mark.parametrize(
    "value",
    ["2026-13-01T00:00:00Z", "yesterday", "2026-W01-1", "20260101T000000Z", "2026-01-01T24:00:00Z", 5, None],
)
def test_times_of_proofs(value: Any) -> None:
    assert judged(UNIVERSITY, forged(proof(created=value))).outcome is Outcome.INVALID


@requirement("Threat L22", "a proof is not from the future, and not past its end")
def test_times_of_proofs_that_are_signed() -> None:
    plain = unsigned(BADGE)
    refused(UNIVERSITY, again(plain, created=NOW + timedelta(hours=1)), {"proof.created"}, reason="future")
    ended = again(plain, expires=NOW - timedelta(seconds=1))
    refused(UNIVERSITY, ended, {"proof.created"}, reason="expired")
    believed(UNIVERSITY, again(plain, expires=NOW + timedelta(seconds=1)))
