# SPDX-License-Identifier: Apache-2.0
"""VC-API, issuing: what the CCG's issuer suite asks, for every suite and kind of key that signs."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.endpoint import Endpoint, Json

from gakusho.web.api import vc_api_keys

requirement = pytest.mark.requirement
EMBEDDED = [one for one in vc_api_keys.offers() if one.cryptosuite != vc_api_keys.ENVELOPED]


@pytest.fixture(scope="module", params=EMBEDDED, ids=lambda one: f"{one.cryptosuite} {one.key_type}")
def endpoint(client: TestClient, request: pytest.FixtureRequest) -> Endpoint:
    """Give the endpoint with the options of each issuer in turn."""
    return Endpoint(client, request.param.as_json())


def credential(endpoint: Endpoint, **members: Any) -> Json:
    """Give the credential of the suite: data model 1.1, with the examples' context."""
    plain: Json = {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "https://www.w3.org/2018/credentials/examples/v1",
        ],
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": ["VerifiableCredential", "UniversityDegreeCredential"],
        "issuer": endpoint.issuer,
        "issuanceDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b",
            "degree": {"degreeType": "BachelorDegree", "name": "Bachelor of Science and Arts"},
        },
    }
    return {name: value for name, value in {**plain, **members}.items() if value is not ...}


def refuses(endpoint: Endpoint, **members: Any) -> None:
    answer = endpoint.issue(credential(endpoint, **members))
    assert answer.status_code == 400, answer.text


@requirement("VC-API issue", "a credential is issued with status 201, and verifies")
def test_it_issues(endpoint: Endpoint) -> None:
    answer = endpoint.issue(credential(endpoint))
    assert answer.status_code == 201, answer.text
    issued = answer.json()["verifiableCredential"]
    assert "VerifiableCredential" in issued["type"]
    assert issued["id"].startswith("urn:uuid:")
    assert issued["issuer"] == endpoint.issuer
    proof = issued["proof"]
    assert proof["cryptosuite"] == endpoint.options["cryptosuite"]
    assert proof["verificationMethod"] == f"{endpoint.issuer}#{endpoint.issuer.removeprefix('did:key:')}"
    if proof["cryptosuite"] != "ecdsa-sd-2023":  # what is verified of that one is what was derived
        assert endpoint.verify_proof(issued).status_code == 200
        assert endpoint.verify(issued).status_code == 200


@requirement("VC-API issue", "the body has a credential")
def test_the_body_has_a_credential(endpoint: Endpoint) -> None:
    body = {"verifiableCredential": credential(endpoint), "options": endpoint.options}
    assert endpoint.post("/credentials/issue", body).status_code == 400


@requirement("VC-API issue", "the credential has a @context")
@requirement("VC-API issue", "@context is a list")
@requirement("VC-API issue", "the items of @context are strings or objects")
@pytest.mark.parametrize("context", [..., 4, False, None, [], [{"foo": True}, 4, False, None]])
def test_the_context(endpoint: Endpoint, context: object) -> None:
    refuses(endpoint, **{"@context": context})


@requirement("VC-API issue", "the credential has a type")
@requirement("VC-API issue", "type is a list of strings")
@pytest.mark.parametrize("kind", [..., 4, None, True, [], [2, None, {"foo": True}, False]])
def test_the_type(endpoint: Endpoint, kind: object) -> None:
    refuses(endpoint, type=kind)


@requirement("VC-API issue", "the credential has an issuer")
@requirement("VC-API issue", "issuer is a string or an object")
@pytest.mark.parametrize("issuer", [..., None, True, 4, []])
def test_the_issuer(endpoint: Endpoint, issuer: object) -> None:
    refuses(endpoint, issuer=issuer)


@requirement("VC-API issue", "the credential has a credentialSubject")
@requirement("VC-API issue", "credentialSubject is an object")
@pytest.mark.parametrize("subject", [..., None, True, 4, [], "did:example:1234", [None, True, 4]])
def test_the_subject(endpoint: Endpoint, subject: object) -> None:
    refuses(endpoint, credentialSubject=subject)


