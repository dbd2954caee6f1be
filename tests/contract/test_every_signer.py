# SPDX-License-Identifier: Apache-2.0
"""What every place a key lives keeps; a new file in proof/signers/ is tested here by lying there."""

from __future__ import annotations

import pytest

from gakusho.errors import KeyMaterialError, LockedKeyError
from gakusho.proof import KeyStore, Signer
from gakusho.proof.signers import key_stores

SECRET = bytes(range(160, 192))
SIZES = {"Ed25519": 64, "P-256": 64, "P-384": 96, "RSA-3072": 384}


@pytest.fixture(params=list(key_stores().values()), ids=list(key_stores()))
def store(request: pytest.FixtureRequest) -> KeyStore:
    found: KeyStore = request.param
    return found


def test_there_are_key_stores_under_their_own_names() -> None:
    assert "encrypted-key" in key_stores()
    assert all(name == found.name for name, found in key_stores().items())


@pytest.mark.parametrize("algorithm", SIZES)
def test_an_opened_key_signs_in_the_stated_form_and_is_always_the_same(
    store: KeyStore, algorithm: str
) -> None:
    kept = store.create(algorithm, SECRET)
    signer, again = store.open(kept, SECRET), store.open(kept, SECRET)
    assert isinstance(signer, Signer)
    signature = signer.sign(b"data")
    assert len(signature) == SIZES[algorithm]
    assert again.public_key == signer.public_key
    assert again.public_key.verify(signature, b"data")
    assert not again.public_key.verify(signature, b"date")
    assert not again.public_key.verify(bytes([signature[0] ^ 1]) + signature[1:], b"data")


def test_two_keys_are_never_the_same(store: KeyStore) -> None:
    first, second = (store.open(store.create("Ed25519", SECRET), SECRET).public_key for _ in range(2))
    assert first != second


def test_another_secret_opens_nothing(store: KeyStore) -> None:
    kept = store.create("Ed25519", SECRET)
    for secret in (bytes(32), b"", b"a passphrase"):
        with pytest.raises(LockedKeyError):
            store.open(kept, secret)


@pytest.mark.parametrize("algorithm", ["", "RSA-1024", "Ed448", "secp256k1"])
def test_other_algorithms_are_refused(store: KeyStore, algorithm: str) -> None:
    with pytest.raises(KeyMaterialError):
        store.create(algorithm, SECRET)
