# SPDX-License-Identifier: Apache-2.0
"""poppler's ``pdfsig``: a process a file, as it is used."""

from __future__ import annotations

import json
import os
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
    before, wall = os.times(), time.perf_counter()
    some(count)
    wall, after = time.perf_counter() - wall, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(json.dumps({"count": count, "wall": wall, "cpu": cpu, "digest": ""}))


if __name__ == "__main__":
    main()
