# SPDX-License-Identifier: Apache-2.0
"""API tokens: made, shown once, ended."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from gakusho.errors import GakushoError, InputError
from gakusho.issuer import tokens
from gakusho.issuer.access import Role, require
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/tokens")

LIVES = ("90", "365", "")
"""Days; empty: without an end."""


@router.get("")
def tokens_page(request: Request, seat: Member) -> Response:
    """List the tokens."""
    return _page(request, seat, None)


@router.post("")
def create(request: Request, seat: Member, form: Form) -> Response:
    """Make a token and show it, this once; it is nowhere kept, so no redirect can carry it."""
    days = desk.text(form, "days", limit=4)
    try:
        label = desk.text(form, "label", limit=100)
        scopes = desk.texts(form, "scopes")
        with state_of(request).work() as work:
            end = work.now + timedelta(days=int(days)) if days in LIVES and days else None
            secret, _ = tokens.create_token(work, seat.actor, label, scopes, end)
    except InputError as error:
        return _page(request, seat, form, error=error)
    return _page(request, seat, None, secret=secret)


@router.post("/revoke")
def revoke(request: Request, seat: Member, form: Form) -> Response:
    """End a token at once."""
    with state_of(request).work() as work:
        tokens.revoke_token(work, seat.actor, an_id(desk.text(form, "id", limit=40)))
    return go(f"/console/{seat.institution.slug}/settings/tokens?done=token-revoked")


def _page(
    request: Request,
    seat: Seat,
    form: FormData | None,
    *,
    secret: str | None = None,
    error: GakushoError | None = None,
) -> Response:
    require(seat.actor, Role.ADMINISTER)
    state = state_of(request)
    with state.work(read_only=True) as work:
        found = tokens.tokens(work, seat.institution.id)
        now = work.now
    context = {
        "tokens": found,
        "now": now,
        "secret": secret,
        "scopes": tokens.SCOPES,
        "lives": LIVES,
        "given": {
            "label": desk.text(form, "label")[:100] if form else "",
            "scopes": desk.texts(form, "scopes") if form else ("batches:read", "awards:read"),
            "days": desk.text(form, "days")[:4] if form else "90",
        },
    }
    return page(request, seat, "console/tokens.html", context, error=error)
