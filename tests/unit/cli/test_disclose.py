# SPDX-License-Identifier: Apache-2.0
"""Showing a part at the command line: wrong usage and unfit files are told, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gakusho.cli.main import run


@pytest.mark.parametrize(
    "options",
    [(), ("--list", "--show", "/evidence"), ("--show", "/evidence", "--json")],
    ids=["neither", "both", "two outputs"],
)
def test_wrong_usage_is_64(options: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "badge.json"
    file.write_bytes(b"{}")
    assert run(["disclose", str(file), *options]) == 64


def test_a_file_that_is_not_there_is_64(tmp_path: Path) -> None:
    assert run(["disclose", str(tmp_path / "nothing"), "--list"]) == 64


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"?", "unknown-format"),
        (b'{"type": ["VerifiableCredential"], "@context": [], "proof": {}}', "not-selective"),
    ],
)
def test_what_cannot_be_shown_in_part_is_refused(
    data: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, output = tmp_path / "file", tmp_path / "shown"
    file.write_bytes(data)
    assert run(["disclose", str(file), "--show", "/x", "--output", str(output), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert not output.exists()
