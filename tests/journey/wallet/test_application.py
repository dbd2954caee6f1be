# SPDX-License-Identifier: Apache-2.0
"""An application of another comes into a wallet: from its registration to its end, in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, expect
from tests.fakes.application import metadata
from tests.fakes.university import University
from tests.journey.conftest import Server, check_accessible, claim_links, shoot, sign_in
from tests.journey.windows import next_page

from gakusho.formats import format_named

WORDS = {
    "ja": {
        "allow": "許可する",
        "claim": "受け取る",
        "disconnect": "連携を解除",
        "none": "連携しているアプリはありません",
    },
    "en": {
        "allow": "Let it in",
        "claim": "Claim",
        "disconnect": "Disconnect",
        "none": "No application may come in",
    },
}
LEARNER = "learner@mail.example"


@pytest.fixture
def callback() -> Iterator[tuple[str, list[str]]]:
    """Give the address to which the browser comes back, and what it came back with."""
    came: list[str] = []

    class Callback(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"back")

        def log_message(self, *_: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Callback)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/callback", came
    listening.shutdown()
    listening.server_close()
    thread.join()


def from_elsewhere() -> bytes:
    """Give a badge of another university, whose id is its key."""
    university = University.by_key(b"e" * 32)
    university.now = datetime.now(UTC) - timedelta(days=1)
    return format_named("open-badges-3").write([university.award(status=())], university.sealing)[0].data


def test_an_application_comes_reads_writes_and_goes(
    server: Server, open_browser: Callable[..., Page], callback: tuple[str, list[str]]
) -> None:
    language = "ja" if server.kind == "sqlite" else "en"  # each once is enough
    words, (redirect, came) = WORDS[language], callback
    page = open_browser(language)
    if links := claim_links(server, LEARNER):
        page.goto(links[0])
        if (button := page.get_by_role("button", name=words["claim"], exact=True)).count():
            with next_page(page):
                button.click()
    sign_in(page, "learner")

    with httpx2.Client(base_url=server.url, timeout=60) as client:
        api = client.get("/ims/ob/v3p0/discovery").json()
        scheme = api["components"]["securitySchemes"]["OAuth2ACG"]
        flow = scheme["flows"]["authorizationCode"]
        wanted = " ".join(flow["scopes"])
        given = metadata(redirect_uris=[redirect], scope=wanted)
        registered = client.post(scheme["x-imssf-registrationUrl"], json=given)
        assert registered.status_code == 201, registered.text
        basic = (registered.json()["client_id"], registered.json()["client_secret"])

        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": basic[0],
            "redirect_uri": redirect,
            "scope": wanted,
            "state": language,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        page.goto(f"{flow['authorizationUrl']}?{urlencode(asked)}")
        _learner_allows(page, language)
        page.wait_for_url(f"{redirect}**")
        answer = {name: value[0] for name, value in parse_qs(urlsplit(came[0]).query).items()}
        assert answer["state"] == language

        form = {"code": answer["code"], "redirect_uri": redirect, "code_verifier": verifier}
        tokens = client.post(flow["tokenUrl"], auth=basic, data={"grant_type": "authorization_code", **form})
        assert tokens.status_code == 200, tokens.text
        _reads_and_writes(client, api["servers"][0]["url"], tokens.json())
        renewed = client.post(
            flow["refreshUrl"],
            auth=basic,
            data={"grant_type": "refresh_token", "refresh_token": tokens.json()["refresh_token"]},
        )
        assert renewed.status_code == 200, renewed.text

        _learner_looks(page, language)
        page.get_by_role("button", name=words["disconnect"]).first.click()
        expect(page.get_by_text(words["none"])).to_be_visible()
        gone = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
        assert client.get("/ims/ob/v3p0/credentials", headers=gone).status_code == 401
        assert client.post("/oauth/revoke", auth=basic, data={"token": "gone"}).status_code == 200


def _reads_and_writes(client: httpx2.Client, base: str, tokens: dict[str, Any]) -> None:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

    def credentials() -> list[dict[str, Any]]:
        found = client.get(f"{base}/credentials", headers=bearer)
        assert found.status_code == 200, found.text
        assert found.headers["x-total-count"] == str(len(found.json()["credential"]))
        return list(found.json()["credential"])

    before = credentials()
    assert before, "the demo's learner holds a badge"
    data = from_elsewhere()
    headers = {**bearer, "Content-Type": "application/json"}
    stored = client.post(f"{base}/credentials", content=data, headers=headers)
    assert stored.status_code == 201, stored.text
    assert json.loads(data) in credentials()
    profile = client.get(f"{base}/profile", headers=bearer).json()
    assert profile["email"] == LEARNER


def _learner_allows(page: Page, language: str) -> None:
    expect(page.get_by_text("Example Portfolio")).to_be_visible()
    check_accessible(page)
    shoot(page, f"consent-{language}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name=WORDS[language]["allow"], exact=True).focus()
    page.keyboard.press("Enter")


def _learner_looks(page: Page, language: str) -> None:
    page.goto("/wallet/apps")
    expect(page.get_by_role("heading", name="Example Portfolio")).to_be_visible()
    check_accessible(page)
    shoot(page, f"apps-{language}")
    with next_page(page):
        page.locator("a[href^='/wallet/received/']").first.click()
    check_accessible(page)
    shoot(page, f"received-{language}")
    page.goto("/oauth/about")
    check_accessible(page)
    page.goto("/wallet/apps")
