# SPDX-License-Identifier: Apache-2.0
"""What an institution's status lists say of its awards, and what they keep to themselves."""

from __future__ import annotations

import json

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, approved, issue_all, learners, open_desk

from gakusho.fetch import MemoryFetcher
from gakusho.issuer import awards, publication
from gakusho.issuer.choices import Choices
from gakusho.model.report import Headline
from gakusho.status.bitstring import decoded
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify

FORMATS = ("open-badges-3", "sd-jwt-vc")


@pytest.fixture
def beginning() -> Beginning:
    return issued


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def issued(workplace: Workplace) -> Desk:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(2), choices=Choices(formats=FORMATS))
    issue_all(workplace, batch.id)
    return desk


def headlines(workplace: Workplace, desk: Desk, place: int) -> list[Headline]:
    with workplace.work() as work:
        view = awards.find(work, desk.institution.id)[place]
        fetcher = MemoryFetcher(publication.documents_of(work, [view.id]), now=lambda: work.now)
        return [
            verify(awards.sealed(work, view.id, form).data, now=work.now, fetcher=fetcher).headline
            for form in FORMATS
        ]


def published(workplace: Workplace, desk: Desk, purpose: str) -> dict[str, object]:
    with workplace.work() as work:
        view = awards.find(work, desk.institution.id)[0]
        documents = publication.documents_of(work, [view.id])
    (data,) = [data for url, data in documents.items() if url.endswith(f"/{purpose}")]
    found: dict[str, object] = json.loads(data)["credentialSubject"]
    return found


def test_every_format_says_the_same_of_an_award(workplace: Workplace, desk: Desk) -> None:
    assert headlines(workplace, desk, 0) == [Headline.VALID, Headline.VALID]
    with workplace.work() as work:
        first = awards.find(work, desk.institution.id)[0].id
        awards.suspend(work, desk.approver, [first], "調査中")
    assert headlines(workplace, desk, 0) == [Headline.SUSPENDED, Headline.SUSPENDED]
    with workplace.work() as work:
        awards.revoke(work, desk.approver, [first], "誤って発行した")
    assert headlines(workplace, desk, 0) == [Headline.REVOKED, Headline.REVOKED]
    assert headlines(workplace, desk, 1) == [Headline.VALID, Headline.VALID]


def test_a_list_does_not_tell_how_many_were_revoked(workplace: Workplace, desk: Desk) -> None:
    before = decoded(published(workplace, desk, "revocation")["encodedList"])
    set_before = sum(byte.bit_count() for byte in before)
    assert set_before > 500
    with workplace.work() as work:
        views = awards.find(work, desk.institution.id)
        places = [awards.full(work, view.id).status[0].index for view in views]
        awards.revoke(work, desk.approver, [views[0].id], "誤って発行した")
    after = decoded(published(workplace, desk, "revocation")["encodedList"])
    changed = [i for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert len(changed) >= 1
    assert all(one & other == one for one, other in zip(before, after, strict=True)), "a mark was taken back"
    marks = [bool(after[place >> 3] & (0x80 >> (place & 7))) for place in places]
    assert marks == [True, False]


def test_the_same_list_is_published_the_same(workplace: Workplace, desk: Desk) -> None:
    first = published(workplace, desk, "suspension")
    assert published(workplace, desk, "suspension") == first
