# SPDX-License-Identifier: Apache-2.0
"""One input costs bounded work, however many documents and proofs it holds, and no honest one is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from gakusho.errors import TooComplexError
from gakusho.model.report import Outcome
from gakusho.proof import ProofOptions, Signer, VerificationMethod, canonical
from gakusho.proof.canonical import bounded_work, canonicalize
from gakusho.proof.canonical_form import Settled, canonical_form
from gakusho.proof.contexts import Contexts
from gakusho.proof.data_integrity import add_proof, proof_checks

Document = dict[str, Any]
Load = Callable[[str], Document]
CHAIN = [(f"_:n{number}", "<urn:x:next>", f"_:n{number + 1}", "") for number in range(150)]
"""Alike nodes in a row: about 0.1 s."""


def many(times: int) -> None:
    """Canonicalize the row again and again, each time as an input of its own inside what is open."""
    for _ in range(times):
        with bounded_work():
            canonicalize(CHAIN)


def test_many_graphs_together_cost_no_more_than_a_few() -> None:
    started = time.process_time()
    with bounded_work():
        for _ in range(3):
            canonicalize(CHAIN)
        with pytest.raises(TooComplexError):
            many(100)
    assert time.process_time() - started < 2


def test_the_bound_is_for_what_is_inside_and_is_not_renewed_further_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(canonical, "SHARED_LIMIT", 400_000)
    with bounded_work(), pytest.raises(TooComplexError):
        many(100)
    for _ in range(3):
        with bounded_work():
            canonicalize(CHAIN)
    assert canonicalize(CHAIN)


def test_usual_documents_spend_little(document: Load, contexts: Contexts) -> None:
    with bounded_work():
        for _ in range(256):
            canonical_form(document("open_badge_3"), contexts)
        left = canonical._shared.get()
        assert left is not None
        assert left[0] > canonical.SHARED_LIMIT * 0.9


def test_many_proofs_of_one_document_cost_as_much_as_one(
    document: Load, contexts: Contexts, signer: Signer, method: VerificationMethod, now: datetime
) -> None:
    badge = document("open_badge_3")
    described = badge["credentialSubject"]["achievement"]["resultDescription"]
    first = described[0] if isinstance(described, list) else described
    first["allowedValue"] = ["S"] * 150
    options = ProofOptions(verification_method=method.id, created=now)
    sealed = add_proof(badge, suite="eddsa-rdfc-2022", signer=signer, options=options, contexts=contexts)
    proof = sealed["proof"]
    sealed["proof"] = [{**proof, "id": f"urn:x:proof:{number}"} for number in range(15)] + [proof]
    started = time.process_time()
    checks = proof_checks(sealed, now=now, lookup=lambda _: method, contexts=contexts)
    assert time.process_time() - started < 1.5
    signatures = [check.outcome for check in checks if check.code == "proof.signature"]
    assert signatures == [Outcome.INVALID] * 15 + [Outcome.VALID]


def test_a_settled_document_answers_again_what_it_answered(document: Load, contexts: Contexts) -> None:
    badge = document("open_badge_3")
    settled = Settled(badge)
    for algorithm in ("sha256", "sha384", "sha256"):
        expected = canonical_form(badge, contexts, algorithm=algorithm)
        assert canonical_form(settled, contexts, algorithm=algorithm) == expected
    refused = Settled({**badge, "undefined": 1})
    messages = set()
    for _ in range(2):
        with pytest.raises(Exception, match="not defined") as raised:
            canonical_form(refused, contexts)
        messages.add(str(raised.value))
    assert len(messages) == 1
