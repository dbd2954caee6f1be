# SPDX-License-Identifier: Apache-2.0
"""How long work on many rows reads from the database: in one transaction, or in a short one each time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from gakusho.store.work import Work, Workplace

Opened = Callable[[], AbstractContextManager[Work]]
"""Opens work for as long as one look takes: some rows, some hundred numbers."""
Told = Callable[[str, int, int], None]
"""Is told how far a long check is: the phase, how much of it is done, and of how much."""
AT_ONCE = 500
"""Rows read in one look."""


def within(work: Work) -> Opened:
    """Give what opens nothing anew: all is read in the transaction there is."""
    return lambda: nullcontext(work)


def apart(workplace: Workplace) -> Opened:
    """Give what opens a short transaction for each look, and none that could write."""
    return lambda: workplace.work(read_only=True)


def untold(_phase: str, _done: int, _total: int) -> None:
    """Tell nobody."""
