# SPDX-License-Identifier: Apache-2.0
"""Bitstring Status List 1.0, requirement by requirement, through the VC-API as the W3C's suite asks."""

from __future__ import annotations

import base64
import copy
import gzip
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gakusho import settings as read_settings
from gakusho.web.app import build

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

Json = dict[str, Any]
HOST = "http://localhost"
requirement = pytest.mark.requirement


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings.read(
        {}, data=tmp_path_factory.mktemp("bitstring"), vc_api=1, fetch=0, workers=0, public_url=HOST
    )
    with TestClient(build(settings), base_url=HOST) as running:
        yield running


def unsigned(client: TestClient) -> Json:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": ["VerifiableCredential"],
        "issuer": next(
            one["id"]
            for one in client.get("/vc-api/issuers").json()
            if one["cryptosuite"] == "eddsa-rdfc-2022"
        ),
        "credentialSubject": {"id": "did:key:z6MkhTNL7i2etLerDK8Acz5t528giE5KA4p75T6ka1E1D74r"},
    }


def issue(client: TestClient, credential: Json) -> Json:
    answer = client.post("/vc-api/credentials/issue", json={"credential": credential})
    assert answer.status_code == 201, answer.text
    signed: Json = answer.json()["verifiableCredential"]
    return signed


@pytest.fixture(scope="module")
def issued(client: TestClient) -> Json:
    return issue(client, unsigned(client))


@pytest.fixture(scope="module")
def entries(issued: Json) -> list[Json]:
    found: list[Json] = issued["credentialStatus"]
    return found


@pytest.fixture(scope="module")
def lists(client: TestClient, entries: list[Json]) -> list[Json]:
    return [fetched(client, entry["statusListCredential"]) for entry in entries]


def fetched(client: TestClient, address: str) -> Json:
    answer = client.get(address.removeprefix(HOST))
    assert answer.status_code == 200
    listed: Json = answer.json()
    return listed


def verified(client: TestClient, credential: Json, status: int = 200) -> Json:
    answer = client.post("/vc-api/credentials/verify", json={"verifiableCredential": credential})
    assert answer.status_code == status, answer.text
    report: Json = answer.json()
    return report


def bits(listed: Json) -> bytes:
    return gzip.decompress(base64.urlsafe_b64decode(listed["credentialSubject"]["encodedList"][1:] + "==="))


@requirement("Bitstring Status List 2.1", "the entry stands in a conforming verifiable credential")
@requirement("Bitstring Status List 3.2", "a credential whose bits are not set verifies")
@requirement("Bitstring Status List 3.4", "the verifier expands a list that the issuer compressed")
def test_what_is_issued_with_a_status_verifies(client: TestClient, issued: Json) -> None:
    assert verified(client, issued)["verified"] is True


@requirement("Bitstring Status List 2.1", "an entry's id is a URL, and not that of the list")
def test_id_of_an_entry(entries: list[Json]) -> None:
    for entry in entries:
        assert entry["id"].startswith(HOST)
        assert entry["id"] != entry["statusListCredential"]


@requirement("Bitstring Status List 2.1", "an entry's type is BitstringStatusListEntry")
@requirement("Bitstring Status List 2.1", "an entry's statusPurpose is a string")
def test_type_and_purpose_of_an_entry(entries: list[Json]) -> None:
    assert [entry["type"] for entry in entries] == ["BitstringStatusListEntry"] * 2
    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "message"]


@requirement("Bitstring Status List 2.1", "statusListIndex is an integer from 0, as a string in base 10")
def test_index_of_an_entry(entries: list[Json]) -> None:
    for entry in entries:
        assert str(int(entry["statusListIndex"])) == entry["statusListIndex"]
        assert 0 <= int(entry["statusListIndex"]) < 131_072


