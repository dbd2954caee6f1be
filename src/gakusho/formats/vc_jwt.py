# SPDX-License-Identifier: Apache-2.0
"""A credential as a signed token: the VC-JWT of Open Badges 3.0 and ``vc+jwt`` of VC-JOSE-COSE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gakusho.errors import GakushoError, InputError, UnreachableError
from gakusho.formats import (
    Asking,
    Reading,
    Sealing,
    _generic_read,
    _jose,
    _ob_read,
    _ob_write,
    _presentation,
    _vc,
    _vcdm,
)
from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome
from gakusho.model.sealed import Sealed
from gakusho.proof import VerificationMethod

_REGISTERED = ("iss", "sub", "jti", "nbf", "exp", "iat", "aud", "nonce", "vc")
_TIMES = ("nbf", "exp", "iat")
_DOCUMENT_MEMBERS = frozenset({"@context", "type", "credentialSubject", "issuer", "validFrom", "validUntil"})
_MAX_TIME = 253_402_300_799  # the last second of the year 9999
_HERE = "the document itself"


class VcJwt:
    """The credential's members are the claims of a compact JWS."""

    name = "vc-jwt"
    media_type = "application/vc+jwt"
    extension = "jwt"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS."""
        return _jose.looks_like(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a signed token in the form of Open Badges 3.0, section 8.2.

        Raises: InputError.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        document = _ob_write.document(award)
        claims = {
            **document,
            "iss": award.issuer.id,
            "jti": award.id,
            "sub": document["credentialSubject"]["id"],
            "nbf": int(award.valid_from.timestamp()),
        }
        if award.valid_until is not None:
            claims["exp"] = int(award.valid_until.timestamp())
        key = sealing.credential_key
        header = {"kid": key.verification_method, "typ": "JWT"}
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_jose.signed(header, claims, key.signer),
            losses=_ob_write.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the claims say. Raises: InputError."""
        document = _document(_jose.taken_apart(data).claims)
        types = {kind for kind in _vc.as_list(document.get("type")) if isinstance(kind, str)}
        reader = _ob_read if types & _vc.OPEN_BADGE_TYPES else _generic_read
        award = reader.award(document)
        return Reading(award=award, status=award.status, claims=document)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the header, the key, the signature, and that claims and credential say the same."""
        token = _jose.taken_apart(data)
        document = _document(token.claims)
        types = {kind for kind in _vc.as_list(document.get("type")) if isinstance(kind, str)}
        open_badge = bool(types & _vc.OPEN_BADGE_TYPES)
        return [
            _vcdm.rules_check(document, open_badge=open_badge),
            *token_checks(token, asking, _vc.issuer_id(document) or "", "assertionMethod", _jose.TYPES),
            _claims_check(token.claims, document),
            _vc.binding_check(document, _signers(token, document)),
        ]

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS with a presentation inside."""
        return self.recognizes(data) and _presentation_in(data) is not None

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credentials inside. Raises: InputError."""
        return _presentation.presented(_presentation_in(data) or {})

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check header, key, signature, nonce, audience and holder. Raises: InputError."""
        token = _jose.taken_apart(data)
        presentation = _presentation_in(data) or {}
        stated = presentation.get("holder", token.claims.get("iss"))
        holder = stated.get("id") if isinstance(stated, Mapping) else stated
        signer = str(holder or "")
        checks = [
            *_presentation.checks(
                {k: v for k, v in presentation.items() if k != "proof"}, asking, challenge=None, domain=None
            ),
            *token_checks(token, asking, signer, "authentication", _jose.PRESENTATION_TYPES),
            _asked_check(token.claims, challenge, domain),
        ]
        try:
            signers = [_jose.key_id(token, signer).partition("#")[0]]
        except InputError:
            signers = []
        return checks + _presentation.holder_check({"holder": signer or None}, signers)


def _presentation_in(data: bytes) -> Mapping[str, Any] | None:
    try:
        claims = _jose.taken_apart(data).claims
    except InputError:
        return None
    inside = claims.get("vp", claims)
    kinds = _vc.as_list(inside.get("type")) if isinstance(inside, Mapping) else []
    if "VerifiablePresentation" not in kinds:
        return None
    return {name: value for name, value in inside.items() if name not in _REGISTERED}


def _asked_check(claims: Mapping[str, Any], challenge: str | None, domain: str | None) -> Check:
    audience = _vc.as_list(claims.get("aud"))
    if challenge is not None and claims.get("nonce") != challenge:
        return _check(
            "proof.purpose",
            Outcome.INVALID,
            reason="challenge",
            got=str(claims.get("nonce")),
            expected=challenge,
        )
    if domain is not None and domain not in audience:
        return _check("proof.purpose", Outcome.INVALID, reason="domain", got=str(audience), expected=domain)
    return _check("proof.purpose", Outcome.VALID, got="authentication")


