# SPDX-License-Identifier: Apache-2.0
"""A name for each process with jobs at one database: another for each at once, the same after a start."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gakusho.errors import LimitError
from gakusho.store.database import Database, database_trouble

try:
    import fcntl

    _HAS_FILE_LOCKS = True
except ImportError:  # not POSIX: one process only, as the database says too
    _HAS_FILE_LOCKS = False

MOST = 1_000
_ADVISORY = 0x67616B75
"""The first half of the locks' keys on PostgreSQL, so that they are nobody else's."""


@contextmanager
def worker_name(database: Database) -> Iterator[str]:
    """Give the first name that no living process holds, and hold it until the block ends.

    The lock falls with the process, however it ends, so that the next one to start takes the name, and
    with it what was left. On PostgreSQL it falls with its connection too: whoever starts after an outage
    may take the name of one that lives, and they then do some of each other's work again.

    Raises:
        LimitError: a thousand processes run already.
        UnreachableError: the database cannot be reached.
    """
    with ExitStack() as stack:
        take = stack.enter_context(_by_file(database) if database.is_sqlite else _by_advisory_lock(database))
        number = next((each for each in range(1, MOST + 1) if take(each)), None)
        if number is None:
            raise LimitError("Too many processes work at one database.", facts={"expected": MOST})
        yield "gakusho" if number == 1 else f"gakusho-{number}"


@contextmanager
def _by_file(database: Database) -> Iterator[Callable[[int], bool]]:
    path = Path(str(make_url(database.url).database))
    held: list[int] = []

    def take(number: int) -> bool:
        if not _HAS_FILE_LOCKS:
            return True
        place = path.with_name(f"{path.name}.worker-{number}.lock")
        file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        held.append(file)
        return True

    try:
        yield take
    finally:
        for file in held:
            os.close(file)


@contextmanager
def _by_advisory_lock(database: Database) -> Iterator[Callable[[int], bool]]:
    engine = create_engine(
        database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise database_trouble(error) from error

    def take(number: int) -> bool:
        asked = text("SELECT pg_try_advisory_lock(:first, :second)")
        return bool(connection.execute(asked, {"first": _ADVISORY, "second": number}).scalar())

    with connection:
        yield take
    engine.dispose()
