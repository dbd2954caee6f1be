# SPDX-License-Identifier: Apache-2.0
"""What every place a key lives keeps; a new file in proof/signers/ is tested here by lying there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from tests.fakes import signing_service as services
from tests.fakes import token as tokens

from gakusho.errors import KeyMaterialError, LockedKeyError
from gakusho.issuer import places, signing_service
from gakusho.proof import KeyStore, ManySigner, OutsideKeyStore, PortableSigner, Signer
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers import key_stores

SECRET = bytes(range(160, 192))
SIZES = {"Ed25519": 64, "P-256": 64, "P-384": 96, "RSA-3072": 384}
FOR_DOCUMENTS = ("P-256", "P-384", "RSA-3072")


@dataclass(frozen=True, kw_only=True)
class Lodging:
    """A store that can be reached, and how a key comes to be kept in it."""

    store: KeyStore
    kept: Callable[[str, bytes], bytes]


@cache
def _token() -> tokens.Token:
    return tokens.set_up("Every signer")


def _in_token(algorithm: str, secret: bytes) -> bytes:
    if algorithm not in FOR_DOCUMENTS:
        raise KeyMaterialError("Not made in tokens.")
    key = _token().key(algorithm)
    return places.outside_store("pkcs11").keep(_token().place(key.id), key.public_key, secret)


@pytest.fixture(scope="module")
def service() -> Iterator[services.SigningService]:
    with services.serve() as running:
        yield running


@pytest.fixture(params=list(key_stores()))
def lodging(request: pytest.FixtureRequest, service: services.SigningService) -> Lodging:
    def at_service(algorithm: str, secret: bytes) -> bytes:
        if algorithm not in FOR_DOCUMENTS:
            raise KeyMaterialError("Not at the service.")
        found = signing_service.found(service.access())
        one = signing_service.described(found.access, algorithm)
        place = signing_service.place_of(found, one, services.PIN)
        key = PublicKey.from_cryptography(service.chain(algorithm)[0].public_key())
        return places.outside_store("csc").keep(place, key, secret)

    name: str = request.param
    store = places.store_named(name)
    if not isinstance(store, OutsideKeyStore):
        return Lodging(store=store, kept=store.create)
    return Lodging(store=store, kept={"pkcs11": _in_token, "csc": at_service}[name])


def test_there_are_key_stores_under_their_own_names() -> None:
    assert set(key_stores()) >= {"encrypted-key", "pkcs11", "csc"}
    assert all(name == found.name for name, found in key_stores().items())


@pytest.mark.parametrize("algorithm", SIZES)
def test_an_opened_key_signs_in_the_stated_form_and_is_always_the_same(
    lodging: Lodging, algorithm: str
) -> None:
    store = lodging.store
    if isinstance(store, OutsideKeyStore) and algorithm not in FOR_DOCUMENTS:
        with pytest.raises(KeyMaterialError):
            lodging.kept(algorithm, SECRET)
        return
    kept = lodging.kept(algorithm, SECRET)
    signer, again = store.open(kept, SECRET), store.open(kept, SECRET)
    assert isinstance(signer, Signer)
    signature = signer.sign(b"data")
    assert len(signature) == SIZES[algorithm]
    assert again.public_key == signer.public_key
    assert again.public_key.verify(signature, b"data")
    assert not again.public_key.verify(signature, b"date")
    assert not again.public_key.verify(bytes([signature[0] ^ 1]) + signature[1:], b"data")


def test_many_signatures_come_in_the_order_of_what_is_signed(lodging: Lodging) -> None:
    signer = lodging.store.open(lodging.kept("P-256", SECRET), SECRET)
    if isinstance(signer, ManySigner):
        data = [b"%d" % number for number in range(23)]
        for one, signature in zip(data, signer.sign_many(data), strict=True):
            assert signer.public_key.verify(signature, one)
        assert signer.sign_many([]) == []
        assert not isinstance(signer, PortableSigner), "such a key stays where it is"


def test_two_keys_are_never_the_same(lodging: Lodging) -> None:
    kinds = ("P-256", "P-384") if lodging.store.name == "csc" else ("P-256", "P-256")
    first, second = (lodging.store.open(lodging.kept(kind, SECRET), SECRET).public_key for kind in kinds)
    assert first != second


def test_another_secret_opens_nothing(lodging: Lodging) -> None:
    kept = lodging.kept("P-256", SECRET)
    for secret in (bytes(32), b"", b"a passphrase"):
        with pytest.raises(LockedKeyError):
            lodging.store.open(kept, secret)


def test_nothing_of_what_opens_the_place_stands_in_what_is_kept(lodging: Lodging) -> None:
    kept = lodging.kept("P-256", SECRET)
    for secret in (tokens.PIN, services.PIN, services.CLIENT_SECRET):
        assert secret.encode() not in kept


@pytest.mark.parametrize("algorithm", ["", "RSA-1024", "Ed448", "secp256k1"])
def test_other_algorithms_are_refused(lodging: Lodging, algorithm: str) -> None:
    with pytest.raises(KeyMaterialError):
        lodging.store.create(algorithm, SECRET)
    with pytest.raises(KeyMaterialError):
        lodging.kept(algorithm, SECRET)


@pytest.mark.parametrize("name", ["pkcs11", "csc"])
def test_a_key_outside_is_not_opened_without_the_way_there(
    name: str, service: services.SigningService
) -> None:
    store = key_stores()[name]
    kept = places.outside_store(name).keep(
        dict.fromkeys(places.outside_store(name).place, "1"),
        PublicKey.from_cryptography(service.chain("P-256")[0].public_key()),
        SECRET,
    )
    with pytest.raises(KeyMaterialError) as caught:
        store.open(kept, SECRET)
    assert caught.value.code == "key-place"
