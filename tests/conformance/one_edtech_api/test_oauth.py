# SPDX-License-Identifier: Apache-2.0
"""OAuth 2.0 for learners' applications: who registers, who is let in, and what ends it.

RFC 6749, 6750, 7009, 7591, 7636, 9207 and Open Badges 3.0, section 7.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.fakes.application import (
    BADGE_SCOPES,
    OB,
    REDIRECT,
    Application,
    Host,
    Learner,
    back,
    decided,
    metadata,
    registered,
)

from gakusho.holder import oauth_codes, oauth_tokens
from gakusho.holder.oauth_scopes import BADGES, OFFLINE, READ, UPSERT

requirement = pytest.mark.requirement
MISSING: Any = ...


def is_error(answer: Any, error: str, status: int = 400) -> None:
    """Hold an answer to RFC 6749, section 5.2."""
    assert answer.status_code == status, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error"] == error, answer.text
    assert answer.json()["error_description"].isascii()


def reads(app: Application) -> int:
    """Give the status with which the application reads."""
    return int(app.get(f"{OB}/credentials").status_code)


# --- registration: RFC 7591 -------------------------------------------------------------------------


@requirement("Open Badges 3.0 API 7.1.1.2", "a registration is answered with 201, a client id and a secret")
@requirement("RFC 7591 3.2.1", "the answer has all that was registered")
def test_registration(host: Host) -> None:
    answer = host.client.post("/oauth/register", json=metadata())
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert {name: found[name] for name in metadata()} == metadata()
    assert found["client_secret_expires_at"] == 0
    assert len(found["client_id"]) == len(found["client_secret"]) == 32
    with host.pages.made.work() as work:
        kept = str(work.session.connection().exec_driver_sql("SELECT * FROM oauth_clients").fetchall())
    assert found["client_id"] in kept
    assert found["client_secret"] not in kept


@requirement("RFC 7591 3.2.2", "redirect URIs that are not https or loopback are refused")
def test_redirect_uris(host: Host) -> None:
    for uris in (
        [], None, REDIRECT, ["http://portfolio.example/cb"], ["https://portfolio.example/cb#part"], ["/cb"],
        ["https://user@portfolio.example/cb"], ["app.example:/cb"], ["javascript:alert(1)"], ["https://"],
        ["https://portfolio.example/a b"], ["https://a;b.example/"], ["https://x.example/\x00"], [5],
        ["http://127.0.0.1.example/cb"], ["http://[::1/cb"], ["https://x.example:99999/"], [REDIRECT] * 11,
    ):  # fmt: skip
        host_answer = host.client.post("/oauth/register", json=metadata(redirect_uris=uris))
        is_error(host_answer, "invalid_redirect_uri")
    for fit in (
        "http://127.0.0.1:9000/cb",
        "http://[::1]:9000/cb",
        "http://localhost/cb",
        "https://x.example/?a=1",
    ):
        assert host.client.post("/oauth/register", json=metadata(redirect_uris=[fit])).status_code == 201


@requirement("RFC 7591 3.2.2", "metadata that cannot be kept to are refused")
def test_metadata_that_cannot_be_kept_to(host: Host) -> None:
    for changed in (
        {"client_name": MISSING}, {"client_name": " "}, {"client_name": "x" * 201},
        {"client_name": "a\u202eb"}, {"client_name": 5}, {"token_endpoint_auth_method": "none"},
        {"grant_types": ["password"]}, {"grant_types": ["refresh_token"]},
        {"response_types": ["token"]}, {"scope": "all"}, {"scope": 5},
        {"logo_uri": "javascript:alert(1)"}, {"tos_uri": 5}, {"client_uri": "https:"},
        {"contacts": "a@b.example"}, {"contacts": [5]},
    ):  # fmt: skip
        is_error(host.client.post("/oauth/register", json=metadata(**changed)), "invalid_client_metadata")
    for body in (b"", b"[", b"\xff", b'{"client_name":"a","client_name":"b"}', b"x" * 70_000):
        is_error(host.client.post("/oauth/register", content=body), "invalid_request")
    is_error(host.client.post("/oauth/register", json=[]), "invalid_client_metadata")
    smallest = {"client_name": "Smallest", "redirect_uris": [REDIRECT]}
    assert host.client.post("/oauth/register", json=smallest).status_code == 201


def test_registrations_from_one_place_are_bounded(host: Host) -> None:
    client = host.client
    answers = [client.post("/oauth/register", json={}).status_code for _ in range(25)]
    assert answers == [400] * 20 + [429] * 5


# --- authorization: RFC 6749, section 4.1; RFC 7636 -------------------------------------------------


@requirement("RFC 6749 4.1.2.1", "nobody is sent to an address that the client has not registered")
def test_nobody_is_sent_elsewhere(app: Application, person: Learner) -> None:
    for changed in (
        {"redirect_uri": MISSING}, {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": REDIRECT + "/"}, {"redirect_uri": REDIRECT + "?x=1"},
        {"redirect_uri": REDIRECT.upper()}, {"client_id": MISSING}, {"client_id": "A" * 32},
        {"client_id": "\x00"}, {"client_id": "é" * 32},
    ):  # fmt: skip
        answer = app.asks(person.browser, **changed)
        assert answer.status_code == 400, changed
        assert "location" not in answer.headers
    twice = urlencode([*app.asking().items(), ("redirect_uri", REDIRECT)])
    assert person.browser.get("/oauth/authorize", params=twice, follow_redirects=False).status_code == 400


@requirement("RFC 7636 4.4.1", "a request without a challenge by S256 is invalid_request")
@requirement("RFC 6749 4.1.2.1", "other faults go back to the client, with its state")
def test_faults_go_back_to_the_client(host: Host, person: Learner) -> None:
    app = host.application(scope=BADGE_SCOPES)
    for changed, error in (
        ({"code_challenge": MISSING}, "invalid_request"),
        ({"code_challenge_method": MISSING}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"response_type": MISSING}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
        ({"scope": BADGE_SCOPES + " " + OFFLINE}, "invalid_scope"),  # not registered for that
    ):
        answer = app.asks(person.browser, **{"scope": BADGE_SCOPES, **changed})
        assert answer.status_code == 302
        found = back(answer.headers["location"])
        assert (found["error"], found["state"]) == (error, "26357667-94df"), changed
        assert found["iss"] == "https://desk.sakura.example"
        assert "code" not in found
    stateless = back(app.asks(person.browser, scope=BADGE_SCOPES, state="\x00").headers["location"])
    assert stateless["error"] == "invalid_request"
    assert "state" not in stateless


@requirement("Open Badges 3.0 API 7.1.2.2", "the answer has code, scope and state")
@requirement("RFC 9207 2", "the answer names the issuer")
def test_the_answer(app: Application, person: Learner) -> None:
    found = app.allowed(person.browser)
    assert set(found) == {"code", "scope", "state", "iss"}
    assert found["scope"] == f"{BADGE_SCOPES} {OFFLINE}"
    assert found["state"] == "26357667-94df"


@requirement("RFC 6749 4.1.1", "nothing is allowed before the learner has signed in and agreed")
def test_the_learner_is_asked(host: Host, app: Application, person: Learner) -> None:
    stranger = host.client
    led = app.asks(stranger)
    question = led.headers["location"]
    assert question.startswith("/oauth/consent/")
    for answer in (stranger.get(question, follow_redirects=False),
                   stranger.post(question, data={"answer": "allow"}, follow_redirects=False)):  # fmt: skip
        assert answer.status_code == 303
        onward = parse_qs(urlsplit(answer.headers["location"]).query)
        assert answer.headers["location"].startswith("/sign-in?")
        assert onward["next"] == [question]
    for language, words in (("en", "Nobody here has checked who this is"), ("ja", "確かめていません")):
        page = person.browser.get(question, params={"lang": language})
        assert page.status_code == 200
        assert words in page.text
        assert "Example Portfolio" in page.text
        assert "portfolio.example" in page.text
        assert person.email in page.text
        policy = page.headers["content-security-policy"]
        assert "form-action 'self' https://portfolio.example;" in policy
        assert "frame-ancestors 'none'" in policy
    assert decided(person.browser, question, "deny")["error"] == "access_denied"
    assert person.browser.get(question).status_code == 404  # it was answered
    assert person.browser.post(question, data={"answer": "allow"}).status_code == 404


def test_a_claim_link_lets_nobody_in(host: Host, app: Application) -> None:
    claimed = host.learner(method="claim")
    question = app.asks(claimed.browser).headers["location"]
    answer = claimed.browser.post(question, data={"answer": "allow"}, follow_redirects=False)
    assert answer.headers["location"].startswith("/sign-in?")


def test_another_site_cannot_agree_for_the_learner(app: Application, person: Learner) -> None:
    question = app.asks(person.browser).headers["location"]
    answer = person.browser.post(
        question, data={"answer": "allow"}, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False
    )
    assert answer.status_code == 403
    assert person.browser.get(question).status_code == 200  # still open


def test_the_learner_can_allow_some_of_it(app: Application, person: Learner) -> None:
    question = app.asks(person.browser).headers["location"]
    some = decided(person.browser, question, scopes=[BADGES + READ, "https://evil.example/scope"])
    assert some["scope"] == f"{BADGES}{READ} {OFFLINE}"
    app.tokens = app.redeem(some["code"]).json()
    assert reads(app) == 200
    assert app.post(f"{OB}/credentials", {}).status_code == 403
    question = app.asks(person.browser).headers["location"]
    assert decided(person.browser, question, scopes=[])["error"] == "access_denied"


def test_a_question_is_open_for_a_while(host: Host, app: Application, person: Learner) -> None:
    question = app.asks(person.browser).headers["location"]
    host.pages.made.clock.move(oauth_codes.CONSENT_LIFE)
    assert person.browser.get(question).status_code == 404


# --- tokens: RFC 6749, sections 4.1.3, 5 and 6 ------------------------------------------------------


@requirement(
    "Open Badges 3.0 API 7.1.2.4", "a code is exchanged for tokens, which are not to be stored on the way"
)
def test_tokens(app: Application, person: Learner, host: Host) -> None:
    answer = app.redeem(app.allowed(person.browser)["code"], scope=f"{BADGE_SCOPES} {OFFLINE}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert set(found) == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
    assert found["scope"] == f"{BADGE_SCOPES} {OFFLINE}"
    with host.pages.made.work() as work:
        kept = str(work.session.connection().exec_driver_sql("SELECT * FROM oauth_tokens").fetchall())
    assert found["access_token"] not in kept
    assert found["refresh_token"] not in kept


def test_a_refresh_token_is_for_those_who_ask_for_it(app: Application, person: Learner) -> None:
    app.let_in(person.browser, scope=BADGE_SCOPES)
    assert "refresh_token" not in app.tokens
    assert reads(app) == 200


@requirement("RFC 7636 4.6", "another code_verifier than the challenge asks for is invalid_grant")
def test_another_verifier(app: Application, person: Learner) -> None:
    code = app.allowed(person.browser)["code"]
    for verifier in ("A" * 43, app.verifier + "A", app.verifier[:-1], "é" * 43, "A" * 200):
        is_error(app.redeem(code, code_verifier=verifier), "invalid_grant")
    is_error(app.redeem(code, code_verifier=MISSING), "invalid_request")
    assert app.redeem(code).status_code == 200  # untouched


@requirement(
    "RFC 6749 5.2", "a code of another client, of another address, unknown or too old is invalid_grant"
)
def test_codes_that_do_not_fit(host: Host, app: Application, person: Learner) -> None:
    code = app.allowed(person.browser)["code"]
    other = registered(host.client)
    other.verifier = app.verifier
    is_error(other.redeem(code), "invalid_grant")
    is_error(app.redeem(code, redirect_uri="https://portfolio.example/"), "invalid_grant")
    is_error(app.redeem("A" * 32), "invalid_grant")
    assert app.redeem(code).status_code == 200  # untouched
    late = app.allowed(person.browser)["code"]
    host.pages.made.clock.move(oauth_codes.CODE_LIFE)
    is_error(app.redeem(late), "invalid_grant")


@requirement("RFC 6749 5.2", "a client that does not prove who it is is invalid_client, with 401")
def test_clients_that_do_not_prove_who_they_are(host: Host, app: Application, person: Learner) -> None:
    code = app.allowed(person.browser)["code"]
    for plain in (f"{app.id}:wrong", f"{'A' * 32}:{app.secret}", f"{app.id}:", ":", "no colon", "\x00:\x00"):
        basic = {"Authorization": "Basic " + base64.b64encode(plain.encode()).decode()}
        answer = host.client.post("/oauth/token", data={"grant_type": "authorization_code", "code": code},
                                  headers=basic)  # fmt: skip
        is_error(answer, "invalid_client", 401)
        assert answer.headers["www-authenticate"].startswith("Basic ")
    for header in (b"", b"Basic \xe9", b"Bearer x"):
        answer = host.client.post("/oauth/token", headers=[(b"authorization", header)])
        is_error(answer, "invalid_client", 401)
    form = {
        "client_id": app.id,
        "client_secret": app.secret,
        "grant_type": "authorization_code",
        "code": code,
    }
    is_error(host.client.post("/oauth/token", data=form), "invalid_client", 401)
    assert app.redeem(code).status_code == 200  # untouched


@requirement(
    "RFC 6749 5.2", "requests that lack something, have it twice, or are of another grant are errors"
)
def test_requests_that_are_none(app: Application) -> None:
    def post(body: bytes) -> Any:
        headers = {**app.basic, "Content-Type": "application/x-www-form-urlencoded"}
        return app.client.post("/oauth/token", content=body, headers=headers)

    for body in (
        b"", b"grant_type=authorization_code", b"grant_type=refresh_token", b"\xff\xfe", b"a=1&" * 60,
        b"grant_type=authorization_code&code=a&code=b", b"x" * 70_000,
    ):  # fmt: skip
        is_error(post(body), "invalid_request")
    for kind in (b"password", b"client_credentials", b"implicit"):
        is_error(post(b"grant_type=" + kind), "unsupported_grant_type")


@requirement("RFC 6749 4.1.2", "a code is used once; a second use ends what was given for it")
def test_a_code_is_used_once(app: Application, person: Learner) -> None:
    code = app.allowed(person.browser)["code"]
    app.tokens = app.redeem(code).json()
    assert reads(app) == 200
    is_error(app.redeem(code), "invalid_grant")
    assert reads(app) == 401
    is_error(app.refresh(), "invalid_grant")


@requirement("Open Badges 3.0 API 7.2", "a refresh token gives new tokens")
@requirement("RFC 6749 10.4", "a refresh token is used once; a second use ends what was given for it")
def test_refresh_with_rotation(app: Application, person: Learner) -> None:
    app.let_in(person.browser)
    first = app.tokens
    answer = app.refresh()
    assert answer.status_code == 200
    app.tokens = answer.json()
    assert app.tokens["refresh_token"] != first["refresh_token"]
    assert reads(app) == 200
    is_error(app.refresh(first["refresh_token"]), "invalid_grant")
    assert reads(app) == 401
    is_error(app.refresh(), "invalid_grant")


@requirement("RFC 6749 6", "a refresh gives no more than was granted, and is for the same client alone")
def test_what_a_refresh_gives(host: Host, app: Application, person: Learner) -> None:
    app.let_in(person.browser, scope=f"{BADGES}{READ} {BADGES}{UPSERT} {OFFLINE}")
    is_error(app.refresh(scope=BADGE_SCOPES), "invalid_scope")
    other = registered(host.client)
    is_error(other.refresh(app.tokens["refresh_token"]), "invalid_grant")
    is_error(app.refresh(app.tokens["access_token"]), "invalid_grant")
    narrow = app.refresh(scope=BADGES + READ).json()
    assert narrow["scope"] == BADGES + READ
    app.tokens = narrow
    assert reads(app) == 200
    assert app.post(f"{OB}/credentials", {}).status_code == 403
    app.tokens = app.refresh().json()
    assert app.post(f"{OB}/credentials", {}).status_code == 400  # the permission was not narrowed


@requirement("RFC 6750 3.1", "a token that is too old is invalid_token")
def test_tokens_end(host: Host, app: Application, person: Learner) -> None:
    app.let_in(person.browser)
    host.pages.made.clock.move(oauth_tokens.ACCESS_LIFE - timedelta(seconds=1))
    assert reads(app) == 200
    host.pages.made.clock.move(timedelta(seconds=1))
    assert reads(app) == 401
    app.tokens = app.refresh().json()
    assert reads(app) == 200
    host.pages.made.clock.move(oauth_tokens.REFRESH_LIFE)
    is_error(app.refresh(), "invalid_grant")


# --- the end: RFC 7009, and the learner -------------------------------------------------------------


@requirement("RFC 7009 2.1", "a revoked access token fails; a revoked refresh token takes all with it")
@requirement("Open Badges 3.0 API 7.3", "revocation is answered with 200, also when there was no such token")
def test_revocation(host: Host, app: Application, person: Learner) -> None:
    app.let_in(person.browser)
    stranger = registered(host.client)
    assert stranger.revoke(app.tokens["access_token"]).status_code == 200
    assert reads(app) == 200  # it was not the stranger's
    for token in ("A" * 32, app.tokens["access_token"], app.tokens["access_token"]):
        assert app.revoke(token).status_code == 200
    assert reads(app) == 401
    app.tokens = app.refresh().json()
    assert reads(app) == 200
    assert app.revoke(app.tokens["refresh_token"]).status_code == 200
    assert reads(app) == 401
    is_error(app.refresh(), "invalid_grant")
    is_error(app.client.post("/oauth/revoke", data={"token": "x"}), "invalid_client", 401)
    is_error(app.client.post("/oauth/revoke", data={}, headers=app.basic), "invalid_request")


def test_whatever_is_in_an_address_is_no_fault_of_the_server(
    host: Host, app: Application, person: Learner
) -> None:
    app.let_in(person.browser)
    for odd in ("%00", "%C3%A9%FF", "A" * 5_000):
        for path in ("/wallet/received/", "/oauth/consent/"):
            assert person.browser.get(path + odd).status_code == 404
            assert person.browser.post(path + odd, data={"answer": "allow"}).status_code in {404, 405}
        assert person.browser.post(f"/wallet/apps/{odd}/disconnect").status_code == 404
        assert person.browser.post(f"/wallet/received/{odd}/remove").status_code == 404
        assert app.get(f"{OB}/{odd}").status_code == 404
        form = f"grant_type=refresh_token&refresh_token={odd}".encode()
        is_error(app.client.post("/oauth/token", content=form, headers=app.basic), "invalid_grant")
    for header in (b"Bearer \xff\xfe", b"Bearer " + b"A" * 100_000, b"Bearer \x01"):
        answer = host.client.get(f"{OB}/credentials", headers=[(b"authorization", header)])
        assert answer.status_code == 401


def test_the_learner_sees_and_disconnects(host: Host, app: Application) -> None:
    learner, other = host.learner(), host.learner()
    assert "No application may come in" in learner.browser.get("/wallet/apps").text
    app.let_in(learner.browser)
    page = learner.browser.get("/wallet/apps").text
    assert "Example Portfolio" in page
    assert "Example Portfolio" not in other.browser.get("/wallet/apps").text
    path = page.partition('action="/wallet/apps/')[2].partition('"')[0]
    assert other.browser.post(f"/wallet/apps/{path}").status_code == 404
    assert reads(app) == 200
    assert learner.browser.post(f"/wallet/apps/{path}").status_code == 200
    assert reads(app) == 401
    is_error(app.refresh(), "invalid_grant")
    assert "No application may come in" in learner.browser.get("/wallet/apps").text
    assert learner.browser.post(f"/wallet/apps/{path}").status_code == 404
