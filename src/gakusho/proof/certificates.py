# SPDX-License-Identifier: Apache-2.0
"""X.509 certificates for an institution's document-signing key, made from a kept key. RFC 5280.

Two calls make the usual chain: a certificate authority of the institution's own, and under it the leaf
that certifies documents. ``Signer`` gives raw signatures, so the certificate is put together here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import algos, core, keys, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gakusho.errors import KeyMaterialError
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey

SIGNATURE_ALGORITHMS = {
    "Ed25519": "ed25519",
    "P-256": "sha256_ecdsa",
    "P-384": "sha384_ecdsa",
    "RSA": "sha256_rsa",
}
"""By a key's algorithm, as asn1crypto names what it signs with."""
_MAX_SERIAL = 2**159 - 1
DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
"""id-kp-documentSigning, RFC 9336."""
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
"""id-kp-timeStamping, RFC 3161, section 2.3: the only purpose, and critical."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a certificate names. Only what is given stands in it."""

    organization: str
    country: str
    """Two letters, ISO 3166-1."""
    common_name: str | None = None
    unit: str | None = None
    locality: str | None = None
    organization_id: str | None = None
    """organizationIdentifier, ETSI EN 319 412-1, section 5.1.4."""


def self_issued(  # noqa: PLR0913  # what a certificate says, each by its name
    signer: Signer | PublicKey,
    *,
    subject: Subject,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    issuer_signer: Signer | None = None,
    issuer_certificate: bytes | None = None,
    uris: tuple[str, ...] = (),
    purpose: str = DOCUMENT_SIGNING,
    lists: tuple[str, ...] = (),
) -> bytes:
    """Give a certificate (DER) for the signer's public key; with an issuer, the key alone will do.

    Without an issuer it is the institution's own certificate authority: self-signed, for certificates
    only. With ``issuer_signer`` and ``issuer_certificate`` (DER) it is a leaf: digitalSignature,
    nonRepudiation and its ``purpose``, signing documents if none is given. ``uris`` stand in its
    subjectAltName: the ids under which the key is published elsewhere, such as a DID URL; ``lists`` are
    addresses of its issuer's revocation list. Times need a zone; seconds are what a certificate keeps. The
    serial must be new for its issuer, from 1 to 2^159-1.

    Raises: KeyMaterialError when issuer, times or serial do not fit together.
    """
    if (issuer_signer is None) != (issuer_certificate is None):
        raise KeyMaterialError("An issuer needs both its signer and its certificate.")
    signing = issuer_signer or (None if isinstance(signer, PublicKey) else signer)
    if signing is None:
        raise KeyMaterialError("A public key alone cannot issue a certificate.")
    key = signer if isinstance(signer, PublicKey) else signer.public_key
    _check_serial_and_span(serial, not_before, not_after)
    name = name_of(subject)
    issuer = name
    if issuer_certificate is not None:
        parent = x509.Certificate.load(issuer_certificate)
        _check_parent(parent, signing, not_after)
        issuer = parent.subject
    algorithm = algos.SignedDigestAlgorithm({"algorithm": SIGNATURE_ALGORITHMS[signing.public_key.algorithm]})
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": algorithm,
            "issuer": issuer,
            "validity": {"not_before": _time(not_before), "not_after": _time(not_after)},
            "subject": name,
            "subject_public_key_info": public_key_info(key),
            "extensions": [
                *_extensions(key, signing.public_key, purpose if issuer_signer else None),
                *_alternative_names(uris),
                *_list_addresses(lists),
            ],
        }
    )
    return _signed(tbs, algorithm, signing)


def _check_serial_and_span(serial: int, not_before: datetime, not_after: datetime) -> None:
    if not 1 <= serial <= _MAX_SERIAL:
        raise KeyMaterialError(
            "The serial number is out of range.", facts={"got": serial, "expected": "1 to 2^159-1"}
        )
    if not_after <= not_before:
        raise KeyMaterialError(
            "The certificate would end before it begins.", facts={"got": not_after.isoformat()}
        )


