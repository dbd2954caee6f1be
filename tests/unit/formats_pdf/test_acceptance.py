# SPDX-License-Identifier: Apache-2.0
"""When a document was signed and by whose word, who signed it, and what is said of documents of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from tests.fakes.archive import SCHOOL, SIGNED, TIME, Lists, authority, document_key, key, tsa
from tests.vectors.signed_pdf.making import asking, award, badge, university

from gakusho.errors import NotFoundError, SettingsError, UnreachableError, UnreadableError
from gakusho.formats import Anchors, Asking, Level
from gakusho.formats._pdf.pades_lasting import Keeping
from gakusho.formats._pdf.text import folded
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.report import Check, Outcome, combined
from gakusho.proof import VerificationMethod
from gakusho.proof.revocation import Evidence
from gakusho.verifier.sentences import sentence

SOON = SIGNED + timedelta(days=20)
AFTER_CERTIFICATE = SIGNED + timedelta(days=1_000)
"""Both the signer's certificate and that of the first time-stamp have run out (900 days)."""
CLOCK = Anchors(times=(authority(TIME).certificate,))
NAMED = Anchors(signers=(authority(SCHOOL).certificate,))
HERE = replace(
    university(),
    document=key("P-256", 2),
    certificates=document_key().certificates,
)


@cache
def made(level: Level, revoked: int | None = None) -> bytes:
    """Give a document of a level; its certificate ``revoked`` so many days after it signed."""
    given, plain = award(), document_key(level=level)
    withdrawn = [] if revoked is None else [(7, SIGNED + timedelta(days=revoked))]
    sealing = HERE.sealing(
        document_key=replace(plain, revocations=_Lists(withdrawn)),
        companions={given.id: (badge(given, HERE),)},
    )
    return FORMAT.write([given], sealing)[0].data


class _Lists(Lists):
    """Lists in which the school's authority has revoked something."""

    def __init__(self, revoked: list[tuple[int, datetime]]) -> None:
        super().__init__()
        self.revoked = revoked

    def evidence(self, chain: object) -> Evidence:
        assert isinstance(chain, tuple)
        if chain[-1] == authority(SCHOOL).certificate:
            return Evidence(lists=(authority(SCHOOL).list(*self.revoked),))
        return super().evidence(chain)


@cache
def renewed() -> bytes:
    """Give a document of B-LTA that got one more time-stamp before the first one ended."""
    later = replace(tsa(days=3_000), now=lambda: SIGNED + timedelta(days=800))
    return Keeping(later, Lists()).extended(made(Level.B_LTA))


def asked(now: datetime = SOON, anchors: Anchors | None = None) -> Asking:
    return replace(asking([HERE], now=now), anchors=anchors or Anchors())


def checked(data: bytes, given: Asking) -> dict[str, Check]:
    found = FORMAT.checks(data, given)
    assert len({one.code for one in found}) == len(found), "each check once"
    return {one.code: one for one in found}


def outcome(found: dict[str, Check]) -> Outcome:
    return combined(one.outcome for one in found.values())


@pytest.mark.parametrize(
    ("level", "anchors", "assurance"),
    [
        (Level.B_B, CLOCK, "claimed"),
        (Level.B_T, None, "stated"),
        (Level.B_T, CLOCK, "proven"),
        (Level.B_LT, None, "stated"),
        (Level.B_LTA, CLOCK, "proven"),
    ],
)
def test_a_time_is_said_to_be_what_it_is(level: Level, anchors: Anchors | None, assurance: str) -> None:
    found = checked(made(level), asked(anchors=anchors))
    assert outcome(found) is Outcome.VALID, found
    assert found["pdf.time"].facts["assurance"] == assurance
    assert found["pdf.time"].facts["level"] == level
    assert found["pdf.time"].facts["got"] == SIGNED.isoformat()
    for language in ("ja", "en"):
        assert "—" not in sentence(found["pdf.time"], language), "every place of the sentence has its fact"


@pytest.mark.parametrize("level", [Level.B_LT, Level.B_LTA])
def test_what_lasts_is_behind_the_signature_and_revocation_is_known(level: Level) -> None:
    found = checked(made(level), asked())
    assert found["pdf.coverage"].facts["reason"] == "lasting"
    assert found["pdf.revocation"].outcome is Outcome.VALID
    assert ("pdf.archive" in found) is (level is Level.B_LTA)


def test_once_the_certificate_has_ended_only_a_proven_time_keeps_a_document_valid() -> None:
    for level in (Level.B_B, Level.B_T, Level.B_LTA):
        for anchors in (None, CLOCK):
            found = checked(made(level), asked(AFTER_CERTIFICATE, anchors))
            assert found["pdf.signer-key"].outcome is Outcome.UNKNOWN, (level, anchors)
            assert found["pdf.signer-key"].facts["reason"] == "certificate-expired-since"
    assert outcome(checked(renewed(), asked(AFTER_CERTIFICATE))) is Outcome.UNKNOWN, "nobody vouches"
    found = checked(renewed(), asked(AFTER_CERTIFICATE, CLOCK))
    assert outcome(found) is Outcome.VALID, found
    assert found["pdf.time"].facts["got"] == SIGNED.isoformat(), "the newer one carries the older on"


def test_an_archive_that_nobody_renewed_is_told() -> None:
    found = checked(made(Level.B_LTA), asked(AFTER_CERTIFICATE, CLOCK))
    assert found["pdf.archive"].facts["reason"] == "expired"
    assert found["pdf.time"].facts["reason"] == "stated-expired"


