# SPDX-License-Identifier: Apache-2.0
"""An administrator puts the university's own words on a document and sees the page while typing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journey.conftest import check_accessible, shoot, sign_in

ADDRESS = "/console/asanagi/settings/wording?kind=diploma-vertical&language=ja"


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
    page.fill("#f-words-ja", "本学学則の定めるところにより\n{achievement}\nの学位を授与する")
    expect(picture).not_to_have_attribute("src", before)
    assert picture.evaluate("image => image.naturalWidth") > 0
    check_accessible(page)
    shoot(page, f"wording-{language}")
    page.locator("button[value=save]").click()
    expect(page.locator(".notice-done")).to_be_visible()
    page.fill("#f-words-ja", "名称がない")
    page.locator("button[value=preview]").click()
    expect(page.locator(".notice-error")).to_be_visible()
    expect(page.locator("#f-words-ja")).to_have_value("名称がない")
    page.goto(ADDRESS)
    page.set_viewport_size({"width": 390, "height": 844})
    check_accessible(page)
    shoot(page, f"wording-phone-{language}")
