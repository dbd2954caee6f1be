# SPDX-License-Identifier: Apache-2.0
"""The README's one screen does what it says, and its Python runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from gakusho.cli.main import run

ROOT = Path(__file__).parents[3]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [code for kind, code in _FENCE.findall(page.read_text("utf-8")) if kind == language]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has the checkout's docs, and is the working directory."""
    (tmp_path / "docs").symlink_to(ROOT / "docs", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAKUSHO_LANG", "en")
    monkeypatch.delenv("GAKUSHO_PASSPHRASE", raising=False)
    return tmp_path


def commands(page: Path) -> list[list[str]]:
    lines = "".join(blocks(page, "")).splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("gakusho ")]


def test_the_readme_reaches_a_verified_credential_and_takes_it_back(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = commands(ROOT / "README.md")
    assert [words[0] for words in shown] == ["init", "issue", "verify", "revoke"]
    promised = next(block for block in blocks(ROOT / "README.md", "") if block.startswith("✓"))
    for words in shown[:3]:
        capsys.readouterr()
        assert run(words) == 0
    assert capsys.readouterr().out.startswith(promised)
    guide = ROOT / "docs" / "guide" / "developer.md"
    for words in commands(guide):
        assert run(words) == 0
    for page in (ROOT / "README.md", guide):
        for code in blocks(page, "python"):
            exec(compile(code, str(page), "exec"), {})  # what the reader would type
    assert "Valid 青葉 みなと" in capsys.readouterr().out
    badge = checkout / "demo" / "out" / "2026-0001.json"
    genuine = badge.read_bytes()
    badge.write_bytes(genuine.replace("青葉".encode(), "赤葉".encode()))
    offline = ["--offline", "--documents", "demo/documents"]
    assert run(["verify", str(badge), *offline]) == 1
    assert "✗ Not genuine" in capsys.readouterr().out
    badge.write_bytes(genuine)
    assert run(shown[3]) == 0
    assert run(["verify", str(badge), *offline]) == 1
    assert "✗ Revoked" in capsys.readouterr().out
