# SPDX-License-Identifier: Apache-2.0
"""A process that runs the durable jobs, with its clock ahead, until no document is to be raised."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from tests.fakes.copies import PUBLIC_URL, SECRET

from gakusho.issuer import archive
from gakusho.issuer.desk import STEPS
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.jobs import Jobs
from gakusho.store.mailers import InboxMailer
from gakusho.store.tables_documents import LastingDocument
from gakusho.store.work import Workplace


def main() -> None:
    """Run until done; begun by a test, which may kill it."""
    url, files, minutes = sys.argv[1:4]
    run(
        Workplace(database=Database(url), files=Files(files), secret=SECRET, public_url=PUBLIC_URL),
        int(minutes),
    )


def run(place: Workplace, minutes: int) -> None:
    """Run the jobs until nothing is left to be raised, with the clock so far ahead."""
    jobs = Jobs(
        place.at(lambda: datetime.now(UTC) + timedelta(minutes=minutes)),
        steps=STEPS,
        mailer=InboxMailer(),
        sweep_seconds=0.05,
    )
    jobs.start()
    left = select(LastingDocument.award_id).where(archive.to_raise()).limit(1)
    while True:
        with place.work(read_only=True) as work:
            if work.session.scalar(left) is None:
                break
        time.sleep(0.05)
    jobs.stop()
