# SPDX-License-Identifier: Apache-2.0
"""Tokens: one spelling, four algorithms, keys from the issuer only, and no contradiction inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.model.report import Headline, Outcome, Report

UNIVERSITY = University()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims() -> dict[str, Any]:
    body = UNIVERSITY.sealed(form="vc-jwt").split(b".")[1]
    made: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    return made


def token(
    header: dict[str, Any] | str | None = None,
    payload: dict[str, Any] | str | None = None,
    signer: MemorySigner | None = None,
) -> bytes:
    head: dict[str, Any] | str = (
        header if header is not None else {"alg": "EdDSA", "kid": UNIVERSITY.key_id, "typ": "JWT"}
    )
    body = payload if payload is not None else claims()
    parts = [b64((one if isinstance(one, str) else json.dumps(one)).encode()) for one in (head, body)]
    signed = ".".join(parts).encode()
    return signed + b"." + b64((signer or UNIVERSITY.signer).sign(signed)).encode()


def verified(data: bytes) -> Report:
    return UNIVERSITY.verify(data)


def found(report: Report, outcome: Outcome) -> set[str]:
    return {check.code for check in report.checks if check.outcome is outcome}


def test_a_token_of_ours_is_valid() -> None:
    for header in (
        None,
        {"alg": "EdDSA", "kid": "#key-1"},
        {"alg": "EdDSA", "kid": UNIVERSITY.key_id, "typ": "vc+jwt"},
    ):
        assert verified(token(header)).headline is Headline.VALID


@pytest.mark.parametrize(
    "alg", ["none", "None", "nOnE", "NONE", "", None, "HS256", "PS256", "ES256K", 1, ["EdDSA"]]
)
def test_another_algorithm_is_refused(alg: object) -> None:
    report = verified(token({"alg": alg, "kid": UNIVERSITY.key_id}))
    assert report.outcome is Outcome.INVALID
    assert "proof.header" in found(report, Outcome.INVALID)


def test_the_public_key_is_no_shared_secret() -> None:
    key = UNIVERSITY.signer.public_key.cryptography_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = b64(json.dumps({"alg": "HS256", "kid": UNIVERSITY.key_id}).encode())
    signed = f"{head}.{b64(json.dumps(claims()).encode())}".encode()
    mac = hmac.new(pem, signed, hashlib.sha256).digest()
    assert verified(signed + b"." + b64(mac).encode()).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": MemorySigner(b"a" * 32).public_key.jwk()},
        {"jku": "https://other.example/keys"},
        {"x5u": "https://other.example/cert"},
        {"x5c": ["AAAA"]},
        {"crit": []},
        {"crit": ["exp"]},
        {"crit": ["unknown"], "unknown": 1},
        {"b64": False},
        {"zip": "DEF"},
        {"typ": "at+jwt"},
        {"typ": "kb+jwt"},
        {"typ": "vp+jwt"},
        {"typ": 1},
        {"kid": 5},
        {"kid": ""},
        {"kid": "x" * 1_000_000},
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1--"},
        {"kid": "did:web:other.example#key-1"},
        {"kid": "https://aoba.example/key"},
        {"alg": "ES256"},
        {"alg": "RS256"},
    ],
)
def test_a_header_that_leads_elsewhere_is_refused(extra: dict[str, Any]) -> None:
    report = verified(token({"alg": "EdDSA", "kid": UNIVERSITY.key_id, **extra}))
    assert report.outcome is not Outcome.VALID
    assert report.headline in {Headline.NOT_GENUINE, Headline.NOT_CHECKED}


def test_a_key_in_the_header_is_not_used_and_nobody_is_asked() -> None:
    attacker = MemorySigner(b"a" * 32)
    header = {"alg": "EdDSA", "kid": UNIVERSITY.key_id, "jwk": attacker.public_key.jwk()}
    assert verified(token(header, signer=attacker)).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ('{"alg":"none","alg":"EdDSA"}', None),
        (None, '{"iss":"a","iss":"b"}'),
        (None, '{"exp": NaN}'),
        (None, '{"exp": 1e400}'),
        (None, "[]"),
        ("[]", None),
        (None, "not json"),
        (None, '"\\ud800"'),
        (None, "[" * 100_000),
    ],
)
def test_json_with_two_meanings_is_refused(header: str | None, payload: str | None) -> None:
    assert verified(token(header, payload)).outcome is not Outcome.VALID


@pytest.mark.parametrize("change", [b"=", b"\n", b" ", b".", b"~", b"\xe2\x80\x8b"])
def test_another_spelling_of_the_same_token_is_refused(change: bytes) -> None:
    made = token()
    for spelled in (made + change, change + made, made.replace(b".", change + b".", 1)):
        assert verified(spelled).outcome is not Outcome.VALID


def test_spare_bits_are_refused() -> None:
    made = token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(chr(made[-1])) ^ 1]
    assert verified(made[:-1] + last.encode()).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "did:web:other.example"},
        {"jti": "urn:uuid:other"},
        {"sub": "urn:uuid:other"},
        {"nbf": 1},
        {"exp": 4_000_000_000, "validUntil": "2030-01-01T00:00:00Z"},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": -1},
        {"exp": 1.5},
        {"nbf": "2026"},
        {"iat": "x"},
        {"vc": {"type": ["VerifiableCredential"]}},
        {"vc": "x"},
    ],
)
def test_a_token_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    report = verified(token(payload=claims() | change))
    assert report.outcome is Outcome.INVALID
    assert report.headline is Headline.NOT_GENUINE


def test_the_wrapped_form_of_the_first_data_model_is_read() -> None:
    wrapped = {
        "iss": UNIVERSITY.did,
        "jti": "urn:uuid:1",
        "nbf": int(NOW.timestamp()) - 60,
        "exp": int(NOW.timestamp()) + 60,
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential"],
            "credentialSubject": {"id": "urn:uuid:2", "name": "花子"},
        },
    }
    report = verified(token(payload=wrapped))
    assert report.outcome is Outcome.VALID
    assert report.credential is not None
    assert report.credential.learner.name.full == "花子"
    late = verified(token(payload=wrapped | {"exp": int(NOW.timestamp()) - 1}))
    assert late.headline is Headline.EXPIRED


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_changed_character_is_found(place: int) -> None:
    parts = token().split(b".")
    middle = len(parts[place]) // 2
    parts[place] = (
        parts[place][:middle]
        + (b"A" if parts[place][middle : middle + 1] != b"A" else b"B")
        + parts[place][middle + 1 :]
    )
    assert verified(b".".join(parts)).outcome is Outcome.INVALID
