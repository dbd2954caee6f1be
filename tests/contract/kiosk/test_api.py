# SPDX-License-Identifier: Apache-2.0
"""The API of certificate machines and of verification codes, as docs/guide/kiosk.md walks through it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from limits import RateLimitItemPerMinute
from tests.fakes.copies import Beginning, Copy
from tests.fakes.kiosk import CARD, FIRST, PIN, SECOND, Machine, with_machine

from gakusho.issuer import awards, codes, tokens
from gakusho.model import verification_code
from gakusho.web.app import build
from gakusho.web.start import open_state
from gakusho.web.verify import clients

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

ROOT = "/api/kiosk/v1"


@pytest.fixture
def beginning() -> Beginning:
    return with_machine


@pytest.fixture
def client(copied: Copy) -> Iterator[TestClient]:
    with (
        open_state(copied.settings(workers=0)) as state,
        TestClient(build(state.settings, state=state), base_url="http://localhost") as client,
    ):
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    """Give the problem, which is of this code, in words."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["detail"]
    return body


@pytest.mark.parametrize("kind", ["postgresql"])
def test_characters_that_no_database_takes_lead_nowhere(client: TestClient, found: Machine) -> None:
    client.headers.update(bearer(found.token))
    problem(
        client.post(f"{ROOT}/visits", json={"student_number": "S0\u00001", "pin": "1\u0000"}),
        403,
        "kiosk-sign-in",
    )
    problem(client.get(f"{ROOT}/visits/a%00b/documents"), 404, "kiosk-visit")
    problem(client.get(f"{ROOT}/prints/a%00b"), 404, "kiosk-print")
    problem(client.get(f"{ROOT}/prints/a%00b/copies/1/document.pdf"), 404, "kiosk-print")
    problem(client.get("/api/v1/verify/code/a%00b"), 400, "code-mistyped")
    assert client.get("/v/a%00b").status_code == 404


