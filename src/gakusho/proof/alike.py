# SPDX-License-Identifier: Apache-2.0
"""The proofs of documents that differ in a few known strings: one key's, on badge after badge.

Only a proof that holds in every respect is found here; of any other nothing is said, and the general way
(``data_integrity``) says what is the matter with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

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

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

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


class _Template(Protocol[T_contra]):
    """Gives the canonical form of documents that differ in something."""

    def with_terms(self, values: T_contra, /) -> bytes | None:
        """Give the canonical form; None: go the general way. Raises: TooComplexError."""


class _Bounded:
    """A template, with the work that it saves counted as if it were done."""

    def __init__(self, template: CanonicalTemplate, statements: int) -> None:
        self._template = template
        self._statements = statements

    def with_terms(self, values: Sequence[bytes], /) -> bytes | None:
        spend(self._statements)
        return self._template.with_terms(values)


class ProofAlike(Generic[T]):
    """A proof by one key on documents under the same contexts."""

    def __init__(
        self, proof: Mapping[str, str], suite: HashAndSign, template: _Template[T], under: _Under
    ) -> None:
        self._proof = proof
        self._suite = suite
        self._template = template
        self._under = under
        self._held: _Held | None = None

    def checks(
        self, terms: T, created: str, value: str, *, now: datetime, lookup: MethodLookup
    ) -> tuple[Check, Check] | None:
        """Give the checks of time and key once these and the signature hold; else None.

        ``terms`` are what fills the template of the document, ``created`` and ``value`` the proof's own.
        Raises what looking up the key raises; TooComplexError; UnreadableError.
        """
        held = self._options_and_key(created, now, lookup)
        if held is None:
            return None
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
) -> ProofAlike[Sequence[bytes]] | None:
    """Give what checks proofs like that of ``document``; None where there are no such.

    ``marked`` is the document with ``slots`` in the places of what differs, as ``compile_template`` wants
    them. Raises: UndefinedTermError, LimitError, UnreadableError.
    """
    unsecured = {name: value for name, value in marked.items() if name != "proof"}
    # Only what is planned: the contexts are pinned, and no work is boundless.
    planned = plan.planned_form(unsecured, contexts)
    if planned is None or planned.count("\n") > MAX_STATEMENTS:
        return None
    template = compile_template(unsecured, slots, contexts)
    if template is None:
        return None
    return proof_over(document, _Bounded(template, planned.count("\n")), contexts)


def proof_over(
    document: Mapping[str, Any], template: _Template[T], contexts: Contexts
) -> ProofAlike[T] | None:
    """Give what checks proofs like that of ``document`` over the forms of a template."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.keys() != _MEMBERS or proof["proofPurpose"] != PURPOSE:
        return None
    if proof["type"] != "DataIntegrityProof" or not all(isinstance(one, str) for one in proof.values()):
        return None
    suite: Suite | None = suites().get(proof["cryptosuite"])
    if not isinstance(suite, HashAndSign) or not suite.is_over_rdf:
        return None
    return ProofAlike(proof, suite, template, _Under(document.get("@context"), contexts))
