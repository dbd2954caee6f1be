# SPDX-License-Identifier: Apache-2.0
"""What a measurement gives, and the clock it is taken with."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class Rates:
    """How many a second in each round, by the clock on the wall and by the CPU time of this process."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]


def rates(count: int, rounds: int, *works: Callable[[], None]) -> list[Rates]:
    """Give the rates at which each work does ``count``, its rounds taken in turn with the others'."""
    times: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(rounds):
        for work, kept in zip(works, times, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            kept.append((time.perf_counter() - wall, time.process_time() - cpu))
    return [
        Rates(wall=tuple(count / wall for wall, _ in kept), cpu=tuple(count / cpu for _, cpu in kept))
        for kept in times
    ]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the median of the rounds' ratios: what else ran in a round weighs on both of them."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
