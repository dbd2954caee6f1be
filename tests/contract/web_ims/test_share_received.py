# SPDX-License-Identifier: Apache-2.0
"""A credential from elsewhere is shared by link like one issued here: PIN, end, log, and nobody else's."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from tests.fakes.application import OB, Host, Learner, sealed

from gakusho.errors import NotFoundError
from gakusho.holder import received, share

TERMS = {"to": "link", "days": "30", "allow_download": "yes"}


@pytest.fixture
def learner(host: Host) -> Learner:
    return host.learner()


def brought(host: Host, learner: Learner, data: bytes | None = None) -> str:
    """Let an application put a credential into the wallet; give its id there."""
    app = host.inside(learner)
    assert app.post(f"{OB}/credentials", data or sealed(number=7), "application/json").status_code == 201
    with host.pages.made.work() as work:
        return received.received(work, learner.person_id)[0].id


def made(learner: Learner, **given: Any) -> str:
    """Make a share by the form, and give the path of its link."""
    answer = learner.browser.post("/wallet/shares", data=TERMS | given, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    page = unescape(learner.browser.get(answer.headers["location"]).text)
    found = re.search(r"https://desk\.sakura\.example(/s/[\w-]+)", page)
    assert found is not None
    return found[1]


def test_whoever_has_the_link_sees_it_verified_and_the_holder_sees_that(host: Host, learner: Learner) -> None:
    data = sealed(number=7)
    one = brought(host, learner, data)
    assert f"/wallet/shares/new?r={one}" in learner.browser.get(f"/wallet/received/{one}").text
    form = learner.browser.get(f"/wallet/shares/new?r={one}").text
    assert re.search(rf'name="received" value="{one}" checked', form)
    path = made(learner, received=one, label="Minato")
    visitor = host.pages.visitor()
    page = visitor.get(path).text
    assert 'verdict-valid"' in page
    assert "学士" in page
    assert visitor.get(f"{path}/{one}/download/open-badges-3").content == data
    assert visitor.get(f"{path}/{one}/download/clr-2").status_code == 404
    assert visitor.post(f"{path}/{one}/report", follow_redirects=False).status_code == 303
    assert visitor.get(f"{path}/{learner.award_id}").status_code == 404
    with host.pages.made.work() as work:
        log = share.log(work, learner.person_id)
        assert {line.act for line in log} == {"opened", "downloaded", "report"}
        assert {line.title.id for line in log if line.title} == {one}
    assert "Minato" in learner.browser.get("/wallet/shares").text


def test_it_stands_beside_one_issued_here(host: Host, learner: Learner) -> None:
    one = brought(host, learner)
    path = made(learner, items=learner.award_id, received=one)
    page = host.pages.visitor().get(path).text
    assert page.count('class="shared-item"') == 2
    alone = host.pages.visitor().get(f"{path}/{one}").text
    assert 'verdict-valid"' in alone


def test_a_pin_an_end_and_a_stop_hold_for_it_too(host: Host, learner: Learner) -> None:
    one = brought(host, learner)
    path = made(learner, received=one, pin="482913")
    visitor = host.pages.visitor()
    assert "verdict-" not in visitor.get(path).text
    assert visitor.get(f"{path}/{one}/download/open-badges-3", follow_redirects=False).status_code == 303
    assert visitor.post(path, data={"pin": "000000"}).status_code == 403
    with host.pages.made.work() as work:
        [view] = [each for each in share.shares(work, learner.person_id) if each.received]
        share.stop(work, learner.person_id, view.id)
    assert visitor.get(path).status_code == 410


def test_without_leave_it_is_not_downloaded(host: Host, learner: Learner) -> None:
    one = brought(host, learner)
    path = made(learner, received=one, allow_download="no")
    visitor = host.pages.visitor()
    assert 'verdict-valid"' in visitor.get(path).text
    assert visitor.get(f"{path}/{one}/download/open-badges-3").status_code == 403


def test_what_is_no_longer_in_the_wallet_is_in_no_share(host: Host, learner: Learner) -> None:
    one = brought(host, learner)
    path = made(learner, received=one)
    assert learner.browser.post(f"/wallet/received/{one}/remove", follow_redirects=False).status_code == 303
    page = host.pages.visitor().get(path)
    assert page.status_code == 200
    assert "verdict-" not in page.text
    assert host.pages.visitor().get(f"{path}/{one}").status_code == 404


def test_a_forged_one_says_so_behind_the_link(host: Host, learner: Learner) -> None:
    """What was changed after it was received is not believed because this server shows it."""
    one = brought(host, learner)
    path = made(learner, received=one)
    with host.pages.made.work() as work:
        row = received._held(work, learner.person_id, one)
        row.data = bytes(row.data).replace("学士".encode(), "博士".encode())
    page = host.pages.visitor().get(path).text
    assert 'verdict-not-genuine"' in page


def test_nobody_shares_anothers(host: Host, learner: Learner) -> None:
    one, other = brought(host, learner), host.learner()
    answer = other.browser.post("/wallet/shares", data=TERMS | {"received": one}, follow_redirects=False)
    assert answer.status_code == 404
    with host.pages.made.work() as work, pytest.raises(NotFoundError):
        received.share_with(work, other.person_id, "x", [one])
    assert learner.browser.post("/wallet/shares", data=TERMS, follow_redirects=False).status_code == 400
