# SPDX-License-Identifier: Apache-2.0
"""The link and the verification code (確認番号) on a credential's paper, for its holder."""

from __future__ import annotations

from gakusho.holder.records import held
from gakusho.store import paper_links
from gakusho.store.paper_links import PaperLinkView
from gakusho.store.work import Work


def paper_link(work: Work, person_id: str, award_id: str) -> PaperLinkView:
    """Give how it stands with the paper of a credential. Raises: NotFoundError: it is not this person's."""
    held(work, person_id, award_id)
    return paper_links.paper_links(work, [award_id]).get(award_id, PaperLinkView())


def withdraw(work: Work, person_id: str, award_id: str) -> None:
    """Let link and code open nothing any more; the credential itself holds. Raises: NotFoundError."""
    row = held(work, person_id, award_id)
    paper_links.set_withdrawn(work, row, paper_links.HOLDER, withdrawn=True)


def restore(work: Work, person_id: str, award_id: str) -> None:
    """Let them open the page again.

    Raises: NotFoundError; ConflictError when the institution withdrew them.
    """
    row = held(work, person_id, award_id)
    paper_links.set_withdrawn(work, row, paper_links.HOLDER, withdrawn=False)
