# SPDX-License-Identifier: Apache-2.0
"""A list or an answer is kept only if it says that this certificate is good, now, by its issuer's word."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from gakusho.errors import KeyMaterialError
from gakusho.proof.certificates import Subject, self_issued
from gakusho.proof.revocation import revocation_list
from gakusho.proof.revocation_checks import (
    answer_addresses,
    check_answer,
    check_list,
    is_self_issued,
    issuer_addresses,
    list_addresses,
    question,
)
from gakusho.proof.signers.encrypted_key import KeptSigner

NOW = datetime.fromisoformat("2026-03-25T01:30:00+00:00")
DAY = timedelta(days=1)
NONCE = bytes(range(16))
LIST, ANSWERS, ABOVE = "http://ca.example/x.crl", "http://ocsp.example/", "http://ca.example/ca.cer"


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def der(one: Any) -> bytes:
    return bytes(one.public_bytes(serialization.Encoding.DER))


@cache
def made(
    name: str,
    above: str,
    *,
    authority: bool = False,
    serial: int = 7,
    uses: tuple[x509.ObjectIdentifier, ...] = (),
    nocheck: bool = False,
    addresses: bool = False,
    ends: timedelta = 900 * DAY,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(above))
        .public_key(key(name).public_key())
        .serial_number(serial)
        .not_valid_before(NOW - 30 * DAY)
        .not_valid_after(NOW + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(uses)), critical=False)
    if nocheck:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if addresses:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(LIST)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        places = [
            x509.AccessDescription(method, x509.UniformResourceIdentifier(address))
            for method, address in (
                (AuthorityInformationAccessOID.OCSP, ANSWERS),
                (AuthorityInformationAccessOID.OCSP, "ldap://ca.example/"),
                (AuthorityInformationAccessOID.CA_ISSUERS, ABOVE),
            )
        ]
        builder = builder.add_extension(x509.AuthorityInformationAccess(places), critical=False)
    return builder.sign(key(above), hashes.SHA256())


ROOT, LEAF = made("Root", "Root", authority=True, serial=1), made("Leaf", "Root", addresses=True)
OTHER = made("Other", "Other", authority=True, serial=1)


def listed(
    *revoked: int,
    by: str = "Root",
    issuer: str | None = None,
    at: datetime = NOW,
    until: timedelta = 7 * DAY,
    extension: tuple[x509.ExtensionType, bool] | None = None,
    over: Any = None,
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(named(issuer or by))
        .last_update(at)
        .next_update(at + until)
    )
    for serial in revoked:
        one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - DAY).build()
        builder = builder.add_revoked_certificate(one)
    if extension:
        builder = builder.add_extension(*extension)
    return der(builder.sign(key(by), over or hashes.SHA256()))


def on_list(data: bytes, certificate: x509.Certificate = LEAF, issuer: x509.Certificate = ROOT) -> datetime:
    return check_list(data, certificate=der(certificate), issuer=der(issuer), now=NOW)


def scope(**given: Any) -> tuple[x509.ExtensionType, bool]:
    values: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**values, **given}), True


def place(address: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(address)]


def test_a_certificate_tells_where_to_ask() -> None:
    assert list_addresses(der(LEAF)) == [LIST]
    assert answer_addresses(der(LEAF)) == [ANSWERS], "over the web only"
    assert issuer_addresses(der(LEAF)) == [ABOVE]
    assert list_addresses(der(ROOT)) == answer_addresses(der(ROOT)) == issuer_addresses(der(ROOT)) == []
    assert is_self_issued(der(ROOT))
    assert not is_self_issued(der(LEAF))


@pytest.mark.parametrize(
    "data",
    [
        listed(),
        listed(8, 9),
        listed(extension=scope(only_contains_user_certs=True)),
        listed(extension=scope(full_name=place(LIST))),
        listed(extension=(x509.CRLNumber(4), False)),
    ],
)
def test_a_list_that_does_not_name_the_certificate_is_evidence(data: bytes) -> None:
    assert on_list(data) == NOW + 7 * DAY


def test_the_list_of_our_own_authority_is_evidence() -> None:
    signer = KeptSigner(ec.generate_private_key(ec.SECP384R1()))
    subject = Subject(organization="School", country="JP")
    above = self_issued(signer, subject=subject, serial=1, not_before=NOW - DAY, not_after=NOW + 900 * DAY)
    leaf = self_issued(
        KeptSigner(key("ours")),
        subject=subject,
        serial=7,
        not_before=NOW - DAY,
        not_after=NOW + DAY,
        issuer_signer=signer,
        issuer_certificate=above,
        lists=("https://school.example/i/school/crl/1.crl",),
    )
    assert list_addresses(leaf) == ["https://school.example/i/school/crl/1.crl"]
    for revoked in ((), ((7, NOW - DAY),)):
        data = revocation_list(
            signer, above, number=1, this_update=NOW, next_update=NOW + DAY, revoked=revoked
        )
        if not revoked:
            assert check_list(data, certificate=leaf, issuer=above, now=NOW) == NOW + DAY
            continue
        with pytest.raises(KeyMaterialError) as caught:
            check_list(data, certificate=leaf, issuer=above, now=NOW)
        assert caught.value.code == "certificate-revoked"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"<html>", "cannot be read"),
        (listed(by="Other"), "another authority"),
        (listed(by="Other", issuer="Root"), "not signed"),
        (listed(at=NOW + DAY), "future"),
        (listed(at=NOW - 8 * DAY), "out of date"),
        (listed(extension=(x509.DeltaCRLIndicator(3), True)), "changes only"),
        (listed(extension=scope(only_contains_ca_certs=True)), "other certificates"),
        (listed(extension=scope(indirect_crl=True)), "other certificates"),
        (listed(extension=scope(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}))), "other"),
        (listed(extension=scope(full_name=place("http://ca.example/y.crl"))), "other certificates"),
        (listed()[:-1] + bytes([listed()[-1] ^ 1]), "not signed"),
    ],
)
def test_what_says_nothing_of_the_certificate_is_refused(data: bytes, reason: str) -> None:
    assert on_list(listed())
    with pytest.raises(KeyMaterialError, match=reason) as caught:
        on_list(data)
    assert caught.value.code == "revocation-data"


def test_a_list_that_names_the_certificate_tells_of_its_revocation() -> None:
    with pytest.raises(KeyMaterialError, match="was revoked on 2026-03-24") as caught:
        on_list(listed(7))
    assert caught.value.code == "certificate-revoked"


def answered(
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    about: x509.Certificate = LEAF,
    by: x509.Certificate = ROOT,
    at: datetime = NOW,
    until: timedelta | None = 2 * DAY,
    nonce: bytes | None = NONCE,
    algorithm: Any = None,
) -> bytes:
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about,
        issuer=ROOT,
        algorithm=algorithm or hashes.SHA1(),
        cert_status=status,
        this_update=at,
        next_update=at + until if until else None,
        revocation_time=NOW - DAY if status is ocsp.OCSPCertStatus.REVOKED else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by)
    if by is not ROOT:
        builder = builder.certificates([by])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    subject = by.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    return der(builder.sign(key(str(subject)), hashes.SHA256()))


def by_answer(data: bytes) -> tuple[datetime, bytes | None]:
    return check_answer(data, certificate=der(LEAF), issuer=der(ROOT), nonce=NONCE, now=NOW)


FOR_ANSWERS = (ExtendedKeyUsageOID.OCSP_SIGNING,)
DELEGATE = made("Responder", "Root", serial=8, uses=FOR_ANSWERS, nocheck=True)
TO_BE_ASKED = made("Responder 2", "Root", serial=9, uses=FOR_ANSWERS)


def test_the_question_names_the_certificate_and_carries_a_nonce() -> None:
    asked = ocsp.load_der_ocsp_request(question(der(LEAF), der(ROOT), NONCE))
    assert asked.serial_number == 7
    assert asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE


def test_good_answers_are_evidence() -> None:
    assert by_answer(answered()) == (NOW + 2 * DAY, None)
    assert by_answer(answered(algorithm=hashes.SHA256())) == (NOW + 2 * DAY, None)
    assert by_answer(answered(nonce=None))[1] is None, "responders that sign in advance send none"
    assert by_answer(answered(until=None))[0] == NOW + DAY
    assert by_answer(answered(by=DELEGATE)) == (NOW + 2 * DAY, None)
    assert by_answer(answered(by=TO_BE_ASKED)) == (NOW + 2 * DAY, der(TO_BE_ASKED))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"\x30\x03\x0a\x01\x06", "unauthorized"),
        (answered(nonce=bytes(16)), "nonce"),
        (answered(about=made("Leaf 2", "Root", serial=70)), "another certificate"),
        (answered(status=ocsp.OCSPCertStatus.UNKNOWN), "does not know"),
        (answered(at=NOW + DAY), "future"),
        (answered(at=NOW - 3 * DAY), "out of date"),
        (answered(at=NOW - 2 * DAY, until=None), "out of date"),
        (answered()[:-1] + bytes([answered()[-1] ^ 1]), "lets answer"),
        (answered(by=made("Anybody", "Root", serial=10)), "lets answer"),
        (answered(by=made("Foreign", "Other", serial=11, uses=FOR_ANSWERS)), "lets answer"),
        (answered(by=made("Old", "Root", serial=12, uses=FOR_ANSWERS, ends=-DAY)), "lets answer"),
    ],
)
def test_what_answers_something_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(KeyMaterialError, match=reason) as caught:
        by_answer(data)
    assert caught.value.code == "revocation-data"


def test_an_answer_tells_of_the_revocation() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        by_answer(answered(status=ocsp.OCSPCertStatus.REVOKED))
    assert caught.value.code == "certificate-revoked"
