# SPDX-License-Identifier: Apache-2.0
"""A server on each database, shared by the tests of a file; each takes learners of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fakes import postgres
from tests.fakes.application import Host, open_host

from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.work import Workplace


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Give the real application with its learners."""
    folder = tmp_path_factory.mktemp(request.param)
    is_file = request.param == "sqlite"
    database = Database(f"sqlite:///{folder / 'x.sqlite'}" if is_file else postgres.server().new_database())
    database.migrate()
    place = Workplace(
        database=database,
        files=Files(str(folder / "files")),
        secret=bytes(range(32)),
        public_url="https://desk.sakura.example",
    )
    with open_host(place, folder, count=9) as opened:
        yield opened
    database.close()
