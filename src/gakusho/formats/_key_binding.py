# SPDX-License-Identifier: Apache-2.0
"""The holder's word beside an SD-JWT: this is shown to you, now, by whom it was issued to.

RFC 9901, sections 4.3 and 7.3; the key it is bound to stands in ``cnf`` (RFC 7800).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from gakusho.errors import GakushoError, KeyMaterialError
from gakusho.formats import Asking, _jose, _sd_jwt, _token
from gakusho.formats._presentation import CLOCK_SKEW
from gakusho.formats._signed_by import check
from gakusho.model.report import Check, Outcome
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey

TYPES = _jose.types("kb+jwt")
MAX_AGE = timedelta(hours=1)
"""How old an answer to a challenge may be."""
_REQUIRED = ("iat", "aud", "nonce", "sd_hash")


def bound(sd_jwt: bytes, *, holder: Signer, challenge: str, domain: str, now: datetime) -> bytes:
    """Give the SD-JWT with the holder's signature over it, for one verifier and one challenge.

    Raises: KeyMaterialError when the credential is bound to another key or to none; UnreadableError.
    """
    apart = _sd_jwt.taken_apart(sd_jwt)
    key = bound_key(_sd_jwt.claims(apart).values)
    if key is None or key != holder.public_key:
        raise KeyMaterialError(
            "The credential is not bound to this key of the holder's.",
            code="holder-key",
            action="Choose the key the credential was issued for.",
        )
    claims = {
        "iat": int(now.timestamp()),
        "aud": domain,
        "nonce": challenge,
        "sd_hash": _sd_jwt.digest(apart.shown, apart.hash_name),
    }
    return apart.shown + _jose.signed({"typ": "kb+jwt"}, claims, holder)


def confirmation(key: PublicKey) -> dict[str, Any]:
    """Give ``cnf`` for a holder's key."""
    return {"jwk": key.jwk()}


def bound_key(values: Mapping[str, Any]) -> PublicKey | None:
    """Give the key a credential is bound to; none when it is bound to nobody.

    Raises: KeyMaterialError, WeakKeyError.
    """
    stated = values.get("cnf")
    if stated is None:
        return None
    jwk = stated.get("jwk") if isinstance(stated, Mapping) else None
    if not isinstance(jwk, Mapping):
        raise KeyMaterialError("The credential is bound to its holder in a way not known here.")
    return PublicKey.from_jwk(jwk)


def checks(
    sd_jwt: _sd_jwt.SdJwt,
    values: Mapping[str, Any],
    asking: Asking,
    *,
    challenge: str | None,
    domain: str | None,
) -> list[Check]:
    """Give the checks of the key binding; none when there is none and nothing was asked."""
    token = sd_jwt.key_binding
    if token is None:
        asked = challenge is not None or domain is not None
        return [_refused("missing")] if asked else []
    problem = _jose.header_problem(token, TYPES)
    if problem is not None:
        return [check("proof.header", Outcome.INVALID, reason=problem)]
    try:
        key = bound_key(values)
    except GakushoError:
        key = None
    if key is None:
        return [_refused("no-key")]
    if not _jose.fits(token, key):
        return [_refused("signature")]
    reason = _claims_problem(sd_jwt, token.claims, asking.now, asked=challenge is not None)
    if reason is not None:
        return [_refused(reason)]
    return [
        check("presentation.key-binding", Outcome.VALID, got=_jose.thumbprint(key)),
        _token.asked_check(token.claims, challenge, domain),
    ]


def _claims_problem(
    sd_jwt: _sd_jwt.SdJwt, claims: Mapping[str, Any], now: datetime, *, asked: bool
) -> str | None:
    if any(name not in claims for name in _REQUIRED):
        return "claims"
    if not isinstance(claims["nonce"], str) or not isinstance(claims["aud"], str):
        return "claims"
    if claims["sd_hash"] != _sd_jwt.digest(sd_jwt.shown, sd_jwt.hash_name):
        return "other-content"
    try:
        made = _token.numeric_date(claims["iat"], "iat")
    except GakushoError:
        return "claims"
    if made > now + CLOCK_SKEW or (asked and made < now - MAX_AGE):
        return "time"
    return None


def _refused(reason: str) -> Check:
    return check("presentation.key-binding", Outcome.INVALID, reason=reason)
