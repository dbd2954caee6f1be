# SPDX-License-Identifier: Apache-2.0
"""What Data Integrity ECDSA Cryptosuites 1.0 requires of ecdsa-sd-2023, over HTTP: issue, derive, verify."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from fastapi.testclient import TestClient
from tests.fakes.endpoint import Endpoint, Json

from gakusho.proof import multibase

requirement = pytest.mark.requirement
VECTORS = Path(__file__).parents[2] / "vectors" / "ecdsa_sd_2023"
ACHIEVEMENTS = "/credentialSubject/achievements"
SELECTIVE = [
    f"{ACHIEVEMENTS}/{place}/{part}"
    for place in (0, 1)
    for part in ("sailNumber", "sails/0", "sails/1", "sails/2", "sails/3", "boards/0", "boards/1")
]


@pytest.fixture(scope="module")
def endpoint(client: TestClient) -> Endpoint:
    return Endpoint(client, {"cryptosuite": "ecdsa-sd-2023", "keyType": "P-256"})


def sail(size: float, name: str, year: int) -> Json:
    return {"size": size, "sailName": name, "year": year}


def windsailing(number: str, maker: str) -> Json:
    return {
        "type": "WindsailingAchievement",
        "sailNumber": number,
        "sails": [
            sail(5.5, "Osprey", 2023),
            sail(6.1, maker, 2023),
            sail(7.0, maker, 2020),
            sail(7.8, maker, 2023),
        ],
        "boards": [
            {"boardName": f"{maker} 170", "brand": maker, "year": 2022},
            {"boardName": f"{maker} Custom", "brand": maker, "year": 2019},
        ],
    }


def scoped(*words: str) -> Json:
    return {"@protected": True, **{word: f"urn:example:{word}" for word in words}}


def achievements(version: str, issuer: str) -> Json:
    """Give the credential with arrays of the official suite's kind: blank nodes, scopes, inline context."""
    inline: Json = {
        "@protected": True,
        "ExampleAchievementCredential": "urn:example:ExampleAchievementCredential",
        "WindsailingAchievement": {
            "@id": "urn:example:WindsailingAchievement",
            "@context": {
                "@protected": True,
                "id": "@id",
                "type": "@type",
                "sailNumber": "urn:example:sailNumber",
                "sails": {"@id": "urn:example:sails", "@context": scoped("sailName", "size", "year")},
                "boards": {"@id": "urn:example:boards", "@context": scoped("boardName", "brand", "year")},
            },
        },
        "achievements": {"@id": "urn:example:achievements", "@type": "@id"},
    }
    if version == "1.1":
        inline["name"] = "https://schema.org/name"
    first = "2018/credentials/v1" if version == "1.1" else "ns/credentials/v2"
    return {
        "@context": [f"https://www.w3.org/{first}", inline],
        "type": ["VerifiableCredential", "ExampleAchievementCredential"],
        "issuer": issuer,
        **({"issuanceDate": "2024-01-01T00:00:00Z"} if version == "1.1" else {}),
        "credentialSubject": {
            "name": "Jane Doe",
            "achievements": [windsailing("Earth101", "Tillo"), windsailing("Mars101", "Excite")],
        },
    }


def mandatory(version: str) -> list[str]:
    return ["/issuer", "/issuanceDate"] if version == "1.1" else ["/issuer"]


@pytest.fixture(scope="module", params=["1.1", "2.0"])
def base(endpoint: Endpoint, request: pytest.FixtureRequest) -> Json:
    version: str = request.param
    return endpoint.issued(achievements(version, endpoint.issuer), mandatoryPointers=mandatory(version))


def derive(endpoint: Endpoint, credential: Json, *pointers: str) -> Any:
    body = {"verifiableCredential": credential, "options": {"selectivePointers": list(pointers)}}
    return endpoint.post("/credentials/derive", body)


def derived(endpoint: Endpoint, credential: Json, *pointers: str) -> Json:
    answer = derive(endpoint, credential, *pointers)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()["verifiableCredential"]
    return found


def components(proof: Json) -> list[Any]:
    found: list[Any] = cbor2.loads(multibase.from_base64url(proof["proofValue"][1:])[3:])
    return found


def refuses(endpoint: Endpoint, credential: Json) -> None:
    answer = endpoint.verify_proof(credential)
    assert answer.status_code == 400, answer.text


