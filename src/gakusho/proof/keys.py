# SPDX-License-Identifier: Apache-2.0
"""Public keys, and the ways the standards write them.

Controlled Identifiers 1.0, section 2.2 (Multikey and JsonWebKey); RFC 7517, RFC 7518, RFC 8037.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from gakusho.errors import KeyMaterialError, UnreadableError, WeakKeyError
from gakusho.proof import multibase

CryptographyKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_8 = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y coordinates of the eight points whose order divides 8: under them one signature fits any message."""

_CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm, int]] = {
    "P-256": (ec.SECP256R1(), hashes.SHA256(), 32),
    "P-384": (ec.SECP384R1(), hashes.SHA384(), 48),
    "P-521": (ec.SECP521R1(), hashes.SHA512(), 66),
}
_CURVE_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_MIN_RSA_BITS, _MAX_RSA_BITS = 2048, 8192
_MULTICODECS = {prefix: algorithm for algorithm, prefix in multibase.CODECS.items()}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True)
class PublicKey:
    """A public key: the algorithm's name (Ed25519, P-256, P-384, P-521, RSA) and its bytes.

    ``material`` is the body of the Multikey: 32 bytes (Ed25519), the compressed point (P-256, P-384, P-521),
    or the DER of an RSAPublicKey (RSA). Every way in refuses weak keys with WeakKeyError.
    """

    algorithm: str
    material: bytes = b""
    _key: CryptographyKey | None = field(default=None, repr=False, compare=False)

    @staticmethod
    def from_multikey(text: str) -> PublicKey:
        """Give the key of a ``publicKeyMultibase``. Raises: KeyMaterialError, WeakKeyError."""
        return _from_multikey(text)

    @staticmethod
    def from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
        """Give the key of a JSON Web Key. Raises: KeyMaterialError, WeakKeyError."""
        return _from_jwk(jwk)

    @staticmethod
    def from_cryptography(key: object) -> PublicKey:
        """Give the key of a ``cryptography`` public key. Raises: KeyMaterialError, WeakKeyError."""
        match key:
            case ed25519.Ed25519PublicKey():
                raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
                return PublicKey("Ed25519", _strong_ed25519(raw), key)
            case ec.EllipticCurvePublicKey() if key.curve.name in _CURVE_NAMES:
                point = key.public_bytes(
                    serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
                )
                return PublicKey(_CURVE_NAMES[key.curve.name], point, key)
            case rsa.RSAPublicKey():
                numbers = key.public_numbers()
                _check_rsa(numbers.n, numbers.e)
                der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
                return PublicKey("RSA", der, key)
        raise KeyMaterialError(
            "The key is of a kind that is not used here.",
            facts={"got": type(key).__name__, "expected": "Ed25519, P-256, P-384, P-521 or RSA"},
        )

    def multikey(self) -> str:
        """Give the ``publicKeyMultibase`` form."""
        return multibase.encode(multibase.CODECS[self.algorithm] + self.material)

    def did_key(self) -> str:
        """Give the ``did:key`` identifier of this key."""
        return f"did:key:{self.multikey()}"

    def jwk(self) -> dict[str, str]:
        """Give the public JSON Web Key, required members only."""
        b64 = multibase.base64url
        key = self.cryptography_key()
        match key:
            case ec.EllipticCurvePublicKey():
                size = _CURVES[self.algorithm][2]
                numbers = key.public_numbers()
                x, y = b64(numbers.x.to_bytes(size)), b64(numbers.y.to_bytes(size))
                return {"kty": "EC", "crv": self.algorithm, "x": x, "y": y}
            case rsa.RSAPublicKey():
                public = key.public_numbers()
                return {"kty": "RSA", "n": b64(_minimal(public.n)), "e": b64(_minimal(public.e))}
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(self.material)}

    def cryptography_key(self) -> CryptographyKey:
        """Give the ``cryptography`` public key."""
        if self._key is None:
            object.__setattr__(self, "_key", _cryptography_key(self.algorithm, self.material))
        assert self._key is not None
        return self._key

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether the signature fits the data.

        The form is that of ``Signer.sign``: 64 bytes for Ed25519, IEEE P1363 for ECDSA (SHA-256 with
        P-256, SHA-384 with P-384, SHA-512 with P-521), PKCS #1 v1.5 with SHA-256 for RSA.
        """
        if self.algorithm == "Ed25519" and _fits_for_libsodium(signature, data, self.material):
            return True
        key = self.cryptography_key()
        try:
            match key:
                case ed25519.Ed25519PublicKey():
                    key.verify(signature, data)
                case ec.EllipticCurvePublicKey():
                    _, digest, size = _CURVES[self.algorithm]
                    if len(signature) != 2 * size:
                        return False
                    r, s = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
                    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(digest))
                case rsa.RSAPublicKey():
                    key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def _fits_for_libsodium(signature: bytes, data: bytes, material: bytes) -> bool:
    """Ask the faster implementation of Ed25519 first.

    It refuses a little more than RFC 8032 does (a first half of small order), so its no is not the answer.
    """
    if len(signature) != 64 or len(material) != 32:
        return False
    try:
        crypto_sign_open(signature + data, material)
    except BadSignatureError:
        return False
    return True


@lru_cache(maxsize=1024)
def _from_multikey(text: str) -> PublicKey:
    try:
        data = multibase.decode(text)
    except UnreadableError as error:
        raise KeyMaterialError(f"The key is not a Multikey: {error}", facts=error.facts) from None
    algorithm = _MULTICODECS.get(data[:2])
    if algorithm is None:
        raise KeyMaterialError(
            "The Multikey is of a kind that is not used here.",
            facts={"got": data[:2].hex(), "expected": ", ".join(multibase.CODECS)},
        )
    return PublicKey.from_cryptography(_cryptography_key(algorithm, data[2:]))


def _from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    if private := _PRIVATE_MEMBERS & set(jwk):
        raise KeyMaterialError("The key holds private members.", facts={"got": ", ".join(sorted(private))})
    try:
        match jwk.get("kty"), jwk.get("crv"):
            case "OKP", "Ed25519":
                return PublicKey.from_cryptography(_cryptography_key("Ed25519", _member(jwk, "x", 32)))
            case "EC", ("P-256" | "P-384" | "P-521") as name:
                curve, _, size = _CURVES[name]
                point = b"\x04" + _member(jwk, "x", size) + _member(jwk, "y", size)
                return PublicKey.from_cryptography(_on_curve(curve, point))
            case "RSA", None:
                n, e = (int.from_bytes(_member(jwk, member, None)) for member in ("n", "e"))
                _check_rsa(n, e)
                return PublicKey.from_cryptography(rsa.RSAPublicNumbers(e, n).public_key())
    except (UnreadableError, ValueError) as error:
        raise KeyMaterialError(f"The JSON Web Key cannot be read: {error}") from None
    raise KeyMaterialError(
        "The JSON Web Key is of a kind that is not used here.",
        facts={
            "got": f"{jwk.get('kty')} {jwk.get('crv')}",
            "expected": "Ed25519, P-256, P-384, P-521 or RSA",
        },
    )


def _member(jwk: Mapping[str, Any], name: str, size: int | None) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise UnreadableError(f"member {name!r} is missing.", facts={"expected": name})
    data = multibase.from_base64url(value)
    if size is not None and len(data) != size:
        raise UnreadableError(
            f"member {name!r} has another length.", facts={"got": len(data), "expected": size}
        )
    return data


def _cryptography_key(algorithm: str, material: bytes) -> CryptographyKey:
    match algorithm:
        case "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(_strong_ed25519(material))
        case "P-256" | "P-384" | "P-521":
            curve, _, size = _CURVES[algorithm]
            if len(material) != size + 1:
                raise KeyMaterialError(
                    "The point has another length.", facts={"got": len(material), "expected": size + 1}
                )
            return _on_curve(curve, material)
    return _rsa(material)


@lru_cache(maxsize=1024)
def _strong_ed25519(raw: bytes) -> bytes:
    """Give the same bytes again; a certificate's key is met as often as what it signed."""
    if len(raw) != 32:
        raise KeyMaterialError("The key has another length.", facts={"got": len(raw), "expected": 32})
    y = int.from_bytes(raw, "little") & ~(1 << 255)
    if y >= _P:
        raise WeakKeyError("The Ed25519 key is not in canonical form.", facts={"got": raw.hex()})
    if y in _SMALL_ORDER_Y:
        raise WeakKeyError(
            "The Ed25519 key is a point of small order; it would accept any message.",
            facts={"got": raw.hex()},
        )
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) != 1:
        raise WeakKeyError("The Ed25519 key is not a point of the curve.", facts={"got": raw.hex()})
    return raw


def _on_curve(curve: ec.EllipticCurve, point: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except ValueError:
        raise WeakKeyError(
            "The key is not a point of its curve.", facts={"got": point.hex(), "expected": curve.name}
        ) from None


def _rsa(der: bytes) -> rsa.RSAPublicKey:
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey):
        raise KeyMaterialError("The RSA key cannot be read.")
    numbers = key.public_numbers()
    _check_rsa(numbers.n, numbers.e)
    if key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1) != der:
        raise KeyMaterialError("The RSA key is not in canonical form.")
    return key


def _check_rsa(n: int, e: int) -> None:
    if not _MIN_RSA_BITS <= n.bit_length() <= _MAX_RSA_BITS:
        raise WeakKeyError(
            "The RSA key has a length that is refused.",
            facts={"got": n.bit_length(), "expected": f"{_MIN_RSA_BITS} to {_MAX_RSA_BITS}"},
        )
    if e < 3 or e % 2 == 0 or e.bit_length() > 64 or n % 2 == 0:
        raise WeakKeyError("The RSA key's exponent or modulus is refused.", facts={"got": e})


def _minimal(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)
