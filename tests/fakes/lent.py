# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL databases that serve one test after the other, put back each time as they were made.

Making a database copies five hundred files; putting back the rows of a few tables costs a quarter of that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg
from tests.fakes import postgres

_TIMES = 200
_LARGE = 1 << 20
_OURS = "relnamespace = 'public'::regnamespace"
_WRITTEN = f"""
SELECT oid, oid::regclass::text FROM pg_class WHERE {_OURS} AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
_CATALOGS = (
    *("pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_db_role_setting", "pg_extension"),
    *("pg_index", "pg_largeobject_metadata", "pg_namespace", "pg_proc", "pg_rewrite", "pg_sequence"),
    *("pg_statistic", "pg_trigger", "pg_type"),
)
_NEW = """
UPDATE pg_class SET reltuples = -1, relpages = 0, relallvisible = 0 WHERE oid = ANY(%(oids)s);
UPDATE pg_class SET reltuples = 0, relpages = 1, relallvisible = 0
WHERE oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY(%(oids)s))
"""


@dataclass(kw_only=True)
class _Lent:
    url: str
    catalogs: str
    """As they stood when it was last lent."""
    times: int = 0


@dataclass(kw_only=True)
class Shelf:
    """Copies of one database, which nobody has open."""

    like: str
    """The URL of what is copied."""
    _rows: dict[str, bytes] = field(default_factory=dict)
    _unused: list[_Lent] = field(default_factory=list)

    def __post_init__(self) -> None:
        with psycopg.connect(self.like) as connection:
            for _, table in connection.execute(_WRITTEN.encode()).fetchall():
                with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as out:
                    self._rows[table] = b"".join(bytes(some) for some in out)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the URL of a database that is as the one copied, until the block ends."""
        lent = self._again() or self._new()
        yield lent.url
        self._unused.append(lent)

    def _new(self) -> _Lent:
        url = postgres.server().new_database(like=self.like)
        with psycopg.connect(url) as connection:
            return _Lent(url=url, catalogs=_catalogs(connection))

    def _again(self) -> _Lent | None:
        """Give one that served before; None where none can be made as it was."""
        while self._unused:
            lent = self._unused.pop()
            lent.times += 1
            if lent.times == _TIMES:
                continue
            with suppress(psycopg.Error), psycopg.connect(lent.url, autocommit=True) as connection:
                if _alone(connection) and self._put_back(connection, lent):
                    return lent
        return None

    def _put_back(self, connection: psycopg.Connection, lent: _Lent) -> bool:
        """Put its rows back; False where its tables changed, much was written, or something is in the way.

        What the planner knows of a table, and where the next row goes, are as in a new one too: the order of
        rows that were asked for in none must not depend on the tests before.
        """
        if _catalogs(connection) != lent.catalogs:
            return False
        written: dict[int, str] = dict(connection.execute(_WRITTEN.encode()).fetchall())
        sizes = f"SELECT coalesce(max(pg_relation_size(oid)), 0) FROM pg_class WHERE {_OURS}"
        if _one(connection, sizes) > _LARGE:
            return False
        tables = list(written.values())
        connection.execute("SET session_replication_role = replica")  # foreign keys in any order
        connection.execute("; ".join(f"DELETE FROM {table}" for table in tables).encode())
        connection.execute(f"VACUUM (PARALLEL 0) {', '.join(tables)}".encode())
        if connection.execute(_WRITTEN.encode()).fetchall():
            return False
        with connection.transaction():
            for table, rows in self._rows.items():
                with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as into:
                    into.write(rows)
            oids = psycopg.ClientCursor(connection)
            oids.execute(_NEW.encode(), {"oids": list(written)})
        lent.catalogs = _catalogs(connection)
        return True


def _alone(connection: psycopg.Connection) -> bool:
    """Say whether nobody else has the database open; a connection that was closed ends a moment later."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(50):
        if not _one(connection, others):
            return True
        time.sleep(0.01)
    return False


def _catalogs(connection: psycopg.Connection) -> str:
    """Give what differs once anything of the database was made, changed or dropped, except rows of tables."""
    each = (
        f"SELECT count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) AS told FROM {one}"
        for one in _CATALOGS
    )
    return str(connection.execute(" UNION ALL ".join(each).encode()).fetchall())


def _one(connection: psycopg.Connection, query: str) -> int:
    found = connection.execute(query.encode()).fetchone()
    assert found is not None
    return int(found[0])
