# SPDX-License-Identifier: Apache-2.0
"""What a verification costs: computing time and the memory at its peak, in a process that is thrown away.

Usage: python -m tools.fuzz.measure [--seconds 2] [--megabytes 256] [NAME ...]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.fuzz import worst_files, worst_graphs, worst_texts  # noqa: F401  # they register their cases
from tools.fuzz.case import CASES

SECONDS, MEGABYTES = 2.0, 256
_HARD_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What became of one case."""

    name: str
    size: int
    seconds: float
    """Of computing, nobody else's included."""
    megabytes: float
    """At the peak, the interpreter and all its modules included."""
    outcome: str
    """The outcome of the report; ``accident`` where a fault of ours shows, ``broken`` without a report."""
    told: str


def measured(name: str) -> Measured:
    """Verify one case in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (_HARD_SECONDS, _HARD_SECONDS))
            os.write(writing, json.dumps(asdict(_measured(name))).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        return Measured(name=name, size=0, seconds=_HARD_SECONDS, megabytes=0, outcome="broken", told="")
    return Measured(**json.loads(answer))


def _measured(name: str) -> Measured:
    case = CASES[name]()
    _forget_peak()
    before = time.process_time()
    try:
        report = case.verify()
    except BaseException as error:  # noqa: BLE001  # whatever comes out is a fault of ours
        outcome, told = "broken", f"{type(error).__name__}: {error}"[:300]
    else:
        accident = [c for c in report.checks if c.facts.get("reason") == "failed"]
        outcome = "accident" if accident else str(report.outcome.value)
        wrong = [c for c in report.checks if c.outcome.value != "valid"]
        told = "; ".join(f"{c.code} {c.facts.get('reason', '')} {c.facts.get('message', '')}" for c in wrong)
    seconds = time.process_time() - before
    return Measured(
        name=name,
        size=len(case.data),
        seconds=round(seconds, 3),
        megabytes=round(_peak(), 1),
        outcome=outcome,
        told=told[:300],
    )


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak() -> float:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def warm() -> None:
    """Load what the first verification loads, so that no case pays for it."""
    from tools.fuzz.case import Case, badge, text

    Case(data=text(badge())).verify()
    for start in (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"<svg ", b"eyJ"):
        Case(data=start).verify()


def main(arguments: Sequence[str]) -> int:
    """Measure the cases named, or all; 1 when one is over a bound or is no verdict."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz.measure", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args(arguments)
    warm()
    failed = 0
    for name in chosen.names or CASES:
        found = measured(name)
        bad = (
            found.seconds > chosen.seconds
            or found.megabytes > chosen.megabytes
            or found.outcome in ("accident", "broken")
        )
        failed += bad
        if chosen.json:
            print(json.dumps(asdict(found)), flush=True)
        else:
            mark = "OVER" if bad else "    "
            print(
                f"{mark} {name:32} {found.size:>9,} B {found.seconds:7.3f} s {found.megabytes:7.1f} MB "
                f"{found.outcome:8} {found.told[:110]}",
                flush=True,
            )
    print(f"{len(chosen.names or CASES)} cases, {failed} over", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
