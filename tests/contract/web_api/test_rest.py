# SPDX-License-Identifier: Apache-2.0
"""What a student information system may rely on: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.copies import Beginning, Copy

from gakusho.issuer import achievements, institutions, tokens
from gakusho.issuer.access import Role
from gakusho.model.achievement import Achievement
from gakusho.model.text import Text
from gakusho.store.work import Workplace
from gakusho.web.app import build
from gakusho.web.start import open_state

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

ROW = {
    "name": "山田 花子",
    "email": "hanako@students.sakura.example",
    "student_number": "S001",
    "issue_number": "第1号",
    "awarded_on": "2026-03-25",
}


@dataclass(frozen=True)
class Desk:
    """A server with one institution and its tokens."""

    client: TestClient
    achievement: str
    prepare: dict[str, str]
    approve: dict[str, str]
    stranger: dict[str, str]

    def batch(self, rows: list[dict[str, str]], **more: Any) -> dict[str, Any]:
        """Give the body of a batch of badges."""
        return {"achievement_id": self.achievement, "rows": rows, "formats": ["open-badges-3"], **more}


@pytest.fixture
def beginning() -> Beginning:
    return two_institutions


@pytest.fixture
def workers() -> int:
    """Give 0: the batches are issued elsewhere."""
    return 0


with_jobs = pytest.mark.parametrize("workers", [1])


@pytest.fixture
def desk(copied: Copy, workers: int) -> Iterator[Desk]:
    """Give a running server, on each database."""
    settings = copied.settings(workers=workers)
    with (
        open_state(settings) as state,
        TestClient(build(settings, state=state), base_url="http://localhost") as client,
    ):
        yield Desk(client=client, **copied.found)


def two_institutions(place: Workplace) -> dict[str, Any]:
    """Begin with one institution, its tokens, and another's."""
    everything = ["batches:read", "batches:write", "batches:approve", "awards:read", "awards:write"]
    found: dict[str, Any] = {}
    with place.work() as work:
        for slug in ("sakura", "momiji"):
            view = institutions.found(
                work,
                slug=slug,
                name=Text.of(ja="さくら大学", en="Sakura University"),
                did=f"did:web:{slug}.example",
            )
            for person, role in (("p", Role.PREPARE), ("a", Role.PREPARE), ("a", Role.APPROVE)):
                institutions.grant(work, None, view.id, f"{person}@{slug}.example", role, person)
            actors = {
                m.email[0]: institutions.actor_for(work, view.id, m.person_id)
                for m in institutions.members(work, view.id)
            }
            if slug == "sakura":
                for name in ("p", "a"):
                    institutions.grant(work, None, view.id, f"{name}@{slug}.example", Role.ADMINISTER, name)
                actors = {
                    m.email[0]: institutions.actor_for(work, view.id, m.person_id)
                    for m in institutions.members(work, view.id)
                }
                found["achievement"] = achievements.save(work, actors["p"], _achievement()).id
                for name, key in (("p", "prepare"), ("a", "approve")):
                    token, _ = tokens.create_token(work, actors[name], key, everything)
                    found[key] = {"Authorization": f"Bearer {token}"}
            else:
                institutions.grant(work, None, view.id, f"p@{slug}.example", Role.ADMINISTER, "p")
                other = institutions.actor_for(work, view.id, actors["p"].person_id)
                token, _ = tokens.create_token(work, other, "stranger", everything)
                found["stranger"] = {"Authorization": f"Bearer {token}"}
    return found


def _achievement() -> Achievement:
    words = Text.of(ja="学士（工学）", en="Bachelor of Engineering")
    return Achievement(
        id="urn:uuid:0c5b8a55-9d39-4a5e-8a1e-0f3f52a4c001",
        type="BachelorDegree",
        name=words,
        description=words,
        criteria=words,
    )


def _issued(desk: Desk, batch_id: str) -> None:
    for _ in range(150):
        progress = desk.client.get(f"/api/v1/batches/{batch_id}/progress", headers=desk.prepare).json()
        assert progress["failure"] is None, progress
        if progress["state"] == "issued":
            return
        time.sleep(0.1)
    raise AssertionError("the batch was not issued in 15 seconds")


def _approved(desk: Desk, rows: list[dict[str, str]], **choices: Any) -> str:
    made = desk.client.post("/api/v1/batches", json=desk.batch(rows, **choices), headers=desk.prepare)
    assert made.status_code == 201, made.text
    batch = made.json()["id"]
    submitted = desk.client.post(f"/api/v1/batches/{batch}/submit", headers=desk.prepare)
    assert submitted.status_code == 200, submitted.text
    approval = {"content_digest": submitted.json()["content_digest"]}
    approved = desk.client.post(f"/api/v1/batches/{batch}/approve", json=approval, headers=desk.approve)
    assert approved.status_code == 202, approved.text
    _issued(desk, batch)
    return str(batch)


