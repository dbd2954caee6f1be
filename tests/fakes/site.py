# SPDX-License-Identifier: Apache-2.0
"""The pages with two universities behind them, a clock that is moved by hand, and no jobs of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.fakes.copies import Copy
from tests.fakes.desk import Desk, issue_all, open_desk
from tests.fakes.holders import Clock

from gakusho.fetch import OfflineFetcher
from gakusho.holder import accounts
from gakusho.issuer.access import Role
from gakusho.issuer.desk import STEPS
from gakusho.store.jobs import Jobs
from gakusho.store.tables import Mail
from gakusho.store.work import Workplace
from gakusho.web.app import build
from gakusho.web.auth.session import cookie_name
from gakusho.web.state import State

HOST = "http://localhost"


class HandJobs(Jobs):
    """Issues at once and in the same thread; mails stay in the table."""

    def __init__(self, workplace: Workplace) -> None:
        self.place = workplace
        self.delivered = 0
        self.held: list[str] | None = None
        """Where it is a list, batches are put there instead, for whoever wants to look in between."""

    def issue(self, batch_id: str, *, asked: bool = True) -> None:
        """Issue the batch, or dry-run its upload, now."""
        if self.held is not None:
            self.held.append(batch_id)
            return
        with self.place.work(read_only=True) as work:
            check = STEPS.is_checking(work, batch_id)
        if check:
            STEPS.issue_some(self.place, batch_id, lambda: False)
        else:
            issue_all(self.place, batch_id)

    def deliver(self) -> None:
        """Count the call."""
        self.delivered += 1


@dataclass(kw_only=True)
class Site:
    """A server with two universities, ``sakura`` and ``momiji``, each with a member for every role."""

    app: FastAPI
    state: State
    clock: Clock
    sakura: Desk
    momiji: Desk
    clients: list[TestClient] = field(default_factory=list)

    def browser(self, email: str | None = None, *, method: str = "link", language: str = "en") -> TestClient:
        """Give a browser, signed in as the owner of the address."""
        client = TestClient(
            self.app,
            base_url=HOST,
            follow_redirects=False,
            headers={"accept-language": language, "origin": HOST},
        )
        self.clients.append(client)
        if email is not None:
            with self.state.work() as work:
                token = accounts.sign_in_as(work, email, method=method)
            client.cookies.set(cookie_name(self.state), token)
        return client

    def member(self, role: Role, slug: str = "sakura") -> TestClient:
        """Give the browser of a university's member."""
        return self.browser(f"{role}@{slug}.example")

    def mails(self, recipient: str) -> list[str]:
        """Give the texts of the mails to an address, the newest first."""
        with self.state.work(read_only=True) as work:
            wanted = select(Mail.body).where(Mail.recipient == recipient).order_by(Mail.id.desc())
            return list(work.session.scalars(wanted))

    def link(self, recipient: str) -> str:
        """Give the path of the link in the last mail to an address."""
        found = re.search(r"http://localhost(/\S+)", self.mails(recipient)[0])
        assert found is not None
        return found[1]


def two_universities(place: Workplace) -> tuple[Desk, Desk]:
    """Begin with two, each with a member for every role."""
    with replace(place, public_url=HOST, clock=Clock()).work() as work:
        return open_desk(work, slug="sakura"), open_desk(work, slug="momiji")


@contextmanager
def open_site(copied: Copy) -> Iterator[Site]:
    """Open a server where ``two_universities`` began."""
    settings = copied.settings(public_url=HOST, workers=0)
    clock = Clock()
    place = replace(copied.open(), public_url=HOST, clock=clock)
    state = State(settings=settings, workplace=place, jobs=HandJobs(place), fetcher=OfflineFetcher())
    sakura, momiji = copied.found
    app = build(settings, state=state)
    with TestClient(app, base_url=HOST):
        site = Site(app=app, state=state, clock=clock, sakura=sakura, momiji=momiji)
        yield site
        for client in site.clients:
            client.close()
    place.database.close()
