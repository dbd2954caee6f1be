# SPDX-License-Identifier: Apache-2.0
"""Signing in: links work once and briefly, sessions are fresh, nothing tells who has an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.fakes.site import Site

from gakusho.errors import NotFoundError
from gakusho.holder import accounts
from gakusho.holder._links import LINKS_PER_HOUR
from gakusho.issuer.access import Role
from gakusho.store.tables import PersonEmail, SignInLink, SignInSession
from gakusho.web.auth.limits import TRIES
from gakusho.web.auth.session import cookie_name

PREPARER = "prepare@sakura.example"
COOKIE = "gakusho_session"


def test_a_mailed_link_signs_in_once_and_only_by_its_button(site: Site) -> None:
    browser = site.browser()
    asked = browser.post("/sign-in", data={"email": " PREPARE@sakura.example ", "next": "/console"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in/sent")
    path = site.link(PREPARER)
    for _ in range(3):  # mail scanners open links
        opened = browser.get(path)
        assert opened.status_code == 200
        assert PREPARER in opened.text
        assert COOKIE not in browser.cookies
    entered = browser.post(path)
    assert (entered.status_code, entered.headers["location"]) == (303, "/console")
    assert browser.get("/console").headers["location"] == "/console/sakura"
    assert browser.post(path).status_code == 404
    assert site.browser().post(path).status_code == 404
    assert site.browser().get(path).status_code == 404


def test_of_many_requests_at_once_one_uses_the_link(site: Site) -> None:
    site.browser().post("/sign-in", data={"email": PREPARER})
    token = site.link(PREPARER).rsplit("/", 1)[1]

    def use(_: int) -> bool:
        try:
            with site.state.work() as work:
                accounts.use_link(work, token)
        except NotFoundError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_two_first_sign_ins_at_once_make_one_account(site: Site) -> None:
    def enter(_: int) -> str:
        with site.state.work() as work:
            token = accounts.sign_in_as(work, "twice@learner.example", method="claim")
        with site.state.work(read_only=True) as work:
            found = accounts.session(work, token)
            assert found is not None
            return found.person.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(enter, range(8)))) == 1


def test_a_link_ends_after_fifteen_minutes(site: Site) -> None:
    browser = site.browser()
    browser.post("/sign-in", data={"email": PREPARER})
    path = site.link(PREPARER)
    site.clock.move(timedelta(minutes=15))
    assert browser.get(path).status_code == 404
    assert browser.post(path).status_code == 404
    assert COOKIE not in browser.cookies


def test_the_answer_does_not_tell_who_has_an_account(site: Site) -> None:
    answers = []
    for email in (PREPARER, "nobody@elsewhere.example"):
        answer = site.browser().post("/sign-in", data={"email": email})
        answers.append((answer.status_code, answer.headers["location"], answer.text))
    assert answers[0] == answers[1]
    assert len(site.mails(PREPARER)) == 1
    assert site.mails("nobody@elsewhere.example") == []


def test_one_address_gets_five_mails_an_hour(site: Site) -> None:
    for _ in range(8):
        assert site.browser().post("/sign-in", data={"email": PREPARER}).status_code == 303
    assert len(site.mails(PREPARER)) == LINKS_PER_HOUR
    site.clock.move(timedelta(hours=1, seconds=1))
    site.browser().post("/sign-in", data={"email": PREPARER})
    assert len(site.mails(PREPARER)) == LINKS_PER_HOUR + 1


def test_a_visitor_who_guesses_is_stopped(site: Site) -> None:
    browser = site.browser()
    statuses = [browser.post(f"/sign-in/guess{n}").status_code for n in range(TRIES + 1)]
    assert statuses[:TRIES] == [404] * TRIES
    assert statuses[TRIES] == 429


@pytest.mark.parametrize(
    "text", ["", "nobody", "a b@c.example", "a@b", "x@y.example\r\nBcc: z@y.example", "@@"]
)
def test_what_is_no_address_is_said_at_the_field(site: Site, text: str) -> None:
    answer = site.browser().post("/sign-in", data={"email": text})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nX: y",
        "\\/e",
    ],
)
def test_nobody_is_sent_elsewhere_after_sign_in(site: Site, onward: str) -> None:
    browser = site.browser()
    browser.post("/sign-in", data={"email": PREPARER, "next": onward})
    assert browser.post(site.link(PREPARER)).headers["location"] == "/"


def test_the_link_leads_to_the_servers_own_address(site: Site) -> None:
    site.browser().post("/sign-in", data={"email": PREPARER}, headers={"host": "evil.example", "origin": ""})
    assert "evil.example" not in site.mails(PREPARER)[0]


def test_a_session_given_by_somebody_else_is_not_taken_over(site: Site) -> None:
    browser = site.browser()
    browser.cookies.set(COOKIE, "planted-by-somebody")
    browser.post("/sign-in", data={"email": PREPARER})
    entered = browser.post(site.link(PREPARER))
    assert entered.cookies[COOKIE] != "planted-by-somebody"


def test_signing_in_again_ends_the_browsers_earlier_session(site: Site) -> None:
    browser = site.member(Role.PREPARE)
    earlier = browser.cookies[COOKIE]
    browser.post("/sign-in", data={"email": PREPARER})
    browser.cookies.set(COOKIE, earlier)
    browser.post(site.link(PREPARER))
    again = site.browser()
    again.cookies.set(COOKIE, earlier)
    assert again.get("/console").headers["location"].startswith("/sign-in")


def test_a_session_ends_after_twelve_hours_and_by_signing_out(site: Site) -> None:
    browser = site.member(Role.PREPARE)
    token = browser.cookies[COOKIE]
    assert browser.get("/console/sakura").status_code == 200
    browser.post("/sign-out")
    browser.cookies.set(COOKIE, token)
    assert browser.get("/console/sakura").status_code == 303
    late = site.member(Role.PREPARE)
    site.clock.move(timedelta(hours=12))
    assert late.get("/console/sakura").status_code == 303


def test_signing_out_everywhere_leaves_only_this_browser(site: Site) -> None:
    here, elsewhere = site.member(Role.PREPARE), site.member(Role.PREPARE)
    assert here.post("/account/sessions/end").status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


def test_only_hashes_of_links_and_sessions_are_kept(site: Site) -> None:
    browser = site.browser()
    browser.post("/sign-in", data={"email": PREPARER})
    path = site.link(PREPARER)
    secrets = {path.rsplit("/", 1)[1], browser.post(path).cookies[COOKIE]}
    with site.state.work(read_only=True) as work:
        rows = [*work.session.scalars(select(SignInLink)), *work.session.scalars(select(SignInSession))]
        kept = " ".join(str(vars(row)) for row in rows)
    assert len(secrets) == 2
    assert not any(secret in kept for secret in secrets)


def test_another_site_cannot_make_the_browser_act(site: Site) -> None:
    browser = site.member(Role.PREPARE)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        for path in ("/sign-out", "/account", "/account/sessions/end", "/console/sakura/settings"):
            assert browser.post(path, headers=headers).status_code == 403
    assert browser.get("/account").status_code == 200


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(site: Site) -> None:
    browser = site.browser()
    browser.post("/sign-in", data={"email": PREPARER})
    header = browser.post(site.link(PREPARER)).headers["set-cookie"].lower()
    assert "httponly" in header
    assert "samesite=lax" in header
    assert cookie_name(site.state) == COOKIE


def test_a_claim_link_opens_the_wallet_but_not_the_console(site: Site) -> None:
    browser = site.browser(PREPARER, method="claim")
    assert browser.get("/account").status_code == 200
    assert browser.get("/console").headers["location"].startswith("/sign-in?next=")
    assert browser.get("/console/sakura").status_code == 303
    for path in (
        "/account/emails",
        "/account/emails/remove",
        "/account/passkeys/options",
        "/account/passkeys",
    ):
        refused = browser.post(path, data={"email": "x@y.example"})
        assert refused.headers["location"].startswith("/sign-in?next="), path
    assert site.mails("x@y.example") == []


def test_the_demos_sign_in_is_not_there_without_the_demo(site: Site) -> None:
    assert site.browser().post("/demo/sign-in", data={"email": PREPARER}).status_code == 404


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "nonsense", '{"response": {"clientDataJSON": "e30"}}', "[" * 9999]
)
def test_a_made_up_passkey_is_refused(site: Site, answer: str) -> None:
    browser = site.browser()
    assert browser.post("/sign-in/passkey/options").json()["challenge"]
    assert browser.post("/sign-in/passkey", data={"answer": answer}).status_code == 400
    assert COOKIE not in browser.cookies


def test_a_new_learner_gets_an_account_at_the_first_sign_in(site: Site) -> None:
    browser = site.browser("new@learner.example")
    assert "new@learner.example" in browser.get("/account").text
    with site.state.work(read_only=True) as work:
        found = accounts.person_by_email(work, "new@learner.example")
        assert found is not None
        assert work.session.get(PersonEmail, "new@learner.example") is not None


@pytest.mark.parametrize(
    "path", ["/verify/", "/static", "/sign-in/", "/wallet/", "/console", "/api/docs/static"]
)
def test_no_answer_leads_to_the_host_that_the_request_names(site: Site, path: str) -> None:
    answer = site.browser().get(path, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert "evil.example" not in str(answer.headers)


def test_a_mailed_link_leads_to_the_public_address_whatever_host_the_request_names(site: Site) -> None:
    asking = site.browser()
    asking.post("/sign-in", data={"email": "approve@sakura.example"}, headers={"host": "evil.example"})
    assert site.link("approve@sakura.example").startswith("/sign-in/")
    assert "evil.example" not in site.mails("approve@sakura.example")[0]
