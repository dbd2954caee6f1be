# SPDX-License-Identifier: Apache-2.0
"""A university rescues its old badges at the command line before the old platform is switched off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.university import University
from tests.unit.issuer.test_rescue import OLD, old_badge

from gakusho.cli.main import run
from gakusho.fetch import document_path


def test_old_badges_become_new_ones_and_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = University()
    own = old_badge(old)
    folder, saved = tmp_path / "issuer", tmp_path / "saved"
    for address, data in old.documents.items():
        if address.startswith(OLD):
            file = saved / document_path(address)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    (tmp_path / "own.json").write_bytes(own)
    (tmp_path / "forged.json").write_bytes(own.replace(b"2019-03-20", b"2009-03-20"))
    (tmp_path / "learners.csv").write_text("name,email\n髙橋 花子,Hanako@students.aoba.example\n", "utf-8")
    assert run(["init", "--name", "青葉大学", "--did", "did:web:aoba.example", "--dir", str(folder)]) == 0
    asked = ["--dir", str(folder), "--out", str(tmp_path / "new"), "--offline", "--documents", str(saved)]
    asked += ["--learners", str(tmp_path / "learners.csv"), "--own", "badges.aoba.example", "--json"]
    capsys.readouterr()
    assert run(["rescue", str(tmp_path / "own.json"), str(tmp_path / "forged.json"), *asked]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [each["was"] for each in told["rescued"]] == [f"{OLD}/assertions/1"]
    assert [each["code"] for each in told["refused"]] == ["rescue-not-valid"]
    written = sorted((tmp_path / "new").iterdir())
    assert {each.suffix for each in written} == {".json", ".png"}
    verify = ["verify", *map(str, written), "--offline", "--documents", str(folder / "documents"), "--json"]
    assert run(verify) == 0, "without anything of the old host"
    assert run(["revoke", told["rescued"][0]["award"], "--reason", "test", "--dir", str(folder)]) == 0
    assert run(verify) == 1, "and it can be revoked as any other"
