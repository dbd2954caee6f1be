# SPDX-License-Identifier: Apache-2.0
"""A large batch sealed in parts is the batch sealed at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gakusho.errors import InputError
from gakusho.formats import Sealing
from gakusho.issuer import issue as module
from gakusho.issuer.issue import issue, issue_in_parts
from gakusho.library import new_key
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text

KEY = new_key()
SEALING = Sealing(now=datetime(2026, 4, 1, tzinfo=UTC), credential_key=KEY)
AWARD = Award(
    id="urn:uuid:10000000-0000-4000-8000-000000000000",
    issuer=Issuer(id=KEY.verification_method.partition("#")[0], name=Text.of(en="Asanagi University")),
    learner=Learner(name=PersonName(full="青葉 みなと")),
    achievement=Achievement(
        id="urn:uuid:20000000-0000-4000-8000-000000000000",
        type="Certificate",
        name=Text.of(en="Certificate"),
        description=Text.of(en="A course."),
        criteria=Text.of(en="Passed."),
    ),
    awarded_on=date(2026, 3, 25),
    valid_from=datetime(2026, 3, 25, tzinfo=UTC),
)


def batch(count: int) -> list[Award]:
    return [replace(AWARD, id=f"urn:uuid:10000000-0000-4000-8000-{number:012}") for number in range(count)]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 5)


def test_the_parts_are_the_whole_in_order() -> None:
    awards = batch(23)
    whole = issue(awards, formats=("open-badges-3", "vc-jwt"), sealing=SEALING, documents={})
    parts = issue_in_parts(awards, formats=("open-badges-3", "vc-jwt"), sealing=SEALING, documents={})
    assert parts == whole
    assert [one.award_id for one in parts[::2]] == [award.id for award in awards]


def test_an_award_that_stands_in_two_parts_is_found() -> None:
    awards = batch(20)
    with pytest.raises(InputError) as caught:
        issue_in_parts([*awards, awards[0]], formats=("open-badges-3",), sealing=SEALING, documents={})
    assert caught.value.code == "same-award"
