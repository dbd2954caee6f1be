# SPDX-License-Identifier: Apache-2.0
"""``million-rss``: the memory of ``gakusho issue`` while a CSV of a million rows becomes files on disk."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from bench.measurement import Measurement
from bench.memory import megabytes
from gakusho.issuer.pieces import MOST_AT_ONCE

NAMES = ("million-rss",)
ROWS = max(int(os.environ.get("ROWS", "1000000")), MOST_AT_ONCE + 10_000)
"""Fewer are issued in one piece, which is not what is measured here."""
EVERY = 2.0
"""Seconds between two looks at the memory."""
LIMIT_MB = 300

_HOW = (
    "`gakusho issue --format open-badges-3` on a CSV of {rows:,} rows: every row checked, composed, signed, "
    "verified by the strict verifier against its DID document and status lists, and written to a file of its "
    "own; all cores. The value is the highest sum of the proportional set sizes of all its processes "
    f"(`smaps_rollup`, every {EVERY:g} s); beside it the same after the first tenth, so that the ratio tells "
    "whether it grew. {rate:,.0f} rows/s with {cores} cores, {seconds:,.0f} s in all."
)
_ACHIEVEMENT = {
    "id": "urn:uuid:9b1c1b0a-5a0e-4d62-8a2c-3f0f3b6f2f11",
    "type": "MicroCredential",
    "name": {"en": "Foundations of Data Science"},
    "description": {"en": "Statistics, programming and the handling of personal data, in fifteen lectures."},
    "criteria": {"en": "All assignments handed in, and the written examination passed."},
    "language": "en",
}


def measure(_wanted: Collection[str]) -> Iterator[Measurement]:
    """Give the highest memory in megabytes. ``BENCH_DIR`` is where the files go (4 GB for a million)."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        _write_table(folder / "rows.csv")
        (folder / "achievement.json").write_text(json.dumps(_ACHIEVEMENT), "utf-8")
        program = str(Path(sys.executable).with_name("gakusho"))
        subprocess.run(
            [program, "init", "--name", "朝凪大学", "--did", "did:web:asanagi.example", "--dir", name],
            check=True,
            capture_output=True,
        )
        begin = time.monotonic()
        sizes = _watched(
            [
                *(program, "issue", "--rows", str(folder / "rows.csv")),
                *("--achievement", str(folder / "achievement.json"), "--format", "open-badges-3"),
                *("--dir", name, "--out", str(folder / "out"), "--json"),
            ]
        )
        seconds = time.monotonic() - begin
        with (folder / "issued.jsonl").open("rb") as ledger:
            issued = sum(1 for _ in ledger)
        if issued != ROWS:
            raise RuntimeError(f"{issued} of {ROWS} rows were issued")
    early = max(sizes[: max(len(sizes) // 10, 3)])
    yield Measurement(
        name="million-rss",
        value=round(max(sizes), 1),
        unit="MB at most, all processes together",
        against="the same in the first tenth of the time",
        against_value=round(early, 1),
        ratio=round(max(sizes) / early, 3),
        target=f"≤ {LIMIT_MB} MB, flat",
        spread=f"{ROWS:,} rows, {ROWS / seconds:,.0f} rows/s",
        how=_HOW.format(rows=ROWS, rate=ROWS / seconds, cores=os.cpu_count(), seconds=seconds),
    )


def _write_table(file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["氏名", "氏名カナ", "氏名ローマ字", "学籍番号", "文書発行番号", "授与年月日"])
        for number in range(ROWS):
            writer.writerow(
                [
                    "青葉 みなと",
                    "アオバ ミナト",
                    "AOBA, Minato",
                    f"S{number:07}",
                    f"N{number:07}",
                    "2026-03-25",
                ]
            )


def _watched(command: list[str]) -> list[float]:
    """Run a program and give the megabytes it and its children held, each time one looked."""
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(command, stdout=said, stderr=said)
        sizes: list[float] = []
        while running.poll() is None:
            if held := megabytes(running.pid):
                sizes.append(held)
            time.sleep(EVERY)
        if running.returncode:
            said.seek(0)
            raise RuntimeError(said.read()[-2000:].decode("utf-8", "replace"))
    return sizes
