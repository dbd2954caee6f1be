# SPDX-License-Identifier: Apache-2.0
"""Certificates of any make, good and odd, under the authorities of ``tests.fakes.archive``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.fakes.archive import SCHOOL, TIME, authority
from tests.vectors.signed_pdf.containers import Key
from tests.vectors.signed_pdf.making import NOW

STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)
SIGNING = (x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),)
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a certificate is for. The defaults make a good one for documents."""

    purposes: Sequence[x509.ObjectIdentifier] = SIGNING
    critical: bool = False
    signing: bool = True
    authority: bool = False


@cache
def key(kind: str, which: str = "") -> Key:  # another one for each word
    """Give a key, the same one each time it is asked for by the same words."""
    if kind.startswith("RSA-"):
        return rsa.generate_private_key(65537, int(kind[4:]))
    curves: dict[str, ec.EllipticCurve] = {
        "P-192": ec.SECP192R1(),
        "P-224": ec.SECP224R1(),
        "P-256": ec.SECP256R1(),
    }
    return ec.generate_private_key(curves[kind])


def name(organization: str, common: str | None = None) -> x509.Name:
    """Give a name as the product's certificates have it."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common or organization),
        ]
    )


def certificate(
    holder: Key,
    *,
    subject: str = SCHOOL,
    issuer: tuple[Key, bytes] | None = None,
    serial: int = 7,
    begins: datetime = NOW - timedelta(days=28),
    ends: datetime = NOW + timedelta(days=900),
    usage: Usage = Usage(),  # frozen
) -> bytes:
    """Give a certificate (DER); without an issuer, by the authority of its subject's kind."""
    if issuer is None:
        above = authority(TIME if subject == TIME else SCHOOL)
        issued_by, parent = above.signer._key, above.certificate
    else:
        issued_by, parent = issuer
    assert isinstance(issued_by, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(x509.load_der_x509_certificate(parent).subject)
        .public_key(holder.public_key())
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=usage.authority, path_length=None), critical=True)
        .add_extension(_key_usage(usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(holder.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issued_by.public_key()), critical=False
        )
    )
    if usage.purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage.purposes), critical=usage.critical)
    return builder.sign(issued_by, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _key_usage(usage: Usage) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=usage.signing,
        content_commitment=usage.signing,
        key_encipherment=not usage.signing,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=usage.authority,
        crl_sign=usage.authority,
        encipher_only=False,
        decipher_only=False,
    )


def root(holder: Key, subject: str = SCHOOL, *, serial: int = 1) -> bytes:
    """Give a self-signed authority of the same name as the true one."""
    called = name(subject, f"{subject} CA")
    usage = Usage(authority=True, signing=False)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(holder.public_key())
        .serial_number(serial)
        .not_valid_before(NOW - timedelta(days=56))
        .not_valid_after(NOW + timedelta(days=4000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(usage), critical=True)
        .sign(holder, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)
