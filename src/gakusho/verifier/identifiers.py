# SPDX-License-Identifier: Apache-2.0
"""Resolve a DID, or dereference a DID URL, as others ask for it. DID Resolution 1.0, sections 4 and 5.

The names of the errors are those of DID Core 1.0, section 7.1.2, and of the did:key method.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gakusho import registry
from gakusho.errors import (
    GakushoError,
    KeyMaterialError,
    NotFoundError,
    UnreachableError,
    WeakKeyError,
)
from gakusho.fetch import Fetcher
from gakusho.proof import multibase
from gakusho.proof.keys import PublicKey

CONTEXT = "https://w3id.org/did-resolution/v1"
MAX_LENGTH = 4_096
"""Characters of a DID URL."""
_IDCHAR = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_DID = re.compile(rf"did:(?P<method>[a-z0-9]+):(?:{_IDCHAR}*:)*{_IDCHAR}+\Z")
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_REST = re.compile(
    rf"(?P<path>(?:/{_PCHAR}*)*)(?:\?(?P<query>(?:{_PCHAR}|[/?])*))?(?:#(?P<fragment>(?:{_PCHAR}|[/?])*))?\Z"
)
_MULTIBASE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{2,1200}\Z")
_X25519 = b"\xec\x01"
_P = 2**255 - 19
_FORMATS = (
    "Multikey",
    "JsonWebKey",
    "JsonWebKey2020",
    "Ed25519VerificationKey2020",
    "X25519KeyAgreementKey2020",
)
_EXPERIMENTAL = frozenset(
    {
        "Ed25519VerificationKey2018",
        "X25519KeyAgreementKey2019",
        "EcdsaSecp256k1VerificationKey2019",
        "EcdsaSecp256r1VerificationKey2019",
        "Bls12381G1Key2020",
        "Bls12381G2Key2020",
    }
)
_RELATIONSHIPS = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")
_CONTEXTS = {
    "Multikey": ["https://w3id.org/security/multikey/v1"],
    "JsonWebKey": ["https://w3id.org/security/jwk/v1"],
    "JsonWebKey2020": ["https://w3id.org/security/suites/jws-2020/v1"],
    "Ed25519VerificationKey2020": [
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "https://w3id.org/security/suites/x25519-2020/v1",
    ],
}


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What a DID or DID URL leads to, or the name of the error."""

    document: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    message: str = ""
    dereferenced: bool = False
    """It was a DID URL: ``document`` is the part of the document that it names."""
    source: str | None = None
    time: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the result as DID Resolution, section 4.4 writes it; an error leaves an empty document."""
        metadata: dict[str, Any] = {"contentType": "application/did+ld+json"}
        if self.error is not None:
            metadata = {"error": self.error, "errorMessage": self.message}
        elif self.time is not None:
            metadata["retrieved"] = (
                self.time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            )
        return {
            "@context": CONTEXT,
            "didDocument": dict(self.document),
            "didDereferencingMetadata" if self.dereferenced else "didResolutionMetadata": metadata,
            "didDocumentMetadata": {},
        }


class _FailedError(Exception):
    """Carries the name of a resolution error to where the result is made."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


def resolve(
    identifier: str, *, fetcher: Fetcher, now: datetime, options: Mapping[str, str] | None = None
) -> Resolved:
    """Give the document of a DID, or what a DID URL names in it; never raises for a bad one.

    ``options``: ``publicKeyFormat`` and ``enableExperimentalPublicKeyTypes`` of the did:key method.
    """
    is_url = any(mark in identifier for mark in "/?#")
    try:
        return _resolved(identifier, fetcher, now, options or {})
    except _FailedError as error:
        return Resolved(error=error.error, message=str(error), dereferenced=is_url)


def _resolved(identifier: str, fetcher: Fetcher, now: datetime, options: Mapping[str, str]) -> Resolved:
    did = re.split(r"[/?#]", identifier, maxsplit=1)[0]
    syntax = _DID.match(did) if len(identifier) <= MAX_LENGTH else None
    if syntax is None:
        raise _FailedError("invalidDid", "This is not a DID: expected did:method:identifier.")
    rest = _REST.match(identifier[len(did) :])
    if rest is None:
        raise _FailedError("invalidDidUrl", "This is not a DID URL: a character stands where it may not.")
    if "versionId" in options or "versionTime" in options:
        raise _FailedError("featureNotSupported", "Only the present version of a document is given.")
    if syntax["method"] == "key":
        found = Resolved(document=_did_key_document(did, options), source="the identifier itself")
    else:
        found = _asked(did, syntax["method"], fetcher, now)
    if identifier == did:
        return found
    if rest["path"] or rest["query"] or not rest["fragment"]:
        raise _FailedError("notFound", "Only keys are found by a DID URL: did:…#key.")
    part = _part(found.document, did, rest["fragment"])
    return Resolved(document=part, dereferenced=True, source=found.source, time=found.time)


