# SPDX-License-Identifier: Apache-2.0
"""A server that cannot start says why in words, and ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.fakes.forked import Forked

from gakusho.cli.main import main

SQLITE_HEADER = b"SQLite format 3\x00"


def refused(data: Path, **environment: str) -> str:
    """Run the server until it ends by itself, and give what it said.

    Fails when that is where in the program something arose.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GAKUSHO_")}
    server = Forked(
        main,
        ["serve", "--port", "0", "--data", str(data)],
        environment={**kept, "GAKUSHO_LANG": "en", **environment},
    )
    said = b"".join(server.communicate(timeout=60)).decode()
    assert server.returncode not in {0, 70}, said
    assert "Traceback" not in said
    assert 'File "' not in said
    return said


@pytest.mark.parametrize("mail", ["carrier-pigeon://coop", "smtp://", "smtp://mail.example:587?tls=no"])
def test_a_wrong_mail_server_is_told_in_words(tmp_path: Path, mail: str) -> None:
    assert "mail" in refused(tmp_path, GAKUSHO_MAIL=mail).lower()


@pytest.mark.parametrize("content", [b"no database at all, " * 500, SQLITE_HEADER + b"\xff" * 8000])
def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gakusho.sqlite").write_bytes(content)
    assert "database" in refused(tmp_path, GAKUSHO_MAIL="inbox:").lower()
    assert (tmp_path / "gakusho.sqlite").read_bytes() == content
