# SPDX-License-Identifier: Apache-2.0
"""What endesive signed: with our key valid, by strangers signed and locked or not; one bit later, refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.vectors.signed_pdf.making import LATER
from tests.vectors.signed_pdf.others import flipped

from gakusho.fetch import MemoryFetcher
from gakusho.model.report import Headline, Outcome, Report
from gakusho.verifier.verify import verify

FOLDER = Path(__file__).with_name("endesive")
NETWORK = {"https://kaede.example/.well-known/did.json": (FOLDER / "did.json").read_bytes()}
OURS = ("certified", "certified-pss-visible")
FOREIGN = {
    "locked": Headline.LOCKED,
    "approved": Headline.NOT_LOCKED,
    "form-filling": Headline.NOT_LOCKED,
}


def _stored(name: str) -> bytes:
    return (FOLDER / f"{name}.pdf").read_bytes()


def _judged(data: bytes) -> Report:
    fetcher = MemoryFetcher(NETWORK, now=lambda: LATER, source="vectors")
    return verify(data, now=LATER, fetcher=fetcher)


@pytest.mark.parametrize("name", OURS)
def test_what_endesive_certified_with_our_key_is_valid(name: str) -> None:
    report = _judged(_stored(name))
    found = {check.code: dict(check.facts) for check in report.checks if check.outcome is Outcome.VALID}
    assert report.outcome is Outcome.VALID, [one for one in report.checks if one.outcome != Outcome.VALID]
    assert "learner.name" in found["pdf.matches-credential"]["compared"]
    assert report.issuer is not None
    assert report.issuer.domain == "kaede.example"


@pytest.mark.parametrize(("name", "headline"), FOREIGN.items())
def test_what_endesive_signed_for_a_stranger_is_told_as_signed(name: str, headline: Headline) -> None:
    report = _judged(_stored(name))
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, headline), report.checks
    assert not [check for check in report.checks if check.outcome is Outcome.INVALID]
    assert report.issuer is None


def test_the_rsa_that_endesive_says_of_an_elliptic_curve_is_doubted_not_called_a_forgery() -> None:
    """It names RSA as the algorithm of an ECDSA signature, against RFC 5753, section 2.1.1."""
    report = _judged(_stored("locked-ec"))
    told = {check.code: check for check in report.checks}["pdf.signature"]
    assert (report.outcome, told.outcome) == (Outcome.UNKNOWN, Outcome.UNKNOWN)
    assert (told.facts["reason"], told.facts["got"]) == ("unknown-algorithm", "rsassa_pkcs1v15")


@pytest.mark.parametrize("name", [*OURS, *FOREIGN, "locked-ec"])
def test_one_bit_changed_in_what_endesive_signed_is_refused(name: str) -> None:
    report = _judged(flipped(_stored(name)))
    assert (report.outcome, report.headline) == (Outcome.INVALID, Headline.NOT_GENUINE)
    assert {check.code: check.outcome for check in report.checks}["pdf.signature"] is Outcome.INVALID


@pytest.mark.parametrize("name", [*OURS, *FOREIGN])
def test_pdfsig_agrees_on_the_signature_and_on_its_flaw(name: str, tmp_path: Path) -> None:
    for data, expected in ((_stored(name), True), (flipped(_stored(name)), False)):
        at = tmp_path / "file.pdf"
        at.write_bytes(data)
        command = ["pdfsig", "-nocert", str(at)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout
        assert ("Signature is Valid" in told) is expected, told
