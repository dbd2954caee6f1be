# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of the documentation from a demo of its own: docs/images/*.png.

Usage: make screenshots
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent.parent / "docs" / "images"
LEARNER, REGISTRAR = "learner@mail.example", "registrar@asanagi.example"


@contextmanager
def demo() -> Iterator[str]:
    """Give the address of a fresh demo whose class is issued."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        command = [
            sys.executable,
            "-m",
            "gakusho.cli.main",
            "serve",
            "--demo",
            "--port",
            str(port),
            "--data",
            data,
        ]
        server = subprocess.Popen(command)
        try:
            url = f"http://localhost:{port}"
            _wait(f"{url}/demo/mail?to={LEARNER}")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _wait(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                if b"/claim/" in answer.read():
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.3)
    raise SystemExit("The demo did not come up.")


def sign_in(page: Page, url: str, email: str) -> None:
    """Sign in as one of the demo's people, by the button of the front page."""
    page.goto(url)
    page.locator(f'form:has(input[value="{email}"]) button').click()


def take(page: Page, url: str) -> None:
    """Walk the way of a credential and take a picture at each station."""
    sign_in(page, url, REGISTRAR)
    page.goto(f"{url}/console")
    _picture(page, "console")
    sign_in(page, url, LEARNER)
    page.goto(f"{url}/demo/mail?to={LEARNER}")
    link = page.locator('a[href*="/claim/"]').first.get_attribute("href")
    assert link
    page.goto(link)
    page.locator("main form button").first.click()
    page.goto(f"{url}/wallet")
    _picture(page, "wallet")
    award = re.search(r"/wallet/c/([0-9a-f-]+)", page.content())
    assert award, "the wallet shows no credential"
    pdf = page.request.get(f"{url}/wallet/c/{award.group(1)}/download/signed-pdf").body()
    page.set_extra_http_headers({"Accept-Language": "en"})
    page.goto(f"{url}/verify?lang=en")
    page.locator('input[type="file"][name="file"]').set_input_files(
        {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    # the box sends what is dropped into it at once
    page.locator('form[action="/verify/report"]').first.wait_for()
    page.wait_for_load_state("networkidle")
    _picture(page, "verify")


def _picture(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")
    print(IMAGES / f"{name}.png")


def main() -> int:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 860}, locale="ja")
        take(page, url)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
