# SPDX-License-Identifier: Apache-2.0
"""Forgeries in JSON and JOSE: each refused for its own reason, each with a twin that is valid."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.fakes.university import MemorySigner, University
from tests.vectors.forgeries.forging import (
    badge,
    base64url,
    believed,
    claims,
    judged,
    open_to_doubt,
    refused,
    token,
)

from gakusho.errors import WeakKeyError
from gakusho.formats import _jose
from gakusho.model.report import Outcome
from gakusho.proof import multibase
from gakusho.proof.keys import PublicKey

requirement = pytest.mark.requirement
UNIVERSITY = University()
CLAIMS = claims(UNIVERSITY)
HEADER = {"alg": "EdDSA", "kid": UNIVERSITY.key_id, "typ": "JWT"}


def test_the_untouched_twins_are_valid() -> None:
    believed(UNIVERSITY, UNIVERSITY.sealed(form="vc-jwt"))
    believed(UNIVERSITY, token(UNIVERSITY, CLAIMS))
    believed(UNIVERSITY, badge(UNIVERSITY))


@requirement("Threat J01", "an algorithm of none, in any spelling, is refused")
@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "", None, "missing"])
def test_no_algorithm(alg: str | None) -> None:
    header = {**HEADER, "alg": alg}
    if alg == "missing":
        del header["alg"]
    body = b".".join(base64url(json.dumps(one).encode()) for one in (header, CLAIMS))
    for signature in (b"", base64url(UNIVERSITY.signer.sign(body))):
        refused(UNIVERSITY, body + b"." + signature, {"proof.header"})


@requirement("Threat J02", "the issuer's public key is no secret to make a code with")
@pytest.mark.parametrize("form", ["pem", "der", "raw", "jwk", "multikey"])
@pytest.mark.parametrize("alg", ["HS256", "EdDSA"])
def test_the_public_key_as_a_secret(form: str, alg: str) -> None:
    key = UNIVERSITY.signer.public_key
    encodings, formats = serialization.Encoding, serialization.PublicFormat
    public = key.cryptography_key()
    secret = {
        "pem": public.public_bytes(encodings.PEM, formats.SubjectPublicKeyInfo),
        "der": public.public_bytes(encodings.DER, formats.SubjectPublicKeyInfo),
        "raw": public.public_bytes(encodings.Raw, formats.Raw),
        "jwk": json.dumps(key.jwk()).encode(),
        "multikey": key.multikey().encode(),
    }[form]
    body = b".".join(base64url(json.dumps(one).encode()) for one in ({**HEADER, "alg": alg}, CLAIMS))
    mac = hmac.new(secret, body, hashlib.sha256).digest()
    refused(UNIVERSITY, body + b"." + base64url(mac), {"proof.header", "proof.signature"})


@requirement("Threat J03", "a key, or an address of one, in the header is not believed and not asked for")
@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_of_the_attackers(member: str) -> None:
    attacker = MemorySigner(b"a" * 32)
    value: Any = {
        "jwk": attacker.public_key.jwk(),
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/certificate",
        "x5c": ["MIIB"],
    }[member]
    made = token(UNIVERSITY, CLAIMS, {**HEADER, member: value}, attacker)
    refused(UNIVERSITY, made, {"proof.header", "proof.key", "proof.signature"})
    plain = token(UNIVERSITY, CLAIMS, HEADER, attacker)
    refused(UNIVERSITY, plain, {"proof.signature"})


@requirement("Threat J04", "a header that calls anything critical is refused")
@pytest.mark.parametrize("crit", [[], ["exp"], ["b64"], ["unknown"], ["absent"], "exp", None])
def test_what_is_called_critical(crit: Any) -> None:
    refused(UNIVERSITY, token(UNIVERSITY, CLAIMS, {**HEADER, "crit": crit, "unknown": 1}), {"proof.header"})


@requirement("Threat J05", "a name that stands twice in header, claims or credential is refused")
@pytest.mark.parametrize("place", ["header", "claims", "badge", "badge's subject"])
def test_a_name_twice(place: str) -> None:
    if place.startswith("badge"):
        text = json.dumps(badge(UNIVERSITY))
        mark = '"credentialSubject": {' if "subject" in place else "{"
        at = text.index(mark) + len(mark)
        made = (text[:at] + '"id": "urn:a:other", ' + text[at:]).encode()
    else:
        header, body = json.dumps(HEADER), json.dumps(CLAIMS)
        doubled = '{"alg":"none",' + header[1:] if place == "header" else '{"sub":"x",' + body[1:]
        made = token(UNIVERSITY, *((body, doubled) if place == "header" else (doubled, header)))
    refused(UNIVERSITY, made, {"format.readable", "format.recognized"}, reason="unreadable")


@requirement("Threat J06", "of all spellings of base64url one is taken")
@pytest.mark.parametrize("change", [b"=", b"\n", b" ", b".", b"\t", b"\x00"])
def test_another_spelling(change: bytes) -> None:
    good = token(UNIVERSITY, CLAIMS)
    for made in (good + change, good.replace(b".", change + b".", 1)):
        assert judged(UNIVERSITY, made).outcome is not Outcome.VALID


@requirement("Threat J06", "bits that mean nothing are not set")
def test_bits_that_mean_nothing() -> None:
    good = token(UNIVERSITY, CLAIMS)
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(good[-1:])
    refused(UNIVERSITY, good[:-1] + alphabet[last + 1 : last + 2], {"format.readable"}, reason="jws")


@requirement("Threat J07", "a time that is no whole number in range is refused")
@pytest.mark.parametrize("claim", ["exp", "nbf"])
@pytest.mark.parametrize("value", ["NaN", "1e400", "true", '"9999999999"', "-1", "Infinity", "1.5", "[]"])
def test_a_time_that_is_none(claim: str, value: str) -> None:
    body = json.dumps({name: one for name, one in CLAIMS.items() if name != claim})
    made = token(UNIVERSITY, f'{{"{claim}":{value},{body[1:]}')
    assert judged(UNIVERSITY, made).outcome is Outcome.INVALID


@requirement("Threat J08", "claims and credential that disagree are refused")
@pytest.mark.parametrize(
    "change",
    [
        {"iss": "did:web:other.example"},
        {"jti": "urn:a:other"},
        {"sub": "urn:a:other"},
        {"exp": 1_900_000_001},
        {"nbf": 1},
        {"vc": {"type": ["VerifiableCredential"], "name": "博士"}},
        {"vp": {}, "typ": "vc+jwt"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_two_views(change: dict[str, Any]) -> None:
    ends = datetime.fromtimestamp(1_900_000_000, UTC)
    dated = UNIVERSITY.sealed(UNIVERSITY.award(valid_until=ends), form="vc-jwt")
    believed(UNIVERSITY, dated)
    claims_ = dict(_jose.taken_apart(dated).claims)
    header = {**HEADER, "typ": change.pop("typ", "JWT")}
    believed(UNIVERSITY, token(UNIVERSITY, claims_, header))
    refused(UNIVERSITY, token(UNIVERSITY, {**claims_, **change}, header), {"proof.claims", "format.readable"})


@requirement("Threat J09", "a token of another type is not taken for a credential")
@pytest.mark.parametrize("typ", ["at+jwt", "kb+jwt", "vp+jwt", "id_token", "JOSE+JSON", "", None, 1])
def test_another_type(typ: Any) -> None:
    refused(UNIVERSITY, token(UNIVERSITY, CLAIMS, {**HEADER, "typ": typ}), {"proof.header"})


@requirement("Threat J10", "an algorithm of another kind of key than the issuer's is refused")
@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512", "RS256", "PS256", "ES256K", "Ed448"])
def test_another_kind_of_key(alg: str) -> None:
    made = token(UNIVERSITY, CLAIMS, {**HEADER, "alg": alg})
    refused(UNIVERSITY, made, {"proof.header", "proof.signature", "proof.key"})


@requirement("Threat J10", "RSA keys that are short or have a bad exponent are refused")
def test_weak_rsa() -> None:
    short = rsa.generate_private_key(65537, 1024).public_key()
    with pytest.raises(WeakKeyError):
        PublicKey.from_cryptography(short)
    good = PublicKey.from_cryptography(rsa.generate_private_key(65537, 2048).public_key()).jwk()
    with pytest.raises(WeakKeyError):
        PublicKey.from_jwk({**good, "e": "AQ"})


@requirement("Threat J11", "the name of a key opens no file and reaches no database")
@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1--", "x" * 500_000, "file:///etc/passwd#1"])
def test_a_name_of_a_key_that_is_more(kid: str) -> None:
    report = judged(UNIVERSITY, token(UNIVERSITY, CLAIMS, {**HEADER, "kid": kid}))
    assert report.outcome is not Outcome.VALID


@requirement("Threat J13", "encrypted and compressed tokens are refused before any work")
@pytest.mark.parametrize(
    "header",
    [
        {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1, "p2s": "AAAA"},
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
        {**HEADER, "zip": "DEF"},
        {**HEADER, "enc": "A256GCM"},
    ],
)
def test_work_that_a_header_asks_for(header: dict[str, Any]) -> None:
    refused(UNIVERSITY, token(UNIVERSITY, CLAIMS, header), {"proof.header"})
    jwe = b".".join([base64url(json.dumps(header).encode()), b"AAAA", b"AAAA", b"AAAA", b"AAAA"])
    assert judged(UNIVERSITY, jwe).outcome is not Outcome.VALID


@requirement("Threat J14", "an Ed25519 key of small order, under which one signature fits all, is refused")
def test_a_key_of_small_order() -> None:
    raw = bytes([1]) + bytes(31)
    did = "did:key:" + multibase.encode(b"\xed\x01" + raw)
    method = f"{did}#{did.removeprefix('did:key:')}"
    document = badge(UNIVERSITY)
    document["issuer"]["id"] = did
    document["proof"] |= {"verificationMethod": method, "proofValue": multibase.encode(raw + bytes(32))}
    refused(UNIVERSITY, document, {"proof.key"}, reason="weak-key")
    parts = {**HEADER, "kid": method}, {**CLAIMS, "iss": did, "issuer": {**CLAIMS["issuer"], "id": did}}
    body = b".".join(base64url(json.dumps(one).encode()) for one in parts)
    refused(UNIVERSITY, body + b"." + base64url(raw + bytes(32)), {"proof.key"})


BAD_JSON = {
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "brackets": b"[" * 100_000,
    "surrogate": rb'"\ud800"',
    "large integer": b"9007199254740993",
    "large number": b"1e400",
    "bytes": b'"\xff\xfe"',
    "control": b'"\x01"',
    "trailing comma": b"[1,]",
    "comment": b"1/**/",
}


@requirement("Threat J15", "text that is not JSON with one meaning is refused")
@pytest.mark.parametrize("value", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bad_json(value: bytes) -> None:
    good = json.dumps(badge(UNIVERSITY)).encode()
    refused(UNIVERSITY, good[:-1] + b', "narrative": ' + value + b"}", {"format.readable"})


@requirement("Threat J15", "a byte order mark and UTF-16 are refused")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_another_encoding(encoding: str) -> None:
    made = json.dumps(badge(UNIVERSITY)).encode(encoding)
    assert judged(UNIVERSITY, made).outcome is Outcome.INVALID


@requirement("Threat J17", "the JSON serialization of a token is not read, however many signatures fit")
@pytest.mark.parametrize("form", ["flattened", "general", "two signatures", "unprotected"])
def test_json_serialization(form: str) -> None:
    head, body, signature = token(UNIVERSITY, CLAIMS).decode().split(".")
    good = {"protected": head, "signature": signature}
    forms: dict[str, dict[str, Any]] = {
        "flattened": {"payload": body, **good},
        "general": {"payload": body, "signatures": [good]},
        "two signatures": {"payload": body, "signatures": [good, {**good, "signature": "AAAA"}]},
        "unprotected": {"payload": body, "header": {"alg": "EdDSA"}, "signature": signature},
    }
    refused(UNIVERSITY, forms[form], {"format.recognized", "format.readable"}, reason="jws")


@requirement(
    "Threat J18", "an SD-JWT with a disclosure changed, twice, unasked for or of a kept name is refused"
)
@pytest.mark.parametrize("change", ["changed", "twice", "unasked", "_sd", "...", "clash"])
@pytest.mark.parametrize("form", ["vc-sd-jwt", "sd-jwt-vc"])
def test_disclosures(form: str, change: str) -> None:
    university = University.with_document_key()
    good = university.sealed(form=form)
    believed(university, good)
    head, *shown, last = good.split(b"~")
    parts = {
        "changed": [base64url(b'["salt","name","x"]'), *shown[1:]],
        "twice": [shown[0], *shown],
        "unasked": [*shown, base64url(b'["salt","gpa","4.0"]')],
        "_sd": [*shown, base64url(b'["salt","_sd",[]]')],
        "...": [*shown, base64url(b'["salt","...","x"]')],
        "clash": [*shown, base64url(b'["salt","iss","did:web:other.example"]')],
    }[change]
    refused(university, b"~".join([head, *parts, last]), {"format.readable"}, reason="sd-jwt")


@requirement("Threat J18", "an SD-JWT without all its parts is still what was signed")
def test_disclosures_held_back() -> None:
    university = University.with_document_key()
    head, *shown, _ = university.sealed(form="sd-jwt-vc").split(b"~")
    believed(university, b"~".join([head, *shown[1:], b""]))


def test_the_tables_would_notice_a_verifier_that_cannot_decide() -> None:
    made = {**badge(UNIVERSITY), "proof": {**badge(UNIVERSITY)["proof"], "cryptosuite": "new-2030"}}
    open_to_doubt(UNIVERSITY, made, "proof.suite", "unknown-suite")
