# SPDX-License-Identifier: Apache-2.0
"""poppler's ``pdfsig``: a process a file, as it is used."""

from __future__ import annotations

import json
import resource
import subprocess
import time

from bench.engines import _clock

DOCUMENTS = 20


def main() -> None:
    """Verify; the CPU time is that of the processes it started."""
    folder, _, _, count, warm_up = _clock.asked()
    files = [str(folder / f"signed-{number}.pdf") for number in range(DOCUMENTS)]

    def some(amount: int) -> None:
        for number in range(amount):
            done = subprocess.run(["pdfsig", files[number % len(files)]], capture_output=True, check=True)
            if b"Signature is Valid" not in done.stdout:
                raise RuntimeError(done.stdout.decode(errors="replace"))

    some(warm_up)
    before, wall = _used(), time.perf_counter()
    some(count)
    wall, cpu = time.perf_counter() - wall, _used() - before
    print(json.dumps({"count": count, "wall": wall, "cpu": cpu, "digest": ""}))


def _used() -> float:
    """Give the seconds that the processes started so far took, finer than the hundredths of ``os.times``."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
