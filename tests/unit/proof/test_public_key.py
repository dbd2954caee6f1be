# SPDX-License-Identifier: Apache-2.0
"""Public keys: every way in and out, and no weak key by any way."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from gakusho.errors import KeyMaterialError, WeakKeyError
from gakusho.proof import multibase
from gakusho.proof.keys import PublicKey

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x, y


def points_with_y(y: int) -> list[Point]:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return [(x, y), (-x % P, y)] if x * x % P == square else []


def small_order_encodings() -> list[bytes]:
    """Find the eight points whose order divides 8 by arithmetic alone, and all encodings of them."""
    torsion = (_times_l(point) for y in range(2, 200) for point in points_with_y(y))
    eighth = next(t for t in torsion if add(add(t, t), add(t, t)) == (0, P - 1))
    points, current = [], (0, 1)
    for _ in range(8):
        points.append(current)
        current = add(current, eighth)
    assert current == (0, 1)
    assert len(set(points)) == 8
    encodings = set()
    for x, y in points:
        for written in (y, y + P):
            if written < 2**255:
                for sign in {x & 1, 0, 1} if x == 0 else {x & 1}:
                    encodings.add((written | sign << 255).to_bytes(32, "little"))
    return sorted(encodings)


def _times_l(point: Point) -> Point:
    order = 2**252 + 27742317777372353535851937790883648493
    result, addend = (0, 1), point
    while order:
        if order & 1:
            result = add(result, addend)
        addend = add(addend, addend)
        order >>= 1
    return result


SMALL = small_order_encodings()


def test_the_small_order_points_were_all_found() -> None:
    assert len(SMALL) >= 12


@pytest.mark.parametrize("raw", SMALL, ids=lambda raw: raw.hex()[:8])
def test_a_small_order_key_is_refused_by_every_way_in(raw: bytes) -> None:
    with pytest.raises(WeakKeyError):
        PublicKey.from_multikey(multibase.encode(b"\xed\x01" + raw))
    with pytest.raises(WeakKeyError):
        PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": multibase.base64url(raw)})
    with pytest.raises(WeakKeyError):
        PublicKey.from_cryptography(ed25519.Ed25519PublicKey.from_public_bytes(raw))


def test_without_the_guard_such_a_key_would_accept_any_message() -> None:
    raw = (1).to_bytes(32, "little")
    ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(raw + bytes(32), b"anything at all")


def test_a_non_canonical_or_off_curve_ed25519_key_is_refused() -> None:
    off = next(y for y in range(2, 50) if not points_with_y(y))
    for y in (off, P + 3, 2**255 - 1):
        with pytest.raises(WeakKeyError):
            PublicKey.from_multikey(multibase.encode(b"\xed\x01" + y.to_bytes(32, "little")))


def test_a_weak_rsa_key_is_refused() -> None:
    strong = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    for n, e in (
        (strong >> 1024 | 1, 65537),
        (strong, 1),
        (strong, 2),
        (strong, 65536),
        (1 << 16384 | 1, 65537),
    ):
        jwk = {
            "kty": "RSA",
            "n": multibase.base64url(n.to_bytes((n.bit_length() + 7) // 8)),
            "e": multibase.base64url(e.to_bytes((e.bit_length() + 7) // 8)),
        }
        with pytest.raises(KeyMaterialError):
            PublicKey.from_jwk(jwk)
    short = rsa.generate_private_key(65537, 1024).public_key()
    with pytest.raises(WeakKeyError):
        PublicKey.from_cryptography(short)


def test_an_off_curve_nist_point_is_refused() -> None:
    one = multibase.base64url((1).to_bytes(32))
    with pytest.raises(WeakKeyError):
        PublicKey.from_jwk({"kty": "EC", "crv": "P-256", "x": one, "y": one})
    with pytest.raises(WeakKeyError):
        PublicKey.from_multikey(multibase.encode(b"\x80\x24\x02" + b"\xff" * 32))


KEYS = [
    ed25519.Ed25519PrivateKey.generate().public_key(),
    ec.generate_private_key(ec.SECP256R1()).public_key(),
    ec.generate_private_key(ec.SECP384R1()).public_key(),
    rsa.generate_private_key(65537, 2048).public_key(),
]


@pytest.mark.parametrize("key", KEYS, ids=["Ed25519", "P-256", "P-384", "RSA"])
def test_a_key_survives_both_of_its_written_forms(key: object) -> None:
    public = PublicKey.from_cryptography(key)
    assert PublicKey.from_multikey(public.multikey()) == public
    assert PublicKey.from_jwk(public.jwk()) == public
    assert public.did_key() == "did:key:" + public.multikey()


def test_the_published_multikeys_are_read() -> None:
    # Data Integrity ECDSA Cryptosuites 1.0 and EdDSA Cryptosuites 1.0, appendix A
    assert PublicKey.from_multikey("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP").algorithm == "P-256"
    assert PublicKey.from_multikey("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").algorithm == "Ed25519"


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": 5},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA=="},
        {"kty": ["OKP"], "crv": {}, "x": "AA"},
    ],
)
def test_a_jwk_of_another_kind_is_refused(jwk: dict[str, object]) -> None:
    with pytest.raises(KeyMaterialError):
        PublicKey.from_jwk(jwk)


def test_a_private_jwk_is_refused() -> None:
    jwk = {**PublicKey.from_cryptography(KEYS[0]).jwk(), "d": "AAAA"}
    with pytest.raises(KeyMaterialError, match="private"):
        PublicKey.from_jwk(jwk)


def test_a_key_of_a_kind_not_used_here_is_refused() -> None:
    with pytest.raises(KeyMaterialError):
        PublicKey.from_cryptography(ed448.Ed448PrivateKey.generate().public_key())
    with pytest.raises(KeyMaterialError):
        PublicKey.from_multikey("z" + multibase.base58(b"\xe7\x01" + bytes(33)))
    with pytest.raises(KeyMaterialError):
        PublicKey.from_multikey("not a key")


@pytest.mark.parametrize("length", [0, 63, 65, 95, 96, 200])
def test_a_signature_of_another_length_does_not_fit(length: int) -> None:
    for key in KEYS:
        assert not PublicKey.from_cryptography(key).verify(bytes(length), b"data")


# --- two implementations of Ed25519, one answer --------------------------------------------------------

L = 2**252 + 27742317777372353535851937790883648493


def forged_variants(signature: bytes, public: bytes) -> list[bytes]:
    """Give the ways a signature is bent: halves swapped, S beyond the order, R another point, lengths."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    return [
        r + (s + L).to_bytes(32, "little"),
        r + (L - s).to_bytes(32, "little"),
        r + (s ^ 1).to_bytes(32, "little"),
        bytes([r[0] ^ 1]) + signature[1:],
        signature[32:] + r,
        public + signature[32:],
        bytes(64),
        bytes([1]) + bytes(63),
        signature[:63],
        signature + b"\x00",
        b"",
        *(encoding + signature[32:] for encoding in small_order_encodings()),
    ]


