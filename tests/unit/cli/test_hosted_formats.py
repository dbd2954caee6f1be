# SPDX-License-Identifier: Apache-2.0
"""A folder cannot answer for badges that live on a host, and says so before anything is signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gakusho.cli.main import run

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def test_a_hosted_format_is_refused_at_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, achievement = EXAMPLES / "graduates.csv", EXAMPLES / "achievement.json"
    asked = ["issue", "--rows", str(rows), "--achievement", str(achievement), "--format", "open-badges-2"]
    assert run([*asked, "--dir", str(tmp_path)]) == 64
    assert "gakusho serve" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
