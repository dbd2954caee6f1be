# SPDX-License-Identifier: Apache-2.0
"""did:key 0.7 over ``GET /1.0/identifiers/{did}``, as the CCG's test suite asks, and DID Resolution."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from gakusho.proof import multibase
from gakusho.proof.keys import PublicKey

requirement = pytest.mark.requirement
# The identifiers of tests/mock.data.js in https://github.com/w3c-ccg/did-key-test-suite, and the test
# vectors of did:key 0.7, section A, for the other kinds of key.
MULTIKEY = "z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"
DID = f"did:key:{MULTIKEY}"
AGREEMENT = f"{DID}#z6LSfHfAMAopsuBxaBzvp51GXrPf38Az13j2fmwqadbwwrzJ"
P256 = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
P384 = "did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9"
RESULT = 'application/ld+json;profile="https://w3id.org/did-resolution"'
Json = dict[str, Any]


def get(client: TestClient, did: str, *, accept: str = RESULT, **options: str) -> Any:
    return client.get(f"/1.0/identifiers/{quote(did, safe='')}", headers={"Accept": accept}, params=options)


def error(client: TestClient, did: str, status: int, metadata: str, **options: str) -> str:
    answer = get(client, did, **options)
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert {"@context", "didDocument", "didDocumentMetadata", metadata} == found.keys()
    assert found["didDocument"] == {}
    assert found[metadata]["errorMessage"]
    return str(found[metadata]["error"])


@requirement("did:key 3.1", "scheme did, method key, a multibase value that begins with z")
@pytest.mark.parametrize("did", [DID, P256, P384])
def test_a_did_key_is_resolved(client: TestClient, did: str) -> None:
    answer = get(client, did)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == RESULT
    found = answer.json()
    assert found["@context"] == "https://w3id.org/did-resolution/v1"
    assert found["didResolutionMetadata"] == {"contentType": "application/did+ld+json"}
    document = found["didDocument"]
    assert document["id"] == did
    key = f"{did}#{did.removeprefix('did:key:')}"
    (method,) = document["verificationMethod"]
    assert method == {
        "id": key,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": did.removeprefix("did:key:"),
    }
    for purpose in ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation"):
        assert document[purpose] == [key]


@requirement("did:key 3.1", "a key agreement key is derived from an Ed25519 key")
def test_the_key_agreement_key(client: TestClient) -> None:
    (method,) = get(client, DID).json()["didDocument"]["keyAgreement"]
    assert method["id"] == AGREEMENT
    assert "keyAgreement" not in get(client, P256).json()["didDocument"]


@requirement("did:key 3.1", "invalidDid if the scheme is not did")
@pytest.mark.parametrize("did", [f"notDid:key:{MULTIKEY}", MULTIKEY, "did", "did:", "did:key", "did:key:"])
def test_another_scheme(client: TestClient, did: str) -> None:
    assert error(client, did, 400, "didResolutionMetadata") == "invalidDid"


@requirement("did:key 3.1", "methodNotSupported if the method is not known")
def test_another_method(client: TestClient) -> None:
    did = f"did:experimental:{MULTIKEY}"
    assert error(client, did, 501, "didResolutionMetadata") == "methodNotSupported"


@requirement("did:key 3.1", "invalidDid if the version is no positive integer")
def test_another_version(client: TestClient) -> None:
    assert error(client, f"did:key:-4:{MULTIKEY}", 400, "didResolutionMetadata") == "invalidDid"


@requirement("did:key 3.1", "invalidDid if the multibase value does not begin with z, or is none")
@pytest.mark.parametrize("value", [MULTIKEY[1:], "@", "z", "z0OIl", "u" + MULTIKEY])
def test_what_is_no_multibase_value(client: TestClient, value: str) -> None:
    assert error(client, f"did:key:{value}", 400, "didResolutionMetadata") == "invalidDid"


def encoded(codec: bytes, material: bytes) -> str:
    return f"did:key:{multibase.encode(codec + material)}"


@requirement("did:key 3.1", "invalidPublicKeyLength if the key has another length than its kind")
@pytest.mark.parametrize(
    "did",
    [
        "did:key:zTjsVPtY",
        encoded(b"\xed\x01", bytes(31)),
        encoded(b"\xed\x01", bytes(33)),
        encoded(b"\x80\x24", bytes(32)),
    ],
)
def test_a_key_of_another_length(client: TestClient, did: str) -> None:
    assert error(client, did, 400, "didResolutionMetadata") == "invalidPublicKeyLength"


@requirement("did:key 3.1", "invalidPublicKey if the key is no point of its curve, or proves nothing")
@pytest.mark.parametrize(
    "did",
    [
        encoded(b"\xed\x01", bytes(32)),
        encoded(b"\xed\x01", b"\x01" + bytes(31)),
        encoded(b"\x80\x24", b"\x02" + b"\xff" * 32),
        encoded(b"\x80\x24", b"\x07" + bytes(32)),
    ],
)
def test_a_key_that_is_no_point(client: TestClient, did: str) -> None:
    assert error(client, did, 400, "didResolutionMetadata") == "invalidPublicKey"


@requirement("did:key 3.1", "unsupportedPublicKeyType if the kind of key is not known")
def test_a_key_of_another_kind(client: TestClient) -> None:
    did = encoded(b"\xea\x01", bytes(48))
    assert error(client, did, 400, "didResolutionMetadata") == "unsupportedPublicKeyType"


@requirement("did:key 3.1", "invalidDidUrl if a verification method's id is no DID URL")
@pytest.mark.parametrize("rest", ["/^bar^/?query=`#key", "#a b", "?a=\\"])
def test_what_is_no_did_url(client: TestClient, rest: str) -> None:
    assert error(client, DID + rest, 400, "didDereferencingMetadata") == "invalidDidUrl"


@requirement("did:key 3.1", "unsupportedPublicKeyType if publicKeyFormat is not known")
def test_an_unknown_format(client: TestClient) -> None:
    found = error(client, DID, 400, "didResolutionMetadata", publicKeyFormat="unknown")
    assert found == "unsupportedPublicKeyType"


@requirement(
    "did:key 3.1", "invalidPublicKeyType if an experimental format of a key was not asked for as such"
)
@pytest.mark.parametrize("did_url", [f"{DID}#{MULTIKEY}", AGREEMENT])
def test_an_experimental_format(client: TestClient, did_url: str) -> None:
    options = {"publicKeyFormat": "Ed25519VerificationKey2018", "enableExperimentalPublicKeyTypes": "false"}
    assert error(client, did_url, 400, "didDereferencingMetadata", **options) == "invalidPublicKeyType"


@requirement("did:key 3.1", "a verification method's controller is a valid DID")
@pytest.mark.parametrize("did_url", [f"{DID}#{MULTIKEY}", AGREEMENT])
def test_a_key_is_found_by_its_did_url(client: TestClient, did_url: str) -> None:
    answer = get(client, did_url)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["didDocument"]["id"] == did_url
    assert found["didDocument"]["controller"] == DID
    assert "error" not in found["didDereferencingMetadata"]


@requirement("did:key 3.1", "publicKeyFormat chooses how a key is written")
@pytest.mark.parametrize("form", ["JsonWebKey", "JsonWebKey2020"])
def test_a_key_as_jwk(client: TestClient, form: str) -> None:
    for did in (DID, P256, P384):
        document = get(client, did, publicKeyFormat=form).json()["didDocument"]
        (method,) = document["verificationMethod"]
        assert method["type"] == form
        assert PublicKey.from_jwk(method["publicKeyJwk"]).did_key() == did


@requirement("did:key 3.1", "Ed25519VerificationKey2020 is for Ed25519 keys")
def test_the_format_of_2020(client: TestClient) -> None:
    form = "Ed25519VerificationKey2020"
    document = get(client, DID, publicKeyFormat=form).json()["didDocument"]
    assert [one["type"] for one in document["verificationMethod"]] == [form]
    assert [one["type"] for one in document["keyAgreement"]] == ["X25519KeyAgreementKey2020"]
    assert error(client, P256, 400, "didResolutionMetadata", publicKeyFormat=form) == "invalidPublicKeyType"


@requirement("DID Resolution 4", "representationNotSupported if nothing that is accepted can be given")
def test_another_representation(client: TestClient) -> None:
    answer = get(client, DID, accept="text/turtle")
    assert answer.status_code == 406
    assert answer.json()["didResolutionMetadata"]["error"] == "representationNotSupported"


@requirement("DID Resolution 4", "the document alone is given to whoever accepts only that")
@pytest.mark.parametrize("accept", ["application/did", "application/did+ld+json", "application/did+json"])
def test_the_document_alone(client: TestClient, accept: str) -> None:
    answer = get(client, DID, accept=accept)
    assert answer.status_code == 200
    assert answer.json()["id"] == DID


@requirement("DID Resolution 4", "notFound if there is no such key, path or query")
@pytest.mark.parametrize("rest", ["#other", "/path", "?service=x", "#"])
def test_nothing_of_that_name(client: TestClient, rest: str) -> None:
    assert error(client, DID + rest, 404, "didDereferencingMetadata") == "notFound"


@requirement("DID Resolution 4", "featureNotSupported for a version of the past")
def test_a_version_of_the_past(client: TestClient) -> None:
    found = error(client, DID, 501, "didResolutionMetadata", versionTime="2020-01-01T00:00:00Z")
    assert found == "featureNotSupported"


@requirement("DID Resolution 4", "a document that cannot be asked for is an error, and no empty document")
def test_a_document_that_cannot_be_reached(client: TestClient) -> None:
    assert error(client, "did:web:elsewhere.example", 503, "didResolutionMetadata") == "internalError"


@requirement("DID Resolution 4", "addresses that are not public are not asked for")
@pytest.mark.parametrize(
    "did", ["did:web:localhost", "did:web:127.0.0.1", "did:web:host.example%3A8443", "did:web:10.0.0.1:x"]
)
def test_a_private_address_is_no_did(client: TestClient, did: str) -> None:
    assert error(client, did, 400, "didResolutionMetadata") == "invalidDid"


@requirement("did:jwk", "a did:jwk is resolved to its key")
def test_a_did_jwk(client: TestClient) -> None:
    jwk = PublicKey.from_multikey(P256.removeprefix("did:key:")).jwk()
    did = f"did:jwk:{multibase.base64url(json.dumps(jwk).encode())}"
    document = get(client, did).json()["didDocument"]
    assert document["verificationMethod"][0]["publicKeyJwk"] == jwk
    assert get(client, f"{did}#0").json()["didDocument"]["id"] == f"{did}#0"
