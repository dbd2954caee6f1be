# SPDX-License-Identifier: Apache-2.0
"""What the running server holds, handed to every request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import Request

from gakusho.fetch import Fetcher
from gakusho.settings import Settings
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.jobs import Jobs
from gakusho.store.work import Work


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class State:
    """The settings, the stores, the jobs and the door to the network."""

    settings: Settings
    database: Database
    files: Files
    jobs: Jobs
    fetcher: Fetcher
    """Answers for our own institutions first, then asks the network."""
    clock: Callable[[], datetime] = field(default=_clock)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open one unit of work: committed when the block ends well, undone when it raises."""
        with self.database.session() as session:
            yield Work(
                session=session,
                files=self.files,
                secret=self.settings.secret,
                now=self.clock(),
                public_url=self.settings.public_url,
            )


def state_of(request: Request) -> State:
    """Give the server's state."""
    state: State = request.app.state.gakusho
    return state
