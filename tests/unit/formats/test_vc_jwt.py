# SPDX-License-Identifier: Apache-2.0
"""Tokens: one spelling, four algorithms, keys from the issuer only, and no contradiction inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.formats import CredentialKey, format_named
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.registry import PublishedKey

UNIVERSITY = University()
RSA_KEY = rsa.generate_private_key(65537, 2048)


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


# --- keys of other kinds, and keys in the header ----------------------------------------------------


class WithSecondKey(University):
    """A university that publishes a key of another kind beside its usual one."""

    second: Any = None

    def published_keys(self) -> list[PublishedKey]:
        keys = super().published_keys()
        if self.second is not None:
            multikey = self.second.public_key.multikey()
            keys.append(PublishedKey(id=f"{self.did}#key-2", multikey=multikey))
        return keys


@pytest.mark.parametrize(
    ("private", "algorithm"),
    [
        (ec.derive_private_key(7, ec.SECP256R1()), "ES256"),
        (ec.derive_private_key(7, ec.SECP384R1()), "ES384"),
        (ec.derive_private_key(7, ec.SECP521R1()), "ES512"),
        (RSA_KEY, "RS256"),
    ],
    ids=["ES256", "ES384", "ES512", "RS256"],
)
def test_a_badge_is_issued_with_the_key_there_is(private: Any, algorithm: str) -> None:
    university = WithSecondKey()
    university.second = KeptSigner(private)
    university.publish()
    key = CredentialKey(signer=university.second, verification_method=f"{university.did}#key-2")
    sealing = replace(university.sealing, credential_key=key)
    made = format_named("vc-jwt").write([university.award()], sealing)[0].data
    head = json.loads(base64.urlsafe_b64decode(made.split(b".")[0] + b"=="))
    assert head["alg"] == algorithm
    assert university.verify(made).headline is Headline.VALID
    assert UNIVERSITY.verify(made).outcome is not Outcome.VALID
    other = made.rpartition(b".")[0] + b"." + b64(MemorySigner(b"a" * 32).sign(made)).encode()
    assert university.verify(other).outcome is Outcome.INVALID


def test_a_key_in_the_header_counts_when_the_issuer_publishes_it() -> None:
    own = UNIVERSITY.signer.public_key.jwk()
    both = {"alg": "EdDSA", "jwk": own, "kid": UNIVERSITY.key_id}
    assert verified(token(both)).headline is Headline.VALID
    named = {"alg": "EdDSA", "jwk": own | {"kid": "key-1"}}
    assert verified(token(named)).headline is Headline.VALID
    by_key = University.by_key(b"s" * 32)
    made = by_key.sealed(form="vc-jwt").split(b".")
    body = json.loads(base64.urlsafe_b64decode(made[1] + b"=="))
    assert by_key.verify(token({"alg": "EdDSA", "jwk": own}, body)).headline is Headline.VALID


def test_a_key_in_the_header_that_the_issuer_does_not_publish_is_nobodys() -> None:
    attacker = MemorySigner(b"a" * 32)
    key = attacker.public_key.jwk()
    for header in (
        {"alg": "EdDSA", "jwk": key},
        {"alg": "EdDSA", "jwk": key | {"kid": "key-1"}},
        {"alg": "EdDSA", "jwk": key | {"use": "enc"}},
        {"alg": "EdDSA", "jwk": key | {"d": "AAAA"}},
        {"alg": "EdDSA", "jwk": "key"},
        {"alg": "EdDSA", "jwk": None},
    ):
        report = verified(token(header, signer=attacker))
        assert report.headline is Headline.NOT_GENUINE
        assert verified(token(header)).outcome is Outcome.INVALID
    elsewhere = claims() | {"iss": "https://other.example"}
    elsewhere["issuer"] = elsewhere["issuer"] | {"id": "https://other.example"}
    known = verified(token({"alg": "EdDSA", "jwk": key}, elsewhere, attacker))
    assert known.headline is not Headline.VALID
    forged = verified(token({"alg": "EdDSA", "jwk": key}, elsewhere))
    assert forged.headline is Headline.NOT_GENUINE


@pytest.mark.parametrize("claim", ["vc", "vp"])
def test_the_two_forms_are_not_mixed(claim: str) -> None:
    header = {"alg": "EdDSA", "kid": UNIVERSITY.key_id, "typ": "vc+jwt", "cty": "vc"}
    assert verified(token(header)).headline is Headline.VALID
    assert verified(token(header, claims() | {claim: {}})).outcome is Outcome.INVALID
    wrapped = {"iss": UNIVERSITY.did, "vc": claims()}
    assert verified(token(header, wrapped)).outcome is Outcome.INVALID


@pytest.mark.parametrize("cty", ["bad", "", 1, None, "kb+jwt"])
def test_another_content_type_is_refused(cty: object) -> None:
    header = {"alg": "EdDSA", "kid": UNIVERSITY.key_id, "typ": "vc+jwt"}
    assert verified(token(header | {"cty": "vc"})).headline is Headline.VALID
    assert verified(token(header | {"cty": cty})).outcome is Outcome.INVALID


def test_when_it_was_issued_may_be_said_in_words() -> None:
    assert verified(token(payload=claims() | {"iat": "2026-03-01T00:00:00Z"})).headline is Headline.VALID
    assert verified(token(payload=claims() | {"iat": 1_772_000_000})).headline is Headline.VALID


def test_other_serializations_and_encrypted_tokens_are_not_read() -> None:
    head, body, tail = (part.decode() for part in token().split(b"."))
    one = {"protected": head, "signature": tail}
    for form in (
        {"payload": body, **one},
        {"payload": body, **one, "header": {"alg": "none"}},
        {"payload": body, "signatures": [one]},
        {"payload": body, "signatures": [one, one | {"signature": "AAAA"}]},
    ):
        assert verified(json.dumps(form).encode()).outcome is not Outcome.VALID
    costly = b64(json.dumps({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1}).encode())
    for parts in (f"{costly}.{body}.{body}.{body}.{tail}", f"{costly}.{body}.{tail}"):
        assert verified(parts.encode()).outcome is not Outcome.VALID


def test_a_huge_token_is_refused_before_any_work() -> None:
    started = time.process_time()
    assert verified(token() + b"A" * 10_000_000).outcome is not Outcome.VALID
    assert verified(b"eyJ" + b"A" * 10_000_000 + b".e30.").outcome is not Outcome.VALID
    assert time.process_time() - started < 1
