# SPDX-License-Identifier: Apache-2.0
"""Every statement a proof makes is looked at, and nothing hostile raises."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gakusho.errors import NotFoundError, UndefinedTermError, UnreachableError, WeakKeyError
from gakusho.model.report import Check, Outcome, combined
from gakusho.proof import MethodLookup, ProofOptions, Signer, VerificationMethod, multibase
from gakusho.proof.contexts import Contexts
from gakusho.proof.data_integrity import add_proof, proof_checks
from gakusho.proof.signers.encrypted_key import SIGNER

Document = dict[str, Any]
Verify = Callable[..., list[Check]]

CODES = [
    "proof.present",
    "proof.suite",
    "proof.purpose",
    "proof.created",
    "proof.key",
    "proof.complete",
    "proof.signature",
]


@pytest.fixture
def verify(now: datetime, lookup: MethodLookup, contexts: Contexts) -> Verify:
    def run(document: Document, **changes: Any) -> list[Check]:
        return proof_checks(document, **{"now": now, "lookup": lookup, "contexts": contexts, **changes})

    return run


def outcome(checks: list[Check], code: str) -> Outcome:
    return combined(check.outcome for check in checks if check.code == code)


def total(checks: list[Check]) -> Outcome:
    return combined(check.outcome for check in checks)


def test_a_sound_proof_passes_every_check(verify: Verify, signed: Document) -> None:
    checks = verify(signed)
    assert [check.code for check in checks] == CODES
    assert {check.outcome for check in checks} == {Outcome.VALID}
    key = next(check for check in checks if check.code == "proof.key")
    assert key.facts["controller"] == "did:web:u.example"
    assert key.source == "https://u.example/.well-known/did.json"


@pytest.mark.parametrize("proof", [None, [], {}, [{}], [None], "x", 5, True, [[]], [{}, {}]])
def test_no_proof_is_never_valid(verify: Verify, signed: Document, proof: object) -> None:
    checks = verify({**signed, "proof": proof})
    assert [(c.code, c.outcome) for c in checks] == [("proof.present", Outcome.INVALID)]
    unsigned = {key: value for key, value in signed.items() if key != "proof"}
    assert total(verify(unsigned)) is Outcome.INVALID


@pytest.mark.parametrize(
    ("change", "code", "expected"),
    [
        ({"cryptosuite": "eddsa-rdfc-2099"}, "proof.suite", Outcome.UNKNOWN),
        ({"cryptosuite": None}, "proof.suite", Outcome.INVALID),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, "proof.suite", Outcome.INVALID),
        ({"type": "Ed25519Signature2018"}, "proof.suite", Outcome.UNKNOWN),
        ({"type": None}, "proof.suite", Outcome.INVALID),
        ({"previousProof": "urn:uuid:1"}, "proof.chain", Outcome.INVALID),
        ({"previousProof": []}, "proof.chain", Outcome.INVALID),
        ({"previousProof": None}, "proof.chain", Outcome.INVALID),
        ({"previousProof": {"id": "urn:uuid:1"}}, "proof.chain", Outcome.INVALID),
        ({"type": "Ed25519Signature2020"}, "proof.suite", Outcome.UNKNOWN),
        ({"cryptosuite": "Ed25519Signature2020"}, "proof.suite", Outcome.UNKNOWN),
        ({"proofPurpose": "authentication"}, "proof.purpose", Outcome.INVALID),
        ({"proofPurpose": None}, "proof.purpose", Outcome.INVALID),
        ({"proofPurpose": ["assertionMethod"]}, "proof.purpose", Outcome.INVALID),
        ({"created": "2026-04-01T00:05:01Z"}, "proof.created", Outcome.INVALID),
        ({"created": "2026-04-01"}, "proof.created", Outcome.INVALID),
        ({"created": "2026-04-01T00:06:00"}, "proof.created", Outcome.INVALID),
        ({"created": "2026-04-01T00:00:0０"}, "proof.created", Outcome.INVALID),
        ({"expires": "2026-03-31T23:59:59"}, "proof.created", Outcome.INVALID),
        ({"created": "2026-02-30T00:00:00Z"}, "proof.created", Outcome.INVALID),
        ({"created": "0000-01-01T00:00:00Z"}, "proof.created", Outcome.INVALID),
        ({"created": "2026-04-01T00:00:00+99:99"}, "proof.created", Outcome.INVALID),
        ({"created": None}, "proof.created", Outcome.INVALID),
        ({"created": 5}, "proof.created", Outcome.INVALID),
        ({"created": "２０２６-04-01T00:00:00Z"}, "proof.created", Outcome.INVALID),
        ({"expires": "2026-03-31T23:59:59Z"}, "proof.created", Outcome.INVALID),
        ({"verificationMethod": None}, "proof.key", Outcome.INVALID),
        ({"verificationMethod": {"id": "x"}}, "proof.key", Outcome.INVALID),
        ({"verificationMethod": ""}, "proof.key", Outcome.INVALID),
        ({"verificationMethod": "did:web:u.example#other"}, "proof.key", Outcome.INVALID),
        ({"proofValue": None}, "proof.signature", Outcome.INVALID),
        ({"proofValue": ""}, "proof.signature", Outcome.INVALID),
        ({"proofValue": "z"}, "proof.signature", Outcome.INVALID),
        ({"proofValue": "z" + multibase.base58(bytes(63))}, "proof.signature", Outcome.INVALID),
        ({"proofValue": "z" + multibase.base58(bytes(65))}, "proof.signature", Outcome.INVALID),
        ({"proofValue": "u" + multibase.base64url(bytes(64))}, "proof.signature", Outcome.INVALID),
        ({"proofValue": "00" * 64}, "proof.signature", Outcome.INVALID),
        ({"proofValue": "z" * 10_000_000}, "proof.signature", Outcome.INVALID),
        ({"note": "not covered"}, "proof.complete", Outcome.INVALID),
        ({"expirationDate": "2030-01-01T00:00:00Z"}, "proof.complete", Outcome.INVALID),
        ({"@context": "https://attacker.example/v1"}, "proof.complete", Outcome.INVALID),
        ({"@context": []}, "proof.signature", Outcome.VALID),
    ],
)
def test_each_flaw_of_a_proof_is_found_at_its_check(
    verify: Verify, signed: Document, change: Document, code: str, expected: Outcome
) -> None:
    flawed = {**signed, "proof": {**signed["proof"], **change}}
    checks = verify(flawed)
    if change == {"@context": []}:
        code, expected = "proof.complete", Outcome.INVALID
    assert outcome(checks, code) is expected
    assert total(checks) is not Outcome.VALID


def test_whitespace_around_a_proof_value_is_refused(verify: Verify, signed: Document) -> None:
    for value in (signed["proof"]["proofValue"] + "\n", " " + signed["proof"]["proofValue"]):
        flawed = {**signed, "proof": {**signed["proof"], "proofValue": value}}
        assert outcome(verify(flawed), "proof.signature") is Outcome.INVALID


def test_five_minutes_of_clock_skew_are_borne(
    verify: Verify, document: Callable[[str], Document], signer: Signer, contexts: Contexts, now: datetime
) -> None:
    for minutes, expected in ((5, Outcome.VALID), (6, Outcome.INVALID)):
        options = ProofOptions(
            verification_method="did:web:u.example#key-1", created=now + timedelta(minutes=minutes)
        )
        sealed = add_proof(
            document("status_list"),
            suite="eddsa-rdfc-2022",
            signer=signer,
            options=options,
            contexts=contexts,
        )
        assert outcome(verify(sealed), "proof.created") is expected


def _raises(error: Exception) -> MethodLookup:
    def lookup(_: str) -> VerificationMethod:
        raise error

    return lookup


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnreachableError("no answer"), Outcome.UNKNOWN),
        (NotFoundError("no such method"), Outcome.INVALID),
        (WeakKeyError("small order"), Outcome.INVALID),
    ],
)
def test_a_key_that_cannot_be_had_is_unknown_or_invalid_and_the_rest_is_still_checked(
    verify: Verify, signed: Document, error: Exception, expected: Outcome
) -> None:
    checks = verify(signed, lookup=_raises(error))
    assert [check.code for check in checks] == CODES
    assert outcome(checks, "proof.key") is expected
    assert outcome(checks, "proof.complete") is Outcome.VALID
    assert outcome(checks, "proof.signature") is Outcome.UNKNOWN
    signed["credentialSubject"]["gpa"] = "4.0"
    assert outcome(verify(signed, lookup=_raises(error)), "proof.complete") is Outcome.INVALID


RETIRED = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"purposes": frozenset({"authentication"})}, Outcome.INVALID),
        ({"purposes": frozenset()}, Outcome.INVALID),
        ({"controller": "did:web:attacker.example"}, Outcome.INVALID),
        ({"id": "did:web:u.example#key-2"}, Outcome.INVALID),
        ({"expires": RETIRED}, Outcome.INVALID),
        ({"expires": LATER}, Outcome.VALID),
        ({"revoked": RETIRED}, Outcome.INVALID),
        ({"revoked": datetime(2026, 4, 1, 0, 0, 1, tzinfo=UTC)}, Outcome.UNKNOWN),
        ({"revoked": LATER}, Outcome.VALID),
    ],
)
def test_the_method_must_be_allowed_to_do_this_at_that_time(
    verify: Verify, signed: Document, method: VerificationMethod, change: Document, expected: Outcome
) -> None:
    changed = replace(method, **change)
    assert outcome(verify(signed, lookup=lambda _: changed), "proof.key") is expected


def test_another_key_under_the_same_name_does_not_fit(
    verify: Verify, signed: Document, method: VerificationMethod
) -> None:
    secret = bytes(range(100, 132))
    for algorithm, code in (("Ed25519", "proof.signature"), ("P-256", "proof.key")):
        other = SIGNER.open(SIGNER.create(algorithm, secret), secret).public_key
        changed = replace(method, key=other)
        assert outcome(verify(signed, lookup=lambda _, m=changed: m), code) is Outcome.INVALID


def test_challenge_and_domain_must_be_those_asked_for(
    verify: Verify, document: Callable[[str], Document], signer: Signer, contexts: Contexts, now: datetime
) -> None:
    options = ProofOptions(
        verification_method="did:web:u.example#key-1", created=now, challenge="c-1", domain="verifier.example"
    )
    sealed = add_proof(
        document("presentation"), suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts
    )
    assert total(verify(sealed, challenge="c-1", domain="verifier.example")) is Outcome.VALID
    assert outcome(verify(sealed, challenge="c-2"), "proof.purpose") is Outcome.INVALID
    assert outcome(verify(sealed, domain="other.example"), "proof.purpose") is Outcome.INVALID
    del sealed["proof"]["challenge"]
    assert outcome(verify(sealed, challenge="c-1"), "proof.purpose") is Outcome.INVALID
    assert outcome(verify(sealed), "proof.signature") is Outcome.INVALID


def test_a_set_is_checked_proof_by_proof_and_one_bad_one_spoils_it(
    verify: Verify, signed: Document, signer: Signer, contexts: Contexts, now: datetime
) -> None:
    options = ProofOptions(verification_method="did:web:u.example#key-1", created=now - timedelta(days=1))
    both = add_proof(signed, suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts)
    assert len(both["proof"]) == 2
    checks = verify(both)
    assert [check.code for check in checks] == CODES * 2
    assert total(checks) is Outcome.VALID
    both["proof"][1]["created"] = "2026-03-30T00:00:00Z"
    checks = verify(both)
    assert total(checks) is Outcome.INVALID
    bad = [check.facts["proof"] for check in checks if check.outcome is not Outcome.VALID]
    assert bad == ["2/2"]


def test_the_same_proof_twice_and_too_many_proofs_are_refused(verify: Verify, signed: Document) -> None:
    proof = signed["proof"]
    for proofs in ([proof, copy.deepcopy(proof)], [{**proof, "id": f"urn:x:{n}"} for n in range(17)]):
        assert [c.outcome for c in verify({**signed, "proof": proofs})] == [Outcome.INVALID]


def test_a_proof_may_repeat_the_first_contexts_of_the_document(verify: Verify, signed: Document) -> None:
    same = {**signed, "proof": {**signed["proof"], "@context": signed["@context"]}}
    assert total(verify(same)) is Outcome.VALID
    other = {**signed, "proof": {**signed["proof"], "@context": signed["@context"][1:]}}
    assert outcome(verify(other), "proof.complete") is Outcome.INVALID


def test_the_contexts_shown_are_those_that_were_signed(
    verify: Verify, document: Callable[[str], Document], signer: Signer, contexts: Contexts, now: datetime
) -> None:
    options = ProofOptions(verification_method="did:web:u.example#key-1", created=now)
    sealed = add_proof(
        document("languages"), suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts
    )
    sealed["proof"]["@context"] = list(sealed["@context"])
    assert total(verify(sealed)) is Outcome.VALID
    assert (
        total(verify({**sealed, "@context": [*sealed["@context"], sealed["@context"][1]]})) is Outcome.VALID
    )
    swapped = {**sealed, "@context": [sealed["@context"][0], "https://w3id.org/openbadges/v2"]}
    assert outcome(verify(swapped), "proof.complete") is Outcome.INVALID
    assert outcome(verify(swapped), "proof.signature") is Outcome.INVALID


def test_a_document_without_the_words_of_proofs_is_given_the_context_that_has_them(
    verify: Verify, document: Callable[[str], Document], signer: Signer, contexts: Contexts, now: datetime
) -> None:
    """Data Integrity 1.0, section 2.4.1."""
    options = ProofOptions(verification_method="did:web:u.example#key-1", created=now)
    old = document("vc_1")
    sealed = add_proof(old, suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts)
    assert total(verify(sealed)) is Outcome.VALID
    old["@context"].remove("https://w3id.org/security/data-integrity/v2")
    again = add_proof(old, suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts)
    assert again["@context"] == [*old["@context"], "https://w3id.org/security/data-integrity/v2"]
    assert total(verify(again)) is Outcome.VALID
    assert outcome(verify({**old, "proof": sealed["proof"]}), "proof.complete") is Outcome.INVALID


def test_a_clique_in_a_credential_is_too_complex_and_not_slow(
    verify: Verify, signed: Document, contexts: Contexts
) -> None:
    signed["@context"].append("https://www.w3.org/ns/credentials/examples/v2")
    signed["evidence"] = [
        {"id": f"_:n{a}", "type": ["Evidence"], "knows": [{"id": f"_:n{b}"} for b in range(10)]}
        for a in range(10)
    ]
    checks = verify(signed)
    complete = next(check for check in checks if check.code == "proof.complete")
    assert complete.outcome is Outcome.INVALID
    assert complete.facts["reason"] == "too-complex"


@pytest.mark.parametrize("place", ["credentialSubject", "proof", "@context", "type"])
def test_a_deep_document_ends_in_a_check(verify: Verify, signed: Document, place: str) -> None:
    for wrap in (lambda inner: {"proof": inner}, lambda inner: [inner]):
        deep: object = "x"
        for _ in range(20_000):
            deep = wrap(deep)
        checks = verify({**signed, place: deep})
        assert total(checks) is Outcome.INVALID


def test_issuing_refuses_what_would_not_be_signed(
    document: Callable[[str], Document], signer: Signer, contexts: Contexts, now: datetime
) -> None:
    flawed = document("open_badge_3")
    flawed["credentialSubject"]["id"] = "student-42"
    options = ProofOptions(verification_method="did:web:u.example#key-1", created=now)
    with pytest.raises(UndefinedTermError) as caught:
        add_proof(flawed, suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts)
    assert caught.value.facts["path"] == "/credentialSubject"


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_byte_changed_in_a_signed_document_is_noticed(
    verify: Verify, signed: Document, data: st.DataObject
) -> None:
    raw = bytearray(json.dumps(signed, ensure_ascii=False).encode())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        changed = json.loads(raw)
    except ValueError:
        return
    if changed == signed or not isinstance(changed, dict):
        return
    assert total(verify(changed)) is not Outcome.VALID


WORDS = [
    "id",
    "type",
    "@context",
    "@id",
    "@type",
    "@value",
    "@language",
    "@direction",
    "@list",
    "@set",
    "@graph",
    "@index",
    "@none",
    "proof",
    "name",
    "x",
    "created",
    "expires",
    "cryptosuite",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
    "previousProof",
    "domain",
    "challenge",
]
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), value=junk)
def test_junk_in_any_place_gives_checks_and_never_an_exception(
    verify: Verify, signed: Document, data: st.DataObject, value: object
) -> None:
    signed = copy.deepcopy(signed)
    place: Any = signed
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], (dict, list)) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        before, place[key] = place[key], value
        break
    checks = verify(signed)
    assert checks
    if before != value:
        assert total(checks) is not Outcome.VALID or before == [value] or [before] == value