def test_an_archive_says_when_it_must_be_stamped_again() -> None:
    archive = checked(renewed(), asked(anchors=CLOCK, now=SIGNED + timedelta(days=801)))["pdf.archive"]
    assert archive.outcome is Outcome.VALID
    assert archive.facts["stamps"] == "2"
    assert archive.facts["expected"] == (SIGNED + timedelta(days=3_000)).isoformat()


def test_many_renewals_are_judged() -> None:
    data = made(Level.B_LTA)
    for _ in range(8):
        data = Keeping(tsa(), Lists()).extended(data)
    found = checked(data, asked(anchors=CLOCK))
    assert outcome(found) is Outcome.VALID, found
    assert found["pdf.archive"].facts["stamps"] == "9"


@pytest.mark.parametrize(
    ("days", "anchors", "expected", "reason"),
    [
        (-1, CLOCK, Outcome.INVALID, "revoked"),
        (0, CLOCK, Outcome.INVALID, "revoked"),
        (1, CLOCK, Outcome.VALID, "revoked-later"),
        (1, None, Outcome.UNKNOWN, "revoked-since"),
    ],
)
def test_a_certificate_revoked_before_signing_refuses_and_one_revoked_later_needs_a_proven_time(
    days: int, anchors: Anchors | None, expected: Outcome, reason: str
) -> None:
    found = checked(made(Level.B_LT, days), asked(anchors=anchors))
    assert (found["pdf.revocation"].outcome, found["pdf.revocation"].facts["reason"]) == (expected, reason)
    assert outcome(found) is expected


def _published(**changes: object) -> Asking:
    """Give an asking in which the issuer publishes its key with something added."""
    plain = asked(anchors=CLOCK)

    def lookup(method_id: str) -> VerificationMethod:
        return replace(plain.lookup(method_id), **changes)  # type: ignore[arg-type]  # any field of it

    return replace(plain, lookup=lookup)


def test_a_key_withdrawn_after_the_proven_time_still_signed_the_document() -> None:
    withdrawn = SIGNED + timedelta(days=2)
    assert checked(made(Level.B_T), _published(revoked=withdrawn))["pdf.signer-key"].outcome is Outcome.VALID
    claimed = checked(made(Level.B_B), _published(revoked=withdrawn))["pdf.signer-key"]
    assert (claimed.outcome, claimed.facts["reason"]) == (Outcome.UNKNOWN, "key-revoked")
    before = _published(revoked=SIGNED - timedelta(days=2))
    assert checked(made(Level.B_T), before)["pdf.signer-key"].outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("error", "anchors", "expected"),
    [
        (UnreachableError("away"), NAMED, Outcome.VALID),
        (UnreachableError("away"), None, Outcome.UNKNOWN),
        (NotFoundError("not listed"), NAMED, Outcome.UNKNOWN),
        (NotFoundError("not listed"), None, Outcome.INVALID),
    ],
)
def test_an_authority_vouches_where_the_issuer_cannot_be_asked(
    error: Exception, anchors: Anchors | None, expected: Outcome
) -> None:
    def lookup(_: str) -> VerificationMethod:
        raise error

    found = checked(made(Level.B_LT), replace(asked(anchors=anchors), lookup=lookup))
    assert found["pdf.signer-key"].outcome is expected, found["pdf.signer-key"]


def test_an_authority_vouches_for_the_organisation_it_names_and_for_no_other() -> None:
    def lookup(_: str) -> VerificationMethod:
        raise UnreachableError("away")

    given = replace(award(), issuer=university("minato.example").issuer)
    other = replace(HERE, issuer=replace(given.issuer, name=given.issuer.name.of(en="Minato University")))
    given = replace(given, issuer=other.issuer)
    sealing = other.sealing(companions={given.id: (badge(given, other),)})
    data = FORMAT.write([given], sealing)[0].data
    found = checked(data, replace(asked(anchors=NAMED), lookup=lookup))
    assert found["pdf.signer-key"].outcome is Outcome.UNKNOWN


def test_with_an_authority_alone_revocation_must_be_known() -> None:
    def lookup(_: str) -> VerificationMethod:
        raise UnreachableError("away")

    found = checked(made(Level.B_T), replace(asked(anchors=NAMED), lookup=lookup))
    assert found["pdf.revocation"].outcome is Outcome.UNKNOWN
    assert found["pdf.revocation"].facts["reason"] == "no-evidence"


def test_authorities_come_from_pem_files() -> None:
    import base64

    der = authority(TIME).certificate
    lines = base64.encodebytes(der).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n".encode()
    assert Anchors.of(times=pem * 2) == Anchors(times=(der, der))
    assert Anchors.of(signers=b"\n") == Anchors()
    for bad in (b"no certificate", pem.replace(lines[:8].encode(), b"AAAAAAAA"), pem * 501):
        with pytest.raises(SettingsError):
            Anchors.of(times=bad)


def test_folded_names_are_compared() -> None:
    assert folded("東都　学芸大学") == folded("東都学芸大学")


def test_why_a_file_cannot_be_read_is_said_once() -> None:
    nothing = b"%PDF-1.7\n1 0 obj\n" + b"1 0 obj " * 200 + b"\nstartxref\n9\n%%EOF\n"
    with pytest.raises(UnreadableError) as told:
        FORMAT.read(nothing)
    assert str(told.value).count("cannot be read") == 1
