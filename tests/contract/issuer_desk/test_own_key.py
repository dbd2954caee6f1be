# SPDX-License-Identifier: Apache-2.0
"""An institution brings its own key and certificates; what it signs is verified as before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from sqlalchemy import select
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, a_desk, approved, learners, open_desk

from gakusho.errors import ConflictError, ForbiddenError, InputError
from gakusho.fetch import MemoryFetcher
from gakusho.issuer import institutions, issuing, levels, own_key, publication
from gakusho.issuer.choices import Choices
from gakusho.model.report import Outcome
from gakusho.store.tables import AwardRow, SealedRow
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify

PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)
NOW = datetime.now(UTC)
PASSWORD = "試験 pass"


@cache
def key(kind: str) -> Any:
    match kind:
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, int(kind[4:]))


def certificate(
    name: str, public: Any, by: str, signing: Any, *, ca: bool = False, days: int = 700, signs: bool = True
) -> x509.Certificate:
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, by)]
    usage = x509.KeyUsage(
        digital_signature=signs and not ca, content_commitment=False, key_encipherment=not signs,
        data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=800))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(signing, hashes.SHA256())
    )


def file(
    kind: str = "P-256", *, of: str | None = None, password: str = PASSWORD, alone: bool = False, **leaf: Any
) -> bytes:
    """Give a PKCS #12 file with a chain of three, the two above the leaf in the wrong order."""
    root, middle = key("RSA-3072"), ec.generate_private_key(ec.SECP256R1())
    above = [
        certificate("Root", root.public_key(), "Root", root, ca=True),
        certificate("Issuing", middle.public_key(), "Root", root, ca=True),
    ]
    own = certificate("東都学芸大学", key(of or kind).public_key(), "Issuing", middle, **leaf)
    secrecy = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"seal", key(kind), own, [] if alone else above, secrecy)


@pytest.fixture
def kind() -> str:
    """What is kept of a key is the same on both databases; test_institutions.py tests it on both."""
    return "sqlite"


@pytest.fixture
def beginning() -> Beginning:
    return a_desk


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


@pytest.mark.parametrize("algorithm", ["P-256", "RSA-4096"])
def test_documents_are_signed_with_the_institutions_own_key(
    workplace: Workplace, desk: Desk, algorithm: str
) -> None:
    with workplace.work() as work:
        taken = own_key.take(work, desk.administrator, file(algorithm), PASSWORD)
        assert (taken.purpose, taken.algorithm, taken.state) == ("document", algorithm, "active")
        assert levels.signing(work, desk.institution.id).subject == "CN=東都学芸大学"
        states = [
            one.state for one in institutions.keys(work, desk.institution.id) if one.purpose == "document"
        ]
        assert states == ["active", "retired"]
        sealing = institutions.sealing(work, desk.institution.id, verification_link=lambda _: None)
        assert sealing.document_key is not None
        chain = [x509.load_der_x509_certificate(one) for one in sealing.document_key.certificates]
        names = [one.subject.rfc4514_string() for one in chain]
        assert names == ["CN=東都学芸大学", "CN=Issuing", "CN=Root"], "in order"
        batch = approved(work, desk, learners(1), choices=PAGES)
    assert issuing.issue_some(workplace, batch.id) == 1
    with workplace.work() as work:
        sealed = work.session.scalars(select(SealedRow).where(SealedRow.format == "signed-pdf")).one()
        data = sealed.data or work.files.get(sealed.file or "")
        award = work.session.scalars(select(AwardRow.id)).one()
        documents = publication.documents_of(work, [award])
        report = verify(data, now=work.now, fetcher=MemoryFetcher(documents, now=lambda: NOW))
    checks = {check.code: check for check in report.checks}
    assert checks["pdf.signer-key"].outcome is Outcome.VALID, "published, so that a stranger can ask for it"
    assert all(check.outcome is Outcome.VALID for check in report.checks)


def test_a_file_without_a_password_is_taken_too(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        assert own_key.take(work, desk.administrator, file(password=""), "").algorithm == "P-256"


UNFIT: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "wrong", "pkcs12"),
    ({}, "", "pkcs12"),
    ({"kind": "Ed25519"}, PASSWORD, "document-certificate"),
    ({"kind": "P-521"}, PASSWORD, "document-certificate"),
    ({"kind": "RSA-1024"}, PASSWORD, "document-certificate"),
    ({"days": -1}, PASSWORD, "certificate-time"),
    ({"signs": False}, PASSWORD, "certificate-use"),
    # no reader could follow the signer to an authority, and the page would call it the institution's own
    ({"alone": True}, PASSWORD, "certificate-link"),
)


def test_what_cannot_sign_documents_is_refused_and_nothing_changes(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        before = institutions.keys(work, desk.institution.id)
        for given, password, code in UNFIT:
            with pytest.raises(InputError) as caught:
                own_key.take(work, desk.administrator, file(**given), password)
            assert caught.value.code == code, (given, password)
        assert institutions.keys(work, desk.institution.id) == before


def test_bytes_that_are_no_key_file_are_refused(workplace: Workplace, desk: Desk) -> None:
    for data in (b"", b"\x30\x82", b"PK\x03\x04", bytes(own_key.MAX_BYTES + 1)):
        with workplace.work() as work, pytest.raises(InputError) as caught:
            own_key.take(work, desk.administrator, data, PASSWORD)
        assert caught.value.code == "pkcs12", data[:4]


def test_the_same_key_is_not_taken_twice(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        own_key.take(work, desk.administrator, file(), PASSWORD)
        with pytest.raises(ConflictError) as caught:
            own_key.take(work, desk.administrator, file(), PASSWORD)
        assert caught.value.code == "key-known"


def test_only_an_administrator_brings_a_key(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work, pytest.raises(ForbiddenError):
        own_key.take(work, desk.preparer, file(), PASSWORD)


def test_an_institution_named_by_its_key_keeps_it(workplace: Workplace) -> None:
    with workplace.work() as work:
        named = open_desk(work, slug="momiji", did="did:key")
        with pytest.raises(ConflictError) as caught:
            own_key.take(work, named.administrator, file(), PASSWORD)
        assert caught.value.code == "did-key-fixed"
