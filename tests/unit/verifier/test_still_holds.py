# SPDX-License-Identifier: Apache-2.0
"""Whether a genuine badge still holds: dates and status lists, and lists that cannot be trusted."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.university import NOW, MemorySigner, University
from tests.vectors.forgeries.forging import SUBJECT, badge, codes

from gakusho.model.report import Headline, Outcome
from gakusho.status.bitstring import MINIMUM_LENGTH

UNIVERSITY = University()
SEALED = UNIVERSITY.sealed()
BADGE = badge(UNIVERSITY)


# --- dates -----------------------------------------------------------------------------------------


def test_an_end_is_taken_to_the_second() -> None:
    sealed = UNIVERSITY.sealed(UNIVERSITY.award(valid_until=NOW))
    assert UNIVERSITY.verify(sealed, at=NOW).headline is Headline.VALID
    late = UNIVERSITY.verify(sealed, at=NOW + timedelta(seconds=1))
    assert (late.outcome, late.headline) == (Outcome.INVALID, Headline.EXPIRED)


def test_a_beginning_allows_for_two_honest_clocks() -> None:
    sealed = UNIVERSITY.sealed(UNIVERSITY.award(valid_from=NOW + timedelta(minutes=5)))
    assert UNIVERSITY.verify(sealed).headline is Headline.VALID
    early = UNIVERSITY.verify(sealed, at=NOW - timedelta(seconds=1))
    assert early.headline is Headline.NOT_YET_VALID


# --- status ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "headline"),
    [
        ("revocation", Headline.REVOKED),
        ("suspension", Headline.SUSPENDED),
        ("refresh", Headline.REPLACED),
    ],
)
def test_what_the_issuer_marked_is_the_headline(purpose: str, headline: Headline) -> None:
    university = University()
    university.mark(university.award(), purpose)
    report = university.verify(SEALED)
    assert (report.outcome, report.headline) == (Outcome.INVALID, headline)
    assert university.verify(university.sealed(university.award(2))).headline is Headline.VALID


def other_list(**changes: Any) -> Callable[[University], bytes]:
    return lambda university: university.status_list("revocation", **changes)


def subject(**changes: Any) -> Callable[[University], bytes]:
    def made(university: University) -> bytes:
        whole = json.loads(university.status_list("revocation"))
        return university.status_list("revocation", credentialSubject=whole[SUBJECT] | changes)

    return made


def short(_: University) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(100))).decode().rstrip("=")


BAD_LISTS: dict[str, Callable[[University], bytes | None]] = {
    "gone": lambda _: None,
    "a web page": lambda _: b"<html>not found</html>",
    "empty": lambda _: b"",
    "unsigned": lambda u: json.dumps(
        {k: v for k, v in json.loads(u.status_list("revocation")).items() if k != "proof"}
    ).encode(),
    "of another key": lambda _: University(signer=MemorySigner(b"o" * 32)).status_list("revocation"),
    "of another issuer": lambda _: University.by_key(b"o" * 32).status_list("revocation"),
    "of another address": lambda u: u.status_list("suspension"),
    "ended": other_list(validUntil="2026-03-31T00:00:00Z"),
    "not begun": other_list(validFrom="2026-05-01T00:00:00Z"),
    "for another purpose": subject(statusPurpose="suspension"),
    "short": lambda u: subject(encodedList=short(u))(u),
    "without list": subject(encodedList=""),
    "tampered": lambda u: u.status_list("revocation").replace(b'"revocation"', b'"suspension"'),
    "large": lambda u: b" " * 5_000_000 + u.status_list("revocation"),
    "no list": lambda u: u.sealed(),
}


@pytest.mark.parametrize("bad", BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_a_list_that_cannot_be_trusted_leaves_it_open(bad: Callable[[University], bytes | None]) -> None:
    university = University()
    made = bad(university)
    if made is None:
        del university.documents[university.list_id("revocation")]
    else:
        university.documents[university.list_id("revocation")] = made
    report = university.verify(SEALED)
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)
    assert codes(report, Outcome.UNKNOWN) == {"status.revocation"}


def test_a_position_outside_the_list_is_not_unset() -> None:
    award = UNIVERSITY.award(status=(UNIVERSITY.status_entry("revocation", MINIMUM_LENGTH),))
    assert UNIVERSITY.verify(UNIVERSITY.sealed(award)).outcome is Outcome.UNKNOWN


def test_a_kind_of_status_nobody_knows_is_not_passed_over() -> None:
    plain = {name: member for name, member in BADGE.items() if name not in {"proof", "credentialStatus"}}
    other = {"id": "https://aoba.example/s/1", "type": "1EdTechRevocationList"}
    data = UNIVERSITY.signed(
        plain
        | {
            "@context": [*BADGE["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
            "credentialStatus": other,
        }
    )
    report = UNIVERSITY.verify(data)
    assert report.outcome is Outcome.UNKNOWN
    assert "status.revocation" in codes(report, Outcome.UNKNOWN)


def test_without_status_there_is_no_check_of_it() -> None:
    report = UNIVERSITY.verify(UNIVERSITY.sealed(UNIVERSITY.award(status=())))
    assert report.outcome is Outcome.VALID
    assert not any(check.code.startswith("status.") for check in report.checks)
