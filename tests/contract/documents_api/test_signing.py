# SPDX-License-Identifier: Apache-2.0
"""Levels by programs and on the command line: chosen, shown, kept; and the list of the own authority."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from cryptography import x509
from fastapi.testclient import TestClient
from tests.fakes.desk import approved, issue_all, learners

from gakusho.cli.main import run
from gakusho.issuer.choices import Choices
from gakusho.settings import Settings
from gakusho.store.work import Workplace

pytestmark = [
    pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)
ADDRESS = "/api/v1/documents/signing"


def test_a_program_chooses_the_level_and_sees_what_is_kept(
    client: TestClient, workplace: Workplace, found: dict[str, Any]
) -> None:
    told = client.get(ADDRESS, headers=found["reads"]).json()
    assert (told["level"], told["grace"], told["margin_days"]) == ("B-B", "wait", 90)
    body = {
        "level": "B-LTA",
        "authority": "stand-in",
        "grace": "raise",
        "margin_days": 120,
        "algorithm_ends": {"RSA-3072": "2040-12-31"},
    }
    assert client.put(ADDRESS, headers=found["reads"], json=body).status_code == 403
    told = client.put(ADDRESS, headers=found["all"], json=body).json()
    assert {name: told[name] for name in ("level", "authority", "grace", "margin_days")} == {
        name: body[name] for name in ("level", "authority", "grace", "margin_days")
    }
    assert told["algorithm_ends"] == {"RSA-2048": "2030-12-31", "RSA-3072": "2040-12-31"}
    desk = found["desk"]
    with workplace.work() as work:
        batch = approved(work, desk, learners(1), choices=PAGES)
    issue_all(workplace, batch.id)
    told = client.get(ADDRESS, headers=found["reads"]).json()
    assert told["archive"]["levels"] == {"B-LTA": 1}
    [award] = client.get("/api/v1/awards", headers=found["reads"]).json()
    [one] = client.get(f"/api/v1/documents/awards/{award['id']}", headers=found["reads"]).json()
    assert (one["asked"], one["level"], len(one["revisions"])) == ("B-LTA", "B-LTA", 1)
    [address] = told["lists"]
    listed = client.get(address.removeprefix("https://sakura.example"))
    assert listed.headers["content-type"] == "application/pkix-crl"
    assert x509.load_der_x509_crl(listed.content).next_update_utc is not None
    assert client.get(f"/i/sakura/crl/{'0' * 40}.crl").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"level": "B-XL", "authority": "stand-in"}, "level"),
        ({"level": "B-T"}, "document-level"),
        ({"level": "B-T", "authority": "stand-in", "grace": "never"}, "document-grace"),
        ({"level": "B-T", "authority": "stand-in", "margin_days": 0}, "document-grace"),
        (
            {"level": "B-T", "authority": "stand-in", "algorithm_ends": {"md5": "2030-01-01"}},
            "algorithm-ends",
        ),
        ({"level": "B-T", "authority": "stand-in", "algorithm_ends": {"sha256": "soon"}}, "algorithm-ends"),
    ],
)
def test_what_cannot_be_is_refused(
    client: TestClient, found: dict[str, Any], body: dict[str, Any], code: str
) -> None:
    answer = client.put(ADDRESS, headers=found["all"], json=body)
    assert answer.status_code == 400
    assert answer.json()["code"] == code


def test_the_command_line_chooses_keeps_and_looks(
    settings: Settings, place: list[str], workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["documents", "choose", "--level", "B-LT", "--authority", "stand-in", *place]) == 0
    assert "level      B-LT" in capsys.readouterr().out
    assert run(["documents", "choose", "--level", "B-T", "--authority", "http://127.0.0.1/", *place]) == 2
    assert run(["documents", "choose", "--level", "B-T", "--algorithm-ends", "x", *place]) == 64
    capsys.readouterr()
    assert run(["documents", "show", "--json", *place]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["level"], told["archive"]["waiting"]) == ("B-LT", 0)
    assert run(["documents", "keep", "--json", *place]) == 0
    assert json.loads(capsys.readouterr().out)["sakura"]["due"] == 0
    run(["doctor", "--json", *place])
    findings = {one["subject"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["documents"]["state"] == "caveat", "the stand-in proves nothing"
    assert "sakura: B-LT" in findings["documents"]["words"]
    assert run(["documents", "show", "--institution", "nobody", *place]) == 1
    assert run(["documents", "show", "--data", str(settings.data / "nothing")]) == 64
