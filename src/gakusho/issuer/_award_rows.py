# SPDX-License-Identifier: Apache-2.0
"""An award in the database, found for whoever may see it."""

from __future__ import annotations

from gakusho.errors import NotFoundError
from gakusho.store.tables import AwardRow
from gakusho.store.work import Work


def row_of_award(work: Work, institution_id: str, award_id: str, *, lock: bool = False) -> AwardRow:
    """Give the kept award if it is the institution's. Raises: NotFoundError."""
    row = work.session.get(AwardRow, award_id, with_for_update=lock or None)
    if row is None or row.institution_id != institution_id:
        raise not_there(award_id)
    return row


def not_there(wanted: str) -> NotFoundError:
    """Give the error for an award that is not there, or is not to be seen."""
    return NotFoundError("There is no such award.", facts={"got": wanted[:60]})
