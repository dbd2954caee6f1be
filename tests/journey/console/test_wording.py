# SPDX-License-Identifier: Apache-2.0
"""The look of documents, and copies of them for whoever asks: typed, seen, kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journey.conftest import check_accessible, shoot, sign_in
from tests.journey.windows import next_page

ADDRESS = "/console/asanagi/settings/wording?kind=completion&language=ja"
SEAL = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7H1z" fill="#c8371d"/></svg>'
)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_words_are_typed_seen_and_kept(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(language)
    sign_in(page, "registrar")
    page.goto(ADDRESS)
    picture = page.locator("img.page-image")
    expect(picture).to_be_visible()
    before = picture.get_attribute("src")
    assert before is not None
    page.fill("#f-words-ja", "本学学則の定めるところにより\n{achievement}\nを修了したことを証する")
    page.set_input_files("#f-seal", {"name": "seal.svg", "mimeType": "image/svg+xml", "buffer": SEAL})
    page.select_option("#f-paper", "b4")
    page.select_option("#f-orientation", "landscape")
    expect(picture).not_to_have_attribute("src", before)
    page.wait_for_function("document.querySelector('img.page-image').naturalWidth > 0")
    check_accessible(page)
    shoot(page, f"wording-{language}")
    with next_page(page):
        page.locator("button[value=save]").click()
    expect(page.locator(".notice-done")).to_be_visible()
    page.fill("#f-words-ja", "名称がない")
    with next_page(page):
        page.locator("button[value=preview]").click()
    expect(page.locator(".notice-error")).to_be_visible()
    expect(page.locator("#f-words-ja")).to_have_value("名称がない")
    page.goto(ADDRESS)
    page.set_viewport_size({"width": 390, "height": 844})
    check_accessible(page)
    shoot(page, f"wording-phone-{language}")


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_addressed_copy_is_asked_for(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(language)
    sign_in(page, "registrar")
    page.goto("/console/asanagi/records?q=工卒第2026022号")
    with next_page(page):
        page.locator("td a[href*='/records/']").first.click()
    with next_page(page):
        page.locator("a[href$='/copies']").click()
    page.fill("#f-addressee_0", "株式会社みなと")
    page.fill("#f-purpose_0", "就職")
    page.fill("#f-number_0", f"C-{language}-1")
    check_accessible(page)
    shoot(page, f"copies-{language}")
    page.set_viewport_size({"width": 390, "height": 844})
    check_accessible(page)
    shoot(page, f"copies-phone-{language}")
    with next_page(page):
        page.locator("form.sheet button").first.click()
    expect(page.locator("body")).to_contain_text("株式会社みなと")
    shoot(page, f"copies-check-{language}")
