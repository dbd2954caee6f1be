# SPDX-License-Identifier: Apache-2.0
"""The one box in a browser: genuine, tampered, revoked; and a share that has ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select
from tests.journey.conftest import Server, in_each_language_and_database
from tests.journey.wallet.test_learner import claim, graduates, seen

from gakusho import settings
from gakusho.issuer import awards, institutions
from gakusho.issuer.access import Role
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.tables import Share
from gakusho.store.work import Workplace

HEADLINES = {
    "ja": {"valid": "有効です", "not-genuine": "本物と認められません", "revoked": "取り消されています"},
    "en": {"valid": "Valid", "not-genuine": "Not genuine", "revoked": "Revoked"},
}


def workplace(server: Server) -> Workplace:
    """Give a second door to what the server keeps."""
    arguments = [str(argument) for argument in server.process.args]  # type: ignore[union-attr]  # a list, as started
    database = arguments[arguments.index("--database") + 1] if "--database" in arguments else None
    read = settings.read({}, data=server.data, database=database)
    return Workplace(
        database=Database(read.database), files=Files(read.files), secret=read.secret, public_url=server.url
    )


def put(page: Page, name: str, data: bytes, kind: str) -> None:
    """Put a file into the box; it is checked at once."""
    page.goto("/verify")
    file: FilePayload = {"name": name, "mimeType": kind, "buffer": data}
    page.set_input_files("input[name=file]", file)
    page.wait_for_selector(".verdict-word")


def downloads(page: Page) -> tuple[bytes, bytes]:
    """Give the JSON and the PDF of the credential on the page."""
    made = []
    for format_name in ("open-badges-3", "signed-pdf"):
        with page.expect_download() as download:
            page.locator(f"a[href$='/download/{format_name}']").click()
        made.append(Path(download.value.path()).read_bytes())
    return made[0], made[1]


@in_each_language_and_database
def test_genuine_tampered_and_revoked_are_told_apart(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    learner, headline = open_browser(language), HEADLINES[language]
    claim(learner, server, graduates()[10 if language == "ja" else 11], language)
    award_id = learner.url.split("/wallet/c/")[1].split("?")[0]
    badge, pdf = downloads(learner)

    employer = open_browser(language)
    employer.goto("/verify")
    seen(employer, "verify", language)
    for name, data, kind in (
        ("badge.json", badge, "application/json"),
        ("paper.pdf", pdf, "application/pdf"),
    ):
        put(employer, name, data, kind)
        expect(employer.locator(".verdict-word")).to_have_text(headline["valid"])
    # its first page stands beside what the signature says; a changed file has no page of its own
    page = employer.locator(".signed-page img")
    expect(page).to_be_visible()
    expect(page).to_have_js_property("complete", value=True)
    assert page.evaluate("image => image.naturalWidth") > 300
    employer.locator(".signed-text > summary").click()
    expect(employer.locator(".signed-words")).to_contain_text("学位授与証明書")
    expect(employer.locator(".signed-words")).to_have_attribute("lang", "ja")
    seen(employer, "result-valid", language)

    changed = badge.replace(b"2026-03-25", b"2025-03-25")
    assert changed != badge
    put(employer, "badge.json", changed, "application/json")
    expect(employer.locator(".verdict-word")).to_have_text(headline["not-genuine"])
    expect(employer.locator(".certificate-sheet")).to_have_count(0)
    seen(employer, "result-tampered", language)
    put(employer, "paper.pdf", pdf[:-200] + bytes([pdf[-200] ^ 1]) + pdf[-199:], "application/pdf")
    expect(employer.locator(".verdict-word")).to_have_text(headline["not-genuine"])
    expect(employer.locator(".signed-page")).to_have_count(0)
    put(employer, "paper.pdf", pdf + b"\n%more", "application/pdf")
    expect(employer.locator(".verdict-word")).to_have_text(headline["not-genuine"])
    expect(employer.locator(".signed-document .notice-warn")).to_be_visible()
    expect(employer.locator(".signed-page img")).to_be_visible()

    place = workplace(server)
    with place.work() as work:
        school = institutions.institutions(work)[0]
        member = next(m for m in institutions.members(work, school.id) if Role.APPROVE in m.roles)
        actor = institutions.actor_for(work, school.id, member.person_id)
        assert awards.revoke(work, actor, [award_id], "誤って発行したため") == 1
    place.database.close()
    for name, data, kind in (
        ("badge.json", badge, "application/json"),
        ("paper.pdf", pdf, "application/pdf"),
    ):
        put(employer, name, data, kind)
        expect(employer.locator(".verdict-word")).to_have_text(headline["revoked"])
    seen(employer, "result-revoked", language)
    learner.reload()
    expect(learner.locator("main")).to_contain_text("誤って発行したため")
    seen(learner, "credential-revoked", language)
    learner.goto("/wallet")
    seen(learner, "wallet-revoked", language)


@in_each_language_and_database
def test_an_expired_share_says_that_the_link_has_ended(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    learner = open_browser(language)
    claim(learner, server, graduates()[12 if language == "ja" else 13], language)
    learner.goto("/wallet/shares/new")
    learner.locator("form.share-form button").click()
    learner.wait_for_url(re.compile(r"new=1"))
    link = learner.locator(".copy input").input_value()
    share_id = learner.url.split("/shares/")[1].split("?")[0]
    place = workplace(server)
    with place.work() as work:
        share = work.session.scalars(select(Share).where(Share.id == share_id)).one()
        share.expires_at = work.now - timedelta(seconds=1)
    place.database.close()
    employer = open_browser(language)
    assert (answer := employer.goto(link)) is not None
    assert answer.status == 410
    expect(employer.locator("h1")).to_have_text(
        {"ja": "リンクの期限が切れています", "en": "This link has expired"}[language]
    )
    seen(employer, "expired", language)
    learner.reload()
    seen(learner, "share-expired", language)


@in_each_language_and_database
def test_the_code_on_paper_leads_to_the_same_answer(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    learner = open_browser(language)
    claim(learner, server, graduates()[14 if language == "ja" else 15], language)
    link = learner.locator(".copy input").input_value()
    employer = open_browser(language)
    employer.goto("/verify")
    employer.fill("textarea[name=text]", link)
    employer.locator("form[data-verify-box] button").first.click()
    employer.wait_for_url(re.compile(r"/v/"))
    expect(employer.locator(".verdict-word")).to_have_text(HEADLINES[language]["valid"])
    # the page of the paper stands there to be compared, and what it says can be read
    drawn = employer.locator(".signed-page img")
    drawn.scroll_into_view_if_needed()
    expect(drawn).to_have_js_property("naturalWidth", 793)  # A4 at 96 dots an inch
    employer.locator(".signed-text > summary").click()
    expect(employer.locator(".signed-words")).to_contain_text("学位授与証明書")
    seen(employer, "paper", language)


@in_each_language_and_database
def test_an_empty_box_says_what_to_do(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    visitor = open_browser(language)
    visitor.goto("/verify")
    visitor.locator("form[data-verify-box] button").first.click()
    expect(visitor.get_by_role("alert")).to_be_visible()
    seen(visitor, "verify-empty", language)
