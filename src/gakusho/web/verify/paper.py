# SPDX-License-Identifier: Apache-2.0
"""The page behind the QR code of a paper: the verification of what was issued under its code."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from gakusho.errors import NotFoundError
from gakusho.holder import visit, wallet
from gakusho.issuer import awards, codes
from gakusho.model.sealed import Sealed
from gakusho.web.auth.session import current_person, go
from gakusho.web.downloads import attachment
from gakusho.web.errors import wants_json
from gakusho.web.pages import render, words_of
from gakusho.web.state import state_of
from gakusho.web.verify import clients, evidence
from gakusho.web.verify.box import not_found_counted
from gakusho.web.verify.code import refuse_withdrawn
from gakusho.web.verify.judge import judge, with_own_words
from gakusho.web.verify.picture import addresses, page_picture, picture_answer
from gakusho.web.verify.show import shown

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])


@router.get("/v/{code}")
def paper(request: Request, code: str) -> Response:
    """Show what was issued under a code, verified now."""
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    try:
        found = find(request, code)
    except HTTPException as error:
        if error.status_code != 404 or wants_json(request):
            raise
        return render(request, "verify/no_paper.html", status=404)
    if found.withdrawn:
        _note(request, found.award_id, "refused")
        return render(request, "verify/withdrawn.html", status=410)
    report, sealed = judge(state_of(request), found.sealed.data), found.sealed
    report = with_own_words(report, sealed.data)
    _note(request, found.award_id, "opened")
    context = {
        "typed_code": found.typed_code,
        "alternate": (f"/v/{code}/credential", sealed.media_type),
        "shown": shown(report, words_of(request), addresses(report, f"/v/{code}")),
        "report_action": f"/v/{code}/report",
        "report_key": None,
    }
    return render(request, "verify/paper.html", context)


@router.get("/v/{code}/credential")
def credential(request: Request, code: str) -> Response:
    """Give the bytes that the page speaks of, for programs that verify for themselves."""
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    found = find(request, code)
    refuse_withdrawn(found.withdrawn)
    _note(request, found.award_id, "downloaded")
    sealed = found.sealed
    return attachment(sealed.data, sealed.media_type, code, sealed.extension)


@router.get("/v/{code}/pages/{page}.png")
def page_of_document(request: Request, code: str, page: int) -> Response:
    """Give a page of the signed document that the answer shows, as a picture."""
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    found = find(request, code)
    refuse_withdrawn(found.withdrawn)
    data = found.sealed.data
    return picture_answer(page_picture(judge(state_of(request), data), data, page))


@router.post("/v/{code}/report")
def make_report(request: Request, code: str) -> Response:
    """Verify again and make an evidence report."""
    clients.count(request, "verify")
    clients.still_welcome(request, "unknown")
    found = find(request, code)
    refuse_withdrawn(found.withdrawn)
    data = found.sealed.data
    report = with_own_words(judge(state_of(request), data), data)
    kept = evidence.keep(request, report, page_picture(report, data, 1))
    _note(request, found.award_id, "report")
    return go(f"/reports/{kept}")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What stands behind the link of a paper."""

    award_id: str
    sealed: Sealed
    """What is verified."""
    withdrawn: bool
    typed_code: str | None
    """The verification code of the same paper, as it is printed."""


def find(request: Request, code: str) -> Found:
    """Give what the link's own code leads to, counting codes that lead nowhere. Raises: HTTPException 404."""
    if not code.isprintable():
        raise not_found_counted(request)
    with state_of(request).work(read_only=True) as work:
        try:
            award, _ = awards.by_verify_code(work, code[:40])
            sealed = wallet.to_verify(work, award.id)
            link = codes.paper_link(work, award.id)
        except NotFoundError:
            raise not_found_counted(request) from None
    if not sealed:
        raise not_found_counted(request)
    return Found(
        award_id=award.id,
        sealed=sealed[0],
        withdrawn=link.withdrawn_at is not None,
        typed_code=link.code,
    )


def _note(request: Request, award_id: str, act: str) -> None:
    with state_of(request).work() as work:
        visit.note_paper(work, award_id, act, clients.seen(request))
