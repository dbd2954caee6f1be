# SPDX-License-Identifier: Apache-2.0
"""The page behind the QR code of a paper: the verification of what was issued under its code."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from gakusho.errors import NotFoundError
from gakusho.holder import visit, wallet
from gakusho.issuer import awards
from gakusho.model.report import Report
from gakusho.model.sealed import Sealed
from gakusho.web.auth.session import current_person, go
from gakusho.web.downloads import attachment
from gakusho.web.pages import render, words_of
from gakusho.web.state import state_of
from gakusho.web.verify import clients, evidence
from gakusho.web.verify.box import not_found_counted
from gakusho.web.verify.judge import judge
from gakusho.web.verify.show import shown

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])


@router.get("/v/{code}")
def paper(request: Request, code: str) -> Response:
    """Show what was issued under a code, verified now."""
    report, award_id, sealed = _report(request, code)
    with state_of(request).work() as work:
        visit.note_paper(work, award_id, "opened", clients.seen(request))
    context = {
        "alternate": (f"/v/{code}/credential", sealed.media_type),
        "shown": shown(report, words_of(request)),
        "report_action": f"/v/{code}/report",
        "report_key": None,
    }
    return render(request, "verify/paper.html", context)


@router.get("/v/{code}/credential")
def credential(request: Request, code: str) -> Response:
    """Give the bytes that the page speaks of, for programs that verify for themselves."""
    _, award_id, sealed = _report(request, code)
    with state_of(request).work() as work:
        visit.note_paper(work, award_id, "downloaded", clients.seen(request))
    return attachment(sealed.data, sealed.media_type, code, sealed.extension)


@router.post("/v/{code}/report")
def make_report(request: Request, code: str) -> Response:
    """Verify again and make an evidence report."""
    clients.count(request, "verify")
    report, award_id, _ = _report(request, code)
    kept = evidence.keep(request, report)
    with state_of(request).work() as work:
        visit.note_paper(work, award_id, "report", clients.seen(request))
    return go(f"/reports/{kept}")


def _report(request: Request, code: str) -> tuple[Report, str, Sealed]:
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    state = state_of(request)
    with state.work(read_only=True) as work:
        try:
            award, _ = awards.by_verify_code(work, code[:40])
            sealed = wallet.to_verify(work, award.id)
        except NotFoundError:
            raise not_found_counted(request) from None
    if not sealed:
        raise not_found_counted(request)
    return judge(state, sealed[0].data), award.id, sealed[0]
