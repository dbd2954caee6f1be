# SPDX-License-Identifier: Apache-2.0
"""Look for input that breaks anything, for a bounded time; 1 when something is found.

First every worst case that anybody thought of is measured. Then coverage-guided fuzzing of each target and
the property tests with fresh seeds share the time. What is found stays in ``build/fuzz/found``, and what
reached new code in ``build/fuzz/<target>``, from where the next run begins.

Usage: make fuzz (TIME=600)
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BUILD = ROOT / "build" / "fuzz"
FOUND = BUILD / "found"
WEIGHTS = {
    # what has most behind it gets most of the time
    "any-file": 5,
    "signed-anew": 4,
    "presentation": 2,
    "canonical": 3,
    "status-list": 2,
    "did-document": 1,
    "did": 1,
    "json": 1,
    "token": 1,
    "sd-jwt": 1,
    "cose": 1,
    "paper-code": 1,
    "paper-message": 1,
    "picture": 1,
    "encoded-list": 1,
    "multibase": 1,
    "png": 1,
    "svg": 1,
}
PROPERTIES = (
    "tests/unit/verifier/test_verify.py",
    "tests/unit/proof/test_strict_json.py",
    "tests/unit/proof/test_plan.py",
    "tests/unit/status/test_bitstring.py",
    "tests/vectors/json_ld/test_against_pyld.py",
)
_RUNS = re.compile(r"Done (\d+) runs")
_MAX_LENGTH = 65_536


def fuzzed(name: str, seconds: int) -> tuple[str, bool]:
    """Fuzz one target; give what to say, and whether nothing was found."""
    command = [
        sys.executable,
        "-m",
        "tools.fuzz.targets",
        name,
        str(BUILD / name),
        f"-max_total_time={seconds}",
        f"-max_len={_MAX_LENGTH}",
        "-timeout=30",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={FOUND}/{name}-",
    ]
    ran = subprocess.run(command, cwd=ROOT, check=False, text=True, errors="replace", capture_output=True)
    runs = _RUNS.search(ran.stderr)
    if ran.returncode == 0 and runs is not None:
        return f"{name:14} {int(runs.group(1)):>12,} executions", True
    (FOUND / f"{name}.log").write_text(ran.stdout + ran.stderr, "utf-8")
    return f"{name:14} FOUND SOMETHING: see {FOUND.relative_to(ROOT)}/{name}.log", False


def properties() -> tuple[str, bool]:
    """Run the property tests with seeds of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "--hypothesis-seed=random", *PROPERTIES]
    ran = subprocess.run(command, cwd=ROOT, check=False, text=True, capture_output=True)
    if ran.returncode:
        (FOUND / "properties.log").write_text(ran.stdout + ran.stderr, "utf-8")
    last = (ran.stdout.strip().splitlines() or ["nothing ran"])[-1]
    return f"{'properties':14} {last}", ran.returncode == 0


def main(arguments: Sequence[str]) -> int:
    """Run everything within the time; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for all together (600)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(arguments)
    FOUND.mkdir(parents=True, exist_ok=True)
    os.nice(10)
    began = time.monotonic()
    measured = subprocess.run([sys.executable, "-m", "tools.fuzz.measure"], cwd=ROOT, check=False)
    sound = measured.returncode == 0
    left = max(60.0, chosen.seconds - (time.monotonic() - began))
    share = left * chosen.processes / (sum(WEIGHTS.values()) + 2)
    with ThreadPoolExecutor(chosen.processes) as pool:
        jobs = [pool.submit(properties)]
        jobs += [pool.submit(fuzzed, name, max(3, int(share * weight))) for name, weight in WEIGHTS.items()]
        for job in jobs:
            said, good = job.result()
            print(said, flush=True)
            sound = sound and good
    print(f"{time.monotonic() - began:.0f} s, {'nothing found' if sound else 'something found'}")
    return 0 if sound else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
