# SPDX-License-Identifier: Apache-2.0
"""Own PDFs with the QR code where it was put, and addressed copies, through the pages and the API."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from fastapi.testclient import TestClient
from pikepdf import Dictionary, Name
from tests.fakes.desk import issue_all, learners
from tests.fakes.site import Site

from gakusho.holder import wallet
from gakusho.issuer import awards, batches, institutions, tokens
from gakusho.issuer.access import Role
from gakusho.issuer.choices import Choices
from gakusho.model.document import CodePlace

BASE = "/console/sakura"
TABLE = "氏名,文書発行番号,授与年月日\n佐藤 葵,2026-1,2026-03-25\n"


on_one_database = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def own_pdf() -> bytes:
    """Give a page with words in its lower right corner."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        document.pages[0].obj.Resources = Dictionary(Font=Dictionary(F=font))
        document.pages[0].obj.Contents = document.make_stream(b"BT /F 12 Tf 520 50 Td (No. 1) Tj ET")
        out = io.BytesIO()
        document.save(out, static_id=True)
        return out.getvalue()


def uploaded(site: Site, **place: str) -> tuple[str, str]:
    """Give the address of a batch with one own PDF, and its page."""
    preparer = site.member(Role.PREPARE)
    answer = preparer.post(
        f"{BASE}/batches/new",
        data={
            "formats": ["open-badges-3", "signed-pdf"],
            "document_kind": "degree-certificate",
            "document_language": "ja",
            "duplicates": "reject",
            "achievement": site.sakura.achievement_id,
            **place,
        },
        files={
            "table": ("class.csv", TABLE.encode(), "text/csv"),
            "papers": ("2026-1.pdf", own_pdf(), "application/pdf"),
        },
    )
    assert answer.status_code in {303, 400}, answer.text
    address = answer.headers.get("location", "")
    return address, preparer.get(address).text if address else answer.text


@on_one_database
def test_the_code_goes_where_it_was_put_and_is_seen_there_first(site: Site) -> None:
    usual, page = uploaded(site)
    assert "QR code would cover words" in page
    upper = {"code_corner": "upper-left", "code_across": "15", "code_down": "12.5", "code_size": "30"}
    address, page = uploaded(site, **upper)
    assert "QR code would cover words" not in page
    preparer = site.member(Role.PREPARE)
    pictures = [preparer.get(f"{each}/paper.png") for each in (usual, address)]
    assert all(each.content.startswith(b"\x89PNG") for each in pictures)
    assert pictures[0].content != pictures[1].content
    batch_id = address.rpartition("/")[2]
    with site.state.work() as work:
        submitted = batches.submit(work, site.sakura.preparer, batch_id)
        place = CodePlace(corner="upper-left", across=15, down=12.5, size=30)
        assert submitted.choices.code_place == place
        batches.approve(work, site.sakura.approver, batch_id, submitted.content_digest or "")
    issue_all(site.state.workplace, batch_id)
    with site.state.work(read_only=True) as work:
        [award] = awards.find(work, site.sakura.institution.id, batch_id=batch_id)
        data = awards.sealed(work, award.id, "signed-pdf").data
    with pikepdf.open(io.BytesIO(data)) as document:
        drawing = document.pages[0].Contents[-1].read_bytes()
    assert drawing.split(b"q ")[1].startswith(b"1 0 0 1 42.5")
    for odd in ({"code_across": "far"}, {"code_size": "5"}):
        _, refused = uploaded(site, **odd)
        assert "notice-error" in refused


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)  # on the other in test_copies.py
def test_a_copy_is_asked_for_on_the_page_of_its_award_and_listed_there(site: Site) -> None:
    with site.state.work() as work:
        batch = batches.create_from_rows(
            work,
            site.sakura.preparer,
            achievement_id=site.sakura.achievement_id,
            rows=learners(1),
            choices=Choices(document_kind="graduation"),
        )
        submitted = batches.submit(work, site.sakura.preparer, batch.id)
        batches.approve(work, site.sakura.approver, batch.id, submitted.content_digest or "")
    issue_all(site.state.workplace, batch.id)
    with site.state.work(read_only=True) as work:
        [award] = awards.find(work, site.sakura.institution.id)
    preparer, approver = site.member(Role.PREPARE), site.member(Role.APPROVE)
    record = f"{BASE}/records/{award.id}"
    assert "copies" in preparer.get(record).text
    given = {"document_kind": "graduation", "document_language": "ja-en", "number_0": "C-1"}
    assert preparer.get(f"{record}/copies").status_code == 200
    refused = preparer.post(f"{record}/copies", data=given | {"number_0": ""})
    assert refused.status_code == 400
    assert approver.post(f"{record}/copies", data=given).status_code == 403
    made = preparer.post(
        f"{record}/copies", data=given | {"addressee_0": "株式会社みなと", "purpose_0": "就職"}
    )
    address = made.headers["location"]
    assert preparer.post(f"{address}/submit").status_code == 303
    shown = approver.get(address).text
    assert "株式会社みなと" in shown, "who approves sees to whom"
    digest = re.search(r'name="content_digest" value="([0-9a-f]{64})"', shown)
    assert digest is not None
    approver.post(f"{address}/approve", data={"content_digest": digest[1]})
    listed = preparer.get(record).text
    assert "株式会社みなと · 就職" in listed
    by_program(site, award.id)
    by_holder(site, award.id)


