# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random points of a batch: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import secrets
import signal
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from tests.fakes import postgres
from tests.fakes.desk import BADGES, Desk, approved, learners, open_desk
from tests.fakes.forked import Forked
from tests.journey.kill import worker

from gakusho.fetch import MemoryFetcher
from gakusho.issuer import awards, batches, publication
from gakusho.issuer.choices import Choices
from gakusho.issuer.delivery import MAYBE_SENT
from gakusho.model.report import Outcome
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.tables import AwardRow, BatchRow, ClaimLink, Mail, SealedRow
from gakusho.store.work import Workplace
from gakusho.verifier.verify import Inquiry

ROWS = 600
KILLS = 20
TRANSCRIPTS = Choices(
    formats=("clr-2", "signed-pdf"), awarded_on=date(2026, 3, 25), document_kind="transcript"
)


def test_a_batch_survives_twenty_kills(tmp_path: Path) -> None:
    survives("sqlite", tmp_path)


def survives(kind: str, tmp_path: Path) -> None:
    """Kill a batch again and again; PostgreSQL's turn is a file of its own, for another core."""
    url = f"sqlite:///{tmp_path / 'gakusho.db'}" if kind == "sqlite" else postgres.server().new_database()
    victim = victim_at(url, tmp_path, rows=ROWS)
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201  # to run the same kills again
    acknowledged = _killed_again_and_again(victim, random.Random(seed))
    for batch_id in victim.batches:
        _run_to_the_end(victim, batch_id)

    everything_is_there_once(victim, acknowledged)
    no_mail_went_out_twice(victim)
    if kind == "sqlite":
        with sqlite3.connect(tmp_path / "gakusho.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    victim.place.database.close()


def test_a_batch_of_a_machine_that_never_comes_back_is_taken_over(tmp_path: Path) -> None:
    victim = victim_at(postgres.server().new_database(), tmp_path, rows=300)
    process = victim.start(victim.batches[0], name="far")
    _some_work(victim, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    near = victim.start(victim.batches[0], name="near")
    _, errors = near.communicate(timeout=120)
    assert near.returncode == 0, errors.decode()[-3000:]
    everything_is_there_once(victim, set())
    victim.place.database.close()


def test_two_machines_at_one_batch_double_nothing(tmp_path: Path) -> None:
    victim = victim_at(postgres.server().new_database(), tmp_path, rows=300)
    both = [victim.start(victim.batches[0], name=name) for name in ("left", "right")]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()[-3000:]
    everything_is_there_once(victim, set())
    no_mail_went_out_twice(victim)
    victim.place.database.close()


def test_a_database_that_goes_away_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    with postgres.PostgresServer() as server:
        victim = victim_at(server.new_database(), tmp_path, rows=300)
        process = victim.start(victim.batches[0])
        _some_work(victim, process)
        server.stop()
        time.sleep(1)
        server.start()
        _run_to_the_end_after_an_outage(victim, process)
        everything_is_there_once(victim, set())
        no_mail_went_out_twice(victim)
        victim.place.database.close()


def _some_work(victim: Victim, process: Forked) -> None:
    """Wait until something is committed."""
    while victim.work_done()[0] == 0:
        assert process.poll() is None, process.communicate()[1].decode()[-3000:]
        time.sleep(0.03)


def _run_to_the_end_after_an_outage(victim: Victim, process: Forked) -> None:
    """The process may live through the outage, or end with an error and be started again, as by systemd."""
    process.communicate(timeout=120)
    if process.returncode != 0:
        _run_to_the_end(victim, victim.batches[0])


def victim_at(url: str, folder: Path, *, rows: int, courses: int = 0) -> Victim:
    """Give a place with an approved batch of so many badges, or transcripts of so many courses in a PDF."""
    secret = secrets.token_bytes(32)
    (folder / "secret").write_bytes(secret)
    place = Workplace(
        database=Database(url),
        files=Files(str(folder / "files")),
        secret=secret,
        public_url="https://desk.sakura.example",
    )
    place.database.migrate()
    with place.work() as work:
        desk = open_desk(work)
        choices = TRANSCRIPTS if courses else BADGES
        batch = approved(work, desk, _lines(rows, courses) if courses else learners(rows), choices=choices)
    return Victim(
        place=place, url=url, folder=folder, desk=desk, batches=[batch.id], rows=rows, courses=courses
    )


def _lines(rows: int, courses: int) -> list[dict[str, str]]:
    """Give a line for each course of each learner, those of one learner far from each other."""
    return [
        {
            **learner,
            "course_code": f"C{place:02}",
            "course_name": f"工学{place}",
            "grade": "優",
            "credits": "2",
        }
        for place in range(courses)
        for learner in learners(rows)
    ]


@dataclass
class Victim:
    """What is killed, and what it works at."""

    place: Workplace
    url: str
    folder: Path
    desk: Desk
    batches: list[str]
    rows: int
    courses: int = 0
    """Of each transcript; 0 where the batch is of badges."""

    def start(self, batch_id: str, *, name: str = "desk", processes: int = 1) -> Forked:
        """Start a worker in a process group of its own, and wait until its jobs run."""
        (self.folder / "started").unlink(missing_ok=True)
        given = (self.url, str(self.folder), self.desk.institution.id, batch_id, name, str(processes))
        process = Forked(worker.main, given)
        while not (self.folder / "started").exists():
            assert process.poll() is None, process.communicate()[1].decode()[-2000:]
            time.sleep(0.03)
        return process

    def work_done(self) -> tuple[int, int]:
        """Give how many credentials are committed and how many bytes of mail lines were written."""
        with self.place.work(read_only=True) as work:
            count = work.session.scalar(select(func.count()).select_from(AwardRow)) or 0
        mails = self.folder / "mails"
        return count, mails.stat().st_size if mails.exists() else 0

    def more_work(self) -> None:
        """On a machine so fast that nothing is left to interrupt: another batch."""
        with self.place.work() as work:
            self.batches.append(approved(work, self.desk, learners(200, first=self.rows + 1)).id)
        self.rows += 200


def _killed_again_and_again(victim: Victim, chance: random.Random) -> set[str]:
    """Kill as many processes as promised while they work, and give what was committed when each died."""
    acknowledged: set[str] = set()
    kills = 0
    while kills < KILLS:
        process = victim.start(victim.batches[-1])
        before = victim.work_done()
        if chance.random() < 0.8:  # else: somewhere while it starts and finds what was left
            while process.poll() is None and victim.work_done() == before:
                time.sleep(0.03)
        time.sleep(chance.uniform(0, 0.4))
        if process.poll() is not None:
            assert process.returncode == 0, process.communicate()[1].decode()[-2000:]
            victim.more_work()
            continue
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        kills += 1
        with victim.place.work(read_only=True) as work:
            now = set(work.session.scalars(select(AwardRow.id)))
        assert acknowledged <= now, "a committed credential is gone"
        acknowledged = now
    return acknowledged


def _run_to_the_end(victim: Victim, batch_id: str) -> None:
    process = victim.start(batch_id)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors.decode()[-3000:]


def everything_is_there_once(victim: Victim, acknowledged: set[str]) -> None:
    """See that every row is an award once, valid, with what was acknowledged among them."""
    with victim.place.work() as work:
        progress = [
            batches.progress(work, victim.desk.institution.id, batch_id) for batch_id in victim.batches
        ]
        assert {each.state for each in progress} == {"issued"}
        assert sum(each.issued for each in progress) == victim.rows
        rows = work.session.execute(
            select(AwardRow.id, AwardRow.student_number, AwardRow.status_list_id, AwardRow.status_index)
        ).all()
        assert len(rows) == victim.rows
        assert acknowledged <= {row[0] for row in rows}
        assert len({row[1] for row in rows}) == victim.rows, "a learner got two credentials"
        assert len({(row[2], row[3]) for row in rows}) == victim.rows, "two credentials share a status"
        assert set(work.session.scalars(select(BatchRow.award_id))) == {row[0] for row in rows}
        forms = TRANSCRIPTS.formats if victim.courses else BADGES.formats
        for table, each in ((SealedRow, len(forms)), (ClaimLink, 1), (Mail, 1)):
            assert work.session.scalar(select(func.count()).select_from(table)) == each * victim.rows, table
        fetcher = MemoryFetcher(
            publication.documents_of(work, [row[0] for row in rows[:1]]), now=lambda: work.now
        )
        inquiry = Inquiry(now=work.now, fetcher=fetcher)
        for award_id, *_ in rows:
            report = inquiry.verify(awards.sealed(work, award_id, forms[0]).data)
            assert report.outcome is Outcome.VALID, report.checks
            assert report.credential is not None
            codes = [one.achievement.code for one in report.credential.components]
            assert codes == [f"C{place:02}" for place in range(victim.courses)]
        for form in forms[1:]:
            document = inquiry.verify(awards.sealed(work, rows[-1][0], form).data)
            assert document.outcome is Outcome.VALID, document.checks


def no_mail_went_out_twice(victim: Victim) -> None:
    """See that every mail went out once, or is left for a person to decide."""
    handed = Counter(line.split()[0] for line in (victim.folder / "mails").read_text().splitlines())
    assert not [mail for mail, times in handed.items() if times > 1], "a mail was sent twice"
    with victim.place.work() as work:
        mails = work.session.scalars(select(Mail)).all()
    sent = {f"{mail.id}.gakusho" for mail in mails if mail.state == "sent"}
    unsure = {f"{mail.id}.gakusho" for mail in mails if mail.state == "failed"}
    assert len(sent) + len(unsure) == victim.rows
    assert sent <= set(handed), "a mail counts as sent that never was"
    assert set(handed) <= sent | unsure
    # at most the one mail under way when the process died is left for a person to decide
    assert len(unsure) <= KILLS
    assert all(mail.last_error == MAYBE_SENT for mail in mails if mail.state == "failed")
