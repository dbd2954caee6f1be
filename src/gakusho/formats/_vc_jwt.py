# SPDX-License-Identifier: Apache-2.0
"""A credential as the claims of a compact JWS, in the form of 1EdTech: what formats of it share.

Open Badges 3.0, section 8.2; CLR 2.0, section 8.2; VC-JOSE-COSE 1.0, section 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import Asking, CredentialKey, Reading, Sealing, _jose, _kinds, _token, _vc
from gakusho.model.report import Check

_RECORD = b'ClrCredential"'


def holds_record(data: bytes) -> bool:
    """Tell whether the bytes are a compact JWS with a CLR inside; never raises."""
    if not _jose.looks_like(data):
        return False
    try:
        if _RECORD not in _jose.bytes_of(data.strip().split(b".")[1]):
            return False
        token = _jose.taken_apart(data)
        return _kinds.is_record(_token.document(token.claims, token.header.get("typ")))
    except InputError:
        return False


def signed(document: Mapping[str, Any], start: datetime, end: datetime | None, sealing: Sealing) -> bytes:
    """Give the token of a credential that holds from ``start`` to ``end``.

    RS256, which all receivers must know, where the issuer has such a key; else as its key is.
    Raises: KeyMaterialError.
    """
    claims = {
        **document,
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": int(start.timestamp()),
        "iat": int(sealing.now.timestamp()),
    }
    if end is not None:
        claims["exp"] = int(end.timestamp())
    key = sealing.key_for("RSA", sealing.credential_key.signer.public_key.algorithm)
    return _jose.signed(_header(key), claims, key.signer)


def _header(key: CredentialKey) -> dict[str, Any]:
    """Give the header that says which key it is. Open Badges 3.0, section 8.2: ``jwk`` or ``kid``.

    Receivers that know RS256 only fetch a ``kid`` as an address or take ``jwk``; none of them resolves a DID.
    """
    public = key.signer.public_key
    if public.algorithm != "RSA":
        return {"kid": key.verification_method, "typ": "JWT"}
    return {"typ": "JWT", "jwk": {**public.jwk(), "kid": key.verification_method.partition("#")[2]}}


def read(data: bytes) -> Reading:
    """Give what the claims say. Raises: InputError."""
    token = _jose.taken_apart(data)
    return _kinds.reading(_token.document(token.claims, token.header.get("typ")))


def checks(data: bytes, asking: Asking) -> list[Check]:
    """Check the rules, the header, the key, the signature, and that claims and credential say the same.

    Raises: InputError.
    """
    token = _jose.taken_apart(data)
    document = _token.document(token.claims, token.header.get("typ"))
    issuer = _vc.issuer_id(document) or ""
    return [
        *_kinds.content_checks(document, asking),
        *_token.token_checks(token, asking, issuer, "assertionMethod", _jose.TYPES),
        _token.claims_check(token.claims, document),
        _vc.binding_check(document, _token.signers(token, issuer)),
    ]
