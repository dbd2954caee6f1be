# SPDX-License-Identifier: Apache-2.0
"""Compact JWS as credentials use it, behind a strict front. RFC 7515, RFC 8725.

Four algorithms, keys only from the issuer's own document, one spelling of base64url, strict JSON.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gakusho.errors import InputError, KeyMaterialError, UnreadableError
from gakusho.proof import Signer, multibase
from gakusho.proof import json as strict_json
from gakusho.proof.keys import PublicKey

ALGORITHMS = {"EdDSA": "Ed25519", "ES256": "P-256", "ES384": "P-384", "RS256": "RSA"}
"""JWS algorithm to the kind of key it needs; nothing else is looked at."""
TYPES = frozenset({None, "JWT", "jwt", "vc+jwt", "vc-ld+jwt", "vc+ld+jwt", "application/vc+jwt"})
PRESENTATION_TYPES = frozenset({None, "JWT", "jwt", "vp+jwt", "vp-ld+jwt", "vp+ld+jwt", "application/vp+jwt"})
MAX_BYTES = 8 * 1_048_576
_SHAPE = re.compile(rb"[A-Za-z0-9_-]{2,8192}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")
_ELSEWHERE = ("jku", "jwk", "x5u", "x5c", "b64", "zip", "crit", "enc")


@dataclass(frozen=True, kw_only=True)
class Token:
    """A compact JWS taken apart, before anything in it is believed."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def looks_like(data: bytes) -> bool:
    """Tell whether the bytes have the shape of a compact JWS with a JSON header; quick."""
    if len(data) > MAX_BYTES or not data.startswith(b"e") or _SHAPE.match(data.rstrip()) is None:
        return False
    try:
        return isinstance(_json_part(data.partition(b".")[0]), dict)
    except InputError:
        return data.startswith(b"eyJ")


def taken_apart(data: bytes) -> Token:
    """Give the parts of a compact JWS. Raises: UnreadableError for every other spelling of one."""
    if len(data) > MAX_BYTES or _SHAPE.match(data) is None:
        raise UnreadableError("The text is not a compact JWS.", code="jws", facts={"expected": "a.b.c"})
    head, body, tail = data.split(b".")
    header, claims = _json_part(head), _json_part(body)
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise UnreadableError("The token's parts are not JSON objects.", code="jws")
    return Token(
        header=header,
        claims=claims,
        signed=head + b"." + body,
        signature=_bytes_of(tail),
    )


def header_problem(token: Token, types: frozenset[str | None]) -> str | None:
    """Give what of the header is refused, or nothing."""
    header = token.header
    if not isinstance(header.get("alg"), str) or header["alg"] not in ALGORITHMS:
        return f"alg {str(header.get('alg'))[:40]}"
    for member in _ELSEWHERE:
        if member in header:
            return f"header member {member}"
    typ = header.get("typ")
    if typ is not None and (not isinstance(typ, str) or typ not in types):
        return f"typ {str(typ)[:40]}"
    kid = header.get("kid")
    if kid is not None and (not isinstance(kid, str) or not 0 < len(kid) <= 2_000):
        return "kid"
    return None


def key_id(token: Token, issuer: str) -> str:
    """Give the id of the verification method: ``kid``, completed by the issuer when it is only a fragment.

    Raises: UnreadableError when there is none.
    """
    kid = token.header.get("kid")
    if isinstance(kid, str):
        return kid if kid.startswith("did:") else f"{issuer}#{kid.removeprefix('#')}"
    if issuer.startswith("did:key:"):
        return f"{issuer}#{issuer.removeprefix('did:key:')}"
    if issuer.startswith("did:jwk:"):
        return f"{issuer}#0"
    raise UnreadableError(
        "The token does not say which key signed it.", code="jws", facts={"expected": "kid"}
    )


def fits(token: Token, key: PublicKey) -> bool:
    """Tell whether the signature is one by the key, of the kind the header says."""
    return ALGORITHMS.get(str(token.header.get("alg"))) == key.algorithm and key.verify(
        token.signature, token.signed
    )


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], signer: Signer) -> bytes:
    """Give the compact JWS of the claims. Raises: KeyMaterialError for a key no algorithm here fits."""
    kind = signer.public_key.algorithm
    algorithm = next((alg for alg, key in ALGORITHMS.items() if key == kind), None)
    if algorithm is None:
        raise KeyMaterialError(f"No JWS algorithm used here signs with {kind} keys.")
    parts = [strict_json.dumps(part) for part in ({"alg": algorithm, **header}, claims)]
    body = ".".join(multibase.base64url(part) for part in parts).encode("ascii")
    return body + b"." + multibase.base64url(signer.sign(body)).encode("ascii")


def _json_part(part: bytes) -> Any:
    return strict_json.loads(_bytes_of(part))


def _bytes_of(part: bytes) -> bytes:
    try:
        data = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError("A part of the token is not base64url.", code="jws") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=") != part:
        raise UnreadableError("A part of the token is not canonical base64url.", code="jws")
    return data
