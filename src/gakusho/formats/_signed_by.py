# SPDX-License-Identifier: Apache-2.0
"""Whose key signed a token: found where its owner publishes it, in force, and fitting the signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from gakusho.errors import GakushoError, NotFoundError, UnreachableError, UnreadableError
from gakusho.formats import Asking
from gakusho.model.report import Check, Outcome
from gakusho.proof import VerificationMethod
from gakusho.proof.keys import PublicKey
from gakusho.proof.old_keys import CLOCK_SKEW, in_time

HERE = "the document itself"


def checks(
    asking: Asking,
    *,
    methods: Sequence[str],
    purpose: str,
    fits: Callable[[PublicKey], bool],
    stated: PublicKey | None = None,
    made: datetime | None = None,
) -> list[Check]:
    """Give the checks of key, time and signature.

    ``methods`` are the ids the key may have, tried in order; ``stated`` is a key the token carries itself,
    which must be the one published; ``made`` is when the token says that it was signed. Never raises for a
    bad token.
    """
    said = _made_check(made, asking.now)
    try:
        method = _method(asking, methods)
    except UnreachableError as error:
        return [*said, *_by_stated(stated, fits), _unfound(error, Outcome.UNKNOWN, methods)]
    except GakushoError as error:
        return [*said, _unfound(error, Outcome.INVALID, methods)]
    if stated is not None and stated != method.key:
        return [
            *said,
            check("proof.key", Outcome.INVALID, reason="algorithm", got="another key in the header"),
        ]
    return [*said, _key_check(method, purpose, made, asking.now), signature_check(holds=fits(method.key))]


def method_id(kid: str | None, owner: str) -> str:
    """Give the id of the verification method a ``kid`` names, completed by its owner's id.

    Raises: UnreadableError when there is no ``kid``, and the owner's id does not spell out its key.
    """
    if kid is not None:
        return kid if kid.startswith(("did:", "https:")) else f"{owner}#{kid.removeprefix('#')}"
    if owner.startswith("did:key:"):
        return f"{owner}#{owner.removeprefix('did:key:')}"
    if owner.startswith("did:jwk:"):
        return f"{owner}#0"
    raise UnreadableError("Nothing says which key signed it.", code="jws", facts={"expected": "kid"})


def _method(asking: Asking, methods: Sequence[str]) -> VerificationMethod:
    for place, method in enumerate(methods, start=1):
        try:
            return asking.lookup(method)
        except NotFoundError:
            if place == len(methods):
                raise
    raise NotFoundError("No key is named.", code="no-such-key")


def _by_stated(stated: PublicKey | None, fits: Callable[[PublicKey], bool]) -> list[Check]:
    # Whose key it is cannot be told; that it did not even sign this can.
    if stated is None or fits(stated):
        return []
    return [signature_check(holds=False)]


def _unfound(error: GakushoError, outcome: Outcome, methods: Sequence[str]) -> Check:
    return check("proof.key", outcome, reason=error.code, got=str(error), method=", ".join(methods))


def signature_check(*, holds: bool) -> Check:
    """Give the check of a signature."""
    return check("proof.signature", Outcome.VALID if holds else Outcome.INVALID)


def _made_check(made: datetime | None, now: datetime) -> list[Check]:
    if made is None:
        return []
    if made > now + CLOCK_SKEW:
        facts = {"reason": "future", "got": made.isoformat(), "expected": now.isoformat()}
        return [check("proof.created", Outcome.INVALID, **facts)]
    return [check("proof.created", Outcome.VALID, got=made.isoformat())]


def _key_check(method: VerificationMethod, purpose: str, made: datetime | None, now: datetime) -> Check:
    facts = {"method": method.id, "controller": method.controller, "algorithm": method.key.algorithm}
    if purpose not in method.purposes:
        outcome = Outcome.INVALID
        facts |= {"reason": "relationship", "got": ", ".join(sorted(method.purposes)), "expected": purpose}
    else:
        outcome, reason, got, expected = in_time(method, made, now)
        told = {"reason": reason, "got": got, "expected": expected}
        facts |= {name: str(value) for name, value in told.items() if value is not None}
    return Check(
        code="proof.key", outcome=outcome, facts=facts, source=method.source or None, time=method.time
    )


def check(code: str, outcome: Outcome, **facts: str) -> Check:
    """Give a check of what the document itself says; facts are cut to a bearable length."""
    return Check(code=code, outcome=outcome, facts={k: v[:500] for k, v in facts.items()}, source=HERE)
