# SPDX-License-Identifier: Apache-2.0
"""What Data Integrity 1.0 requires of proofs, for every suite and kind of key, over HTTP.

The requirements are those that the W3C's suites for EdDSA and ECDSA test; the forgeries are signed as their
generators sign them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.endpoint import Endpoint, Json
from tests.fakes.forgery import Forger

from gakusho.formats._contexts import contexts
from gakusho.proof import multibase
from gakusho.proof.quads import quads
from gakusho.web.api import vc_api_keys

requirement = pytest.mark.requirement
PAIRS = [
    (one.cryptosuite, one.key_type)
    for one in vc_api_keys.offers()
    if one.cryptosuite != vc_api_keys.ENVELOPED
]
SECURITY = "https://w3id.org/security#"
STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(Z|[+-][0-9]{2}:[0-9]{2})")


@pytest.fixture(scope="module", params=PAIRS, ids=" ".join)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.fixture(scope="module")
def endpoint(client: TestClient, pair: tuple[str, str]) -> Endpoint:
    return Endpoint(client, {"cryptosuite": pair[0], "keyType": pair[1]})


@pytest.fixture(scope="module")
def forger(pair: tuple[str, str]) -> Forger:
    return Forger(*pair)


@pytest.fixture(scope="module", params=["1.1", "2.0"])
def issued(endpoint: Endpoint, forger: Forger, request: pytest.FixtureRequest) -> Json:
    """One credential of each data model, issued over HTTP."""
    return endpoint.issued(forger.credential(request.param, issuer=endpoint.issuer))


@pytest.fixture(scope="module")
def signed(forger: Forger) -> Json:
    return forger.sign(forger.credential())


def refuses(endpoint: Endpoint, credential: Any, **options: Any) -> None:
    answer = endpoint.verify(credential, checks=["proof"], **options)
    assert answer.status_code == 400, answer.text
    assert answer.json().get("verified", False) is False


def accepts(endpoint: Endpoint, credential: Any) -> None:
    for checks in ({"checks": ["proof"]}, {}):
        answer = endpoint.verify(credential, **checks)
        assert answer.status_code == 200, answer.text
        assert answer.json()["verified"] is True


# --- creating --------------------------------------------------------------------------------------


@requirement("Data Integrity 2.1", "a proof property is used; it is an object or a set of objects")
@requirement(
    "Data Integrity 2.1", "type, verificationMethod, proofPurpose and proofValue are set, as strings"
)
@requirement(
    "Data Integrity 2.1", "type is DataIntegrityProof, and cryptosuite a string that names the suite"
)
def test_the_members_of_a_proof(issued: Json, endpoint: Endpoint) -> None:
    proof = issued["proof"]
    assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", endpoint.options["cryptosuite"])
    assert proof["verificationMethod"] == f"{endpoint.issuer}#{endpoint.issuer.removeprefix('did:key:')}"
    assert proof["proofPurpose"] == "assertionMethod"
    assert isinstance(proof["proofValue"], str)


@requirement("Data Integrity 2.1", "created and expires are dateTimeStamps")
def test_the_times_of_a_proof(issued: Json, endpoint: Endpoint) -> None:
    assert STAMP.fullmatch(issued["proof"]["created"])
    later = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    again = endpoint.issued({name: value for name, value in issued.items() if name != "proof"}, expires=later)
    assert again["proof"]["expires"] == later


@requirement("Data Integrity 2.1", "type, verificationMethod and proofPurpose map to URLs")
@requirement("Data Integrity 2.2.1", "the cryptosuite has the type cryptosuiteString")
@requirement("Data Integrity 2.4.1", "the contexts that define the proof are those of the document")
def test_the_words_of_a_proof_are_defined(issued: Json) -> None:
    named = {url for url in issued["@context"] if isinstance(url, str)}
    assert named & {
        "https://www.w3.org/ns/credentials/v2",
        "https://w3id.org/security/data-integrity/v2",
    }
    options = {
        name: value for name, value in issued["proof"].items() if name not in ("proofValue", "@context")
    }
    only_pinned = [url for url in issued["@context"] if isinstance(url, str)]
    found = {p: o for _, p, o, _ in quads({**options, "@context": only_pinned}, contexts())}
    assert found["<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"] == f"<{SECURITY}DataIntegrityProof>"
    assert found[f"<{SECURITY}proofPurpose>"] == f"<{SECURITY}assertionMethod>"
    assert found[f"<{SECURITY}verificationMethod>"] == f"<{issued['proof']['verificationMethod']}>"
    assert found[f"<{SECURITY}cryptosuite>"].endswith(f"^^<{SECURITY}cryptosuiteString>")


@requirement("EdDSA 2.2.1", "proofValue is a detached signature in multibase base58btc")
@requirement("ECDSA 2.2.1", "proofValue is in multibase base58btc; of ecdsa-sd-2023 in base64url")
@requirement("ECDSA 3", "a signature is expressed in the form of IEEE P1363")
def test_the_encoding_of_the_value(issued: Json, pair: tuple[str, str]) -> None:
    suite, key_type = pair
    value = issued["proof"]["proofValue"]
    if suite == "ecdsa-sd-2023":
        assert re.fullmatch(r"u2V0A[A-Za-z0-9_-]+", value)
        return
    assert value.startswith("z")
    assert len(multibase.decode(value)) == (96 if key_type == "P-384" else 64)


@requirement("EdDSA 2.1.1", "the key is published in multibase base58btc, as a Multikey")
@requirement("ECDSA 2.1.1", "the key is published in multibase base58btc, as a Multikey")
def test_the_key_is_published(client: TestClient, issued: Json, pair: tuple[str, str]) -> None:
    did, _, key = issued["proof"]["verificationMethod"].partition("#")
    document = client.get(f"/1.0/identifiers/{did}").json()["didDocument"]
    (method,) = document["verificationMethod"]
    assert (method["type"], method["controller"], method["publicKeyMultibase"]) == ("Multikey", did, key)
    assert key.startswith({"Ed25519": "z6Mk", "P-256": "zDna", "P-384": "z82L"}[pair[1]])
    assert document["assertionMethod"] == [issued["proof"]["verificationMethod"]]


@requirement("Data Integrity 4.2", "what cannot be signed without loss is not issued")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["credentialSubject"].update(undefinedTerm="x"),
        lambda c: c["type"].append("UndefinedType"),
        lambda c: c["@context"].append("https://nobody.example/v1"),
        lambda c: c.update(type=["VerifiableCredential", "relative/type"]),
    ],
)
def test_nothing_is_lost_in_issuing(endpoint: Endpoint, forger: Forger, spoil: Callable[[Json], Any]) -> None:
    credential = forger.credential(issuer=endpoint.issuer)
    spoil(credential)
    assert endpoint.issue(credential).status_code == 400


@requirement("Data Integrity 4.2", "options that are not those of a proof are refused")
@pytest.mark.parametrize(
    "options",
    [
        {"created": "invalidDate"},
        {"expires": "invalidDate"},
        {"cryptosuite": "UnknownCryptosuite"},
        {"keyType": "P-999"},
        {"previousProof": "urn:uuid:nobody"},
    ],
)
def test_what_cannot_be_promised_is_not_issued(endpoint: Endpoint, forger: Forger, options: Json) -> None:
    answer = endpoint.issue(forger.credential(issuer=endpoint.issuer), **options)
    assert answer.status_code == 400


# --- verifying -------------------------------------------------------------------------------------


@requirement("Data Integrity 4.3", "a valid proof verifies, on data model 1.1 and 2.0")
@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_what_others_signed_verifies(endpoint: Endpoint, forger: Forger, version: str) -> None:
    accepts(endpoint, forger.sign(forger.credential(version)))


@requirement("Data Integrity 4.3", "what this endpoint issued, it verifies")
def test_what_was_issued_verifies(endpoint: Endpoint, issued: Json, pair: tuple[str, str]) -> None:
    if pair[0] == "ecdsa-sd-2023":
        refuses(endpoint, issued)
        body = {"verifiableCredential": issued, "options": {"selectivePointers": [""]}}
        issued = endpoint.post("/credentials/derive", body).json()["verifiableCredential"]
    accepts(endpoint, issued)


@requirement("Data Integrity 4.3", "the proof alone verifies although the issuer does not control the key")
def test_the_issuer_may_be_somebody_else(endpoint: Endpoint, forger: Forger) -> None:
    other = forger.sign(forger.credential(issuer="https://vc.example/issuers/5678"))
    accepts(endpoint, other)
    assert endpoint.verify(other, checks=["proof", "issuer"]).status_code == 400


@requirement("Data Integrity 2.1", "a proof that is missing or malformed is an error")
@pytest.mark.parametrize("proof", [..., None, [], {}, "proof", 5, [None]])
def test_no_proof(endpoint: Endpoint, signed: Json, proof: object) -> None:
    changed = {**signed, "proof": proof}
    if proof is ...:
        del changed["proof"]
    refuses(endpoint, changed)


@requirement("Data Integrity 2.1", "a proof without one of its members is an error")
@pytest.mark.parametrize(
    "member", ["type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue"]
)
def test_a_member_is_missing(endpoint: Endpoint, forger: Forger, member: str) -> None:
    refuses(endpoint, forger.sign_as(forger.credential(), lambda proof: proof.pop(member)))


@requirement("Data Integrity 2.1", "a proof with another type, suite, method, purpose or time is an error")
@requirement("EdDSA 3.2.2", "another type or cryptosuite is an error in transformation and configuration")
@requirement("ECDSA 3.2.2", "another type or cryptosuite is an error in transformation and configuration")
@pytest.mark.parametrize(
    "change",
    [
        {"type": "UnknownProofType"},
        {"type": ""},
        {"type": ["DataIntegrityProof", "Other"]},
        {"cryptosuite": "UnknownCryptosuite"},
        {"cryptosuite": ""},
        {"cryptosuite": 5},
        {"verificationMethod": "did:key:invalidVm"},
        {"verificationMethod": "did:key:z6MkInvalid#z6MkInvalid"},
        {"verificationMethod": None},
        {"proofPurpose": "invalidPurpose"},
        {"proofPurpose": "authentication"},
        {"proofPurpose": None},
        {"created": "invalidDate"},
        {"created": "2024-13-01T00:00:00Z"},
        {"created": None},
        {"expires": "invalidDate"},
        {"expires": "2024-01-01T00:00:00Z"},
        {"id": "no url"},
        {"undefinedMember": "x"},
        {"proofValue": None},
        {"proofValue": ""},
    ],
    ids=lambda change: ",".join(f"{name}={value}" for name, value in change.items()),
)
def test_a_member_is_wrong(endpoint: Endpoint, forger: Forger, change: Json) -> None:
    refuses(endpoint, forger.sign_as(forger.credential(), lambda proof: proof.update(change)))


@requirement("Data Integrity 2.1", "created is optional, may have an offset, and is UTC without one")
@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof.pop("created"),
        lambda proof: proof.update(created="2024-01-01T09:00:00+09:00"),
        lambda proof: proof.update(created="2024-01-01T00:00:00.123Z"),
        lambda proof: proof.update(created="2024-01-01T00:00:00"),
        lambda proof: proof.update(expires="2124-01-01T00:00:00Z"),
        lambda proof: proof.update(nonce="u4f7d0a"),
        lambda proof: proof.update(domain=["a.example", "b.example"], challenge="1235abcd6789"),
        lambda proof: proof.update(id="urn:uuid:0d6d4a5c-0000-4000-8000-000000000000"),
    ],
)
def test_what_a_proof_may_say(endpoint: Endpoint, forger: Forger, change: Callable[[Json], Any]) -> None:
    if forger.suite != "ecdsa-sd-2023":  # its value is not made again here
        accepts(endpoint, forger.sign_as(forger.credential(), change))


@requirement("Data Integrity 4.3", "a purpose that was not expected is an error")
def test_another_purpose_was_expected(endpoint: Endpoint, signed: Json) -> None:
    answer = endpoint.verify(signed, checks=["proof"], expectedProofPurpose="authentication")
    assert answer.status_code == 400


@requirement("Data Integrity 2.1", "proofValue has the multibase header and encoding of its suite")
@pytest.mark.parametrize(
    "respell",
    [
        lambda value: value[1:],
        lambda value: ("u" if value[0] == "z" else "z") + value[1:],
        lambda value: "a",
        lambda value: value + "0",
        lambda value: value[:-4],
        lambda value: value + " ",
        lambda value: value + "=",
        lambda value: [value],
    ],
)
def test_the_value_is_spelled_otherwise(
    endpoint: Endpoint, signed: Json, respell: Callable[[str], Any]
) -> None:
    changed = copy.deepcopy(signed)
    changed["proof"]["proofValue"] = respell(signed["proof"]["proofValue"])
    refuses(endpoint, changed)


@requirement("Data Integrity 2.4.1", "data that a JSON-LD processor would drop is an error")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["credentialSubject"].update(undefinedTerm="IfDroppedWillVerify"),
        lambda c: c["type"].append("UndefinedType"),
        lambda c: c.update(undefinedTerm={"a": 1}),
        lambda c: c["proof"].update(undefinedTerm="x"),
        lambda c: c["credentialSubject"].update({"@type": "relative"}),
    ],
)
def test_nothing_is_lost_in_verifying(endpoint: Endpoint, signed: Json, spoil: Callable[[Json], Any]) -> None:
    changed = copy.deepcopy(signed)
    spoil(changed)
    refuses(endpoint, changed)


@requirement("EdDSA 3.2.2", "a document that was changed does not verify")
@requirement("ECDSA 3.2.2", "a document that was changed does not verify")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["credentialSubject"].update(name="Bob"),
        lambda c: c["credentialSubject"].update(id="urn:invalid"),
        lambda c: c["credentialSubject"].pop("description"),
        lambda c: c.update(validFrom="2024-01-02T00:00:00Z"),
        lambda c: c["proof"].update(created="2024-01-01T00:00:00Z"),
    ],
)
def test_a_change_is_found(endpoint: Endpoint, signed: Json, spoil: Callable[[Json], Any]) -> None:
    changed = copy.deepcopy(signed)
    spoil(changed)
    refuses(endpoint, changed)


@requirement("Data Integrity 2.2", "a name beyond ASCII is signed in UTF-8")
def test_strings_are_utf8(endpoint: Endpoint, forger: Forger) -> None:
    named = forger.credential(name="学位記 \U0001f393 \ufb33")
    accepts(endpoint, forger.sign(named))
    refuses(endpoint, {**forger.sign(named), "name": "学位記 \U0001f393 \ufb34"})


# --- sets and chains -------------------------------------------------------------------------------

CHAINING = pytest.mark.parametrize(
    # A credential derived from one of ecdsa-sd-2023 has the derived proof alone.
    "chaining",
    [pair for pair in PAIRS if pair[0] != "ecdsa-sd-2023"],
    indirect=True,
    ids=" ".join,
    scope="module",
)
FIRST, SECOND = (
    "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544",
    "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54",
)


@pytest.fixture(scope="module")
def chaining(client: TestClient, request: pytest.FixtureRequest) -> tuple[Endpoint, Forger]:
    suite, key_type = request.param
    return Endpoint(client, {"cryptosuite": suite, "keyType": key_type}), Forger(suite, key_type)


@pytest.fixture(scope="module")
def chain(chaining: tuple[Endpoint, Forger]) -> Json:
    forger = chaining[1]
    one = forger.sign(forger.credential(), id=FIRST)
    two = forger.sign(one, id=SECOND)
    return forger.sign(two, previous_proof=(FIRST, SECOND))


@requirement("Data Integrity 4.5", "each proof of a set or a chain verifies")
@CHAINING
def test_a_chain_verifies(chaining: tuple[Endpoint, Forger], chain: Json) -> None:
    endpoint, forger = chaining
    accepts(endpoint, chain)
    accepts(endpoint, {**chain, "proof": chain["proof"][:2]})
    accepts(endpoint, forger.sign(forger.sign(forger.credential(), id=FIRST), previous_proof=FIRST))


@requirement("Data Integrity 4.5", "previousProof that names no proof of the document is an error")
@requirement("Data Integrity 4.5", "an element of previousProof that names no proof is an error")
@pytest.mark.parametrize(
    "previous",
    [
        "urn:uuid:test:missing:proof",
        ["urn:uuid:test:missing:proof"],
        [FIRST, "urn:uuid:test:missing:proof"],
        5,
        {},
        [],
        None,
        [[FIRST]],
    ],
)
@CHAINING
def test_a_previous_proof_is_missing(
    chaining: tuple[Endpoint, Forger], chain: Json, previous: object
) -> None:
    changed = copy.deepcopy(chain)
    changed["proof"][2]["previousProof"] = previous
    refuses(chaining[0], changed)


@requirement("Data Integrity 4.5", "a chain of which a proof was changed, taken out or moved does not verify")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda proofs: proofs.pop(0),
        lambda proofs: proofs[0].update(proofValue="invalidProofValue"),
        lambda proofs: proofs[0].update(id="urn:uuid:0d6d4a5c-0000-4000-8000-000000000000"),
        lambda proofs: proofs[2].update(id="urn:uuid:0d6d4a5c-0000-4000-8000-000000000000"),
        lambda proofs: proofs[0].update(created="2024-01-01T00:00:00Z"),
        lambda proofs: proofs.insert(0, proofs.pop(2)),
        lambda proofs: proofs[2].pop("previousProof"),
        lambda proofs: proofs[1].update(cryptosuite="UnknownCryptosuite"),
    ],
)
@CHAINING
def test_a_chain_is_tampered_with(
    chaining: tuple[Endpoint, Forger], chain: Json, spoil: Callable[[list[Json]], Any]
) -> None:
    changed = copy.deepcopy(chain)
    spoil(changed["proof"])
    refuses(chaining[0], changed)
