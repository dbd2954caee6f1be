# SPDX-License-Identifier: Apache-2.0
"""Presentations: who shows, to whom, in answer to what, and whether all that is shown holds."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.university import NOW, University

from gakusho.formats._contexts import contexts
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof import ProofOptions, data_integrity
from gakusho.verifier.presentation import verify_presentation

UNIVERSITY = University()
HOLDER = University.by_key(b"h" * 32)
CONTEXT = "https://www.w3.org/ns/credentials/v2"


def presentation(*credentials: Any, **changes: Any) -> dict[str, Any]:
    shown = credentials or (json.loads(UNIVERSITY.sealed()),)
    return {
        "@context": [CONTEXT],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(shown),
    } | changes


def signed(document: dict[str, Any], **options: Any) -> dict[str, Any]:
    made = ProofOptions(verification_method=HOLDER.key_id, created=NOW, purpose="authentication")
    return data_integrity.add_proof(
        document,
        suite="eddsa-rdfc-2022",
        signer=HOLDER.signer,
        options=replace(made, **options),
        contexts=contexts(),
    )


def shown(document: Any, **asked: Any) -> Report:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher(), **asked)


def enveloped(
    token: bytes, kind: str = "EnvelopedVerifiableCredential", media: str = "vc+jwt"
) -> dict[str, Any]:
    return {"@context": [CONTEXT], "type": kind, "id": f"data:application/{media},{token.decode()}"}


def test_an_unsigned_one_stands_and_falls_with_what_it_shows() -> None:
    report = shown(presentation())
    assert report.outcome is Outcome.VALID
    assert [inner.headline for inner in report.carried] == [Headline.VALID]
    forged = json.loads(UNIVERSITY.sealed()) | {"name": "博士"}
    bad = shown(presentation(json.loads(UNIVERSITY.sealed()), forged))
    assert bad.headline is Headline.NOT_GENUINE
    assert [inner.outcome for inner in bad.carried] == [Outcome.VALID, Outcome.INVALID]


def test_a_revoked_one_inside_is_the_headline() -> None:
    university = University()
    university.mark(university.award(), "revocation")
    data = json.dumps(presentation()).encode()
    assert verify_presentation(data, now=NOW, fetcher=university.fetcher()).headline is Headline.REVOKED


def test_a_signed_answer_to_what_was_asked_is_valid() -> None:
    answer = signed(presentation(holder=HOLDER.did), challenge="c-1", domain="employer.example")
    assert shown(answer, challenge="c-1", domain="employer.example").outcome is Outcome.VALID
    assert shown(answer).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("challenge", "domain"),
    [("c-2", "employer.example"), ("c-1", "other.example"), ("", "employer.example")],
)
def test_an_answer_to_another_question_is_invalid(challenge: str, domain: str) -> None:
    answer = signed(presentation(holder=HOLDER.did), challenge="c-1", domain="employer.example")
    assert shown(answer, challenge=challenge, domain=domain).outcome is Outcome.INVALID


def test_a_question_needs_an_answer() -> None:
    assert shown(presentation(), challenge="c-1").outcome is Outcome.INVALID
    assert shown(signed(presentation()), challenge="c-1").outcome is Outcome.INVALID


def test_the_holder_named_is_the_one_who_signed() -> None:
    assert shown(signed(presentation(holder=UNIVERSITY.did))).outcome is Outcome.INVALID
    assert shown(signed(presentation(holder={"id": HOLDER.did}))).outcome is Outcome.VALID


def test_a_proof_for_issuing_is_none_for_presenting() -> None:
    assert shown(signed(presentation(), purpose="assertionMethod")).outcome is Outcome.INVALID


def test_an_enveloped_token_is_opened() -> None:
    token = UNIVERSITY.sealed(form="vc-jwt")
    assert shown(presentation(enveloped(token))).outcome is Outcome.VALID
    assert shown(presentation(enveloped(token[:-4] + b"AAAA"))).outcome is Outcome.INVALID
    assert shown(presentation(enveloped(token, media="json"))).outcome is Outcome.INVALID
    assert (
        shown(presentation(enveloped(token) | {"id": "https://other.example/x"})).outcome is Outcome.INVALID
    )


def presented_token(**changes: Any) -> bytes:
    claims = presentation(enveloped(UNIVERSITY.sealed(form="vc-jwt")), holder=HOLDER.did) | {
        "nonce": "123456789",
        "aud": "employer.example",
    }
    header = {"alg": "EdDSA", "kid": HOLDER.key_id, "typ": "vp+jwt"}
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims | changes)
    ]
    body = b".".join(parts)
    return body + b"." + base64.urlsafe_b64encode(HOLDER.signer.sign(body)).rstrip(b"=")


def test_a_presentation_may_itself_be_a_token() -> None:
    token = presented_token()
    assert shown(token, challenge="123456789", domain="employer.example").outcome is Outcome.VALID
    assert shown(token, challenge="2").outcome is Outcome.INVALID
    assert shown(token, domain="other.example").outcome is Outcome.INVALID
    outer = enveloped(token, kind="EnvelopedVerifiablePresentation", media="vp+jwt")
    assert shown(outer, challenge="123456789").outcome is Outcome.VALID
    assert shown(presented_token(holder=UNIVERSITY.did)).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        {"type": "VerifiablePresentation"},
        {"@context": [CONTEXT], "type": ["VerifiablePresentation"], "verifiableCredential": ["x"]},
        {"@context": [CONTEXT], "type": ["VerifiablePresentation"], "verifiableCredential": [{}] * 100},
        {"@context": [CONTEXT], "type": ["VerifiablePresentation"], "gpa": "4.0", "proof": {}},
        {"@context": [CONTEXT], "type": "EnvelopedVerifiablePresentation"},
        enveloped(b"x.y.z", kind="EnvelopedVerifiablePresentation"),
    ],
)
def test_what_is_no_presentation_is_not_valid(document: Any) -> None:
    assert shown(document).outcome is not Outcome.VALID


def test_presentations_in_presentations_end() -> None:
    inner: Any = presentation()
    for _ in range(10):
        inner = presentation(inner)
    assert shown(inner).outcome is Outcome.INVALID
