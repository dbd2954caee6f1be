# SPDX-License-Identifier: Apache-2.0
"""What says that a certificate was not revoked, kept with a document for the time when nobody can be asked.

RFC 5280, section 5 (lists); RFC 6960 (answers). What judges them when they come is in ``revocation_checks``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from asn1crypto import crl, x509

from gakusho.errors import KeyMaterialError
from gakusho.proof import Signer
from gakusho.proof.certificates import SIGNATURE_ALGORITHMS, der_signature


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a document's security store keeps. ISO 32000-2, section 12.8.4.3."""

    lists: tuple[bytes, ...] = ()
    """Certificate revocation lists, DER."""
    answers: tuple[bytes, ...] = ()
    """OCSP responses, DER."""
    certificates: tuple[bytes, ...] = ()
    """Certificates needed that the signature does not carry, DER."""


@runtime_checkable
class Revocations(Protocol):
    """Where evidence is had."""

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        """Give the evidence for every certificate of a chain (DER, the leaf first) that can be revoked.

        Raises: UnreachableError when it cannot be had for one of them.
        """


def revocation_list(
    signer: Signer,
    certificate: bytes,
    *,
    number: int,
    this_update: datetime,
    next_update: datetime,
    revoked: Sequence[tuple[int, datetime]] = (),
) -> bytes:
    """Give the list (DER, version 2) of an authority's revoked certificates: serial number and time of each.

    Raises: KeyMaterialError when the certificate is not of the signer's key, or may not issue.
    """
    issuer = x509.Certificate.load(certificate)
    usage = issuer.key_usage_value
    if not issuer.ca or usage is None or "crl_sign" not in usage.native:
        raise KeyMaterialError("The certificate may not issue revocation lists.")
    algorithm = {"algorithm": SIGNATURE_ALGORITHMS[signer.public_key.algorithm]}
    inner: dict[str, object] = {
        "version": "v2",
        "signature": algorithm,
        "issuer": issuer.subject,
        "this_update": _time(this_update),
        "next_update": _time(next_update),
        "crl_extensions": [
            {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": issuer.key_identifier}},
            {"extn_id": "crl_number", "extn_value": number},
        ],
    }
    if revoked:
        inner["revoked_certificates"] = [
            {"user_certificate": serial, "revocation_date": _time(time)} for serial, time in sorted(revoked)
        ]
    tbs = crl.TbsCertList(inner)
    signed = crl.CertificateList(
        {
            "tbs_cert_list": tbs,
            "signature_algorithm": algorithm,
            "signature": der_signature(signer, tbs.dump()),
        }
    )
    return bytes(signed.dump())


def _time(time: datetime) -> x509.Time:
    moment = time.astimezone(UTC).replace(microsecond=0)
    return x509.Time(name="utc_time" if moment.year < 2050 else "general_time", value=moment)
