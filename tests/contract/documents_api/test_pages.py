# SPDX-License-Identifier: Apache-2.0
"""Paper, orientation, words, seal, signatory and language of pages, by programs and on the command line."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gakusho.cli.main import run

pytestmark = [
    pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
ADDRESS = "/api/v1/documents/pages"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7h-7z" fill="#c00"/></svg>'
WISHED = {
    "paper": "a3",
    "orientation": "landscape",
    "language": "ja-en",
    "words": {"ja": "本学は{achievement}を証します"},
    "signatory_name": "青葉 太郎",
    "signatory_name_en": "AOBA Taro",
    "signatory_title": {"ja": "学長", "en": "President"},
}


def test_what_programs_choose_the_command_line_shows_and_the_other_way_round(
    client: TestClient, found: dict[str, Any], place: list[str], tmp_path: Path, capsys: Any
) -> None:
    diploma = f"{ADDRESS}/diploma"
    before = client.get(diploma, headers=found["reads"]).json()
    assert (before["version"], before["paper"], before["orientation"], before["seal"]) == (0, "a4", "", None)
    assert before["orientations"] == ["portrait", "landscape"]
    seal = {"image": base64.b64encode(SVG).decode(), "size": 30, "place": "beside"}
    body = {**WISHED, "seal": seal}
    assert client.put(diploma, headers=found["reads"], json=body).status_code == 403
    told = client.put(diploma, headers=found["all"], json=body).json()
    assert {name: told[name] for name in WISHED} == WISHED
    assert {name: told["seal"][name] for name in ("size", "place")} == {"size": 30, "place": "beside"}
    again = client.put(diploma, headers=found["all"], json=body).json()
    assert (again, told["version"]) == (told, 1), "the same once more is no new version"

    capsys.readouterr()
    assert run(["pages", "show", "diploma", "--json", *place]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {name: shown[name] for name in WISHED} == WISHED
    file = tmp_path / "seal.svg"
    file.write_bytes(SVG.replace(b"c00", b"b00"))
    chosen = ["--paper", "letter", "--orientation", "usual", "--title-en", "Rector", "--seal", str(file)]
    assert run(["pages", "choose", "diploma", *chosen, *place]) == 0
    assert "letter, held as the template has it" in capsys.readouterr().out
    after = client.get(diploma, headers=found["reads"]).json()
    assert (after["version"], after["paper"], after["orientation"]) == (2, "letter", "")
    assert (after["signatory_title"], after["words"]) == (
        {"ja": "学長", "en": "Rector"},
        WISHED["words"],
    )
    assert after["seal"]["digest"] != told["seal"]["digest"]
    assert (after["seal"]["size"], after["seal"]["place"]) == (30, "beside")
    other = client.get(f"{ADDRESS}/transcript", headers=found["reads"]).json()
    assert (other["paper"], other["language"], other["orientations"]) == ("a4", "ja-en", [])
    assert other["seal"] == after["seal"]
    bare = client.put(diploma, headers=found["all"], json={"seal": None}).json()
    assert (bare["seal"], bare["paper"]) == (None, "letter")


IMAGE = base64.b64encode(SVG).decode()
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("transcript", {"paper": "b5"}, "document-paper"),
    ("graduation", {"orientation": "landscape"}, "document-orientation"),
    ("graduation", {"language": "fr"}, "document-language"),
    ("diploma", {"words": {"ja": "証する"}}, "wording-achievement"),
    ("graduation", {"seal": {"image": "no picture"}}, "seal-kind"),
    ("graduation", {"seal": {"size": 30}}, "seal-kind"),
    ("graduation", {"seal": {"image": IMAGE, "size": 90}}, "seal-place"),
    ("graduation", {"signatory_name": "長" * 101}, "signatory-long"),
    ("passport", {}, "request"),
]


def test_what_no_page_could_carry_is_refused(
    client: TestClient, found: dict[str, Any], place: list[str], capsys: Any
) -> None:
    for document, body, code in REFUSED:
        answer = client.put(f"{ADDRESS}/{document}", headers=found["all"], json=body)
        assert (answer.status_code, answer.json().get("code")) == (400, code)
    assert client.get(f"{ADDRESS}/graduation", headers=found["reads"]).json()["version"] == 0
    assert run(["pages", "show", "passport", *place]) == 64
    assert run(["pages", "choose", "diploma", "--seal-size", "30", *place]) == 64
    assert "--seal" in capsys.readouterr().err
    assert run(["pages", "choose", "transcript", "--paper", "b5", *place]) == 1
