# SPDX-License-Identifier: Apache-2.0
"""Every format a folder can issue, issued, verified and revoked; and a part of a credential shown."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gakusho.formats import formats

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
ROWS, ACHIEVEMENT = EXAMPLES / "graduates.csv", EXAMPLES / "achievement.json"
IN_PART = ("open-badges-3-sd", "sd-jwt-vc", "vc-sd-jwt")
OTHERS = sorted(set(formats()) - {*IN_PART, "open-badges-2", "signed-pdf"})
Ask = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def issuer(tmp_path: Path, ask: Ask) -> Path:
    folder = tmp_path / "issuer"
    named = ("--name", "朝凪大学", "--email", "registrar@asanagi.example")
    assert ask("init", *named, "--did", "did:web:asanagi.example", "--dir", folder)[0] == 0
    return folder


def issue(ask: Ask, folder: Path, *names: str, out: str = "out") -> list[Path]:
    """Issue in these formats and give the files of the first award."""
    chosen = [option for name in names for option in ("--format", name)]
    place = ("--dir", folder, "--out", folder / out)
    code, (told,) = ask("issue", "--rows", ROWS, "--achievement", ACHIEVEMENT, *place, *chosen)
    assert code == 0, told
    return [Path(file) for file in told["issued"][0]["files"]]


def verify(ask: Ask, folder: Path, *files: str | Path) -> list[dict[str, Any]]:
    return ask("verify", *files, "--offline", "--documents", folder / "documents")[1]


def test_what_is_not_to_be_shown_in_part_verifies_as_issued_and_is_revoked_in_all_formats(
    issuer: Path, ask: Ask
) -> None:
    files = issue(ask, issuer, *OTHERS)
    assert len(files) == len(OTHERS)
    reports = verify(ask, issuer, *files)
    assert sorted(each["format"] for each in reports) == OTHERS
    assert {each["headline"] for each in reports} == {"Valid"}
    assert ask("revoke", "2026-0001", "--reason", "誤記", "--dir", issuer)[0] == 0
    assert {each["headline"] for each in verify(ask, issuer, *files)} == {"Revoked"}
    assert ask("keys", "rotate", "credential", "--dir", issuer)[0] == 0
    later = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    (other,) = verify(ask, issuer, issuer / "out" / "2026-0002.jws", "--at", later)
    assert other["headline"] == "Valid", "the old key stays listed where badges of 2.0 are looked up"


def test_the_degree_is_shown_and_the_grade_is_not(issuer: Path, ask: Ask, tmp_path: Path) -> None:
    for file in issue(ask, issuer, *IN_PART):
        _, (listed,) = ask("disclose", file, "--list")
        hidden = [each["pointer"] for each in listed["parts"] if "3.41" in each["value"]]
        assert hidden, f"the grade cannot be held back in {file}"
        student = next(each["pointer"] for each in listed["parts"] if each["value"] == "22A0001")
        shown = tmp_path / f"shown{file.suffix}"
        assert ask("disclose", file, "--show", student, "--output", shown)[0] == 0
        (report,) = verify(ask, issuer, shown)
        assert report["headline"] == "Valid", report
        assert report["credential"]["learner"]["student_number"] == "22A0001"
        assert report["credential"]["results"] == []
        forged = tmp_path / f"forged{file.suffix}"
        forged.write_bytes(_with_a_letter_changed(shown.read_bytes()))
        assert verify(ask, issuer, forged)[0]["headline"] != "Valid"


def _with_a_letter_changed(data: bytes) -> bytes:
    if b"22A0001" in data:
        return data.replace(b"22A0001", b"22A0009")
    middle = data.index(b".") + 40  # in the signed part of a token
    return data[:middle] + (b"A" if data[middle : middle + 1] != b"A" else b"B") + data[middle + 1 :]


def test_a_copy_made_to_choose_from_is_not_taken_for_a_shown_one(issuer: Path, ask: Ask) -> None:
    (file,) = issue(ask, issuer, "open-badges-3-sd")
    assert verify(ask, issuer, file)[0]["outcome"] == "unknown"


def test_the_key_for_parts_is_made_at_first_need_and_rotated_like_the_others(issuer: Path, ask: Ask) -> None:
    def purposes() -> list[tuple[str, bool]]:
        _, (told,) = ask("keys", "list", "--dir", issuer)
        return [(each["purpose"], each["retired_at"] is None) for each in told["keys"]]

    issue(ask, issuer, "open-badges-3")
    assert ("disclosure", True) not in purposes()
    (issuer / "issued.jsonl").write_bytes(b"")
    (old,) = issue(ask, issuer, "open-badges-3-sd", out="old")
    assert purposes().count(("disclosure", True)) == 1
    assert ask("keys", "rotate", "disclosure", "--dir", issuer)[0] == 0
    assert [active for purpose, active in purposes() if purpose == "disclosure"] == [False, True]
    (issuer / "issued.jsonl").write_bytes(b"")
    (new,) = issue(ask, issuer, "sd-jwt-vc", out="new")
    shown, later = issuer / "shown.json", f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    _, (listed,) = ask("disclose", old, "--list")
    ask("disclose", old, "--show", listed["parts"][0]["pointer"], "--output", shown)
    reports = verify(ask, issuer, shown, new, "--at", later)
    assert [each["headline"] for each in reports] == ["Valid", "Valid"]
    did = json.loads((issuer / "documents/asanagi.example/.well-known/did.json").read_bytes())
    ids = [method["id"].partition("#")[2] for method in did["verificationMethod"]]
    assert ids == ["credential-1", "disclosure-1", "disclosure-2", "document-1"]


def test_an_issuer_with_one_key_says_which_formats_it_cannot_write(tmp_path: Path, ask: Ask) -> None:
    assert ask("init", "--name", "x", "--dir", tmp_path)[0] == 0
    given = ("--rows", ROWS, "--achievement", ACHIEVEMENT, "--dir", tmp_path, "--out", tmp_path / "out")
    code, (told,) = ask("issue", *given, "--format", "open-badges-3-sd")
    assert (code, told["error"]["code"]) == (1, "key-kind")
    assert not (tmp_path / "out").exists()
    assert ask("keys", "rotate", "disclosure", "--dir", tmp_path)[0] == 1
    assert issue(ask, tmp_path, "sd-jwt-vc"), "which an Ed25519 key can sign"


def test_a_token_can_be_pasted(issuer: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in issue(ask, issuer, "vc-jwt", "sd-jwt-vc"):
        pasted = b"\n  " + file.read_bytes() + b"\r\n"
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(pasted)))
        (report,) = verify(ask, issuer, "-")
        assert report["headline"] == "Valid"
