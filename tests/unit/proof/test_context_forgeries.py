# SPDX-License-Identifier: Apache-2.0
"""A credential with a rewritten context is refused, though it states the same; the untouched one is valid."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from gakusho.model.report import Outcome, combined
from gakusho.proof import MethodLookup, ProofOptions, Signer, _second_reading
from gakusho.proof.canonical import canonicalize
from gakusho.proof.contexts import Contexts
from gakusho.proof.data_integrity import add_proof, proof_checks

Document = dict[str, Any]

V2 = "https://www.w3.org/ns/credentials/v2"
NAME, DESCRIPTION = "https://schema.org/name", "https://schema.org/description"
MINE: Document = {"mark": "https://x.example/#mark", "Course": "https://x.example/#Course"}
SUITES = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]


@pytest.fixture
def sign(signer: Signer, contexts: Contexts, now: Any) -> Callable[..., Document]:
    def run(document: Document, suite: str = "eddsa-rdfc-2022") -> Document:
        options = ProofOptions(verification_method="did:web:u.example#key-1", created=now)
        return add_proof(document, suite=suite, signer=signer, options=options, contexts=contexts)

    return run


@pytest.fixture
def outcome(now: Any, lookup: MethodLookup, contexts: Contexts) -> Callable[[Document], Outcome]:
    def run(document: Document) -> Outcome:
        checks = proof_checks(document, now=now, lookup=lookup, contexts=contexts)
        return combined(check.outcome for check in checks)

    return run


def credential(*contexts: object, **subject: object) -> Document:
    return {
        "@context": [V2, *contexts],
        "id": "urn:uuid:3",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:u.example",
        "validFrom": "2026-03-20T00:00:00Z",
        "credentialSubject": {"id": "did:example:s", **subject},
    }


@pytest.mark.parametrize("suite", SUITES)
def test_a_credential_with_words_of_its_own_is_issued_and_verified(
    suite: str, sign: Callable[..., Document], outcome: Callable[[Document], Outcome]
) -> None:
    signed = sign(credential(MINE, mark="A", type="Course"), suite)
    assert outcome(signed) is Outcome.VALID
    changed = copy.deepcopy(signed)
    changed["credentialSubject"]["mark"] = "B"
    assert outcome(changed) is Outcome.INVALID


def swapped(document: Document, context: object, renamed: dict[str, str]) -> Document:
    """The forger's: another context, and the subject's members renamed after it."""
    forged = copy.deepcopy(document)
    forged["@context"] = context
    subject = forged["credentialSubject"]
    forged["credentialSubject"] = {renamed.get(key, key): value for key, value in subject.items()}
    return forged


WORDS = {"name": "Certificate of attendance", "description": "Bachelor of Science"}
FORGERIES: dict[str, tuple[object, dict[str, str]]] = {
    "two words change places": (
        [{"@protected": False, "name": DESCRIPTION, "description": NAME}, V2],
        {"name": "description", "description": "name"},
    ),
    "two words change places, after the credentials context": (
        [V2, {"name": DESCRIPTION, "description": NAME}],
        {"name": "description", "description": "name"},
    ),
    "another word for a meaning": ([V2, {"degree": DESCRIPTION}], {"description": "degree"}),
    "another word by a vocabulary": ([V2, {"@vocab": DESCRIPTION[:-4]}], {"description": "tion"}),
    "the whole IRI for a word": ([V2], {"description": DESCRIPTION}),
    "an unused context more": ([V2, {"degree": "https://x.example/#degree", "name": NAME, "n": NAME}], {}),
    "another address of the same": (["http://www.w3.org/ns/credentials/v2"], {}),
    "a context by address that nobody pinned": ([V2, "https://x.example/context"], {}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_rewritten_context_is_refused(
    name: str, sign: Callable[..., Document], outcome: Callable[[Document], Outcome]
) -> None:
    signed = sign(credential(**WORDS))
    assert outcome(signed) is Outcome.VALID
    assert outcome(swapped(signed, *FORGERIES[name])) is Outcome.INVALID


def test_the_other_processor_alone_would_have_believed_it(
    sign: Callable[..., Document], contexts: Contexts
) -> None:
    """PyLD finds the same statements in the forged credential: nothing but the bounds stands against it."""
    honest = credential(**WORDS)
    forged = swapped(honest, [V2, {"degree": DESCRIPTION}], {"description": "degree"})
    assert forged["credentialSubject"]["degree"] == "Bachelor of Science"
    one, other = (canonicalize(_second_reading.read(read, contexts.documents)) for read in (honest, forged))
    assert one == other


def test_a_context_below_the_top_is_refused(
    sign: Callable[..., Document], outcome: Callable[[Document], Outcome]
) -> None:
    signed = sign(credential(**WORDS))
    below: list[object] = [{"name": DESCRIPTION}, {"degree": DESCRIPTION}, V2, [], None]
    for context in below:
        forged = copy.deepcopy(signed)
        forged["credentialSubject"]["@context"] = context
        assert outcome(forged) is Outcome.INVALID


def test_two_words_of_ones_own_have_nothing_to_hold_them(
    sign: Callable[..., Document], outcome: Callable[[Document], Outcome]
) -> None:
    """Decision 0012: known and accepted; no pinned context says what they mean, so none is shown as known."""
    context = {"first": "https://x.example/#first", "second": "https://x.example/#second"}
    turned = {"first": context["second"], "second": context["first"]}
    signed = sign(credential(context, first="A", second="B"))
    assert outcome(swapped(signed, [V2, turned], {"first": "second", "second": "first"})) is Outcome.VALID
