# SPDX-License-Identifier: Apache-2.0
"""Who may say that a certificate was revoked, and whom an answer is about. RFC 5280, 6.3; RFC 6960, 4.2.2."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

MAX_LIST = 20 * 1_048_576
"""Bytes of a revocation list; those of large public authorities have some millions."""
MAX_ANSWER = 65_536
SKEW = timedelta(minutes=10)
UNDATED = timedelta(days=1)
"""How old an OCSP answer may be that does not say when the next one comes."""
WEAK = (hashes.MD5, hashes.SHA1)
_NAMES = frozenset({"sha1", "sha256", "sha384", "sha512"})


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether the certificate is one of an authority."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def may_sign_lists(certificate: x509.Certificate) -> bool:
    """Tell whether the certificate's key may sign revocation lists. RFC 5280, section 4.2.1.3."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def is_about(one: ocsp.OCSPSingleResponse, of: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether a response is about the certificate. RFC 6960, section 4.1.1. Raises: TypeError."""
    if one.serial_number != of.serial_number or one.hash_algorithm.name not in _NAMES:
        return False
    return (one.issuer_name_hash, one.issuer_key_hash) == _issuer_hashes(issuer, one.hash_algorithm)


def responder(answer: ocsp.OCSPResponse, issuer: x509.Certificate, at: datetime) -> x509.Certificate | None:
    """Give the certificate that signed the answer, if it may: the issuer's, or one that it lets answer.

    RFC 6960, section 4.2.2.2. Raises: ValueError for what cannot be read.
    """
    allowed = [one for one in answer.certificates[:5] if _may_answer(one, issuer, at)]
    return next((one for one in (issuer, *allowed) if _signed(answer, one)), None)


def _may_answer(certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    alive = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return alive and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _signed(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    key, over = certificate.public_key(), answer.signature_hash_algorithm
    if isinstance(over, WEAK):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey) and over is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), over)
        elif isinstance(key, ec.EllipticCurvePublicKey) and over is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(over))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _issuer_hashes(issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    def digest(data: bytes) -> bytes:
        found = hashes.Hash(algorithm)
        found.update(data)
        return found.finalize()

    return digest(issuer.subject.public_bytes()), digest(_key_bits(issuer))


def _key_bits(certificate: x509.Certificate) -> bytes:
    """Give what is hashed of a key: the bits alone. RFC 6960, section 4.1.1."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key.public_bytes_raw()
    raise TypeError("a key of a kind that is not known here")
