# SPDX-License-Identifier: Apache-2.0
"""The first page: what waits, what was done last."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.issuer import achievements, awards, batches, events, expiry, institutions
from gakusho.web.auth.session import FirmSession, Member, go
from gakusho.web.console.desk import page
from gakusho.web.pages import render
from gakusho.web.state import state_of

router = APIRouter(prefix="/console")

REPORTS_SHOWN = timedelta(days=30)


@router.get("")
def choose_institution(request: Request, session: FirmSession) -> Response:
    """Go to the member's institution, or ask which one."""
    with state_of(request).work(read_only=True) as work:
        theirs = institutions.memberships_of(work, session.person.id)
    if len(theirs) == 1:
        return go(f"/console/{theirs[0][0].slug}")
    return render(request, "console/chooser.html", {"memberships": theirs})


@router.get("/{slug}")
def overview_page(request: Request, seat: Member) -> Response:
    """Show what waits for this member, the last batches and what went wrong."""
    with state_of(request).work(read_only=True) as work:
        recent = batches.batches(work, seat.institution.id, limit=30, actor=seat.actor)
        context = {
            "waiting": [b for b in recent if b.mine_to_approve],
            "drafts": [b for b in recent if b.state == "draft"][:5],
            "recent": [b for b in recent if b.state != "draft" and not b.mine_to_approve][:8],
            "unreached": awards.find(work, seat.institution.id, claim="failed", limit=5),
            "reports": events.events(
                work,
                seat.institution.id,
                act="award.error-reported",
                since=work.now - REPORTS_SHOWN,
                limit=5,
            ),
            "document_end": expiry.end(work, seat.institution.id),
            "has_achievements": bool(achievements.achievements(work, seat.institution.id)),
        }
    return page(request, seat, "console/overview.html", context)
