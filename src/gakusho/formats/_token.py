# SPDX-License-Identifier: Apache-2.0
"""What the claims of a signed token say of a credential or presentation, and whether they agree.

VC-JOSE-COSE 1.0, sections 3.1 and 4; VC Data Model 1.1, section 6.3.1 (the form wrapped in ``vc``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gakusho.errors import GakushoError, InputError
from gakusho.formats import Asking, _jose, _presentation, _signed_by, _vc
from gakusho.formats._signed_by import check
from gakusho.model.report import Check, Outcome
from gakusho.proof._options import read_time

REGISTERED = ("iss", "sub", "jti", "nbf", "exp", "iat", "aud", "nonce", "vc", "cnf")
_TIMES = ("nbf", "exp", "iat")
_DOCUMENT_MEMBERS = frozenset({"@context", "type", "credentialSubject", "issuer", "validFrom", "validUntil"})
_UNWRAPPED = _jose.types("vc+jwt", "vc-ld+jwt", "vc+ld+jwt", "vc+sd-jwt", "vc+ld+json+sd-jwt")
_MAX_TIME = 253_402_300_799  # the last second of the year 9999


def token_checks(
    token: _jose.Token,
    asking: Asking,
    owner: str,
    purpose: str,
    allowed: frozenset[str | None],
    *,
    keys_in: frozenset[str] = frozenset({"jwk"}),
) -> list[Check]:
    """Give the checks of a token's header, key and signature; a refused header ends them.

    ``owner`` is the id of who should have signed.
    """
    problem = _jose.header_problem(token, allowed, keys_in=keys_in)
    if problem is not None:
        return [check("proof.header", Outcome.INVALID, reason=problem)]
    found = [check("proof.header", Outcome.VALID, got=str(token.header["alg"]))]
    try:
        stated = _jose.header_key(token)
        methods = _jose.key_ids(token, owner)
    except GakushoError as error:
        return [*found, check("proof.key", Outcome.INVALID, reason=error.code, got=str(error))]
    return found + _signed_by.checks(
        asking,
        methods=methods,
        purpose=purpose,
        fits=lambda key: _jose.fits(token, key),
        stated=stated,
        made=made_at(token.claims),
    )


def made_at(claims: Mapping[str, Any]) -> datetime | None:
    """Give when a token says that it was signed: ``iat``. VC-JOSE-COSE 1.0, section 3.1.3.

    None when it does not say so where the signature itself covers it, or says no time (``claims_check``
    tells of that). Nobody but the signer vouches for it, as for ``created`` of a proof.
    """
    stated = claims.get("iat")
    try:
        return None if stated is None else _issued_at(stated)
    except InputError:
        return None


def signers(token: _jose.Token, owner: str) -> list[str]:
    """Give the id of whom the signing key belongs to by its id; none when the token does not say."""
    try:
        return [_jose.key_ids(token, owner)[0].partition("#")[0]]
    except GakushoError:
        return []


def document(claims: Mapping[str, Any], typ: object = None) -> dict[str, Any]:
    """Give the credential in the claims; registered claims fill what it leaves out. VC-JOSE-COSE, 3.1.3.

    Raises: UnreadableError for a token with two credentials, or with ``vc`` or ``vp`` where ``typ`` says
    that there is none (VC-JOSE-COSE, 3.1.1).
    """
    inside = {name: value for name, value in claims.items() if name not in REGISTERED}
    wrapped = claims.get("vc")
    if isinstance(typ, str) and typ in _UNWRAPPED and claims.keys() & {"vc", "vp"}:
        raise _vc.unreadable("vc", "a credential beside a credential", "one credential")
    if wrapped is not None:
        if inside.keys() & _DOCUMENT_MEMBERS or not isinstance(wrapped, Mapping):
            raise _vc.unreadable("vc", "a credential beside a credential", "one credential")
        inside = dict(wrapped)
    for claim, member in (("jti", "id"), ("iss", "issuer")):
        if member not in inside and claim in claims:
            inside[member] = claims[claim]
    old = _vc.as_list(inside.get("@context"))[:1] == [_vc.VC_V1]
    names = ("issuanceDate", "expirationDate") if old else ("validFrom", "validUntil")
    for claim, member in zip(("nbf", "exp"), names, strict=True):
        if member not in inside and claim in claims:
            inside[member] = _vc.written_time(numeric_date(claims[claim], claim))
    return inside


def inside(token: str) -> dict[str, Any]:
    """Give the credential in a token that lies in another credential; nothing of it is believed yet.

    Raises: UnreadableError, LimitError.
    """
    apart = _jose.taken_apart(token.encode("utf-8", "replace"))
    return document(apart.claims, apart.header.get("typ"))


def numeric_date(value: object, claim: str) -> datetime:
    """Give the moment of a NumericDate (RFC 7519, section 2), whole seconds only. Raises: UnreadableError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_TIME:
        raise _vc.unreadable(claim, value, "whole seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def claims_check(claims: Mapping[str, Any], inside: Mapping[str, Any]) -> Check:
    """Tell whether the registered claims say the same as the credential."""
    differing = _differing(claims, inside)
    return check(
        "proof.claims",
        Outcome.INVALID if differing else Outcome.VALID,
        **({"reason": ", ".join(differing)} if differing else {}),
    )


def _differing(claims: Mapping[str, Any], inside: Mapping[str, Any]) -> list[str]:
    subject = inside.get("credentialSubject")
    subject_id = subject.get("id") if isinstance(subject, Mapping) else None
    stated = {"iss": _vc.issuer_id(inside), "jti": inside.get("id"), "sub": subject_id}
    differing = [name for name, value in stated.items() if name in claims and claims[name] != value]
    try:
        moments = {name: numeric_date(claims[name], name) for name in ("nbf", "exp") if name in claims}
        start, end = _vc.validity(inside)
        if "iat" in claims:
            _issued_at(claims["iat"])  # whether it is one; what it is worth is told beside the key
    except InputError:
        return [*differing, *(name for name in _TIMES if name in claims)]
    if "nbf" in moments and moments["nbf"] != start.replace(microsecond=0):
        differing.append("nbf")
    if "exp" in moments and (end is None or moments["exp"] != end.replace(microsecond=0)):
        differing.append("exp")
    return differing


def _issued_at(value: object) -> datetime:
    # Some issuers write it as text: w3c/vc-jose-cose, issue 334.
    return read_time(value) if isinstance(value, str) else numeric_date(value, "iat")


# --- presentations ---------------------------------------------------------------------------------


def presentation(claims: Mapping[str, Any], typ: object = None) -> Mapping[str, Any] | None:
    """Give the presentation in the claims, plain or wrapped in ``vp``; nothing when there is none."""
    wrapped = "vp" in claims
    if wrapped and isinstance(typ, str) and "vp" in typ:
        return None  # VC-JOSE-COSE, 3.1.1: the two forms are not mixed
    inside = claims["vp"] if wrapped else claims
    kinds = _vc.as_list(inside.get("type")) if isinstance(inside, Mapping) else []
    if "VerifiablePresentation" not in kinds:
        return None
    return {name: value for name, value in inside.items() if name not in REGISTERED}


def holder_of(claims: Mapping[str, Any], inside: Mapping[str, Any]) -> str:
    """Give the id of who says to present: ``holder``, else ``iss``."""
    stated = inside.get("holder", claims.get("iss"))
    holder = stated.get("id") if isinstance(stated, Mapping) else stated
    return holder if isinstance(holder, str) else ""


def presentation_checks(
    token: _jose.Token,
    claims: Mapping[str, Any],
    asking: Asking,
    *,
    challenge: str | None,
    domain: str | None,
    allowed: frozenset[str | None],
) -> list[Check]:
    """Give the checks of a token that presents: rules, header, key, signature, nonce, audience, holder."""
    inside = presentation(claims, token.header.get("typ")) or {}
    holder = holder_of(claims, inside)
    plain = {name: value for name, value in inside.items() if name != "proof"}
    return [
        *_presentation.checks(plain, asking, challenge=None, domain=None),
        *token_checks(token, asking, holder, "authentication", allowed),
        asked_check(claims, challenge, domain),
        *_time_checks(claims, asking.now),
        *_presentation.holder_check({"holder": holder or None}, signers(token, holder)),
    ]


def asked_check(claims: Mapping[str, Any], challenge: str | None, domain: str | None) -> Check:
    """Tell whether a token answers what was asked: ``nonce`` and ``aud``."""
    audience = _vc.as_list(claims.get("aud"))
    if challenge is not None and claims.get("nonce") != challenge:
        got = str(claims.get("nonce"))
        return check("proof.purpose", Outcome.INVALID, reason="challenge", got=got, expected=challenge)
    if domain is not None and domain not in audience:
        return check("proof.purpose", Outcome.INVALID, reason="domain", got=str(audience), expected=domain)
    return check("proof.purpose", Outcome.VALID, got="authentication")


def _time_checks(claims: Mapping[str, Any], now: datetime) -> list[Check]:
    found = []
    for claim, code in (("nbf", "dates.valid-from"), ("exp", "dates.valid-until")):
        if claim not in claims:
            continue
        stated = numeric_date(claims[claim], claim)
        holds = stated <= now + _presentation.CLOCK_SKEW if claim == "nbf" else now <= stated
        outcome = Outcome.VALID if holds else Outcome.INVALID
        found.append(check(code, outcome, expected=stated.isoformat(), got=now.isoformat()))
    return found
