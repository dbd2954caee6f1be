# SPDX-License-Identifier: Apache-2.0
"""The same work by several engines: each job a fresh process on one core, in shuffled rounds; medians."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import fixtures

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
ROUNDS = int(os.environ.get("ROUNDS", "5"))

ENGINES: Mapping[str, Sequence[str]] = {
    "gakusho": (sys.executable, "-m", "bench.engines.gakusho"),
    "@digitalbazaar/vc": ("node", "bench/engines/digitalbazaar.mjs"),
    "PyLD": (sys.executable, "-m", "bench.engines.pyld"),
    "openbadgeslib": (str(PEERS / ".venv/bin/python"), "-m", "bench.engines.openbadgeslib"),
    "raw Ed25519 (cryptography)": (sys.executable, "-m", "bench.engines.raw"),
    "gakusho (documents)": (sys.executable, "-m", "bench.engines.pdf_gakusho"),
    "pyHanko SimpleSigner": (sys.executable, "-m", "bench.engines.pdf_pyhanko"),
    "endesive": (str(PEERS / ".venv/bin/python"), "-m", "bench.engines.pdf_endesive"),
    "WeasyPrint": (str(PEERS / ".venv/bin/python"), "-m", "bench.engines.pdf_weasyprint"),
    "openssl speed": (sys.executable, "-m", "bench.engines.pdf_openssl"),
    "pdfsig": (sys.executable, "-m", "bench.engines.pdf_pdfsig"),
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One engine's work on one fixture."""

    engine: str
    fixture: str
    operation: str
    count: int
    warm_up: int


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Operations a second, each round's."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]
    digest: str

    @property
    def median(self) -> float:
        """By the clock on the wall."""
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        """By the CPU time of the process, all its threads together."""
        return statistics.median(self.cpu)


def run(
    jobs: Iterable[Job], *, rounds: int = ROUNDS, write: Callable[[Path], None] = fixtures.write
) -> dict[Job, Rate]:
    """Give each job's rate on the documents that ``write`` puts into a folder.

    Raises RuntimeError when an engine fails, or signs a document differently.
    """
    listed = list(jobs)
    found: dict[Job, list[dict[str, float | str]]] = {job: [] for job in listed}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        with one_core():
            for _ in range(rounds):
                for job in random.sample(listed, len(listed)):
                    found[job].append(_one(job, folder))
    rates = {
        job: Rate(
            wall=tuple(float(each["count"]) / float(each["wall"]) for each in rounds_),
            cpu=tuple(float(each["count"]) / float(each["cpu"]) for each in rounds_),
            digest=str(rounds_[0]["digest"]),
        )
        for job, rounds_ in found.items()
    }
    _refuse_differences(rates)
    return rates


@contextmanager
def one_core() -> Iterator[None]:
    """Keep what is started meanwhile to one core, where the system can: threads beside are no head start."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(all_cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)


def _one(job: Job, folder: Path) -> dict[str, float | str]:
    command = [
        *ENGINES[job.engine],
        str(folder),
        job.fixture,
        job.operation,
        str(job.count),
        str(job.warm_up),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{job} failed:\n{done.stderr[-2000:]}")
    told: dict[str, float | str] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _refuse_differences(rates: Mapping[Job, Rate]) -> None:
    # Ed25519 is deterministic: one equal signature says that all canonical bytes under it are equal.
    by_work: dict[tuple[str, str], set[str]] = {}
    for job, rate in rates.items():
        if job.engine not in ("openbadgeslib", "raw Ed25519 (cryptography)"):
            by_work.setdefault((job.fixture, job.operation), set()).add(rate.digest)
    for work, digests in by_work.items():
        if len(digests) > 1:
            raise RuntimeError(f"{work}: the engines sign the same document differently")
