# SPDX-License-Identifier: Apache-2.0
"""A registrar turns an old badge of the university's into a credential of today, with a second person."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect
from tests.journey.conftest import Server, check_accessible, claim_links, shoot, sign_in
from tests.journey.windows import next_page

BASE = "/console/asanagi"
HEADER = "学籍番号,氏名,メールアドレス,授与年月日\r\n"
WORDS = {
    "ja": {"found": "引き継げます", "foreign": "「有効」ではありません", "valid": "有効です"},
    "en": {"found": "can be rescued", "foreign": "was not found valid", "valid": "Valid"},
}


def _approved(registrar: Page, approver: Page) -> None:
    with next_page(registrar):
        registrar.locator("form[action$='/submit'] button").click()
    approver.goto(registrar.url.split("?")[0])
    approver.locator("form[action$='/approve'] button").click()
    expect(approver.locator(".notice-done")).to_be_visible()


def _an_old_badge(registrar: Page, approver: Page, name: str, address: str) -> bytes:
    """Issue a badge as the university did years ago."""
    registrar.goto(f"{BASE}/batches/new")
    with next_page(registrar):
        registrar.locator("main .kind .button[href*='achievement=']").first.click()
    table = f"{HEADER}R{name},{name},{address},2019-03-20\r\n".encode()
    registrar.set_input_files("#f-table", {"name": "old.csv", "mimeType": "text/csv", "buffer": table})
    for box in registrar.locator("input[name=formats]").all():
        box.set_checked(box.get_attribute("value") == "open-badges-2")
    registrar.locator("main form button").first.click()
    registrar.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))
    _approved(registrar, approver)
    return _issued(approver, "open-badges-2")


def _issued(approver: Page, form: str) -> bytes:
    """Give the file of the first award of the batch that is shown."""
    with next_page(approver):
        approver.locator("a[href*='/records/']").first.click()
    link = approver.locator(f"a[href$='/{form}']").first.get_attribute("href")
    return approver.request.get(str(link)).body()


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_old_badge_is_rescued(server: Server, open_browser: Callable[..., Page], language: str) -> None:
    words, address = WORDS[language], f"rescued-{language}@students.asanagi.example"
    registrar, approver, learner = (open_browser(language) for _ in range(3))
    sign_in(registrar, "registrar")
    sign_in(approver, "approver")
    registrar.goto(f"{BASE}/settings/formats")
    registrar.locator("input[name=formats][value='open-badges-2']").check()
    with next_page(registrar):
        registrar.locator("main form button").first.click()
    badge = _an_old_badge(registrar, approver, f"有栖川 千{'景' if language == 'ja' else '秋'}", address)

    registrar.goto(f"{BASE}/batches")
    with next_page(registrar):
        registrar.locator("a[href$='/rescue']").click()
    check_accessible(registrar)
    shoot(registrar, f"rescue-{language}")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "application/json", "buffer": data}
        for name, data in (("badge.json", badge), ("forged.json", badge.replace(b"2019", b"2009")))
    ]
    registrar.set_input_files("#f-badges", files)
    table = f"氏名,メールアドレス\r\n有栖川 千景,{address}\r\n".encode("cp932")
    registrar.set_input_files("#f-learners", {"name": "who.csv", "mimeType": "text/csv", "buffer": table})
    with next_page(registrar):
        registrar.locator("main form button").click()
    expect(registrar.locator(".notice-done")).to_contain_text(words["found"])
    rows = registrar.locator("table.rescued tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(words["foreign"])
    check_accessible(registrar)
    shoot(registrar, f"rescued-{language}")
    registrar.set_viewport_size({"width": 390, "height": 844})
    shoot(registrar, f"rescued-{language}-phone")
    check_accessible(registrar)
    with next_page(registrar):
        registrar.locator("main a[href*='/batches/']").first.click()
    expect(registrar.locator(".views")).to_contain_text(re.compile("2019年3月20日|20 March 2019"))
    shoot(registrar, f"rescued-draft-{language}")
    _approved(registrar, approver)

    assert claim_links(server, address)
    new = _issued(approver, "open-badges-3")
    assert b"SHA-256" in new
    learner.goto("/verify")
    learner.set_input_files(  # it is checked at once
        "input[name=file]", {"name": "new.json", "mimeType": "application/json", "buffer": new}
    )
    expect(learner.locator(".verdict-word")).to_have_text(words["valid"])