@requirement(
    "VC-API issue", "the credential may have an issuanceDate and an expirationDate; version 1.1 is dated"
)
def test_the_dates(endpoint: Endpoint) -> None:
    later = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert endpoint.issue(credential(endpoint, expirationDate=later)).status_code == 201
    before = datetime.now(UTC).replace(microsecond=0)
    issued = endpoint.issued(credential(endpoint, issuanceDate=...))
    assert before <= datetime.fromisoformat(issued["issuanceDate"]) <= datetime.now(UTC)
    refuses(endpoint, issuanceDate=None)
    refuses(endpoint, issuanceDate=..., proof=issued["proof"])


@requirement("VC-API issue", "options choose suite and kind of key; another pair is refused")
@pytest.mark.parametrize(
    "options",
    [
        {"cryptosuite": "nobody-2099"},
        {"cryptosuite": "eddsa-rdfc-2022", "keyType": "P-256"},
        {"cryptosuite": "ecdsa-rdfc-2019", "keyType": "Ed25519"},
        {"cryptosuite": "Ed25519Signature2020"},
        {"keyType": 4},
        {"created": "yesterday"},
        {"challenge": 4},
        {"mandatoryPointers": "/issuer"},
        {"previousProof": {"id": 4}},
    ],
)
def test_unusable_options_are_refused(client: TestClient, options: Json) -> None:
    usual = Endpoint(client, {})
    body = {"credential": credential(usual), "options": options}
    assert usual.post("/credentials/issue", body).status_code == 400


@requirement("VC-API issue", "created, challenge and domain are said by the proof")
def test_the_proof_says_what_the_options_say(client: TestClient) -> None:
    usual = Endpoint(client, {"cryptosuite": "eddsa-rdfc-2022"})
    said = {"created": "2026-01-02T03:04:05Z", "challenge": "c", "domain": "d.example"}
    issued = usual.issued(credential(usual), **said)
    assert said.items() <= issued["proof"].items()
    assert usual.verify_proof(issued).status_code == 200


@requirement("VC-API issue", "credentialId names a credential that has no id")
def test_the_id_of_a_credential_that_has_none(client: TestClient) -> None:
    usual = Endpoint(client, {"cryptosuite": "eddsa-rdfc-2022"})
    assert usual.issued(credential(usual, id=...), credentialId="urn:a:1")["id"] == "urn:a:1"
    assert usual.issued(credential(usual, id="urn:a:2"), credentialId="urn:a:1")["id"] == "urn:a:2"


@requirement("VC-API issue", "a term that no context defines is refused, however the credential is signed")
@pytest.mark.parametrize("offer", vc_api_keys.offers(), ids=lambda one: f"{one.cryptosuite} {one.key_type}")
def test_an_undefined_term_is_refused(client: TestClient, offer: vc_api_keys.Offer) -> None:
    chosen = Endpoint(client, offer.as_json())
    assert chosen.issue(chosen.credential()).status_code == 201
    assert chosen.issue(chosen.credential(undefinedTerm="x")).status_code == 400
    nested = {"id": "did:example:1", "undefinedTerm": "x"}
    assert chosen.issue(chosen.credential(credentialSubject=nested)).status_code == 400


@requirement("VC-API issue", "a status comes with the usual suite, and with any when it is asked for")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [({}, None), ({"credentialStatus": True}, True), ({"credentialStatus": False}, False)],
)
def test_a_status_comes_by_itself_with_the_usual_suite_only(
    endpoint: Endpoint, asked: Json, expected: bool | None
) -> None:
    issued = endpoint.issued(endpoint.credential(), **asked)
    usual = endpoint.options == vc_api_keys.USUAL.as_json()
    assert ("credentialStatus" in issued) is (usual if expected is None else expected)


@requirement("VC-API issue", "a status that is asked for is given, in envelopes too, or refused")
def test_a_status_that_is_asked_for(client: TestClient) -> None:
    enveloped = Endpoint(client, {"cryptosuite": vc_api_keys.ENVELOPED, "keyType": "Ed25519"})
    token = enveloped.issued(enveloped.credential(), credentialStatus=True)["id"].partition(",")[2]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert [one["statusPurpose"] for one in claims["credentialStatus"]] == ["revocation", "message"]
    usual = Endpoint(client, {"cryptosuite": "eddsa-rdfc-2022"})
    assert usual.issue(credential(usual)).status_code == 201
    assert usual.issue(credential(usual), credentialStatus=True).status_code == 400
    assert usual.issue(usual.credential(), credentialStatus="yes").status_code == 400