@requirement("Bitstring Status List 2.1", "statusListCredential is the URL of a verifiable credential")
@requirement("Bitstring Status List 2.1", "what is found there has the type BitstringStatusListCredential")
def test_the_list_is_found_at_its_address(client: TestClient, entries: list[Json], lists: list[Json]) -> None:
    for entry, listed in zip(entries, lists, strict=True):
        assert listed["id"] == entry["statusListCredential"]
        assert {"VerifiableCredential", "BitstringStatusListCredential"} <= set(listed["type"])
        assert verified(client, listed)["verified"] is True


@requirement("Bitstring Status List 2.1", "statusSize is an integer greater than zero")
@requirement("Bitstring Status List 2.1", "with a statusSize over 1 there is a statusMessage")
@requirement("Bitstring Status List 2.1", "there are as many messages as the suite counts for the size")
@requirement("Bitstring Status List 2.1", "each message has a status in hexadecimal and a message")
def test_size_and_messages(entries: list[Json]) -> None:
    sized = entries[-1]
    assert sized["statusSize"] == 2
    assert len(sized["statusMessage"]) == sized["statusSize"]
    for number, message in enumerate(sized["statusMessage"]):
        assert message["status"] == f"0x{number}"
        assert message["message"]


@requirement("Bitstring Status List 2.1", "statusReference is a URL or several")
def test_reference(entries: list[Json]) -> None:
    assert entries[-1]["statusReference"].startswith(HOST)


@requirement("Bitstring Status List 2.2", "the list's subject has the type BitstringStatusList")
@requirement("Bitstring Status List 2.2", "the list's statusPurpose is one or more strings")
def test_subject_of_the_list(entries: list[Json], lists: list[Json]) -> None:
    for entry, listed in zip(entries, lists, strict=True):
        subject = listed["credentialSubject"]
        assert subject["type"] == "BitstringStatusList"
        assert subject["statusPurpose"] == entry["statusPurpose"]


@requirement("Bitstring Status List 2.2", "encodedList is multibase base64url of a gzipped bitstring")
@requirement("Bitstring Status List 2.2", "the bitstring has at least 16 KB")
def test_encoding_of_the_list(lists: list[Json]) -> None:
    assert [len(bits(listed)) for listed in lists] == [16_384, 32_768]
    for listed in lists:
        assert listed["credentialSubject"]["encodedList"].startswith("u")
        assert "=" not in listed["credentialSubject"]["encodedList"]


@requirement("Bitstring Status List 3", "a malformed entry is refused at issuing")
@pytest.mark.parametrize(
    "broken",
    [
        {"statusListIndex": True},
        {"statusListIndex": "-1"},
        {"statusListIndex": "01"},
        {"statusListIndex": "1.5"},
        {"statusPurpose": None},
        {"statusListCredential": 5},
        {"statusSize": 0},
        {"statusSize": "2"},
    ],
    ids=str,
)
def test_a_malformed_entry_is_refused(client: TestClient, entries: list[Json], broken: Json) -> None:
    entry = {name: value for name, value in {**entries[0], **broken}.items() if value is not None}
    credential = {**unsigned(client), "credentialStatus": entry}
    answer = client.post("/vc-api/credentials/issue", json={"credential": credential})
    assert answer.status_code == 400
    twin = {**credential, "credentialStatus": entries[0]}
    assert client.post("/vc-api/credentials/issue", json={"credential": twin}).status_code == 201


@requirement("Bitstring Status List 3", "a member nobody defines is refused at issuing")
def test_an_undefined_member_is_refused(client: TestClient) -> None:
    entry = {
        "type": "BitstringStatusListEntry",
        "statusListIndex": True,
        "statusListCredential": "https://example.com",
    }
    answer = client.post(
        "/vc-api/credentials/issue", json={"credential": {**unsigned(client), "statusEntry": entry}}
    )
    assert answer.status_code == 400


