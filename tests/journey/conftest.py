# SPDX-License-Identifier: Apache-2.0
"""The product as people meet it: a real server with the demo university, and headless Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.fakes.ports import free_port
from tests.fakes.postgres import PostgresServer
from tests.journey import slow, windows
from tests.journey.windows import next_page

SCREENSHOTS = Path(__file__).parent / "screenshots"
in_each_language_and_database = pytest.mark.parametrize(
    ("server", "language"), [("postgresql", "ja"), ("sqlite", "en")], indirect=["server"]
)
"""Two journeys, not four: what a page says and where it is kept know nothing of each other."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    kind: str
    """``sqlite`` or ``postgresql``."""
    data: Path
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str) -> bytes:
        """Give what a page answers."""
        slow.refuse_on_the_way(path)
        with urllib.request.urlopen(self.url + path, timeout=100) as answer:
            return bytes(answer.read())


def start(data: Path, *, database: str | None = None, kind: str = "sqlite", **settings: str) -> Server:
    """Start the demo in a process of its own and wait until it answers and has issued its class."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gakusho.cli.main",
        "serve",
        "--demo",
        "--port",
        str(port),
        "--data",
        str(data),
    ]
    if database:
        command += ["--database", database]
    log = data.parent / f"{data.name}.log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GAKUSHO_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**environment, **settings}, start_new_session=True
        )
    server = Server(url=f"http://localhost:{port}", kind=kind, data=data, process=process, log=log)
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if all(b"/claim/" in server.get(f"/demo/mail?to={address}") for address in _mailed()):
                return server
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    stop(server)
    raise AssertionError(f"the server did not come up:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def _mailed() -> list[str]:
    """Give the addresses of the first and the last of the demo's class."""
    table = (resources.files("gakusho.web.demo") / "graduates.csv").read_text("utf-8-sig")
    return [re.findall(r"[\w.-]+@[\w.-]+", line)[0] for line in table.splitlines() if "@" in line][::39]


def stop(server: Server) -> None:
    """Stop a server and everything it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.process.pid, how)
            server.process.wait(15)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
        break


_KEPT: dict[str, Any] = {}
_CLOSING = ExitStack()


def _kept(name: str, opening: Callable[[], AbstractContextManager[Any]]) -> Any:
    """Give what is opened once for all tests that ask for it, and closed before any other runs."""
    if name not in _KEPT:
        _KEPT[name] = _CLOSING.enter_context(opening())
    return _KEPT[name]


@pytest.hookimpl(trylast=True)  # after what the test itself opened is closed
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close browser and servers after their last test: Playwright keeps an event loop running until then."""
    if _KEPT and not (
        nextitem is not None
        and nextitem.path.is_relative_to(Path(__file__).parent)
        and {"browser", "server"} & set(getattr(nextitem, "fixturenames", ()))
    ):
        _KEPT.clear()
        _CLOSING.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a journey that failed where its windows stood, and what the servers said last."""
    report = yield
    if report.failed and "server" in getattr(item, "fixturenames", ()):
        report.sections += windows.stories()
        for kind in ("sqlite", "postgresql"):
            if kind in _KEPT:
                server: Server = _KEPT[kind]
                state = "runs" if server.process.poll() is None else f"ended with {server.process.returncode}"
                said = server.log.read_text("utf-8", "replace")[-3000:]
                report.sections.append((f"server on {kind}, which {state}", said))
    return report


@contextmanager
def _running(folder: Path, kind: str) -> Iterator[Server]:
    with ExitStack() as stack:
        url = stack.enter_context(PostgresServer()).new_database() if kind == "postgresql" else None
        server = start(folder, database=url, kind=kind)
        stack.callback(stop, server)
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Give the demo on each database in turn."""
    kind: str = request.param
    server: Server = _kept(kind, lambda: _running(tmp_path_factory.mktemp("demo") / kind, kind))
    return server


@pytest.fixture
def browser() -> Browser:
    """Give headless Chromium."""
    browser: Browser = _kept("browser", _chromium)
    return browser


@contextmanager
def _chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def open_browser(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a fresh browser window for somebody: ``open_browser("ja")``."""
    opened: list[BrowserContext] = []
    refused: list[str] = []

    def fresh(language: str = "ja", *, width: int = 1280, height: int = 900) -> Page:
        context = browser.new_context(
            base_url=server.url,
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            viewport={"width": width, "height": height},
            accept_downloads=True,
        )
        opened.append(context)
        return windows.watch(context, refused)

    yield fresh
    for context in opened:
        context.close()
    assert refused == [], "a page broke its own rules"


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    """Give one Japanese browser window."""
    return open_browser("ja")


def sign_in(page: Page, who: str) -> None:
    """Sign in as ``registrar``, ``approver`` or ``learner`` of the demo, by the button of the front page."""
    address = "learner@mail.example" if who == "learner" else f"{who}@asanagi.example"
    page.goto("/")
    with next_page(page):
        page.locator(f"form:has(input[value='{address}']) button").click()


_FOUND_ACCESSIBLE: set[str] = set()
_SHAPE = (Path(__file__).parent / "shape.js").read_text("utf-8")


def shape(page: Page) -> str:
    """Give what a page is made of, and how wide it is; a page still on its way is waited for."""
    page.wait_for_load_state()
    page.locator("body").wait_for(state="attached")
    return f"{page.viewport_size} {page.evaluate(_SHAPE)}"


def check_accessible(page: Page) -> None:
    """Refuse a page on which axe-core finds something serious or critical.

    A page of the same shape and width as one that was looked at, in words of another language, is not
    looked at again: half of a journey's time is axe's. The shape holds all elements, their attributes, and
    where there are words and where none; of rows that are alike it holds one.
    """
    if (seen := shape(page)) in _FOUND_ACCESSIBLE:
        return
    found: dict[str, Any] = Axe().run(page).response
    serious = [v for v in found["violations"] if v["impact"] in {"serious", "critical"}]
    told = json.dumps(
        [
            {"id": v["id"], "help": v["help"], "nodes": [n["html"][:200] for n in v["nodes"]][:5]}
            for v in serious
        ],
        ensure_ascii=False,
        indent=1,
    )
    assert serious == [], f"{page.url}: {told}"
    _FOUND_ACCESSIBLE.add(seen)


def shoot(page: Page, name: str) -> None:
    """Take a picture of the whole page when asked to by ``GAKUSHO_SCREENSHOTS``; it is not kept in git."""
    if os.environ.get("GAKUSHO_SCREENSHOTS"):
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def claim_links(server: Server, address: str) -> list[str]:
    """Give the claim links mailed to an address, the newest first."""
    page = server.get(f"/demo/mail?to={address}").decode("utf-8")
    return list(dict.fromkeys(re.findall(r"/claim/[A-Za-z0-9_-]+", page)))