def test_a_format_the_institution_does_not_offer_is_refused_with_those_it_does(desk: Desk) -> None:
    asked = {**desk.batch([ROW]), "formats": ["open-badges-3", "vc-cose"]}
    for language in ("ja", "en"):
        headers = {**desk.prepare, "Accept-Language": language}
        refused = desk.client.post("/api/v1/batches", json=asked, headers=headers)
        assert refused.status_code == 400
        assert "vc-cose" in refused.json()["detail"]
        assert "open-badges-3-sd" in refused.json()["detail"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "format-not-offered"
    for name in ("open-badges-3-sd", "clr-2"):
        offered = {**desk.batch([ROW]), "formats": [name]}
        made = desk.client.post("/api/v1/batches?dry_run=true", json=offered, headers=desk.prepare)
        assert made.status_code == 200, made.text


@with_jobs
def test_a_row_becomes_a_credential_that_verifies_and_can_be_revoked(desk: Desk) -> None:
    _approved(desk, [ROW])
    [award] = desk.client.get("/api/v1/awards?query=ヤマダ", headers=desk.prepare).json() or (
        desk.client.get("/api/v1/awards?query=山田", headers=desk.prepare).json()
    )
    badge = desk.client.get(f"/api/v1/awards/{award['id']}/open-badges-3", headers=desk.prepare)
    assert badge.status_code == 200
    report = desk.client.post("/api/v1/verify", content=badge.content).json()
    assert (report["outcome"], report["headline"]) == ("valid", "Valid"), report
    body = {"award_ids": [award["id"]], "action": "revoke", "reason": "issued in error"}
    assert desk.client.post("/api/v1/awards/status", json=body, headers=desk.prepare).json() == {"changed": 1}
    report = desk.client.post("/api/v1/verify", content=badge.content).json()
    assert (report["outcome"], report["headline"]) == ("invalid", "Revoked")


def test_the_same_key_from_32_sides_at_once_makes_one_batch(desk: Desk) -> None:
    headers = {**desk.prepare, "Idempotency-Key": "class-of-2026"}

    def send(_: int) -> Any:
        return desk.client.post("/api/v1/batches", json=desk.batch([ROW]), headers=headers)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(send, range(32)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(desk.client.get("/api/v1/batches", headers=desk.prepare).json()) == 1
    other = desk.client.post("/api/v1/batches", json=desk.batch([{**ROW, "name": "別人"}]), headers=headers)
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    answer = desk.client.post("/api/v1/batches?dry_run=true", json=desk.batch([ROW]), headers=desk.prepare)
    assert answer.status_code == 200
    assert answer.json()["counts"]["ready"] == 1
    assert desk.client.get("/api/v1/batches", headers=desk.prepare).json() == []


def test_problems_point_at_rows(desk: Desk) -> None:
    rows = [ROW, {**ROW, "issue_number": "第2号", "student_number": "S002", "awarded_on": "2026-02-30"}]
    answer = desk.client.post("/api/v1/batches", json=desk.batch(rows), headers=desk.prepare).json()
    assert answer["counts"]["errors"] == 1
    [problem] = [p for p in answer["problems"] if p["severity"] == "error"]
    assert problem["pointer"] == "/rows/1/awarded_on"
    assert problem["value"] == "2026-02-30"
    submitted = desk.client.post(f"/api/v1/batches/{answer['id']}/submit", headers=desk.prepare)
    assert submitted.status_code == 422
    assert submitted.headers["content-type"] == "application/problem+json"
    assert submitted.json()["problems"][0]["pointer"].startswith("/rows/1")


@with_jobs
def test_rows_of_courses_become_one_transcript_a_learner(desk: Desk) -> None:
    courses = [{"course_name": "線形代数", "grade": "優"}, {"course_name": "情報倫理", "grade": ""}]
    rows = [{**ROW, **each} for each in courses]
    body = desk.batch(rows, formats=["clr-2"])
    told = desk.client.post("/api/v1/batches?dry_run=true", json=body, headers=desk.prepare).json()
    assert (told["counts"]["rows"], told["counts"]["errors"]) == (1, 1)
    assert [p["pointer"] for p in told["problems"] if p["severity"] == "error"] == ["/rows/1/grade"]
    rows[1]["grade"] = "秀"
    batch_id = _approved(desk, rows, formats=["clr-2"])
    [award] = desk.client.get(f"/api/v1/awards?batch_id={batch_id}", headers=desk.prepare).json()
    record = desk.client.get(f"/api/v1/awards/{award['id']}/clr-2", headers=desk.prepare).content
    report = desk.client.post("/api/v1/verify", content=record).json()
    assert (report["headline"], len(report["carried"])) == ("Valid", 3)
    assert [each["results"][0]["value"] for each in report["credential"]["components"]] == ["優", "秀"]


def test_a_role_that_is_missing_is_named_and_so_is_a_choice_that_cannot_be_read(desk: Desk) -> None:
    batch = desk.client.post("/api/v1/batches", json=desk.batch([ROW]), headers=desk.prepare).json()["id"]
    submitted = desk.client.post(f"/api/v1/batches/{batch}/submit", headers=desk.prepare).json()
    body = {"content_digest": submitted["content_digest"]}
    headers = {**desk.prepare, "Accept-Language": "ja"}
    answer = desk.client.post(f"/api/v1/batches/{batch}/approve", json=body, headers=headers)
    assert (answer.status_code, "「承認」の役割" in answer.json()["detail"]) == (403, True), answer.text
    form = {"achievement_id": desk.achievement, "choices": '{"document_kind": "nonsense"}'}
    wrong = desk.client.post(
        "/api/v1/batches/upload", data=form, files={"table": ("t.csv", b"x")}, headers=desk.prepare
    )
    assert (wrong.status_code, "document_kind" in wrong.json()["reason"]) == (400, True), wrong.text


def test_who_prepared_a_batch_does_not_approve_it(desk: Desk) -> None:
    batch = desk.client.post("/api/v1/batches", json=desk.batch([ROW]), headers=desk.approve).json()["id"]
    submitted = desk.client.post(f"/api/v1/batches/{batch}/submit", headers=desk.approve).json()
    body = {"content_digest": submitted["content_digest"]}
    answer = desk.client.post(f"/api/v1/batches/{batch}/approve", json=body, headers=desk.approve)
    assert answer.status_code == 403
    assert answer.json()["code"] == "same-person"


def test_only_what_was_submitted_can_be_approved(desk: Desk) -> None:
    batch = desk.client.post("/api/v1/batches", json=desk.batch([ROW]), headers=desk.prepare).json()["id"]
    desk.client.post(f"/api/v1/batches/{batch}/submit", headers=desk.prepare)
    body = {"content_digest": "0" * 64}
    answer = desk.client.post(f"/api/v1/batches/{batch}/approve", json=body, headers=desk.approve)
    assert answer.status_code == 409


@with_jobs
def test_another_institution_sees_nothing_of_this_one(desk: Desk) -> None:
    batch = _approved(desk, [ROW])
    [award] = desk.client.get("/api/v1/awards", headers=desk.prepare).json()
    for path in (
        f"/api/v1/batches/{batch}",
        f"/api/v1/batches/{batch}/rows",
        f"/api/v1/batches/{batch}/errors.csv",
        f"/api/v1/batches/{batch}/progress",
        f"/api/v1/awards/{award['id']}",
        f"/api/v1/awards/{award['id']}/open-badges-3",
    ):
        assert desk.client.get(path, headers=desk.stranger).status_code == 404, path
    assert desk.client.get("/api/v1/awards", headers=desk.stranger).json() == []
    body = {"award_ids": [award["id"]], "action": "revoke", "reason": "mischief"}
    assert desk.client.post("/api/v1/awards/status", json=body, headers=desk.stranger).status_code == 404
    for act in ("submit", "withdraw"):
        assert desk.client.post(f"/api/v1/batches/{batch}/{act}", headers=desk.stranger).status_code == 404


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer gak_nobody"}, {"Authorization": "Basic eDp5"}]
)
def test_no_token_no_answer(desk: Desk, header: dict[str, str]) -> None:
    answer = desk.client.get("/api/v1/batches", headers=header)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "files"])
