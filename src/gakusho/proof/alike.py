# SPDX-License-Identifier: Apache-2.0
"""The proofs of documents that differ in a few known strings: one key's, on badge after badge.

Only a proof that holds in every respect is found here; of any other nothing is said, and the general way
(``data_integrity``) says what is the matter with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gakusho.model.report import Check
from gakusho.proof import MethodLookup, Suite, VerificationMethod, plan
from gakusho.proof._one_proof import Asked, OneProof
from gakusho.proof.canonical import spend
from gakusho.proof.contexts import Contexts
from gakusho.proof.old_keys import CLOCK_SKEW
from gakusho.proof.recurring import MAX_STATEMENTS
from gakusho.proof.suites import suites
from gakusho.proof.suites._hash_and_sign import HashAndSign
from gakusho.proof.template import CanonicalTemplate, compile_template

PURPOSE = "assertionMethod"
_MEMBERS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_HASHED_WITH_SHA256 = ("Ed25519", "P-256")


@dataclass(frozen=True, slots=True)
class _Held:
    """What was found of options and key last time: the same of the same."""

    created: str
    time: datetime
    method: VerificationMethod
    options_hash: bytes
    checks: tuple[Check, Check]


@dataclass(frozen=True, slots=True)
class _Under:
    """The contexts that a document names, of those there are."""

    named: object
    contexts: Contexts


class ProofAlike:
    """A proof by one key on documents under the same contexts."""

    def __init__(
        self,
        proof: Mapping[str, str],
        suite: HashAndSign,
        template: CanonicalTemplate,
        statements: int,
        under: _Under,
    ) -> None:
        self._proof = proof
        self._suite = suite
        self._template = template
        self._statements = statements
        self._under = under
        self._held: _Held | None = None

    def checks(
        self, terms: Sequence[bytes], created: str, value: str, *, now: datetime, lookup: MethodLookup
    ) -> tuple[Check, Check] | None:
        """Give the checks of time and key once these and the signature hold; else None.

        ``terms`` are the document's strings in the template's places, ``created`` and ``value`` the proof's
        own. Raises what looking up the key raises; TooComplexError; UnreadableError.
        """
        held = self._options_and_key(created, now, lookup)
        if held is None:
            return None
        spend(self._statements)
        form = self._template.with_terms(terms)
        if form is None or not self._suite.fits(held.options_hash, form, value, held.method.key):
            return None
        return held.checks

    def _options_and_key(self, created: str, now: datetime, lookup: MethodLookup) -> _Held | None:
        held = self._held
        if held is not None and held.created == created and held.time <= now + CLOCK_SKEW:
            method = lookup(self._proof["verificationMethod"])
            if method is held.method and method.expires is None and method.revoked is None:
                return held
        proof = {**self._proof, "created": created}
        asked = Asked(now, lookup, self._under.contexts, PURPOSE, None, None)
        one = OneProof({}, proof, asked, {}, ())
        found = one.time_and_key(self._suite)
        if found is None or found[1].key.algorithm not in _HASHED_WITH_SHA256:
            return None
        hashed = self._suite.options_hash(proof, self._under.named, self._under.contexts, "sha256")
        self._held = held = _Held(created, found[0], found[1], hashed, found[2])
        return held


def proof_alike(
    document: Mapping[str, Any], marked: Mapping[str, Any], slots: Sequence[str], contexts: Contexts
) -> ProofAlike | None:
    """Give what checks proofs like that of ``document``; None where there are no such.

    ``marked`` is the document with ``slots`` in the places of what differs, as ``compile_template`` wants
    them. Raises: UndefinedTermError, LimitError, UnreadableError.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.keys() != _MEMBERS or proof["proofPurpose"] != PURPOSE:
        return None
    if proof["type"] != "DataIntegrityProof" or not all(isinstance(one, str) for one in proof.values()):
        return None
    suite: Suite | None = suites().get(proof["cryptosuite"])
    if not isinstance(suite, HashAndSign) or not suite.is_over_rdf:
        return None
    unsecured = {name: value for name, value in marked.items() if name != "proof"}
    # Only what is planned: the contexts are pinned, and no work is boundless.
    planned = plan.planned_form(unsecured, contexts)
    if planned is None or planned.count("\n") > MAX_STATEMENTS:
        return None
    template = compile_template(unsecured, slots, contexts)
    if template is None:
        return None
    return ProofAlike(proof, suite, template, planned.count("\n"), _Under(document.get("@context"), contexts))
