# SPDX-License-Identifier: Apache-2.0
"""One unit of work, and the place it is begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gakusho.fetch import NO_SERVICES, Services
from gakusho.store.database import Database
from gakusho.store.files import Files


@dataclass(frozen=True, kw_only=True)
class Work:
    """One unit of work: everything from outside that a role's function needs.

    The edge (web, cli, jobs) opens and commits it; a function that raises leaves nothing behind.
    """

    session: Session
    files: Files
    secret: bytes
    """32 random bytes of this server; wraps keys, never leaves memory."""
    now: datetime
    """UTC."""
    public_url: str
    """Where people reach this server, without a slash at the end."""
    services: Services = NO_SERVICES
    """Those that the operator named: asked at any port, and inside the own network."""

    def __repr__(self) -> str:
        return f"Work(now={self.now!r}, public_url={self.public_url!r})"


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where units of work are begun: the database, the files, the secret and the clock of this server."""

    database: Database
    files: Files
    secret: bytes
    public_url: str
    clock: Callable[[], datetime] = _clock
    services: Services = NO_SERVICES

    def __repr__(self) -> str:
        return f"Workplace(public_url={self.public_url!r})"

    @contextmanager
    def work(self, *, read_only: bool = False) -> Iterator[Work]:
        """Open one transaction; it is committed when the block ends well, and undone when it raises.

        ``read_only`` work never waits for a writer.
        """
        with self.database.session(read_only=read_only) as session:
            yield Work(
                session=session,
                files=self.files,
                secret=self.secret,
                now=self.clock(),
                public_url=self.public_url.rstrip("/"),
                services=self.services,
            )

    def at(self, clock: Callable[[], datetime]) -> Workplace:
        """Give the same place with another clock."""
        return replace(self, clock=clock)
