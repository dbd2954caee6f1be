# SPDX-License-Identifier: Apache-2.0
"""A kept key opens with its secret only, and cheaply when the secret is random."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gakusho.errors import KeyMaterialError, LockedKeyError, UnreadableError
from gakusho.proof.signers.encrypted_key import SIGNER, KeptSigner

RANDOM = bytes(range(190, 222))


def test_a_random_secret_opens_in_milliseconds_and_a_passphrase_costs_a_guesser() -> None:
    kept, typed = SIGNER.create("Ed25519", RANDOM), SIGNER.create("Ed25519", b"correct horse battery")
    started = time.process_time()
    for _ in range(20):
        SIGNER.open(kept, RANDOM)
    assert (time.process_time() - started) / 20 < 0.01
    started = time.process_time()
    SIGNER.open(typed, b"correct horse battery")
    assert time.process_time() - started > 0.05


def test_a_passphrase_of_32_characters_is_still_stretched() -> None:
    assert SIGNER.create("Ed25519", b"a" * 32)[5:6] == b"S"
    assert SIGNER.create("Ed25519", RANDOM)[5:6] == b"H"


def test_any_changed_byte_of_a_kept_key_is_noticed() -> None:
    kept = SIGNER.create("Ed25519", RANDOM)
    for place in range(len(kept)):
        if place == 5:  # the derivation; scrypt is slow and tried once below
            continue
        changed = bytearray(kept)
        changed[place] ^= 1
        with pytest.raises((LockedKeyError, UnreadableError)):
            SIGNER.open(bytes(changed), RANDOM)
    with pytest.raises(LockedKeyError):
        SIGNER.open(kept[:5] + b"S" + kept[6:], RANDOM)


@pytest.mark.parametrize("kept", [b"", b"GKEY", b"GKEY\x01" + bytes(20), b"x" * 200, b"GKEY\x02" + bytes(99)])
def test_other_bytes_are_no_key(kept: bytes) -> None:
    with pytest.raises(UnreadableError):
        SIGNER.open(kept, RANDOM)


def test_the_private_key_does_not_stand_in_the_kept_bytes() -> None:
    kept = SIGNER.create("Ed25519", RANDOM)
    assert b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70" not in kept  # PKCS #8 header of Ed25519
    assert SIGNER.create("Ed25519", RANDOM)[:34] != kept[:34]


@pytest.mark.parametrize("secret", [b"", b"short"])
def test_a_short_secret_wraps_nothing(secret: bytes) -> None:
    with pytest.raises(KeyMaterialError):
        SIGNER.create("Ed25519", secret)


def test_an_ed25519_key_signs_what_every_implementation_signs() -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    for size in (0, 1, 64, 1_000):
        assert KeptSigner(private).sign(bytes(size)) == private.sign(bytes(size))
