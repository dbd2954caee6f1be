# SPDX-License-Identifier: Apache-2.0
"""A server that cannot start says why in words, and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SQLITE_HEADER = b"SQLite format 3\x00"


def serve(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the server until it ends by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GAKUSHO_")}
    return subprocess.run(
        [sys.executable, "-m", "gakusho.cli.main", "serve", "--port", "0", "--data", str(data)],
        env={**kept, "GAKUSHO_LANG": "en", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """Give what was said. Fails when it is where in the program something arose."""
    said = answer.stdout + answer.stderr
    assert answer.returncode not in {0, 70}, said
    assert "Traceback" not in said
    assert 'File "' not in said
    return said


@pytest.mark.parametrize("mail", ["carrier-pigeon://coop", "smtp://", "smtp://mail.example:587?tls=no"])
def test_a_wrong_mail_server_is_told_in_words(tmp_path: Path, mail: str) -> None:
    assert "mail" in refused(serve(tmp_path, GAKUSHO_MAIL=mail)).lower()


@pytest.mark.parametrize("content", [b"no database at all, " * 500, SQLITE_HEADER + b"\xff" * 8000])
def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gakusho.sqlite").write_bytes(content)
    assert "database" in refused(serve(tmp_path, GAKUSHO_MAIL="inbox:")).lower()
    assert (tmp_path / "gakusho.sqlite").read_bytes() == content
