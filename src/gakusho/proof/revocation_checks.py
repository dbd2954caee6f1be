# SPDX-License-Identifier: Apache-2.0
"""Whether what came as a revocation list or an OCSP answer says anything about a certificate.

A document keeps this for decades, when nobody can be asked again: a list of another authority, an answer to
another question or an old one would be found out only then. RFC 5280, section 6.3; RFC 6960, sections 3.2
and 4.2.2.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from gakusho.errors import KeyMaterialError
from gakusho.proof.revocation_evidence import (
    SKEW,
    UNDATED,
    WEAK,
    is_about,
    is_authority,
    may_sign_lists,
    responder,
)
from gakusho.proof.timestamps import issued

MAX_ADDRESSES = 3
"""Of one kind in one certificate that are asked."""
_KNOWN_IN_LISTS = (
    x509.AuthorityKeyIdentifier,
    x509.CRLNumber,
    x509.IssuingDistributionPoint,
    x509.AuthorityInformationAccess,
    x509.FreshestCRL,
    x509.IssuerAlternativeName,
)
Asked = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


def is_self_issued(certificate: bytes) -> bool:
    """Tell whether a certificate (DER) is an anchor: signed with its own key. It cannot be revoked."""
    one = x509.load_der_x509_certificate(certificate)
    return one.subject == one.issuer and issued(one, one)


def list_addresses(certificate: bytes) -> list[str]:
    """Give where the certificate says its issuer's lists are. RFC 5280, section 4.2.1.13."""
    try:
        extensions = x509.load_der_x509_certificate(certificate).extensions
        points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (ValueError, x509.ExtensionNotFound):
        return []
    names = [name for point in points if not point.reasons for name in point.full_name or ()]
    return _web([name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)])


def answer_addresses(certificate: bytes) -> list[str]:
    """Give where the certificate says its issuer answers by OCSP. RFC 5280, section 4.2.2.1."""
    return _access(certificate, AuthorityInformationAccessOID.OCSP)


def issuer_addresses(certificate: bytes) -> list[str]:
    """Give where the certificate says its issuer's certificate is. RFC 5280, section 4.2.2.1."""
    return _access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)


def _access(certificate: bytes, method: x509.ObjectIdentifier) -> list[str]:
    try:
        extensions = x509.load_der_x509_certificate(certificate).extensions
        described = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (ValueError, x509.ExtensionNotFound):
        return []
    places = [one.access_location for one in described if one.access_method == method]
    return _web([place.value for place in places if isinstance(place, x509.UniformResourceIdentifier)])


def _web(addresses: list[str]) -> list[str]:
    usable = [one for one in addresses if one.startswith(("http://", "https://")) and len(one) <= 500]
    return list(dict.fromkeys(usable))[:MAX_ADDRESSES]


# --- lists ------------------------------------------------------------------------------------------


def check_list(data: bytes, *, certificate: bytes, issuer: bytes, now: datetime) -> datetime:
    """Give until when a list (DER) may be relied on, which says that the certificate is not revoked.

    Raises: KeyMaterialError: ``certificate-revoked``; ``revocation-data`` naming what is wrong with it.
    """
    of, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
    try:
        found = x509.load_der_x509_crl(data)
        _check_extensions(found, of)
        weak = isinstance(found.signature_hash_algorithm, WEAK)
        fits = not weak and found.is_signature_valid(_key(above))
        entry = found.get_revoked_certificate_by_serial_number(of.serial_number)
    except KeyMaterialError:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise _unusable(f"the list cannot be read ({type(error).__name__})") from error
    if found.issuer != of.issuer or found.issuer != above.subject:
        raise _unusable("the list is of another authority")
    if not fits or not may_sign_lists(above):
        raise _unusable("the list is not signed by the certificate's issuer")
    until = _within(found.last_update_utc, found.next_update_utc, now)
    if entry is not None and _reason(entry) is not x509.ReasonFlags.remove_from_crl:
        raise _revoked(of, entry.revocation_date_utc)
    return until


def _check_extensions(found: x509.CertificateRevocationList, of: x509.Certificate) -> None:
    for one in found.extensions:
        if isinstance(one.value, x509.DeltaCRLIndicator):
            raise _unusable("the list has changes only")
        if isinstance(one.value, x509.IssuingDistributionPoint):
            _check_scope(one.value, of)
        elif one.critical and not isinstance(one.value, _KNOWN_IN_LISTS):
            raise _unusable("the list has a critical extension that is not known here")


