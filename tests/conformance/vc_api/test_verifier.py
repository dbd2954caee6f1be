# SPDX-License-Identifier: Apache-2.0
"""VC-API, verifying: what the CCG's verifier suite asks, with its vector and with what is issued here."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.endpoint import Endpoint, Json

requirement = pytest.mark.requirement

# tests/vectors.js of https://github.com/w3c-ccg/vc-api-verifier-test-suite at commit
# 6df22b844dc12144dd566b2b1efc97ee2e9658ce, made from the test vectors of Data Integrity EdDSA 1.0.
VECTOR: Json = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
        "https://w3id.org/security/suites/ed25519-2020/v1",
    ],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    "proof": {
        "type": "Ed25519Signature2020",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
        "#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "proofPurpose": "assertionMethod",
        "proofValue": "z57Mm1vboMtZiCyJ4aReZsv8co4Re64Y8GEjL1ZARzMbXZgkARFLqFs1P345NpPGG2hgCrS4nNdv"
        "JhpwnrNyG3kEF",
    },
}


@pytest.fixture(scope="module", params=["vector", "eddsa-rdfc-2022", "ecdsa-jcs-2019"])
def valid(client: TestClient, request: pytest.FixtureRequest) -> Json:
    """Give the vector of the suite, and credentials issued here."""
    if request.param == "vector":
        return VECTOR
    endpoint = Endpoint(client, {"cryptosuite": request.param})
    return endpoint.issued(endpoint.credential(id="urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc34"))


def refuses(endpoint: Endpoint, credential: Any) -> None:
    answer = endpoint.verify_proof(credential)
    assert answer.status_code == 400, answer.text
    found = answer.json()
    assert found.get("verified", False) is False


@requirement("VC-API verify", "a valid credential is answered with 200")
def test_a_valid_credential(endpoint: Endpoint, valid: Json) -> None:
    answer = endpoint.verify_proof(valid)
    assert answer.status_code == 200, answer.text
    assert answer.json()["verified"] is True


@requirement("VC-API verify", "checks of proof answer for the proof alone; all of them say whose key it was")
def test_the_proof_alone_and_all_checks(endpoint: Endpoint) -> None:
    alone = {one["code"] for one in endpoint.verify_proof(VECTOR).json()["checks"]}
    assert all(code.startswith(("proof.", "format.")) for code in alone)
    answer = endpoint.verify(VECTOR, checks=["proof", "issuer"])
    assert answer.status_code == 400
    checks = {one["code"]: one["outcome"] for one in answer.json()["checks"]}
    assert checks["issuer.binding"] == "invalid"
    assert {one["title"] for one in answer.json()["problemDetails"]} == {"issuer.binding"}


@requirement("VC-API verify", "without checks, that the key is not the issuer's own is a warning")
def test_another_key_than_the_issuers_is_told(endpoint: Endpoint) -> None:
    answer = endpoint.verify(VECTOR)
    assert answer.status_code == 200
    assert {one["title"] for one in answer.json()["warnings"]} == {"issuer.binding"}
    changed = endpoint.verify({**VECTOR, "issuer": "https://vc.example/issuers/5679"})
    assert changed.status_code == 400
    assert "proof.signature" in {one["title"] for one in changed.json()["problemDetails"]}


@requirement("VC-API verify", "expectedProofPurpose is compared with that of the proof")
def test_another_purpose_is_expected(endpoint: Endpoint, valid: Json) -> None:
    assert endpoint.verify(valid, checks=["proof"], expectedProofPurpose="assertionMethod").status_code == 200
    answer = endpoint.verify(valid, checks=["proof"], expectedProofPurpose="authentication")
    assert answer.status_code == 400
    assert {one["title"] for one in answer.json()["problemDetails"]} == {"proof.purpose"}


@requirement("VC-API verify", "a credential without one of its members is answered with 400")
@pytest.mark.parametrize("member", ["@context", "type", "issuer", "credentialSubject", "proof"])
def test_a_member_is_missing(endpoint: Endpoint, valid: Json, member: str) -> None:
    refuses(endpoint, {name: value for name, value in valid.items() if name != member})


@requirement("VC-API verify", "a proof without one of its members is answered with 400")
@pytest.mark.parametrize("member", ["type", "created", "verificationMethod", "proofValue", "proofPurpose"])
def test_a_member_of_the_proof_is_missing(endpoint: Endpoint, valid: Json, member: str) -> None:
    proof = {name: value for name, value in valid["proof"].items() if name != member}
    refuses(endpoint, {**valid, "proof": proof})


@requirement("VC-API verify", "members of another type are answered with 400")
@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("@context", ["string", {}, None, 10, True]),
        ("@context", [[[]], [{}], [None], [10], [True]]),
        ("type", ["string", {}, None, 10, True]),
        ("type", [[[]], [{}], [None], [10], [True]]),
        ("issuer", [[], None, 10, True]),
        ("credentialSubject", ["string", None, 10, True, []]),
        ("proof", ["string", None, 10, True, []]),
    ],
)
def test_a_member_of_another_type(endpoint: Endpoint, valid: Json, member: str, values: list[Any]) -> None:
    for value in values:
        refuses(endpoint, {**valid, member: value})


@requirement("VC-API verify", "what is no credential is answered with 400")
@pytest.mark.parametrize("shown", [None, 4, "", [], "text", {}])
def test_what_is_no_credential(endpoint: Endpoint, shown: object) -> None:
    refuses(endpoint, shown)


@requirement("VC-API verify", "a body that is no JSON object, or has unusable options, is answered with 400")
@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"verifiableCredential":{},"verifiableCredential":{}}', b"\xff", b"4"]
)
def test_what_is_no_body(client: TestClient, data: bytes) -> None:
    for path in ("issue", "derive", "verify"):
        assert client.post(f"/vc-api/credentials/{path}", content=data).status_code == 400
    assert client.post("/vc-api/presentations/verify", content=data).status_code == 400


@requirement("VC-API verify", "a token is verified as a credential is")
def test_a_token_as_text(client: TestClient) -> None:
    endpoint = Endpoint(client, {"cryptosuite": "vc+jwt", "keyType": "Ed25519"})
    token = endpoint.issued(endpoint.credential())["id"].rpartition(",")[2]
    assert endpoint.verify(token).status_code == 200
    assert endpoint.verify(token[:-4] + "AAAA").status_code == 400


@requirement("VC-API derive", "a derived credential says the mandatory and the chosen, and verifies")
def test_deriving(client: TestClient) -> None:
    endpoint = Endpoint(client, {"cryptosuite": "ecdsa-sd-2023", "keyType": "P-256"})
    subject = {"id": "did:example:subject", "name": "Aoi", "description": "held back"}
    full = endpoint.credential(
        **{
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/examples/v2",
            ]
        },
        credentialSubject=subject,
    )
    base = endpoint.issued(full, mandatoryPointers=["/issuer"])
    body = {"verifiableCredential": base, "options": {"selectivePointers": ["/credentialSubject/name"]}}
    answer = endpoint.post("/credentials/derive", body)
    assert answer.status_code == 201, answer.text
    derived = answer.json()["verifiableCredential"]
    assert derived["issuer"] == endpoint.issuer
    assert derived["credentialSubject"] == {"id": "did:example:subject", "name": "Aoi"}
    assert endpoint.verify_proof(derived).status_code == 200
    changed = copy.deepcopy(derived)
    changed["credentialSubject"]["name"] = "Ren"
    assert endpoint.verify_proof(changed).status_code == 400


@requirement("VC-API derive", "what cannot be derived from is answered with 400")
def test_not_deriving(client: TestClient) -> None:
    endpoint = Endpoint(client, {"cryptosuite": "eddsa-rdfc-2022"})
    plain = endpoint.issued(endpoint.credential())
    body = {"verifiableCredential": plain, "options": {"selectivePointers": ["/issuer"]}}
    assert endpoint.post("/credentials/derive", body).status_code == 400
    assert endpoint.post("/credentials/derive", {"options": {}}).status_code == 400
