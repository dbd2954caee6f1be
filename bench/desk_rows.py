# SPDX-License-Identifier: Apache-2.0
"""``desk-rows``: from CSV rows to stored, signed Open Badges, against the raw Ed25519 signing rate."""

from __future__ import annotations

import csv
import io
import statistics
import tempfile
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.measurement import Measurement, rates, ratio
from gakusho.issuer import achievements, batches, institutions, issuing
from gakusho.issuer.access import Actor, Role
from gakusho.issuer.choices import Choices
from gakusho.model.achievement import Achievement
from gakusho.model.text import Text
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.work import Workplace

NAMES = ("desk-rows",)
ROWS = 500
ROUNDS = 5
SIGNATURES = 20_000
CHOICES = Choices(formats=("open-badges-3",), notify=False, awarded_on=date(2026, 3, 25))


def measure(_wanted: Collection[str]) -> Iterator[Measurement]:
    """Give rows a second through the whole desk."""
    with tempfile.TemporaryDirectory() as folder:
        desk = _Desk(Path(folder))
        desk.round()  # what is compiled and cached once is not what is measured
        rows, raw = rates(ROWS, ROUNDS, desk.round, _signatures)
        desk.close()
    signed = SIGNATURES / ROWS  # in the time of each row's turn
    yield Measurement(
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


class _Desk:
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
        self._number += 1
        with self._place.work() as work:
            batch = batches.create(
                work,
                self._preparer,
                achievement_id=self._achievement,
                table=_table(self._number),
                table_name="class.csv",
                choices=CHOICES,
            )
        with self._place.work() as work:
            submitted = batches.submit(work, self._preparer, batch.id)
        with self._place.work() as work:
            batches.approve(work, self._approver, batch.id, str(submitted.content_digest))
        issued = 0
        while count := issuing.issue_some(self._place, batch.id):
            issued += count
        with self._place.work() as work:
            issuing.finish(work, batch.id)
        if issued != ROWS:
            raise RuntimeError(f"{issued} of {ROWS} rows were issued")

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _table(number: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["氏名", "氏名カナ", "氏名ローマ字", "学籍番号", "文書発行番号", "授与年月日"])
    for row in range(ROWS):
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
