# SPDX-License-Identifier: Apache-2.0
"""One credential's whole way: registrar → approver → learner → employer → corrected → replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.journey.conftest import Server, claim_links, in_each_language_and_database, sign_in
from tests.journey.windows import next_page

BASE = "/console/asanagi"
WORDS = {
    "ja": {"claim": "受け取る", "valid": "有効です", "replaced": "新しい"},
    "en": {"claim": "Claim", "valid": "Valid", "replaced": "Replaced by a newer one"},
}


def _prepare(page: Page, mark: str, address: str) -> str:
    """Upload a table of one, submit it, and give the address of the batch."""
    table = (
        "氏名,氏名カナ,メールアドレス,学籍番号,文書発行番号,授与年月日\r\n"
        f"有栖川 千景,アリスガワ チカゲ,{address},{mark},第{mark}号,令和８年３月２５日\r\n"
    ).encode("cp932")
    page.goto(f"{BASE}/batches/new")
    degree = page.locator("main .kind", has_text=re.compile("学士（工学）|Bachelor of Engineering"))
    with next_page(page):
        degree.locator(".button").first.click()
    page.set_input_files("#f-table", {"name": "one.csv", "mimeType": "text/csv", "buffer": table})
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))
    with next_page(page):
        page.locator("form[action$='/submit'] button").click()
    return page.url.split("?")[0]


def _approve(page: Page, batch: str) -> None:
    page.goto(batch)
    page.locator("form[action$='/approve'] button").click()
    expect(page.locator(".notice-done")).to_be_visible()


@in_each_language_and_database
def test_from_the_table_to_the_answer_and_on_to_the_corrected_one(
    server: Server, open_browser: Callable[..., Page], language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    mark = f"W{language}{server.kind[0]}"
    address = f"{mark.lower()}@students.asanagi.example"
    registrar, approver, learner, employer = (open_browser(language) for _ in range(4))

    sign_in(registrar, "registrar")
    sign_in(approver, "approver")
    _approve(approver, _prepare(registrar, mark, address))

    learner.goto(claim_links(server, address)[0])
    learner.get_by_role("button", name=words["claim"], exact=True).click()
    learner.wait_for_url(re.compile(r"/wallet/c/"))
    expect(learner.locator(".credential").first).to_contain_text("有栖川 千景")
    learner.goto("/wallet")
    with next_page(learner):
        learner.locator("a[href^='/wallet/shares/new']").first.click()
    learner.locator("form.share-form button").click()
    learner.wait_for_url(re.compile(r"/wallet/shares/.*new=1"))
    link = learner.locator(".copy input").input_value()

    employer.goto(link)
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    expect(employer.locator(".credential").first).to_contain_text("有栖川 千景")
    where = employer.locator("link[rel=alternate]").get_attribute("href")
    assert employer.request.get(str(where)).body().startswith(b"%PDF-")
    with employer.expect_download() as told:
        employer.locator(".downloads a[href*='signed-pdf'], .downloads a").last.click()
    old = tmp_path / told.value.suggested_filename
    told.value.save_as(old)

    registrar.goto(f"{BASE}/records?q=アリスガワ")
    with next_page(registrar):
        registrar.locator(f"tr:has-text('{mark}') a").first.click()
    with next_page(registrar):
        registrar.locator("a[href$='/correct']").click()
    registrar.fill("input[name=name]", "有栖川 千影")
    registrar.locator("main form button").first.click()
    registrar.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))
    with next_page(registrar):
        registrar.locator("form[action$='/submit'] button").click()
    _approve(approver, registrar.url.split("?")[0])

    employer.goto("/verify")
    employer.set_input_files("input[name=file]", old)  # it is checked at once
    expect(employer.locator(".verdict-word")).to_contain_text(words["replaced"])
    employer.goto(link)
    with next_page(employer):
        employer.locator(".notice-warn a.button").click()
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    expect(employer.locator(".credential").first).to_contain_text("有栖川 千影")
