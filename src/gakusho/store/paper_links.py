# SPDX-License-Identifier: Apache-2.0
"""The links and codes that stand on papers: drawn, looked up, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gakusho.errors import ConflictError
from gakusho.model import verification_code
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import AwardRow
from gakusho.store.tables_paper import PaperLink
from gakusho.store.work import Work

HOLDER, INSTITUTION = "holder", "institution"


@dataclass(frozen=True, kw_only=True)
class PaperLinkView:
    """How it stands with the ways from a paper to its page."""

    code: str | None = None
    """The verification code as it is printed; None where the paper has none."""
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    """``holder`` or ``institution``; who withdrew them may give them back."""


def unused_codes(work: Work, count: int) -> list[str]:
    """Give so many new codes that no paper has, each as it is kept."""
    drawn: set[str] = set()
    while len(drawn) < count:
        some = {verification_code.new_code() for _ in range(count - len(drawn))}
        taken = work.session.scalars(select(PaperLink.code).where(PaperLink.code.in_(some)))
        drawn |= some - set(taken)
    return sorted(drawn)


def paper_links(work: Work, award_ids: Iterable[str]) -> dict[str, PaperLinkView]:
    """Give how it stands with the papers of these awards, for those of which anything is kept."""
    rows = work.session.scalars(select(PaperLink).where(PaperLink.award_id.in_(list(award_ids))))
    return {
        row.award_id: PaperLinkView(
            code=verification_code.printed(row.code) if row.code else None,
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=row.withdrawn_by,
        )
        for row in rows
    }


def verify_code_of(work: Work, code: str) -> str | None:
    """Give the link's own code of the paper with this verification code, or None where there is no such."""
    query = select(AwardRow.verify_code).join(PaperLink, PaperLink.award_id == AwardRow.id)
    return work.session.scalar(query.where(PaperLink.code == code))


def set_withdrawn(work: Work, award: AwardRow, by: str, *, withdrawn: bool) -> bool:
    """Withdraw link and code of a paper, or give them back; tell whether that changed anything.

    Raises: ConflictError for giving back what the other side withdrew.
    """
    empty = {"award_id": award.id, "institution_id": award.institution_id}
    insert_if_absent(work.session, PaperLink, empty)
    row = work.session.get_one(PaperLink, award.id, with_for_update=True, populate_existing=True)
    if (row.withdrawn_at is not None) == withdrawn:
        return False
    if not withdrawn and row.withdrawn_by != by:
        raise ConflictError(
            "The link of this paper was withdrawn by somebody else.",
            code="paper-link-other",
            facts={"got": row.withdrawn_by or "", "expected": by},
        )
    row.withdrawn_at, row.withdrawn_by = (work.now, by) if withdrawn else (None, None)
    work.session.flush()
    return True
