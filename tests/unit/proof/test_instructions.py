# SPDX-License-Identifier: Apache-2.0
"""The gate on instructions closes when a canonicalization takes more of them, and only then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tools import instructions


@pytest.mark.parametrize(("count", "ended"), [(300.0, 0), (308.9, 0), (309.2, 1), (200.0, 0)])
def test_more_than_three_percent_above_the_kept_ratio_fails(
    count: float, ended: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps({"open_badge_3": 0.3}))
    monkeypatch.setattr(instructions, "KEPT", kept)
    monkeypatch.setattr(instructions, "measured", lambda: {"reference": 1000.0, "open_badge_3": count})
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/valgrind")
    monkeypatch.setattr("sys.argv", ["tools/instructions.py"])
    assert instructions.main() == ended


def test_every_work_that_is_counted_does_something() -> None:
    found = instructions.works()
    assert set(found) == {"nothing", "reference", *json.loads(instructions.KEPT.read_text())}
    assert "did:" in str(found["open_badge_3"]())
    assert len(str(found["reference"]())) == 64
