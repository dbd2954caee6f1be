# SPDX-License-Identifier: Apache-2.0
"""The degree is shown and the grade is not: from the registrar's choice of format to the employer's page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journey.conftest import Server, check_accessible, claim_links, shoot, sign_in
from tests.journey.windows import next_page

BASE = "/console/asanagi"
GRADE, STUDENT, BORN = "3.987", "P240001", "2003"
WORDS = {
    "ja": {"claim": "受け取る", "valid": "有効です", "degree": "学士（工学）", "part": "一部だけを見せ"},
    "en": {"claim": "Claim", "valid": "Valid", "degree": "Bachelor of Engineering", "part": "a part"},
}


def _table(mark: str, address: str) -> bytes:
    header = "氏名,氏名カナ,メールアドレス,学籍番号,生年月日,文書発行番号,授与年月日,GPA\r\n"
    row = f"汐見 みなも,シオミ ミナモ,{address},{STUDENT}{mark},2003-07-07,第{mark}号,2026-03-25,{GRADE}\r\n"
    return (header + row).encode("cp932")


def _seen(page: Page, name: str) -> None:
    check_accessible(page)
    shoot(page, name)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    shoot(page, f"{name}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})


def _issue(open_browser: Callable[..., Page], language: str, mark: str, address: str) -> None:
    registrar, approver = open_browser(language), open_browser(language)
    sign_in(registrar, "registrar")
    sign_in(approver, "approver")
    registrar.goto(f"{BASE}/settings/formats")
    expect(registrar.locator("input[value='open-badges-3-sd']")).to_be_checked()
    _seen(registrar, f"formats-{language}")
    registrar.goto(f"{BASE}/batches/new")
    degree = registrar.locator("main .kind", has_text=re.compile("学士（工学）|Bachelor of Engineering"))
    with next_page(registrar):
        degree.locator(".button").first.click()
    for box in registrar.locator("input[name=formats]").all():
        box.set_checked(box.get_attribute("value") == "open-badges-3-sd")
    table = _table(mark, address)
    registrar.set_input_files("#f-table", {"name": "part.csv", "mimeType": "text/csv", "buffer": table})
    registrar.locator("main form button").first.click()
    registrar.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))
    with next_page(registrar):
        registrar.locator("form[action$='/submit'] button").click()
    approver.goto(registrar.url.split("?")[0])
    approver.locator("form[action$='/approve'] button").click()
    expect(approver.locator(".notice-done")).to_be_visible()


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_learner_shows_the_degree_and_an_employer_sees_no_grade(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    words, address = WORDS[language], f"part-{language}@students.asanagi.example"
    _issue(open_browser, language, f"P{language}", address)

    learner = open_browser(language)
    learner.goto(claim_links(server, address)[0])
    learner.get_by_role("button", name=words["claim"], exact=True).click()
    learner.wait_for_url(re.compile(r"/wallet/c/"))
    expect(learner.locator(".verdict-word")).to_have_text(words["valid"])
    _seen(learner, f"credential-part-{language}")
    with next_page(learner):
        learner.locator("a[href$='/part']").click()
    expect(learner.locator("nav.tabs [aria-current]")).to_have_count(1)
    grade = learner.locator("label.choice", has_text=GRADE).locator("input")
    expect(grade).not_to_be_checked()
    _seen(learner, f"part-{language}")
    with next_page(learner):
        learner.locator("main form button").first.click()
    preview = learner.locator("section:has(#seen)")
    expect(preview.locator(".verdict-word")).to_have_text(words["valid"])
    expect(preview).to_contain_text(words["degree"])
    expect(learner.locator("#seen")).to_be_in_viewport()
    for held_back in (GRADE, STUDENT, BORN):
        assert held_back not in preview.inner_text()
    _seen(learner, f"part-seen-{language}")
    with next_page(learner):
        learner.locator("button[formaction='/wallet/shares/new']").click()
    learner.locator(".share-more summary").click()
    learner.fill("input[name=pin]", "2468")
    _seen(learner, f"part-share-{language}")
    learner.locator("form.share-form button").click()
    learner.wait_for_url(re.compile(r"/wallet/shares/.*new=1"))
    link = learner.locator(".copy input").input_value()
    _seen(learner, f"part-shared-{language}")

    employer = open_browser(language)
    employer.goto(link)
    employer.fill("input[name=pin]", "2468")
    employer.keyboard.press("Enter")
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    expect(employer.locator("main")).to_contain_text(words["degree"])
    _seen(employer, f"part-employer-{language}")
    for held_back in (GRADE, STUDENT):
        assert held_back not in employer.content()
    with employer.expect_download() as download:
        employer.locator(".downloads a").first.click()
    told = download.value.path().read_text("utf-8")
    assert words["degree"] in told
    for held_back in (GRADE, STUDENT, "2003-07-07"):
        assert held_back not in told