def _asked(did: str, method: str, fetcher: Fetcher, now: datetime) -> Resolved:
    if f"did:{method}" not in registry.resolvers():
        raise _FailedError("methodNotSupported", f"DIDs of the method {method} are not resolved here.")
    try:
        found = registry.resolve(did, fetcher=fetcher, now=now)
    except UnreachableError as error:
        raise _FailedError("internalError", str(error)) from None
    except NotFoundError as error:
        raise _FailedError("notFound", str(error)) from None
    except GakushoError as error:
        raise _FailedError("invalidDid", str(error)) from None
    return Resolved(document=found.document, source=found.source, time=found.time)


def _part(document: Mapping[str, Any], did: str, fragment: str) -> dict[str, Any]:
    for listed in document.values():
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, Mapping) and one.get("id") in (f"{did}#{fragment}", f"#{fragment}"):
                return {"@context": document.get("@context"), **one}
    raise _FailedError("notFound", f"The document has nothing of the name #{fragment[:200]}.")


# --- did:key ---------------------------------------------------------------------------------------


def _did_key_document(did: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Give the document a did:key spells out. did:key 0.7, section 3.1.

    Raises: _FailedError.
    """
    form = options.get("publicKeyFormat", "Multikey")
    if form in _EXPERIMENTAL and options.get("enableExperimentalPublicKeyTypes", "false") != "true":
        raise _FailedError("invalidPublicKeyType", f"{form} is experimental, and was not asked for as such.")
    if form not in _FORMATS:
        raise _FailedError("unsupportedPublicKeyType", f"Keys are not written as {form[:80]} here.")
    multikey = did.removeprefix("did:key:")
    if _MULTIBASE.match(multikey) is None:
        raise _FailedError("invalidDid", "A did:key is did:key:z and a key in base58btc.")
    key = _key(multikey)
    if form in ("Ed25519VerificationKey2020", "X25519KeyAgreementKey2020"):
        if key.algorithm != "Ed25519":
            raise _FailedError("invalidPublicKeyType", f"A {key.algorithm} key is not written as {form}.")
        form = "Ed25519VerificationKey2020"
    method = _method(did, multikey, form, key)
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/did/v1", *_CONTEXTS[form]],
        "id": did,
        "verificationMethod": [method],
        **{relationship: [method["id"]] for relationship in _RELATIONSHIPS},
    }
    if key.algorithm == "Ed25519":
        document["keyAgreement"] = [_agreement(did, key, form)]
    return document


def _key(multikey: str) -> PublicKey:
    data = multibase.decode(multikey)
    sizes = {prefix: size for prefix, size in _SIZES.items() if data.startswith(prefix)}
    if not sizes:
        raise _FailedError("unsupportedPublicKeyType", "The key is of a kind that is not used here.")
    if len(data) - 2 not in sizes.values():
        raise _FailedError("invalidPublicKeyLength", f"The key has {len(data) - 2} bytes.")
    try:
        return PublicKey.from_multikey(multikey)
    except (WeakKeyError, KeyMaterialError) as error:
        raise _FailedError("invalidPublicKey", str(error)) from None


_SIZES = {
    multibase.CODECS[name]: size
    for name, size in (("Ed25519", 32), ("P-256", 33), ("P-384", 49), ("P-521", 67))
    if name in multibase.CODECS
}


def _method(did: str, multikey: str, form: str, key: PublicKey) -> dict[str, Any]:
    material: dict[str, Any] = {"publicKeyMultibase": multikey}
    if form.startswith("JsonWebKey"):
        material = {"publicKeyJwk": key.jwk()}
    return {"id": f"{did}#{multikey}", "type": form, "controller": did, **material}


def _agreement(did: str, key: PublicKey, form: str) -> dict[str, Any]:
    """Give the X25519 key that is the same point as an Ed25519 key. RFC 7748, section 4.1."""
    y = int.from_bytes(key.material, "little") & ~(1 << 255)
    u = ((1 + y) * pow(1 - y, -1, _P) % _P).to_bytes(32, "little")
    multikey = multibase.encode(_X25519 + u)
    material: dict[str, Any] = {"publicKeyMultibase": multikey}
    if form.startswith("JsonWebKey"):
        material = {"publicKeyJwk": {"kty": "OKP", "crv": "X25519", "x": multibase.base64url(u)}}
    kind = "X25519KeyAgreementKey2020" if form == "Ed25519VerificationKey2020" else form
    return {"id": f"{did}#{multikey}", "type": kind, "controller": did, **material}
