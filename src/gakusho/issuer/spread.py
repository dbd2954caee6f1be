# SPDX-License-Identifier: Apache-2.0
"""One kind of work on many parts, on all the machine's cores."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from gakusho.errors import GakushoError

Part = TypeVar("Part")
Result = TypeVar("Result")

WAITING = 2
"""Parts a process that are being worked on or wait; more would only fill memory."""


def spread(
    work: Callable[[Part], Result], parts: Iterable[Part], *, processes: int | None = None
) -> Iterator[Result]:
    """Give ``work(part)`` for each part, in order; ``parts`` is read no faster than the work is done.

    Parts and results go between processes, so they can be pickled; ``work`` and what it holds (keys) need
    not be, for the processes are copies of this one. Where a copy cannot safely be made (threads run here,
    or the system is not Linux), or ``processes`` is 1, the work is done in this process.

    Raises: what ``work`` raises; GakushoError (``worker``) when a process ended by itself.
    """
    count = cores() if processes is None else processes
    if count <= 1 or not _may_fork():
        yield from map(work, parts)
        return
    context = get_context("fork")
    begin: Any = _begin
    do: Any = _do
    with ProcessPoolExecutor(count, mp_context=context, initializer=begin, initargs=(work,)) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for part in parts:
                waiting.append(pool.submit(do, part))
                if len(waiting) >= WAITING * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise GakushoError(
                "A process that issued for this batch ended by itself; nothing is kept.",
                code="worker",
                action="Make sure there is memory enough, then issue the batch again.",
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Give how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _may_fork() -> bool:
    # A copy has only the thread that made it: what another thread held locked stays locked in it.
    return sys.platform == "linux" and threading.active_count() == 1


_work: Callable[[object], object] | None = None


def _begin(work: Callable[[object], object]) -> None:
    global _work  # noqa: PLW0603  # of this process alone: what it was made for
    _work = work


def _do(part: object) -> object:
    assert _work is not None
    return _work(part)
