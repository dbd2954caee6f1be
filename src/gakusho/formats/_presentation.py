# SPDX-License-Identifier: Apache-2.0
"""Verifiable Presentations: what is shown, and by whom. VC Data Model 2.0, sections 4.13 and 4.14."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_to_bytes

from gakusho.errors import LimitError
from gakusho.formats import Asking, _vc, _vcdm
from gakusho.formats._contexts import contexts
from gakusho.model.report import Check, Outcome
from gakusho.proof import data_integrity

TYPES = frozenset({"VerifiablePresentation", "EnvelopedVerifiablePresentation"})
MAX_PRESENTED = 64
CLOCK_SKEW = timedelta(minutes=5)
"""How far the beginning of a presentation may lie ahead: two honest clocks differ."""
_ENVELOPES = {
    "EnvelopedVerifiableCredential": (
        "application/vc+jwt",
        "application/vc+sd-jwt",
        "application/vc+cose",
        "application/dc+sd-jwt",
        "application/jwt",  # what was written before the media types had their names
    ),
    "EnvelopedVerifiablePresentation": (
        "application/vp+jwt",
        "application/vp+sd-jwt",
        "application/vp+cose",
        "application/jwt",
    ),
}
_HERE = "the document itself"


def presented(presentation: Mapping[str, Any]) -> list[bytes]:
    """Give what is inside, each as bytes of its own. Raises: UnreadableError, LimitError."""
    if _kind(presentation) == "EnvelopedVerifiablePresentation":
        return [opened(presentation)]
    shown = _vc.as_list(presentation.get("verifiableCredential"))
    if len(shown) > MAX_PRESENTED:
        raise LimitError(
            f"The presentation shows {len(shown)} credentials; at most {MAX_PRESENTED} are read."
        )
    return [_one(item) for item in shown]


def _one(item: object) -> bytes:
    if isinstance(item, str):
        return item.encode()
    shown = _vc.mapping(item, "verifiableCredential")
    return opened(shown) if _kind(shown) == "EnvelopedVerifiableCredential" else _vc.dumped(shown)


def _kind(value: Mapping[str, Any]) -> str | None:
    kinds = [one for one in _vc.as_list(value.get("type")) if isinstance(one, str)]
    return next((one for one in kinds if one in _ENVELOPES), None)


def is_envelope(document: Mapping[str, Any]) -> bool:
    """Tell whether the document is one that only holds another. VC Data Model 2.0, 4.13.1 and 4.13.2."""
    return _kind(document) is not None


def opened(envelope: Mapping[str, Any]) -> bytes:
    """Give what is inside an enveloped credential or presentation. Raises: UnreadableError."""
    kind = _kind(envelope) or ""
    url = _vc.required(envelope, "id")
    if _vc.VC_V2 not in _vc.as_list(envelope.get("@context")):
        raise _vc.unreadable("@context", envelope.get("@context"), _vc.VC_V2)
    head, comma, body = url.partition(",")
    media_type, *parameters = head.removeprefix("data:").split(";")
    if not comma or not head.startswith("data:") or media_type not in _ENVELOPES.get(kind, ()):
        raise _vc.unreadable(f"{kind}.id", url, f"data:{_ENVELOPES.get(kind, ('…',))[0]},…")
    data = unquote_to_bytes(body).strip()
    encoded = "base64" in parameters
    if media_type.endswith("+cose") and not encoded:
        raise _vc.unreadable(f"{kind}.id", url, f"data:{media_type};base64,…")  # VC-JOSE-COSE, 3.3.3
    return _decoded(data, kind) if encoded else data


def _decoded(data: bytes, kind: str) -> bytes:
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except binascii.Error:
        raise _vc.unreadable(f"{kind}.id", "broken base64", "base64") from None


def checks(
    presentation: Mapping[str, Any], asking: Asking, *, challenge: str | None, domain: str | None
) -> list[Check]:
    """Give the checks of the presentation itself.

    A presentation without proof shows credentials and claims no holder; with a challenge to answer it
    needs one.
    """
    if _kind(presentation) is not None:
        return [_rules([])]
    found = [_rules(_vcdm.broken_presentation_rules(presentation))]
    if "proof" in presentation or challenge is not None:
        found += data_integrity.proof_checks(
            presentation,
            now=asking.now,
            lookup=asking.lookup,
            contexts=contexts(),
            purpose="authentication",
            challenge=challenge,
            domain=domain,
        )
        found += holder_check(presentation, _vc.proof_controllers(presentation))
    return found


def holder_check(presentation: Mapping[str, Any], signers: list[str]) -> list[Check]:
    """Tell whether the named holder signed; a presentation that names none gets no such check."""
    stated = presentation.get("holder")
    holder = stated.get("id") if isinstance(stated, Mapping) else stated
    if holder is None:
        return []
    outcome = Outcome.VALID if holder in signers else Outcome.INVALID
    facts = {"expected": str(holder)[:300], "got": ", ".join(signers)[:300] or "—"}
    return [Check(code="presentation.holder", outcome=outcome, facts=facts, source=_HERE)]


def _rules(broken: list[str]) -> Check:
    return Check(
        code="presentation.rules",
        outcome=Outcome.INVALID if broken else Outcome.VALID,
        facts={"reason": "; ".join(broken)[:1_000]} if broken else {},
        source=_HERE,
    )
