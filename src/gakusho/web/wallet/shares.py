# SPDX-License-Identifier: Apache-2.0
"""Shares and the access log, as their holder sees them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from gakusho.errors import InputError
from gakusho.holder import parts, received, share, wallet
from gakusho.model.sealed import Sealed
from gakusho.store.work import Work
from gakusho.web.auth.session import SignedInPerson, go
from gakusho.web.errors import error_words
from gakusho.web.pages import render
from gakusho.web.state import State, state_of
from gakusho.web.wallet.parts import Chosen, format_of

router = APIRouter(include_in_schema=False)


@router.get("/wallet/shares")
def shares_page(request: Request, person: SignedInPerson) -> Response:
    """List the person's shares."""
    with state_of(request).work(read_only=True) as work:
        found = wallet.credentials(work, person.id) or received.received(work, person.id)
        context = {"shares": share.shares(work, person.id), "any": bool(found)}
    return render(request, "wallet/shares.html", context)


@router.get("/wallet/log")
def log_page(request: Request, person: SignedInPerson) -> Response:
    """List who looked."""
    with state_of(request).work(read_only=True) as work:
        context = {"log": share.log(work, person.id)}
    return render(request, "wallet/log.html", context)


@router.get("/wallet/shares/new")
def new_page(
    request: Request,
    person: SignedInPerson,
    c: Annotated[list[str] | None, Query()] = None,
    r: Annotated[list[str] | None, Query()] = None,
    part: Chosen = None,
    some: str = "",
) -> Response:
    """Show the form; ``c`` are the credentials chosen already, with ``some`` only these parts of the one.

    ``r`` are those from elsewhere.
    """
    given = {"items": c or [], "received": r or [], "some": some, "part": part or []}
    return _form(request, person.id, given)


def _form(
    request: Request,
    person_id: str,
    given: dict[str, Any],
    *,
    error: tuple[str, str] | None = None,
    already: tuple[share.ShareView, ...] = (),
) -> Response:
    with state_of(request).work(read_only=True) as work:
        held = [v for v in wallet.credentials(work, person_id) if v.state not in {"revoked", "superseded"}]
        brought = received.received(work, person_id)
    first = {
        "items": [held[0].id] if len(held) == 1 and not given.get("received") else [],
        "received": [],
        "to": "link",
        "recipient": "",
        "days": str(share.DEFAULT_DAYS),
        "until": "",
        "pin": "",
        "mail_pin": False,
        "purpose": "",
        "label": "",
        "allow_download": True,
        "some": "",
        "part": [],
    }
    context = {
        "held": held,
        "brought": brought,
        "given": first | {k: v for k, v in given.items() if v or k != "items"},
        "days": share.DAYS,
        "error": error,
        "already": already,
    }
    return render(request, "wallet/share_new.html", context, status=400 if error else 200)


@router.post("/wallet/shares")
async def create(request: Request, person: SignedInPerson) -> Response:
    """Make a share; one with the same recipient is asked about first."""
    async with request.form(max_files=0, max_fields=1_200, max_part_size=5000) as form:
        given: dict[str, Any] = {
            name: str(form.get(name, ""))[:500]
            for name in ("to", "recipient", "days", "until", "pin", "purpose", "label")
        }
        given["items"] = [str(item)[:36] for item in form.getlist("items")]
        given["received"] = [str(item)[:36] for item in form.getlist("received")]
        given["some"] = "yes" if form.get("some") else ""
        given["part"] = [int(str(one)) for one in form.getlist("part") if str(one)[:6].isdecimal()]
        given["mail_pin"] = form.get("mail_pin") == "yes"
        given["allow_download"] = form.get("allow_download") == "yes"
        sure = form.get("sure") == "yes"
    return await run_in_threadpool(_create, request, person.id, given, sure=sure)


def _create(request: Request, person_id: str, given: dict[str, Any], *, sure: bool) -> Response:
    state = state_of(request)
    recipient = given["recipient"] if given["to"] == "recipient" else None
    try:
        with state.work(read_only=True) as work:
            already = share.shared_already(work, person_id, recipient or "")
        if already and not sure:
            return _form(request, person_id, given, already=tuple(already))
        terms = share.Terms(
            expires_at=_end(state, given["days"], given["until"]),
            label=given["label"],
            purpose=given["purpose"],
            recipient=recipient,
            pin=given["pin"].strip() or None,
            mail_pin=given["mail_pin"],
            allow_download=given["allow_download"],
        )
        with state.work() as work:
            made = share.create(
                work,
                person_id,
                given["items"],
                terms,
                shown_parts=_shown_parts(work, person_id, given),
                received_ids=given["received"],
            )
    except InputError as error:
        return _form(request, person_id, given, error=error_words(request, error))
    state.jobs.deliver()
    return go(f"/wallet/shares/{made.id}?new=1")


def _shown_parts(work: Work, person_id: str, given: dict[str, Any]) -> dict[str, Sealed]:
    if not given["some"]:
        return {}
    if len(given["items"]) != 1 or given["received"]:
        raise InputError("Of one credential at a time a part is shown.", code="share-one-part")
    (award_id,) = given["items"]
    form = format_of(wallet.credential(work, person_id, award_id))
    return {award_id: parts.derived(work, person_id, award_id, form, given["part"])}


@router.get("/wallet/shares/{share_id}")
def share_page(request: Request, person: SignedInPerson, share_id: str, new: str = "") -> Response:
    """Show one share with its link and who looked."""
    return _share(request, person.id, share_id, new=bool(new))


def _share(
    request: Request,
    person_id: str,
    share_id: str,
    *,
    new: bool = False,
    error: tuple[str, str] | None = None,
) -> Response:
    with state_of(request).work(read_only=True) as work:
        context = {
            "share": share.share(work, person_id, share_id),
            "log": share.log(work, person_id, share_id=share_id),
            "days": share.DAYS,
            "new": new,
            "error": error,
        }
    return render(request, "wallet/share.html", context, status=400 if error else 200)


@router.post("/wallet/shares/{share_id}/expiry")
def change_expiry(
    request: Request,
    person: SignedInPerson,
    share_id: str,
    days: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Let the link end at another time."""
    state = state_of(request)
    try:
        with state.work() as work:
            share.change_expiry(work, person.id, share_id, _end(state, days, until))
    except InputError as error:
        return _share(request, person.id, share_id, error=error_words(request, error))
    return go(f"/wallet/shares/{share_id}")


@router.post("/wallet/shares/{share_id}/stop")
def stop(request: Request, person: SignedInPerson, share_id: str) -> Response:
    """End a share at once."""
    with state_of(request).work() as work:
        share.stop(work, person.id, share_id)
    return go(f"/wallet/shares/{share_id}")


def _end(state: State, days: str, until: str) -> datetime:
    """Give the moment a link ends: after so many days, or at the end of a day. Raises: InputError."""
    try:
        if days == "date":
            return datetime.combine(date.fromisoformat(until), time(23, 59, 59), state.settings.zone)
        if int(days) in share.DAYS:
            return state.clock() + timedelta(days=int(days))
    except (ValueError, OverflowError):
        pass
    raise InputError(
        "This is not a date.", code="share-expiry", facts={"got": until or days, "expected": share.MAX_DAYS}
    )
