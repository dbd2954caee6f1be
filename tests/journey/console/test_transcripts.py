# SPDX-License-Identifier: Apache-2.0
"""From a table with one row a course to a transcript that an employer reads, course by course."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journey.conftest import Server, check_accessible, claim_links, shoot, sign_in
from tests.journey.windows import next_page

BASE = "/console/asanagi"
WORDS = {
    "ja": {"claim": "受け取る", "valid": "有効です", "name": "線形代数", "all": "全科目だと記しています"},
    "en": {"claim": "Claim", "valid": "Valid", "name": "Linear Algebra", "all": "these are all of them"},
}
HEADER = (
    "学籍番号,氏名,氏名カナ,メールアドレス,授与年月日,記載範囲,"
    "科目コード,科目名,科目名（英語）,単位数,評価,学期\r\n"
)
COURSES = (
    "MA101,線形代数,Linear Algebra,2,秀,2022前期",
    "CS110,情報倫理,Information Ethics,2,優,2022後期",
    "CS399,卒業研究,Graduation Research,8,秀,2025通年",
)


def _table(mark: str, address: str, *courses: str) -> bytes:
    first = f"{mark},有栖川 千景,アリスガワ チカゲ,{address},令和８年３月２５日,全科目,"
    rows = [first + courses[0], *(f"{mark},,,,,,{each}" for each in courses[1:])]
    return (HEADER + "\r\n".join(rows) + "\r\n").encode("cp932")


def _upload(page: Page, table: bytes) -> None:
    page.set_input_files("#f-table", {"name": "courses.csv", "mimeType": "text/csv", "buffer": table})


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "employers"), [("ja", "en"), ("en", "ja")])
def test_from_courses_to_a_verified_transcript(
    server: Server, open_browser: Callable[..., Page], language: str, employers: str
) -> None:
    mark = f"T{language}"
    address = f"transcript-{language}@students.asanagi.example"
    registrar, approver, learner = (open_browser(language) for _ in range(3))
    sign_in(registrar, "registrar")
    sign_in(approver, "approver")

    registrar.goto(f"{BASE}/batches/new")
    degree = registrar.locator("main .kind", has_text=re.compile("学士（工学）|Bachelor of Engineering"))
    with next_page(registrar):
        degree.locator(".button[href*='kind=courses']").click()
    expect(registrar.locator("input[name=formats]:checked")).to_have_count(1)
    template = registrar.locator("a[href$='template.csv?document=courses']").get_attribute("href")
    assert "2024" in registrar.request.get(str(template)).body().decode("utf-8-sig")
    _upload(registrar, _table(mark, address, *COURSES[:2], COURSES[1]))
    registrar.locator("input[name=formats][value='signed-pdf']").check()
    registrar.locator("main form button").first.click()
    registrar.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))
    expect(registrar.locator("#rows .problem")).to_contain_text(re.compile("4行目|row 4"))
    expect(registrar.locator("form[action$='/submit'] button")).to_be_disabled()
    _upload(registrar, _table(mark, address, *COURSES))
    registrar.locator("form[action$='/choices'] button").first.click()
    registrar.wait_for_url(re.compile("done=checked"))
    expect(registrar.locator(".views").first).to_contain_text(WORDS[language]["name"])
    shoot(registrar, f"courses-check-{language}")
    with next_page(registrar):
        registrar.locator("form[action$='/submit'] button").click()
    approver.goto(registrar.url.split("?")[0])
    approver.locator("form[action$='/approve'] button").click()
    expect(approver.locator(".notice-done")).to_be_visible()

    learner.goto(claim_links(server, address)[0])
    learner.get_by_role("button", name=WORDS[language]["claim"], exact=True).click()
    learner.wait_for_url(re.compile(r"/wallet/c/"))
    expect(learner.locator(".courses tbody tr")).to_have_count(3)
    record = learner.request.get(
        str(learner.locator("a[href$='/download/clr-2']").get_attribute("href"))
    ).body()
    learner.goto("/wallet")
    with next_page(learner):
        learner.locator("a[href^='/wallet/shares/new']").first.click()
    learner.locator("form.share-form button").click()
    learner.wait_for_url(re.compile(r"/wallet/shares/.*new=1"))
    link = learner.locator(".copy input").input_value()

    words = WORDS[employers]
    employer = open_browser(employers, width=390, height=844)
    employer.goto(link)
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    expect(employer.locator(".courses tbody tr")).to_have_count(3)
    employer.goto("/verify")
    employer.set_input_files(  # it is checked at once
        "input[name=file]", {"name": "record.json", "mimeType": "application/json", "buffer": record}
    )
    expect(employer.locator(".verdict-word")).to_have_text(words["valid"])
    expect(employer.locator(".courses caption")).to_contain_text(words["all"])
    expect(employer.locator(".courses tbody tr").first).to_contain_text(words["name"])
    check_accessible(employer)
    shoot(employer, f"transcript-{employers}")
    forged = record.replace("秀".encode(), "優".encode(), 1)
    employer.goto("/verify")
    employer.set_input_files(
        "input[name=file]", {"name": "forged.json", "mimeType": "application/json", "buffer": forged}
    )
    expect(employer.locator(".verdict-not-genuine")).to_be_visible()
    shoot(employer, f"transcript-forged-{employers}")