@requirement("ECDSA 3.5.2", "a base proof starts with u and the header bytes d9 5d 00")
@requirement("ECDSA 3.5.2", "its five components are encoded in CBOR without tags")
@requirement("ECDSA 3.6.2", "the HMAC key has 32 bytes")
def test_the_base_proof(base: Json) -> None:
    value = base["proof"]["proofValue"]
    assert value.startswith("u2V0A")
    signature, key, hmac_key, signatures, pointers = components(base["proof"])
    assert (len(signature), len(key), len(hmac_key)) == (64, 35, 32)
    assert key[:2] == b"\x80\x24"
    assert {len(one) for one in signatures} == {64}
    assert pointers[0] == "/issuer"
    assert b"\xd8" + b"\x40" not in multibase.from_base64url(value[1:])[:6]


@requirement("ECDSA 3.6.5", "every base proof has keys of its own")
def test_keys_are_not_used_twice(endpoint: Endpoint) -> None:
    two = [endpoint.issued(achievements("2.0", endpoint.issuer)) for _ in range(2)]
    first, second = (components(one["proof"]) for one in two)
    assert first[1] != second[1]
    assert first[2] != second[2]


@requirement("ECDSA 3.5.8", "verifying a base proof fails")
def test_a_base_proof_does_not_verify(endpoint: Endpoint, base: Json) -> None:
    refuses(endpoint, base)


@requirement("ECDSA 3.4.13", "a pointer that leads nowhere is an error, at issuing and at deriving")
@pytest.mark.parametrize(
    "pointer",
    [
        "/non/existent/path",
        "/credentialSubject/invalidPointer",
        "/credentialSubject/achievements/7",
        "issuer",
        "/credentialSubject/name/x",
    ],
)
def test_a_pointer_leads_nowhere(endpoint: Endpoint, base: Json, pointer: str) -> None:
    answer = endpoint.issue(achievements("2.0", endpoint.issuer), mandatoryPointers=[pointer])
    assert answer.status_code == 400
    assert derive(endpoint, base, pointer).status_code == 400


@requirement("ECDSA 3.6.7", "a derived proof verifies, with nested parts, whole lists, parts of lists")
@pytest.mark.parametrize(
    "pointers",
    [
        ["/credentialSubject/name"],
        SELECTIVE,
        SELECTIVE[2:-4],
        SELECTIVE[7:],
        SELECTIVE[:1],
        [f"{ACHIEVEMENTS}/1/sails/3"],
        [f"{ACHIEVEMENTS}/1/sails/3/size", f"{ACHIEVEMENTS}/0/sails/3/size"],
        ["/credentialSubject"],
        [""],
    ],
    ids=len,
)
def test_what_is_derived_verifies(endpoint: Endpoint, base: Json, pointers: list[str]) -> None:
    shown = derived(endpoint, base, *pointers)
    for options in ({"checks": ["proof"]}, {}):
        answer = endpoint.verify(shown, **options)
        assert answer.status_code == 200, answer.text


@requirement("ECDSA 3.4.11", "ids and types on the way of a pointer are in the selection")
def test_ids_and_types_come_along(endpoint: Endpoint) -> None:
    credential = endpoint.credential(
        id="urn:uuid:36245ee9-9074-4b05-a777-febff2e69757",
        credentialSubject={"id": "did:example:alice", "name": "Alice", "description": "held back"},
    )
    shown = derived(
        endpoint, endpoint.issued(credential, mandatoryPointers=["/issuer"]), "/credentialSubject/name"
    )
    assert shown["id"] == credential["id"]
    assert shown["type"] == ["VerifiableCredential"]
    assert shown["credentialSubject"] == {"id": "did:example:alice", "name": "Alice"}


@requirement("ECDSA 3.5.4", "what is held back stands nowhere in what is shown")
def test_what_is_held_back(endpoint: Endpoint, base: Json) -> None:
    text = json.dumps(derived(endpoint, base, f"{ACHIEVEMENTS}/0/sails/1"))
    assert "Tillo" in text
    for word in ("Jane Doe", "Earth101", "Mars101", "Excite", "Osprey"):
        assert word not in text


@requirement("ECDSA 3.5.7", "a derived proof has the header d9 5d 01 and five components without tags")
def test_the_derived_proof(endpoint: Endpoint, base: Json) -> None:
    shown = derived(endpoint, base, *SELECTIVE[2:5])
    assert shown["proof"]["proofValue"].startswith("u2V0B")
    signature, key, signatures, labels, places = components(shown["proof"])
    assert (len(signature), len(key)) == (64, 35)
    assert {len(one) for one in signatures} == {64}
    assert sorted(labels) == list(range(len(labels)))
    assert {len(label) for label in labels.values()} == {32}
    assert all(isinstance(place, int) for place in places)
    named = {name: value for name, value in shown["proof"].items() if name != "proofValue"}
    assert named == {name: value for name, value in base["proof"].items() if name != "proofValue"}


