# SPDX-License-Identifier: Apache-2.0
"""A student prints a transcript at the machine, a copy jams, and an employer types the code."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from tests.journey.conftest import Server, check_accessible, in_each_language_and_database, shoot
from tests.journey.wallet.test_learner import fits, seen
from tests.journey.windows import next_page

from gakusho.web.demo_people import STUDENTS

WORDS = {
    "ja": {
        "title": "成績証明書",
        "taken": "証明書をお取りください",
        "wrong": "暗証番号が違う",
        "valid": "有効です",
    },
    "en": {
        "title": "Academic Transcript",
        "taken": "Please take your documents",
        "wrong": "PIN is wrong",
        "valid": "Valid",
    },
}


def looked_at(page: Page, name: str, language: str) -> None:
    """Look at a screen as the machine shows it, upright, and as a phone does."""
    if name in {"start", "order", "printed"}:  # the others are made of the same parts
        check_accessible(page)
    fits(page)
    shoot(page, f"kiosk-{name}-{language}")
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    shoot(page, f"kiosk-{name}-{language}-phone")
    page.set_viewport_size({"width": 1080, "height": 1920})


def pressed(page: Page, field: str, keys: str) -> None:
    """Type with the keys on the screen."""
    page.focus(field)
    for key in keys:
        page.locator(f"[data-key='{key}']").click()


@in_each_language_and_database
def test_a_student_prints_a_copy_jams_and_the_code_on_the_paper_opens_its_page(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    words, student = WORDS[language], STUDENTS[0 if language == "ja" else 1]
    page = open_browser(language, width=1080, height=1920)
    page.goto("/kiosk")
    looked_at(page, "start", language)
    pressed(page, "#f-student_number", student.number)
    pressed(page, "#f-pin", "0000")
    page.locator("button.k-go").click()
    expect(page.get_by_role("alert")).to_contain_text(words["wrong"])
    expect(page.locator("#f-pin")).to_have_value("")
    pressed(page, "#f-pin", student.pin)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/documents")
    looked_at(page, "documents", language)

    with next_page(page):
        page.get_by_role("link", name=re.compile(words["title"])).click()
    page.focus("input[name=copies][value='1']")
    page.keyboard.press("ArrowRight")
    page.fill("#f-addressee", "株式会社みなと")
    looked_at(page, "order", language)
    with next_page(page):
        page.locator("button.k-go").click()
    looked_at(page, "confirm", language)
    page.locator("button.k-go").click()
    page.wait_for_url("**/kiosk/prints/**")
    copies = page.locator(".k-copies li")
    expect(copies).to_have_count(2)
    picture = copies.nth(0).locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 500
    number = copies.nth(0).locator("dd").nth(0).inner_text()
    code = copies.nth(0).locator("dd").nth(1).inner_text()
    pdf = page.request.get(str(copies.nth(0).locator("a.k-page").get_attribute("href")))
    assert pdf.body().startswith(b"%PDF-")
    looked_at(page, "printed", language)

    for copy, told in ((0, "failed"), (1, "printed"), (0, "again")):
        with next_page(page):
            copies.nth(copy).locator(f"button[value={told}]").click()
    expect(copies.nth(0).locator("dd").nth(0)).to_have_text(number)
    copies.nth(0).locator("button[value=printed]").click()
    expect(page.locator("h1")).to_have_text(words["taken"])
    looked_at(page, "taken", language)
    page.locator("a.k-go").click()
    page.wait_for_url("**/kiosk")
    page.goto("/kiosk/documents")
    expect(page.get_by_role("alert")).to_be_visible()

    employer = open_browser(language)
    employer.goto("/verify")
    employer.fill("#f-code", code[:-1] + ("A" if code[-1] != "A" else "C"))
    employer.locator("#code button").click()
    expect(employer.locator("#f-code-error")).to_be_visible()
    seen(employer, "code-mistyped", language)
    employer.fill("#f-code", code.lower().replace("-", " "))
    employer.locator("#code button").click()
    employer.wait_for_url(re.compile(r"/v/"))
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    expect(employer.locator("main")).to_contain_text(code)
    assert number in employer.locator("main").inner_text()
    letters = server.get(
        f"/demo/mail?to={'hina.mori' if language == 'ja' else 'itsuki.ishikawa'}@students.asanagi.example"
    )
    assert b"/claim/" in letters, "the same documents can be claimed"
