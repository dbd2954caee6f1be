# SPDX-License-Identifier: Apache-2.0
"""The employer's pages: an honest answer to a file, a link, a code; a report that is found again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.fakes import scans
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, learners
from tests.fakes.holders import class_of, two_learners
from tests.fakes.pages import Pages, open_pages
from tests.fakes.university import University

from gakusho.issuer import awards
from gakusho.issuer.choices import Choices
from gakusho.model.learner import PersonName
from gakusho.model.text import Text
from gakusho.store.tables import EvidenceReport
from gakusho.store.work import Workplace


@pytest.fixture
def beginning() -> Beginning:
    return two_learners


@pytest.fixture
def pages(workplace: Workplace, found: Desk, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(class_of(workplace, found), tmp_path) as opened:
        yield opened


def _badge(pages: Pages, award_id: str) -> bytes:
    return pages.client.get(f"/wallet/c/{award_id}/download/open-badges-3").content


def _share(pages: Pages, award_id: str, **form: str) -> str:
    fields = {"items": [award_id], "to": "link", "days": "90", "allow_download": "yes", **form}
    answer = pages.client.post("/wallet/shares", data=fields)
    assert answer.status_code == 200, answer.text
    link = re.search(r"/s/([\w-]{22,})", answer.text)
    assert link
    return f"/s/{link[1]}"


def _shape(page: str) -> str:
    found = re.search(r'class="verdict verdict-([\w-]+)"', page)
    return found[1] if found else "none"


def _check(client: TestClient, data: bytes, name: str = "x.json") -> str:
    return client.post("/verify", files={"file": (name, data)}, data={"text": ""}).text


def test_a_genuine_badge_is_valid_and_shows_all_that_was_signed(pages: Pages) -> None:
    page = _check(pages.visitor(), _badge(pages, pages.claimed()))
    assert _shape(page) == "valid"
    assert page.index("Who the issuer is") < page.index("What was checked"), "also on a phone"
    signed = (
        "鈴木 花子",
        "スズキ ハナコ",
        "SUZUKI, Hanako",
        "S000001",
        "2026-000001",
        "25 March 2026",
        "Earn 124 credits",
    )
    for words in signed:
        assert words in page or words.replace(",", "") in page, words
    assert "“" in page  # the name the issuer gives itself
    assert "did:web:sakura.example" in page


def test_one_changed_letter_is_not_genuine(pages: Pages) -> None:
    data = _badge(pages, pages.claimed())
    page = _check(pages.visitor(), data.replace("鈴木".encode(), "鈴本".encode()))
    assert _shape(page) == "not-genuine"
    assert "certificate-sheet" not in page
    assert "What this document claims" in page


def test_a_pasted_text_is_checked_like_a_file(pages: Pages) -> None:
    text = _badge(pages, pages.claimed()).decode()
    answer = pages.visitor().post("/verify", data={"text": text})
    assert _shape(answer.text) == "valid"


def test_revoked_suspended_and_reinstated_are_told_apart(pages: Pages) -> None:
    award_id = pages.claimed()
    data = _badge(pages, award_id)
    desk = pages.made.desk
    with pages.made.work() as work:
        awards.suspend(work, desk.approver, [award_id], "照会中")
    assert _shape(_check(pages.visitor(), data)) == "suspended"
    with pages.made.work() as work:
        awards.reinstate(work, desk.approver, [award_id], "確認済み")
    assert _shape(_check(pages.visitor(), data)) == "valid"
    with pages.made.work() as work:
        awards.revoke(work, desk.approver, [award_id], "誤発行")
    assert _shape(_check(pages.visitor(), data)) == "revoked"


@pytest.mark.parametrize(
    "junk",
    [
        b"hello",
        b"%PDF-1.7\n%%EOF",
        b"{}",
        b'{"a":1,"a":2}',
        b"\x89PNG\r\n\x1a\n",
        b"<svg/>",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_credential_is_never_valid_and_never_an_error_page(pages: Pages, junk: bytes) -> None:
    answer = pages.visitor().post("/verify", files={"file": ("x", junk)})
    assert answer.status_code == 200
    assert _shape(answer.text) in {"not-checked", "not-genuine"}


def test_an_empty_box_and_a_strange_text_are_explained(pages: Pages) -> None:
    for text in ("", "   ", "hello world", "http://[::1", "ftp://x.example/y"):
        answer = pages.visitor().post("/verify", data={"text": text})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text


def test_too_large_a_file_is_refused(pages: Pages) -> None:
    answer = pages.visitor().post("/verify", files={"file": ("x", b"0" * (53 * 1024 * 1024))})
    assert answer.status_code == 400
    assert "too large" in answer.text


def test_an_inside_address_is_not_fetched(pages: Pages) -> None:
    for url in (
        "https://127.0.0.1/x",
        "https://localhost/x",
        "http://169.254.169.254/latest",
        "https://other.example/c",
    ):
        answer = pages.visitor().post("/verify", data={"text": url})
        assert answer.status_code == 400


def test_own_links_lead_to_their_pages(pages: Pages) -> None:
    share = _share(pages, pages.claimed())
    url = pages.state.settings.public_url
    answer = pages.visitor().post("/verify", data={"text": url + share}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, share)
    for evil in (f"{url}/s/../wallet", f"{url}.evil.example/s/x", f"https://x@evil.example/s/{url}"):
        answer = pages.visitor().post("/verify", data={"text": evil}, follow_redirects=False)
        assert answer.status_code == 400


def test_the_page_behind_the_qr_code_verifies_and_is_logged(pages: Pages) -> None:
    award_id = pages.claimed()
    link = re.search(r"/v/[\w-]+", pages.client.get(f"/wallet/c/{award_id}").text)
    assert link
    answer = pages.visitor().get(link[0])
    assert _shape(answer.text) == "valid"
    assert "noindex" in answer.text
    assert "QR code on paper" in pages.client.get("/wallet/log").text


def test_a_share_opens_with_its_pin_only(pages: Pages) -> None:
    share = _share(pages, pages.claimed(), pin="2468", purpose="Recruiting")
    employer = pages.visitor()
    closed = employer.get(share).text
    assert "Recruiting" not in closed
    assert "鈴木" not in closed
    wrong = employer.post(share, data={"pin": "0000"})
    assert wrong.status_code == 403
    assert "4 more tries" in wrong.text
    right = employer.post(share, data={"pin": "2468"})
    assert _shape(right.text) == "valid"
    assert "Recruiting" in right.text
    assert _shape(pages.visitor().get(share).text) == "none"
    log = pages.client.get("/wallet/log").text
    assert "Wrong PIN" in log
    assert "Opened" in log


def test_the_holders_own_looks_are_not_in_the_log(pages: Pages) -> None:
    share = _share(pages, pages.claimed())
    assert "your own share" in pages.client.get(share).text
    assert "your own share" not in pages.visitor().get(share).text
    log = pages.client.get("/wallet/log").text
    assert log.count("Opened") == 1


def test_a_badge_image_is_looked_into(pages: Pages) -> None:
    award_id = pages.claimed()
    image = pages.client.get(f"/wallet/c/{award_id}/badge").content
    assert _shape(_check(pages.visitor(), image, "badge.svg")) == "valid"
    assert (
        _shape(_check(pages.visitor(), image.replace("鈴木".encode(), "鈴本".encode()), "b.svg")) != "valid"
    )


def test_a_locked_share_says_until_when(pages: Pages) -> None:
    share = _share(pages, pages.claimed(), pin="2468")
    answers = [pages.visitor().post(share, data={"pin": f"000{n}"}).status_code for n in range(5)]
    assert answers == [403] * 4 + [429]
    assert pages.visitor().post(share, data={"pin": "2468"}).status_code == 429
    pages.made.clock.move(timedelta(minutes=16))
    assert _shape(pages.visitor().post(share, data={"pin": "2468"}).text) == "valid"


def test_an_ended_share_says_so_and_not_whose_it_was(pages: Pages) -> None:
    award_id = pages.claimed()
    expired, stopped = _share(pages, award_id, days="7"), _share(pages, award_id)
    page = pages.client.get("/wallet/shares").text
    ids = re.findall(r"/wallet/shares/([0-9a-f-]{36})", page)
    for share_id in ids:
        link = re.search(r"/s/[\w-]{22,}", pages.client.get(f"/wallet/shares/{share_id}").text)
        if link and link[0] == stopped:
            pages.client.post(f"/wallet/shares/{share_id}/stop")
    pages.made.clock.move(timedelta(days=8))
    for share, words in ((expired, "expired"), (stopped, "stopped")):
        answer = pages.visitor().get(share)
        assert answer.status_code == 410
        assert words in answer.text
        for secret in ("鈴木", "SUZUKI", "Sakura", "Bachelor"):
            assert secret not in answer.text
        assert (
            pages.visitor()
            .get(f"{share}/{award_id}/download/open-badges-3", follow_redirects=False)
            .status_code
            == 303
        )


def test_downloads_of_a_share_need_the_holders_leave(pages: Pages) -> None:
    award_id = pages.claimed()
    other = pages.made.holder(2)[1]
    allowed, closed = _share(pages, award_id), _share(pages, award_id, allow_download="no")
    assert pages.visitor().get(f"{allowed}/{award_id}/download/open-badges-3").json()["id"]
    assert pages.visitor().get(f"{closed}/{award_id}/download/open-badges-3").status_code == 403
    assert pages.visitor().get(f"{allowed}/{other}/download/open-badges-3").status_code == 404
    assert pages.visitor().get(f"{allowed}/{other}").status_code == 404
    assert "Downloaded" in pages.client.get("/wallet/log").text


def test_a_replaced_credential_leads_to_the_newer_one(pages: Pages) -> None:
    award_id = pages.claimed()
    share = _share(pages, award_id)
    row = {**learners(1)[0], "name": "鈴木 華子"}
    pages.made.issue([row], choices=Choices(formats=("open-badges-3",), duplicates="supersede"))
    page = pages.visitor().get(share).text
    assert _shape(page) == "replaced"
    newer = re.search(rf"{share}/(?!{award_id})[0-9a-f-]{{36}}", page)
    assert newer
    page = pages.visitor().get(newer[0]).text
    assert _shape(page) == "valid"
    assert "鈴木 華子" in page


def test_a_report_is_kept_and_found_by_its_code(pages: Pages) -> None:
    data = _badge(pages, pages.claimed())
    employer = pages.visitor()
    key = re.search(r'name="key" value="([^"]+)"', _check(employer, data))
    assert key
    made = employer.post("/verify/report", data={"key": key[1]})
    assert made.status_code == 200
    code = made.url.path.rpartition("/")[2]
    assert re.fullmatch(r"([0-9A-Z]{4}-){6}[0-9A-Z]{4}", code)
    with pages.made.work() as work:  # what is true later does not change what was found then
        awards.revoke(
            work, pages.made.desk.approver, [json.loads(data)["id"].removeprefix("urn:uuid:")], "誤り"
        )
    for typed in (code, code.lower().replace("-", " "), code.replace("0", "o").replace("1", "l")):
        found = pages.visitor().get("/reports", params={"code": typed})
        assert found.url.path == f"/reports/{code}"
        assert _shape(found.text) == "valid"
    assert _shape(pages.visitor("ja").get(f"/reports/{code}").text) == "valid"
    body = pages.visitor().get(f"/reports/{code}.json").json()
    assert body["outcome"] == "valid"
    assert body["code"] == code
    assert {"headline", "format", "issuer", "credential", "checks"} <= set(body)
    pdf = pages.visitor().get(f"/reports/{code}.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pages.visitor().post("/verify/report", data={"key": "made-up"}).status_code == 404


def test_reports_end_after_five_years(pages: Pages) -> None:
    share = _share(pages, award_id := pages.claimed())
    made = pages.visitor().post(f"{share}/{award_id}/report")
    code = made.url.path.rpartition("/")[2]
    with pages.made.work() as work:
        kept = work.session.get(EvidenceReport, code)
        assert kept is not None
        assert kept.expires_at - kept.created_at > timedelta(days=5 * 365)
    assert "Report made" in pages.client.get("/wallet/log").text
    pages.made.clock.move(timedelta(days=5 * 366))
    assert pages.visitor().get(f"/reports/{code}").status_code == 404


def test_a_machine_that_guesses_links_is_slowed_down(pages: Pages) -> None:
    share = _share(pages, pages.claimed())
    answers = [pages.visitor().get(f"/s/{'A' * 30}{n}").status_code for n in range(45)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert pages.visitor().get(share).status_code == 429


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


def test_hostile_words_stay_words(pages: Pages) -> None:
    forger = University.by_key()
    award = forger.award()
    hostile = replace(
        award,
        issuer=replace(award.issuer, name=Text.of(ja=HOSTILE), url="javascript:alert(3)"),
        learner=replace(award.learner, name=PersonName(full=HOSTILE, romaji=HOSTILE)),
        achievement=replace(award.achievement, name=Text.of(ja=HOSTILE), criteria=Text.of(ja=HOSTILE)),
        issue_number=HOSTILE,
        narrative=HOSTILE,
    )
    sealed = forger.sealed(hostile)
    for data in (sealed, sealed.replace(b"2026", b"2025")):  # one as the issuer's, one as a mere claim
        page = _check(pages.visitor(), data)
        assert "alert(1)" in page  # it is shown …
        assert "<script>alert" not in page  # … and it is words
        assert "<img src=x" not in page


def test_a_page_with_hostile_words_offers_no_link_made_of_them(pages: Pages) -> None:
    forger = University.by_key()
    award = forger.award()
    evil = replace(award, issuer=replace(award.issuer, url="javascript:alert(3)"))
    page = _check(pages.visitor(), forger.sealed(evil))
    assert not re.search(r"(href|src|action)=\"javascript", page)


def test_a_photograph_of_a_paper_with_a_link_alone_leads_to_the_papers_page(pages: Pages) -> None:
    """Most papers have no signed code: their link opens the same page from a picture as from a camera."""
    award_id = pages.claimed()
    with pages.state.work(read_only=True) as work:
        code = awards.award(work, pages.made.desk.institution.id, award_id).verify_code
    address, clear = pages.state.settings.public_url, scans.Look(dots=300, noise=4)
    picture = scans.seen(scans.sheet(["WIFI:S:campus;;", f"{address}/v/{code}"]), clear)
    answer = pages.visitor().post("/verify", files={"file": ("scan.jpg", picture)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/v/{code}")
    elsewhere = scans.seen(scans.sheet([f"https://evil.example/v/{code}"]), clear)
    answer = pages.visitor().post("/verify", files={"file": ("scan.jpg", elsewhere)}, follow_redirects=False)
    assert answer.status_code == 200
    assert _shape(answer.text) == "not-checked"
    assert f"https://evil.example/v/{code}" in answer.text


def test_a_qr_code_that_leads_nowhere_is_told_as_one_not_to_rely_on(pages: Pages) -> None:
    """Whoever forges a paper prints a link of the right server: the answer is no mere missing page."""
    for path in ("/v/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/v/%E2%80%AE", "/v/1"):
        answer = pages.visitor().get(path)
        assert answer.status_code == 404
        assert "No paper has this link" in answer.text
        assert "Do not rely on a paper with this QR code" in answer.text
    assert "このリンクの書面はありません" in pages.visitor("ja").get("/v/1").text
    program = pages.visitor().get("/v/1", headers={"Accept": "application/json"})
    assert program.json()["code"] == "http-404"
