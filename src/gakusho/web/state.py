# SPDX-License-Identifier: Apache-2.0
"""What the running server holds, handed to every request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from gakusho.fetch import Fetcher
from gakusho.formats import NO_ANCHORS, Anchors
from gakusho.settings import Settings
from gakusho.store.jobs import Jobs
from gakusho.store.work import Work, Workplace


@dataclass(frozen=True, kw_only=True)
class State:
    """The settings, the place where work is done, the jobs and the door to the network."""

    settings: Settings
    workplace: Workplace
    jobs: Jobs
    fetcher: Fetcher
    """Answers for our own institutions first, then asks the network."""
    anchors: Anchors = NO_ANCHORS
    """The authorities that the verifier believes for times and signers of documents."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Give the server's clock (UTC)."""
        return self.workplace.clock

    @contextmanager
    def work(self, *, read_only: bool = False) -> Iterator[Work]:
        """Open one unit of work: committed when the block ends well, undone when it raises."""
        with self.workplace.work(read_only=read_only) as work:
            yield work


def state_of(request: Request) -> State:
    """Give the server's state."""
    state: State = request.app.state.gakusho
    return state