def program_of(site: Site) -> TestClient:
    """Give a program that may read awards and prepare batches."""
    with site.state.work() as work:
        school, person = site.sakura.institution.id, site.sakura.administrator
        institutions.grant(work, None, school, person.email, Role.PREPARE, person.name)
        actor = institutions.actor_for(work, school, person.person_id)
        token, _ = tokens.create_token(work, actor, "desk", ["awards:read", "batches:write"])
    program = site.browser()
    program.headers["Authorization"] = f"Bearer {token}"
    return program


def by_program(site: Site, award_id: str) -> None:
    program = program_of(site)
    address = f"/api/v1/awards/{award_id}/copies"
    [copy] = program.get(address).json()
    assert (copy["copy_of"], copy["addressee"], copy["purpose"]) == (award_id, "株式会社みなと", "就職")
    asked = {
        "copies": [{"issue_number": "C-2", "purpose": "奨学金"}, {"issue_number": "C-1", "purpose": "?"}]
    }
    made = program.post(address, json=asked, headers={"Idempotency-Key": "a"})
    assert made.status_code == 201, made.text
    assert [(each["code"], each["row"]) for each in made.json()["problems"]] == [("duplicate-kept", 3)]
    assert program.post(address, json=asked, headers={"Idempotency-Key": "a"}).json() == made.json()
    assert program.post(address, json={"copies": []}).status_code == 400


def by_holder(site: Site, award_id: str) -> None:
    browser = site.browser("learner1@students.example")
    browser.post("/wallet/claim")
    first = browser.get("/wallet").text
    assert first.count('class="card"') == 1, "a copy stands with its award"
    page = browser.get(f"/wallet/c/{award_id}").text
    assert "株式会社みなと · 就職" in page
    found = re.search(r'href="/wallet/c/([0-9a-f-]{36})">株式会社みなと', page)
    assert found is not None
    copy = browser.get(f"/wallet/c/{found[1]}").text
    assert "Addressed copy" in copy
    assert "株式会社みなと" in copy
    with site.state.work(read_only=True) as work:
        code = awards.award(work, site.sakura.institution.id, found[1]).verify_code
        assert wallet.to_verify(work, found[1])[0].format == "signed-pdf"
    verified = site.browser().get(f"/v/{code}").text
    assert "株式会社みなと" in verified
    assert "就職" in verified


@on_one_database
def test_a_program_is_told_what_is_no_place(site: Site) -> None:
    program = program_of(site)
    body = {"achievement_id": site.sakura.achievement_id, "rows": learners(1)}
    for place in ({"corner": "middle"}, {"size": 5}, {"page": 101}, {"page": 0}):
        answer = program.post("/api/v1/batches?dry_run=true", json={**body, "code_place": place})
        assert answer.status_code == 400, answer.text
    good = program.post("/api/v1/batches?dry_run=true", json={**body, "code_place": {"page": -1}})
    assert good.status_code == 200, good.text
