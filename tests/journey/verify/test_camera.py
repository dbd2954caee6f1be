# SPDX-License-Identifier: Apache-2.0
"""The camera: it leads to the signed values, also without a network, and its light goes out in any case."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from sqlalchemy import select
from tests.fakes import scans
from tests.fakes.scans import Look
from tests.journey import windows
from tests.journey.conftest import Server, shoot
from tests.journey.verify import test_paper_code
from tests.journey.verify.test_box import workplace
from tests.journey.verify.test_paper_code import READER, issued
from tests.journey.wallet.test_learner import seen

from gakusho.store.tables import AwardRow

FILM = (640, 640)
"""Pixels of the fake camera's picture."""
WORDS = test_paper_code.WORDS["ja"]
WATCH = """window.given = [];
if (navigator.mediaDevices) {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    window.given.push(...stream.getTracks());
    return stream;
  };
}"""
"""Keeps every track that the page was given, to see what became of it."""


def film(to: Path, text: str, *, degrees: float = 3) -> None:
    """Write what the fake camera sees: one frame of a code, slightly turned, shown again and again."""
    code, drawn = segno.make(text, error="m", micro=False, boost_error=False), io.BytesIO()
    code.save(drawn, kind="png", scale=max(1, 520 // code.symbol_size(border=4)[0]), border=4)
    turned = Image.open(drawn).convert("L").rotate(degrees, Image.Resampling.BICUBIC, True, fillcolor=255)
    light = Image.new("L", FILM, 255)
    light.paste(turned, ((FILM[0] - turned.width) // 2, (FILM[1] - turned.height) // 2))
    light = light.point([30 + value * 200 // 255 for value in range(256)])
    gray = b"\x80" * (FILM[0] * FILM[1] // 2)
    head = f"YUV4MPEG2 W{FILM[0]} H{FILM[1]} F5:1 Ip A1:1 C420\n"
    to.write_bytes(head.encode() + b"FRAME\n" + light.tobytes() + gray)


def link_of(server: Server) -> str:
    """Give the link that is printed on one of the demo's documents."""
    place = workplace(server)
    with place.work() as work:
        code = work.session.scalars(select(AwardRow.verify_code).order_by(AwardRow.id)).first()
    place.database.close()
    return f"{server.url}/v/{code}"


@contextmanager
def with_camera(browser: Browser, shown: Path) -> Iterator[Browser]:
    """Give a browser with a camera that sees the film; nobody has allowed its use yet."""
    started = browser.browser_type.launch(
        executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
        args=[
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={shown}",
        ],
    )
    try:
        yield started
    finally:
        started.close()


def opened(context: BrowserContext, broken: list[str]) -> Page:
    """Give a window in which the page's own rules and the tracks it is given are watched."""
    context.add_init_script(WATCH)
    return windows.watch(context, broken)


def lights(page: Page) -> list[str]:
    """Give the state of every track that the page was ever given."""
    found: list[str] = page.evaluate("given.map((track) => track.readyState)")
    return found


@pytest.mark.skipif(not READER.exists(), reason="npm is missing: the browser has no reader of QR codes")
@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_the_camera_leads_to_the_signed_values_and_is_off_afterwards(
    server: Server, browser: Browser, open_browser: Callable[..., Page], tmp_path: Path
) -> None:
    genuine, forged = issued(server)
    link, shown = link_of(server), tmp_path / "film.y4m"
    broken: list[str] = []
    with with_camera(browser, shown) as filmed:
        context = filmed.new_context(base_url=server.url, locale="ja-JP")
        page = opened(context, broken)
        film(shown, genuine)
        refused_is_told(page)
        context.grant_permissions(["camera"])
        signed_is_read_offline(page)
        film(shown, link)
        another_code_is_offered(page, link)
        stopped_in_every_way(page, link, genuine)
        film(shown, forged)
        page.locator("[data-paper-camera]").click()
        expect(page.locator(".verdict-word")).to_have_text(WORDS["forged"])
        film(shown, link)
        the_link_is_opened(page, link)
        context.close()
    assert broken == [], "a page broke its own rules"

    without = open_browser("en")
    without.goto("/verify/paper#camera")
    expect(without.locator("[data-paper-said]")).to_contain_text("No camera was found")


def refused_is_told(page: Page) -> None:
    """Come from the one box, and be told what to do as the camera is not allowed."""
    page.goto("/verify")
    page.locator("a[href='/verify/paper#camera']").click()
    expect(page.locator("[data-paper-said]")).to_contain_text("許可されていません")
    expect(page.locator("[data-paper-scan]")).to_be_hidden()
    shoot(page, "camera-refused-ja")
    page.wait_for_selector("[data-kept=yes]")


def signed_is_read_offline(page: Page) -> None:
    """Read the signed code without a network."""
    page.context.set_offline(True)
    page.locator("[data-paper-camera]").click()
    expect(page.locator(".verdict-word")).to_have_text(WORDS["signed"])
    answer = page.locator("[data-paper-answer]")
    for said in ("髙橋 花子", WORDS["birth"], WORDS["unchecked"]):
        expect(answer).to_contain_text(said)
    expect(answer.locator("tbody tr")).to_have_count(60)
    expect(answer).to_be_focused()
    expect(page.locator("[data-paper-scan]")).to_be_hidden()
    assert lights(page) == ["ended"]


def another_code_is_offered(page: Page, link: str) -> None:
    """Be shown what another code says, while the camera goes on looking for a signed one."""
    page.locator("[data-paper-camera]").click()
    expect(page.locator("[data-paper-answer]")).to_contain_text(link)
    expect(page.locator("[data-paper-said]")).to_contain_text("署名付きコードではない")
    expect(page.locator("[data-paper-stop]")).to_be_focused()
    assert lights(page)[-1] == "live"
    seen(page, "camera-link", "ja")


def stopped_in_every_way(page: Page, link: str, genuine: str) -> None:
    """Stop by the button, by leaving for another tab after two quick clicks, and by choosing a picture."""
    camera, stop = page.locator("[data-paper-camera]"), page.locator("[data-paper-stop]")
    stop.click()
    expect(camera).to_be_focused()
    assert set(lights(page)) == {"ended"}

    page.evaluate("for (const _ of '12') document.querySelector('[data-paper-camera]').click()")
    expect(stop).to_be_visible()
    page.wait_for_function("given.length === 4")
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(stop).to_be_hidden()
    assert lights(page) == ["ended"] * 4

    camera.click()
    expect(stop).to_be_visible()
    both = scans.seen(scans.sheet([link, genuine]), Look(dots=250))
    file: FilePayload = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": both}
    page.set_input_files("input[name=file]", file)
    expect(page.locator(".verdict-word")).to_have_text(WORDS["signed"])
    assert lights(page) == ["ended"] * 5


def the_link_is_opened(page: Page, link: str) -> None:
    """Have the server open the link, by a person's click."""
    page.context.set_offline(False)
    page.locator("[data-paper-camera]").click()
    answer = page.locator("[data-paper-answer]")
    expect(answer).to_contain_text(link)
    answer.locator("form button").click()
    page.wait_for_url(re.compile(r"/v/"))
    expect(page.locator(".verdict-word")).to_be_visible()
