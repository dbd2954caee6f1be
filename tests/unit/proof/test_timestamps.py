# SPDX-License-Identifier: Apache-2.0
"""A token is taken only when everything RFC 3161, section 2.4.2, tells a client to check is right."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto import tsp
from tests.fakes.archive import SIGNED, TIME, authority, key, tsa

from gakusho.errors import KeyMaterialError, UnreachableError
from gakusho.proof.certificates import DOCUMENT_SIGNING, TIME_STAMPING
from gakusho.proof.stand_in_tsa import POLICY, StandInTsa
from gakusho.proof.timestamps import MAX_BYTES, Request, Timestamper, read_token, token_of

DIGEST = hashlib.sha256(b"a document").digest()
REQUEST = Request(digest=DIGEST, algorithm="sha256", nonce=0x1234_5678_9ABC_DEF0)


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA-2048"])
def test_a_token_says_when_what_was_there(kind: str) -> None:
    authority_asked: Timestamper = tsa(kind)
    stamp = read_token(authority_asked.stamp(DIGEST, "sha256"))
    assert (stamp.time, stamp.algorithm, stamp.digest) == (SIGNED, "sha256", DIGEST)
    assert stamp.policy == POLICY
    assert stamp.certificates[1] == authority(TIME).certificate
    assert stamp.ends == SIGNED + timedelta(days=900)


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_every_good_digest_is_stamped(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"a document").digest()
    assert read_token(tsa().stamp(digest, algorithm)).digest == digest


def test_the_request_is_what_the_standard_writes() -> None:
    asked = tsp.TimeStampReq.load(replace(REQUEST, policy="1.2.3").der(), strict=True)
    assert asked["version"].native == "v1"
    assert asked["message_imprint"]["hashed_message"].native == DIGEST
    assert asked["nonce"].native == REQUEST.nonce
    assert asked["cert_req"].native is True
    assert asked["req_policy"].dotted == "1.2.3"


def test_a_digest_that_is_no_digest_is_refused() -> None:
    with pytest.raises(UnreachableError, match="rejection"):
        tsa().stamp(DIGEST[:20], "sha256")
    with pytest.raises(UnreachableError, match="rejection"):
        tsa().stamp(hashlib.sha1(b"", usedforsecurity=False).digest(), "sha1")


def test_the_answer_to_this_question_is_taken_and_to_any_other_refused() -> None:
    answer = tsa().answer(REQUEST.der())
    assert token_of(answer, REQUEST)
    assert token_of(answer, replace(REQUEST, policy=POLICY))
    for other, reason in (
        (replace(REQUEST, nonce=1), "nonce"),
        (replace(REQUEST, digest=bytes(32)), "another digest"),
        (replace(REQUEST, algorithm="sha384"), "another digest"),
        (replace(REQUEST, policy="1.2.3"), "policy"),
    ):
        with pytest.raises(UnreachableError, match=reason) as caught:
            token_of(answer, other)
        assert caught.value.code == "timestamp-refused"


def test_an_authority_that_does_not_know_the_policy_refuses() -> None:
    asked = replace(REQUEST, policy="1.2.3")
    with pytest.raises(UnreachableError, match="rejection"):
        token_of(tsa().answer(asked.der()), asked)


def test_only_an_authority_below_an_anchor_is_believed() -> None:
    answer = tsa().answer(REQUEST.der())
    assert token_of(answer, REQUEST, anchors=[authority(TIME).certificate])
    assert token_of(answer, REQUEST, anchors=[tsa().certificates[0]])
    short = replace(tsa(), certificates=tsa().certificates[:1]).answer(REQUEST.der())
    assert token_of(short, REQUEST, anchors=[authority(TIME).certificate]), "the anchor need not be sent"
    with pytest.raises(UnreachableError, match="leads to none"):
        token_of(answer, REQUEST, anchors=[authority("Another").certificate])


def _with(purpose: str) -> StandInTsa:
    signer = key("P-256", 5)
    above = authority(TIME)
    leaf = above.leaf(signer, TIME, purpose=purpose)
    return StandInTsa(signer=signer, certificates=(leaf, above.certificate), now=lambda: SIGNED)


def test_a_certificate_for_anything_else_stamps_no_time() -> None:
    assert token_of(_with(TIME_STAMPING).answer(REQUEST.der()), REQUEST)
    with pytest.raises(UnreachableError, match="not for time-stamping"):
        token_of(_with(DOCUMENT_SIGNING).answer(REQUEST.der()), REQUEST)


def test_a_time_outside_its_certificates_life_is_none() -> None:
    late = replace(tsa(), now=lambda: SIGNED + timedelta(days=901))
    with pytest.raises(UnreachableError, match="not valid at its time"):
        token_of(late.answer(REQUEST.der()), REQUEST)


def test_a_token_signed_with_another_key_is_none() -> None:
    other = replace(tsa(), signer=key("P-256", 6))
    with pytest.raises(UnreachableError, match="does not fit"):
        token_of(other.answer(REQUEST.der()), REQUEST)


CHANGES: dict[str, Callable[[tsp.TimeStampResp], bytes]] = {
    "nothing": lambda answer: answer.dump(),
    "longer": lambda answer: answer.dump() + b"\0",
    "shorter": lambda answer: answer.dump()[:-1],
    "empty": lambda answer: b"",
    "a page": lambda answer: b"<!DOCTYPE html><title>503</title>",
    "huge": lambda answer: answer.dump() + bytes(MAX_BYTES),
}


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "nothing"])
def test_bytes_that_are_no_answer_are_an_authority_that_gave_none(name: str) -> None:
    answer = tsp.TimeStampResp.load(tsa().answer(REQUEST.der()))
    assert token_of(CHANGES["nothing"](answer), REQUEST)
    with pytest.raises(UnreachableError):
        token_of(CHANGES[name](answer), REQUEST)


def test_no_single_changed_byte_makes_another_token() -> None:
    """A changed bit either refuses the token or leaves what it says."""
    token = tsa().stamp(DIGEST, "sha256")
    said = read_token(token)
    leaf_only = replace(said, certificates=said.certificates[:1])
    refused = 0
    for place in range(0, len(token), max(1, len(token) // 60)):
        changed = bytearray(token)
        changed[place] ^= 0x04
        try:
            found = read_token(bytes(changed))
        except KeyMaterialError:
            refused += 1
        else:  # above the authority's own certificate nothing is signed by the token
            assert replace(found, certificates=found.certificates[:1]) == leaf_only
    assert refused > 30
