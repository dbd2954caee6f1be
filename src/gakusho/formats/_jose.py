# SPDX-License-Identifier: Apache-2.0
"""Compact JWS as credentials use it, behind a strict front. RFC 7515, RFC 8725.

Few algorithms, keys only from the issuer's own document, one spelling of base64url, strict JSON.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from gakusho.errors import InputError, KeyMaterialError, UnreadableError
from gakusho.formats import _signed_by
from gakusho.proof import Signer, multibase
from gakusho.proof import json as strict_json
from gakusho.proof.keys import PublicKey

ALGORITHMS = {"EdDSA": "Ed25519", "ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "RS256": "RSA"}
"""JWS algorithm to the kind of key it needs; nothing else is looked at."""
MAX_BYTES = 8 * 1_048_576
_MAX_HEADER = 32_768
_MAX_KEY_ID = 2_000
_MAX_CHAIN = 10
_SPELLED_OUT = ("did:key:", "did:jwk:")
_SHAPE = re.compile(rb"[A-Za-z0-9_-]{2,%d}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z" % _MAX_HEADER)
_ELSEWHERE = frozenset({"jku", "jwk", "x5u", "x5c", "b64", "zip", "crit", "enc"})


def types(*names: str) -> frozenset[str | None]:
    """Give every spelling of these ``typ`` values: with and without ``application/``. RFC 7515, 4.1.9."""
    return frozenset(names) | {f"application/{name}" for name in names}


TYPES: frozenset[str | None] = types("vc+jwt", "vc-ld+jwt", "vc+ld+jwt") | {None, "JWT", "jwt"}
PRESENTATION_TYPES: frozenset[str | None] = types("vp+jwt", "vp-ld+jwt", "vp+ld+jwt") | {None, "JWT", "jwt"}
CONTENTS = frozenset({None, "vc", "vp", "application/vc", "application/vp", "json", "application/json"})
"""``cty`` that a token of credentials may say."""


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


def is_serialized_as_json(data: bytes) -> bool:
    """Tell whether the bytes are a JWS as a JSON object (RFC 7515, 7.2), which is never read; quick."""
    if b'"payload"' not in data or len(data) > MAX_BYTES or not data.lstrip().startswith(b"{"):
        return False
    try:
        document = strict_json.loads(data)
    except InputError:
        return False
    return (
        isinstance(document, dict)
        and "payload" in document
        and "type" not in document
        and not document.keys().isdisjoint({"signature", "signatures"})
    )


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
        signature=bytes_of(tail),
    )


def header_problem(
    token: Token, allowed: frozenset[str | None], *, keys_in: frozenset[str] = frozenset()
) -> str | None:
    """Give what of the header is refused, or nothing; ``keys_in``: members a key may stand in."""
    header = token.header
    if not isinstance(header.get("alg"), str) or header["alg"] not in ALGORITHMS:
        return f"alg {str(header.get('alg'))[:40]}"
    if elsewhere := sorted((_ELSEWHERE - keys_in) & header.keys()):
        return f"header member {elsewhere[0]}"
    for member, values in (("typ", allowed), ("cty", CONTENTS)):
        value = header.get(member)
        if member not in header:
            if None not in values:
                return f"no {member}"
        elif not isinstance(value, str) or value not in values:
            return f"{member} {str(value)[:40]}"
    kid = header.get("kid")
    if "kid" in header and (not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KEY_ID):
        return "kid"
    return None


def key_ids(token: Token, issuer: str) -> list[str]:
    """Give the ids under which the key may be published, the first one there is being it.

    ``kid``, completed by the issuer when it is only a fragment; without one, what the issuer's id or the
    key in the header spell out. Raises: UnreadableError when nothing says which key it is.
    """
    kid = token.header.get("kid")
    key = None if isinstance(kid, str) or issuer.startswith(_SPELLED_OUT) else header_key(token)
    if key is None:
        return [_signed_by.method_id(kid if isinstance(kid, str) else None, issuer)]
    names = [f"{issuer}#{name}" for name in (*_own_name(token), thumbprint(key), key.multikey())]
    if "x5c" not in token.header:
        return names if issuer else [_signed_by.method_id(None, issuer)]
    # A certificate may say itself where its key is published; whose it is else, nobody here can tell.
    certificate = _first_certificate(token.header["x5c"])
    published = [uri for uri in _uris(certificate) if uri.startswith("did:") and "#" in uri]
    own = [uri for uri in published if not issuer or uri.startswith(f"{issuer}#")]
    by_did = names if issuer.startswith("did:") else []
    return [*own, *by_did] or [f"x5c:{certificate.subject.rfc4514_string()[:200]}"]


def _own_name(token: Token) -> list[str]:
    jwk = token.header.get("jwk")
    own = jwk.get("kid") if isinstance(jwk, Mapping) else None
    return [own] if isinstance(own, str) and 0 < len(own) <= _MAX_KEY_ID else []


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)[:_MAX_CHAIN]


def header_key(token: Token) -> PublicKey | None:
    """Give the key in the header (``jwk``, or the first certificate of ``x5c``), when there is one.

    It proves nothing by standing there; it counts once the issuer publishes the same.
    Raises: KeyMaterialError, WeakKeyError, UnreadableError.
    """
    jwk, chain = token.header.get("jwk"), token.header.get("x5c")
    if jwk is None and chain is None:
        return None
    if chain is not None:
        return PublicKey.from_cryptography(_first_certificate(chain).public_key())
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
        raise UnreadableError("The key in the token's header is not one for signatures.", code="jws")
    return PublicKey.from_jwk(jwk)


def _first_certificate(chain: object) -> x509.Certificate:
    if not isinstance(chain, list) or not 0 < len(chain) <= _MAX_CHAIN or not isinstance(chain[0], str):
        raise UnreadableError("The token's x5c is no list of certificates.", code="jws")
    try:
        return x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
    except ValueError:
        raise UnreadableError("The token's certificate cannot be read.", code="jws") from None


def thumbprint(key: PublicKey) -> str:
    """Give the JWK thumbprint of a key, in base64url. RFC 7638."""
    return multibase.base64url(hashlib.sha256(strict_json.dumps(dict(sorted(key.jwk().items())))).digest())


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
    return strict_json.loads(bytes_of(part))


def bytes_of(part: bytes) -> bytes:
    """Give what a part says; of all spellings of base64url one is taken. Raises: UnreadableError."""
    try:
        data = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError("A part of the token is not base64url.", code="jws") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=") != part:
        raise UnreadableError("A part of the token is not canonical base64url.", code="jws")
    return data
