# SPDX-License-Identifier: Apache-2.0
"""The page behind the link of a share: no account, perhaps a PIN, and an honest answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response

from gakusho.errors import ForbiddenError, NotFoundError
from gakusho.holder import parts, pins, visit, wallet
from gakusho.holder.records import CredentialView, sealed_bytes
from gakusho.holder.visit import Door, SharedItem, Visit
from gakusho.model.report import Report
from gakusho.web.auth.session import current_person, go
from gakusho.web.downloads import attachment
from gakusho.web.pages import render, words_of
from gakusho.web.state import state_of
from gakusho.web.verify import clients, evidence
from gakusho.web.verify.box import not_found_counted
from gakusho.web.verify.judge import judge, judge_stranger, with_own_words, with_words
from gakusho.web.verify.picture import addresses, page_picture, picture_answer
from gakusho.web.verify.show import Shown, shown

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])

_COOKIE = "gakusho_pass"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One credential of a share with its answer."""

    item: SharedItem
    shown: Shown
    format: str
    """The format that was verified."""
    media_type: str


@router.get("/s/{token}")
def share(request: Request, token: str) -> Response:
    """Show what is shared, or what the visitor must do first."""
    found = _knock(request, token)
    if found.door is not Door.OPEN:
        return _closed(request, token, found)
    return _open(request, token, found)


