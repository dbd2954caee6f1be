# SPDX-License-Identifier: Apache-2.0
"""A batch made by a crew is the batch made in one process: everything once, verified, whatever dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.fakes.desk import Desk, KeepingMailer, approved, learners, open_desk

from gakusho.errors import ConflictError, GakushoError
from gakusho.fetch import MemoryFetcher
from gakusho.issuer import awards, batches, institutions, issuing, publication
from gakusho.issuer.choices import Choices
from gakusho.issuer.crew import Crew
from gakusho.issuer.desk import Desk as Steps
from gakusho.model.report import Outcome
from gakusho.proof import PortableSigner
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.store.jobs import Jobs
from gakusho.store.slots import worker_name
from gakusho.store.tables import AwardRow, BatchRow, Mail, SealedRow, SearchKey
from gakusho.store.work import Workplace
from gakusho.verifier.verify import Inquiry

SEVERAL = Choices(formats=("open-badges-3", "vc-jwt", "open-badges-2"), awarded_on=date(2026, 3, 25))
QUIET = Choices(formats=("open-badges-3",), awarded_on=date(2026, 3, 25), notify=False)
PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)


ONCE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
"""What is the same on every database; the processes take time to start."""


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(2) as found:
        yield found


@pytest.fixture
def desk(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(issuing, "WORTH_A_CREW", 10)
    monkeypatch.setattr(issuing, "PAGES_WORTH_A_CREW", 2)
    monkeypatch.setattr(issuing, "CREW_CHUNK", 7)
    monkeypatch.setattr(issuing, "PAGE_CHUNK", 1)
    with workplace.work() as work:
        return open_desk(work)


def test_everything_is_there_once_and_valid(workplace: Workplace, desk: Desk, crew: Crew) -> None:
    with workplace.work() as work:
        batch = approved(work, desk, learners(40), choices=SEVERAL)
    assert issuing.issue_some(workplace, batch.id, crew=crew) == 40
    assert issuing.issue_some(workplace, batch.id, crew=crew) == 0
    _there_once(workplace, 40, SEVERAL)
    assert crew.pids()
    with workplace.work() as work:
        issuing.finish(work, batch.id)
        assert batches.batch(work, desk.institution.id, batch.id).state == "issued"


@ONCE
def test_a_small_batch_starts_no_process(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        batch = approved(work, desk, learners(9), choices=SEVERAL)
    with Crew(2) as crew:
        assert issuing.issue_some(workplace, batch.id, crew=crew) == 9
        assert crew.pids() == []


@ONCE
def test_pages_are_set_there_too(workplace: Workplace, desk: Desk, crew: Crew) -> None:
    with workplace.work() as work:
        batch = approved(work, desk, learners(3), choices=PAGES)
    assert issuing.issue_some(workplace, batch.id, crew=crew) == 3
    _there_once(workplace, 3, PAGES)


@ONCE
@pytest.mark.parametrize("leaves", [True, False], ids=["portable", "staying"])
def test_a_key_signs_here_only_if_it_cannot_leave(
    workplace: Workplace, desk: Desk, crew: Crew, monkeypatch: pytest.MonkeyPatch, leaves: bool
) -> None:
    signed_here = []
    real = KeptSigner.sign

    def sign(self: KeptSigner, data: bytes) -> bytes:
        signed_here.append(data)
        return real(self, data)

    monkeypatch.setattr(KeptSigner, "sign", sign)
    if not leaves:
        monkeypatch.delattr(KeptSigner, "wrapped")
    with workplace.work() as work:
        batch = approved(work, desk, learners(14), choices=SEVERAL)
        signer = institutions.sealing(work, desk.institution.id, verification_link=lambda _: None)
        assert isinstance(signer.credential_key.signer, PortableSigner) is leaves
        publication.refresh(work)
    with workplace.work() as work:  # what the institution publishes is signed here in any case
        issuing.reserve(work, batch.id, limit=1)
    signed_here.clear()
    assert issuing.issue_some(workplace, batch.id, crew=crew) == 14
    # a hosted badge has no signature, and the first of each piece is signed again, the general way
    assert len(set(signed_here)) == (0 if leaves else 14 * 2)
    _there_once(workplace, 14, SEVERAL)


@ONCE
def test_processes_that_die_cost_nothing(
    workplace: Workplace, desk: Desk, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuing.keep
    kept: list[int] = []

    def keep(*given: Any) -> int:
        kept.append(1)
        if len(kept) == 2:
            for pid in crew.pids():
                os.kill(pid, signal.SIGKILL)
        return real(*given)

    monkeypatch.setattr(issuing, "keep", keep)
    with workplace.work() as work:
        batch = approved(work, desk, learners(42))
    assert issuing.issue_some(workplace, batch.id, crew=crew) == 42
    _there_once(workplace, 42, Choices(formats=("open-badges-3",)))


def test_what_was_under_way_when_it_stopped_keeps_its_identity(
    workplace: Workplace, desk: Desk, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuing.keep
    kept: list[int] = []

    def keep(*given: Any) -> int:
        if len(kept) == 2:
            raise GakushoError("The server went away.")
        kept.append(1)
        return real(*given)

    with workplace.work() as work:
        batch = approved(work, desk, learners(42))
    with monkeypatch.context() as patch:
        patch.setattr(issuing, "keep", keep)
        with pytest.raises(GakushoError, match="went away"):
            issuing.issue_some(workplace, batch.id, crew=crew)
    with workplace.work(read_only=True) as work:
        query = select(BatchRow.number, BatchRow.reserved).where(BatchRow.reserved.is_not(None))
        reserved = {number: kept["award_id"] for number, kept in work.session.execute(query) if kept}
        assert work.session.scalar(select(func.count()).select_from(AwardRow)) == 14
    assert len(reserved) > 14
    assert issuing.issue_some(workplace, batch.id, crew=crew) == 28
    _there_once(workplace, 42, Choices(formats=("open-badges-3",)))
    with workplace.work(read_only=True) as work:
        made = dict(work.session.execute(select(BatchRow.number, BatchRow.award_id)).all())
    assert {number: made[number] for number in reserved} == reserved


@ONCE
def test_a_batch_that_may_not_be_issued_is_refused_before_any_process(
    workplace: Workplace, desk: Desk
) -> None:
    with workplace.work() as work:
        draft = batches.create_from_rows(
            work, desk.preparer, achievement_id=desk.achievement_id, rows=learners(20)
        )
    with Crew(2) as crew:
        with pytest.raises(ConflictError):
            issuing.issue_some(workplace, draft.id, crew=crew)
        assert crew.pids() == []


def test_jobs_stop_in_the_midst_and_go_on(workplace: Workplace, desk: Desk, crew: Crew) -> None:
    with workplace.work() as work:
        batch = approved(work, desk, learners(84), choices=QUIET)
    for last in (False, True):
        jobs = Jobs(workplace, steps=Steps(crew), mailer=KeepingMailer(), sweep_seconds=0.2)
        jobs.start()
        try:
            jobs.issue(batch.id)
            _until(lambda: _issued(workplace) > 0)
            if last:
                _until(lambda: _issued(workplace) == 84)
        finally:
            jobs.stop()
        assert last or _issued(workplace) < 84
    _there_once(workplace, 84, QUIET, verified=5)


def test_names_of_workers_are_taken_once_and_free_again(workplace: Workplace) -> None:
    with worker_name(workplace.database) as first:
        with worker_name(workplace.database) as second, worker_name(workplace.database) as third:
            assert [first, second, third] == ["gakusho", "gakusho-2", "gakusho-3"]
        with worker_name(workplace.database) as again:
            assert again == "gakusho-2"
    with worker_name(workplace.database) as last:
        assert last == "gakusho"


def _there_once(place: Workplace, count: int, choices: Choices, *, verified: int = 100) -> None:
    with place.work() as work:
        rows = work.session.execute(
            select(AwardRow.id, AwardRow.student_number, AwardRow.status_list_id, AwardRow.status_index)
        ).all()
        assert len(rows) == len({row[1] for row in rows}) == len({row[2:] for row in rows}) == count
        assert set(work.session.scalars(select(BatchRow.award_id))) == {row[0] for row in rows}
        sealed = work.session.execute(select(SealedRow.award_id, SealedRow.format)).all()
        assert sorted(sealed) == sorted((row[0], form) for row in rows for form in choices.formats)
        assert set(work.session.scalars(select(SearchKey.award_id))) == {row[0] for row in rows}
        mails = work.session.scalar(select(func.count()).select_from(Mail))
        assert mails == (count if choices.notify else 0)
        documents = publication.documents_of(work, [row[0] for row in rows])
        inquiry = Inquiry(now=work.now, fetcher=MemoryFetcher(documents, now=lambda: work.now))
        for row in rows[:verified]:
            for form in choices.formats:
                report = inquiry.verify(awards.sealed(work, row[0], form).data)
                assert report.outcome is Outcome.VALID, report.checks


def _issued(place: Workplace) -> int:
    with place.work(read_only=True) as work:
        return work.session.scalar(select(func.count()).select_from(AwardRow)) or 0


def _until(done: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)
