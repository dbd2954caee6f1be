# SPDX-License-Identifier: Apache-2.0
"""How much memory a process and all its children hold, as Linux tells it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def megabytes(process: int) -> float:
    """Give the sum of the proportional set sizes of a process and its children (``smaps_rollup``)."""
    return sum(map(_of_one, _family(process)))


@contextmanager
def watched(process: int, every: float) -> Iterator[list[float]]:
    """Give a list that grows by the megabytes held, each so many seconds, while the block runs."""
    sizes: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(every):
            sizes.append(megabytes(process))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield sizes
    finally:
        done.set()
        thread.join()


def _family(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children")
    try:
        return [process, *(one for each in children.read_text("ascii").split() for one in _family(int(each)))]
    except OSError:
        return [process]


def _of_one(process: int) -> float:
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
