# SPDX-License-Identifier: Apache-2.0
"""An institution chooses how its documents are signed; a batch waits, and nothing less is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests.fakes.desk import Desk, approved, learners, open_desk
from tests.fakes.time_authority import FLAWS, REPLY, serving

from gakusho.errors import ForbiddenError, InputError, UnreachableError
from gakusho.fetch import Services
from gakusho.formats import Level
from gakusho.formats._pdf.pades import examine
from gakusho.issuer import _timestamping, batches, institutions, issuing, levels, publication
from gakusho.issuer.choices import Choices
from gakusho.proof.stand_in_tsa import StandInTsa
from gakusho.proof.timestamps import read_token
from gakusho.store.tables import SealedRow
from gakusho.store.work import Work, Workplace

PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)
ADDRESS = "https://tsa.example/stamp"


@pytest.fixture
def desk(workplace: Workplace) -> Desk:
    with workplace.work() as work:
        return open_desk(work)


def documents(work: Work) -> list[bytes]:
    rows = work.session.scalars(select(SealedRow).where(SealedRow.format == "signed-pdf"))
    return [row.data or work.files.get(row.file or "") for row in rows]


def unsigned_attributes(document: bytes) -> list[str]:
    assert examine(document).signatures[0].genuine
    from asn1crypto import cms

    start = document.index(b"/Contents <") + len(b"/Contents <")
    container = bytes.fromhex(document[start : document.index(b">", start)].decode())
    signed = cms.ContentInfo.load(container[: 4 + int.from_bytes(container[2:4], "big")])["content"]
    found = signed["signer_infos"][0]["unsigned_attrs"]
    for attribute in found or ():
        read_token(attribute["values"][0].dump())
    return [attribute["type"].native for attribute in found or ()]


def test_documents_are_signed_at_b_b_unless_more_is_chosen(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        assert levels.signing(work, desk.institution.id).level is Level.B_B
        batch = approved(work, desk, learners(1), choices=PAGES)
    assert issuing.issue_some(workplace, batch.id) == 1
    with workplace.work() as work:
        [document] = documents(work)
    assert unsigned_attributes(document) == []


def test_a_chosen_time_stamp_is_in_every_document(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        levels.choose(work, desk.administrator, level="B-T", authority=levels.STAND_IN)
        levels.choose(work, desk.administrator, level="B-T", authority=levels.STAND_IN)
        keys = institutions.keys(work, desk.institution.id)
        assert [key.purpose for key in keys].count("time") == 1, "made once"
        batch = approved(work, desk, learners(2), choices=PAGES)
    assert issuing.issue_some(workplace, batch.id) == 2
    with workplace.work() as work:
        made = documents(work)
        published = publication.did_document(work, desk.institution.id)
    assert [unsigned_attributes(document) for document in made] == [["signature_time_stamp_token"]] * 2
    assert b"#time-" not in (published if isinstance(published, bytes) else str(published).encode()), (
        "what stamps time is no key of the institution's word"
    )


def test_a_batch_waits_for_its_authority_and_then_goes_on(workplace: Workplace, desk: Desk) -> None:
    with serving(FLAWS["silent"][1]) as authority:
        named = Services.of([f"127.0.0.1:{authority.port}"])
        place = replace(workplace, services=named)
        hurried = replace(workplace, services=replace(named, seconds=0.2))
        with place.work() as work:
            levels.choose(work, desk.administrator, level="B-T", authority=levels.STAND_IN)
            inner = _timestamping.stand_in(work, institutions.row_of(work.session, desk.institution.id))
            address = f"http://127.0.0.1:{authority.port}/"
            levels.choose(work, desk.administrator, level="B-T", authority=address)
            batch = approved(work, desk, learners(1), choices=PAGES)
        assert isinstance(inner, StandInTsa)
        for flaw, where in (("silent", workplace), ("silent", hurried), ("nonce", place)):
            expected, authority.answer = FLAWS[flaw]
            waits_for = "timestamp-closed" if where is workplace else expected
            with pytest.raises(UnreachableError) as caught:
                issuing.issue_some(where, batch.id)
            with place.work() as work:
                issuing.fail(work, batch.id, caught.value)
            with place.work() as work:
                assert documents(work) == []
                failure = batches.progress(work, desk.institution.id, batch.id).failure
                assert failure is not None
                assert failure["code"] == waits_for, "the registrar sees what it waits for"
                assert issuing.unfinished(work) == [], "not at once again"
                failed = work.now
        authority.answer = lambda asked: (200, REPLY, inner.answer(asked))
        with place.at(lambda: failed + timedelta(minutes=2)).work() as work:
            assert issuing.unfinished(work) == [batch.id], "by itself, a minute later"
            assert issuing.ticket(work, batch.id)
        assert issuing.issue_some(place, batch.id) == 1
    with place.work() as work:
        [document] = documents(work)
        issuing.finish(work, batch.id)
        assert batches.progress(work, desk.institution.id, batch.id).state == "issued"
    assert unsigned_attributes(document) == ["signature_time_stamp_token"]


def test_a_failure_that_stays_is_not_tried_again(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        batch = approved(work, desk, learners(1), choices=PAGES)
        assert issuing.unfinished(work) == [batch.id]
        issuing.fail(work, batch.id, UnreachableError("Full.", code="files-full"))
        now = work.now
    with workplace.at(lambda: now + timedelta(days=1)).work() as work:
        assert issuing.unfinished(work) == []


def test_only_an_administrator_chooses(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work, pytest.raises(ForbiddenError):
        levels.choose(work, desk.preparer, level="B-T", authority=levels.STAND_IN)


@pytest.mark.parametrize(
    ("level", "authority", "code"),
    [
        ("B-T", "", "document-level"),
        ("B-T", "ftp://tsa.example/", "time-authority"),
        ("B-T", "https://", "time-authority"),
        ("B-T", "https://user@tsa.example/", "time-authority"),
        ("B-T", "https://tsa.example:99999/", "time-authority"),
        ("B-T", "https://tsa.example/" + "a" * 400, "time-authority"),
        ("B-B", "nonsense", "time-authority"),
        ("B-XL", ADDRESS, "level"),
        ("", ADDRESS, "level"),
    ],
)
def test_what_cannot_be_is_refused(
    workplace: Workplace, desk: Desk, level: str, authority: str, code: str
) -> None:
    with workplace.work() as work:
        with pytest.raises(InputError) as caught:
            levels.choose(work, desk.administrator, level=level, authority=authority)
        assert caught.value.code == code
        assert levels.choose(work, desk.administrator, level="B-T", authority=ADDRESS).settings
        assert levels.signing(work, desk.institution.id).authority == ADDRESS
        levels.choose(work, desk.administrator, level="B-B", authority="")
        assert levels.signing(work, desk.institution.id).authority == ""
