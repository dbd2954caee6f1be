# SPDX-License-Identifier: Apache-2.0
"""What a signature is worth once its key is retired or withdrawn, as a table.

Whoever holds a key chooses the times in its proofs. A key is retired in good order: what says it was signed
before counts. A key is withdrawn because somebody else may hold it: what says it was signed before is not
proven, until somebody else proves the time.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from tests.fakes.university import NOW, University

from gakusho.model.report import Outcome
from gakusho.registry import did_document

BEFORE, AFTER = NOW - timedelta(days=30), NOW + timedelta(days=30)
LATER = NOW + timedelta(days=900)


@pytest.mark.parametrize(
    ("retired", "withdrawn", "verified", "expected", "reason"),
    [
        (None, None, LATER, Outcome.VALID, None),
        (AFTER, None, NOW, Outcome.VALID, None),
        (AFTER, None, LATER, Outcome.VALID, None),
        (BEFORE, None, LATER, Outcome.INVALID, "retired"),
        (None, AFTER, NOW, Outcome.VALID, None),
        (None, AFTER, LATER, Outcome.UNKNOWN, "revoked-later"),
        (None, BEFORE, LATER, Outcome.INVALID, "revoked"),
        (AFTER, AFTER, LATER, Outcome.UNKNOWN, "revoked-later"),
        (BEFORE, AFTER, LATER, Outcome.UNKNOWN, "revoked-later"),
        (AFTER, BEFORE, LATER, Outcome.INVALID, "revoked"),
    ],
)
def test_what_a_signature_of_now_is_worth(
    retired: datetime | None,
    withdrawn: datetime | None,
    verified: datetime,
    expected: Outcome,
    reason: str | None,
) -> None:
    university = University()
    data = university.sealed()
    key = university.published_key(expires=retired, revoked=withdrawn)
    document = did_document(university.did, [key])
    university.documents["https://aoba.example/.well-known/did.json"] = json.dumps(document).encode()
    report = university.verify(data, at=verified)
    (check,) = [one for one in report.checks if one.code == "proof.key"]
    assert (check.outcome, check.facts.get("reason")) == (expected, reason)
