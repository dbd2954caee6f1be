# SPDX-License-Identifier: Apache-2.0
"""A process that runs the durable jobs until a batch is issued and its mails are sent; made to be killed.

Every mail it hands over is one line in a file, written to the disk before the hand-over counts: what a
mail server would have got.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from gakusho.issuer import batches, issuing
from gakusho.issuer.crew import Crew
from gakusho.issuer.desk import STEPS, Desk
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.jobs import Jobs
from gakusho.store.mailers import Letter
from gakusho.store.work import Workplace


class LineMailer:
    """Writes each mail's id into a file."""

    keeps = False

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def send(self, letter: Letter) -> None:
        """Write the line."""
        os.write(self._file, f"{letter.message_id} {letter.recipient}\n".encode())


def main() -> None:
    """Run until done, and say so with the exit code 0."""
    url, folder, institution_id, batch_id, name, processes = sys.argv[1:7]
    place = Workplace(
        database=Database(url),
        files=Files(f"{folder}/files"),
        secret=Path(folder, "secret").read_bytes(),
        public_url="https://desk.sakura.example",
    )
    issuing.WORTH_A_CREW, issuing.CREW_CHUNK = 1, 20  # small batches are enough to be killed at
    issuing.PAGES_WORTH_A_CREW, issuing.PAGE_CHUNK = 1, 4
    crew = Crew(int(processes))
    jobs = Jobs(
        place,
        steps=Desk(crew),
        mailer=LineMailer(Path(folder, "mails")),
        worker=name,
        sweep_seconds=0.5,
        stale_seconds=3 if crew.processes == 1 else 60,  # a crew's processes have to start first
    )
    jobs.start()
    Path(folder, "started").touch()
    jobs.issue(batch_id)
    while True:
        with place.work(read_only=True) as work:
            now = batches.progress(work, institution_id, batch_id)
            due = STEPS.mail_due(work)
        if now.failure:
            sys.exit(f"failed: {now.failure}")
        if now.state == "issued" and not due:
            break
        time.sleep(0.1)
    jobs.stop()
    crew.close()
