# SPDX-License-Identifier: Apache-2.0
"""Learners who hold a credential, their browsers, and an application, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.fakes.application import Application, registered
from tests.fakes.pages import Pages, open_pages

from gakusho.holder import accounts
from gakusho.store.work import Workplace


@pytest.fixture
def pages(workplace: Workplace, tmp_path: Path) -> Iterator[Pages]:
    """Give the pages, for two learners who have each claimed."""
    with open_pages(workplace, tmp_path) as opened:
        for number in (1, 2):
            opened.made.holder(number)
        yield opened


def signed_in(pages: Pages, number: int, method: str = "link") -> TestClient:
    """Give the browser of a learner who has signed in."""
    browser = pages.visitor()
    with pages.made.work() as work:
        token = accounts.sign_in_as(work, f"learner{number}@students.example", method=method)
    browser.cookies.set("__Host-gakusho_session", token)
    return browser


@pytest.fixture
def learner(pages: Pages) -> TestClient:
    """Give the first learner's browser."""
    return signed_in(pages, 1)


@pytest.fixture
def app(pages: Pages) -> Application:
    """Give a registered application that no browser's cookies go with."""
    return registered(pages.visitor())


@pytest.fixture
def inside(app: Application, learner: TestClient) -> Application:
    """Give an application the first learner has let in, to everything of badges."""
    return app.let_in(learner)
