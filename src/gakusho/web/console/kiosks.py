# SPDX-License-Identifier: Apache-2.0
"""Certificate machines: their tokens, what they print, what students sign in with, what was printed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from gakusho.errors import ConflictError, GakushoError, InputError
from gakusho.issuer import achievements
from gakusho.issuer.access import Role, require
from gakusho.issuer.institutions import institution
from gakusho.issuer.kiosk import machines, printing, students
from gakusho.issuer.kiosk.means_table import read_means
from gakusho.issuer.kiosk.offer import (
    MOST_COPIES,
    MOST_PER_DAY,
    SIGN_INS,
    TITLES,
    Fee,
    Offer,
    Offered,
    change_offer,
    offer_of,
)
from gakusho.issuer.kiosk.students import Means
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/kiosks")

MAX_TABLE = 2 * 1024 * 1024
RECENT = 20


@router.get("")
def kiosks_page(request: Request, seat: Member) -> Response:
    """Show the machines and what they print."""
    return _page(request, seat)


@router.post("/machines")
def add(request: Request, seat: Member, form: Form) -> Response:
    """Make a machine's token and show it, this once; it is nowhere kept, so no redirect can carry it."""
    try:
        with state_of(request).work() as work:
            label, place = desk.text(form, "label", limit=200), desk.text(form, "place", limit=300)
            secret, _ = machines.add_machine(work, seat.actor, label, place)
    except InputError as error:
        return _page(request, seat, error=error)
    return _page(request, seat, secret=secret)


@router.get("/{part}")
def back(request: Request, seat: Member, part: str) -> Response:  # noqa: ARG001  # a route
    """Lead from the address of a form back to the page."""
    return go(f"/console/{seat.institution.slug}/settings/kiosks?{request.url.query}")


@router.post("/revoke")
def revoke(request: Request, seat: Member, form: Form) -> Response:
    """End a machine's token at once."""
    with state_of(request).work() as work:
        machines.revoke_machine(work, seat.actor, an_id(desk.text(form, "id", limit=40)))
    return go(f"/console/{seat.institution.slug}/settings/kiosks?done=kiosk-revoked")


@router.post("/offer")
def offer(request: Request, seat: Member, form: Form) -> Response:
    """Let the machines print this from now on."""
    try:
        chosen = _offer(form)
        with state_of(request).work() as work:
            change_offer(work, seat.actor, chosen)
    except InputError as error:
        return _page(request, seat, error=error)
    return go(f"/console/{seat.institution.slug}/settings/kiosks?done=saved")


@router.post("/students")
def keep_students(request: Request, seat: Member, form: Form) -> Response:
    """Keep what one student signs in with, or those of a table."""
    try:
        sent = desk.upload(form, "table", limit=MAX_TABLE)
        means = read_means(sent[1], sent[0]) if sent else [_one(form)]
        with state_of(request).work() as work:
            students.set_means(work, seat.actor, means)
    except (InputError, ConflictError) as error:
        return _page(request, seat, error=error)
    return go(f"/console/{seat.institution.slug}/settings/kiosks?done=kiosk-students")


def _one(form: FormData) -> Means:
    return Means(
        student_number=desk.text(form, "student_number", limit=200),
        pin=desk.text(form, "pin", limit=100) or None,
        card=desk.text(form, "card", limit=300) or None,
    )


def _offer(form: FormData) -> Offer:
    currency = desk.text(form, "currency", limit=10)
    return Offer(
        sign_in=desk.text(form, "sign_in", limit=20),
        number_prefix=desk.text(form, "number_prefix", limit=40),
        purposes=tuple(line for line in desk.text(form, "purposes").split("\n") if line.strip()),
        documents=tuple(
            Offered(
                kind=kind,
                languages=desk.texts(form, f"{kind}:languages", limit=10),
                achievements=desk.texts(form, f"{kind}:achievements"),
                fee=Fee(amount=_number(form, f"{kind}:fee"), currency=currency),
                most_copies=_number(form, f"{kind}:most_copies"),
                most_per_day=_number(form, f"{kind}:most_per_day"),
            )
            for kind in DOCUMENT_KINDS
            if desk.text(form, f"{kind}:offered", limit=5)
        ),
    )


def _number(form: FormData, name: str) -> int:
    text = desk.text(form, name, limit=20)
    return int(text) if text.isascii() and text.isdigit() else -1


def _page(
    request: Request, seat: Seat, *, secret: str | None = None, error: GakushoError | None = None
) -> Response:
    require(seat.actor, Role.ADMINISTER)
    with state_of(request).work(read_only=True) as work:
        found = machines.machines(work, seat.institution.id)
        now_offered = offer_of(institution(work, seat.institution.id))
        awarded = achievements.achievements(work, seat.institution.id)
        printed = printing.recent(work, seat.institution.id, limit=RECENT)
        known = students.count(work, seat.institution.id)
    fee = next((each.fee for each in now_offered.documents), Fee())
    context = {
        "machines": found,
        "labels": {each.id: each.label for each in found},
        "secret": secret,
        "offer": now_offered,
        "currency": fee.currency,
        "offered": {each.kind: each for each in now_offered.documents},
        "kinds": DOCUMENT_KINDS,
        "titles": TITLES,
        "usual": Offered(kind="transcript"),
        "sign_ins": SIGN_INS,
        "document_languages": DOCUMENT_LANGUAGES,
        "achievements": [(each.id, each.achievement.name) for each in awarded],
        "most": (MOST_COPIES, MOST_PER_DAY),
        "students": known,
        "prints": printed,
    }
    return page(request, seat, "console/kiosks.html", context, error=error)
