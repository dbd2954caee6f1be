# SPDX-License-Identifier: Apache-2.0
"""From the mail to the employer's answer and the learner's log, in a browser, in both languages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from importlib import resources

from playwright.sync_api import Page, expect
from tests.journey.conftest import (
    Server,
    check_accessible,
    claim_links,
    in_each_language_and_database,
    shoot,
)
from tests.journey.windows import next_page

WORDS = {
    "ja": {
        "claim": "受け取る",
        "valid": "有効です",
        "wrong": "PINが違います",
        "stopped": "共有は終わりました",
        "opened": "見られた",
        "wrong_pin": "PINが違った",
        "report": "検証報告書が作られた",
        "downloaded": "ダウンロードされた",
    },
    "en": {
        "claim": "Claim",
        "valid": "Valid",
        "wrong": "This is not the PIN",
        "stopped": "This share was stopped",
        "opened": "Opened",
        "wrong_pin": "Wrong PIN",
        "report": "Report made",
        "downloaded": "Downloaded",
    },
}


def graduates() -> list[str]:
    """Give the addresses of the demo's class; the first is the demo's own learner."""
    data = (resources.files("gakusho.web.demo") / "graduates.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data)))
    return [next(cell for cell in row if "@" in cell) for row in rows[1:] if any("@" in cell for cell in row)]


def fits(page: Page) -> None:
    """Refuse a page that is wider than its window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def seen(page: Page, name: str, language: str) -> None:
    """Look at a page as a person would: with a screen reader, and on a phone."""
    check_accessible(page)
    shoot(page, f"{name}-{language}")
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    shoot(page, f"{name}-{language}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})


def claim(page: Page, server: Server, address: str, language: str) -> None:
    """Claim what was mailed to an address."""
    page.goto(claim_links(server, address)[0])
    seen(page, "claim", language)
    page.get_by_role("button", name=WORDS[language]["claim"], exact=True).click()
    page.wait_for_url(re.compile(r"/wallet/c/"))


@in_each_language_and_database
def test_from_the_mail_to_the_employer_and_back_to_the_log(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    words = WORDS[language]
    learner = open_browser(language)
    claim(learner, server, graduates()[3 if language == "ja" else 4], language)
    expect(learner.locator(".verdict-word")).to_have_text(words["valid"])
    seen(learner, "credential", language)
    learner.goto("/wallet")
    seen(learner, "wallet", language)

    with next_page(learner):
        learner.locator("a[href^='/wallet/shares/new']").click()
    seen(learner, "share-new", language)
    learner.locator(".share-more summary").click()
    learner.fill("input[name=pin]", "2468")
    learner.fill("input[name=purpose]", "2026")
    learner.locator("form.share-form button").click()
    learner.wait_for_url(re.compile(r"/wallet/shares/.*new=1"))
    share_page = learner.url
    seen(learner, "share", language)
    link = learner.locator(".copy input").input_value()

    employer = open_browser(language)
    employer.goto(link)
    seen(employer, "pin", language)
    employer.fill("input[name=pin]", "1111")
    employer.keyboard.press("Enter")
    expect(employer.locator(".error")).to_contain_text(words["wrong"])
    seen(employer, "pin-wrong", language)
    employer.fill("input[name=pin]", "2468")
    employer.keyboard.press("Enter")
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    seen(employer, "shared", language)
    with employer.expect_download() as download:
        employer.locator(".downloads a").first.click()
    assert download.value.suggested_filename

    employer.locator("form[action$='/report'] button").click()
    employer.wait_for_url(re.compile(r"/reports/"))
    seen(employer, "report", language)
    code = employer.locator(".report-code").inner_text()
    employer.goto("/reports")
    seen(employer, "reports", language)
    employer.fill("input[name=code]", code.lower().replace("-", ""))
    employer.keyboard.press("Enter")
    employer.wait_for_url(f"**/reports/{code}")
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])

    learner.goto(share_page)
    for act in ("opened", "wrong_pin", "report", "downloaded"):
        expect(learner.locator("table.log")).to_contain_text(words[act])
    learner.goto("/wallet/log")
    seen(learner, "log", language)
    learner.goto("/wallet/shares")
    seen(learner, "shares", language)
    learner.goto(share_page)
    with next_page(learner):
        learner.locator("form[action$='/stop'] button").click()
    employer.goto(link)
    expect(employer.locator("h1")).to_have_text(words["stopped"])
    seen(employer, "stopped", language)


@in_each_language_and_database
def test_a_link_that_was_used_names_nobody(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    learner, address = open_browser(language), graduates()[5 if language == "ja" else 6]
    claim(learner, server, address, language)
    other = open_browser(language)
    other.goto(claim_links(server, address)[0])
    assert "@" not in other.locator("main").inner_text()
    seen(other, "claimed", language)


def test_the_archive_of_the_wallet_comes_as_one_file(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    learner = open_browser("ja")
    claim(learner, server, graduates()[7], "ja")
    learner.goto("/wallet")
    with learner.expect_download() as download:
        learner.locator("a[href='/wallet/archive']").click()
    assert download.value.suggested_filename == "gakusho.zip"