def _check_scope(scope: x509.IssuingDistributionPoint, of: x509.Certificate) -> None:
    authority = is_authority(of)
    foreign = (
        scope.indirect_crl
        or scope.only_some_reasons
        or scope.only_contains_attribute_certs
        or (scope.only_contains_ca_certs and not authority)
        or (scope.only_contains_user_certs and authority)
    )
    named = {name.value for name in scope.full_name or () if isinstance(name, x509.UniformResourceIdentifier)}
    here = set(list_addresses(of.public_bytes(serialization.Encoding.DER)))
    if foreign or (named and here and not named & here):
        raise _unusable("the list is for other certificates")


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return None


# --- answers ----------------------------------------------------------------------------------------


def question(certificate: bytes, issuer: bytes, nonce: bytes) -> bytes:
    """Give an OCSPRequest (DER) about a certificate. RFC 6960, section 4.1; the nonce of RFC 8954."""
    of, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
    # SHA-1 names the issuer here, it protects nothing; many responders know no other (RFC 5019)
    builder = ocsp.OCSPRequestBuilder().add_certificate(of, above, hashes.SHA1())  # noqa: S303
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return request.public_bytes(serialization.Encoding.DER)


def check_answer(
    data: bytes, *, certificate: bytes, issuer: bytes, nonce: bytes, now: datetime
) -> tuple[datetime, bytes | None]:
    """Give until when an OCSP answer (DER) may be relied on, which says that the certificate is good.

    With it the certificate of who answered, if that must be known not to be revoked either.

    Raises: KeyMaterialError: ``certificate-revoked``; ``revocation-data`` naming what is wrong with it.
    """
    of, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
    try:
        answer = ocsp.load_der_ocsp_response(data)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _unusable(f"it answered {answer.response_status.name.lower()}")
        responses = [one for one in answer.responses if is_about(one, of, above)]
        given = _nonce(answer)
        signer = responder(answer, above, now)
    except KeyMaterialError:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(f"the answer cannot be read ({type(error).__name__})") from error
    if not responses:
        raise _unusable("the answer is about another certificate")
    if given is not None and given != nonce:
        raise _unusable("it answers another question (nonce)")
    if signer is None:
        raise _unusable("the answer is not signed by whom the issuer lets answer")
    one = responses[0]
    if one.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        raise _revoked(of, one.revocation_time_utc)
    if one.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        raise _unusable("its issuer's responder does not know the certificate")
    until = _within(one.this_update_utc, one.next_update_utc or one.this_update_utc + UNDATED, now)
    return until, None if signer == above or _need_not_be_asked(signer) else _der(signer)


def _nonce(answer: ocsp.OCSPResponse) -> bytes | None:
    try:
        return answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None  # allowed: responders that sign in advance leave it out (RFC 5019, section 4)


def _need_not_be_asked(responder: x509.Certificate) -> bool:
    """Tell whether its issuer says that the responder need not be asked about (id-pkix-ocsp-nocheck)."""
    try:
        responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except x509.ExtensionNotFound:
        return False
    return True


# --- both -------------------------------------------------------------------------------------------


def _within(begins: datetime, ends: datetime | None, now: datetime) -> datetime:
    if begins > now + SKEW:
        raise _unusable("it is of the future")
    if ends is None or ends <= now:
        raise _unusable("it is out of date")
    return ends


def _key(certificate: x509.Certificate) -> Asked:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise _unusable("its issuer's key is of a kind that is not known here")
    return key


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _unusable(reason: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"This says nothing about the certificate: {reason}.",
        code="revocation-data",
        facts={"reason": reason},
    )


def _revoked(certificate: x509.Certificate, when: datetime | None) -> KeyMaterialError:
    name = certificate.subject.rfc4514_string()[:200]
    return KeyMaterialError(
        f"The certificate of {name} was revoked{f' on {when:%Y-%m-%d}' if when else ''}.",
        code="certificate-revoked",
        action="Sign with another key: take or make one on the page of documents' signatures.",
        facts={"got": name, "time": when.isoformat() if when else ""},
    )
