# SPDX-License-Identifier: Apache-2.0
"""The learner's pages: claim, look, keep, share, stop; and nothing of anybody else's."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk
from tests.fakes.holders import class_of, two_learners
from tests.fakes.pages import Pages, open_pages

from gakusho.fetch import FolderFetcher
from gakusho.holder import accounts
from gakusho.issuer import awards
from gakusho.model.report import Headline
from gakusho.store.tables import Event, Mail
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify


@pytest.fixture
def beginning() -> Beginning:
    return two_learners


@pytest.fixture
def pages(workplace: Workplace, found: Desk, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(class_of(workplace, found), tmp_path) as opened:
        yield opened


def test_the_claim_page_says_who_what_and_until_when(pages: Pages) -> None:
    token = pages.made.claim_token("learner1@students.example")
    for language, words in (
        ("ja", ("さくら大学", "学士（文学）", "受け取る")),
        ("en", ("Sakura", "Bachelor", "Claim")),
    ):
        page = pages.visitor(language).get(f"/claim/{token}").text
        assert all(word in page for word in words)
        assert "learner1@students.example" in page


def test_a_mail_scanner_that_follows_the_link_claims_nothing(pages: Pages) -> None:
    token = pages.made.claim_token("learner1@students.example")
    for _ in range(3):
        assert pages.visitor().get(f"/claim/{token}").status_code == 200
    assert pages.visitor().head(f"/claim/{token}").status_code in {200, 405}
    with pages.made.work() as work:
        assert accounts.person_by_email(work, "learner1@students.example") is None


def test_an_ended_claim_link_gives_no_name_away(pages: Pages) -> None:
    token = pages.made.claim_token("learner1@students.example")
    pages.made.clock.move(timedelta(days=500))
    answer = pages.visitor().get(f"/claim/{token}")
    assert answer.status_code == 410
    for secret in ("鈴木", "SUZUKI", "Bachelor", "learner1@"):
        assert secret not in answer.text
    again = pages.visitor().post(f"/claim/{token}/again")
    assert again.status_code == 200
    assert (
        pages.visitor().get(f"/claim/{pages.made.claim_token('learner1@students.example')}").status_code
        == 200
    )


def _page(pages: Pages, path: str) -> str:
    answer = pages.visitor().get(path)
    assert answer.status_code == 404
    return re.sub(r'lang=|\?v=\w+|\s*aria-current="page"', "", answer.text)


def test_unknown_links_are_all_answered_the_same(pages: Pages) -> None:
    paths = ("/claim/" + "A" * 32, "/s/" + "B" * 32, "/reports/" + "D" * 32)
    assert len({_page(pages, path) for path in paths}) == 1


def test_unknown_links_of_papers_are_answered_the_same_and_say_that_no_paper_has_them(pages: Pages) -> None:
    (page,) = {_page(pages, "/v/" + letter * 22) for letter in "CEF"}
    assert "No paper has this link" in page


def test_claiming_opens_the_wallet(pages: Pages) -> None:
    award_id = pages.claimed()
    page = pages.client.get("/wallet").text
    assert "Bachelor of Arts" in page
    assert "Valid" in page
    page = pages.client.get(f"/wallet/c/{award_id}").text
    assert "verdict-valid" in page
    assert "SUZUKI" in page


def test_downloads_have_their_type_and_name(pages: Pages) -> None:
    award_id = pages.claimed()
    answer = pages.client.get(f"/wallet/c/{award_id}/download/open-badges-3")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vc"
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "鈴木" in unquote(disposition.split("filename*=UTF-8''")[1])
    assert answer.json()["credentialSubject"]
    badge = pages.client.get(f"/wallet/c/{award_id}/badge")
    assert badge.headers["content-type"].startswith("image/svg+xml")
    assert b"openbadges" in badge.content
    assert pages.client.get(f"/wallet/c/{award_id}/download/signed-pdf").status_code == 404


def test_the_archive_verifies_without_the_server(pages: Pages, tmp_path: Path) -> None:
    pages.claimed()
    answer = pages.client.get("/wallet/archive")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == pages.client.get("/wallet/archive").content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        pack.extractall(tmp_path / "out")
        names = pack.namelist()
    assert "README.txt" in names
    files = sorted((tmp_path / "out" / "credentials").iterdir())
    assert {file.suffix for file in files} == {".json", ".svg"}
    clock = pages.made.clock
    fetcher = FolderFetcher(tmp_path / "out" / "documents", now=clock)
    for file in files:
        report = verify(file.read_bytes(), now=clock(), fetcher=fetcher)
        assert report.headline is Headline.VALID, (file.name, report.checks)


def test_another_persons_credential_is_not_found(pages: Pages) -> None:
    theirs = pages.claimed(2)
    pages.client.cookies.clear()
    pages.claimed(1)
    for path in ("", "/download/open-badges-3", "/badge"):
        assert pages.client.get(f"/wallet/c/{theirs}{path}").status_code == 404
    assert pages.client.get(f"/wallet/archive?only={theirs}").status_code == 404
    form = {"items": [theirs], "to": "link", "days": "7"}
    assert pages.client.post("/wallet/shares", data=form).status_code == 404
    assert pages.client.post(f"/wallet/c/{theirs}/error", data={"message": "x"}).status_code == 404


def test_without_an_account_the_wallet_leads_to_the_sign_in(pages: Pages) -> None:
    for path in ("/wallet", "/wallet/shares", "/wallet/log", "/wallet/archive"):
        answer = pages.visitor().get(path, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def test_an_error_in_the_record_reaches_the_institution(pages: Pages) -> None:
    award_id = pages.claimed()
    empty = pages.client.post(f"/wallet/c/{award_id}/error", data={"message": "  "})
    assert empty.status_code == 400
    answer = pages.client.post(f"/wallet/c/{award_id}/error", data={"message": "氏名の漢字が違います。<b>"})
    assert answer.status_code == 200
    ticket = re.search(r"R-[0-9A-F]{12}", answer.text)
    assert ticket
    with pages.made.work() as work:
        mail = work.session.query(Mail).filter(Mail.kind == "correction").one()
        assert mail.recipient == "registrar@sakura.example"
        assert "氏名の漢字が違います。" in mail.body
        assert ticket[0] in mail.body
        assert work.session.query(Event).filter(Event.act == "award.error-reported").count() == 1


def test_a_revoked_credential_says_so_with_the_reason(pages: Pages) -> None:
    award_id = pages.claimed()
    with pages.made.work() as work:
        awards.revoke(work, pages.made.desk.approver, [award_id], "単位の誤り")
    page = pages.client.get(f"/wallet/c/{award_id}").text
    assert "verdict-revoked" in page
    assert "単位の誤り" in page


def test_sharing_again_with_the_same_recipient_asks_first(pages: Pages) -> None:
    award_id = pages.claimed()
    form = {"items": [award_id], "to": "recipient", "recipient": "hr@minato.example", "days": "90"}
    first = pages.client.post("/wallet/shares", data=form, follow_redirects=False)
    assert first.status_code == 303
    second = pages.client.post("/wallet/shares", data=form, follow_redirects=False)
    assert second.status_code == 200
    assert "already" in second.text
    third = pages.client.post("/wallet/shares", data={**form, "sure": "yes"}, follow_redirects=False)
    assert third.status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []},
        {"to": "recipient", "recipient": "nobody"},
        {"days": "date", "until": "2020-01-01"},
        {"days": "date", "until": "tomorrow"},
        {"days": "9999"},
        {"pin": "1"},
    ],
)
def test_wrong_terms_come_back_with_what_was_written(pages: Pages, wrong: dict[str, object]) -> None:
    award_id = pages.claimed()
    form = {"items": [award_id], "to": "link", "days": "7", "purpose": "応募", **wrong}
    answer = pages.client.post("/wallet/shares", data=form)
    assert answer.status_code == 400
    assert "応募" in answer.text
    assert 'role="alert"' in answer.text


def test_linkedin_gets_the_page_that_verifies(pages: Pages) -> None:
    award_id = pages.claimed()
    page = pages.client.get(f"/wallet/c/{award_id}").text
    link = re.search(r"https://www\.linkedin\.com/profile/add\?[^\"]+", page)
    assert link
    plain = unquote(link[0])
    assert "startTask=CERTIFICATION_NAME" in plain
    assert f"{pages.state.settings.public_url}/v/" in plain
    assert "issueYear=2026" in plain
    assert "issueMonth=3" in plain
