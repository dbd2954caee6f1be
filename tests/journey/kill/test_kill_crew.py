# SPDX-License-Identifier: Apache-2.0
"""kill -9 of a server whose crew makes transcripts, and of the crew: nothing lost, doubled or left over."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from tests.fakes.forked import Forked
from tests.fakes.processes import gone, lives
from tests.journey.kill.test_kill import Victim, everything_is_there_once, no_mail_went_out_twice, victim_at

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by /proc")
ROWS, COURSES = 48, 5


def test_transcripts_of_a_crew_survive(tmp_path: Path) -> None:
    """Each with a signed PDF and with all its courses.

    First the crew is killed, then the server with it; then two servers start, and one goes on.

    PostgreSQL's turn is in tests/contract/issuer_desk/test_crew.py: starting processes costs most here.
    """
    victim = victim_at(f"sqlite:///{tmp_path / 'gakusho.db'}", tmp_path, rows=ROWS, courses=COURSES)
    server = victim.start(victim.batches[0], processes=2)
    for pid in _some_work_and_the_crew(victim, server):
        os.kill(pid, signal.SIGKILL)
    crew = _some_work_and_the_crew(victim, server)
    os.killpg(server.pid, signal.SIGKILL)
    server.communicate()
    assert victim.work_done()[0] < ROWS
    gone(crew)

    servers = [victim.start(victim.batches[0], name=name, processes=2) for name in ("desk", "another")]
    crews: dict[int, set[int]] = {server.pid: set() for server in servers}
    while any(server.poll() is None for server in servers):
        for server in servers:
            crews[server.pid] |= set(_children(server.pid))
        time.sleep(0.02)
    for server in servers:
        _, errors = server.communicate()
        assert server.returncode == 0, errors.decode()[-3000:]
    assert sorted(len(each) for each in crews.values()) == [0, 2], "the batch was taken by both"
    everything_is_there_once(victim, set())
    no_mail_went_out_twice(victim)
    victim.place.database.close()


def _some_work_and_the_crew(victim: Victim, server: Forked) -> list[int]:
    """Wait until the server kept something more that its crew made, and give the crew's processes."""
    before = victim.work_done()[0]
    while victim.work_done()[0] == before:
        assert server.poll() is None, server.communicate()[1].decode()[-3000:]
        time.sleep(0.03)
    while len(found := [pid for pid in _children(server.pid) if lives(pid)]) < 2:
        time.sleep(0.03)
    return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(each) for task in tasks for each in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
