# SPDX-License-Identifier: Apache-2.0
"""kill -9 while documents are raised: each is as it was or has its update; the next start does the rest."""

from __future__ import annotations

import os
import signal
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.fakes.copies import copy
from tests.fakes.desk import a_desk, approved, issue_all, learners
from tests.fakes.forked import Forked
from tests.journey.kill import archive_worker

from gakusho.errors import UnreachableError
from gakusho.fetch import MemoryFetcher
from gakusho.formats import Lasts, formats
from gakusho.issuer import _timestamping, levels, publication
from gakusho.issuer.choices import Choices
from gakusho.model.report import Outcome
from gakusho.store.tables import SealedRow
from gakusho.store.tables_documents import DocumentRevision, LastingDocument
from gakusho.store.work import Workplace
from gakusho.verifier.verify import Inquiry

PDF, COUNT = "signed-pdf", 4
PAGES = Choices(formats=("open-badges-3", PDF), awarded_on=date(2026, 3, 25), notify=False)


class Away:
    """An authority that does not answer."""

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Give none."""
        raise UnreachableError("The authority is away.", code="timestamp")


def signed_while_the_authority_was_away(place: Workplace) -> None:
    desk = a_desk(place)
    with place.work() as work:
        levels.choose(work, desk.administrator, level="B-LTA", authority=levels.STAND_IN, grace="raise")
        batch = approved(work, desk, learners(COUNT), choices=PAGES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_timestamping, "stand_in", lambda *_: Away())
        assert issue_all(place, batch.id) == COUNT


def documents(place: Workplace) -> dict[str, bytes]:
    with place.work(read_only=True) as work:
        rows = work.session.scalars(select(SealedRow).where(SealedRow.format == PDF))
        return {row.award_id: row.data or work.files.get(row.file or "") for row in rows}


def raised(place: Workplace) -> int:
    with place.work(read_only=True) as work:
        return work.session.scalar(select(func.count()).where(LastingDocument.level == "B-LTA")) or 0


def test_raising_survives_a_kill(tmp_path: Path) -> None:
    copied = copy("sqlite", tmp_path, signed_while_the_authority_was_away)
    place = copied.open()
    before = documents(place)
    first = Forked(archive_worker.main, [copied.url, str(copied.files), "6"])
    while raised(place) == 0:
        assert first.poll() is None, first.communicate()[1].decode()[-2000:]
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    middle = raised(place)
    assert 0 < middle < COUNT, "it was killed in the middle"
    archive_worker.run(place, 17)
    assert raised(place) == COUNT
    form: object = formats()[PDF]
    assert isinstance(form, Lasts)
    after = documents(place)
    for award_id, data in after.items():
        assert data.startswith(before[award_id])
        assert len(form.stamps(data)) == 2, "raised once"
    with place.work() as work:
        assert work.session.scalar(select(func.count()).select_from(DocumentRevision)) == 2 * COUNT
        award_id = min(after)
        at_hand = publication.documents_of(work, [award_id])
        now = max(stamp.time for data in after.values() for stamp in form.stamps(data))
        report = Inquiry(now=now, fetcher=MemoryFetcher(at_hand, now=lambda: now)).verify(after[award_id])
        assert report.outcome is Outcome.VALID
    place.database.close()
