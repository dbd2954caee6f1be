# SPDX-License-Identifier: Apache-2.0
"""A transcript by the library alone: an award with components, written as a record, verified offline."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.transcripts import transcript
from tests.fakes.university import NOW, University

from gakusho import issue, verify
from gakusho.library import new_key
from gakusho.model.report import Headline


def test_an_award_with_components_is_issued_as_a_record() -> None:
    key = new_key()
    university = University(did=key.verification_method.partition("#")[0])
    whole = transcript(university)
    award = replace(whole, status=(), components=tuple(replace(one, status=()) for one in whole.components))
    record, badge = issue([award], key=key, formats=("clr-2", "open-badges-3"), at=NOW)
    report = verify(record.data, offline=True, at=NOW)
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert len(report.credential.components) == len(report.carried) - 1 == 3
    assert "components" in badge.losses
    assert "components" not in record.losses