@requirement("ECDSA 3.6.6", "the issuer cannot be made to sign what it did not mean: mandatory parts stay")
def test_mandatory_parts_cannot_be_left_out(endpoint: Endpoint, base: Json) -> None:
    shown = derived(endpoint, base, "/credentialSubject/name")
    assert shown["issuer"] == endpoint.issuer
    refuses(endpoint, {**shown, "issuer": "did:example:other"})
    less = copy.deepcopy(shown)
    del less["credentialSubject"]
    less["credentialSubject"] = {}
    refuses(endpoint, less)


@requirement("ECDSA 3.6.7", "a derived document that was changed does not verify")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["credentialSubject"].update(id="urn:invalid"),
        lambda c: c["credentialSubject"].update(name="John Doe"),
        lambda c: c["credentialSubject"]["achievements"][0]["sails"][0].update(size=9.9),
        lambda c: c["credentialSubject"]["achievements"][0]["sails"].reverse() or c.update(name="x"),
        lambda c: c["credentialSubject"]["achievements"][0]["sails"].pop(),
        lambda c: c["credentialSubject"]["achievements"].pop(0),
        lambda c: c["credentialSubject"].update(undefinedTerm="x"),
        lambda c: c["proof"].update(cryptosuite="invalid-cryptosuite"),
        lambda c: c["proof"].update(cryptosuite="ecdsa-rdfc-2019"),
        lambda c: c["proof"].update(created="2020-01-01T00:00:00Z"),
        lambda c: c["proof"].pop("proofPurpose"),
        lambda c: c["proof"].pop("type"),
    ],
)
def test_a_change_is_found(endpoint: Endpoint, base: Json, spoil: Any) -> None:
    shown = derived(endpoint, base, *SELECTIVE)
    spoil(shown)
    refuses(endpoint, shown)


@requirement("ECDSA 3.5.8", "a value without u, with another header or other components is an error")
@pytest.mark.parametrize(
    "respell",
    [
        lambda value: "a",
        lambda value: value[1:],
        lambda value: value[:1] + value[4:],
        lambda value: "u2V0A" + value[5:],
        lambda value: "u2V0C" + value[5:],
        lambda value: value + "A",
        lambda value: value[:-5],
        lambda value: None,
    ],
)
def test_the_value_is_spelled_otherwise(endpoint: Endpoint, respell: Any) -> None:
    vector = json.loads((VECTORS / "derived.json").read_text("utf-8"))
    assert endpoint.verify_proof(vector).status_code == 200
    vector["proof"]["proofValue"] = respell(vector["proof"]["proofValue"])
    refuses(endpoint, vector)


@requirement("ECDSA 3.5.8", "a component of another type or length is an error")
@requirement("ECDSA 3.6.7", "another number of signatures than statements is an error")
@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, lambda part: part[:-1]),
        (1, lambda part: part + b"\x00"),
        (2, lambda part: part[:-1]),
        (2, lambda part: [*part, bytes(64)]),
        (2, lambda part: ["text"]),
        (3, lambda part: {**part, 99: "not a byte array"}),
        (3, lambda part: {}),
        (3, lambda part: list(part.values())),
        (4, lambda part: ["0", *part[1:]]),
        (4, lambda part: part[:-1]),
        (4, lambda part: {}),
    ],
)
def test_a_component_is_wrong(endpoint: Endpoint, place: int, change: Any) -> None:
    vector = json.loads((VECTORS / "derived.json").read_text("utf-8"))
    parts = components(vector["proof"])
    parts[place] = change(parts[place])
    vector["proof"]["proofValue"] = "u" + multibase.base64url(b"\xd9\x5d\x01" + cbor2.dumps(parts))
    refuses(endpoint, vector)


@requirement("ECDSA 3.6.7", "the published vector verifies, without checks named too")
def test_the_published_vector(endpoint: Endpoint) -> None:
    vector = json.loads((VECTORS / "derived.json").read_text("utf-8"))
    for options in ({"checks": ["proof"]}, {}):
        assert endpoint.verify(vector, **options).status_code == 200
    base = json.loads((VECTORS / "base.json").read_text("utf-8"))
    assert derived(endpoint, base, "/credentialSubject/boards/0", "/credentialSubject/boards/1") == vector


@requirement("ECDSA 3.5.3", "only a base proof is derived from")
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019"])
def test_other_proofs_are_not_derived_from(
    client: TestClient, endpoint: Endpoint, base: Json, suite: str
) -> None:
    other = Endpoint(client, {"cryptosuite": suite})
    assert derive(endpoint, other.issued(other.credential()), "/issuer").status_code == 400
    assert derive(endpoint, derived(endpoint, base, ""), "").status_code == 400
