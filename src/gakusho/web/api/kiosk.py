# SPDX-License-Identifier: Apache-2.0
"""The API of certificate machines (証明書発行機): sign a student in, list, print, report.

Each machine has a token of its own (``gkm_…``), which opens these paths and no others.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gakusho.errors import ForbiddenError
from gakusho.issuer.institutions import institution
from gakusho.issuer.kiosk import printing, students
from gakusho.issuer.kiosk.machines import MachineView, machine_by_token
from gakusho.issuer.kiosk.offer import offer_of
from gakusho.issuer.kiosk.printable import printables, student_name
from gakusho.issuer.kiosk.students import Refused
from gakusho.web.api.kiosk_shapes import (
    AboutOut,
    DocumentOut,
    PrintIn,
    PrintOut,
    ReportIn,
    ReprintIn,
    VisitIn,
    VisitOut,
)
from gakusho.web.api.rest import PROBLEMS
from gakusho.web.pages import words_of
from gakusho.web.state import state_of
from gakusho.web.verify import clients

router = APIRouter(prefix="/api/kiosk/v1", tags=["kiosk"])

_bearer = HTTPBearer(auto_error=False, description="A machine's token (`gkm_…`).", scheme_name="KioskToken")


def machine_of(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> MachineView:
    """Give the machine that asks. Raises: HTTPException 401 without a token that is known, 429.

    Requests of a machine are counted for it alone, those without a token for their address: machines share
    the campus's address with everybody there, and nobody may spend their bound.
    """
    if credentials is None:
        clients.count(request, "unknown")
        raise HTTPException(401, "A machine's token is needed.", {"WWW-Authenticate": "Bearer"})
    with state_of(request).work() as work:
        try:
            machine = machine_by_token(work, credentials.credentials)
        except ForbiddenError:
            clients.count(request, "unknown")
            raise HTTPException(
                401, "The token is unknown or revoked.", {"WWW-Authenticate": "Bearer"}
            ) from None
    clients.count_of(request, "kiosk", machine.id)
    return machine


Machine = Annotated[MachineView, Depends(machine_of)]


@router.get("/machine", responses=PROBLEMS)
def about(request: Request, machine: Machine) -> AboutOut:
    """Give what to show before anybody has signed in; also a sign of life."""
    with state_of(request).work(read_only=True) as work:
        school = institution(work, machine.institution_id)
        return AboutOut.of(machine, school, offer_of(school), work.now)


@router.post("/visits", status_code=201, responses=PROBLEMS)
def sign_in(request: Request, machine: Machine, body: VisitIn) -> VisitOut:
    """Sign a student in, as the institution chose; whoever was signed in at this machine no longer is."""
    with state_of(request).work() as work:
        offer = offer_of(institution(work, machine.institution_id))
        begun = students.sign_in(
            work,
            machine,
            how=offer.sign_in,
            student_number=body.student_number,
            pin=body.pin,
            card=body.card,
        )
        name = (
            ""
            if isinstance(begun, Refused)
            else student_name(work, machine.institution_id, begun.student_number)
        )
    if isinstance(begun, Refused):  # after the commit: what was counted stays counted
        raise _refusal(request, begun)
    return VisitOut(
        visit=begun.token,
        student_number=begun.student_number,
        student_name=name,
        expires_at=begun.expires_at,
    )


def _refusal(request: Request, refused: Refused) -> ForbiddenError:
    if refused.code == "kiosk-locked":
        facts = {"until": words_of(request).moment(refused.until)}
        return ForbiddenError("Too many failed at this machine: it waits.", code="kiosk-locked", facts=facts)
    return ForbiddenError(
        "The number or the PIN is wrong, the card is not known, or five wrong PINs made it wait.",
        code="kiosk-sign-in",
    )


@router.get("/visits/{visit}/documents", responses=PROBLEMS)
def documents(request: Request, machine: Machine, visit: str) -> list[DocumentOut]:
    """List what the student may print."""
    with state_of(request).work(read_only=True) as work:
        student = students.student_of(work, machine, visit)
        offer = offer_of(institution(work, machine.institution_id))
        found = printables(work, machine.institution_id, student, offer)
        return [DocumentOut.of(one) for one in found]


@router.delete("/visits/{visit}", status_code=204, responses=PROBLEMS)
def leave(request: Request, machine: Machine, visit: str) -> Response:
    """Sign the student out."""
    with state_of(request).work() as work:
        students.end_visit(work, machine, visit)
    return Response(status_code=204)


@router.post("/visits/{visit}/prints", status_code=201, responses=PROBLEMS)
def ask(request: Request, machine: Machine, visit: str, body: PrintIn) -> PrintOut:
    """Ask for a document in some copies: each is issued with a number of its own, and signed.

    The same ``request_id`` again, also after a failure, gives the same documents and no second number.
    """
    state = state_of(request)
    with state.work() as work:
        print_id = printing.ask(work, machine, visit, body.asked())
    made = printing.make(state.workplace, machine, print_id)
    state.jobs.deliver()
    return PrintOut.of(made, state.settings.public_url)


@router.get("/prints/{print_id}", responses=PROBLEMS)
def get_print(request: Request, machine: Machine, print_id: str) -> PrintOut:
    """Give how it stands with what this machine asked for."""
    state = state_of(request)
    with state.work(read_only=True) as work:
        return PrintOut.of(printing.view(work, machine, print_id), state.settings.public_url)


@router.get("/prints/{print_id}/copies/{number}/document.pdf", responses=PROBLEMS, response_class=Response)
def document(request: Request, machine: Machine, print_id: str, number: int) -> Response:
    """Give the signed PDF of a copy that is to be printed now; it is printed as it is, at 100 %."""
    with state_of(request).work(read_only=True) as work:
        sealed = printing.document(work, machine, print_id, number)
    return Response(sealed.data, media_type=sealed.media_type, headers={"Cache-Control": "no-store"})


@router.get("/prints/{print_id}/copies/{number}/picture.png", responses=PROBLEMS, response_class=Response)
def picture(request: Request, machine: Machine, print_id: str, number: int) -> Response:
    """Give a picture of the first page for the machine's screen; what is printed is the PDF."""
    with state_of(request).work(read_only=True) as work:
        data = printing.picture(work, machine, print_id, number)
    return Response(data, media_type="image/png", headers={"Cache-Control": "no-store"})


@router.post("/prints/{print_id}/copies/{number}/report", responses=PROBLEMS)
def report(request: Request, machine: Machine, print_id: str, number: int, body: ReportIn) -> PrintOut:
    """Tell that an attempt at a copy came out, or failed; the same report again changes nothing."""
    state = state_of(request)
    with state.work() as work:
        view = printing.report(
            work,
            machine,
            print_id,
            number,
            attempt=body.attempt,
            printed=body.outcome == "printed",
            reason=body.reason,
        )
    return PrintOut.of(view, state.settings.public_url)


@router.post("/prints/{print_id}/copies/{number}/reprint", responses=PROBLEMS)
def reprint(request: Request, machine: Machine, print_id: str, number: int, body: ReprintIn) -> PrintOut:
    """Let a copy that failed be printed again: free, and with the same number."""
    state = state_of(request)
    with state.work() as work:
        view = printing.reprint(work, machine, print_id, number, attempt=body.attempt)
    return PrintOut.of(view, state.settings.public_url)
