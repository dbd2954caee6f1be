# SPDX-License-Identifier: Apache-2.0
"""Verify a presentation: who shows it, and every credential in it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from gakusho.errors import GakushoError, LimitError
from gakusho.fetch import Fetcher
from gakusho.formats import Presents, formats
from gakusho.model.report import Check, Outcome, Report
from gakusho.proof.canonical import bounded_work
from gakusho.verifier import _verdict
from gakusho.verifier.verify import MAX_BYTES, MAX_DEPTH, Inquiry


def verify_presentation(
    data: bytes,
    *,
    now: datetime,
    fetcher: Fetcher,
    challenge: str | None = None,
    domain: str | None = None,
    only_proof: bool = False,
) -> Report:
    """Give the report on a presentation, signed or not; the credentials in it are ``carried``.

    ``challenge`` and ``domain`` are what the verifier asked for; with a challenge, a proof that answers it
    is required. Whether a challenge was used before is for the caller to know.
    """
    inquiry = Inquiry(now=now, fetcher=fetcher, only_proof=only_proof)
    with bounded_work():
        return _presentation(inquiry, data, challenge, domain, depth=0)


def _presentation(
    inquiry: Inquiry, data: bytes, challenge: str | None, domain: str | None, *, depth: int
) -> Report:
    checks: list[Check] = []
    carried: list[Report] = []
    name: str | None = None
    try:
        _refuse_large(data, depth)
        name, presents = _presenting(data)
        if presents is None:
            checks.append(_check("format.recognized", Outcome.UNKNOWN, reason="unknown-format"))
        else:
            checks.append(_check("format.recognized", Outcome.VALID, got=name or ""))
            checks += presents.presentation_checks(data, inquiry.asking, challenge=challenge, domain=domain)
            for inside in presents.presented(data):
                # A credential may be shown by itself, with its holder's word beside it.
                itself = inside == data
                report = _shown(inquiry, inside, challenge, domain, depth, itself=itself)
                carried.append(report)
                checks.append(_verdict.carried_check(report))
    except GakushoError as error:
        facts = {"reason": error.code, "message": str(error)[:500]}
        checks.append(_check("format.readable", Outcome.INVALID, **facts))
    except (RecursionError, MemoryError) as error:
        facts = {"reason": "limit", "message": type(error).__name__}
        checks.append(_check("format.checked", Outcome.INVALID, **facts))
    except Exception as error:  # noqa: BLE001  # a fault of ours says nothing about the presentation
        facts = {"reason": "failed", "message": type(error).__name__}
        checks.append(_check("format.checked", Outcome.UNKNOWN, **facts))
    outcome, headline = _verdict.fold(checks, carried)
    return Report(
        outcome=outcome,
        headline=headline,
        format=name,
        issuer=None,
        credential=None,
        checks=tuple(checks),
        verified_at=inquiry.now,
        input_digest=hashlib.sha256(data).hexdigest(),
        carried=tuple(carried),
    )


def _refuse_large(data: bytes, depth: int) -> None:
    if len(data) > MAX_BYTES or depth > MAX_DEPTH:
        raise LimitError("The presentation is too large, or too deep.")


def _shown(
    inquiry: Inquiry, data: bytes, challenge: str | None, domain: str | None, depth: int, *, itself: bool
) -> Report:
    if not itself and _presenting(data)[1] is not None:
        return _presentation(inquiry, data, challenge, domain, depth=depth + 1)
    return inquiry.verify(data, depth=1)


def _presenting(data: bytes) -> tuple[str | None, Presents | None]:
    for name, candidate in formats().items():
        if isinstance(candidate, Presents) and candidate.is_presentation(data):
            return name, candidate
    return None, None


def _check(code: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code=code, outcome=outcome, facts=facts, source="the document itself")
