# SPDX-License-Identifier: Apache-2.0
"""Certificates made from kept keys are read and trusted by an independent library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gakusho.errors import KeyMaterialError
from gakusho.proof import Signer
from gakusho.proof.certificates import Subject, self_issued
from gakusho.proof.signers.encrypted_key import SIGNER

SECRET = bytes(range(180, 212))
BEGIN = datetime(2026, 4, 1, 9, 30, 15, 999, tzinfo=UTC)
SUBJECT = Subject(
    organization="御影大学",
    country="JP",
    common_name="Mikage University",
    organization_id="NTRJP-1234567890123",
)


def make(algorithm: str) -> Signer:
    return SIGNER.open(SIGNER.create(algorithm, SECRET), SECRET)


def authority(signer: Signer) -> bytes:
    return self_issued(
        signer, subject=SUBJECT, serial=1, not_before=BEGIN, not_after=BEGIN + timedelta(days=9000)
    )


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256", "P-384", "RSA-3072"])
def test_a_leaf_under_an_authority_verifies(algorithm: str) -> None:
    issuer, leaf = make(algorithm), make("P-256")
    parent = authority(issuer)
    der = self_issued(
        leaf,
        subject=Subject(organization="御影大学", country="JP", unit="教務課"),
        serial=2**150,
        not_before=BEGIN,
        not_after=BEGIN + timedelta(days=900),
        issuer_signer=issuer,
        issuer_certificate=parent,
    )
    above, below = x509.load_der_x509_certificate(parent), x509.load_der_x509_certificate(der)
    above.verify_directly_issued_by(above)
    below.verify_directly_issued_by(above)
    assert below.serial_number == 2**150
    assert below.not_valid_before_utc == BEGIN.replace(microsecond=0)
    assert above.not_valid_after_utc.year == 2050
    name = {part.oid: part.value for part in above.subject}
    assert name[NameOID.ORGANIZATION_NAME] == "御影大学"
    assert name[NameOID.ORGANIZATION_IDENTIFIER] == "NTRJP-1234567890123"
    assert below.public_key() == leaf.public_key.cryptography_key()


def test_the_authority_issues_only_and_the_leaf_signs_documents_only() -> None:
    issuer, leaf = make("P-256"), make("P-256")
    parent = authority(issuer)
    der = self_issued(
        leaf,
        subject=SUBJECT,
        serial=2,
        not_before=BEGIN,
        not_after=BEGIN + timedelta(days=900),
        issuer_signer=issuer,
        issuer_certificate=parent,
    )
    above = x509.load_der_x509_certificate(parent).extensions
    below = x509.load_der_x509_certificate(der).extensions
    assert above.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    usage = above.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    assert below.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = below.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    purposes = list(below.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert [purpose.dotted_string for purpose in purposes] == ["1.3.6.1.5.5.7.3.36"]
    assert ExtendedKeyUsageOID.SERVER_AUTH not in purposes
    own = above.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert below.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier == own
    expected = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key.cryptography_key())
    assert own == expected.digest


def test_an_issuer_that_does_not_fit_is_refused() -> None:
    issuer, other, leaf = make("P-256"), make("P-256"), make("P-256")
    parent = authority(issuer)
    end = BEGIN + timedelta(days=900)
    below = self_issued(
        leaf,
        subject=SUBJECT,
        serial=2,
        issuer_signer=issuer,
        issuer_certificate=parent,
        not_before=BEGIN,
        not_after=end,
    )
    for signer, certificate, reason in (
        (other, parent, "not that of the issuer's key"),
        (leaf, below, "may not issue certificates"),
        (issuer, None, "."),
        (None, parent, "."),
    ):
        with pytest.raises(KeyMaterialError, match=reason):
            self_issued(
                leaf,
                subject=SUBJECT,
                serial=3,
                issuer_signer=signer,
                issuer_certificate=certificate,
                not_before=BEGIN,
                not_after=end,
            )
    with pytest.raises(KeyMaterialError, match="outlive"):
        self_issued(
            leaf,
            subject=SUBJECT,
            serial=3,
            not_before=BEGIN,
            not_after=BEGIN + timedelta(days=9001),
            issuer_signer=issuer,
            issuer_certificate=parent,
        )


@pytest.mark.parametrize("serial", [0, -1, 2**159])
def test_a_serial_out_of_range_is_refused(serial: int) -> None:
    with pytest.raises(KeyMaterialError):
        self_issued(
            make("P-256"),
            subject=SUBJECT,
            serial=serial,
            not_before=BEGIN,
            not_after=BEGIN + timedelta(days=1),
        )


def test_a_certificate_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(KeyMaterialError):
        self_issued(make("P-256"), subject=SUBJECT, serial=1, not_before=BEGIN, not_after=BEGIN)


def test_the_ids_of_the_key_stand_in_the_certificate() -> None:
    der = self_issued(
        make("P-256"),
        subject=SUBJECT,
        serial=1,
        not_before=BEGIN,
        not_after=BEGIN + timedelta(days=1),
        uris=("did:web:u.example#key-1",),
    )
    names = x509.load_der_x509_certificate(der).extensions
    found = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.UniformResourceIdentifier) == ["did:web:u.example#key-1"]