def test_an_upload_of_csv_and_pdfs_is_matched(desk: Desk, zipped: bool) -> None:
    row = "山田 花子,h@students.sakura.example,A-1,令和8年3月25日"
    table = f"氏名,メールアドレス,文書発行番号,授与年月日\r\n{row}\r\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("B-9.pdf", b"%PDF-1.7 not really")
    papers = ("p.zip", archive.getvalue()) if zipped else ("B-9.pdf", b"%PDF-1.7 not really")
    answer = desk.client.post(
        "/api/v1/batches/upload",
        data={"achievement_id": desk.achievement, "choices": '{"formats": ["signed-pdf"]}'},
        files={"table": ("class.csv", table.encode("cp932")), "papers": papers},
        headers=desk.prepare,
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["counts"]["unmatched_rows"] == 1
    assert answer.json()["counts"]["unmatched_files"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"achievement_id": "x", "rows": []}', 400),
        (b'{"achievement_id": "x", "rows": [{"name": "a"}], "approved_by": "me"}', 400),
        (b'{"achievement_id": "00000000-0000-0000-0000-000000000000", "rows": [{"name": "a"}]}', 404),
    ],
)
def test_a_bad_body_is_told_so(desk: Desk, body: bytes, status: int) -> None:
    answer = desk.client.post(
        "/api/v1/batches", content=body, headers={**desk.prepare, "Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_interactive_documentation_asks_no_other_host(desk: Desk) -> None:
    page = desk.client.get("/api/docs").text
    assert "https://" not in page
    assert desk.client.get("/api/docs/static/swagger-ui-bundle.js").status_code == 200
    assert "/api/v1/batches" in desk.client.get("/api/openapi.json").json()["paths"]


def test_what_is_published_is_cacheable(desk: Desk) -> None:
    first = desk.client.get("/i/sakura/did.json")
    assert first.json()["id"] == "did:web:sakura.example"
    again = desk.client.get("/i/sakura/did.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    by_host = desk.client.get("/.well-known/did.json", headers={"Host": "sakura.example"})
    assert by_host.json() == first.json()
    assert desk.client.get("/.well-known/did.json", headers={"Host": "evil.example"}).status_code == 404
