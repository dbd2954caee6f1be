# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random points of a batch on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.journey.kill.test_kill import survives


def test_a_batch_survives_twenty_kills(tmp_path: Path) -> None:
    survives("postgresql", tmp_path)
