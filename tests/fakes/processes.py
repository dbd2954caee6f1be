# SPDX-License-Identifier: Apache-2.0
"""Whether processes live, as Linux tells it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path


def lives(pid: int) -> bool:
    """Say whether a process runs; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pids: Iterable[int], within: float = 30) -> None:
    """Wait until none of the processes lives; AssertionError when one still does, after so many seconds."""
    deadline = time.monotonic() + within
    while any(lives(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process was left over"
        time.sleep(0.02)