def test_a_machine_signs_in_lists_prints_reports_and_leaves(client: TestClient, found: Machine) -> None:
    client.headers.update(bearer(found.token))
    about = client.get(f"{ROOT}/machine").json()
    assert about["institution"] == {"ja": "さくら大学", "en": "Sakura University"}
    assert (about["sign_in"], about["purposes"]) == ("pin", ["就職活動用", "進学用"])
    problem(
        client.post(f"{ROOT}/visits", json={"student_number": FIRST, "pin": "0000"}), 403, "kiosk-sign-in"
    )
    begun = client.post(f"{ROOT}/visits", json={"student_number": FIRST, "pin": PIN})
    assert begun.status_code == 201
    visit = begun.json()["visit"]
    assert begun.json()["student_name"] == "鈴木 花子"

    listed = client.get(f"{ROOT}/visits/{visit}/documents").json()
    assert [(one["title"]["ja"], one["fee"]["amount"]) for one in listed] == [
        ("卒業証明書", 300),
        ("学位授与証明書", 500),
    ]
    wanted = {
        "request_id": "main-building-000017",
        "document": listed[0]["document"],
        "language": "en",
        "copies": 2,
        "purpose": "進学用",
    }
    made = client.post(f"{ROOT}/visits/{visit}/prints", json=wanted)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["total"], [copy["state"] for copy in body["copies"]]) == (600, ["ready", "ready"])
    assert client.post(f"{ROOT}/visits/{visit}/prints", json=wanted).json() == body, "sent again"
    problem(
        client.post(f"{ROOT}/visits/{visit}/prints", json={**wanted, "copies": 1}),
        409,
        "kiosk-request-reused",
    )

    pdf = client.get(body["copies"][0]["pdf"])
    assert pdf.headers["content-type"] == "application/pdf"
    picture = client.get(body["copies"][0]["pdf"].replace("document.pdf", "picture.png"))
    assert picture.content.startswith(b"\x89PNG")
    assert client.post("/api/v1/verify", content=pdf.content).json()["headline"] == "Valid"
    copy = f"{ROOT}/prints/{body['print']}/copies/1"
    failed = client.post(
        f"{copy}/report", json={"attempt": 1, "outcome": "failed", "reason": "paper jam"}
    ).json()
    assert failed["copies"][0]["reason"] == "paper jam"
    problem(client.get(f"{copy}/document.pdf"), 409, "kiosk-not-ready")
    again = client.post(f"{copy}/reprint", json={"attempt": 2}).json()
    assert (again["total"], again["copies"][0]["issue_number"]) == (600, body["copies"][0]["issue_number"])
    same = client.get(f"{copy}/document.pdf").content
    assert hashlib.sha256(same).digest() == hashlib.sha256(pdf.content).digest()
    client.post(f"{copy}/report", json={"attempt": 2, "outcome": "printed"})
    states = client.get(f"{ROOT}/prints/{body['print']}").json()["copies"]
    assert [one["state"] for one in states] == ["printed", "ready"]
    assert client.delete(f"{ROOT}/visits/{visit}").status_code == 204
    problem(client.get(f"{ROOT}/visits/{visit}/documents"), 404, "kiosk-visit")
    reported = client.post(
        f"{ROOT}/prints/{body['print']}/copies/2/report", json={"attempt": 1, "outcome": "printed"}
    )
    assert reported.status_code == 200, "a report may come late, when the network is back"

    printed = body["copies"][0]
    page = client.get(printed["verification"].removeprefix("https://desk.sakura.example"))
    assert printed["code"] in page.text
    by_code = client.post("/api/v1/verify/code", json={"code": printed["code"].lower()})
    assert by_code.json()["headline"] == "Valid"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_tokens_open_only_what_they_are_for(client: TestClient, found: Machine) -> None:
    state = client.app.state.gakusho  # type: ignore[attr-defined]  # the application's own
    with state.work() as work:
        desk_token, _ = tokens.create_token(work, found.desk.administrator, "kiosks", ["kiosks:write"])
        narrow, _ = tokens.create_token(work, found.desk.administrator, "reads", ["awards:read"])
    problem(client.get(f"{ROOT}/machine"), 401, "http-401")
    problem(client.get(f"{ROOT}/machine", headers=bearer(desk_token)), 401, "http-401")
    for path in ("/api/v1/kiosks", "/api/v1/batches", "/api/v1/awards"):
        problem(client.get(path, headers=bearer(found.token)), 401, "http-401")
    problem(client.get("/api/v1/kiosks", headers=bearer(narrow)), 403, "scope")

    client.headers.update(bearer(desk_token))
    made = client.post("/api/v1/kiosks", json={"label": "西門"}).json()
    assert client.get(f"{ROOT}/machine", headers=bearer(made["token"])).json()["machine"] == "西門"
    assert all(one["token"] is None for one in client.get("/api/v1/kiosks").json())
    assert client.delete(f"/api/v1/kiosks/{made['id']}").status_code == 204
    problem(client.get(f"{ROOT}/machine", headers=bearer(made["token"])), 401, "http-401")
    offer = client.get("/api/v1/kiosks/offer").json()
    changed = client.put("/api/v1/kiosks/offer", json={**offer, "sign_in": "card"})
    assert changed.json()["sign_in"] == "card"
    problem(client.put("/api/v1/kiosks/offer", json={**offer, "sign_in": "face"}), 400, "kiosk-offer")
    kept = client.put("/api/v1/kiosks/students", json=[{"student_number": SECOND, "card": "CARD-0000-2"}])
    assert kept.json() == {"kept": 1}
    for card, status in ((CARD, 201), ("CARD-0000-2", 201), ("CARD-0000-3", 403)):
        answer = client.post(f"{ROOT}/visits", json={"card": card}, headers=bearer(found.token))
        assert answer.status_code == status
    assert client.delete(f"/api/v1/kiosks/students/{SECOND}").status_code == 204
    problem(client.delete(f"/api/v1/kiosks/students/{SECOND}"), 404, "no-kiosk-student")
    assert client.get("/api/v1/kiosks/prints").json() == []


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_typed_code_opens_the_papers_page_and_a_mistyped_one_is_told_without_a_look_up(
    client: TestClient, found: Machine
) -> None:
    state = client.app.state.gakusho  # type: ignore[attr-defined]
    with state.work() as work:
        code = codes.paper_link(work, found.award_id).code
        link = awards.award(work, found.desk.institution.id, found.award_id).verify_code
    assert code is not None
    for field, path in (("code", "/verify/code"), ("text", "/verify")):
        spoken = {field: code.lower().replace("-", " ")}
        opened = client.post(path, data=spoken, follow_redirects=False)
        assert opened.headers["location"] == f"/v/{link}"
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    page = client.post("/verify/code", data={"code": wrong}, headers={"Accept-Language": "ja"})
    assert page.status_code == 400
    assert "打ち間違い" in page.text
    for _ in range(20):
        problem(client.get(f"/api/v1/verify/code/{wrong}"), 400, "code-mistyped")
    assert client.get(f"/api/v1/verify/code/{code}").json()["headline"] == "Valid"
    assert client.get(f"/api/v1/verify/code/{code}/credential").content[:1] in {b"{", b"%"}


