# SPDX-License-Identifier: Apache-2.0
"""Whose key signed a PDF, and how that is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests.vectors.signed_pdf.making import LATER, NOW, chain, university

from gakusho.errors import LimitError, NotFoundError, UnreachableError
from gakusho.formats._pdf.pades import SignatureFacts
from gakusho.formats._pdf.signer_key import organisation, signer_key_check
from gakusho.model.report import Check, Outcome
from gakusho.proof import VerificationMethod
from gakusho.proof.certificates import Subject, self_issued
from gakusho.proof.signers.encrypted_key import KeptSigner

SCHOOL = university()
DID = SCHOOL.issuer.id
DOCUMENT = SCHOOL.document.public_key
BY_KEY = f"{DID}#{DOCUMENT.multikey()}"


def facts(certificates: tuple[bytes, ...] = SCHOOL.certificates, **changes: object) -> SignatureFacts:
    plain = SignatureFacts(field="Gakusho", certificates=certificates, claimed_time=NOW)
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field of SignatureFacts


def published(identifier: str = BY_KEY, **changes: Any) -> Callable[[str], VerificationMethod]:
    """Give a look-up that knows one method."""
    plain = VerificationMethod(
        id=identifier, controller=DID, key=DOCUMENT, purposes=frozenset({"assertionMethod"})
    )
    method = replace(plain, **changes)

    def lookup(asked: str) -> VerificationMethod:
        if asked != identifier:
            raise NotFoundError(f"No {asked}.")
        return method

    return lookup


def asked(
    signature: SignatureFacts,
    lookup: Callable[[str], VerificationMethod],
    *,
    issuer_id: str | None = DID,
) -> Check:
    return signer_key_check(signature, issuer_id=issuer_id, lookup=lookup, now=LATER)


def certified(uris: tuple[str, ...], authority: KeptSigner | None = None) -> tuple[bytes, ...]:
    """Give a chain whose leaf names ``uris``."""
    authority = authority or KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    begins, ends = NOW - timedelta(days=1), NOW + timedelta(days=900)
    subject = Subject(organization="東都学芸大学", country="JP")
    root = self_issued(authority, subject=subject, serial=1, not_before=begins, not_after=ends)
    leaf = self_issued(
        SCHOOL.document,
        subject=subject,
        serial=2,
        not_before=begins,
        not_after=ends,
        issuer_signer=authority,
        issuer_certificate=root,
        uris=uris,
    )
    return leaf, root


def test_a_key_published_under_its_multikey_is_the_issuers() -> None:
    assert asked(facts(), published()).outcome is Outcome.VALID


@pytest.mark.parametrize(
    "did", [DID, "did:web:localhost%3A8000", "did:web:tohto.example:faculty:engineering"]
)
def test_a_key_published_under_the_id_its_certificate_names_is_the_issuers(did: str) -> None:
    named = f"{did}#document-1"
    check = asked(facts(certified((named,))), published(named), issuer_id=did)
    assert check.outcome is Outcome.VALID
    assert check.facts["got"] == named


def test_an_id_of_another_issuer_in_the_certificate_is_not_asked_for() -> None:
    named = "did:web:minato.example#document-1"
    seen: list[str] = []

    def lookup(asked_for: str) -> VerificationMethod:
        seen.append(asked_for)
        raise NotFoundError("No.")

    assert asked(facts(certified((named,))), lookup).outcome is Outcome.INVALID
    assert seen
    assert all(identifier.startswith(f"{DID}#") for identifier in seen)


def test_a_did_key_vouches_by_certifying_the_document_key() -> None:
    own = KeptSigner(ed25519.Ed25519PrivateKey.generate())
    did = own.public_key.did_key()
    only = f"{did}#{own.public_key.multikey()}"
    check = asked(
        facts(certified((), own)), published(only, key=own.public_key, controller=did), issuer_id=did
    )
    assert check.outcome is Outcome.VALID


def test_an_authority_that_did_not_certify_the_key_vouches_for_nothing() -> None:
    own = KeptSigner(ed25519.Ed25519PrivateKey.generate())
    did = own.public_key.did_key()
    forged = (SCHOOL.certificates[0], certified((), own)[1])
    check = asked(
        facts(forged),
        published(f"{did}#{own.public_key.multikey()}", key=own.public_key, controller=did),
        issuer_id=did,
    )
    assert check.outcome is Outcome.INVALID


def test_a_leaf_that_is_no_authority_cannot_vouch() -> None:
    middle = SCHOOL.document
    lower = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    below = self_signed_under(lower, middle)
    assert asked(facts((below, *SCHOOL.certificates)), published()).outcome is Outcome.INVALID


def self_signed_under(key: KeptSigner, parent: KeptSigner) -> bytes:
    """Give a certificate that a document key signed, which it may not."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    above = x509.load_der_x509_certificate(SCHOOL.certificates[0])
    return (
        x509.CertificateBuilder()
        .subject_name(above.subject)
        .issuer_name(above.subject)
        .public_key(key._key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=99))
        .sign(parent._key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


@pytest.mark.parametrize("error", [UnreachableError("down"), LimitError("too many")])
def test_who_could_not_be_asked_leaves_it_unknown(error: Exception) -> None:
    def lookup(_: str) -> VerificationMethod:
        raise error

    check = asked(facts(), lookup)
    assert (check.outcome, check.facts["reason"]) == (Outcome.UNKNOWN, "unreachable")


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"key": SCHOOL.credential.public_key}, Outcome.INVALID, "other-key"),
        ({"purposes": frozenset({"authentication"})}, Outcome.INVALID, "purpose"),
        ({"expires": NOW - timedelta(days=1)}, Outcome.INVALID, "key-retired"),
        ({"expires": NOW + timedelta(days=1)}, Outcome.VALID, None),
        ({"revoked": NOW - timedelta(days=1)}, Outcome.INVALID, "key-revoked"),
        ({"revoked": NOW + timedelta(days=1)}, Outcome.UNKNOWN, "key-revoked"),
    ],
)
def test_a_published_key_counts_for_its_purpose_and_in_its_time(
    changes: dict[str, Any], outcome: Outcome, reason: str | None
) -> None:
    check = asked(facts(), published(**changes))
    assert (check.outcome, check.facts.get("reason")) == (outcome, reason)


