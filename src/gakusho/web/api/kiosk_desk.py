# SPDX-License-Identifier: Apache-2.0
"""The institution's side of its certificate machines: machines, what they print, students' PINs and cards."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request
from fastapi.responses import Response

from gakusho.issuer.access import Actor
from gakusho.issuer.institutions import institution
from gakusho.issuer.kiosk import machines, printing, students
from gakusho.issuer.kiosk.offer import change_offer, offer_of
from gakusho.web.api.access import scoped
from gakusho.web.api.kiosk_shapes import (
    Kept,
    MachineIn,
    MachineOut,
    MeansIn,
    OfferShape,
    PrintOut,
)
from gakusho.web.api.rest import PROBLEMS
from gakusho.web.state import state_of

router = APIRouter(prefix="/api/v1/kiosks", tags=["desk"])

Keeper = Annotated[Actor, Depends(scoped("kiosks:write"))]


@router.get("", responses=PROBLEMS)
def list_machines(request: Request, actor: Keeper) -> list[MachineOut]:
    """List the institution's machines, newest first."""
    with state_of(request).work(read_only=True) as work:
        return [MachineOut.of(each) for each in machines.machines(work, actor.institution_id)]


@router.post("", status_code=201, responses=PROBLEMS)
def add_machine(request: Request, actor: Keeper, body: MachineIn) -> MachineOut:
    """Make a machine's token; it is shown this once."""
    with state_of(request).work() as work:
        token, view = machines.add_machine(work, actor, body.label, body.place)
    return MachineOut.of(view, token)


@router.get("/offer", responses=PROBLEMS)
def get_offer(request: Request, actor: Keeper) -> OfferShape:
    """Give what the machines print."""
    with state_of(request).work(read_only=True) as work:
        return OfferShape.of(offer_of(institution(work, actor.institution_id)))


@router.put("/offer", responses=PROBLEMS)
def put_offer(request: Request, actor: Keeper, body: OfferShape) -> OfferShape:
    """Let the machines print this from now on."""
    with state_of(request).work() as work:
        return OfferShape.of(change_offer(work, actor, body.offer()))


@router.put("/students", responses=PROBLEMS)
def put_students(
    request: Request, actor: Keeper, body: Annotated[list[MeansIn], Body(max_length=students.AT_ONCE)]
) -> Kept:
    """Keep what students sign in with, up to 1,000 at once; all or none."""
    with state_of(request).work() as work:
        return Kept(kept=students.set_means(work, actor, [each.means() for each in body]))


@router.delete("/students/{student_number}", status_code=204, responses=PROBLEMS)
def forget_student(request: Request, actor: Keeper, student_number: str) -> Response:
    """Forget what a student signs in with."""
    with state_of(request).work() as work:
        students.forget(work, actor, student_number)
    return Response(status_code=204)


@router.get("/prints", responses=PROBLEMS)
def list_prints(
    request: Request, actor: Keeper, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[PrintOut]:
    """List what the machines printed, newest first."""
    state = state_of(request)
    with state.work(read_only=True) as work:
        found = printing.recent(work, actor.institution_id, limit=limit)
    return [PrintOut.of(each, state.settings.public_url) for each in found]


@router.delete("/{machine_id}", status_code=204, responses=PROBLEMS)
def revoke_machine(request: Request, actor: Keeper, machine_id: str) -> Response:
    """End a machine's token at once."""
    with state_of(request).work() as work:
        machines.revoke_machine(work, actor, machine_id)
    return Response(status_code=204)
