# SPDX-License-Identifier: Apache-2.0
"""Issuing and verifying need no web framework and no database: what ``[server]`` adds is not touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
SERVER_ONLY = (
    "sqlalchemy",
    "fastapi",
    "starlette",
    "dbos",
    "psycopg",
    "jinja2",
    "alembic",
    "uvicorn",
    "babel",
)

BLOCK = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {SERVER_ONLY!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
"""


@pytest.mark.parametrize(
    "modules",
    [
        "gakusho.library",
        "gakusho.verifier.presentation",
        "gakusho.cli.verify",
        "gakusho.cli.init, gakusho.cli.issue, gakusho.cli.revoke, gakusho.cli.keys",
        "gakusho.issuer.table, gakusho.issuer.rows, gakusho.issuer.papers, gakusho.issuer.matching",
        "gakusho.issuer.compose, gakusho.issuer.issue, gakusho.issuer.problem_sentences",
    ],
)
def test_it_runs_where_the_server_is_not_installed(modules: str) -> None:
    program = f"{BLOCK}\nimport {modules}\nfrom gakusho import verify, issue\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_credential_is_issued_and_verified_where_the_server_is_not_installed(tmp_path: Path) -> None:
    program = f"""{BLOCK}
from gakusho.cli.main import run
folder = {str(tmp_path / "issuer")!r}
examples = {str(EXAMPLES)!r}
for command in (
    ["init", "--name", "あおば大学", "--dir", folder],
    ["issue", "--dir", folder, "--rows", f"{{examples}}/graduates.csv", "--achievement",
     f"{{examples}}/achievement.json", "--out", f"{{folder}}/out"],
    ["verify", "--offline", "--documents", f"{{folder}}/documents", f"{{folder}}/out/2026-0001.pdf"],
):
    assert run(command) == 0, command
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
