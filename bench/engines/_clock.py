# SPDX-License-Identifier: Apache-2.0
"""What every engine in Python does: read the fixture, warm up, measure, print."""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Work = Callable[[str], str]
"""One operation: from a document's text to the text or answer that comes out."""


def asked() -> tuple[Path, str, str, int, int]:
    """Give folder, fixture, operation, count and warm-up from the command line."""
    folder, fixture, operation, count, warm_up = sys.argv[1:6]
    return Path(folder), fixture, operation, int(count), int(warm_up)


def texts(folder: Path, fixture: str, operation: str) -> list[str]:
    """Give the documents: signed ones to verify, else unsigned ones."""
    name = f"{fixture}.signed.json" if operation == "verify" else f"{fixture}.json"
    return list(json.loads((folder / name).read_text("utf-8")))


def surroundings(folder: Path) -> Any:
    """Give contexts, key and times."""
    return json.loads((folder / "surroundings.json").read_text("utf-8"))


def measure(work: Work, documents: Sequence[str], count: int, warm_up: int) -> None:
    """Do the work ``count`` times, going round the documents, and print what it took."""

    def some(amount: int) -> None:
        for number in range(amount):
            work(documents[number % len(documents)])

    timed(lambda: some(warm_up), lambda: some(count), count, digest([work(documents[0])]))


def timed(warm: Callable[[], object], work: Callable[[], object], count: int, out: str) -> None:
    """Warm up, measure, and print one JSON object."""
    warm()
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"count": count, "wall": wall, "cpu": cpu, "digest": out}))


def digest(results: Sequence[str]) -> str:
    """Give what identifies results of which each engine must give the same: their proof values."""
    joined = hashlib.sha256()
    for result in results:
        value = json.loads(result)
        proof = value["proof"]["proofValue"] if isinstance(value, dict) else value
        joined.update(proof.encode())
    return joined.hexdigest()
