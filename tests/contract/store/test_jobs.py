# SPDX-License-Identifier: Apache-2.0
"""Durable jobs: started once, resumed, stopped by faults that say what to do, never doubled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, KeepingMailer, a_desk, approved, issue_all, learners

from gakusho.errors import ConflictError, UnreachableError
from gakusho.issuer import batches, issuing
from gakusho.issuer.desk import STEPS
from gakusho.store.jobs import Jobs, jobs_url
from gakusho.store.tables import AwardRow, Mail
from gakusho.store.work import Workplace


@pytest.fixture
def beginning() -> Beginning:
    return a_desk


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def test_an_approved_batch_is_issued_and_its_mails_sent_once(workplace: Workplace, desk: Desk) -> None:
    mailer = KeepingMailer()
    with _running(workplace, mailer) as jobs:
        with workplace.work() as work:
            batch = approved(work, desk, learners(7))
        for _ in range(3):
            jobs.issue(batch.id)
        _until(lambda: _state(workplace, desk, batch.id) == "issued" and len(mailer.letters) == 7)
        jobs.issue(batch.id)
        jobs.resume()
        time.sleep(0.7)
    assert len({letter.message_id for letter in mailer.letters}) == len(mailer.letters) == 7
    with workplace.work() as work:
        assert work.session.scalar(select(func.count()).select_from(AwardRow)) == 7
        assert set(work.session.scalars(select(Mail.state))) == {"sent"}


def test_what_was_approved_while_nobody_worked_is_found_at_the_start(
    workplace: Workplace, desk: Desk
) -> None:
    with workplace.work() as work:
        batch = approved(work, desk, learners(2))
    Jobs(workplace, steps=STEPS, mailer=KeepingMailer()).issue(batch.id)  # not started: nothing happens
    with _running(workplace, KeepingMailer()):
        _until(lambda: _state(workplace, desk, batch.id) == "issued")


def test_a_full_disk_stops_the_batch_with_a_reason_and_it_goes_on(
    workplace: Workplace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = UnreachableError(
        "A file of 9 bytes could not be kept: No space left on device.",
        code="files-full",
        action="Make room where files are kept, then go on.",
    )

    def fail(*_: object) -> None:
        raise full

    with _running(workplace, KeepingMailer()) as jobs:
        with workplace.work() as work:
            batch = approved(work, desk, learners(3))
        with monkeypatch.context() as patch:
            patch.setattr(issuing, "seal", fail)
            jobs.issue(batch.id)
            _until(lambda: _failure(workplace, desk, batch.id) is not None)
        failure = _failure(workplace, desk, batch.id)
        assert failure is not None
        assert failure["code"] == "files-full"
        assert "Make room" in failure["action"]
        with workplace.work() as work:
            assert work.session.scalar(select(func.count()).select_from(AwardRow)) == 0
        jobs.resume()  # a batch that stopped waits for a person
        time.sleep(0.7)
        assert _state(workplace, desk, batch.id) == "issuing"
        jobs.issue(batch.id)
        _until(lambda: _state(workplace, desk, batch.id) == "issued")
        assert _failure(workplace, desk, batch.id) is None


def test_a_passing_fault_is_tried_again(
    workplace: Workplace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = issuing.seal, []

    def once_down(*given: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise UnreachableError("The database could not do its work: restarting.", code="database")
        return real(*given)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(issuing, "seal", once_down)
    with _running(workplace, KeepingMailer()) as jobs:
        with workplace.work() as work:
            batch = approved(work, desk, learners(1))
        jobs.issue(batch.id)
        _until(lambda: _state(workplace, desk, batch.id) == "issued")


def test_two_workers_at_the_same_rows_make_each_once(
    workplace: Workplace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reserves and keeps the same rows between the first's reserving and keeping."""
    with workplace.work() as work:
        batch = approved(work, desk, learners(4))
    real = issuing.seal
    nested: list[object] = []

    def interrupted(*given: object) -> object:
        if not nested:
            nested.append(issuing.issue_some)
            assert issuing.issue_some(workplace, batch.id) == 4
        return real(*given)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(issuing, "seal", interrupted)
    assert issuing.issue_some(workplace, batch.id) == 0
    with workplace.work() as work:
        assert work.session.scalar(select(func.count()).select_from(AwardRow)) == 4
        assert work.session.scalar(select(func.count()).select_from(Mail)) == 4


def test_a_full_database_leaves_nothing_half_done_and_goes_on(workplace: Workplace, desk: Desk) -> None:
    if not workplace.database.is_sqlite:
        pytest.skip("a limit of pages is something only SQLite has")
    with workplace.work() as work:
        batch = approved(work, desk, learners(60))
    with workplace.database.connection() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar() or 0
        connection.execute(text(f"PRAGMA max_page_count={pages + 12}"))
    with pytest.raises(UnreachableError) as full:
        issuing.issue_some(workplace, batch.id)
    assert full.value.code == "database-full"
    assert "Make room" in full.value.action
    with workplace.work(read_only=True) as work:
        assert work.session.scalar(select(func.count()).select_from(AwardRow)) == 0
    with workplace.database.connection() as connection:
        connection.execute(text("PRAGMA max_page_count=1000000"))
    assert issue_all(workplace, batch.id) == 60


def test_one_process_runs_one_set_of_jobs(workplace: Workplace) -> None:
    with _running(workplace, KeepingMailer()), pytest.raises(ConflictError):
        Jobs(workplace, steps=STEPS, mailer=KeepingMailer()).start()


def test_the_jobs_own_tables_lie_beside_the_products(workplace: Workplace) -> None:
    url = jobs_url(workplace)
    if workplace.database.is_sqlite:
        assert url.endswith("/gakusho-jobs.db")
    else:
        assert url == workplace.database.url.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def _running(place: Workplace, mailer: KeepingMailer, **settings: float) -> Iterator[Jobs]:
    jobs = Jobs(place, steps=STEPS, mailer=mailer, sweep_seconds=0.2, **settings)  # type: ignore[arg-type]
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def _state(place: Workplace, desk: Desk, batch_id: str) -> str:
    with place.work(read_only=True) as work:
        return batches.progress(work, desk.institution.id, batch_id).state


def _failure(place: Workplace, desk: Desk, batch_id: str) -> dict[str, str] | None:
    with place.work(read_only=True) as work:
        failure = batches.progress(work, desk.institution.id, batch_id).failure
        return dict(failure) if failure else None


def _until(done: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
