# SPDX-License-Identifier: Apache-2.0
"""The records of what was issued: search, choose several, suspend, reinstate, revoke."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, InputError
from gakusho.issuer import awards
from gakusho.issuer.access import Role, require
from gakusho.issuer.awards import AwardView
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/records")

PAGE = 50
STATES = ("active", "suspended", "revoked", "superseded")
CLAIMS = ("not-sent", "sent", "opened", "claimed", "failed")
ACTS = {"suspend": awards.suspend, "reinstate": awards.reinstate, "revoke": awards.revoke}
MOST_AT_ONCE = 200


@router.get("")
def search_page(request: Request, seat: Member) -> Response:
    """Find what was issued."""
    asked = request.query_params
    query = asked.get("q", "")[:200]
    state = asked.get("state") if asked.get("state") in STATES else None
    claim = asked.get("claim") if asked.get("claim") in CLAIMS else None
    batch_id = an_id(asked["batch"]) if asked.get("batch") else None
    after = an_id(asked["after"]) if asked.get("after") else None
    with state_of(request).work(read_only=True) as work:
        found = awards.find(
            work, seat.institution.id,
            query=query, state=state, claim=claim, batch_id=batch_id, after=after, limit=PAGE + 1,
        )  # fmt: skip
    kept = {"q": query, "state": state or "", "claim": claim or "", "batch": batch_id or ""}
    kept = {name: value for name, value in kept.items() if value}
    context = {
        "awards": found[:PAGE],
        "q": query,
        "state": state or "",
        "claim": claim or "",
        "batch_id": batch_id or "",
        "states": STATES,
        "claims": CLAIMS,
        "more": urlencode({**kept, "after": found[PAGE - 1].id}) if len(found) > PAGE else None,
        "filtered": bool(kept),
        "n": request.query_params.get("n", ""),
    }
    return page(request, seat, "console/records.html", context)


@router.get("/decide")
def decide_page(request: Request, seat: Member) -> Response:
    """Show whom a decision concerns, and ask for the reason."""
    return _decide(request, seat, request.query_params.get("act", ""), request.query_params.getlist("id"))


@router.post("/decide")
def decide(request: Request, seat: Member, form: Form) -> Response:
    """Suspend, reinstate or revoke what was chosen."""
    act, reason = desk.text(form, "act", limit=20), desk.text(form, "reason", limit=500)
    ids = [an_id(each) for each in desk.texts(form, "id", limit=MOST_AT_ONCE)]
    try:
        if act not in ACTS:
            raise desk.wrong("There is no such act.", "act", got=act)
        with state_of(request).work() as work:
            changed = ACTS[act](work, seat.actor, ids, reason)
    except (InputError, ConflictError) as error:
        return _decide(request, seat, act, ids, error=error)
    state_of(request).jobs.deliver()
    base = f"/console/{seat.institution.slug}/records"
    where = f"{base}/{ids[0]}" if len(ids) == 1 else base
    return go(f"{where}?{urlencode({'done': act, 'n': changed})}")


def _decide(
    request: Request, seat: Seat, act: str, ids: list[str], *, error: ConflictError | InputError | None = None
) -> Response:
    require(seat.actor, Role.APPROVE, Role.ADMINISTER)
    if act not in ACTS or not ids:
        return go(f"/console/{seat.institution.slug}/records?done=nothing")
    chosen: list[AwardView] = []
    with state_of(request).work(read_only=True) as work:
        chosen.extend(
            awards.award(work, seat.institution.id, an_id(each)) for each in dict.fromkeys(ids[:MOST_AT_ONCE])
        )
    return page(request, seat, "console/decide.html", {"act": act, "awards": chosen}, error=error)
