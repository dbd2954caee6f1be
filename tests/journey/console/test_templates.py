# SPDX-License-Identifier: Apache-2.0
"""A designer's file comes back with a slip, is mended, looked at, used, and put away again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journey.conftest import check_accessible, shoot, sign_in
from tests.journey.windows import next_page

from gakusho.formats._pdf.own_templates import builtin

ADDRESS = "/console/asanagi/settings/templates"
GOOD = builtin()["completion.typ"].replace(b"34pt * k", b"30pt * k")
SLIP = GOOD.replace(b"#japanese", b"") + b'\n#import "fonts.typ": *\n#eval("1 + 1")\n'


def send(page: Page, data: bytes) -> None:
    page.set_input_files("#f-files", {"name": "completion.typ", "mimeType": "text/plain", "buffer": data})
    with next_page(page):  # every page is set three times over, in a process of its own
        page.locator("form[action$='/try'] button").click()


def look_at(page: Page, name: str) -> None:
    """Check and photograph the page as it is, wide and on a phone."""
    check_accessible(page)
    shoot(page, name)
    page.set_viewport_size({"width": 390, "height": 844})
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, name.replace("templates", "templates-phone"))
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_designers_file_is_mended_looked_at_used_and_put_away(open_browser: Callable[..., Page]) -> None:
    page, english = open_browser("ja"), open_browser("en")
    for one in (page, english):
        sign_in(one, "registrar")
        one.goto(ADDRESS)
    with page.expect_download() as given:
        page.locator("a[href$='/in-use.zip']").click()
    assert given.value.suggested_filename == "asanagi-templates.zip"
    for one, language in ((page, "ja"), (english, "en")):
        send(one, SLIP)
        last = GOOD.count(b"\n") + 2
        expect(one.locator("table code").first).to_have_text(f"completion.typ:{last}:2")
        look_at(one, f"templates-slip-{language}")
    send(page, GOOD)
    expect(page.locator(".notice-done")).to_be_visible()
    for one, language in ((page, "ja"), (english, "en")):
        one.goto(ADDRESS)
        pictures = one.locator("#proposed img")
        expect(pictures).to_have_count(3)
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", value=True)
            assert picture.evaluate("image => image.naturalWidth") > 200
        look_at(one, f"templates-proposed-{language}")
    page.locator("#proposed input[type=checkbox]").check()
    with next_page(page):
        page.locator("#proposed button.decide").click()
    expect(page.locator(".notice-done")).to_be_visible()
    expect(page.locator("#proposed")).to_have_count(0)
    for one, language in ((page, "ja"), (english, "en")):
        one.goto(ADDRESS)
        expect(one.locator("a[href*='/versions/']")).to_have_count(1)
        look_at(one, f"templates-used-{language}")
    page.locator("form[action$='/built-in'] input[type=checkbox]").check()
    with next_page(page):
        page.locator("form[action$='/built-in'] button").click()
    expect(page.locator(".notice-done")).to_be_visible()
    expect(page.locator("form[action$='/again'] button")).to_have_count(1)
