# SPDX-License-Identifier: Apache-2.0
"""The pages over a class of learners: a test client, a clock that stands, no network and no jobs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fastapi.testclient import TestClient
from tests.fakes.holders import Class

from gakusho import settings as read_settings
from gakusho.fetch import LayeredFetcher, OfflineFetcher
from gakusho.store.jobs import Jobs
from gakusho.web.app import build
from gakusho.web.here import OwnFetcher
from gakusho.web.state import State


class NoJobs:
    """Leaves mails in the queue."""

    def deliver(self) -> None:
        """Do nothing."""


@dataclass(kw_only=True)
class Pages:
    """The pages and whoever looks at them."""

    made: Class
    state: State
    client: TestClient

    def visitor(self, language: str = "en") -> TestClient:
        """Give another browser, with no cookies."""
        return TestClient(
            self.client.app, base_url=str(self.client.base_url), headers={"Accept-Language": language}
        )

    def claimed(self, number: int = 1) -> str:
        """Let the first browser claim, and give the credential's id."""
        token = self.made.claim_token(f"learner{number}@students.example")
        answer = self.client.post(f"/claim/{token}", follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"]).split("/")[-1].split("?")[0]


@contextmanager
def open_pages(made: Class, folder: Path) -> Iterator[Pages]:
    """Serve the pages for a class of learners."""
    place = made.place
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settings = replace(
            read_settings.read({}, data=folder / "data", public_url=place.public_url, mail="inbox:", demo=1),
            demo=False,
        )
    state = State(
        settings=settings,
        workplace=place,
        jobs=cast("Jobs", NoJobs()),
        fetcher=LayeredFetcher([OwnFetcher(place), OfflineFetcher()]),
    )
    with TestClient(
        build(settings, state=state), base_url=place.public_url, headers={"Accept-Language": "en"}
    ) as client:
        yield Pages(made=made, state=state, client=client)
