# SPDX-License-Identifier: Apache-2.0
"""An application of somebody else's: registers, asks to be let in, and comes with tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient
from tests.fakes.desk import BADGES as CHOICES
from tests.fakes.desk import learners
from tests.fakes.holders import START, open_class
from tests.fakes.pages import Pages, open_pages
from tests.fakes.transcripts import transcript
from tests.fakes.university import University

from gakusho.formats import format_named
from gakusho.holder import accounts, oauth_scopes
from gakusho.holder.oauth_scopes import ACTS, BADGES, OFFLINE, RECORDS
from gakusho.store.work import Workplace

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
        content = json.dumps(body).encode() if isinstance(body, Mapping) else body
        media_type = media_type or ("application/json" if isinstance(body, Mapping) else "text/plain")
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


@dataclass(kw_only=True)
class Learner:
    """A learner who holds a credential of the university, and their browser."""

    number: int
    email: str
    person_id: str
    award_id: str
    browser: TestClient


@dataclass(kw_only=True)
class Host:
    """A server with many learners, of whom each test takes its own."""

    pages: Pages
    taken: int = 1
    """The first has a badge only, and is nobody's."""

    @property
    def client(self) -> TestClient:
        """Give a client with no cookies, as a program is."""
        self.pages.client.app.state.verify_limits = None  # type: ignore[attr-defined]  # every test counts anew
        del self.pages.client.app.state.verify_limits  # type: ignore[attr-defined]
        return self.pages.visitor()

    def learner(self, method: str = "link") -> Learner:
        """Give a learner nobody took before, signed in, with what was awarded claimed."""
        self.taken += 1
        person_id, award_id = self.pages.made.holder(self.taken)
        email = f"learner{self.taken}@students.example"
        return Learner(
            number=self.taken,
            email=email,
            person_id=person_id,
            award_id=award_id,
            browser=self.browser(email, method),
        )

    def browser(self, email: str, method: str = "link") -> TestClient:
        """Give a browser in which somebody has signed in."""
        opened = self.pages.visitor()
        with self.pages.made.work() as work:
            token = accounts.sign_in_as(work, email, method=method)
        opened.cookies.set("__Host-gakusho_session", token)
        return opened

    def application(self, **members: Any) -> Application:
        """Give an application that has just registered."""
        return registered(self.client, **members)

    def inside(self, learner: Learner, **changed: Any) -> Application:
        """Give an application that the learner has let in."""
        return self.application().let_in(learner.browser, **changed)


@contextmanager
def open_host(place: Workplace, folder: Path, *, count: int) -> Iterator[Host]:
    """Serve ``count`` learners, of whom each has a badge and a record."""
    with open_pages(open_class(place, count=1), folder) as pages:
        choices = replace(CHOICES, formats=("open-badges-3", "clr-2"))
        pages.made.issue(learners(count + 1)[1:], choices=choices)
        yield Host(pages=pages)


@cache
def elsewhere(seed: int = 1) -> University:
    """Give another university, whose id is its key, so that nobody has to be asked for it."""
    made = University.by_key(bytes([seed]) * 32)
    made.now = START - timedelta(days=1)
    return made


def sealed(form: str = "open-badges-3", *, seed: int = 1, number: int = 1, **changes: Any) -> bytes:
    """Give a credential of the other university."""
    university = elsewhere(seed)
    award = transcript(university, 2, number) if form == "clr-2" else university.award(number)
    award = replace(award, **{"status": (), **changes})
    return format_named(form).write([award], university.sealing)[0].data
