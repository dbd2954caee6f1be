# SPDX-License-Identifier: Apache-2.0
"""A status list as a signed token, ``statuslist+jwt``. draft-ietf-oauth-status-list, section 5.1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import Asking, CredentialKey, Reading, _generic_read, _jose, _token, _vc
from gakusho.model.report import Check

_TYPE = "statuslist+jwt"
_TYPES = _jose.types(_TYPE)


class StatusTokens:
    """What a format of tokens adds to carry status lists."""

    def is_status_list(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS typed as a status list; quick, never raises."""
        try:
            return _jose.taken_apart(data).header.get("typ") in _TYPES
        except InputError:
            return False

    def read_list(self, data: bytes) -> Reading:
        """Give the claims as a list under its own address, with its issuer and dates. Raises: InputError."""
        token = _jose.taken_apart(data)
        claims = token.claims
        document = {
            "id": _vc.required(claims, "sub"),
            "issuer": _issuer(token),
            "validFrom": _vc.written_time(_token.numeric_date(claims.get("iat"), "iat")),
        }
        if "exp" in claims:
            document["validUntil"] = _vc.written_time(_token.numeric_date(claims["exp"], "exp"))
        return Reading(
            award=_generic_read.award(document),
            claims={**document, "status_list": claims.get("status_list")},
        )

    def list_checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check header, key, signature, and whose key it is. Raises: InputError."""
        token = _jose.taken_apart(data)
        issuer = _issuer(token)
        return [
            *_token.token_checks(token, asking, issuer, "assertionMethod", _TYPES),
            _vc.binding_check({"issuer": issuer}, _token.signers(token, issuer)),
        ]

    def write_list(
        self,
        status_list: Mapping[str, Any],
        *,
        list_id: str,
        key: CredentialKey,
        now: datetime,
        until: datetime,
    ) -> bytes:
        """Give the signed token of a list at its address, to be relied on until a moment."""
        issuer = key.verification_method.partition("#")[0]
        claims = {
            "iss": issuer,
            "sub": list_id,
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            "ttl": 3_600,
            "status_list": dict(status_list),
        }
        return _jose.signed({"kid": key.verification_method, "typ": _TYPE}, claims, key.signer)


def _issuer(token: _jose.Token) -> str:
    """Give who signed: ``iss`` where the token says so, else whose key ``kid`` names."""
    stated = token.claims.get("iss")
    if isinstance(stated, str):
        return stated
    kid = token.header.get("kid")
    return kid.partition("#")[0] if isinstance(kid, str) else ""
