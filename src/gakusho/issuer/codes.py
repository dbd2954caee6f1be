# SPDX-License-Identifier: Apache-2.0
"""Verification codes (確認番号) and links of papers, as the institution sees and withdraws them."""

from __future__ import annotations

from gakusho.errors import InputError, NotFoundError
from gakusho.issuer._award_rows import row_of_award
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.model import verification_code
from gakusho.store import paper_links
from gakusho.store.paper_links import PaperLinkView
from gakusho.store.work import Work


def opened_by(work: Work, typed: str) -> str:
    """Give the link's own code that a typed verification code leads to: both open the same page.

    Raises:
        InputError: mistyped; told without looking anything up (``code-mistyped``).
        NotFoundError: no paper has this code (``no-code``).
    """
    code = read(typed)
    found = paper_links.verify_code_of(work, code)
    if found is None:
        raise NotFoundError("No paper has this verification code.", code="no-code")
    return found


def read(typed: str) -> str:
    """Give a typed code as it is kept. Raises: InputError where a character is wrong or missing."""
    code = verification_code.read(typed)
    if code is None:
        raise InputError(
            "The verification code is mistyped.",
            code="code-mistyped",
            facts={"expected": verification_code.LENGTH},
            action="Compare it with the paper, character by character.",
        )
    return code


def paper_link(work: Work, award_id: str) -> PaperLinkView:
    """Give how it stands with the link and the code of an award's paper."""
    return paper_links.paper_links(work, [award_id]).get(award_id, PaperLinkView())


def withdraw_link(work: Work, actor: Actor, award_id: str) -> None:
    """Let link and code of a paper open nothing any more; the award itself holds as before.

    Raises: ForbiddenError, NotFoundError.
    """
    _set(work, actor, award_id, withdrawn=True)


def restore_link(work: Work, actor: Actor, award_id: str) -> None:
    """Let them open the page again. Raises: ForbiddenError, NotFoundError, ConflictError (the holder's)."""
    _set(work, actor, award_id, withdrawn=False)


def _set(work: Work, actor: Actor, award_id: str, *, withdrawn: bool) -> None:
    require(actor, Role.APPROVE, Role.ADMINISTER)
    row = row_of_award(work, actor.institution_id, award_id)
    if paper_links.set_withdrawn(work, row, paper_links.INSTITUTION, withdrawn=withdrawn):
        record(work, actor, "paper-link.withdraw" if withdrawn else "paper-link.restore", award_id, {})
