# SPDX-License-Identifier: Apache-2.0
"""``pdf-batch``: 10,000 transcripts from a CSV of their courses, through the durable job, on all cores."""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench.desk_rows import University
from bench.measurement import Measurement
from bench.memory import megabytes, watched
from gakusho.issuer.choices import Choices
from gakusho.issuer.crew import Crew
from gakusho.issuer.spread import cores

NAMES = ("pdf-batch",)
LEARNERS = int(os.environ.get("TRANSCRIPTS", "10000"))
BESIDE = 100
"""Transcripts of the batch in one process, beside which the large one is measured."""
COURSES = 60
TITLES = (
    "微分積分学",
    "線形代数学",
    "情報科学概論",
    "データ構造とアルゴリズム",
    "確率と統計",
    "日本語表現法",
)
HEADER = (
    *("学籍番号", "氏名", "氏名ローマ字", "文書発行番号"),
    *("科目コード", "科目名", "単位", "評価", "履修時期"),
)
CHOICES = Choices(
    formats=("clr-2", "signed-pdf"),
    notify=False,
    awarded_on=date(2026, 3, 25),
    document_kind="transcript",
    document_language="ja",
)
_HOW = (
    "A CSV of {lines:,} lines, {courses} courses for each of {learners:,} learners, is read, dry-run, "
    "submitted and approved (not counted), and issued by the durable job: each a "
    "CLR 2.0 credential with every course in it signed by itself, a page of PDF/A-3a with that credential "
    "inside, certified at B-B, and both verified by the strict verifier before they are kept in SQLite and "
    "the file store, in a crew of {cores} processes. Beside it {beside} of them in one process. Phases: "
    "{phases}. All processes together held {memory:,.0f} MB at most, while issuing in the first tenth of the "
    "time {early:,.0f} MB; {disk:,.0f} MB on the disk. Another writer, trying ten times a second, waited "
    "{waited:.2f} s at most ({where})."
)


def measure(_wanted: Collection[str]) -> Iterator[Measurement]:
    """Give transcripts a second; each phase is told on standard error when it ends."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        university = University(Path(folder))
        few = university.approved(_table("A", BESIDE), CHOICES)
        alone = BESIDE / university.seconds(few, None)
        measured = _Measured(university)
        many = university.approved(_table("B", LEARNERS), CHOICES, measured)
        crew = Crew()
        with measured("issue"):
            rate = LEARNERS / university.seconds(many, crew)
        crew.close()
        university.close()
        disk = sum(each.stat().st_size for each in Path(folder).rglob("*") if each.is_file()) / 1e6
    sizes = measured.sizes["issue"]
    memory = max(size for each in measured.sizes.values() for size in each)
    where = max(measured.waits, key=lambda name: measured.waits[name])
    yield Measurement(
        name="pdf-batch",
        value=round(rate, 2),
        unit="transcripts/s",
        against="the same job in one process",
        against_value=round(alone, 2),
        ratio=round(rate / alone, 3),
        spread=f"{memory:,.0f} MB at most",
        how=_HOW.format(
            lines=LEARNERS * COURSES,
            courses=COURSES,
            learners=LEARNERS,
            cores=cores(),
            beside=BESIDE,
            phases=", ".join(f"{name} {each:,.1f} s" for name, each in measured.seconds.items()),
            memory=memory,
            early=max(sizes[: max(len(sizes) // 10, 3)]),
            disk=disk,
            waited=measured.waits[where],
            where=where,
        ),
    )


class _Measured:
    """Seconds, memory and the longest wait of another writer, of each phase by its name."""

    def __init__(self, university: University) -> None:
        self._university = university
        self.seconds: dict[str, float] = {}
        self.sizes: dict[str, list[float]] = {}
        self.waits: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Measure a phase, and tell of it when it ends."""
        over = threading.Event()
        writer = threading.Thread(target=self._write, args=(name, over), daemon=True)
        begin = time.perf_counter()
        with watched(os.getpid(), 1.0) as sizes:
            writer.start()
            try:
                yield
            finally:
                over.set()
                writer.join()
        self.seconds[name] = time.perf_counter() - begin
        self.sizes[name] = [*sizes, megabytes(os.getpid())]
        print(  # hours may pass before the measurement itself is told
            f"{name}: {self.seconds[name]:,.1f} s, {max(self.sizes[name]):,.0f} MB at most, "
            f"another writer waited {self.waits.get(name, 0.0):.2f} s at most",
            file=sys.stderr,
            flush=True,
        )

    def _write(self, name: str, over: threading.Event) -> None:
        self.waits[name] = 0.0
        while not over.wait(0.1):
            begin = time.perf_counter()
            self._university.small_write()
            self.waits[name] = max(self.waits[name], time.perf_counter() - begin)


def _table(name: str, learners: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for learner in range(learners):
        number = f"{name}{learner:05}"
        who = [f"26{number}", "青葉 みなと", "AOBA, Minato", f"T{number}"]
        for place in range(COURSES):
            title = f"{TITLES[place % len(TITLES)]}{place // len(TITLES) + 1}"
            writer.writerow([*who, f"ENG{place:03}", title, "2", "優", f"{2022 + place // 16}前期"])
    return out.getvalue().encode()
