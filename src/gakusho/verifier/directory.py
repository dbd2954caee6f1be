# SPDX-License-Identifier: Apache-2.0
"""Whose key is it: from the id of a verification method to the key, through the issuer's DID document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gakusho import registry
from gakusho.errors import (
    GakushoError,
    InputError,
    KeyMaterialError,
    LimitError,
    NotFoundError,
    UnreachableError,
)
from gakusho.fetch import Fetcher
from gakusho.proof import VerificationMethod
from gakusho.proof._options import read_time
from gakusho.proof.keys import PublicKey
from gakusho.registry import Resolution

PURPOSES = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")
_WITH_MULTIKEY = ("Multikey", "Ed25519VerificationKey2020")
_WITH_JWK = ("JsonWebKey", "JsonWebKey2020")
_MAX_METHODS = 500
_MAX_ASKED = 32
"""DID documents one verification may ask for; a hostile file could name thousands."""
_MAX_KEPT = 256


@dataclass(kw_only=True)
class Directory:
    """DID documents as they are at one moment: each asked for once. For one thread."""

    fetcher: Fetcher
    now: datetime
    _known: dict[str, Resolution | GakushoError] = field(default_factory=dict)
    _asked: int = 0

    def begin(self) -> None:
        """Begin a new verification, with nothing asked yet."""
        self._asked = 0

    def resolution(self, did: str) -> Resolution:
        """Give the DID document. Raises: UnreachableError, InputError, NotFoundError."""
        if did not in self._known:
            if self._asked >= _MAX_ASKED:
                raise UnreachableError(
                    f"More than {_MAX_ASKED} issuers would have to be asked for their keys.", code="limit"
                )
            self._asked += 1
            if len(self._known) >= _MAX_KEPT:
                del self._known[next(iter(self._known))]
            try:
                self._known[did] = registry.resolve(did, fetcher=self.fetcher, now=self.now)
            except GakushoError as error:
                self._known[did] = error
        found = self._known[did]
        if isinstance(found, GakushoError):
            raise found
        return found

    def method(self, method_id: str) -> VerificationMethod:
        """Give the verification method; this is the ``MethodLookup`` of a verification.

        Controlled Identifiers 1.0, section 3.3. Raises: UnreachableError, InputError, NotFoundError.
        """
        did, _, fragment = method_id.partition("#")
        if not did.startswith(("did:", "https://")):
            raise UnreachableError(
                f"Nobody here knows how to find the key {method_id[:200]!r}.",
                code="did-method",
                facts={"got": method_id[:200], "expected": "did:…#… or https://…#…"},
            )
        if did.startswith("did:key:") and method_id == did:
            # An older way to name the one key that a did:key has.
            return replace(self.method(f"{did}#{did.removeprefix('did:key:')}"), id=did)
        if not fragment:
            raise InputError(
                f"{method_id[:200]!r} is not the id of a key in a DID document.",
                code="method-id",
                facts={"got": method_id[:200], "expected": "did:…#…"},
            )
        resolution = self.resolution(did)
        known = resolution.methods.get(method_id)
        if known is None:
            known = _method(resolution, did, method_id)
            if len(resolution.methods) < _MAX_METHODS:
                resolution.methods[method_id] = known
        assert isinstance(known, VerificationMethod)
        return known


def _method(resolution: Resolution, did: str, method_id: str) -> VerificationMethod:
    document = resolution.document
    found: Mapping[str, Any] | None = None
    for stated in _methods(document):
        if _absolute(stated.get("id"), did) == method_id:
            if found is not None and stated is not found and dict(stated) != dict(found):
                raise _broken(method_id, "two keys with this id", "one")
            found = stated
    if found is None:
        raise NotFoundError(
            f"{did[:200]} publishes no key {method_id[:200]}.",
            code="no-such-key",
            facts={"got": "no such key", "expected": method_id[:200]},
        )
    if found.get("controller") != did:
        raise _broken(method_id, f"a key of {str(found.get('controller'))[:200]}", f"a key of {did[:200]}")
    return VerificationMethod(
        id=method_id,
        controller=did,
        key=_key(found, method_id),
        purposes=frozenset(p for p in PURPOSES if _stands_under(document, p, method_id, did)),
        expires=_time(found, "expires", method_id),
        revoked=_time(found, "revoked", method_id),
        source=resolution.source,
        time=resolution.time,
    )


def _methods(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    lists = [document.get("verificationMethod"), *(document.get(purpose) for purpose in PURPOSES)]
    count = 0
    for listed in lists:
        for one in listed if isinstance(listed, list) else []:
            count += 1
            if count > _MAX_METHODS:
                raise LimitError(f"The DID document names more than {_MAX_METHODS} keys.")
            if isinstance(one, Mapping):
                yield one


def _stands_under(document: Mapping[str, Any], purpose: str, method_id: str, did: str) -> bool:
    listed = document.get(purpose)
    return any(
        _absolute(one.get("id") if isinstance(one, Mapping) else one, did) == method_id
        for one in (listed if isinstance(listed, list) else [])
    )


def _absolute(value: object, did: str) -> str | None:
    if not isinstance(value, str):
        return None
    return did + value if value.startswith("#") else value


def _key(stated: Mapping[str, Any], method_id: str) -> PublicKey:
    kind = stated.get("type")
    multikey, jwk = stated.get("publicKeyMultibase"), stated.get("publicKeyJwk")
    try:
        if kind in _WITH_MULTIKEY and isinstance(multikey, str) and jwk is None:
            return PublicKey.from_multikey(multikey)
        if kind in _WITH_JWK and isinstance(jwk, Mapping) and multikey is None:
            if jwk.get("use", "sig") != "sig":
                raise _broken(method_id, "a key for encryption", "a key for signatures")
            return PublicKey.from_jwk(jwk)
    except KeyMaterialError as error:
        raise InputError(str(error), code=error.code, facts=error.facts) from error
    raise _broken(method_id, f"a {str(kind)[:60]}", "a Multikey or JsonWebKey")


def _time(stated: Mapping[str, Any], member: str, method_id: str) -> datetime | None:
    value = stated.get(member)
    if value is None:
        return None
    try:
        return read_time(value)
    except InputError:
        raise _broken(method_id, f"{member} {str(value)[:60]}", "a date and time with its zone") from None


def _broken(method_id: str, got: str, expected: str) -> InputError:
    return InputError(
        f"The key {method_id[:200]} cannot be used: got {got}, expected {expected}.",
        code="method",
        facts={"got": got, "expected": expected, "method": method_id[:200]},
    )
