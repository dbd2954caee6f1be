# SPDX-License-Identifier: Apache-2.0
"""Each contract test that asks for a database runs twice: on a SQLite file and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from tests.fakes import postgres
from tests.fakes.copies import Beginning, Copy, lent, only_tables

from gakusho.store.database import Database
from gakusho.store.work import Workplace


@pytest.fixture(scope="session", autouse=True)
def _routes_once() -> Iterator[None]:
    """Have the applications of this process share what FastAPI makes of the routes at a first request.

    It would make it anew for each of them, which takes a fifth of a second: longer than most tests.
    """
    shared: dict[int, BaseRoute] = {}
    genuine = FastAPI.include_router

    def include_router(app: FastAPI, router: APIRouter) -> None:
        genuine(app, router)
        app.router.routes[-1] = shared.setdefault(id(router), app.router.routes[-1])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FastAPI, "include_router", include_router)
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Give the kind of database."""
    found: str = request.param
    return found


@pytest.fixture
def empty_database_url(kind: str, tmp_path: Path) -> str:
    """Give the URL of a database without a table."""
    return f"sqlite:///{tmp_path / 'gakusho.db'}" if kind == "sqlite" else postgres.server().new_database()


@pytest.fixture
def beginning() -> Beginning:
    """Give what fills the place before the test: a file whose tests all begin alike has one of its own."""
    return only_tables


@pytest.fixture
def copied(kind: str, beginning: Beginning, tmp_path: Path) -> Iterator[Copy]:
    """Give a copy of the place the tests begin with, not opened; at the end nobody may have it open."""
    with lent(kind, tmp_path, beginning) as given:
        yield given


@pytest.fixture
def found(copied: Copy) -> Any:
    """Give what the beginning tells of the place."""
    return copied.found


@pytest.fixture
def workplace(copied: Copy) -> Iterator[Workplace]:
    """Give a place to work, with the real clock."""
    place = copied.open()
    yield place
    place.database.close()


@pytest.fixture
def database(workplace: Workplace) -> Database:
    """Give a database with its tables made."""
    return workplace.database


@pytest.fixture
def now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)
