# SPDX-License-Identifier: Apache-2.0
"""The document key by programs and on the command line: shown, certified, replaced, and looked after."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi.testclient import TestClient
from tests.fakes import token as tokens
from tests.fakes.authority import Authority

from gakusho.cli.main import run

pytestmark = [
    pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
ADDRESS = "/api/v1/documents/key"


def answered(request: bytes, **how: Any) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in Authority().answer(request, **how))


def test_a_program_has_the_key_certified(client: TestClient, found: dict[str, Any]) -> None:
    before = client.get(ADDRESS, headers=found["reads"]).json()
    assert (before["place"], before["by_others"], before["stage"]) == ("encrypted-key", False, "")
    named = {"organization": "国立大学法人さくら大学", "organization_id": "NTRJP-1234567890123"}
    assert client.post(f"{ADDRESS}/request", headers=found["reads"], json=named).status_code == 403
    made = client.post(f"{ADDRESS}/request", headers=found["all"], json=named)
    assert made.headers["content-type"] == "application/pkcs10"
    assert client.post(f"{ADDRESS}/request", headers=found["all"], json={}).status_code == 200, "as said last"
    refused = client.post(f"{ADDRESS}/certificate", headers=found["all"], content=b"nonsense")
    assert (refused.status_code, refused.json()["code"]) == (400, "certificate-file")
    large = client.post(f"{ADDRESS}/certificate", headers=found["all"], content=bytes(300_000))
    assert large.status_code in {400, 413}
    after = client.post(f"{ADDRESS}/certificate", headers=found["all"], content=answered(made.content))
    assert after.status_code == 200, after.text
    assert after.json()["by_others"]
    assert named["organization"] in after.json()["names"][0]


def test_the_command_line_has_the_key_certified_and_watches_its_end(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, answer = tmp_path / "own.csr", tmp_path / "chain.pem"
    named = ["--organization", "さくら大学", "--organization-id", "NTRJP-1234567890123"]
    assert run(["document-key", "request", *named, "-o", str(file), *place]) == 0
    assert run(["document-key", "request", *place]) == 0
    assert "BEGIN CERTIFICATE REQUEST" in capsys.readouterr().out
    assert run(["document-key", "certificate", str(file), *place]) == 1, "the request is no answer"
    answer.write_bytes(answered(file.read_bytes(), days=40))
    assert run(["document-key", "certificate", str(answer), *place]) == 0
    assert "朝凪電子印認証局" in capsys.readouterr().out
    assert run(["document-key", "certificate", str(tmp_path / "none"), *place]) == 64
    assert run(["document-key", "show", "--json", *place]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["stage"], told["by_others"]) == ("90", True)
    assert doctors(place, capsys)["state"] == "caveat"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=41), tick=True):
        assert run(["document-key", "show", *place]) == 1
        assert "over" in capsys.readouterr().out
        finding = doctors(place, capsys)
    assert finding["state"] == "failed"
    assert "gakusho document-key request" in finding["action"]


def test_the_command_line_takes_a_key_in_a_token_and_misses_it(
    place: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token = tokens.set_up("Operator")
    monkeypatch.setenv("GAKUSHO_KEY_PIN", tokens.PIN)
    chosen = ["document-key", "token", "--module", token.module, "--make", "P-256"]
    assert run([*chosen, "--serial", token.serial, *place]) == 0
    assert "in pkcs11" in capsys.readouterr().out
    assert doctors(place, capsys)["state"] == "ok"
    drawer = tokens.away(token)
    try:
        assert doctors(place, capsys)["state"] == "failed"
    finally:
        tokens.back(token, drawer)
    assert (
        run(["document-key", "service", "--base", "nowhere", "--client", "x", "--client-secret", "y", *place])
        == 1
    )


def doctors(place: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    run(["doctor", "--json", *place])
    findings = {one["subject"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["keys"]["state"] == "ok"
    found: dict[str, str] = findings["certificate"]
    return found
