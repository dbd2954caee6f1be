# SPDX-License-Identifier: Apache-2.0
"""Whether a certificate was revoked at a time in the past, by the lists and answers kept with a document.

RFC 5280, sections 5 and 6.3; RFC 6960. Nobody is asked. What is judged here is old by nature: a list that was
the newest at that time counts, and so does any later one as long as it still has to name the certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp

from gakusho.proof.revocation import Evidence
from gakusho.proof.revocation_evidence import (
    MAX_ANSWER,
    MAX_LIST,
    SKEW,
    UNDATED,
    WEAK,
    is_about,
    is_authority,
    may_sign_lists,
    responder,
)

MAX_KEPT = 64
"""Lists, and answers, that are looked at for one certificate."""
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
    current = begins <= at + SKEW and ends is not None and at <= ends
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
    if found.issuer != issuer.subject or isinstance(found.signature_hash_algorithm, WEAK):
        return None
    if not isinstance(key, _Key) or not may_sign_lists(issuer) or not _covers(found, of):
        return None
    return found if found.is_signature_valid(key) else None


def _covers(found: x509.CertificateRevocationList, of: x509.Certificate) -> bool:
    """Tell whether the list is about all certificates of the kind. RFC 5280, section 5.2.5."""
    for one in found.extensions:
        scope = one.value
        if isinstance(scope, x509.DeltaCRLIndicator):
            return False
        if isinstance(scope, x509.IssuingDistributionPoint):
            authority = is_authority(of)
            if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
                return False
            if (scope.only_contains_ca_certs and not authority) or (
                scope.only_contains_user_certs and authority
            ):
                return False
        elif one.critical and isinstance(scope, x509.UnrecognizedExtension):
            return False
    return True


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
    return answer if responder(answer, issuer, answer.produced_at_utc) else None


def _response(
    one: ocsp.OCSPSingleResponse, of: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> Revocation | None:
    if not is_about(one, of, issuer) or one.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    since = one.revocation_time_utc if one.certificate_status is ocsp.OCSPCertStatus.REVOKED else None
    begins = one.this_update_utc
    return _judged(of, at, begins=begins, ends=one.next_update_utc or begins + UNDATED, since=since)