@requirement("Bitstring Status List 3.2", "a set bit makes the credential fail, and only this one")
@requirement("Bitstring Status List 3.3", "the first index is the left-most bit")
def test_a_revoked_credential_fails_and_its_neighbor_does_not(client: TestClient, issued: Json) -> None:
    revoked = issue(client, unsigned(client))
    change = {
        "credentialId": revoked["id"],
        "credentialStatus": {"statusPurpose": "revocation"},
        "status": True,
    }
    assert client.post("/vc-api/credentials/status", json=change).status_code == 200
    report = verified(client, revoked, 400)
    assert [one["title"] for one in report["problemDetails"]] == ["status.revocation"]
    assert verified(client, issued)["verified"] is True
    entry = revoked["credentialStatus"][0]
    index = int(entry["statusListIndex"])
    listed = bits(fetched(client, entry["statusListCredential"]))
    assert listed[index >> 3] & (0x80 >> (index & 7))
    assert sum(byte.bit_count() for byte in listed) == 1


@requirement("Bitstring Status List 3.2", "the message of a value of several bits is given")
def test_a_message_is_told_and_leaves_the_credential_valid(client: TestClient) -> None:
    remarked = issue(client, unsigned(client))
    change = {
        "credentialId": remarked["id"],
        "credentialStatus": [{"statusPurpose": "message", "status": 1}],
    }
    assert client.post("/vc-api/credentials/status", json=change).status_code == 200
    (check,) = [one for one in verified(client, remarked)["checks"] if one["code"] == "status.message"]
    assert (check["outcome"], check["facts"]["got"]) == ("valid", "remark")


@requirement("Bitstring Status List 3.5", "a list that cannot be had leaves the status unknown, never fine")
def test_a_list_that_is_not_there(client: TestClient) -> None:
    credential = unsigned(client)
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "3",
        "statusListCredential": "https://lists.example/1",
    }
    signed = issue(client, {**credential, "credentialStatus": entry})
    (problem,) = verified(client, signed, 400)["problemDetails"]
    assert problem["title"] == "status.revocation"
    assert problem["type"] == "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"


@requirement("Bitstring Status List 3.5", "an error's type is a URL of the Recommendation")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        (
            {"statusPurpose": "suspension"},
            "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR",
        ),
        (
            {
                "statusSize": 2,
                "statusMessage": [{"status": f"0x{one}", "message": "so"} for one in range(4)],
            },
            "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR",
        ),
        ({"statusListIndex": "131072"}, "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"),
    ],
    ids=str,
)
def test_the_type_of_an_error(
    client: TestClient, entries: list[Json], changes: Json, expected: str | None
) -> None:
    entry = {name: value for name, value in entries[0].items() if name != "id"}
    signed = issue(client, {**unsigned(client), "credentialStatus": {**entry, **changes}})
    report = verified(client, signed, 400 if expected else 200)
    assert [one["type"] for one in report.get("problemDetails", [])] == ([expected] if expected else [])


def test_a_status_there_is_none_of_is_refused(client: TestClient, issued: Json) -> None:
    for change, status in (
        ({"credentialId": issued["id"], "credentialStatus": {"statusPurpose": "message", "status": 4}}, 400),
        ({"credentialId": issued["id"], "credentialStatus": {"statusPurpose": "nothing"}}, 400),
        ({"credentialId": issued["id"], "credentialStatus": []}, 400),
        ({"credentialId": "urn:uuid:0", "credentialStatus": {"statusPurpose": "revocation"}}, 404),
        ({}, 400),
    ):
        answer = client.post("/vc-api/credentials/status", json=change)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_lists_nobody_has_are_not_found(client: TestClient, entries: list[Json]) -> None:
    path = entries[0]["statusListCredential"].removeprefix(HOST)
    for other in (
        path + "x",
        path.replace("/1/", "/2/"),
        path.replace("/1/", "/x/"),
        path.replace("z6", "z7"),
    ):
        assert client.get(other).status_code in {400, 404}


def test_a_credential_that_brings_its_status_keeps_it(client: TestClient, entries: list[Json]) -> None:
    brought = copy.deepcopy(entries[0])
    signed = issue(client, {**unsigned(client), "credentialStatus": brought})
    assert signed["credentialStatus"] == brought