def token_checks(
    token: _jose.Token, asking: Asking, issuer: str, purpose: str, types: frozenset[str | None]
) -> list[Check]:
    """Give the checks of a token's header, key and signature; a refused header ends them."""
    problem = _jose.header_problem(token, types)
    if problem is not None:
        return [_check("proof.header", Outcome.INVALID, reason=problem)]
    checks = [_check("proof.header", Outcome.VALID, got=str(token.header["alg"]))]
    try:
        method = asking.lookup(_jose.key_id(token, issuer))
    except UnreachableError as error:
        return [*checks, _check("proof.key", Outcome.UNKNOWN, reason=error.code, got=str(error))]
    except GakushoError as error:
        return [*checks, _check("proof.key", Outcome.INVALID, reason=error.code, got=str(error))]
    fits = _jose.fits(token, method.key)
    return [
        *checks,
        _key_check(method, purpose, asking.now),
        _check("proof.signature", Outcome.VALID if fits else Outcome.INVALID),
    ]


def _key_check(method: VerificationMethod, purpose: str, now: datetime) -> Check:
    facts = {"method": method.id, "controller": method.controller, "algorithm": method.key.algorithm}
    outcome = Outcome.VALID
    if purpose not in method.purposes:
        outcome = Outcome.INVALID
        facts |= {"reason": "relationship", "got": ", ".join(sorted(method.purposes)), "expected": purpose}
    elif method.revoked is not None and now >= method.revoked:
        outcome = Outcome.INVALID
        facts |= {"reason": "revoked", "expected": method.revoked.isoformat()}
    elif method.expires is not None and now >= method.expires:
        # A token says no time of signing; that it is older than the key's retirement is not known.
        outcome = Outcome.UNKNOWN
        facts |= {"reason": "retired", "expected": method.expires.isoformat()}
    return Check(
        code="proof.key", outcome=outcome, facts=facts, source=method.source or None, time=method.time
    )


def _document(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Give the credential in the claims; registered claims fill what it leaves out. VC-JOSE-COSE, 3."""
    document = {name: value for name, value in claims.items() if name not in _REGISTERED}
    wrapped = claims.get("vc")
    if wrapped is not None:
        if document.keys() & _DOCUMENT_MEMBERS or not isinstance(wrapped, Mapping):
            raise _vc.unreadable("vc", "a credential beside a credential", "one credential")
        document = dict(wrapped)
    for claim, member in (("jti", "id"), ("iss", "issuer")):
        if member not in document and claim in claims:
            document[member] = claims[claim]
    old = _vc.as_list(document.get("@context"))[:1] == [_vc.VC_V1]
    names = ("issuanceDate", "expirationDate") if old else ("validFrom", "validUntil")
    for claim, member in zip(("nbf", "exp"), names, strict=True):
        if member not in document and claim in claims:
            document[member] = _vc.written_time(_numeric_date(claims[claim], claim))
    return document


def _numeric_date(value: object, claim: str) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_TIME:
        raise _vc.unreadable(claim, value, "whole seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def _claims_check(claims: Mapping[str, Any], document: Mapping[str, Any]) -> Check:
    differing = _differing(claims, document)
    return _check(
        "proof.claims",
        Outcome.INVALID if differing else Outcome.VALID,
        **({"reason": ", ".join(differing)} if differing else {}),
    )


def _differing(claims: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    subject = document.get("credentialSubject")
    subject_id = subject.get("id") if isinstance(subject, Mapping) else None
    stated = {"iss": _vc.issuer_id(document), "jti": document.get("id"), "sub": subject_id}
    differing = [name for name, value in stated.items() if name in claims and claims[name] != value]
    try:
        moments = {name: _numeric_date(claims[name], name) for name in _TIMES if name in claims}
        start, end = _vc.validity(document)
    except InputError:
        return [*differing, *(name for name in _TIMES if name in claims)]
    if "nbf" in moments and moments["nbf"] != start.replace(microsecond=0):
        differing.append("nbf")
    if "exp" in moments and (end is None or moments["exp"] != end.replace(microsecond=0)):
        differing.append("exp")
    return differing


def _signers(token: _jose.Token, document: Mapping[str, Any]) -> list[str]:
    try:
        return [_jose.key_id(token, _vc.issuer_id(document) or "").partition("#")[0]]
    except InputError:
        return []


def _check(code: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code=code, outcome=outcome, facts={k: v[:500] for k, v in facts.items()}, source=_HERE)


FORMAT = VcJwt()