def test_without_a_credential_there_is_no_issuer_to_ask() -> None:
    check = asked(facts(), published(), issuer_id=None)
    assert (check.outcome, check.facts["reason"]) == (Outcome.UNKNOWN, "no-issuer")


@pytest.mark.parametrize(
    ("signature", "outcome", "reason"),
    [
        (facts(claimed_time=None), Outcome.UNKNOWN, "no-signing-time"),
        (facts(claimed_time=LATER + timedelta(days=1)), Outcome.INVALID, "signed-in-the-future"),
        (facts(claimed_time=NOW - timedelta(days=99)), Outcome.INVALID, "certificate-expired-when-signed"),
        (facts((b"\x30\x03abc",)), Outcome.INVALID, "certificate-unreadable"),
        (facts(()), Outcome.INVALID, "certificate-missing"),
    ],
)
def test_a_certificate_must_be_there_and_in_time(
    signature: SignatureFacts, outcome: Outcome, reason: str
) -> None:
    check = asked(signature, published())
    assert (check.outcome, check.facts["reason"]) == (outcome, reason)


def test_a_certificate_that_expired_since_needs_a_proven_time() -> None:
    authority = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    short = chain(
        SCHOOL.document, authority, not_before=NOW - timedelta(1), not_after=NOW + timedelta(days=1)
    )
    check = asked(facts(short), published())
    assert (check.outcome, check.facts["reason"]) == (Outcome.UNKNOWN, "certificate-expired-since")


def test_the_organisation_is_read_from_the_certificate() -> None:
    assert organisation(facts()) == "東都学芸大学"
    assert organisation(facts(())) is None
