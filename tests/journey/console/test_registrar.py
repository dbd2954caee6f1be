# SPDX-License-Identifier: Apache-2.0
"""The registrar's day in a browser: a faulty table, mended, submitted, approved, issued, found, revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journey import windows
from tests.journey.conftest import (
    Server,
    check_accessible,
    in_each_language_and_database,
    shoot,
    sign_in,
)
from tests.journey.windows import next_page

BASE = "/console/asanagi"
HEADER = "氏名,氏名カナ,氏名ローマ字,メールアドレス,学籍番号,文書発行番号,授与年月日"
NAMES = (("波多野 澪", "ハタノ ミオ", "HATANO, Mio"), ("御子柴 律", "ミコシバ リツ", "MIKOSHIBA, Ritsu"))


def table(mark: str) -> bytes:
    """Give a clean table in Shift_JIS, as Excel saves it, with numbers of its own."""
    rows = []
    for n, (name, kana, romaji) in enumerate(NAMES):
        email, number = f"{mark}{n}@students.asanagi.example", f"{mark}{n}"
        rows.append(f'{name},{kana},"{romaji}",{email},{number},第{number}号,令和8年3月25日')
    return "\r\n".join([HEADER, *rows]).encode("cp932")


def upload(page: Page, name: str, data: bytes) -> None:
    """Choose the first achievement, upload a table and come to the check."""
    page.goto(f"{BASE}/batches/new")
    with next_page(page):
        page.locator("main .kind .button").first.click()
    page.set_input_files("#f-table", {"name": name, "mimeType": "text/csv", "buffer": data})
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))


@in_each_language_and_database
def test_a_table_with_faults_is_mended_approved_issued_found_and_revoked(
    open_browser: Callable[..., Page], language: str, server: Server
) -> None:
    mark = f"J{language}{server.kind[0]}"
    registrar = open_browser(language)
    sign_in(registrar, "registrar")
    registrar.goto(BASE)
    check_accessible(registrar)
    faulty = (resources.files("gakusho.web.demo") / "try-it.csv").read_bytes()
    upload(registrar, "try-it.csv", faulty)
    check_accessible(registrar)
    shoot(registrar, f"check-{language}")
    expect(registrar.locator("form[action$='/submit'] button")).to_be_disabled()
    expect(registrar.locator("td .tag-bad").first).to_be_visible()
    with registrar.expect_download() as told:
        registrar.locator("a[href$='/errors.csv']").click()
    assert told.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
    registrar.set_input_files(
        "#f-table", {"name": "mended.csv", "mimeType": "text/csv", "buffer": table(mark)}
    )
    with next_page(registrar):
        registrar.locator("section:has(#f-table) button").click()
    expect(registrar.locator(".notice-done").first).to_be_visible()
    expect(registrar.locator("img.page-image").first).to_have_js_property("complete", value=True)
    with next_page(registrar):
        registrar.locator("form[action$='/submit'] button").click()
    expect(registrar.locator("form[action$='/approve']")).to_have_count(0)
    address = registrar.url.split("?")[0]

    approver = open_browser(language)
    sign_in(approver, "approver")
    approver.goto(BASE)
    with next_page(approver):
        approver.locator(f".decision a.decide[href='{address.removeprefix(server.url)}']").click()
    check_accessible(approver)
    shoot(approver, f"approve-{language}")
    expect(approver.locator("code").first).to_have_text(re.compile("^[0-9a-f]{64}$"))
    approver.locator("form[action$='/approve'] button").click()
    expect(approver.locator(".notice-done")).to_be_visible()
    check_accessible(approver)

    for query in ("御子柴", "ミコシバ", "mikoshiba", f"{mark}1", f"第{mark}1"):
        approver.goto(f"{BASE}/records?q={query}")
        expect(approver.locator("tbody a", has_text="御子柴 律").first).to_be_visible()
    approver.goto(f"{BASE}/records?q={mark}1")
    check_accessible(approver)
    approver.locator("tbody input[type=checkbox]").check()
    approver.locator("#f-act").select_option("revoke")
    with next_page(approver):
        approver.locator("form[action$='/decide'] button").click()
    check_accessible(approver)
    shoot(approver, f"revoke-{language}")
    approver.fill("#f-reason", "氏名の誤り")
    with next_page(approver):
        approver.locator("button.decide").click()
    expect(approver.locator(".page-head .tag-bad").first).to_be_visible()
    check_accessible(approver)
    verify = approver.locator("section:has(#files) a[href*='/v/']").get_attribute("href")
    approver.goto(str(verify))
    expect(approver.locator(".verdict-revoked")).to_be_visible()


def test_issuing_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, locale="ja-JP", java_script_enabled=False)
    page = windows.watch(context, [])
    sign_in(page, "registrar")
    upload(page, "class.csv", table(f"N{server.kind[0]}"))
    with next_page(page):
        page.locator("form[action$='/submit'] button").click()
    address = page.url.split("?")[0]
    with next_page(page):
        page.locator("form[action='/sign-out'] button").click()
    sign_in(page, "approver")
    page.goto(address)
    with next_page(page):
        page.locator("form[action$='/approve'] button").click()
    for _ in range(120):
        if page.locator(".notice-done").count():
            break
        page.wait_for_timeout(500)
        page.goto(address)
    expect(page.locator(".notice-done")).to_be_visible()
    context.close()


PAGES = (
    "/batches", "/batches/new", "/records", "/records?q=zzzz", "/achievements", "/achievements/new",
    "/settings", "/settings/signing", "/settings/keys", "/settings/members", "/settings/tokens",
    "/settings/document-key", "/settings/log",
)  # fmt: skip


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)  # the pages are the same on both databases
@pytest.mark.parametrize(("language", "width"), [("ja", 1280), ("en", 390)])
def test_every_page_of_the_console_can_be_read_and_fits(
    open_browser: Callable[..., Page], language: str, width: int
) -> None:
    page = open_browser(language, width=width)
    page.goto("/sign-in")
    check_accessible(page)
    sign_in(page, "registrar")
    addresses = ["/console", "/account", *(BASE + end for end in PAGES)]
    page.goto(f"{BASE}/achievements")
    achievement = str(page.locator(".kind h2 a").first.get_attribute("href"))
    addresses += [achievement, f"{achievement}/columns"]
    page.goto(f"{BASE}/batches/new")
    addresses.append(str(page.locator("main .kind .button").first.get_attribute("href")))
    page.goto(f"{BASE}/records")
    record = str(page.locator("tbody a").first.get_attribute("href"))
    addresses += [record, f"{record}/correct"]
    for address in addresses:
        page.goto(address)
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        shoot(page, f"console-{language}-{address.strip('/').replace('/', '-')[:40]}")


def test_a_passkey_is_registered_and_signs_in(open_browser: Callable[..., Page]) -> None:
    page = open_browser("ja")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, "approver")
    page.goto("/account")
    page.fill("#f-label", "研究室の端末")
    page.locator("[data-passkey=create] button").click()
    expect(page.locator(".notice-done")).to_be_visible()
    expect(page.get_by_text("研究室の端末")).to_be_visible()
    with next_page(page):
        page.locator("form[action='/sign-out'] button").click()
    page.goto("/sign-in?next=/console")
    page.locator("[data-passkey=get] button").click()
    page.wait_for_url("**/console/asanagi")
    page.goto("/account")
    with next_page(page):
        page.locator("form[action='/account/passkeys/remove'] button").first.click()
    with next_page(page):
        page.locator("form[action='/sign-out'] button").click()
    page.goto("/sign-in?next=/console")
    page.locator("[data-passkey=get] button").click()
    expect(page.locator(".notice-error")).to_be_visible()


def test_a_mailed_link_signs_in(page: Page) -> None:
    page.goto("/sign-in?next=/console")
    page.fill("#f-email", "registrar@asanagi.example")
    with next_page(page):
        page.locator("form[action='/sign-in'] button").click()
    check_accessible(page)
    page.goto("/demo/mail?to=registrar@asanagi.example")
    page.goto(str(page.locator("a[href*='/sign-in/']").first.get_attribute("href")))
    check_accessible(page)
    page.locator("main form button").click()
    page.wait_for_url("**/console/asanagi")
