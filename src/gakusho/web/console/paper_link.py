# SPDX-License-Identifier: Apache-2.0
"""The institution withdraws the link and the code on a paper, or gives them back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.issuer import codes
from gakusho.web.auth.session import Member, go
from gakusho.web.console.desk import an_id
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/records/{id}/link")


@router.post("/withdraw")
def withdraw(request: Request, seat: Member, id: str) -> Response:  # noqa: A002  # the name in the address
    """Let link and code open nothing any more."""
    with state_of(request).work() as work:
        codes.withdraw_link(work, seat.actor, an_id(id))
    return go(f"/console/{seat.institution.slug}/records/{an_id(id)}?done=link-withdrawn")


@router.post("/restore")
def restore(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Let them open the page again."""
    with state_of(request).work() as work:
        codes.restore_link(work, seat.actor, an_id(id))
    return go(f"/console/{seat.institution.slug}/records/{an_id(id)}?done=link-restored")
