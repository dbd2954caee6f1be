# SPDX-License-Identifier: Apache-2.0
"""Whether a certificate was revoked at a time in the past is told by what was kept, and by nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.fakes.archive import SCHOOL, SIGNED, TIME, WEEK, authority, key

from gakusho.proof.revocation import Evidence
from gakusho.proof.revoked_when import State, revocation_at

DAY = timedelta(days=1)
ABOVE = authority(SCHOOL).certificate
ENDS = SIGNED + timedelta(days=900)
GOOD, REVOKED, UNKNOWN = State.GOOD, State.REVOKED, State.UNKNOWN


@cache
def leaf() -> bytes:
    return authority(SCHOOL).leaf(key("P-256", 2), SCHOOL)


def crl(
    made: datetime = SIGNED, *, revoked: datetime | None = None, by: str = SCHOOL, **more: object
) -> bytes:
    """Give a list, as any program writes it."""
    above = authority(by)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_der_x509_certificate(above.certificate).subject)
        .last_update(made)
        .next_update(made + WEEK)
    )
    if revoked is not None:
        entry = x509.RevokedCertificateBuilder().serial_number(7).revocation_date(revoked)
        if isinstance(lost := more.get("lost"), datetime):
            entry = entry.add_extension(x509.InvalidityDate(lost.replace(tzinfo=None)), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    if isinstance(scope := more.get("scope"), x509.ExtensionType):
        builder = builder.add_extension(scope, critical=True)
    signed = builder.sign(above.signer._key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def answer(
    made: datetime = SIGNED,
    *,
    revoked: datetime | None = None,
    responder: bytes | None = None,
    which: int = 0,
) -> bytes:
    """Give an OCSP answer, by the authority or by whom it lets answer."""
    signer = authority(SCHOOL).signer if responder is None else key("P-256", which)
    by = x509.load_der_x509_certificate(responder or ABOVE)
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(leaf()),
            issuer=x509.load_der_x509_certificate(ABOVE),
            algorithm=hashes.SHA1(),  # it names, it does not protect
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=made,
            next_update=made + WEEK,
            revocation_time=revoked,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, by)
        .certificates([by])
    )
    made_by = builder.sign(signer._key, hashes.SHA256())
    return made_by.public_bytes(serialization.Encoding.DER)


def responder(which: int, *, purpose: bool = True, by: str = SCHOOL) -> bytes:
    above = authority(by)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "OCSP")]))
        .issuer_name(x509.load_der_x509_certificate(above.certificate).subject)
        .public_key(key("P-256", which)._key.public_key())
        .serial_number(55)
        .not_valid_before(SIGNED - 4 * WEEK)
        .not_valid_after(ENDS)
    )
    if purpose:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False
        )
    signed = builder.sign(above.signer._key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def state(*lists: bytes, answers: tuple[bytes, ...] = (), at: datetime = SIGNED + DAY) -> State:
    return revocation_at(leaf(), ABOVE, Evidence(lists=lists, answers=answers), at).state


@pytest.mark.parametrize("make", [crl, answer], ids=["list", "answer"])
def test_evidence_counts_when_it_was_current_or_came_later(make: object) -> None:
    assert callable(make)

    def of(data: bytes, at: datetime = SIGNED + DAY) -> State:
        return state(data, at=at) if make is crl else state(answers=(data,), at=at)

    assert of(make()) is GOOD
    assert of(make(SIGNED + 60 * DAY)) is GOOD, "later, and the certificate still had to be listed"
    assert of(make(SIGNED - 30 * DAY)) is UNKNOWN, "it had run out by then"
    assert of(make(ENDS + DAY)) is UNKNOWN, "what has ended is no longer listed"
    assert of(make(revoked=SIGNED)) is REVOKED
    assert of(make(SIGNED + 60 * DAY, revoked=SIGNED + 9 * DAY)) is GOOD, "at that time it was not"
    assert of(make(SIGNED + 60 * DAY, revoked=SIGNED + 9 * DAY), SIGNED + 9 * DAY) is REVOKED


def test_when_a_later_revocation_was_is_told() -> None:
    evidence = Evidence(lists=(crl(SIGNED + 60 * DAY, revoked=SIGNED + 9 * DAY),))
    assert revocation_at(leaf(), ABOVE, evidence, SIGNED).since == SIGNED + 9 * DAY


def test_one_that_says_revoked_outweighs_any_that_say_nothing() -> None:
    assert state(crl(), crl(SIGNED + DAY, revoked=SIGNED)) is REVOKED
    assert state(crl(), answers=(answer(revoked=SIGNED),)) is REVOKED


def test_a_key_lost_before_the_revocation_was_written_down_is_lost_from_then_on() -> None:
    assert state(crl(SIGNED + 60 * DAY, revoked=SIGNED + 9 * DAY, lost=SIGNED)) is REVOKED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30\x03\x02\x01\x01",
        crl(by=TIME),
        crl()[:-1] + bytes((crl()[-1] ^ 1,)),
        crl(scope=x509.DeltaCRLIndicator(1)),
        crl(
            scope=x509.IssuingDistributionPoint(
                full_name=None,
                relative_name=None,
                only_contains_user_certs=False,
                only_contains_ca_certs=True,
                only_some_reasons=None,
                indirect_crl=False,
                only_contains_attribute_certs=False,
            )
        ),
    ],
    ids=["nothing", "noise", "another authority's", "altered", "changes only", "of authorities only"],
)
def test_a_list_that_says_nothing_is_unknown(data: bytes) -> None:
    assert state(data) is UNKNOWN


def test_an_answer_is_believed_from_whom_the_issuer_lets_answer() -> None:
    assert state(answers=(answer(responder=responder(8), which=8),)) is GOOD
    assert state(answers=(answer(responder=responder(8, purpose=False), which=8),)) is UNKNOWN
    assert state(answers=(answer(responder=responder(8, by=TIME), which=8),)) is UNKNOWN
    assert state(answers=(b"", b"\x30\x03\x0a\x01\x06")) is UNKNOWN
