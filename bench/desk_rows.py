# SPDX-License-Identifier: Apache-2.0
"""From CSV rows to stored, signed Open Badges.

``desk-rows``: in one process, against the raw Ed25519 signing rate; ``desk-batch``: a large batch as the
server's durable job issues it, with a crew on all cores, against the same in one process.
"""

from __future__ import annotations

import csv
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from bench.measurement import Measurement, rates, ratio
from gakusho.issuer import achievements, checking, deciding, institutions, issuing
from gakusho.issuer.access import Actor, Role
from gakusho.issuer.choices import Choices
from gakusho.issuer.crew import Crew
from gakusho.issuer.desk import Desk
from gakusho.issuer.spread import cores
from gakusho.model.achievement import Achievement
from gakusho.model.text import Text
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.jobs import Jobs
from gakusho.store.mailers import InboxMailer
from gakusho.store.tables import Batch
from gakusho.store.work import Workplace

NAMES = ("desk-rows", "desk-batch")
ROWS = 500
BATCH = 10_000
BATCH_ROUNDS = 3
ROUNDS = 5
SIGNATURES = 20_000
Phases = Callable[[str], AbstractContextManager[None]]
"""Measures what is done while it is open, by its name."""
CHOICES = Choices(formats=("open-badges-3",), notify=False, awarded_on=date(2026, 3, 25))


def measure(wanted: Collection[str]) -> Iterator[Measurement]:
    """Give rows a second through the whole desk, and through the job of a large batch."""
    if "desk-rows" in wanted:
        yield _rows()
    if "desk-batch" in wanted:
        yield _batch()


def _rows() -> Measurement:
    with tempfile.TemporaryDirectory() as folder:
        desk = University(Path(folder))
        desk.round()  # what is compiled and cached once is not what is measured
        rows, raw = rates(ROWS, ROUNDS, desk.round, _signatures)
        desk.close()
    signed = SIGNATURES / ROWS  # in the time of each row's turn
    return Measurement(
        name="desk-rows",
        value=round(statistics.median(rows.wall), 1),
        unit="rows/s",
        against="raw Ed25519 signatures (cryptography)/s",
        ratio=round(ratio(rows.wall, raw.wall) / signed, 5),
        cpu_ratio=round(ratio(rows.cpu, raw.cpu) / signed, 5),
        against_value=round(statistics.median(raw.wall) * signed, 1),
        spread=f"{min(rows.wall):,.0f}–{max(rows.wall):,.0f}",
        how=(
            f"A CSV of {ROWS} rows is read, dry-run, submitted, approved, composed, signed as Open Badges "
            "3.0 with `eddsa-rdfc-2022`, verified by the strict verifier, and kept in SQLite "
            f"(`synchronous=FULL`) and the file store, in one process; the median of {ROUNDS} rounds after "
            "one to warm up. Against: signing 32-byte messages with `cryptography` in the same run."
        ),
    )


def _batch() -> Measurement:
    with tempfile.TemporaryDirectory() as folder:
        desk = University(Path(folder))
        one: list[float] = []
        all_cores: list[float] = []
        for _ in range(BATCH_ROUNDS):
            for crew, rates_of in ((None, one), (Crew(), all_cores)):
                rates_of.append(desk.job(crew))
                if crew is not None:
                    crew.close()
        desk.close()
    return Measurement(
        name="desk-batch",
        value=round(statistics.median(all_cores), 1),
        unit="rows/s",
        against="the same job in one process",
        ratio=round(ratio(all_cores, one), 4),
        against_value=round(statistics.median(one), 1),
        spread=f"{min(all_cores):,.0f}–{max(all_cores):,.0f}",
        how=(
            f"An approved batch of {BATCH:,} rows is issued by the server's durable job: identities and "
            "status places reserved, composed, signed as Open Badges 3.0 with `eddsa-rdfc-2022`, verified by "
            "the strict verifier, and kept in SQLite (`synchronous=FULL`); from asking for it until it is "
            f"issued, in a crew of {cores()} processes that start within the time measured; the median of "
            f"{BATCH_ROUNDS} rounds, in turn with the same job in one process."
        ),
    )


@contextmanager
def unmeasured(_name: str) -> Iterator[None]:
    """Measure nothing."""
    yield


