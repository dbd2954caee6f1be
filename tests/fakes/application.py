# SPDX-License-Identifier: Apache-2.0
"""An application of somebody else's: registers, asks to be let in, and comes with tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient

from gakusho.holder import oauth_scopes
from gakusho.holder.oauth_scopes import ACTS, BADGES, OFFLINE, RECORDS

REDIRECT = "https://portfolio.example/callback"
EVERYTHING = " ".join(oauth_scopes.SCOPES)
BADGE_SCOPES = " ".join(BADGES + act for act in ACTS)
RECORD_SCOPES = " ".join(RECORDS + act for act in ACTS)
OB, CLR = "/ims/ob/v3p0", "/ims/clr/v2p0"


def metadata(**members: Any) -> dict[str, Any]:
    """Give a registration as the standard's example has it, changed."""
    plain = {
        "client_name": "Example Portfolio",
        "client_uri": "https://portfolio.example/",
        "logo_uri": "https://portfolio.example/logo.png",
        "tos_uri": "https://portfolio.example/terms",
        "policy_uri": "https://portfolio.example/privacy",
        "software_id": "c88b6ed8-269e-448e-99be-7e2ff47167d1",
        "software_version": "v4.0",
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "contacts": ["help@portfolio.example"],
        "scope": EVERYTHING,
    }
    return {name: value for name, value in {**plain, **members}.items() if value is not ...}


@dataclass
class Application:
    """A registered application, and what it was given last."""

    client: TestClient
    id: str
    secret: str
    tokens: dict[str, Any] = field(default_factory=dict)
    verifier: str = ""

    @property
    def basic(self) -> dict[str, str]:
        """Give the header by which it names itself."""
        plain = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {plain}"}

    @property
    def bearer(self) -> dict[str, str]:
        """Give the header with its access token."""
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def asking(self, **changed: Any) -> dict[str, str]:
        """Give the parameters of an authorization request, changed."""
        self.verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        plain = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": REDIRECT,
            "scope": f"{BADGE_SCOPES} {OFFLINE}",
            "state": "26357667-94df",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**plain, **changed}.items() if value is not ...}

    def asks(self, browser: TestClient, **changed: Any) -> Any:
        """Let the browser open the authorization request; give where it is led."""
        return browser.get("/oauth/authorize", params=self.asking(**changed), follow_redirects=False)

    def allowed(self, browser: TestClient, **changed: Any) -> dict[str, str]:
        """Let the learner agree, and give what comes back in the address."""
        led = self.asks(browser, **changed)
        assert led.status_code == 302, led.text
        return decided(browser, led.headers["location"])

    def redeem(self, code: str, **changed: Any) -> Any:
        """Exchange a code for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": self.verifier,
        }
        form = {name: value for name, value in {**form, **changed}.items() if value is not ...}
        return self.client.post("/oauth/token", data=form, headers=self.basic)

    def refresh(self, token: str | None = None, **more: str) -> Any:
        """Renew the tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": token or self.tokens["refresh_token"], **more}
        return self.client.post("/oauth/token", data=form, headers=self.basic)

    def revoke(self, token: str) -> Any:
        """Give a token back."""
        return self.client.post("/oauth/revoke", data={"token": token}, headers=self.basic)

    def let_in(self, browser: TestClient, **changed: Any) -> Application:
        """Go the whole way to tokens."""
        answer = self.redeem(self.allowed(browser, **changed)["code"])
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    def get(self, path: str, **params: Any) -> Any:
        """Read with the access token."""
        return self.client.get(path, params=params, headers=self.bearer)

    def post(self, path: str, body: bytes | str | Mapping[str, Any], media_type: str = "") -> Any:
        """Write with the access token: an object as JSON, text as a compact JWS."""
        is_json = isinstance(body, Mapping)
        content = json.dumps(body).encode() if is_json else body
        media_type = media_type or ("application/json" if is_json else "text/plain")
        return self.client.post(path, content=content, headers={**self.bearer, "Content-Type": media_type})


def registered(client: TestClient, **members: Any) -> Application:
    """Let an application register."""
    answer = client.post("/oauth/register", json=metadata(**members))
    assert answer.status_code == 201, answer.text
    given = answer.json()
    return Application(client, given["client_id"], given["client_secret"])


def decided(
    browser: TestClient, address: str, answer: str = "allow", scopes: list[str] | None = None
) -> dict[str, str]:
    """Answer the question at an address as the page's form does, and give what goes back."""
    page = browser.get(address)
    assert page.status_code == 200, page.text
    ticked = scopes if scopes is not None else [s for s in oauth_scopes.SCOPES if f'value="{s}"' in page.text]
    form = {"answer": answer, "scope": ticked}
    led = browser.post(address, data=form, follow_redirects=False)
    assert led.status_code == 303, led.text
    return back(led.headers["location"])


def back(location: str) -> dict[str, str]:
    """Give the parameters with which the browser comes back to the application."""
    assert location.startswith(REDIRECT + "?"), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