@pytest.mark.parametrize("kind", ["sqlite"])
def test_whoever_guesses_codes_is_stopped_and_a_withdrawn_one_opens_nothing(
    client: TestClient, found: Machine
) -> None:
    state = client.app.state.gakusho  # type: ignore[attr-defined]
    with state.work() as work:
        code = codes.paper_link(work, found.award_id).code
        link = awards.award(work, found.desk.institution.id, found.award_id).verify_code
        codes.withdraw_link(work, found.desk.approver, found.award_id)
    problem(client.get(f"/api/v1/verify/code/{code}"), 410, "http-410")
    problem(client.get(f"/api/v1/verify/code/{code}/credential"), 410, "http-410")
    for path in (f"/v/{link}", f"/v/{link}/credential"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert FIRST not in answer.text
    with state.work() as work:
        codes.restore_link(work, found.desk.approver, found.award_id)
    for _ in range(10):
        problem(client.get(f"/api/v1/verify/code/{verification_code.new_code()}"), 404, "no-code")
    stopped = client.get(f"/api/v1/verify/code/{code}")
    problem(stopped, 429, "http-429")
    assert stopped.headers["retry-after"] == "60"
    assert client.post("/verify/code", data={"code": code}).status_code == 429
    assert client.get(f"/v/{link}").status_code == 200, "the QR code still opens"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_many_addresses_that_guess_are_stopped_together(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(clients.BOUNDS, "codes", RateLimitItemPerMinute(3))
    answers = []
    for place in range(5):
        visitor = TestClient(client.app, base_url="http://localhost", client=(f"192.0.2.{place}", 5))
        answers.append(visitor.get(f"/api/v1/verify/code/{verification_code.new_code()}").status_code)
    assert answers == [404, 404, 404, 429, 429]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_every_path_is_described(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    described = {path for path in paths if path.startswith((ROOT, "/api/v1/kiosks", "/api/v1/verify/code"))}
    assert len(described) == 19
    assert all("401" in one["responses"] for path in described for one in paths[path].values()), (
        "what goes wrong is described too"
    )


@pytest.mark.parametrize("kind", ["sqlite"])
def test_nobody_beside_a_machine_spends_what_it_may_ask(
    client: TestClient, found: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A campus has one address: whoever guesses tokens and links there stops nobody but who guesses."""
    monkeypatch.setitem(clients.BOUNDS, "unknown", RateLimitItemPerMinute(3))
    monkeypatch.setitem(clients.BOUNDS, "kiosk", RateLimitItemPerMinute(4))
    tried = [client.get(f"{ROOT}/machine", headers=bearer(f"gkm_{n}")).status_code for n in range(3)]
    assert tried == [401, 401, 401]
    problem(client.get(f"{ROOT}/machine", headers=bearer("gkm_4")), 429, "http-429")
    problem(client.get(f"{ROOT}/machine"), 429, "http-429")
    assert client.get("/v/nothing").status_code == 429
    mine = bearer(found.token)
    asked = [client.get(f"{ROOT}/machine", headers=mine).status_code for _ in range(5)]
    assert asked == [200, 200, 200, 200, 429], "a machine has a bound of its own"
