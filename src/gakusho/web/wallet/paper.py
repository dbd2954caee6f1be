# SPDX-License-Identifier: Apache-2.0
"""The holder withdraws the link and the code on a paper, or gives them back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.holder import paper
from gakusho.web.auth.session import SignedInPerson, go
from gakusho.web.state import state_of

router = APIRouter(include_in_schema=False)


@router.post("/wallet/c/{award_id}/link/withdraw")
def withdraw(request: Request, person: SignedInPerson, award_id: str) -> Response:
    """Let link and code open nothing any more."""
    with state_of(request).work() as work:
        paper.withdraw(work, person.id, award_id)
    return go(f"/wallet/c/{award_id}#paper-link")


@router.post("/wallet/c/{award_id}/link/restore")
def restore(request: Request, person: SignedInPerson, award_id: str) -> Response:
    """Let them open the page again."""
    with state_of(request).work() as work:
        paper.restore(work, person.id, award_id)
    return go(f"/wallet/c/{award_id}#paper-link")
