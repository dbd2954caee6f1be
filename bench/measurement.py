# SPDX-License-Identifier: Apache-2.0
"""What a measurement gives, and the clock it is taken with."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One value, beside what it was compared with in the same run."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    """``value`` divided by what it is compared with."""
    against_value: float
    how: str
    """What exactly was done, for the page."""
    target: str = ""
    """What the ratio (or the value) is to reach, such as ``≥ 70``."""
    cpu_ratio: float | None = None
    """The ratio again by CPU time of the process instead of by the clock on the wall."""
    spread: str = ""
    """Lowest and highest value of the rounds."""
    measured: str = ""
    """When, and how busy the machine was with other work."""


def median_rate(count: int, rounds: int, work: Callable[[], None]) -> float:
    """Give how many of ``count`` a second, as the median of several rounds of ``work``."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return count / statistics.median(times)
