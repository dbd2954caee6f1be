# SPDX-License-Identifier: Apache-2.0
"""A server that the tests of a file share; each takes learners of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fakes.application import Application, Host, Learner, open_host

from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.work import Workplace


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Give the real application with its learners."""
    folder = tmp_path_factory.mktemp("host")
    database = Database(f"sqlite:///{folder / 'gakusho.sqlite'}")
    database.migrate()
    place = Workplace(
        database=database,
        files=Files(str(folder / "files")),
        secret=bytes(range(32)),
        public_url="https://desk.sakura.example",
    )
    with open_host(place, folder, count=14) as opened:
        yield opened
    database.close()


@pytest.fixture
def learner(host: Host) -> Learner:
    """Give a learner whom no other test touches."""
    return host.learner()


@pytest.fixture
def app(host: Host) -> Application:
    """Give a registered application."""
    return host.application()


@pytest.fixture
def inside(host: Host, learner: Learner) -> Application:
    """Give an application the learner has let in to badges, with a refresh token."""
    return host.inside(learner)


@pytest.fixture(scope="module")
def somebody(host: Host) -> Learner:
    """Give a learner shared by tests that leave the wallet as it is."""
    return host.learner()


@pytest.fixture
def person(host: Host, somebody: Learner) -> Learner:
    """Give the same, signed in just now: some tests let hours pass."""
    return replace(somebody, browser=host.browser(somebody.email))


@pytest.fixture(scope="module")
def shared(host: Host, somebody: Learner) -> Application:
    """Give an application shared by tests that change nothing."""
    return host.inside(somebody)