def _signed(tbs: x509.TbsCertificate, algorithm: algos.SignedDigestAlgorithm, signing: Signer) -> bytes:
    certificate = x509.Certificate(
        {
            "tbs_certificate": tbs,
            "signature_algorithm": algorithm,
            "signature_value": der_signature(signing, tbs.dump()),
        }
    )
    return bytes(certificate.dump())


def _check_parent(parent: x509.Certificate, signing: Signer, not_after: datetime) -> None:
    if parent.public_key.dump() != public_key_info(signing.public_key).dump():
        raise KeyMaterialError("The issuer's certificate is not that of the issuer's key.")
    if not parent.ca:
        raise KeyMaterialError("The issuer's certificate may not issue certificates.")
    if parent.not_valid_after < not_after:
        raise KeyMaterialError(
            "The certificate would outlive its issuer's.",
            facts={"got": not_after.isoformat(), "expected": parent.not_valid_after.isoformat()},
        )


def name_of(subject: Subject) -> x509.Name:
    """Give the distinguished name of a subject, in the order in which it is usually written."""
    parts = {
        "country_name": subject.country,
        "locality_name": subject.locality,
        "organization_name": subject.organization,
        "organizational_unit_name": subject.unit,
        "organization_identifier": subject.organization_id,
        "common_name": subject.common_name or subject.organization,
    }
    return x509.Name.build({key: value for key, value in parts.items() if value})


def _time(time: datetime) -> x509.Time:
    if time.tzinfo is None:
        raise ValueError("a certificate's time needs a zone")
    moment = time.astimezone(UTC).replace(microsecond=0)
    # RFC 5280, section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on.
    kind = "utc_time" if moment.year < 2050 else "general_time"
    return x509.Time(name=kind, value=moment)


def public_key_info(key: PublicKey) -> keys.PublicKeyInfo:
    """Give a public key as certificates and requests hold it: SubjectPublicKeyInfo, RFC 5280, 4.1.2.7."""
    der = key.cryptography_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return keys.PublicKeyInfo.load(der)


def _key_id(key: PublicKey) -> bytes:
    bits = public_key_info(key)["public_key"].contents[1:]
    return hashlib.sha1(bits, usedforsecurity=False).digest()  # RFC 5280, 4.2.1.2, method 1


def _extensions(key: PublicKey, issuer: PublicKey, purpose: str | None) -> list[dict[str, object]]:
    authority = purpose is None
    usage = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature", "non_repudiation"}
    basic: dict[str, object] = {"ca": True, "path_len_constraint": 0} if authority else {"ca": False}
    extensions: list[dict[str, object]] = [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints(basic)},
        {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
        {"extn_id": "key_identifier", "extn_value": core.OctetString(_key_id(key))},
    ]
    if purpose is not None:
        identifier = x509.AuthorityKeyIdentifier({"key_identifier": _key_id(issuer)})
        extensions.append({"extn_id": "authority_key_identifier", "extn_value": identifier})
        purposes = x509.ExtKeyUsageSyntax([purpose])
        critical = purpose == TIME_STAMPING
        extensions.append({"extn_id": "extended_key_usage", "critical": critical, "extn_value": purposes})
    return extensions


def _alternative_names(uris: tuple[str, ...]) -> list[dict[str, object]]:
    if not uris:
        return []
    names = [x509.GeneralName("uniform_resource_identifier", uri) for uri in uris]
    return [{"extn_id": "subject_alt_name", "extn_value": x509.GeneralNames(names)}]


def _list_addresses(addresses: tuple[str, ...]) -> list[dict[str, object]]:
    """RFC 5280, section 4.2.1.13."""
    if not addresses:
        return []
    names = [x509.GeneralName("uniform_resource_identifier", one) for one in addresses]
    point = x509.DistributionPoint({"distribution_point": x509.DistributionPointName("full_name", names)})
    return [{"extn_id": "crl_distribution_points", "extn_value": x509.CRLDistributionPoints([point])}]


def der_signature(signer: Signer, data: bytes) -> bytes:
    """Give the signature as X.509 and CMS write it: that of ECDSA as a DER sequence. RFC 3279, RFC 5758."""
    signature = signer.sign(data)
    if signer.public_key.algorithm.startswith("P-"):
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
        return encode_dss_signature(r, s)
    return signature
