# SPDX-License-Identifier: Apache-2.0
"""VC Data Model 2.0: presentations and envelopes, as the W3C's test suite asks over the VC-API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.endpoint import (
    CHALLENGE,
    DOMAIN,
    HOLDER_ID,
    Endpoint,
    Json,
    presentation,
    self_issued,
    signed,
)

V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
requirement = pytest.mark.requirement


def accepts(endpoint: Endpoint, shown: Any, **options: Any) -> Json:
    answer = endpoint.verify_vp(shown, **options)
    assert answer.status_code == 200, answer.text
    assert answer.json()["verified"] is True
    found: Json = answer.json()
    return found


def refuses(endpoint: Endpoint, shown: Any, **options: Any) -> set[str]:
    answer = endpoint.verify_vp(shown, **options)
    assert answer.status_code == 400, answer.text
    assert answer.json()["verified"] is False
    assert answer.json()["problemDetails"]
    return {one["code"] for one in answer.json()["checks"] if one["outcome"] != "valid"}


# --- 4.3 contexts, 4.5 types -----------------------------------------------------------------------


@requirement("VCDM2 4.3", "a verifiable presentation includes a @context")
@requirement("VCDM2 4.3", "the first item of a presentation's @context is the base context")
@pytest.mark.parametrize("context", [..., [EXAMPLES], [EXAMPLES, V2], []])
def test_a_presentation_has_the_base_context(endpoint: Endpoint, context: Any) -> None:
    good = signed(presentation())
    accepts(endpoint, good)
    bad = {name: value for name, value in {**good, "@context": context}.items() if value is not ...}
    refuses(endpoint, bad)


@requirement("VCDM2 4.3", "further items of a presentation's @context are processable contexts")
def test_further_contexts_of_a_presentation(endpoint: Endpoint) -> None:
    kind = {"ExamplePresentation": "https://example.org/#ExamplePresentation"}
    shown = presentation(verifiableCredential=[self_issued()])
    accepts(endpoint, signed({**shown, "@context": [V2, EXAMPLES]}))
    kinds = ["VerifiablePresentation", "ExamplePresentation"]
    accepts(endpoint, signed({**shown, "@context": [V2, kind], "type": kinds}))
    for further in ("https://example.com", "https ://not-a-url/contexts/example/v1", 123192875):
        refuses(endpoint, {**signed(shown), "@context": [V2, further]})


@requirement("VCDM2 4.5", "a presentation has a type")
@requirement("VCDM2 4.13", "a presentation's types name VerifiablePresentation")
@pytest.mark.parametrize("kind", [..., [], ["https://example.org/#Example"], "Example", 4])
def test_a_presentation_names_its_type(endpoint: Endpoint, kind: object) -> None:
    accepts(endpoint, signed(presentation()))
    refuses(endpoint, presentation(type=kind))


# --- 4.13 presentations ----------------------------------------------------------------------------


@requirement("VCDM2 4.13", "the id of a presentation, if present, is a URL")
def test_the_id_of_a_presentation(endpoint: Endpoint) -> None:
    accepts(endpoint, signed(presentation(id="urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008")))
    assert "presentation.rules" in refuses(endpoint, presentation(id="not a url"))


@requirement("VCDM2 4.13", "a presentation shows credentials, each of them an object that verifies")
def test_the_credentials_of_a_presentation(endpoint: Endpoint) -> None:
    issued = endpoint.issued(endpoint.credential())
    accepts(endpoint, signed(presentation(verifiableCredential=[self_issued(), issued])))
    accepts(endpoint, signed(presentation(verifiableCredential=[])))
    unfit: list[Any] = [4, "https://a.example/credential", ["text"], {"type": "VerifiableCredential"}]
    for bad in unfit:
        refuses(endpoint, presentation(verifiableCredential=[bad]))
    assert "proof.signature" in refuses(
        endpoint, presentation(verifiableCredential=[{**self_issued(), "name": "changed"}])
    )


@requirement("VCDM2 4.13", "a presentation need not be secured")
def test_a_presentation_without_a_proof_is_accepted(endpoint: Endpoint) -> None:
    accepts(endpoint, presentation(verifiableCredential=[self_issued()]))


@requirement("VCDM2 4.13", "a holder is a URL, or an object whose id is one")
def test_the_holder_of_a_presentation(endpoint: Endpoint) -> None:
    accepts(endpoint, signed(presentation(holder=HOLDER_ID)))
    accepts(endpoint, signed(presentation(holder={"id": HOLDER_ID})))
    unfit: list[Any] = [{}, {"id": None}, "not a url", 4, []]
    for bad in unfit:
        refuses(endpoint, presentation(holder=bad))


@requirement("VCDM2 4.13", "the holder that a presentation names is the one that signed it")
def test_another_holder_is_refused(endpoint: Endpoint) -> None:
    assert refuses(endpoint, signed(presentation(holder="did:example:acme"))) == {"presentation.holder"}


@requirement("VCDM2 7.1", "a verifier refuses a presentation whose proof does not verify")
@pytest.mark.parametrize("member", ["proofValue", "challenge", "domain", "created", "proofPurpose"])
def test_a_changed_proof_is_refused(endpoint: Endpoint, member: str) -> None:
    good = signed(presentation(verifiableCredential=[self_issued()]))
    accepts(endpoint, good, challenge=CHALLENGE, domain=DOMAIN)
    value = "2024-01-01T00:00:00Z" if member == "created" else "z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh"
    refuses(endpoint, {**good, "proof": {**good["proof"], member: value}})


@requirement("Data Integrity 1.0 4.3", "a proof answers the challenge and the domain that were asked for")
@pytest.mark.parametrize("asked", [{"challenge": "another"}, {"domain": "another.example"}])
def test_another_challenge_or_domain_is_refused(endpoint: Endpoint, asked: dict[str, str]) -> None:
    assert refuses(endpoint, signed(presentation()), **asked) == {"proof.purpose"}


@requirement("Data Integrity 1.0 4.3", "a challenge is not answered by a presentation without a proof")
def test_a_challenge_needs_a_proof(endpoint: Endpoint) -> None:
    assert "proof.present" in refuses(endpoint, presentation(), challenge=CHALLENGE)


# --- 4.13.1 and 4.13.2 envelopes -------------------------------------------------------------------


@pytest.fixture(scope="module")
def enveloping(client: TestClient) -> Endpoint:
    return Endpoint(client, {"cryptosuite": "vc+jwt", "keyType": "P-256"})


@pytest.fixture(scope="module")
def envelope(enveloping: Endpoint) -> Json:
    subject = {"id": "did:example:alice", "https://schema.org/name": "Alice"}
    return enveloping.issued(enveloping.credential(credentialSubject={"id": subject["id"]}))


@pytest.mark.parametrize("key_type", ["Ed25519", "P-256", "P-384"])
@requirement("VCDM2 4.13.1", "an enveloped credential verifies")
def test_an_enveloped_credential(client: TestClient, key_type: str) -> None:
    endpoint = Endpoint(client, {"cryptosuite": "vc+jwt", "keyType": key_type})
    issued = endpoint.issued(endpoint.credential())
    assert issued["type"] == "EnvelopedVerifiableCredential"
    assert issued["id"].startswith("data:application/vc+jwt,ey")
    assert endpoint.verify(issued).status_code == 200
    accepts(endpoint, presentation(verifiableCredential=[issued]))
    changed = issued["id"][:-6] + ("AAAAAA" if not issued["id"].endswith("AAAAAA") else "BBBBBB")
    assert endpoint.verify({**issued, "id": changed}).status_code == 400


@requirement("VCDM2 4.13.1", "the @context of an enveloped credential is there and defines its terms")
@pytest.mark.parametrize("context", [..., [], EXAMPLES, [EXAMPLES]])
def test_the_context_of_an_enveloped_credential(endpoint: Endpoint, envelope: Json, context: Any) -> None:
    bad = {name: value for name, value in {**envelope, "@context": context}.items() if value is not ...}
    assert endpoint.verify(bad).status_code == 400
    refuses(endpoint, presentation(verifiableCredential=[bad]))


@requirement("VCDM2 4.13.1", "the id of an enveloped credential is a data: URL of a secured credential")
def test_the_id_of_an_enveloped_credential(endpoint: Endpoint, envelope: Json) -> None:
    assert endpoint.verify({**envelope, "id": envelope["id"].rpartition(",")[2]}).status_code == 400
    assert endpoint.verify({**envelope, "id": envelope["id"].replace("vc+jwt", "json")}).status_code == 400


@requirement("VCDM2 4.13.1", "the type of an enveloped credential is EnvelopedVerifiableCredential")
@pytest.mark.parametrize("kind", [..., "VerifiableCredential", ["VerifiableCredential"], "Enveloped"])
def test_the_type_of_an_enveloped_credential(endpoint: Endpoint, envelope: Json, kind: Any) -> None:
    bad = {name: value for name, value in {**envelope, "type": kind}.items() if value is not ...}
    assert endpoint.verify(bad).status_code == 400


@pytest.fixture(scope="module")
def enveloped_presentation() -> Json:
    token = (Path(__file__).parent / "enveloped-presentation.jwt").read_text("ascii").strip()
    return {"@context": V2, "type": "EnvelopedVerifiablePresentation", "id": f"data:application/jwt,{token}"}


@requirement("VCDM2 4.13.2", "an enveloped presentation verifies, with the credential in it")
def test_an_enveloped_presentation(endpoint: Endpoint, enveloped_presentation: Json) -> None:
    found = accepts(endpoint, enveloped_presentation, challenge="123456789")
    assert sum(one["code"] == "proof.signature" for one in found["checks"]) == 2
    assert "proof.purpose" in refuses(endpoint, enveloped_presentation, challenge="987654321")


@requirement("VCDM2 4.13.2", "the @context of an enveloped presentation is there and defines its terms")
@pytest.mark.parametrize("context", [..., [], [EXAMPLES]])
def test_the_context_of_an_enveloped_presentation(
    endpoint: Endpoint, enveloped_presentation: Json, context: Any
) -> None:
    shown = {**enveloped_presentation, "@context": context}
    refuses(endpoint, {name: value for name, value in shown.items() if value is not ...})


@requirement("VCDM2 4.13.2", "the id of an enveloped presentation is a data: URL of a secured one")
def test_the_id_of_an_enveloped_presentation(endpoint: Endpoint, enveloped_presentation: Json) -> None:
    bare = enveloped_presentation["id"].rpartition(",")[2]
    refuses(endpoint, {**enveloped_presentation, "id": bare}, challenge="123456789")


@requirement("VCDM2 4.13.2", "the type of an enveloped presentation is EnvelopedVerifiablePresentation")
def test_the_type_of_an_enveloped_presentation(endpoint: Endpoint, enveloped_presentation: Json) -> None:
    shown = {**enveloped_presentation, "type": ["VerifiablePresentation"]}
    refuses(endpoint, shown, challenge="123456789")
