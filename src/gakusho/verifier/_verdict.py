# SPDX-License-Identifier: Apache-2.0
"""From checks to one outcome and one headline. Every check counts; none is passed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gakusho.model.award import Award
from gakusho.model.report import Check, Headline, Outcome, Report

CLOCK_SKEW = timedelta(minutes=5)
"""How far a beginning may lie ahead: two honest clocks differ. An end is taken to the second."""
_FROM_EVER = datetime(1, 1, 1, tzinfo=UTC)
_FEW = 2
_HERE = "the document itself"

_INVALID, _UNKNOWN = Outcome.INVALID, Outcome.UNKNOWN
_HOLDS = {
    # What is wrong with a genuine credential, the weightiest first.
    "status.refresh": Headline.REPLACED,
    "status.revocation": Headline.REVOKED,
    "status.suspension": Headline.SUSPENDED,
    "dates.valid-from": Headline.NOT_YET_VALID,
    "dates.valid-until": Headline.EXPIRED,
}


_WEIGHTIEST = (Headline.NOT_GENUINE, *_HOLDS.values())
_UNSIGNED = {("pdf.certified", "unsigned"), ("format.readable", "pdf.unsigned")}
"""All that is wrong with a PDF that nobody signed, such as a scan: check and reason."""


def date_checks(award: Award, now: datetime) -> list[Check]:
    """Give the checks of beginning and end; a credential that states none of them gets no check of it."""
    checks: list[Check] = []
    if award.valid_from != _FROM_EVER:
        begun = award.valid_from <= now + CLOCK_SKEW
        checks.append(_date_check("dates.valid-from", award.valid_from, now, holds=begun))
    if award.valid_until is not None:
        checks.append(
            _date_check("dates.valid-until", award.valid_until, now, holds=now <= award.valid_until)
        )
    return checks


def _date_check(code: str, stated: datetime, now: datetime, *, holds: bool) -> Check:
    return Check(
        code=code,
        outcome=Outcome.VALID if holds else Outcome.INVALID,
        facts={"expected": stated.isoformat(), "got": now.isoformat()},
        source=_HERE,
    )


def carried_check(report: Report) -> Check:
    """Give the check that stands for a credential carried inside, in the report of what carries it."""
    award_id = report.credential.id if report.credential else ""
    return Check(
        code="carried.credential",
        outcome=report.outcome,
        facts={"reason": report.headline.value, "got": award_id[:300], "format": report.format or ""},
        source=_HERE,
    )


def carried_checks(reports: Sequence[Report]) -> list[Check]:
    """Give the checks that stand for the credentials carried inside.

    Each has its own; of a transcript's many, those that are valid have one together.
    """
    if not reports:
        return []
    valid = [report for report in reports if report.outcome is Outcome.VALID]
    if len(valid) <= _FEW:
        return [carried_check(report) for report in reports]
    together = Check(
        code="carried.credential",
        outcome=Outcome.VALID,
        facts={"reason": "several", "got": str(len(valid)), "expected": str(len(reports))},
        source=_HERE,
    )
    return [together, *(carried_check(one) for one in reports if one.outcome is not Outcome.VALID)]


def fold(checks: Sequence[Check], carried: Sequence[Report] = ()) -> tuple[Outcome, Headline]:
    """Give the outcome and the headline of all checks together."""
    invalid: set[str] = set()
    wrong: set[tuple[str, str]] = set()
    unknown = False
    elses: Headline | None = None
    for check in checks:
        if check.code == "pdf.foreign":
            elses = Headline.LOCKED if check.facts.get("reason") == "locked" else Headline.NOT_LOCKED
        if check.outcome is _INVALID:
            invalid.add(check.code)
            wrong.add((check.code, check.facts.get("reason", "")))
        elif check.outcome is _UNKNOWN:
            unknown = True
    if checks and not invalid and not unknown:
        return Outcome.VALID, Headline.VALID
    if elses is not None and not invalid:
        return Outcome.UNKNOWN, elses
    outcome = _INVALID if invalid else _UNKNOWN
    if wrong and wrong <= _UNSIGNED:
        return outcome, Headline.UNSIGNED
    if invalid - _HOLDS.keys() - {"carried.credential"}:
        return outcome, Headline.NOT_GENUINE
    found = [headline for code, headline in _HOLDS.items() if code in invalid]
    found += [report.headline for report in carried if report.outcome is _INVALID]
    for headline in _WEIGHTIEST if found else ():
        if headline in found and not (unknown and headline is Headline.EXPIRED):
            return outcome, headline
    return outcome, Headline.NOT_CHECKED
