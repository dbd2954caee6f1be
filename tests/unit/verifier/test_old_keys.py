# SPDX-License-Identifier: Apache-2.0
"""What a signature is worth once its key is retired or withdrawn, as a table.

Whoever holds a key chooses the times in its proofs. A key is retired in good order: what says it was signed
before counts. A key is withdrawn because somebody else may hold it: what says it was signed before is not
proven, until somebody else proves the time. Proofs (``created``) and tokens (``iat``) are held to one rule.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import cbor2
import pytest
from tests.fakes.university import NOW, University

from gakusho.formats import _cose, _jose
from gakusho.formats._contexts import contexts
from gakusho.model.report import Outcome, Report
from gakusho.proof import multibase
from gakusho.proof.suites.eddsa_rdfc_2022 import SUITE, hash_data
from gakusho.registry import did_document

BEFORE, AFTER = NOW - timedelta(days=30), NOW + timedelta(days=30)
LATER = NOW + timedelta(days=900)


FORMATS = ("open-badges-3", "vc-jwt", "vc-cose", "vc-sd-jwt", "sd-jwt-vc")


def publish(university: University, **changes: Any) -> None:
    document = did_document(university.did, [university.published_key(**changes)])
    university.documents["https://aoba.example/.well-known/did.json"] = json.dumps(document).encode()


def about(code: str, report: Report) -> tuple[Outcome, str | None]:
    (check,) = [one for one in report.checks if one.code == code]
    return check.outcome, check.facts.get("reason")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("retired", "withdrawn", "verified", "expected", "reason"),
    [
        (None, None, LATER, Outcome.VALID, None),
        (AFTER, None, NOW, Outcome.VALID, None),
        (AFTER, None, LATER, Outcome.VALID, None),
        (BEFORE, None, LATER, Outcome.INVALID, "retired"),
        (None, AFTER, NOW, Outcome.VALID, None),
        (None, AFTER, LATER, Outcome.UNKNOWN, "revoked-later"),
        (None, BEFORE, LATER, Outcome.INVALID, "revoked"),
        (AFTER, AFTER, LATER, Outcome.UNKNOWN, "revoked-later"),
        (BEFORE, AFTER, LATER, Outcome.UNKNOWN, "revoked-later"),
        (AFTER, BEFORE, LATER, Outcome.INVALID, "revoked"),
    ],
)
def test_what_a_signature_of_now_is_worth(
    form: str,
    retired: datetime | None,
    withdrawn: datetime | None,
    verified: datetime,
    expected: Outcome,
    reason: str | None,
) -> None:
    university = University()
    data = university.sealed(form=form)
    publish(university, expires=retired, revoked=withdrawn)
    report = university.verify(data, at=verified)
    assert about("proof.key", report) == (expected, reason)
    assert about("proof.created", report)[0] is Outcome.VALID


def without_time(form: str, university: University) -> bytes:
    """A credential that does not say when it was signed."""
    data = university.sealed(form=form)
    if form == "open-badges-3":
        document = {name: value for name, value in json.loads(data).items() if name != "proof"}
        stated = {"type": "DataIntegrityProof", "cryptosuite": SUITE.name, "proofPurpose": "assertionMethod"}
        proof = stated | {"verificationMethod": university.key_id}
        signature = university.signer.sign(hash_data(document, proof, contexts()))
        proof["proofValue"] = multibase.encode(signature)
        return json.dumps(document | {"proof": proof}).encode()
    if form == "vc-cose":
        return _cose.signed(
            _cose.taken_apart(data).payload,
            signer=university.signer,
            key_id=university.key_id,
            message_type="application/vc+cose",
            content_type="application/vc",
        )
    head, _, shown = data.partition(b"~")
    token = _jose.taken_apart(head)
    claims = {name: value for name, value in token.claims.items() if name != "iat"}
    signed = _jose.signed(token.header, claims, university.signer)
    return signed + b"~" + shown if b"~" in data else signed


@pytest.mark.parametrize("form", FORMATS)
def test_a_signature_that_says_no_time_is_worth_something_until_its_key_is_retired(form: str) -> None:
    university = University()
    data = without_time(form, university)
    assert university.verify(data).outcome is Outcome.VALID
    publish(university, expires=AFTER)
    assert about("proof.key", university.verify(data)) == (Outcome.VALID, None)
    assert about("proof.key", university.verify(data, at=LATER)) == (Outcome.UNKNOWN, "retired")


@pytest.mark.parametrize("form", FORMATS)
def test_a_signature_from_the_future_is_refused(form: str) -> None:
    university = University(now=AFTER)
    data = university.sealed(form=form)
    university.now = NOW
    university.publish()
    assert about("proof.created", university.verify(data)) == (Outcome.INVALID, "future")
    assert about("proof.created", university.verify(data, at=LATER)) == (Outcome.VALID, None)


def test_a_time_the_signature_does_not_cover_counts_for_nothing() -> None:
    university = University()
    bare = without_time("vc-cose", university)
    protected, _, payload, signature = cbor2.loads(bare).value
    parts = [protected, {15: {6: int(NOW.timestamp())}}, payload, signature]
    report = university.verify(cbor2.dumps(cbor2.CBORTag(18, parts)))
    assert about("proof.header", report) == (Outcome.INVALID, "unprotected header 15")
    parts[1] = {}
    assert university.verify(cbor2.dumps(cbor2.CBORTag(18, parts))).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("claims", "holds"),
    [
        ({6: int(NOW.timestamp())}, True),
        ({1: "did:web:aoba.example"}, True),
        ({1: "did:web:other.example"}, False),
        ({2: "urn:uuid:5f5ed7b8-5c4b-4b54-9f0c-000000000000"}, False),
        ({4: int(BEFORE.timestamp())}, False),
        ({6: "yesterday"}, False),
        ([6], False),
        (1, False),
    ],
)
def test_the_claims_in_a_message_header_must_say_what_the_credential_says(
    claims: object, holds: bool
) -> None:
    university = University()
    message = _cose.taken_apart(university.sealed(form="vc-cose"))
    protected = cbor2.dumps({**message.protected, 15: claims})
    signed = cbor2.dumps(["Signature1", protected, b"", message.payload])
    parts = [protected, {}, message.payload, university.signer.sign(signed)]
    report = university.verify(cbor2.dumps(cbor2.CBORTag(18, parts)))
    assert report.outcome is (Outcome.VALID if holds else Outcome.INVALID)
