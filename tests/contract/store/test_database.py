# SPDX-License-Identifier: Apache-2.0
"""The tables: made by migrations, the same on both databases, and durable as promised."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, select, text

from gakusho.errors import SettingsError, UnreachableError
from gakusho.store.database import Database
from gakusho.store.ids import new_id
from gakusho.store.inserting import insert_if_absent, insert_or_replace
from gakusho.store.migrations import scripts
from gakusho.store.tables import Event, IdempotencyKey, Table
from gakusho.store.work import Workplace


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    made = Database(empty_database_url)
    yield made
    made.close()


def test_migrations_make_exactly_the_tables_the_code_describes(empty: Database) -> None:
    empty.migrate()
    with empty.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_version_is_the_newest_migration(empty: Database) -> None:
    assert empty.version() is None
    empty.migrate()
    assert empty.version() == scripts().get_current_head()


def test_migrating_again_and_from_several_threads_changes_nothing(empty: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(empty.migrate) for _ in range(4)]:
            done.result()
    assert empty.version() == scripts().get_current_head()


def test_an_error_in_a_session_leaves_nothing(workplace: Workplace) -> None:
    def stop() -> None:
        with workplace.work() as work:
            work.session.add(_event(work.now))
            work.session.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stop()
    with workplace.work() as work:
        assert work.session.scalar(select(func.count()).select_from(Event)) == 0


def test_reading_cannot_write(workplace: Workplace) -> None:
    with workplace.work() as work:
        event = _event(work.now)
    with pytest.raises(UnreachableError) as refused, workplace.work(read_only=True) as work:
        work.session.execute(insert(Event).values(id=event.id, at=event.at, actor="nobody", act="x"))
    assert "nobody" not in str(refused.value.__cause__)


def test_readers_go_on_while_somebody_writes(workplace: Workplace) -> None:
    with workplace.work() as writing:
        writing.session.add(_event(writing.now))
        writing.session.flush()
        with workplace.work(read_only=True) as reading:
            assert reading.session.scalar(select(func.count()).select_from(Event)) == 0


def test_of_many_inserting_the_same_key_one_does(workplace: Workplace) -> None:
    won: list[bool] = []

    def insert() -> None:
        with workplace.work() as work:
            values = {"institution_id": "i", "key": "k", "body_digest": "d", "created_at": work.now}
            won.append(insert_if_absent(work.session, IdempotencyKey, values))

    with ThreadPoolExecutor(16) as threads:
        for done in [threads.submit(insert) for _ in range(16)]:
            done.result()
    assert sorted(won) == [False] * 15 + [True]


def test_replacing_a_row_keeps_one(workplace: Workplace) -> None:
    for digest in ("one", "two"):
        with workplace.work() as work:
            values = {"institution_id": "i", "key": "k", "body_digest": digest, "created_at": work.now}
            insert_or_replace(work.session, IdempotencyKey, values)
    with workplace.work() as work:
        assert [row.body_digest for row in work.session.scalars(select(IdempotencyKey))] == ["two"]


def test_what_is_acknowledged_is_on_the_disk(workplace: Workplace) -> None:
    with workplace.database.connection() as connection:
        if workplace.database.is_sqlite:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_only_the_writer_checkpoints(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.migrate()
    with database.session(read_only=True) as session:
        assert session.execute(text("PRAGMA wal_autocheckpoint")).scalar() == 0
    with database.session() as session:
        assert (session.execute(text("PRAGMA wal_autocheckpoint")).scalar() or 0) > 0
    database.close()


def test_an_old_sqlite_is_said_out_loud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 2))
    assert any("WAL-reset" in caveat for caveat in database.caveats())
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert database.caveats() == []
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_a_database_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        Database(url)


def test_a_password_is_not_shown() -> None:
    database = Database("postgresql://me:hidden@127.0.0.1:1/x")
    assert "hidden" not in repr(database)
    with pytest.raises(UnreachableError) as refused:
        database.version()
    assert "hidden" not in str(refused.value)
    database.close()


def _event(now: object) -> Event:
    return Event(id=new_id(), at=now, actor="server", act="test", subject="", detail={})
