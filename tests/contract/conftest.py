# SPDX-License-Identifier: Apache-2.0
"""Each contract test that asks for ``database`` runs twice: on a SQLite file and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fakes import postgres

from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.work import Workplace

SECRET = bytes(range(7, 39))
PUBLIC_URL = "https://desk.sakura.example"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gakusho.db'}"
    return postgres.server().new_database()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a database with its tables made."""
    made = Database(database_url)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    """Give a place to work, with the real clock."""
    return Workplace(
        database=database, files=Files(str(tmp_path / "files")), secret=SECRET, public_url=PUBLIC_URL
    )


@pytest.fixture
def now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)