class University:
    """A university on a fresh SQLite file, to which each round adds a class of its own."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(f"sqlite:///{folder / 'bench.sqlite'}")
        self._database.migrate()
        self._place = Workplace(
            database=self._database,
            files=Files(str(folder / "files")),
            secret=bytes(range(32)),
            public_url="https://desk.example",
        )
        self._number = 0
        with self._place.work() as work:
            university = institutions.found(
                work,
                slug="bench",
                name=Text.of(ja="朝凪大学", en="Asanagi University"),
                did="did:web:asanagi.example",
            )
            actors: dict[Role, Actor] = {}
            for role in (Role.PREPARE, Role.APPROVE):
                member = institutions.grant(work, None, university.id, f"{role}@asanagi.example", role)
                actors[role] = institutions.actor_for(work, university.id, member.person_id)
            self._preparer, self._approver = actors[Role.PREPARE], actors[Role.APPROVE]
            self._achievement = achievements.save(
                work,
                self._preparer,
                Achievement(
                    id="urn:uuid:9b1c1b0a-5a0e-4d62-8a2c-3f0f3b6f2f11",
                    type="BachelorDegree",
                    name=Text.of(ja="学士（工学）", en="Bachelor of Engineering"),
                    description=Text.of(ja="四年間の課程を修了した。", en="Completed the four-year program."),
                    criteria=Text.of(ja="124単位を修得する。", en="Earn 124 credits."),
                ),
            ).id

    def round(self) -> None:
        """Take one class through the desk."""
        batch_id = self._approved(ROWS)
        issued = 0
        while count := issuing.issue_some(self._place, batch_id):
            issued += count
        with self._place.work() as work:
            issuing.finish(work, batch_id)
        if issued != ROWS:
            raise RuntimeError(f"{issued} of {ROWS} rows were issued")

    def job(self, crew: Crew | None) -> float:
        """Give the rows a second at which the durable job issues a large batch."""
        batch_id = self._approved(BATCH)
        return BATCH / self.seconds(batch_id, crew)

    def seconds(self, batch_id: str, crew: Crew | None) -> float:
        """Give how long the durable job takes for an approved batch."""
        jobs = Jobs(self._place, steps=Desk(crew), mailer=InboxMailer(), sweep_seconds=600)
        jobs.start()
        try:
            begin = time.perf_counter()
            jobs.issue(batch_id)
            while self._state(batch_id) != "issued":
                time.sleep(0.02)
            return time.perf_counter() - begin
        finally:
            jobs.stop()

    def _state(self, batch_id: str) -> str:
        with self._place.work(read_only=True) as work:
            now = work.session.execute(select(Batch.state, Batch.failure).where(Batch.id == batch_id)).one()
        if now.failure:
            raise RuntimeError(str(now.failure))
        return str(now.state)

    def _approved(self, rows: int) -> str:
        self._number += 1
        return self.approved(_table(self._number, rows), CHOICES)

    def approved(self, table: bytes, choices: Choices, phases: Phases = unmeasured) -> str:
        """Give an approved batch of the table's rows, each phase of it measured, as the server does it."""
        with phases("upload"):
            upload = checking.uploaded(self._place.files, table, "class.csv")
            with self._place.work() as work:
                batch = checking.create(
                    work, self._preparer, achievement_id=self._achievement, upload=upload, choices=choices
                )
        with phases("check"):
            checking.run(self._place, batch.id, lambda: False)
        with phases("submit"):
            submitted = deciding.submit(self._place, self._preparer, batch.id)
        with phases("approve"):
            deciding.approve(self._place, self._approver, batch.id, str(submitted.content_digest))
        return batch.id

    def small_write(self) -> None:
        """Do what everybody does who uses the server meanwhile: write a little."""
        with self._place.work() as work:
            work.session.execute(update(Batch).where(Batch.id == "").values(name=""))

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _table(number: int, rows: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["氏名", "氏名カナ", "氏名ローマ字", "学籍番号", "文書発行番号", "授与年月日"])
    for row in range(rows):
        label = f"{number:03}-{row:05}"
        writer.writerow(
            ["青葉 みなと", "アオバ ミナト", "AOBA, Minato", f"S{label}", f"N{label}", "2026-03-25"]
        )
    return out.getvalue().encode()


def _signatures() -> None:
    key = Ed25519PrivateKey.generate()
    message = bytes(32)
    for _ in range(SIGNATURES):
        key.sign(message)
