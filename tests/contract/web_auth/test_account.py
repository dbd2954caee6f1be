# SPDX-License-Identifier: Apache-2.0
"""The account: addresses are proven, never lost, and two accounts of one person can be joined."""

from __future__ import annotations

from tests.fakes.site import Site

from gakusho.holder import accounts
from gakusho.issuer.access import Role

HOME, WORK = "mio@home.example", "mio@work.example"


def test_an_address_is_added_by_its_link_and_signs_in(site: Site) -> None:
    browser = site.browser(HOME)
    assert browser.post("/account/emails", data={"email": WORK}).status_code == 303
    assert WORK not in browser.get("/account").text
    path = site.link(WORK)
    assert browser.get(path).status_code == 200
    assert browser.post(path).headers["location"] == "/account?done=email-added"
    with site.state.work(read_only=True) as work:
        found = accounts.person_by_email(work, WORK)
    assert found is not None
    assert set(found.emails) == {HOME, WORK}
    assert browser.post(path).status_code == 404


def test_the_link_of_another_account_adds_nothing(site: Site) -> None:
    site.browser(HOME).post("/account/emails", data={"email": WORK})
    stranger = site.browser("stranger@home.example")
    assert stranger.get(site.link(WORK)).status_code == 404
    assert stranger.post(site.link(WORK)).status_code == 404


def test_an_address_of_another_account_is_joined_only_when_it_is_said(site: Site) -> None:
    other = site.browser(WORK)
    browser = site.browser(HOME)
    browser.post("/account/emails", data={"email": WORK})
    path = site.link(WORK)
    assert 'name="join"' in browser.get(path).text
    assert browser.post(path).status_code == 409
    assert browser.post(path, data={"join": "yes"}).status_code == 303
    assert other.get("/account").status_code == 303, "the joined account's sessions have ended"
    with site.state.work(read_only=True) as work:
        found = accounts.person_by_email(work, HOME)
    assert found is not None
    assert set(found.emails) == {HOME, WORK}


def test_an_account_with_a_role_is_not_joined(site: Site) -> None:
    member = "approve@sakura.example"
    browser = site.browser(HOME)
    browser.post("/account/emails", data={"email": member})
    assert browser.post(site.link(member), data={"join": "yes"}).status_code == 403
    assert site.member(Role.APPROVE).get("/console/sakura").status_code == 200


def test_the_last_address_stays(site: Site) -> None:
    browser = site.browser(HOME)
    assert browser.post("/account/emails/remove", data={"email": HOME}).status_code == 409
    browser.post("/account/emails", data={"email": WORK})
    browser.post(site.link(WORK))
    assert browser.post("/account/emails/remove", data={"email": HOME}).status_code == 303
    assert browser.post("/account/emails/remove", data={"email": WORK}).status_code == 409


def test_another_persons_address_cannot_be_removed(site: Site) -> None:
    site.browser(WORK)
    assert site.browser(HOME).post("/account/emails/remove", data={"email": WORK}).status_code == 404


def test_name_and_language_are_kept(site: Site) -> None:
    browser = site.browser(HOME)
    changed = browser.post("/account", data={"name": "<b>澪</b>", "language": "ja"})
    assert changed.status_code == 303
    shown = browser.get("/account").text
    assert "アカウント" in shown
    assert "&lt;b&gt;澪&lt;/b&gt;" in shown
    assert "<b>澪" not in shown
    assert browser.post("/account", data={"name": "a\u202eb", "language": "ja"}).status_code == 400
