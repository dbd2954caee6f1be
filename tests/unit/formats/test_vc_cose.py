# SPDX-License-Identifier: Apache-2.0
"""COSE messages: one spelling of CBOR, algorithms and types that are named, keys from the issuer only."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.formats import CredentialKey, _cose
from gakusho.formats.vc_cose import FORMAT
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.verifier.presentation import verify_presentation

UNIVERSITY = University()
HOLDER = University.by_key(b"h" * 32)
PAYLOAD = _cose.taken_apart(UNIVERSITY.sealed(form="vc-cose")).payload
KID = UNIVERSITY.key_id.encode()
HEADER: dict[Any, Any] = {1: -8, 3: "application/vc", 4: KID, 16: "application/vc+cose"}


def message(
    header: dict[Any, Any] | bytes | None = None,
    payload: bytes = PAYLOAD,
    unprotected: dict[Any, Any] | None = None,
    signer: MemorySigner | None = None,
) -> bytes:
    given = HEADER if header is None else header
    protected = given if isinstance(given, bytes) else cbor2.dumps(given)
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    signature = (signer or UNIVERSITY.signer).sign(signed)
    return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature]))


def verified(data: bytes) -> Report:
    return UNIVERSITY.verify(data)


def test_a_message_of_ours_is_valid_in_bytes_and_in_base64() -> None:
    made = message()
    for data in (made, base64.b64encode(made), base64.b64encode(made).rstrip(b"=") + b"\n"):
        report = verified(data)
        assert (report.headline, report.format) == (Headline.VALID, "vc-cose")


@pytest.mark.parametrize(
    "header",
    [
        {1: -8, 4: KID},
        {1: -19, 4: KID},
        {1: -8, 4: b"#key-1", 16: "vc+cose"},
        {16: "application/vc+cose", 4: KID, 1: -8},
        HEADER | {99: ["unknown", {"a": 1}], "own": None},
    ],
)
def test_other_headers_that_are_allowed_are_valid(header: dict[Any, Any]) -> None:
    assert verified(message(header)).headline is Headline.VALID


def test_the_name_of_the_key_may_stand_outside_the_signature() -> None:
    assert verified(message({1: -8}, unprotected={4: KID})).headline is Headline.VALID


@pytest.mark.parametrize(
    "header",
    [
        {4: KID},
        HEADER | {1: 0},
        HEADER | {1: 5},
        HEADER | {1: "EdDSA"},
        HEADER | {1: None},
        HEADER | {1: True},
        HEADER | {1: -7},
        HEADER | {1: -257},
        HEADER | {2: []},
        HEADER | {2: [99], 99: 1},
        HEADER | {3: "application/vp"},
        HEADER | {3: 50},
        HEADER | {4: b""},
        HEADER | {4: "did:web:aoba.example#key-1"},
        HEADER | {4: b"x" * 1_000_000},
        HEADER | {4: b"\xff"},
        HEADER | {4: b"did:web:other.example#key-1"},
        HEADER | {4: b"../../etc/passwd"},
        HEADER | {16: "application/vp+cose"},
        HEADER | {16: "JWT"},
        HEADER | {16: 1},
        HEADER | {33: b"certificate"},
        HEADER | {35: "https://other.example/cert"},
    ],
    ids=lambda header: str(header)[:99],
)
def test_a_header_that_says_otherwise_is_refused(header: dict[Any, Any]) -> None:
    assert verified(message(header)).outcome is not Outcome.VALID


@pytest.mark.parametrize(
    "outside", [{1: -8}, {2: [1]}, {3: "application/vc"}, {16: "x"}, {4: KID}, {33: b"c"}]
)
def test_what_must_be_signed_does_not_count_outside(outside: dict[int, object]) -> None:
    assert verified(message(unprotected=outside)).outcome is Outcome.INVALID


WITH_KID = b"\x04" + cbor2.dumps(KID)


@pytest.mark.parametrize(
    "protected",
    [
        b"\xa3\x01\x27\x01\x27" + WITH_KID,
        b"\xa3\x01\x26\x01\x27" + WITH_KID,
        b"\xbf\x01\x27" + WITH_KID + b"\xff",
        b"\xa2\x18\x01\x27" + WITH_KID,
        b"\xa2\x01\x38\x07" + WITH_KID,
        b"\xb8\x02\x01\x27" + WITH_KID,
        b"\xa2\x01\x27" + WITH_KID + b"\x00",
        b"\xa3\x01\x27" + WITH_KID + b"\x18\x63\xc1\x00",
        b"\xa3\x01\x27" + WITH_KID + b"\x18\x63\xf9\x7e\x00",
        b"\xa3\x01\x27" + WITH_KID + b"\x18\x63\xf7",
        b"\xa3\x01\x27" + WITH_KID + b"\x18\x63" + b"\x81" * 100 + b"\x00",
        b"\xa3\x01\x27" + WITH_KID + b"\xf5\x00",
        b"\xa3\x01\x27" + WITH_KID + b"\x18\x63\x61\xff",
        b"\xba\xff\xff\xff\xff",
        b"\x80",
        b"",
    ],
    ids=lambda protected: protected[:12].hex(),
)
def test_every_other_spelling_of_the_headers_is_refused(protected: bytes) -> None:
    assert verified(message(b"\xa2\x01\x27" + WITH_KID)).headline is Headline.VALID
    assert verified(message(protected)).outcome is Outcome.INVALID


def test_every_other_spelling_of_the_message_is_refused() -> None:
    made = message()
    whole = cbor2.loads(made).value
    for other in (
        made + b"\x00",
        made[:-1],
        made[1:],
        b"\xd8\x12" + made[1:],
        b"\xd1" + made[1:],
        b"\xd2\x9f" + made[2:] + b"\xff",
        cbor2.dumps(cbor2.CBORTag(18, [whole[0], {}, None, whole[3]])),
        cbor2.dumps(cbor2.CBORTag(18, [*whole, b""])),
        cbor2.dumps(cbor2.CBORTag(18, [{}, *whole[1:]])),
        cbor2.dumps(cbor2.CBORTag(18, [whole[0], [], *whole[2:]])),
        cbor2.dumps(cbor2.CBORTag(97, [whole[0], {}, whole[2], [whole[3]]])),
        base64.b64encode(made)[:-2],
        base64.b64encode(made).replace(b"A", b"A\n", 1),
    ):
        assert verified(other).outcome is not Outcome.VALID


def test_depth_and_size_cost_nothing() -> None:
    started = time.process_time()
    for bomb in (
        b"\xd2\x84" + b"\x81" * 1_000_000,
        b"\xd2\x84\x40" + b"\xba\x00\x0f\xff\xff" + b"\x00" * 1_000_000,
        b"\xd2\x84\x40\xa0\x5b" + b"\x7f" * 8 + b"a" * 1_000_000,
    ):
        assert verified(bomb).outcome is Outcome.INVALID
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":1e400}',
        b'{"a":9007199254740993}',
        b'"\\ud800"',
        b"[]",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"",
        PAYLOAD.replace(b'"issuer":', b'"issuer":"did:web:other.example","issuer":', 1),
    ],
)
def test_json_with_two_meanings_is_refused(payload: bytes) -> None:
    assert verified(message(payload=payload)).outcome is Outcome.INVALID


def test_a_signature_holds_for_its_own_payload_and_header_only() -> None:
    whole = cbor2.loads(message()).value
    other = PAYLOAD.replace("工学".encode(), "医学".encode())
    assert other != PAYLOAD
    for parts in (
        [whole[0], {}, other, whole[3]],
        [cbor2.dumps({1: -8, 4: KID}), {}, whole[2], whole[3]],
        [whole[0], {}, whole[2], bytes(64)],
        [whole[0], {}, whole[2], b""],
    ):
        report = verified(cbor2.dumps(cbor2.CBORTag(18, parts)))
        assert report.headline is Headline.NOT_GENUINE


def test_somebody_elses_key_is_found() -> None:
    attacker = MemorySigner(b"a" * 32)
    assert verified(message(signer=attacker)).headline is Headline.NOT_GENUINE
    own = f"{attacker.public_key.did_key()}#{attacker.public_key.multikey()}".encode()
    assert verified(message(HEADER | {4: own}, signer=attacker)).headline is Headline.NOT_GENUINE


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda one: one.name)
def test_every_curve_signs_and_checks(curve: ec.EllipticCurve) -> None:
    signer = KeptSigner(ec.derive_private_key(7, curve))
    made = _cose.signed(b"{}", signer=signer, key_id="k", message_type="t", content_type=None)
    apart = _cose.taken_apart(made)
    assert _cose.fits(apart, signer.public_key)
    assert not _cose.fits(apart, KeptSigner(ec.derive_private_key(8, curve)).public_key)
    assert not _cose.fits(apart, MemorySigner().public_key)
    assert cbor2.loads(made).tag == 18


def test_the_decoder_agrees_with_a_general_one_on_what_it_takes() -> None:
    made = message(HEADER | {99: ["a", -1, 2**40, b"x", {"m": False, 7: None}]})
    apart = _cose.taken_apart(made)
    assert cbor2.loads(cbor2.loads(made).value[0]) == apart.protected


def presentation(**changes: Any) -> dict[str, Any]:
    inside = base64.b64encode(UNIVERSITY.sealed(form="vc-cose")).decode()
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": [
            {
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": f"data:application/vc+cose;base64,{inside}",
            }
        ],
    } | changes


def shown(data: bytes, **asked: Any) -> Report:
    return verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher(), **asked)


def test_a_presentation_shows_its_credential_and_who_shows_it() -> None:
    key = CredentialKey(signer=HOLDER.signer, verification_method=HOLDER.key_id)
    data = FORMAT.enclose(presentation(), key=key)
    report = shown(data)
    assert report.outcome is Outcome.VALID
    assert [one.headline for one in report.carried] == [Headline.VALID]
    assert {check.code for check in report.checks} >= {"proof.signature", "presentation.holder"}
    assert shown(data, challenge="n").outcome is Outcome.INVALID
    payload = json.dumps(presentation(nonce="n", aud="v")).encode()
    header = {1: -8, 3: "application/vp", 4: HOLDER.key_id.encode(), 16: "application/vp+cose"}
    answered = message(header, payload, signer=HOLDER.signer)
    assert shown(answered, challenge="n", domain="v").outcome is Outcome.VALID
    assert shown(answered, challenge="other", domain="v").outcome is Outcome.INVALID
    assert shown(answered, challenge="n", domain="other").outcome is Outcome.INVALID
    as_credential = message(header | {16: "application/vc+cose"}, payload, signer=HOLDER.signer)
    assert shown(as_credential).outcome is Outcome.INVALID


def test_a_credential_in_an_envelope_is_in_base64() -> None:
    made = presentation()
    envelope = made["verifiableCredential"][0]
    envelope["id"] = envelope["id"].replace(";base64", "")
    assert shown(json.dumps(made).encode()).outcome is Outcome.INVALID
    assert shown(json.dumps(presentation(holder=None)).replace('"holder": null, ', "").encode()).outcome is (
        Outcome.VALID
    )


def test_a_weak_key_is_no_key() -> None:
    with pytest.raises(Exception, match="small order"):
        PublicKey.from_jwk(
            {"kty": "OKP", "crv": "Ed25519", "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
        )
