# SPDX-License-Identifier: Apache-2.0
"""Whether a certificate was revoked at a time in the past, by the lists and answers kept with a document.

RFC 5280, sections 5 and 6.3; RFC 6960. Nobody is asked. What is judged here is old by nature: a list that was
the newest at that time counts, and so does any later one as long as it still has to name the certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gakusho.proof.revocation import Evidence

MAX_LIST = 20 * 1_048_576
MAX_ANSWER = 65_536
MAX_KEPT = 64
"""Lists, and answers, that are looked at for one certificate."""
_UNDATED = timedelta(days=1)
_SKEW = timedelta(minutes=10)
_WEAK = (hashes.MD5, hashes.SHA1)
_NAMES = ("sha1", "sha256", "sha384", "sha512")
_Key = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


class State(StrEnum):
    """What the evidence says."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """Whether a certificate was revoked, and by what that is known."""

    state: State
    since: datetime | None = None
    """When it was revoked; also if that was later than the time asked for, and the state therefore good."""
    told: datetime | None = None
    """When the list or the answer was made that says so."""


UNKNOWN = Revocation(state=State.UNKNOWN)


def revocation_at(certificate: bytes, issuer: bytes, evidence: Evidence, at: datetime) -> Revocation:
    """Tell whether a certificate (DER) was revoked at a time; never raises for bad evidence.

    One that was revoked by any evidence was; if none says so, it was not as soon as one that counts for that
    time does not name it.
    """
    try:
        of, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
        if of.issuer != above.subject:
            return UNKNOWN
        found = [*_by_lists(of, above, evidence.lists, at), *_by_answers(of, above, evidence.answers, at)]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return UNKNOWN
    for state in (State.REVOKED, State.GOOD):
        told = [one for one in found if one.state is state]
        if told:
            return max(told, key=lambda one: (one.since is not None, one.told))
    return UNKNOWN


def _judged(
    of: x509.Certificate,
    at: datetime,
    *,
    begins: datetime,
    ends: datetime | None,
    since: datetime | None,
) -> Revocation | None:
    """Give what one piece of evidence, made at ``begins``, says of the time ``at``."""
    if since is not None:
        state = State.REVOKED if since <= at else State.GOOD
        return Revocation(state=state, since=since, told=begins)
    current = begins <= at + _SKEW and ends is not None and at <= ends
    # later evidence says it as well, while a list still has to name the certificate: until that ran out
    if current or at <= begins <= of.not_valid_after_utc:
        return Revocation(state=State.GOOD, told=begins)
    return None


# --- lists ------------------------------------------------------------------------------------------


def _by_lists(
    of: x509.Certificate, issuer: x509.Certificate, lists: Sequence[bytes], at: datetime
) -> Iterator[Revocation]:
    for data in lists[:MAX_KEPT]:
        try:
            found = _list(data, of, issuer)
            if found is None:
                continue
            entry = found.get_revoked_certificate_by_serial_number(of.serial_number)
            since = None if entry is None else _since(entry)
            judged = _judged(of, at, begins=found.last_update_utc, ends=found.next_update_utc, since=since)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if judged is not None:
            yield judged


def _list(
    data: bytes, of: x509.Certificate, issuer: x509.Certificate
) -> x509.CertificateRevocationList | None:
    """Give a list that is the issuer's, and about such certificates."""
    if len(data) > MAX_LIST:
        return None
    found = x509.load_der_x509_crl(data)
    key = issuer.public_key()
    if found.issuer != issuer.subject or isinstance(found.signature_hash_algorithm, _WEAK):
        return None
    if not isinstance(key, _Key) or not _may_sign_lists(issuer) or not _covers(found, of):
        return None
    return found if found.is_signature_valid(key) else None


def _may_sign_lists(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _covers(found: x509.CertificateRevocationList, of: x509.Certificate) -> bool:
    """Tell whether the list is about all certificates of the kind. RFC 5280, section 5.2.5."""
    for one in found.extensions:
        scope = one.value
        if isinstance(scope, x509.DeltaCRLIndicator):
            return False
        if isinstance(scope, x509.IssuingDistributionPoint):
            authority = _is_authority(of)
            if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
                return False
            if (scope.only_contains_ca_certs and not authority) or (
                scope.only_contains_user_certs and authority
            ):
                return False
        elif one.critical and isinstance(scope, x509.UnrecognizedExtension):
            return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _since(entry: x509.RevokedCertificate) -> datetime | None:
    """Give since when it is revoked: the earlier of when that was written, and when the key was lost."""
    since = entry.revocation_date_utc
    for one in entry.extensions:
        if isinstance(one.value, x509.CRLReason) and one.value.reason is x509.ReasonFlags.remove_from_crl:
            return None
        if isinstance(one.value, x509.InvalidityDate):
            since = min(since, one.value.invalidity_date_utc)
    return since


# --- answers ----------------------------------------------------------------------------------------


def _by_answers(
    of: x509.Certificate, issuer: x509.Certificate, answers: Sequence[bytes], at: datetime
) -> Iterator[Revocation]:
    for data in answers[:MAX_KEPT]:
        try:
            answer = _answer(data, issuer)
            for one in () if answer is None else answer.responses:
                judged = _response(one, of, issuer, at)
                if judged is not None:
                    yield judged
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue


def _answer(data: bytes, issuer: x509.Certificate) -> ocsp.OCSPResponse | None:
    """Give an answer that is signed by the issuer, or by whom it lets answer. RFC 6960, section 4.2.2.2."""
    if len(data) > MAX_ANSWER:
        return None
    answer = ocsp.load_der_ocsp_response(data)
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return None
    allowed = (one for one in answer.certificates[:5] if _may_answer(one, issuer, answer.produced_at_utc))
    return answer if _signed_by_one(answer, (issuer, *allowed)) else None


def _may_answer(certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    alive = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return alive and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _signed_by_one(answer: ocsp.OCSPResponse, certificates: Iterable[x509.Certificate]) -> bool:
    over = answer.signature_hash_algorithm
    if isinstance(over, _WEAK):
        return False
    for certificate in certificates:
        key = certificate.public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey) and over is not None:
                key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), over)
            elif isinstance(key, ec.EllipticCurvePublicKey) and over is not None:
                key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(over))
            elif isinstance(key, ed25519.Ed25519PublicKey):
                key.verify(answer.signature, answer.tbs_response_bytes)
            else:
                continue
        except InvalidSignature:
            continue
        return True
    return False


def _response(
    one: ocsp.OCSPSingleResponse, of: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> Revocation | None:
    if one.serial_number != of.serial_number or one.hash_algorithm.name not in _NAMES:
        return None
    if (one.issuer_name_hash, one.issuer_key_hash) != _issuer_hashes(issuer, one.hash_algorithm):
        return None
    if one.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    since = one.revocation_time_utc if one.certificate_status is ocsp.OCSPCertStatus.REVOKED else None
    begins = one.this_update_utc
    return _judged(of, at, begins=begins, ends=one.next_update_utc or begins + _UNDATED, since=since)


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
