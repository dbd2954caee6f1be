# SPDX-License-Identifier: Apache-2.0
"""Every check reaches the verdict."""

from __future__ import annotations

import itertools

import pytest

from gakusho.model.report import Check, Headline, Outcome
from gakusho.verifier._verdict import fold

V, I, U = Outcome.VALID, Outcome.INVALID, Outcome.UNKNOWN  # noqa: E741  # a table reads better so
SIGNED = {"proof.signature": V, "issuer.binding": V}


@pytest.mark.parametrize(
    ("checks", "outcome", "headline"),
    [
        ({}, U, Headline.NOT_CHECKED),
        (SIGNED, V, Headline.VALID),
        (SIGNED | {"proof.signature": I}, I, Headline.NOT_GENUINE),
        (SIGNED | {"proof.signature": U}, U, Headline.NOT_CHECKED),
        (SIGNED | {"issuer.binding": I}, I, Headline.NOT_GENUINE),
        (SIGNED | {"format.rules": I}, I, Headline.NOT_GENUINE),
        (SIGNED | {"anything.new": I}, I, Headline.NOT_GENUINE),
        (SIGNED | {"anything.new": U}, U, Headline.NOT_CHECKED),
        (SIGNED | {"status.revocation": V}, V, Headline.VALID),
        (SIGNED | {"status.revocation": I}, I, Headline.REVOKED),
        (SIGNED | {"status.suspension": I}, I, Headline.SUSPENDED),
        (SIGNED | {"status.refresh": I}, I, Headline.REPLACED),
        (SIGNED | {"status.revocation": U}, U, Headline.NOT_CHECKED),
        (SIGNED | {"status.other": U}, U, Headline.NOT_CHECKED),
        (SIGNED | {"status.refresh": I, "status.revocation": I}, I, Headline.REPLACED),
        (SIGNED | {"status.suspension": I, "status.revocation": I}, I, Headline.REVOKED),
        (SIGNED | {"status.revocation": I, "proof.signature": I}, I, Headline.NOT_GENUINE),
        (SIGNED | {"status.revocation": I, "dates.valid-until": I}, I, Headline.REVOKED),
        (SIGNED | {"status.revocation": I, "status.suspension": U}, I, Headline.REVOKED),
        (SIGNED | {"dates.valid-until": I}, I, Headline.EXPIRED),
        (SIGNED | {"dates.valid-from": I}, I, Headline.NOT_YET_VALID),
        (SIGNED | {"dates.valid-until": I, "status.revocation": U}, I, Headline.NOT_CHECKED),
        (SIGNED | {"dates.valid-until": I, "format.rules": I}, I, Headline.NOT_GENUINE),
    ],
)
def test_the_headline_follows_from_the_checks(
    checks: dict[str, Outcome], outcome: Outcome, headline: Headline
) -> None:
    for order in itertools.islice(itertools.permutations(checks.items()), 24):
        found = fold([Check(code=code, outcome=value) for code, value in order])
        assert found == (outcome, headline)


@pytest.mark.parametrize(
    ("reason", "headline"), [("locked", Headline.LOCKED), ("not-locked", Headline.NOT_LOCKED)]
)
def test_a_document_of_somebody_elses_is_neither_valid_nor_refused_for_it(
    reason: str, headline: Headline
) -> None:
    signed = [Check(code="pdf.signature", outcome=V), Check(code="pdf.certified", outcome=U)]
    elses = Check(code="pdf.foreign", outcome=U, facts={"reason": reason})
    assert fold([*signed, elses]) == (U, headline)
    assert not headline.is_genuine
    changed = Check(code="pdf.signature", outcome=I)
    assert fold([changed, elses]) == (I, Headline.NOT_GENUINE)


def test_valid_needs_every_check_valid() -> None:
    for outcome in (I, U):
        for place in range(3):
            checks = [Check(code=f"a.{n}", outcome=outcome if n == place else V) for n in range(3)]
            assert fold(checks)[0] is outcome


def test_a_pdf_that_nobody_signed_is_told_from_a_forged_one() -> None:
    """A scan of a paper is no forgery; whatever else is wrong with a file makes it one again."""
    plain = [
        Check(code="pdf.readable", outcome=V),
        Check(code="pdf.certified", outcome=I, facts={"reason": "unsigned"}),
        Check(code="format.readable", outcome=I, facts={"reason": "pdf.unsigned"}),
    ]
    assert fold(plain) == (I, Headline.UNSIGNED)
    worse = [
        Check(code="pdf.active-content", outcome=I),
        Check(code="format.readable", outcome=I, facts={"reason": "pdf.unreadable"}),
        Check(code="pdf.certified", outcome=I, facts={"reason": "shared-signature"}),
    ]
    for one in worse:
        assert fold([*plain, one]) == (I, Headline.NOT_GENUINE)
