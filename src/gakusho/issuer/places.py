# SPDX-License-Identifier: Apache-2.0
"""The places keys live, each with the way there: what only the roles may load, ask and talk to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from gakusho.errors import NotFoundError
from gakusho.fetch import NO_SERVICES, Services
from gakusho.issuer import hardware, signing_service
from gakusho.proof import KeyStore, OutsideKeyStore, Reach
from gakusho.proof.signers import key_stores

_WAYS: Mapping[str, Callable[[Services], Reach]] = {
    "pkcs11": lambda _: hardware.custodian,
    "csc": lambda services: partial(signing_service.custodian, services=services),
}
_LOOKS: Mapping[str, Callable[[Mapping[str, str], Services], None]] = {
    "pkcs11": lambda place, _: hardware.look(place),
    "csc": signing_service.look,
}


def store_named(name: str, services: Services = NO_SERVICES) -> KeyStore:
    """Give the key store of this name, ready to open its keys. Raises: NotFoundError.

    ``services`` are those the operator named, which may be inside the own network.
    """
    store: KeyStore | None = key_stores().get(name)
    if store is None:
        raise NotFoundError(f"There is no key store {name!r} here.", facts={"got": name})
    if isinstance(store, OutsideKeyStore) and name in _WAYS:
        return store.reached(_WAYS[name](services))
    return store


def outside_store(name: str) -> OutsideKeyStore:
    """Give the key store of this name, whose keys live outside. Raises: NotFoundError."""
    store: object = key_stores().get(name)
    if not isinstance(store, OutsideKeyStore):
        raise NotFoundError(f"There is no place {name!r} outside for keys here.", facts={"got": name})
    return store


def look(name: str, kept: bytes, secret: bytes, services: Services = NO_SERVICES) -> None:
    """Look whether the place of a kept key is there, without signing and without its PIN.

    Raises: UnreachableError when it is not; LockedKeyError, KeyMaterialError.
    """
    if name in _LOOKS:
        _LOOKS[name](outside_store(name).kept_place(kept, secret), services)
