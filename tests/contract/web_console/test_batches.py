# SPDX-License-Identifier: Apache-2.0
"""The way of a batch through the pages: check, mend, submit, approve by another, issue, revoke."""

from __future__ import annotations

import html
import io
import re
import zipfile

import pikepdf
import pytest
from fastapi.testclient import TestClient
from tests.fakes.site import Site

from gakusho.holder import accounts, claim, wallet
from gakusho.issuer import awards, batches
from gakusho.issuer.access import Role

BASE = "/console/sakura"
GOOD = (
    "氏名,学籍番号,メールアドレス,授与年月日\r\n"
    "佐藤 葵,S1,a@x.example,令和8年3月25日\r\n"
    "<b>鈴木</b>,S2,b@x.example,2026/3/25\r\n"
)
BAD = "氏名,学籍番号,メールアドレス,授与年月日\r\n佐藤 葵,S1,nowhere,2026-02-30\r\n"
CHOICES = {
    "formats": ["open-badges-3"],
    "document_kind": "degree-certificate",
    "document_language": "ja",
    "duplicates": "reject",
    "notify": "yes",
}


def upload(site: Site, browser: TestClient, table: str, *, encoding: str = "cp932", **choices: object) -> str:
    """Upload a table and give the address of its batch."""
    answer = browser.post(
        f"{BASE}/batches/new",
        data={**CHOICES, "achievement": site.sakura.achievement_id, **choices},
        files={"table": ("class.csv", table.encode(encoding), "text/csv")},
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def digest_of(page: str) -> str:
    """Give the digest an approver's page carries."""
    found = re.search(r'name="content_digest" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_a_batch_goes_from_upload_to_revocation(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    shown = preparer.get(address).text
    assert "2 credentials can be issued" in shown
    assert "Shift_JIS" in shown
    assert "&lt;b&gt;鈴木&lt;/b&gt;" in shown
    assert "<b>鈴木" not in shown
    assert preparer.post(f"{address}/submit").status_code == 303
    page = approver.get(address).text
    assert approver.post(f"{address}/approve", data={"content_digest": digest_of(page)}).status_code == 303
    assert "2 credentials were issued" in preparer.get(address).text
    progress = preparer.get(f"{address}/progress").json()
    assert (progress["total"], progress["done"], progress["finished"]) == (2, 2, True)
    listed = preparer.get(f"{BASE}/records?q=佐藤").text
    [award] = set(re.findall(rf"{BASE}/records/([0-9a-f-]{{36}})", listed))
    badge = preparer.get(f"{BASE}/records/{award}/files/open-badges-3")
    assert badge.json()["credentialSubject"]
    assert "attachment" in badge.headers["content-disposition"]
    asked = approver.get(f"{BASE}/records/decide?act=revoke&id={award}")
    assert "佐藤 葵" in asked.text
    form = {"act": "revoke", "id": award, "reason": ""}
    assert approver.post(f"{BASE}/records/decide", data=form).status_code == 400
    assert approver.post(f"{BASE}/records/decide", data={**form, "reason": "誤発行"}).status_code == 303
    with site.state.work(read_only=True) as work:
        assert awards.award(work, site.sakura.institution.id, award).state == "revoked"
    assert "誤発行" in preparer.get(f"{BASE}/records/{award}").text


def test_faults_are_listed_and_nothing_can_be_submitted(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    address = upload(site, preparer, BAD)
    shown = preparer.get(address).text
    assert "nowhere" in shown
    assert "2026-02-30" in shown
    assert preparer.post(f"{address}/submit").status_code == 422
    faults = preparer.get(f"{address}/errors.csv")
    assert faults.content.startswith(b"\xef\xbb\xbf")
    assert "nowhere" in faults.content.decode("utf-8-sig")
    mended = preparer.post(
        f"{address}/choices", data=CHOICES, files={"table": ("mended.csv", GOOD.encode(), "text/csv")}
    )
    assert mended.status_code == 303
    assert preparer.post(f"{address}/submit").status_code == 303


def test_who_prepared_a_batch_cannot_approve_it_even_with_both_roles(site: Site) -> None:
    from gakusho.issuer import institutions

    with site.state.work() as work:
        for role in Role:
            institutions.grant(work, None, site.sakura.institution.id, "both@sakura.example", role, "both")
    both = site.browser("both@sakura.example")
    address = upload(site, both, GOOD)
    both.post(f"{address}/submit")
    page = both.get(address).text
    assert "you cannot approve it" in page
    assert "content_digest" not in page
    with site.state.work(read_only=True) as work:
        digest = batches.batch(work, site.sakura.institution.id, address.rsplit("/", 1)[1]).content_digest
    assert both.post(f"{address}/approve", data={"content_digest": str(digest)}).status_code == 403
    with site.state.work(read_only=True) as work:
        assert batches.batch(work, site.sakura.institution.id, address.rsplit("/", 1)[1]).state == "submitted"


def test_an_approval_of_something_else_is_refused(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    preparer.post(f"{address}/submit")
    before = digest_of(approver.get(address).text)
    changed = preparer.post(
        f"{address}/choices",
        data=CHOICES,
        files={"table": ("class.csv", GOOD.replace("S1", "S9").encode(), "text/csv")},
    )
    assert changed.status_code == 303
    assert approver.post(f"{address}/approve", data={"content_digest": before}).status_code == 409
    preparer.post(f"{address}/submit")
    assert approver.post(f"{address}/approve", data={"content_digest": before}).status_code == 409
    again = approver.get(address).text
    assert digest_of(again) != before
    assert "differs from what was submitted before" in again
    assert approver.get(f"{address}/approve?lang=ja").headers["location"] == f"{address}?lang=ja"


def test_a_batch_sent_back_tells_why(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    preparer.post(f"{address}/submit")
    assert approver.post(f"{address}/send-back", data={"reason": " "}).status_code == 400
    assert approver.post(f"{address}/send-back", data={"reason": "日付を確認"}).status_code == 303
    assert "日付を確認" in preparer.get(address).text


def test_a_preparer_takes_a_submitted_batch_back(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    preparer.post(f"{address}/submit")
    digest = digest_of(approver.get(address).text)
    form = re.search(rf'action="{address}/choices">(.*?)</form>', preparer.get(address).text, re.DOTALL)
    assert form is not None
    kept: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[1]):
        kept.setdefault(name, []).append(value)
    assert preparer.post(f"{address}/choices", data=kept).status_code == 303
    with site.state.work(read_only=True) as work:
        view = batches.batch(work, site.sakura.institution.id, address.rsplit("/", 1)[1])
    assert view.state == "draft"
    assert view.choices.formats == ("open-badges-3",)
    assert approver.post(f"{address}/approve", data={"content_digest": digest}).status_code == 409


def test_columns_can_be_mapped_and_the_mapping_is_remembered(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    table = GOOD.replace("学籍番号", "管理コード")
    address = upload(site, preparer, table)
    with site.state.work(read_only=True) as work:
        before = batches.batch(work, site.sakura.institution.id, address.rsplit("/", 1)[1])
    assert "管理コード" not in before.mapping
    form = {f"column-{n}": before.mapping.get(c, "student_number") for n, c in enumerate(before.header)}
    assert preparer.post(f"{address}/mapping", data=form).status_code == 303
    again = upload(site, preparer, table.replace("S1", "S7").replace("S2", "S8"))
    with site.state.work(read_only=True) as work:
        found = batches.batch(work, site.sakura.institution.id, again.rsplit("/", 1)[1])
    assert found.mapping["管理コード"] == "student_number"
    twice = {f"column-{n}": "name" for n in range(len(before.header))}
    refused = preparer.post(f"{address}/mapping", data=twice)
    assert refused.status_code == 400
    assert "Two columns" in refused.text


@pytest.mark.parametrize(
    ("form", "file", "said"),
    [
        ({}, None, "No CSV file"),
        ({"formats": []}, GOOD, "No format"),
        ({"document_kind": "passport"}, GOOD, "no such choice"),
        ({"awarded_on": "yesterday"}, GOOD, "not a date"),
        ({}, "\x00\x01", "table"),
    ],
)
def test_a_form_that_cannot_be_used_says_so_and_keeps_nothing(
    site: Site, form: dict[str, object], file: str | None, said: str
) -> None:
    preparer = site.member(Role.PREPARE)
    data = {**CHOICES, "achievement": site.sakura.achievement_id, **form}
    files = {"table": ("x.csv", file.encode(), "text/csv")} if file else {"other": ("", b"", "text/csv")}
    answer = preparer.post(f"{BASE}/batches/new", data=data, files=files)
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)
    with site.state.work(read_only=True) as work:
        assert batches.batches(work, site.sakura.institution.id) == []


def test_a_preview_is_a_page_and_signs_nothing(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    address = upload(site, preparer, GOOD, formats=["open-badges-3", "signed-pdf"])
    assert f"{address}/preview/1.png" in preparer.get(address).text
    picture = preparer.get(f"{address}/preview/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert preparer.get(f"{address}/preview/9.png").status_code == 404
    with site.state.work(read_only=True) as work:
        assert awards.find(work, site.sakura.institution.id) == []


def test_where_no_format_is_set_on_pages_no_page_is_shown(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    address = upload(site, preparer, GOOD, formats=["open-badges-3"])
    assert "/preview/" not in preparer.get(address).text
    assert preparer.get(f"{address}/preview/1.png").status_code == 404


def test_a_correction_becomes_a_batch_of_one_that_replaces(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    preparer.post(f"{address}/submit")
    approver.post(f"{address}/approve", data={"content_digest": digest_of(approver.get(address).text)})
    with site.state.work(read_only=True) as work:
        [award] = awards.find(work, site.sakura.institution.id, query="S1")
    form = preparer.get(f"{BASE}/records/{award.id}/correct").text
    given = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input id="f-\w+" type="\w+" name="(\w+)" value="([^"]*)"', form)
    }
    assert given["name"] == "佐藤 葵"
    assert '<textarea id="f-narrative_en"' in form, "remarks keep their lines"
    assert preparer.post(f"{BASE}/records/{award.id}/correct", data=given).status_code == 400
    said = {
        "name": "佐藤 碧",
        "faculty": "文学部",
        "faculty_en": "Faculty of Letters",
        "narrative": "総代\r\n表彰",
    }
    made = preparer.post(f"{BASE}/records/{award.id}/correct", data={**given, **said})
    assert made.status_code == 303
    again = made.headers["location"]
    preparer.post(f"{again}/submit")
    approver.post(f"{again}/approve", data={"content_digest": digest_of(approver.get(again).text)})
    with site.state.work(read_only=True) as work:
        old = awards.award(work, site.sakura.institution.id, award.id)
        assert old.state == "superseded"
        new = awards.full(work, str(old.superseded_by))
    assert new.learner.name.full == "佐藤 碧"
    assert new.narrative == "文学部\n総代\n表彰\n\nFaculty of Letters\n総代\n表彰"


def test_a_claim_mail_can_be_sent_again(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    preparer.post(f"{address}/submit")
    approver.post(f"{address}/approve", data={"content_digest": digest_of(approver.get(address).text)})
    with site.state.work(read_only=True) as work:
        [award] = awards.find(work, site.sakura.institution.id, query="S1")
    before = len(site.mails("a@x.example"))
    assert preparer.post(f"{BASE}/records/{award.id}/resend").status_code == 303
    assert len(site.mails("a@x.example")) == before + 1


def paper() -> bytes:
    """Give a small PDF of one page."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out, static_id=True)
    return out.getvalue()


@pytest.mark.parametrize("way", ["zip", "folder", "files"])
def test_papers_are_matched_to_rows_and_what_has_no_partner_is_named(site: Site, way: str) -> None:
    preparer = site.member(Role.PREPARE)
    table = (
        "氏名,学籍番号,文書発行番号,授与年月日\r\n"
        "佐藤 葵,S1,2026-001,2026-03-25\r\n"
        "鈴木 蓮,S2,2026-002,2026-03-25\r\n"
    )
    named = {"2026-001_佐藤.pdf": paper(), "stray.pdf": paper()}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, data_of in named.items():
            zipped.writestr(name, data_of)
    pdfs = [(name, data_of, "application/pdf") for name, data_of in named.items()]
    sent = {
        "zip": [("papers", ("papers.zip", archive.getvalue(), "application/zip"))],
        "files": [("papers", pdf) for pdf in pdfs],
        "folder": [("papers_folder", (f"diplomas/{name}", pdf, kind)) for name, pdf, kind in pdfs],
    }[way]
    files = [("table", ("class.csv", table.encode(), "text/csv")), *sent]
    data = {**CHOICES, "formats": ["signed-pdf"], "achievement": site.sakura.achievement_id}
    made = preparer.post(f"{BASE}/batches/new", data=data, files=files)
    assert made.status_code == 303, made.text
    shown = preparer.get(f"{made.headers['location']}?rows=all").text
    assert "2026-001_佐藤.pdf" in shown
    assert "stray.pdf" in shown
    assert re.search(r'count-n">1</span><span class="count-label">rows without a PDF', shown)
    assert re.search(r'count-n">1</span><span class="count-label">PDFs without a row', shown)
    assert preparer.post(f"{made.headers['location']}/submit").status_code == 422


def test_an_archive_that_is_none_is_refused_at_the_form(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    files = {
        "table": ("class.csv", GOOD.encode(), "text/csv"),
        "papers": ("papers.zip", b"PK\x03\x04 not a zip", "application/zip"),
    }
    data = {**CHOICES, "achievement": site.sakura.achievement_id}
    answer = preparer.post(f"{BASE}/batches/new", data=data, files=files)
    assert answer.status_code == 400
    assert "ZIP" in answer.text


def test_an_error_a_learner_reports_waits_on_the_first_page(site: Site) -> None:
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    address = upload(site, preparer, GOOD)
    preparer.post(f"{address}/submit")
    approver.post(f"{address}/approve", data={"content_digest": digest_of(approver.get(address).text)})
    site.browser("a@x.example")
    with site.state.work() as work:
        learner = accounts.person_by_email(work, "a@x.example")
        assert learner is not None
        claim.take_waiting(work, learner.id)
        [award] = awards.find(work, site.sakura.institution.id, query="S1")
        ticket = wallet.report_error(work, learner.id, award.id, "氏名の漢字が違います")
    shown = preparer.get(BASE).text
    assert ticket in shown
    assert f"{BASE}/records/{award.id}" in shown
