# SPDX-License-Identifier: Apache-2.0
"""Issue numbers (文書発行番号) for what is issued one at a time."""

from __future__ import annotations

from sqlalchemy import select

from gakusho.errors import ConflictError
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import AwardRow
from gakusho.store.tables_kiosk import IssueNumberSeries
from gakusho.store.work import Work

_TRIES = 1_000


def next_numbers(work: Work, institution_id: str, series: str, count: int) -> list[str]:
    """Give so many numbers of a series (``K2026-000001``) that no award of the institution has.

    Raises: ConflictError when another way of issuing uses up the same series.
    """
    start = {"institution_id": institution_id, "series": series, "next_number": 1}
    insert_if_absent(work.session, IssueNumberSeries, start)
    row = work.session.get_one(
        IssueNumberSeries, (institution_id, series), with_for_update=True, populate_existing=True
    )
    found: list[str] = []
    for _ in range(_TRIES):
        missing = count - len(found)
        if not missing:
            break
        candidates = [f"{series}-{number:06}" for number in range(row.next_number, row.next_number + missing)]
        row.next_number += missing
        query = select(AwardRow.issue_number).where(
            AwardRow.institution_id == institution_id, AwardRow.issue_number.in_(candidates)
        )
        taken = set(work.session.scalars(query))
        found += [each for each in candidates if each not in taken]
    if len(found) < count:
        raise ConflictError(
            "The numbers of this series are in use elsewhere.",
            code="number-series",
            action="Choose another beginning of the machines' issue numbers.",
            facts={"got": series},
        )
    work.session.flush()
    return found
