# SPDX-License-Identifier: Apache-2.0
"""The page behind the link in a claim mail."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, NotFoundError
from gakusho.holder import claim
from gakusho.issuer import delivery
from gakusho.web.auth.session import current_person, device, go, set_session
from gakusho.web.pages import language_of, render
from gakusho.web.state import state_of
from gakusho.web.verify import clients
from gakusho.web.verify.box import not_found_counted

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])


@router.get("/claim/{token}")
def look(request: Request, token: str) -> Response:
    """Say who sends what to whom and until when; nothing is claimed by looking."""
    _welcome(request)
    with state_of(request).work() as work:
        try:
            view = claim.look(work, token)
            claim.mark_opened(work, token)
        except NotFoundError:
            raise not_found_counted(request) from None
    status = 200 if view.state is claim.ClaimState.OPEN else 410
    return render(request, "wallet/claim.html", {"view": view, "token": token, "sent": False}, status=status)


@router.post("/claim/{token}")
def take(request: Request, token: str) -> Response:
    """Claim what waits for the address, and sign in."""
    _welcome(request)
    try:
        with state_of(request).work() as work:
            claimed = claim.claim(work, token, language=language_of(request), device=device(request))
    except NotFoundError:
        raise not_found_counted(request) from None
    except ConflictError:
        return go(f"/claim/{token}")  # the page says how it stands
    first = claimed.award_ids[0] if len(claimed.award_ids) == 1 else None
    answer = go(f"/wallet/c/{first}?new=1" if first else "/wallet?new=1")
    set_session(request, answer, claimed.session_token)
    return answer


@router.post("/claim/{token}/again")
def again(request: Request, token: str) -> Response:
    """Send a new mail to the address the ended link was sent to; the answer is the same in every case."""
    clients.count(request, "mail")
    state = state_of(request)
    with state.work() as work:
        try:
            view = claim.look(work, token)
        except NotFoundError:
            raise not_found_counted(request) from None
        with suppress(ConflictError):  # whether a mail was due is nobody else's business
            delivery.queue_claims(work, [claim.renewable(work, token)], resent=True)
    state.jobs.deliver()
    return render(request, "wallet/claim.html", {"view": view, "token": token, "sent": True})


def _welcome(request: Request) -> None:
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
