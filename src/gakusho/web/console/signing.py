# SPDX-License-Identifier: Apache-2.0
"""How the institution's PDFs are signed: the level, the time-stamping authority, the certificate in use."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, GakushoError, InputError, UnreachableError
from gakusho.formats import Level
from gakusho.issuer import archive_state, expiry, levels
from gakusho.issuer.access import Role, require
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, page
from gakusho.web.errors import failure_words
from gakusho.web.pages import language_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/signing")


@router.get("")
def signing_page(request: Request, seat: Member) -> Response:
    """Show how documents are signed."""
    return _shown(request, seat, None)


@router.post("")
def change_signing(request: Request, seat: Member, form: Form) -> Response:
    """Sign documents so from now on, once the authority has given a time-stamp."""
    require(seat.actor, Role.ADMINISTER)
    level = desk.text(form, "level", limit=20)
    authority = desk.text(form, "authority", limit=400)
    if desk.text(form, "stand_in", limit=5):
        authority = levels.STAND_IN
    grace, days = desk.text(form, "grace", limit=20), desk.text(form, "margin_days", limit=10)
    ends = {name: desk.text(form, f"ends-{name}", limit=20) for name in levels.ALGORITHMS}
    given = {"level": level, "authority": authority, "grace": grace, "margin_days": days, "ends": ends}
    try:
        if level != Level.B_B:
            levels.try_out(state_of(request).workplace, seat.institution.id, level=level, authority=authority)
        with state_of(request).work() as work:
            levels.choose(
                work,
                seat.actor,
                level=level,
                authority=authority,
                grace=grace or None,
                margin_days=levels.days_of(days) if days else None,
                algorithm_ends=ends,
            )
    except (InputError, UnreachableError, ConflictError) as error:
        return _shown(request, seat, {**given, "open": True}, error=error)
    return go(f"/console/{seat.institution.slug}/settings/signing?done=saved")


def _shown(
    request: Request,
    seat: Seat,
    given: dict[str, Any] | None,
    *,
    error: GakushoError | None = None,
) -> Response:
    with state_of(request).work(read_only=True) as work:
        now = levels.signing(work, seat.institution.id)
        end = expiry.end(work, seat.institution.id)
        kept = archive_state.state(work, seat.institution.id)
    context = {
        "signing": now,
        "end": end,
        "given": given
        or {
            "level": now.level,
            "authority": now.authority,
            "grace": now.grace,
            "margin_days": now.margin_days,
            "ends": {name: day.isoformat() for name, day in now.algorithm_ends.items()},
        },
        "offered": levels.OFFERED,
        "stand_in": levels.STAND_IN,
        "graces": levels.GRACES,
        "algorithms": levels.ALGORITHMS,
        "archive": kept,
        "archive_problem": failure_words(kept.problem, language_of(request)),
    }
    return page(request, seat, "console/signing.html", context, error=error)
