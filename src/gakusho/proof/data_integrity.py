# SPDX-License-Identifier: Apache-2.0
"""Data Integrity proofs: put one on a document, and say everything about those that are on one.

Verifiable Credential Data Integrity 1.0, sections 2.1, 2.4 and 4.2 to 4.6. Checking never raises for a bad
document; each thing looked at is a ``Check`` of its own. A document's proofs are a set, each judged by
itself; one that names others by ``previousProof`` covers those too, and so they make a chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gakusho.errors import ConflictError, InputError, LimitError
from gakusho.model.report import Check, Outcome
from gakusho.proof import MethodLookup, ProofOptions, SelectiveSuite, Signer, json
from gakusho.proof._chain import proofs_before
from gakusho.proof._one_proof import Asked, OneProof
from gakusho.proof.canonical_form import Settled
from gakusho.proof.contexts import Contexts
from gakusho.proof.suites import suites

__all__ = ["MAX_PROOFS", "add_proof", "derived", "proof_checks"]

MAX_PROOFS = 16
MAX_CHAINED = 40_000
"""Objects and lists of a document, times its proofs that follow others: each of those covers it anew."""
PROOF_CONTEXT = "https://w3id.org/security/data-integrity/v2"
_WITH_PROOF_WORDS = frozenset(
    {PROOF_CONTEXT, "https://w3id.org/security/data-integrity/v1", "https://www.w3.org/ns/credentials/v2"}
)


def add_proof(
    document: Mapping[str, Any],
    *,
    suite: str,
    signer: Signer,
    options: ProofOptions,
    contexts: Contexts,
) -> dict[str, Any]:
    """Give the document with a proof by this suite; proofs it already has stay beside it.

    Where no context of the document has the words of proofs, the one that has them is added (section 2.4.1).
    ``options.previous_proof`` makes a chain (section 4.4).

    Raises: UndefinedTermError, TooComplexError, KeyMaterialError; ConflictError for a suite that is unknown
    or no longer signed with; InputError for a previous proof that is not there.
    """
    found = suites().get(suite)
    if found is None:
        raise ConflictError(
            f"There is no suite {suite!r}.", facts={"got": suite, "expected": ", ".join(suites())}
        )
    unsecured = _with_proof_words({key: value for key, value in document.items() if key != "proof"})
    present = _listed(document["proof"]) if document.get("proof") is not None else []
    covered, reason = proofs_before(options.previous_proof, present)
    if reason is not None:
        raise InputError(
            "The proof that the new one follows is not on the document.",
            code="previous-proof",
            facts={"got": str(options.previous_proof), "expected": "the id of one proof on the document"},
        )
    to_sign = {**unsecured, "proof": covered} if covered else unsecured
    proof = found.sign(to_sign, signer=signer, options=options, contexts=contexts)
    return {**unsecured, "proof": [*present, proof] if present else proof}


def derived(document: Mapping[str, Any], *, pointers: Sequence[str], contexts: Contexts) -> dict[str, Any]:
    """Give the document with only the mandatory parts and those the JSON pointers choose.

    The document must have one base proof of a suite with selective disclosure; its other proofs, which
    cover what is held back, are left out. Raises: InputError, UndefinedTermError, TooComplexError.
    """
    for proof in _listed(document.get("proof")):
        name = proof.get("cryptosuite") if isinstance(proof, dict) else None
        found: object = suites().get(name) if isinstance(name, str) else None
        if isinstance(found, SelectiveSuite):
            unsecured = {key: value for key, value in document.items() if key != "proof"}
            return found.derive(unsecured, proof, pointers=pointers, contexts=contexts)
    raise InputError(
        "The credential is not signed so that parts of it can be held back.",
        code="not-selective",
        facts={
            "got": "no such proof",
            "expected": ", ".join(n for n, s in suites().items() if isinstance(s, SelectiveSuite)),
        },
    )


def proof_checks(
    document: Mapping[str, Any],
    *,
    now: datetime,
    lookup: MethodLookup,
    contexts: Contexts,
    purpose: str = "assertionMethod",
    challenge: str | None = None,
    domain: str | None = None,
    was_read: bool = False,
) -> list[Check]:
    """Run every check on the proof, or on each proof of the set, of a document; never raises for a bad one.

    Codes: ``proof.present``, ``proof.suite``, ``proof.purpose``, ``proof.created``, ``proof.key``,
    ``proof.chain``, ``proof.complete``, ``proof.signature``, ``proof.disclosures``. A proof without
    ``created`` and ``expires`` has no ``proof.created``, one that follows no other no ``proof.chain``, one
    that shows all that was signed no ``proof.disclosures``. The facts of ``proof.key`` name ``method``,
    ``controller`` and ``algorithm``; whether the controller is the issuer is for the caller to check.
    ``was_read`` says that the document was read by ``json.loads``, which reads none that is nested too deep.
    """
    if not was_read and json.is_too_deep(document):
        return [Check(code="proof.complete", outcome=Outcome.INVALID, facts={"reason": LimitError.code})]
    proofs, problem = _proofs(document)
    if problem is not None:
        return [problem]
    unsecured = Settled({key: value for key, value in document.items() if key != "proof"})
    asked = Asked(now, lookup, contexts, purpose, challenge, domain)
    checks: list[Check] = []
    for number, proof in enumerate(proofs, 1):
        label = {"proof": f"{number}/{len(proofs)}"} if len(proofs) > 1 else {}
        checks.extend(OneProof(unsecured, proof, asked, label, proofs).checks())
    return checks


def _with_proof_words(document: dict[str, Any]) -> dict[str, Any]:
    named = _listed(document.get("@context"))
    if "@context" not in document or any(isinstance(one, str) and one in _WITH_PROOF_WORDS for one in named):
        return document
    return {**document, "@context": [*named, PROOF_CONTEXT]}


def _proofs(document: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Check | None]:
    given = document.get("proof")
    listed: list[Any] = given if isinstance(given, list) else [given]
    reason = ""
    if "proof" not in document or given == [] or given is None:
        reason = "absent"
    elif len(listed) > MAX_PROOFS:
        reason = "too-many"
    elif not all(isinstance(proof, dict) and proof for proof in listed):
        reason = "malformed"
    elif _chained(document, listed) > MAX_CHAINED:
        reason = "too-many"
    elif len(listed) > 1 and len({repr(proof) for proof in listed}) < len(listed):
        reason = "duplicate"
    if reason:
        return [], Check(code="proof.present", outcome=Outcome.INVALID, facts={"reason": reason})
    return listed, None


def _chained(document: Mapping[str, Any], proofs: list[dict[str, Any]]) -> int:
    following = sum("previousProof" in proof for proof in proofs)
    if following < 2:
        return 0
    parts, pending = 0, [value for name, value in document.items() if name != "proof"]
    while pending:
        part = pending.pop()
        if isinstance(part, (dict, list)):
            parts += 1
            pending.extend(part.values() if isinstance(part, dict) else part)
    return following * parts


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
