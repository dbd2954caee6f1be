# SPDX-License-Identifier: Apache-2.0
"""``vcapi-verify``: whole credentials verified over HTTP by one worker, beside express."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench import fixtures
from bench.jobs import ROOT, ROUNDS
from bench.measurement import Measurement

NAMES = ("vcapi-verify",)
SECONDS = 4
CONNECTIONS = 16
PATH = "/vc-api/credentials/verify"
OURS, THEIRS = "gakusho", "express with @digitalbazaar/vc"

_HOW = (
    "`POST /vc-api/credentials/verify` with a signed Open Badges 3.0 credential of about 2.5 kB that has no "
    "status, all checks: `gakusho serve` with one worker, and Node's express on @digitalbazaar/vc. The "
    f"servers are pinned to one core, the load ({CONNECTIONS} keep-alive connections of one process, "
    f"{SECONDS} s after a warm-up) to another; rounds in turn, median."
)


def measure(_wanted: Collection[str]) -> Iterator[Measurement]:
    """Give requests a second."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        fixtures.write(folder)
        _write_bodies(folder)
        servers = {OURS: stack.enter_context(_ours(folder)), THEIRS: stack.enter_context(_theirs(folder))}
        found: dict[str, list[_Round]] = {each: [] for each in servers}
        for _ in range(ROUNDS):
            for each in random.sample(list(servers), len(servers)):
                found[each].append(_round(servers[each], folder))
    rate = {each: statistics.median(one.rate for one in rounds) for each, rounds in found.items()}
    by_cpu = {each: statistics.median(one.by_cpu for one in rounds) for each, rounds in found.items()}
    late = {each: statistics.median(one.p99 for one in rounds) for each, rounds in found.items()}
    yield Measurement(
        name="vcapi-verify",
        value=round(rate[OURS], 1),
        unit="requests/s",
        against=THEIRS,
        against_value=round(rate[THEIRS], 1),
        ratio=round(rate[OURS] / rate[THEIRS], 3),
        cpu_ratio=round(by_cpu[OURS] / by_cpu[THEIRS], 3),
        target="≥ 15",
        spread=f"p99 {late[OURS]:.1f} ms, there {late[THEIRS]:.1f} ms",
        how=_HOW,
    )


@dataclass(frozen=True)
class _Server:
    port: int
    process: int


@dataclass(frozen=True)
class _Round:
    rate: float
    by_cpu: float
    p99: float


def _write_bodies(folder: Path) -> None:
    from gakusho.formats.open_badges_3 import FORMAT

    awards = [replace(fixtures.badge_award(number), status=()) for number in range(100)]
    sealed = FORMAT.write(awards, fixtures.sealing())
    bodies = [f'{{"verifiableCredential":{one.data.decode()},"options":{{}}}}' for one in sealed]
    (folder / "bodies.json").write_text(json.dumps(bodies), "utf-8")


def _round(server: _Server, folder: Path) -> _Round:
    where = [str(server.port), str(server.process), str(folder), PATH, str(SECONDS)]
    command = [sys.executable, "-m", "bench.load", *where]
    done = subprocess.run(
        [*_pinned(1), *command, str(CONNECTIONS)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    told = json.loads(done.stdout)
    return _Round(rate=told["rate"], by_cpu=told["by_cpu"], p99=told["p99_ms"])


def _pinned(core: int) -> Sequence[str]:
    several = (os.cpu_count() or 1) > 1 and shutil.which("taskset")
    return ("taskset", "-c", str(core)) if several else ()


@contextmanager
def _ours(folder: Path) -> Iterator[_Server]:
    port = _free_port()
    command = [str(Path(sys.executable).with_name("gakusho")), "serve", "--port", str(port)]
    settings = {"GAKUSHO_VC_API": "1", "GAKUSHO_DATA": str(folder / "data")}
    with _served([*_pinned(0), *command], port, settings) as process:
        yield _Server(port, process)


@contextmanager
def _theirs(folder: Path) -> Iterator[_Server]:
    port = _free_port()
    command = ["node", str(ROOT / "bench/peers/server.mjs"), str(folder), str(port)]
    with _served([*_pinned(0), *command], port, {"NODE_ENV": "production"}) as process:
        yield _Server(port, process)


@contextmanager
def _served(command: Sequence[str], port: int, settings: Mapping[str, str]) -> Iterator[int]:
    """Run a server until the end; taskset becomes the program it starts, so the process is the server."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, **settings})
        try:
            for _ in range(300):
                if process.poll() is not None:
                    break
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        yield process.pid
                        return
                time.sleep(0.1)
            said.seek(0)
            raise RuntimeError(f"{command[-1]} does not answer: {said.read()[-2000:].decode()}")
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
