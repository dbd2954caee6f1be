# SPDX-License-Identifier: Apache-2.0
"""The wallet over the 1EdTech interfaces, on both databases: apart, in order, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.fakes.application import EVERYTHING, OB, Host, metadata, sealed

from gakusho.holder import oauth_clients, oauth_codes, received
from gakusho.store.tables_oauth import OAuthClient, OAuthRequest


def ids(answer: Any) -> list[str]:
    """Give the ids of the credentials on a page."""
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["credential"]]


def test_one_learner_never_sees_anothers(host: Host) -> None:
    first, second = host.learner(), host.learner()
    app = host.application()
    app.let_in(first.browser)
    of_first = app.bearer
    assert app.post(f"{OB}/credentials", sealed(number=7), "application/json").status_code == 201
    app.let_in(second.browser)
    assert ids(app.get(f"{OB}/credentials")) == [f"urn:uuid:{second.award_id}"]
    assert (
        app.post(f"{OB}/credentials", sealed(number=7), "application/json").status_code == 201
    )  # its own copy
    answer = app.client.get(f"{OB}/credentials", headers=of_first)
    assert f"urn:uuid:{first.award_id}" in ids(answer)
    assert f"urn:uuid:{second.award_id}" not in answer.text
    profiles = [app.client.get(f"{OB}/profile", headers=h).json()["email"] for h in (of_first, app.bearer)]
    assert profiles == [first.email, second.email]


def test_pages_are_in_order_of_issue_and_hold_each_once(host: Host) -> None:
    app = host.inside(host.learner())
    issued = host.pages.made.clock.now
    for number in (3, 1, 2):
        data = sealed(number=number, valid_from=issued - timedelta(days=10 + number))
        assert app.post(f"{OB}/credentials", data, "application/json").status_code == 201
    pages = [ids(app.get(f"{OB}/credentials", limit=1, offset=place)) for place in range(4)]
    assert [one[0][-1] for one in pages[:3]] == ["3", "2", "1"]
    assert [one for page in pages for one in page] == ids(app.get(f"{OB}/credentials"))
    since = (issued - timedelta(days=12)).isoformat()
    assert len(ids(app.get(f"{OB}/credentials", since=since))) == 2


def test_what_comes_at_the_same_moment_is_kept_once(host: Host) -> None:
    app = host.inside(host.learner())
    data = sealed(number=8)
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(app.post, f"{OB}/credentials", data, "application/json") for _ in range(4)]
        assert sorted(one.result().status_code for one in sent) == [200, 200, 200, 201]
    assert app.get(f"{OB}/credentials").headers["x-total-count"] == "2"


def test_a_code_that_comes_twice_at_the_same_moment_leaves_no_tokens(host: Host) -> None:
    learner = host.learner()
    app = host.application()
    code = app.allowed(learner.browser)["code"]
    with ThreadPoolExecutor(4) as pool:
        answers = [one.result() for one in [pool.submit(app.redeem, code) for _ in range(4)]]
    given = [one.json() for one in answers if one.status_code == 200]
    assert len(given) == 1
    app.tokens = given[0]
    assert app.get(f"{OB}/credentials").status_code == 401
    assert app.refresh().status_code == 400


def test_a_wallet_has_bounds(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    app = host.inside(host.learner(), scope=EVERYTHING)
    monkeypatch.setattr(received, "MAX_RECEIVED", 1)
    assert app.post(f"{OB}/credentials", sealed(number=1), "application/json").status_code == 201
    full = app.post(f"{OB}/credentials", sealed(number=2), "application/json")
    assert full.status_code == 400
    assert full.json()["imsx_codeMajor"] == "failure"
    assert app.post(f"{OB}/credentials", sealed(number=1), "application/json").status_code == 200  # replaced
    monkeypatch.setattr(received, "MAX_RECEIVED", 2)
    monkeypatch.setattr(received, "MAX_TOGETHER", 6_000)
    assert app.post(f"{OB}/credentials", sealed(number=2), "application/json").status_code == 400


def test_applications_nobody_let_in_are_forgotten(host: Host) -> None:
    unused = host.application()
    used = host.inside(host.learner())
    host.pages.made.clock.move(2 * oauth_clients.UNUSED_FOR + timedelta(days=1))
    host.client.post("/oauth/register", json=metadata())
    with host.pages.made.work() as work:
        kept = set(work.session.scalars(select(OAuthClient.id)))
    assert used.id in kept
    assert unused.id not in kept


def test_questions_nobody_answers_are_forgotten(host: Host) -> None:
    learner = host.learner()
    app = host.application()
    for _ in range(3):
        app.asks(learner.browser)
    used = app.allowed(learner.browser)["code"]
    app.tokens = app.redeem(used).json()
    host.pages.made.clock.move(oauth_codes.CONSENT_LIFE)
    app.asks(host.client)
    with host.pages.made.work() as work:
        rows = work.session.scalars(select(OAuthRequest).where(OAuthRequest.client_id == app.id)).all()
    assert [row.code_hash is None for row in sorted(rows, key=lambda row: row.expires_at)] == [False, True]
    assert app.redeem(used).status_code == 400  # a second use is still noticed
    assert app.get(f"{OB}/credentials").status_code == 401
