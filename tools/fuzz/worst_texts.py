# SPDX-License-Identifier: Apache-2.0
"""Worst cases of JSON, keys and tokens."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import cbor2
from tools.fuzz.case import (
    MEGABYTE,
    PROOF,
    STRANGER,
    VC,
    Case,
    Json,
    badge,
    credential,
    filled,
    text,
    worst,
)

ROOM = MEGABYTE - 4_096
_HEAD = b'{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"a":'


def _raw(inside: bytes) -> Case:
    return Case(data=(_HEAD + inside)[:MEGABYTE] + b"}")


@worst()
def brackets() -> Case:
    return _raw(b"[" * ROOM)


@worst()
def nested_lists() -> Case:
    return _raw(b"[" * 400_000 + b"]" * 400_000)


@worst()
def nested_objects() -> Case:
    return _raw(b'{"a":' * 150_000 + b"1" + b"}" * 150_000)


@worst()
def brackets_in_text() -> Case:
    return _raw(b'"' + b'\\"[{' * 200_000 + b'"')


@worst()
def shallow_lists() -> Case:
    return _raw(b"[" + b"[[[]]]," * 140_000 + b"[]]")


@worst()
def digits() -> Case:
    return _raw(b"1" * ROOM)


@worst()
def decimals() -> Case:
    return _raw(b"[" + b"0.1e-5," * 140_000 + b"1]")


@worst()
def escapes() -> Case:
    return _raw(b'"' + rb"\u00e9" * 170_000 + b'"')


@worst()
def surrogates() -> Case:
    return _raw(b'"' + rb"\ud83d\ude00" * 85_000 + b'"')


@worst()
def names() -> Case:
    return _raw(b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}")


@worst()
def same_names() -> Case:
    return _raw(b"{" + b'"a":1,' * 150_000 + b'"a":1}')


@worst()
def white_space() -> Case:
    return _raw(b" " * (ROOM - 10) + b"1")


@worst()
def zeros() -> Case:
    return Case(data=b"\x00" * MEGABYTE)


@worst()
def undefined_names() -> Case:
    return Case(data=text(credential(**{f"undefined{n}": 1 for n in range(40_000)})))


@worst()
def long_name() -> Case:
    return Case(data=text(credential(**{"x" * ROOM: 1})))


@worst()
def long_text() -> Case:
    return Case(data=text(badge({"description": '\\\n"é' * 180_000})))


@worst()
def long_id() -> Case:
    return Case(data=text(credential(id="urn:a:" + "x" * ROOM)))


@worst()
def long_address() -> Case:
    return Case(data=text(credential({"id": "https://" + "a." * 500_000})))


@worst()
def long_time() -> Case:
    return Case(data=text(badge(validFrom="2026-01-01T00:00:00." + "0" * ROOM + "Z")))


@worst()
def long_numbers() -> Case:
    return Case(data=text(badge({"creditsAvailable": [1.5e300] * 100_000})))


# --- keys ------------------------------------------------------------------------------------------


@worst("z", "u", "m")  # type: ignore[arg-type]
def proof_value(prefix: str) -> Case:
    return Case(data=text(credential(proof={**PROOF, "proofValue": prefix + "z" * ROOM})))


@worst("did:key:z", "did:jwk:", "did:web:", "https://x.example/", "did:x:")  # type: ignore[arg-type]
def method(prefix: str) -> Case:
    did = prefix + "a" * 500_000
    return Case(data=text(credential(issuer=did, proof={**PROOF, "verificationMethod": f"{did}#a"})))


@worst()
def method_of_percents() -> Case:
    did = "did:web:" + "%2e" * 1_300
    return Case(data=text(credential(issuer=did, proof={**PROOF, "verificationMethod": f"{did}#a"})))


@worst()
def proofs_of_many_issuers() -> Case:
    documents = {}
    keys: list[Json] = [
        {
            "id": f"#k{n}",
            "type": "Multikey",
            "controller": "did:web:x",
            "publicKeyMultibase": "z6Mk" + "a" * 44,
        }
        for n in range(480)
    ]
    proof = []
    for n in range(16):
        did = f"did:web:x{n}.example"
        document = {"id": did, "verificationMethod": keys, "assertionMethod": keys, "filling": "x" * 800_000}
        documents[f"https://x{n}.example/.well-known/did.json"] = text(document)
        proof.append({**PROOF, "verificationMethod": f"{did}#k1", "id": f"urn:p:{n}"})
    return Case(data=text(credential(proof=proof)), documents=documents)


@worst()
def large_did_document() -> Case:
    did = "did:web:x.example"
    keys = [{"id": f"{did}#{n}", "type": "Multikey", "controller": did} for n in range(10_000)]
    document = {"@context": ["https://www.w3.org/ns/did/v1"], "id": did, "verificationMethod": keys}
    return Case(
        data=text(credential(issuer=did, proof={**PROOF, "verificationMethod": f"{did}#9999"})),
        documents={"https://x.example/.well-known/did.json": text(document)},
    )


# --- tokens ----------------------------------------------------------------------------------------


def part(value: bytes) -> bytes:
    """Give base64url."""
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def token(claims: object, **header: Any) -> bytes:
    """Give a token that a stranger has signed properly."""
    made = {"alg": "EdDSA", "typ": "vc+jwt", "kid": STRANGER.method, **header}
    body = part(text(made)) + b"." + part(text(claims))
    return body + b"." + part(STRANGER.sign(body))


def _claims(**members: Any) -> Json:
    return {name: value for name, value in credential(**members).items() if name != "proof"}


@worst()
def token_large() -> Case:
    return Case(data=token(_claims(evidence=[{"type": "urn:a:E"}] * 35_000)))


@worst()
def token_header() -> Case:
    return Case(data=token(_claims(), **{f"x{n}": 1 for n in range(80_000)}))


@worst()
def token_of_dots() -> Case:
    return Case(data=b"eyJhbGciOiJub25lIn0" + b"." * MEGABYTE)


@worst()
def token_of_letters() -> Case:
    return Case(data=b"e" + b"yJ" * 500_000)


@worst()
def token_nested() -> Case:
    inside = "x"
    for _ in range(14):
        inside = token({"vc": inside}).decode()
    return Case(data=inside.encode()[:MEGABYTE])


@worst()
def token_clique() -> Case:
    names = [f"_:b{n}" for n in range(30)]
    nodes = [{"id": one, "type": "Related", "alignment": [{"id": o} for o in names]} for one in names]
    inside = {name: value for name, value in badge({"related": nodes}).items() if name != "proof"}
    return Case(data=token(inside))


def _sd(claims: Json, disclosures: list[bytes], **header: Any) -> Case:
    head = token({**claims, "_sd_alg": "sha-256"}, typ="vc+sd-jwt", **header)
    return Case(data=b"~".join([head, *disclosures, b""]))


def _digest(disclosure: bytes) -> str:
    return part(hashlib.sha256(disclosure).digest()).decode()


@worst(9_000, 20_000)
def disclosures(number: int) -> Case:
    shown = [part(text(["a", f"n{n}", 1])) for n in range(number)]
    return _sd(_claims(_sd=[_digest(one) for one in shown]), shown)


@worst()
def disclosures_nested() -> Case:
    shown: list[bytes] = []
    value: object = 1
    for _ in range(5_000):
        one = part(text(["a", "x", value]))
        shown.append(one)
        value = {"_sd": [_digest(one)]}
    return _sd(_claims(_sd=[_digest(shown[-1])]), shown)


@worst()
def disclosures_unused() -> Case:
    return _sd(_claims(), [part(text(["a", f"n{n}", 1])) for n in range(9_000)])


@worst()
def digests() -> Case:
    return _sd(_claims(_sd=[f"d{n}" for n in range(80_000)]), [])


@worst()
def tildes() -> Case:
    return Case(data=token(_claims(), typ="vc+sd-jwt") + b"~" * (MEGABYTE - 2_000))


# --- CBOR ------------------------------------------------------------------------------------------


@worst("lists", "maps", "tags")  # type: ignore[arg-type]
def cbor_nested(kind: str) -> Case:
    head = {"lists": b"\x81", "maps": b"\xa1\x01", "tags": b"\xc1"}[kind]
    return Case(data=b"\xd2\x84" + head * (ROOM // len(head)))


@worst()
def cbor_lengths() -> Case:
    return Case(data=b"\xd2\x84\x5b" + b"\xff" * 8 + b"x" * ROOM)


@worst()
def cbor_map() -> Case:
    return Case(data=b"\xd2\x84" + cbor2.dumps(cbor2.dumps({n: n for n in range(200_000)})) + b"\xa0\x40\x40")


@worst()
def cbor_text() -> Case:
    return Case(data=b"0oR" + b"A" * (MEGABYTE - 3))


@worst()
def cbor_payload() -> Case:
    protected = cbor2.dumps({1: -8, 3: "application/vc"})
    payload = text(_claims(evidence=[{"type": "urn:a:E"}] * 45_000))
    signature = STRANGER.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    message = cbor2.CBORTag(18, [protected, {4: STRANGER.method.encode()}, payload, signature])
    return Case(data=cbor2.dumps(message))


# --- what is inside --------------------------------------------------------------------------------


@worst(64, 2_000)
def presented(number: int) -> Case:
    inside = filled(lambda n: credential(id=f"urn:a:{n}"), size=ROOM, at_most=number)
    document = {"@context": [VC], "type": ["VerifiablePresentation"], "verifiableCredential": inside}
    return Case(data=text(document), presented=True)


@worst()
def presented_large() -> Case:
    def one(n: int) -> Json:
        parts = [{"type": ["Evidence"], "name": f"{m}"} for m in range(330)]
        return badge(
            id=f"urn:a:{n}", evidence=parts, proof=[{**PROOF, "id": f"urn:p:{p}"} for p in range(10)]
        )

    inside = filled(one, size=ROOM, at_most=64)
    document = {"@context": [VC], "type": ["VerifiablePresentation"], "verifiableCredential": inside}
    return Case(data=text(document), presented=True)


@worst()
def presentations_nested() -> Case:
    inside: Any = filled(lambda n: badge(id=f"urn:a:{n}"), size=ROOM, at_most=64)
    for _ in range(6):
        inside = [
            {
                "@context": [VC],
                "type": ["VerifiablePresentation"],
                "holder": STRANGER.did,
                "verifiableCredential": inside,
                "proof": {**PROOF, "proofPurpose": "authentication"},
            }
        ]
    return Case(data=text(inside[0]), presented=True)


@worst()
def envelopes_nested() -> Case:
    inside = token(_claims())
    for _ in range(12):
        envelope = {
            "@context": VC,
            "id": "data:application/vc+jwt," + inside.decode(),
            "type": "EnvelopedVerifiableCredential",
        }
        inside = token(envelope)
    return Case(data=inside[:MEGABYTE])
