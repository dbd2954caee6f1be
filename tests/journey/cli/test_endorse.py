# SPDX-License-Identifier: Apache-2.0
"""One issuer in a folder endorses what another awards, and every award carries the word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gakusho.cli.main import run

ACHIEVEMENT = {
    "id": "urn:uuid:11111111-0000-4000-8000-000000000001",
    "type": "Certificate",
    "name": {"ja": "データ分析入門"},
    "description": {"ja": "十五回の講義。"},
    "criteria": {"ja": "試験に合格すること。"},
    "alignments": [
        {
            "target_name": "データ分析",
            "target_url": "http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
            "target_framework": "ESCO",
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with an issuer, an endorser, an achievement and one row."""
    for name in ("issuer", "endorser"):
        (tmp_path / name).mkdir()
        assert run(["init", "--name", name, "--dir", str(tmp_path / name)]) == 0
    (tmp_path / "achievement.json").write_text(json.dumps(ACHIEVEMENT), "utf-8")
    (tmp_path / "rows.csv").write_text("氏名,授与日\n見本 花子,2026-03-25\n", "utf-8")
    return tmp_path


def endorsed(folder: Path, name: str, *more: str) -> int:
    words = ("--comment", "よい課程です。", "--dir", str(folder / "endorser"))
    return run(["endorse", *words, "--output", str(folder / name), *more])


def issued(folder: Path, *names: str) -> int:
    carried = [part for name in names for part in ("--endorsement", str(folder / name))]
    where = ("--dir", str(folder / "issuer"), "--out", str(folder / "out"), "--format", "open-badges-3")
    given = ("--rows", str(folder / "rows.csv"), "--achievement", str(folder / "achievement.json"))
    return run(["issue", *given, *where, *carried])


@pytest.mark.parametrize("form", ["jwt", "json"])
def test_an_endorsement_is_carried_and_shown_with_its_own_verdict(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert endorsed(folder, "word", "--achievement", str(folder / "achievement.json"), "--as", form) == 0
    assert issued(folder, "word") == 0
    (badge,) = (folder / "out").iterdir()
    capsys.readouterr()
    documents = str(folder / "issuer" / "documents")
    assert run(["verify", str(badge), "--offline", "--documents", documents, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    (word,) = told["carried"]
    assert (word["headline"], word["issuer"]["name"]) == ("Valid", "endorser")
    assert word["credential"]["achievement"]["id"] == ACHIEVEMENT["id"]
    assert word["credential"]["achievement"]["description"] == {"und": "よい課程です。"}


def test_an_endorsement_of_something_else_or_a_forged_one_is_not_carried(folder: Path) -> None:
    assert endorsed(folder, "other", "urn:uuid:another") == 0
    assert issued(folder, "other") == 1
    assert endorsed(folder, "word", "--achievement", str(folder / "achievement.json"), "--as", "json") == 0
    text = (folder / "word").read_text("utf-8")
    (folder / "forged").write_text(text.replace("よい課程です", "最高の課程です"), "utf-8")
    assert issued(folder, "forged") == 1
    assert not (folder / "out").exists() or not list((folder / "out").iterdir())
    assert issued(folder, "word") == 0


@pytest.mark.parametrize(
    "more", [(), ("urn:uuid:a", "--achievement", "x.json"), ("urn:uuid:a", "--valid-until", "soon")]
)
def test_what_is_endorsed_is_said_once(folder: Path, more: tuple[str, ...]) -> None:
    assert endorsed(folder, "word", *more) == 64


def test_an_endorsement_may_have_an_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert endorsed(folder, "word", "urn:uuid:a", "--valid-until", "2030-03-31") == 0
    capsys.readouterr()
    for moment, headline in (
        ("2030-03-31T12:00:00Z", "Valid"),
        ("2030-04-01T00:00:00Z", "Valid, but expired"),
    ):
        run(["verify", str(folder / "word"), "--offline", "--at", moment, "--json"])
        assert json.loads(capsys.readouterr().out)["headline"] == headline
