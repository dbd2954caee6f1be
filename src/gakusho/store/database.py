# SPDX-License-Identifier: Apache-2.0
"""The database: SQLite with one writer, or PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from gakusho.errors import GakushoError, SettingsError, UnreachableError
from gakusho.store import (  # noqa: F401  # known once imported
    tables_documents,
    tables_endorsements,
    tables_kiosk,
    tables_oauth,
    tables_paper,
    tables_vc_api,
)
from gakusho.store.tables import Table

try:
    import fcntl

    _HAS_FILE_LOCKS = True
except ImportError:  # not POSIX: one process only
    _HAS_FILE_LOCKS = False

WAL_RESET_FIXED = (3, 51, 3)
"""The first SQLite without the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""
_WRITE_TIMEOUT = 60.0  # seconds


class Database:
    """What is kept, by its URL: ``sqlite:///path`` or ``postgresql://user@host/name``.

    On SQLite all writing of all threads and processes goes one after the other, under a lock beside the
    file, and only the writer checkpoints: see docs/decisions, "One writer on SQLite".
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise SettingsError("The database address cannot be read.", facts={"got": url[:40]}) from error
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._lock: _WriteLock | None = None
        if self.is_sqlite:
            if not parsed.database or parsed.database == ":memory:":
                raise SettingsError(
                    "SQLite needs a file: a database in memory would lose what was issued.",
                    facts={"got": url, "expected": "sqlite:///path/to/file"},
                )
            path = Path(parsed.database)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _WriteLock(path.with_name(path.name + ".lock"))
            self._writer = _sqlite(parsed, writes=True)
            self._reader = _sqlite(parsed, writes=False)
        elif parsed.get_backend_name() in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
            self._writer = self._reader = create_engine(
                parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
            )
        else:
            raise SettingsError(
                f"There is no database of the kind {parsed.get_backend_name()!r}.",
                facts={"got": parsed.get_backend_name(), "expected": "sqlite or postgresql"},
            )
        self.url = parsed.render_as_string(hide_password=False)

    def __repr__(self) -> str:
        return f"Database({make_url(self.url).render_as_string(hide_password=True)!r})"

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        """Open one transaction: committed when the block ends well, undone when it raises.

        Raises:
            UnreachableError: the database cannot be reached, is full, or stays busy for a minute.
        """
        engine = self._reader if read_only else self._writer
        with ExitStack() as stack:
            stack.enter_context(_told())
            if self._lock is not None and not read_only:
                stack.enter_context(self._lock)
            with Session(engine, expire_on_commit=False, info={"read_only": read_only}) as session:
                if read_only and not self.is_sqlite:
                    session.execute(text("SET TRANSACTION READ ONLY"))
                yield session
                if read_only:
                    session.rollback()
                else:
                    session.commit()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open one writing transaction without the object mapper, for migrations and tests."""
        with ExitStack() as stack:
            stack.enter_context(_told())
            if self._lock is not None:
                stack.enter_context(self._lock)
            yield stack.enter_context(self._writer.begin())

    def create(self) -> None:
        """Make every table as the code describes them, without migrations; for tests."""
        with self.connection() as connection:
            Table.metadata.create_all(connection)

    def migrate(self) -> None:
        """Bring the tables to the form this version needs; safe from several processes at once."""
        from gakusho.store.migrations import upgrade

        with self.connection() as connection:
            upgrade(connection)

    def version(self) -> str | None:
        """Give the revision of the tables, or None where nothing was made yet."""
        with self.session(read_only=True) as session:
            connection = session.connection()
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def caveats(self) -> list[str]:
        """Give what a careful operator should know of this database; an empty list is good news."""
        if not self.is_sqlite:
            with self.session(read_only=True) as session:
                value = str(session.execute(text("SHOW synchronous_commit")).scalar())
            if value == "off":
                return [
                    "PostgreSQL runs with synchronous_commit = off: a power cut loses what was acknowledged."
                ]
            return []
        found = []
        if sqlite3.sqlite_version_info < WAL_RESET_FIXED:
            found.append(
                f"SQLite {sqlite3.sqlite_version} has the WAL-reset bug of the versions before 3.51.3. "
                "Gakusho is not exposed to it as long as only Gakusho writes to the file: do not open "
                "the file for writing with other programs while the server runs."
            )
        if not _HAS_FILE_LOCKS:
            found.append("This system has no file locks: run one process only.")
        return found

    def close(self) -> None:
        """Let go of all connections."""
        self._reader.dispose()
        self._writer.dispose()


class _WriteLock:
    """One writer at a time: among the threads of this process, and among processes by a lock on a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: int | None = None

    def __enter__(self) -> None:
        if not self._threads.acquire(timeout=_WRITE_TIMEOUT):
            raise UnreachableError(
                "The database is busy: another piece of work has been writing for a minute.",
                code="database-busy",
            )
        try:
            if _HAS_FILE_LOCKS:
                if self._file is None:
                    self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


def _sqlite(url: URL, *, writes: bool) -> Engine:
    pool: dict[str, Any] = (
        {"pool_size": 1, "max_overflow": 0} if writes else {"pool_size": 5, "max_overflow": 20}
    )
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"check_same_thread": False, "timeout": 30},
        hide_parameters=True,  # names of learners do not belong into a log
        **pool,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to lock
        cursor = connection.cursor()
        if writes:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA wal_autocheckpoint={1000 if writes else 0}")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what the database could not do."""
    try:
        yield
    except GakushoError:
        raise
    except DatabaseError as error:
        # its other kinds tell of a program's fault, or are awaited by whoever asked
        if not isinstance(error, (OperationalError, InternalError)) and type(error) is not DatabaseError:
            raise
        raise database_trouble(error) from error


def database_trouble(error: DBAPIError) -> UnreachableError:
    """Give the error to show for a database that could not do its work."""
    reason = (
        str(error.orig).strip().splitlines()[0]
        if error.orig and str(error.orig).strip()
        else "no reason given"
    )
    full = "full" in reason or "No space" in reason
    return UnreachableError(
        f"The database could not do its work: {reason}.",
        code="database-full" if full else "database",
        action="Make room on the disk of the database, then go on."
        if full
        else "Check that the database runs and can be written to, then go on.",
        facts={"got": reason},
    )
