# SPDX-License-Identifier: Apache-2.0
"""Transcripts from a table with one row a course: issued into a folder, verified, and revoked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
ROWS, ACHIEVEMENT = EXAMPLES / "courses.csv", EXAMPLES / "achievement.json"
Ask = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def issuer(tmp_path: Path, ask: Ask) -> Path:
    folder = tmp_path / "issuer"
    assert ask("init", "--name", "朝凪大学", "--did", "did:web:asanagi.example", "--dir", folder)[0] == 0
    return folder


def issue(ask: Ask, folder: Path, *more: str | Path, rows: Path = ROWS) -> tuple[int, dict[str, Any]]:
    place = ("--dir", folder, "--out", folder / "out")
    code, told = ask("issue", "--rows", rows, "--achievement", ACHIEVEMENT, *place, *more)
    return code, told[0]


def test_each_learner_gets_one_record_of_all_their_courses(issuer: Path, ask: Ask) -> None:
    code, told = issue(ask, issuer, "--format", "clr-2")
    assert (code, told["counts"]["rows"], told["counts"]["ready"]) == (0, 2, 2)
    files = [Path(file) for each in told["issued"] for file in each["files"]]
    record = json.loads(files[0].read_bytes())
    assert record["type"] == ["VerifiableCredential", "ClrCredential"]
    assert record["partial"] is False
    code, reports = ask("verify", *files, "--offline", "--documents", issuer / "documents")
    assert (code, [each["headline"] for each in reports]) == (0, ["Valid", "Valid"])
    inside = [each["credential"]["achievement"]["name"] for each in reports[0]["carried"]]
    assert [name["ja"].split(" / ")[0] for name in inside] == [
        "学士（工学）",
        "線形代数",
        "情報倫理",
        "卒業研究",
    ]
    assert ask("revoke", "2026-0001", "--reason", "誤記", "--dir", issuer)[0] == 0
    code, reports = ask("verify", *files, "--offline", "--documents", issuer / "documents")
    assert [each["headline"] for each in reports] == ["Revoked", "Valid"]
    assert {each["headline"] for each in reports[0]["carried"]} == {"Revoked"}


def test_a_record_stands_beside_the_badge_and_in_the_pdf(issuer: Path, ask: Ask) -> None:
    formats = ("clr-2", "open-badges-3", "signed-pdf")
    code, told = issue(ask, issuer, *(part for name in formats for part in ("--format", name)))
    assert code == 0
    files = [Path(file) for file in told["issued"][0]["files"]]
    assert len(files) == 3
    code, reports = ask("verify", *files, "--offline", "--documents", issuer / "documents")
    assert (code, [each["headline"] for each in reports]) == (0, ["Valid"] * 3)
    assert sorted(each["format"] for each in reports) == sorted(formats)


def test_nothing_is_issued_while_a_row_is_wrong_or_the_courses_have_no_place(
    issuer: Path, ask: Ask, tmp_path: Path
) -> None:
    spoiled = tmp_path / "spoiled.csv"
    text = ROWS.read_text("utf-8").replace("CS110,情報倫理,Information Ethics,2,優", "CS110,情報倫理,,二,優")
    spoiled.write_text(text, "utf-8")
    code, told = issue(ask, issuer, "--format", "clr-2", "--dry-run", rows=spoiled)
    assert code != 0
    assert [(each["code"], each["row"], each["column"]) for each in told["problems"]] == [
        ("not-a-number", 3, "単位数"),
        ("not-a-number", 6, "単位数"),
    ]
    assert (told["counts"]["rows"], told["counts"]["errors"], told["counts"]["ready"]) == (2, 2, 0)
    code, told = issue(ask, issuer, "--format", "open-badges-3", "--dry-run")
    assert code != 0
    assert [each["code"] for each in told["problems"]] == ["courses-unsaid"]
