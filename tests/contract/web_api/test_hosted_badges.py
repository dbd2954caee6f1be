# SPDX-License-Identifier: Apache-2.0
"""Open Badges 2.0 on a server: what is issued can be looked up by anybody, and what is revoked is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.fakes.copies import Copy
from tests.fakes.desk import Desk, approved, issue_all, learners, open_desk

from gakusho.errors import UnreachableError
from gakusho.fetch import Fetched, MemoryFetcher
from gakusho.issuer import awards, publication
from gakusho.issuer.choices import Choices
from gakusho.model.report import Headline, Report
from gakusho.settings import Settings
from gakusho.verifier.verify import verify
from gakusho.web.app import build
from gakusho.web.start import open_state
from gakusho.web.state import State

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

FORMATS = ("open-badges-2", "open-badges-2-signed")


@dataclass(frozen=True)
class Server:
    """A server with one institution that issued hosted and signed badges."""

    client: TestClient
    state: State
    desk: Desk
    sealed: tuple[dict[str, bytes], ...]
    ids: tuple[str, ...]

    def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> Fetched:
        """Ask the server as a stranger does."""
        parts = urlsplit(url)
        answer = self.client.get(parts.path, headers={"Host": parts.netloc})
        if answer.status_code == 410:
            raise UnreachableError("gone", code="gone")
        if answer.status_code != 200 or parts.netloc != "sakura.example":
            raise UnreachableError(f"{url}: {answer.status_code}")
        data = answer.content[:max_bytes]
        return Fetched(url=url, data=data, media_type="", time=datetime.now(UTC), source=url)

    def report(self, data: bytes) -> Report:
        """Verify by asking this server."""
        return verify(data, now=datetime.now(UTC), fetcher=self)


@contextmanager
def opened(settings: Settings) -> Iterator[State]:
    """Open the state in another thread: a browser's tests leave an event loop running in this one."""
    opening = open_state(settings)
    with ThreadPoolExecutor(1) as thread:
        state = thread.submit(opening.__enter__).result()
        try:
            yield state
        finally:
            thread.submit(opening.__exit__, None, None, None).result()


@pytest.fixture
def server(copied: Copy) -> Iterator[Server]:
    """Give the server, on each database."""
    settings = copied.settings(workers=0)
    with opened(settings) as state:
        place = state.workplace
        with place.work() as work:
            desk = open_desk(work)
            choices = Choices(formats=("open-badges-3", *FORMATS), awarded_on=date(2026, 3, 25))
            batch = approved(work, desk, learners(2), choices=choices)
        issue_all(place, batch.id)
        with place.work() as work:
            ids = tuple(view.id for view in awards.find(work, desk.institution.id))
            sealed = tuple({name: awards.sealed(work, one, name).data for name in FORMATS} for one in ids)
        with TestClient(build(settings, state=state), base_url="https://sakura.example") as client:
            yield Server(client=client, state=state, desk=desk, sealed=sealed, ids=ids)


def test_strangers_verify_by_asking_the_institution(server: Server) -> None:
    for badge in server.sealed:
        for name in FORMATS:
            report = server.report(badge[name])
            assert report.headline is Headline.VALID, [dict(c.facts) for c in report.checks]
            assert report.issuer is not None
            assert report.issuer.domain == "sakura.example"
    # Learners of one achievement share one class, and it is cacheable.
    first, second = (json.loads(badge["open-badges-2"]) for badge in server.sealed)
    assert first["badge"]["id"] == second["badge"]["id"]
    path = urlsplit(first["badge"]["id"]).path
    answer = server.client.get(path)
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["name"] == first["badge"]["name"]
    assert server.client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    # Nothing else is shown: neither what is not there, nor another file, nor another's class.
    with server.state.work() as work:
        secret = work.files.put(b'{"type":"Secret","issuer":"https://sakura.example/i/sakura/ob2/issuer"}')
        foreign = work.files.put(
            b'{"type":"BadgeClass","issuer":"https://momiji.example/i/momiji/ob2/issuer"}'
        )
    for rest in (
        "assertions/00000000-0000-0000-0000-000000000000",
        "assertions/../issuer/x",
        f"badges/{'0' * 64}",
        f"badges/{secret}",
        f"badges/{foreign}",
        "keys/none",
        "nothing",
    ):
        assert server.client.get(f"/i/sakura/ob2/{rest}").status_code == 404, rest
    assert server.client.get("/i/nobody/ob2/issuer").status_code == 404


@pytest.mark.requirement(
    "Open Badges 2.0, 4.4", "a revoked hosted badge is answered with 410 and revoked: true"
)
def test_a_withdrawn_badge_is_gone_and_the_other_stays(server: Server) -> None:
    for change in (awards.suspend, awards.revoke):
        with server.state.work() as work:
            change(work, server.desk.approver, [server.ids[0]], "Mr Mallory had written the thesis")
        gone = server.client.get(urlsplit(json.loads(server.sealed[0]["open-badges-2"])["id"]).path)
        assert gone.status_code == 410
        assert gone.json()["revoked"] is True
        assert "Mallory" not in gone.text, "the desk's own words stay at the desk"
        listed = server.client.get("/i/sakura/ob2/revocations").json()["revokedAssertions"]
        assert [one["id"] for one in listed] == [f"urn:uuid:{server.ids[0]}"]
        for name in FORMATS:
            assert server.report(server.sealed[0][name]).headline is Headline.REVOKED
            assert server.report(server.sealed[1][name]).headline is Headline.VALID
    # A bundle of all documents says the same without a network.
    with server.state.work() as work:
        documents = publication.documents_of(work, server.ids)
    fetcher = MemoryFetcher(documents, now=lambda: datetime.now(UTC))
    found = [
        verify(badge[name], now=datetime.now(UTC), fetcher=fetcher).headline
        for badge in server.sealed
        for name in FORMATS
    ]
    assert found == [Headline.REVOKED, Headline.REVOKED, Headline.VALID, Headline.VALID]
