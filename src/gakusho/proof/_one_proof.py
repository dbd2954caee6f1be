# SPDX-License-Identifier: Apache-2.0
"""Everything that is said about one proof on a document. Data Integrity 1.0, sections 4.3 and 4.5."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gakusho import plugins
from gakusho.errors import (
    GakushoError,
    KeyMaterialError,
    LimitError,
    TooComplexError,
    UndefinedTermError,
    UnreachableError,
    UnreadableError,
    WeakKeyError,
)
from gakusho.model.report import Check, Outcome
from gakusho.proof import MethodLookup, SelectiveSuite, Suite, VerificationMethod
from gakusho.proof._chain import proofs_before
from gakusho.proof._options import read_time
from gakusho.proof._terms import described
from gakusho.proof.canonical_form import statements
from gakusho.proof.contexts import Contexts
from gakusho.proof.old_keys import CLOCK_SKEW, in_time
from gakusho.proof.suites import suites

BASE_PROOF = "base-proof"
"""Code of the error for a proof that its holder must derive another from before anybody can check it."""
_WITHOUT_ZONE = re.compile(r"[0-9-]{10}T[0-9:]{8}(?:\.[0-9]{1,12})?")

_VALID, _INVALID, _UNKNOWN = Outcome.VALID, Outcome.INVALID, Outcome.UNKNOWN


@dataclass(frozen=True)
class Asked:
    """What the verifier wants to know, and what it needs from outside."""

    now: datetime
    lookup: MethodLookup
    contexts: Contexts
    purpose: str
    challenge: str | None
    domain: str | None


class OneProof:
    """The checks of one proof, in order; a later one uses what an earlier one found."""

    def __init__(
        self,
        document: dict[str, Any],
        proof: dict[str, Any],
        asked: Asked,
        label: dict[str, str],
        proofs: Sequence[dict[str, Any]],
    ) -> None:
        self._document = document
        self._proof = proof
        self._proofs = proofs
        self._asked = asked
        self._label = label
        self._found: list[Check] = []

    def checks(self) -> list[Check]:
        """Run the checks."""
        self._say("proof.present", _VALID)
        suite = self._suite()
        self._purpose()
        created = self._created()
        method = self._key(suite, created)
        if self._chain():
            self._signature(suite, method)
        return self._found

    def time_and_key(self, suite: Suite) -> tuple[datetime, VerificationMethod, tuple[Check, Check]] | None:
        """Give time and key of a proof that states them, with their checks, once both hold; else None."""
        created = self._created()
        method = self._key(suite, created)
        if created is None or method is None or len(self._found) != 2:
            return None
        of_time, of_key = self._found
        if of_time.outcome is not _VALID or of_key.outcome is not _VALID:
            return None
        return created, method, (of_time, of_key)

    def _say(self, code: str, outcome: Outcome, *, source: str | None = None, **facts: object) -> None:
        told = {name: described(value) for name, value in facts.items() if value is not None}
        told.update(self._label)
        self._found.append(Check(code=code, outcome=outcome, facts=told, source=source))

    def _suite(self) -> Suite | None:
        proof = self._proof
        name = proof.get("cryptosuite")
        kind = proof.get("type")
        if kind != "DataIntegrityProof":
            legacy = suites().get(kind) if isinstance(kind, str) else None
            if legacy is not None and legacy.legacy and name is None:
                self._say("proof.suite", _VALID, got=kind)
                return legacy
            outcome = _UNKNOWN if isinstance(kind, str) and kind else _INVALID
            self._say("proof.suite", outcome, reason="unknown-type", got=kind, expected="DataIntegrityProof")
            return None
        if not isinstance(name, str) or not name:
            self._say("proof.suite", _INVALID, reason="malformed", got=name, expected=_known())
            return None
        suite = suites().get(name)
        if suite is None or suite.legacy:
            self._say("proof.suite", _UNKNOWN, reason="unknown-suite", got=name, expected=_known())
            return None
        self._say("proof.suite", _VALID, got=name)
        return suite

    def _purpose(self) -> None:
        proof, asked = self._proof, self._asked
        for name, expected in (
            ("proofPurpose", asked.purpose),
            ("challenge", asked.challenge),
        ):
            if expected is not None and proof.get(name) != expected:
                self._say("proof.purpose", _INVALID, reason=name, got=proof.get(name), expected=expected)
                return
        domain = proof.get("domain")
        if asked.domain is not None and asked.domain not in (
            domain if isinstance(domain, list) else [domain]
        ):
            self._say("proof.purpose", _INVALID, reason="domain", got=domain, expected=asked.domain)
            return
        self._say("proof.purpose", _VALID, got=asked.purpose)

    def _created(self) -> datetime | None:
        times: dict[str, datetime] = {}
        for name in ("created", "expires"):
            if name in self._proof:
                try:
                    times[name] = read_time(_with_zone(self._proof[name]))
                except UnreadableError as error:
                    self._say(
                        "proof.created", _INVALID, reason="malformed", member=name, got=error.facts["got"]
                    )
                    return None
        created, expires, now = times.get("created"), times.get("expires"), self._asked.now
        if created is not None and created > now + CLOCK_SKEW:
            self._say(
                "proof.created", _INVALID, reason="future", got=created.isoformat(), expected=now.isoformat()
            )
        elif expires is not None and expires < now:
            self._say(
                "proof.created", _INVALID, reason="expired", got=expires.isoformat(), expected=now.isoformat()
            )
        elif created is not None or expires is not None:
            self._say("proof.created", _VALID, got=created and created.isoformat())
        return created

    def _key(self, suite: Suite | None, created: datetime | None) -> VerificationMethod | None:
        name = self._proof.get("verificationMethod")
        if not isinstance(name, str) or not name or len(name) > 4096:
            self._say("proof.key", _INVALID, reason="malformed", got=name)
            return None
        try:
            method = self._asked.lookup(name)
        except UnreachableError as error:
            self._say("proof.key", _UNKNOWN, reason=error.code, method=name, got=error)
            return None
        except GakushoError as error:
            strange = isinstance(error, KeyMaterialError) and not isinstance(error, WeakKeyError)
            # A method of signing that is not known here may well go with keys that are not known here.
            outcome = _UNKNOWN if suite is None and strange else _INVALID
            self._say("proof.key", outcome, reason=error.code, method=name, got=error)
            return None
        judged, reason, got, expected = self._method(method, name, suite, created)
        self._say(
            "proof.key",
            judged,
            source=method.source or None,
            reason=reason,
            method=name,
            controller=method.controller,
            algorithm=method.key.algorithm,
            got=got,
            expected=expected,
        )
        return method

    def _method(
        self, method: VerificationMethod, name: str, suite: Suite | None, created: datetime | None
    ) -> tuple[Outcome, str | None, object, object]:
        purpose, now = self._asked.purpose, self._asked.now
        base = name.partition("#")[0]
        if method.id != name:
            return _INVALID, "other-method", method.id, name
        if name.startswith("did:") and method.controller != base:
            return _INVALID, "controller", method.controller, base
        if purpose not in method.purposes:
            return _INVALID, "relationship", ", ".join(sorted(method.purposes)), purpose
        if suite is not None and method.key.algorithm not in suite.algorithms:
            return _INVALID, "algorithm", method.key.algorithm, ", ".join(suite.algorithms)
        return in_time(method, created, now)

    def _chain(self) -> bool:
        """Put the proofs this one follows on the document; tell whether that can be done. Section 4.5."""
        if "previousProof" not in self._proof:
            return True
        previous = self._proof["previousProof"]
        covered, reason = proofs_before([] if previous is None else previous, self._proofs, self._proof)
        if reason is not None:
            self._say("proof.chain", _INVALID, reason=reason, got=previous)
            self._say("proof.signature", _INVALID, reason="previous-proof")
            return False
        self._document = {**self._document, "proof": covered}
        self._say("proof.chain", _VALID, got=len(covered))
        return True

    def _signature(self, suite: Suite | None, method: VerificationMethod | None) -> None:
        try:
            document, proof = self._with_proof_context()
        except UndefinedTermError as error:
            self._say(
                "proof.complete", _INVALID, reason=error.code, got=error.facts["got"], path="/proof/@context"
            )
            self._say("proof.signature", _INVALID, reason="context")
            return
        fits: bool | None = None
        reason: str | None = None
        try:
            if suite is not None and method is not None and method.key.algorithm in suite.algorithms:
                fits = suite.verify(document, proof, key=method.key, contexts=self._asked.contexts)
            else:
                self._walk(document, proof)
        except (UndefinedTermError, TooComplexError, LimitError) as error:
            self._say(
                "proof.complete",
                _INVALID,
                reason=error.code,
                got=error.facts.get("got"),
                path=error.facts.get("path"),
            )
            self._say("proof.signature", _INVALID, reason=error.code)
            return
        except GakushoError as error:
            fits, reason = None if error.code == BASE_PROOF else False, error.code
            self._walk_again(document, proof)
        else:
            self._say("proof.complete", _VALID)
        if fits is None:
            why = reason or ("suite" if suite is None else "key")
            self._say("proof.signature", _UNKNOWN, reason=why)
            return
        self._say("proof.signature", _VALID if fits else _INVALID, reason=reason)
        if fits and plugins.able(suite, SelectiveSuite) is not None:
            self._say("proof.disclosures", _VALID, reason="derived", got=self._proof.get("cryptosuite"))

    def _with_proof_context(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give document and proof under the proof's own ``@context``, where it has one. Section 4.3."""
        if "@context" not in self._proof:
            return self._document, self._proof
        own, outer = (_listed(part.get("@context")) for part in (self._proof, self._document))
        if not own or outer[: len(own)] != own:
            raise UndefinedTermError(
                "The proof names other contexts than the document.", facts={"got": described(own)}
            )
        return {**self._document, "@context": self._proof["@context"]}, self._proof

    def _walk(self, document: dict[str, Any], proof: dict[str, Any]) -> None:
        options = {key: value for key, value in proof.items() if key != "proofValue"}
        statements({**options, "@context": document.get("@context")}, self._asked.contexts)
        statements(document, self._asked.contexts)

    def _walk_again(self, document: dict[str, Any], proof: dict[str, Any]) -> None:
        try:
            self._walk(document, proof)
        except GakushoError as error:
            facts = error.facts
            self._say(
                "proof.complete", _INVALID, reason=error.code, got=facts.get("got"), path=facts.get("path")
            )
        else:
            self._say("proof.complete", _VALID)


def _with_zone(value: object) -> object:
    """Give a time written without a zone as one in UTC. Data Integrity 1.0, section 2.1."""
    return f"{value}Z" if isinstance(value, str) and _WITHOUT_ZONE.fullmatch(value) else value


def _known() -> str:
    return ", ".join(name for name, suite in suites().items() if not suite.legacy)


def _listed(context: object) -> list[object]:
    return context if isinstance(context, list) else [context]
