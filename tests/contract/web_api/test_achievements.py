# SPDX-License-Identifier: Apache-2.0
"""A program defines what is awarded, with skills and rubrics, and endorsements are given and carried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.contract.web_api.test_rest import ROW, Desk, _approved, two_institutions, with_jobs
from tests.fakes.copies import Beginning, Copy
from tests.fakes.university import University

from gakusho.formats import Endorses, format_named
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text
from gakusho.web.app import build
from gakusho.web.start import open_state

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here
AGENCY = University.by_key(b"a" * 32)
BODY: dict[str, Any] = {
    "type": "MicroCredential",
    "name": {"ja": "データ分析", "en": "Data analysis"},
    "description": {"ja": "入門"},
    "criteria": {"ja": "合格"},
    "alignments": [
        {
            "target_name": "データ分析",
            "target_url": "http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
            "target_framework": "ESCO",
        }
    ],
    "result_descriptions": [
        {
            "id": "urn:uuid:0c5b8a55-9d39-4a5e-8a1e-0f3f52a4c002",
            "name": "到達度",
            "type": "RubricCriterionLevel",
            "levels": [{"id": "urn:uuid:0c5b8a55-9d39-4a5e-8a1e-0f3f52a4c003", "name": "到達"}],
        }
    ],
}


@pytest.fixture
def beginning() -> Beginning:
    return two_institutions


@pytest.fixture
def workers() -> int:
    """Give 0: nothing is issued."""
    return 0


@pytest.fixture
def desk(copied: Copy, workers: int) -> Iterator[Desk]:
    """Give a running server, on each database."""
    settings = copied.settings(workers=workers)
    with (
        open_state(settings) as state,
        TestClient(build(settings, state=state), base_url="http://localhost") as client,
    ):
        yield Desk(client=client, **copied.found)


def word(of: str, comment: str = "よい課程です。") -> str:
    form: object = format_named("vc-jwt")
    assert isinstance(form, Endorses)
    said = Endorsement(
        id="urn:uuid:e0000000-0000-4000-8000-000000000001",
        endorser=Issuer(id=AGENCY.did, name=Text.of(ja="青葉認証機構")),
        endorsed_id=of,
        comment=comment,
        valid_from=AGENCY.now - timedelta(days=400),
    )
    sealing = replace(AGENCY.sealing, now=AGENCY.now - timedelta(days=300))
    return form.endorse(said, sealing).data.decode()


def test_an_achievement_is_made_read_and_changed(desk: Desk) -> None:
    made = desk.client.post("/api/v1/achievements", json=BODY, headers=desk.prepare)
    assert made.status_code == 201, made.text
    kept = made.json()
    assert kept["version"] == 1
    assert {name: kept["achievement"][name] for name in BODY} == BODY
    address = f"/api/v1/achievements/{kept['id']}"
    assert desk.client.get(address, headers=desk.prepare).json() == kept
    changed = {**BODY, "name": {"ja": "データ分析入門"}, "alignments": []}
    answer = desk.client.put(address, json=changed, headers=desk.prepare).json()
    assert (answer["version"], answer["achievement"]["id"]) == (2, kept["achievement"]["id"])
    assert "alignments" not in answer["achievement"]
    assert desk.client.get(address, headers=desk.stranger).status_code == 404
    assert desk.client.put(address, json=changed, headers=desk.stranger).status_code == 404
    assert desk.client.get("/api/v1/achievements/x", headers=desk.prepare).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"alignments": [{"target_name": "x", "target_url": "nowhere"}]}, "achievement.faulty-member"),
        ({"skills": []}, "achievement.unknown-member"),
        ({"name": None}, "achievement.faulty-member"),
        ({"endorsements": ["well done"]}, "endorsement-unfit"),
    ],
)
def test_a_wrong_achievement_is_refused(desk: Desk, change: dict[str, Any], code: str) -> None:
    answer = desk.client.post("/api/v1/achievements", json={**BODY, **change}, headers=desk.prepare)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] == code


def test_an_endorsement_is_carried_once_it_is_verified(desk: Desk) -> None:
    kept = desk.client.post("/api/v1/achievements", json=BODY, headers=desk.prepare).json()
    address, of = f"/api/v1/achievements/{kept['id']}", kept["achievement"]["id"]
    good, other = word(of), word(of, "最高です。")
    forged = ".".join((good.split(".")[0], other.split(".")[1], good.split(".")[2]))
    for data, code in (
        (forged, "endorsement-not-valid"),
        (word("urn:uuid:another"), "endorsement-unfit"),
        ("{}", "endorsement-unfit"),
    ):
        body = {"endorsement": data}
        answer = desk.client.post(f"{address}/endorsements", json=body, headers=desk.prepare)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        again = desk.client.put(address, json={**BODY, "endorsements": [data]}, headers=desk.prepare)
        assert again.json()["code"] == code
    for _ in range(2):  # the same one is kept once
        answer = desk.client.post(f"{address}/endorsements", json={"endorsement": good}, headers=desk.prepare)
        assert answer.json()["achievement"]["endorsements"] == [good]


@pytest.mark.parametrize(("form", "media_type"), [("jwt", "application/vc+jwt"), ("json", "application/vc")])
def test_the_institution_endorses_what_others_award_and_may_withdraw_it(
    desk: Desk, form: str, media_type: str
) -> None:
    body = {
        "endorsed_id": "urn:uuid:a",
        "comment": "よい課程です。",
        "form": form,
        "valid_until": "2099-03-31",
    }
    given = desk.client.post("/api/v1/endorsements", json=body, headers=desk.approve)
    assert (given.status_code, given.headers["content-type"]) == (201, media_type)
    address = given.headers["location"]
    told = desk.client.post("/api/v1/verify", content=given.content).json()
    assert told["headline"] == "Valid"
    assert told["credential"]["achievement"]["id"] == "urn:uuid:a"
    assert told["credential"]["valid_until"] == "2099-03-31T23:59:59Z"
    assert desk.client.get(address, headers=desk.prepare).content == given.content
    assert desk.client.get(address, headers=desk.stranger).status_code == 404
    (listed,) = desk.client.get("/api/v1/endorsements", headers=desk.prepare).json()
    assert (listed["comment"], listed["withdrawn_at"]) == ("よい課程です。", None)
    assert desk.client.get("/api/v1/endorsements", headers=desk.stranger).json() == []
    reason = {"reason": "課程が変わった"}
    assert desk.client.post(f"{address}/withdraw", json=reason, headers=desk.stranger).status_code == 403
    withdrawn = desk.client.post(f"{address}/withdraw", json=reason, headers=desk.approve)
    assert withdrawn.json()["reason"] == "課程が変わった"
    told = desk.client.post("/api/v1/verify", content=given.content).json()
    assert told["headline"] == "Revoked"


def test_an_endorsement_that_says_nothing_or_is_nobodys_is_not_given(desk: Desk) -> None:
    body = {"endorsed_id": "urn:uuid:a", "comment": " "}
    empty = desk.client.post("/api/v1/endorsements", json=body, headers=desk.approve)
    assert empty.json()["code"] == "endorsement-incomplete"
    assert desk.client.post("/api/v1/endorsements", json=body).status_code == 401
    assert desk.client.get("/api/v1/endorsements", headers=desk.prepare).json() == []


@with_jobs
def test_what_is_issued_says_skills_level_and_endorsement(desk: Desk) -> None:
    kept = desk.client.post("/api/v1/achievements", json=BODY, headers=desk.prepare).json()
    body = {"endorsement": word(kept["achievement"]["id"])}
    added = desk.client.post(
        f"/api/v1/achievements/{kept['id']}/endorsements", json=body, headers=desk.prepare
    )
    assert added.status_code == 200, added.text
    _approved(replace(desk, achievement=kept["id"]), [{**ROW, "到達度": "到達"}])
    [award] = desk.client.get("/api/v1/awards?query=山田", headers=desk.prepare).json()
    badge = desk.client.get(f"/api/v1/awards/{award['id']}/open-badges-3", headers=desk.prepare)
    told = desk.client.post("/api/v1/verify", content=badge.content).json()
    assert told["headline"] == "Valid"
    credential = told["credential"]
    assert [one["skill"] for one in credential["achievement"]["alignments"]] == [True]
    assert credential["results"][0]["achieved_level"] == BODY["result_descriptions"][0]["levels"][0]["id"]
    assert [(one["headline"], one["issuer"]["name"]) for one in told["carried"]] == [
        ("Valid", "青葉認証機構")
    ]
