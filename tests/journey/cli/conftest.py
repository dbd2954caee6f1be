# SPDX-License-Identifier: Apache-2.0
"""The command line as programs use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gakusho.cli.main import run


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[dict[str, Any]]]]:
    """Run a command with ``--json`` and give its exit code and what it printed."""

    def asking(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
        code = run([*map(str, arguments), "--json"])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return asking