def test_every_signature_gets_the_answer_of_the_other_implementation() -> None:
    variants = 0
    for seed in range(8):
        private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = private.public_key()
        key = PublicKey.from_cryptography(public)
        message = bytes(range(seed * 9))
        signature = private.sign(message)
        assert key.verify(signature, message)
        assert not key.verify(signature, message + b"!")
        for forged in forged_variants(signature, key.material):
            try:
                public.verify(forged, message)
                expected = True
            except InvalidSignature:
                expected = False
            assert key.verify(forged, message) is expected
            variants += 1
    assert variants > 100


def test_a_signature_whose_first_half_is_of_small_order_is_judged_by_rfc_8032() -> None:
    # Only the owner of the key can make it: R is the neutral element, S = H(R, A, M) a. libsodium alone
    # would refuse it, OpenSSL takes it.
    private = ed25519.Ed25519PrivateKey.from_private_bytes(b"r" * 32)
    scalar = bytearray(hashlib.sha512(b"r" * 32).digest()[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    key = PublicKey.from_cryptography(private.public_key())
    neutral = bytes([1]) + bytes(31)
    challenge = int.from_bytes(hashlib.sha512(neutral + key.material + b"m").digest(), "little") % L
    s = challenge * int.from_bytes(scalar, "little") % L
    assert key.verify(neutral + s.to_bytes(32, "little"), b"m")
    assert not key.verify(neutral + s.to_bytes(32, "little"), b"n")


def test_part_of_the_message_is_not_taken_for_the_signature() -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(b"q" * 32)
    key = PublicKey.from_cryptography(private.public_key())
    signature = private.sign(b"message")
    assert not key.verify(signature[:60], signature[60:] + b"message")
    assert not key.verify(signature + b"mess", b"age")