@router.post("/s/{token}")
def give_pin(request: Request, token: str, pin: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Try the PIN; the right one is remembered by this browser for an hour."""
    clients.count(request, "verify")
    state = state_of(request)
    with state.work() as work:
        try:
            found = visit.give_pin(work, token, pin, clients.seen(request))
        except NotFoundError:
            raise not_found_counted(request) from None
    if found.browser_pass is None:
        return go(f"/s/{token}") if found.door is Door.OPEN else _closed(request, token, found)
    answer = go(f"/s/{token}")
    answer.set_cookie(
        _COOKIE,
        found.browser_pass,
        max_age=int(pins.PASS_FOR.total_seconds()),
        path=f"/s/{token}",
        httponly=True,
        secure=state.settings.secure,
        samesite="lax",
    )
    return answer


@router.get("/s/{token}/{award_id}")
def one(request: Request, token: str, award_id: str) -> Response:
    """Show one credential of a share."""
    found = _knock(request, token)
    if found.door is not Door.OPEN:
        return go(f"/s/{token}")
    found.holds(award_id)
    return _open(request, token, found, only=award_id)


@router.get("/s/{token}/{award_id}/download/{format_name}")
def download(request: Request, token: str, award_id: str, format_name: str) -> Response:
    """Give the bytes of a credential, where the holder allows it."""
    found = _knock(request, token)
    if found.door is not Door.OPEN:
        return go(f"/s/{token}")
    view = found.holds(award_id)
    if not found.allow_download:
        raise ForbiddenError("The holder does not allow downloads of this share.", code="share-no-download")
    part = found.part_of(award_id)
    if part is not None and part.format != format_name:
        raise NotFoundError("The credential is shown in part, in another format.", code="no-format")
    brought = found.received_of(award_id)
    if brought is not None and brought.format != format_name:
        raise NotFoundError("The credential is in another format.", code="no-format")
    with state_of(request).work() as work:
        # The holder's own copy is for the holder: others could not check it.
        sealed = part or brought or parts.with_all(sealed_bytes(work, award_id, format_name))
        visit.note(
            work,
            found.share_id,
            "downloaded",
            clients.seen(request),
            award_id=award_id,
            form=sealed.format,
        )
    title = view.title.best(words_of(request).language)
    whole = f"{title} {view.learner_name.full}" if isinstance(view, CredentialView) else title
    name = "credential" if part else whole  # what the title or the name says may be held back
    return attachment(sealed.data, sealed.media_type, name, sealed.extension)


@router.get("/s/{token}/{award_id}/pages/{page}.png")
def page_of_document(request: Request, token: str, award_id: str, page: int) -> Response:
    """Give a page of the signed document that the answer shows, as a picture; it counts as no visit."""
    found = _knock(request, token)
    if found.door is not Door.OPEN:
        raise HTTPException(404)
    found.holds(award_id)
    report, data = _judged(request, found, award_id)
    return picture_answer(page_picture(report, data, page))


@router.post("/s/{token}/{award_id}/report")
def make_report(request: Request, token: str, award_id: str) -> Response:
    """Verify again and make an evidence report."""
    clients.count(request, "verify")
    found = _knock(request, token)
    if found.door is not Door.OPEN:
        return go(f"/s/{token}")
    found.holds(award_id)
    report, data = _judged(request, found, award_id)
    worded = with_words if found.received_of(award_id) is not None else with_own_words
    report = worded(report, data)
    code = evidence.keep(request, report, page_picture(report, data, 1), share_id=found.share_id)
    with state_of(request).work() as work:
        visit.note(work, found.share_id, "report", clients.seen(request), award_id=award_id)
    return go(f"/reports/{code}")


def _judged(request: Request, found: Visit, award_id: str) -> tuple[Report, bytes]:
    """Verify a credential of a share again; give the bytes, too. Raises: NotFoundError."""
    state = state_of(request)
    part, brought = found.part_of(award_id), found.received_of(award_id)
    if brought is not None:
        return judge_stranger(state, brought.data), brought.data
    with state.work(read_only=True) as work:
        sealed = [part] if part else wallet.to_verify(work, award_id)
    if not sealed:
        raise NotFoundError("The credential has no file.", code="no-format")
    return judge(state, sealed[0].data), sealed[0].data


def _knock(request: Request, token: str) -> Visit:
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    with state_of(request).work(read_only=True) as work:
        try:
            return visit.knock(work, token, request.cookies.get(_COOKIE, ""))
        except NotFoundError:
            raise not_found_counted(request) from None


def _closed(request: Request, token: str, found: Visit) -> Response:
    """Say plainly that the link has ended, or ask for the PIN; who shares what is not said."""
    if found.door in {Door.EXPIRED, Door.STOPPED}:
        with state_of(request).work() as work:
            visit.note(work, found.share_id, "refused", clients.seen(request))
        return render(request, "verify/ended.html", {"door": str(found.door)}, status=410)
    status = {Door.WRONG_PIN: 403, Door.LOCKED: 429}.get(found.door, 200)
    return render(request, "verify/pin.html", {"visit": found, "token": token}, status=status)


def _open(request: Request, token: str, found: Visit, *, only: str | None = None) -> Response:
    items = list(found.items)
    if only is not None:
        items = [_as_item(item, only) for item in items if only in {item.chosen.id, item.current.id}][:1]
    alone = len(items) == 1
    answers = [_answer(request, item, f"/s/{token}/{item.chosen.id}" if alone else None) for item in items]
    visitor = clients.seen(request)
    with state_of(request).work() as work:
        own = visit.is_own(work, found.share_id, visitor)
        for answer in answers:
            visit.note(
                work,
                found.share_id,
                "opened",
                clients.seen(request),
                award_id=answer.item.chosen.id,
            )
    context = {"visit": found, "token": token, "answers": answers, "only": only, "own": own}
    return render(request, "verify/shared.html", context)


def _as_item(item: SharedItem, award_id: str) -> SharedItem:
    if award_id == item.chosen.id or item.received is not None:
        return item
    return SharedItem(chosen=item.current, current=item.current)


def _answer(request: Request, item: SharedItem, address: str | None) -> Answer:
    """Give an answer; where it stands alone, at an ``address``, with its document's words and pictures."""
    state = state_of(request)
    if item.received is not None:
        report = judge_stranger(state, item.received.data)
        if address is not None:
            report = with_words(report, item.received.data)
        seen = shown(report, words_of(request), addresses(report, address))
        form, media_type = item.received.format, item.received.media_type
        return Answer(item=item, shown=seen, format=form, media_type=media_type)
    with state.work(read_only=True) as work:
        sealed = [item.part] if item.part else wallet.to_verify(work, item.chosen.id)
    if not sealed:
        raise NotFoundError("The credential has no file.", code="no-format")
    report = judge(state, sealed[0].data)
    if address is not None:
        report = with_own_words(report, sealed[0].data)
    seen = shown(report, words_of(request), addresses(report, address))
    return Answer(item=item, shown=seen, format=sealed[0].format, media_type=sealed[0].media_type)
