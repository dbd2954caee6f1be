# SPDX-License-Identifier: Apache-2.0
"""The VC-API answers as the conformance suites expect: shapes and status codes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.university import University

from gakusho import settings as read_settings
from gakusho.formats import _alike, _ob_alike
from gakusho.formats._alike import Wordings
from gakusho.verifier.verify import verify_familiar
from gakusho.web.api import vc_api
from gakusho.web.app import build

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

Json = dict[str, Any]
PROOF_ALONE = {"checks": ["proof"]}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings.read({}, data=tmp_path_factory.mktemp("vc-api"), vc_api=1, fetch=0, workers=0)
    with TestClient(build(settings), base_url="http://localhost") as running:
        yield running


@pytest.fixture(scope="module")
def issuer(client: TestClient) -> str:
    return str(client.get("/vc-api/issuers").json()[0]["id"])


@pytest.fixture(scope="module")
def credential(issuer: str) -> Json:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "did:example:subject"},
    }


@pytest.fixture(scope="module")
def issued(client: TestClient, credential: Json) -> Json:
    answer = client.post("/vc-api/credentials/issue", json={"credential": credential})
    assert answer.status_code == 201, answer.text
    signed: Json = answer.json()["verifiableCredential"]
    return signed


def test_it_is_off_unless_it_is_turned_on(tmp_path: Path) -> None:
    settings = read_settings.read({}, data=tmp_path, fetch=0, workers=0)
    with TestClient(build(settings), base_url="http://localhost") as running:
        assert running.post("/vc-api/credentials/issue", json={}).status_code == 404


def test_the_issued_proof_is_of_the_key_of_the_issuer(issued: Json, issuer: str) -> None:
    proof = issued["proof"]
    assert proof["type"] == "DataIntegrityProof"
    assert proof["cryptosuite"] == "eddsa-rdfc-2022"
    assert proof["verificationMethod"] == f"{issuer}#{issuer.removeprefix('did:key:')}"
    assert proof["proofValue"].startswith("z")
    assert proof["created"]


def test_what_was_issued_verifies(client: TestClient, issued: Json) -> None:
    for options in (PROOF_ALONE, {}):
        answer = client.post(
            "/vc-api/credentials/verify", json={"verifiableCredential": issued, "options": options}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["verified"] is True


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.update(name="changed"),
        lambda c: c.update(undefinedTerm="x"),
        lambda c: c.pop("proof"),
        lambda c: c["proof"].pop("proofPurpose"),
        lambda c: c["proof"].update(proofPurpose="authentication"),
        lambda c: c["proof"].update(cryptosuite="nobody-2099"),
        lambda c: c["proof"].update(created="yesterday"),
        lambda c: c["proof"].update(proofValue="z111"),
        lambda c: c.update(type="VerifiableCredential2"),
    ],
)
def test_what_was_spoiled_is_answered_with_400(client: TestClient, issued: Json, spoil: Any) -> None:
    spoiled = copy.deepcopy(issued)
    spoil(spoiled)
    answer = client.post(
        "/vc-api/credentials/verify", json={"verifiableCredential": spoiled, "options": PROOF_ALONE}
    )
    assert answer.status_code == 400
    assert answer.json()["verified"] is False
    assert answer.json()["problemDetails"]


def test_a_proof_may_be_good_although_the_issuer_is_somebody_else(
    client: TestClient, credential: Json, issuer: str
) -> None:
    other = {**credential, "issuer": "https://vc.example/issuers/5678"}
    signed = client.post("/vc-api/credentials/issue", json={"credential": other}).json()[
        "verifiableCredential"
    ]
    alone = {"verifiableCredential": signed, "options": PROOF_ALONE}
    assert client.post("/vc-api/credentials/verify", json=alone).status_code == 200
    all_checks = {"verifiableCredential": signed, "options": {"checks": ["proof", "issuer"]}}
    full = client.post("/vc-api/credentials/verify", json=all_checks)
    assert full.status_code == 400
    assert "issuer.binding" in {c["code"] for c in full.json()["checks"] if c["outcome"] != "valid"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credential": 1},
        {"credential": {}},
        {
            "credential": {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiableCredential"],
            }
        },
        {"credential": {}, "options": 3},
        {"credential": {}, "options": {"cryptosuite": "nobody-2099"}},
    ],
)
def test_what_cannot_be_issued_is_answered_with_400(client: TestClient, body: Json) -> None:
    answer = client.post("/vc-api/credentials/issue", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_presentation_without_a_proof_is_judged_by_what_is_in_it(client: TestClient, issued: Json) -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [issued],
    }
    good = client.post("/vc-api/presentations/verify", json={"verifiablePresentation": presentation})
    assert good.status_code == 200, good.text
    presentation["verifiableCredential"] = [{**issued, "name": "changed"}]
    bad = client.post("/vc-api/presentations/verify", json={"verifiablePresentation": presentation})
    assert bad.status_code == 400
    assert bad.json()["verified"] is False


def test_a_key_that_is_not_the_dids_own_is_never_let_pass(client: TestClient, credential: Json) -> None:
    forged = {**credential, "issuer": "did:web:aoba.example"}
    signed = client.post("/vc-api/credentials/issue", json={"credential": forged}).json()[
        "verifiableCredential"
    ]
    answer = client.post("/vc-api/credentials/verify", json={"verifiableCredential": signed})
    assert answer.status_code == 400
    assert "issuer.binding" in {one["title"] for one in answer.json()["problemDetails"]}
    alone = {"verifiableCredential": signed, "options": PROOF_ALONE}
    assert client.post("/vc-api/credentials/verify", json=alone).status_code == 200


def test_a_badge_like_many_before_it_is_answered_as_any_other_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_alike, "FEWEST", 8)
    monkeypatch.setattr(_ob_alike, "_KNOWN", Wordings[_ob_alike.BadgesAlike]())
    university = University.by_key()
    badges = [university.sealed(university.award(number, status=())) for number in range(1, 14)]
    known: list[bool] = []

    def watched(data: bytes, **given: object) -> object:
        known.append((report := verify_familiar(data, **given)) is not None)  # type: ignore[arg-type]  # as it is asked
        return report

    monkeypatch.setattr(vc_api, "verify_familiar", watched)
    head, tail = b'{"verifiableCredential":', b',"options":{}}'
    for badge in badges[:12]:
        client.post(vc_api.VERIFY, content=head + badge + tail)
    assert not any(known[:8])
    quick = client.post(vc_api.VERIFY, content=head + badges[12] + tail)
    bare = client.post(vc_api.VERIFY, content=head + badges[12] + b"}")
    assert known[-2:] == [True, True]
    spaced = client.post(vc_api.VERIFY, content=head + b" " + badges[12] + tail)
    proof_alone = client.post(vc_api.VERIFY, content=head + badges[12] + b',"options":{"checks":["proof"]}}')
    assert known[-2:] == [False, False]
    assert quick.status_code == proof_alone.status_code == 200
    assert quick.json() == bare.json() == spaced.json()
    spoiled = badges[12].replace("第13号".encode(), "第14号".encode())
    for body in (
        head + spoiled + tail,
        head + badges[12] + b',"x":' + badges[12] + tail,
        head + badges[12] + b',"verifiableCredential":' + badges[12] + b"}",
        head + badges[12] + badges[12] + b"}",
        head + badges[12],
    ):
        answer = client.post(vc_api.VERIFY, content=body)
        assert answer.status_code in (400, 422) or body.count(b'"x":'), (answer.status_code, body)
