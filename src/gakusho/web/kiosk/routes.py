# SPDX-License-Identifier: Apache-2.0
"""The screens of the simulated machine: sign in, choose, confirm, take.

They work without JavaScript; with it, keys on the screen type into the fields.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from gakusho.errors import NotFoundError
from gakusho.store.ids import new_id
from gakusho.web.demo_people import STUDENTS
from gakusho.web.kiosk.machine import Answer, Machine, demo_token
from gakusho.web.pages import language_of, render
from gakusho.web.state import state_of

VISIT_COOKIE = "gakusho_kiosk"
_SAFE = re.compile(r"[\w.-]{1,100}\Z", re.ASCII)


def _only_in_demo(request: Request) -> None:
    if not state_of(request).settings.demo:
        raise NotFoundError("There is no such page.")


router = APIRouter(prefix="/kiosk", include_in_schema=False, dependencies=[Depends(_only_in_demo)])


@router.get("")
async def start(request: Request) -> Response:
    """Show the first screen; whoever was signed in no longer is."""
    visit = _visit(request)
    if visit:
        await _machine(request).delete(f"/visits/{visit}")
    answer = await _start(request)
    answer.delete_cookie(VISIT_COOKIE, path="/kiosk")
    return answer


async def _start(request: Request, problem: Answer | None = None, student_number: str = "") -> Response:
    about = await _machine(request).get("/machine")
    context = {
        "about": about.json() if about.is_good else None,
        "problem": _words(problem or (None if about.is_good else about)),
        "students": STUDENTS,
        "student_number": student_number,
    }
    return render(request, "kiosk/start.html", context, status=problem.status if problem else 200)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Sign in with number and PIN, or with the card that was held to the reader."""
    form = await _form(request)
    sent = {name: form.get(name, "") for name in ("student_number", "pin", "card")}
    answer = await _machine(request).post("/visits", sent)
    if not answer.is_good:
        return await _start(request, answer, sent["student_number"])
    going = _go("/kiosk/documents")
    going.set_cookie(
        VISIT_COOKIE,
        answer.json()["visit"],
        max_age=600,
        path="/kiosk",
        httponly=True,
        secure=state_of(request).settings.secure,
        samesite="strict",
    )
    return going


@router.get("/sign-in")
async def back(request: Request) -> Response:  # noqa: ARG001  # a route
    """Lead from the address of a refused form back to the first screen."""
    return _go("/kiosk")


@router.get("/documents")
async def documents(request: Request) -> Response:
    """Show what may be printed."""
    machine = _machine(request)
    found = await machine.get(f"/visits/{_visit(request)}/documents")
    if not found.is_good:
        return await _start(request, found)
    about = (await machine.get("/machine")).json()
    return render(request, "kiosk/documents.html", {"about": about, "documents": found.json()})


@router.get("/documents/{document}")
async def order(request: Request, document: str) -> Response:
    """Ask for language, copies, purpose and addressee."""
    return await _order(request, document, {}, None)


async def _order(request: Request, document: str, given: dict[str, str], problem: Answer | None) -> Response:
    machine = _machine(request)
    found = await machine.get(f"/visits/{_visit(request)}/documents")
    if not found.is_good:
        return await _start(request, found)
    chosen = next((one for one in found.json() if one["document"] == document), None)
    if chosen is None:
        return _go("/kiosk/documents")
    about = (await machine.get("/machine")).json()
    context = {"about": about, "document": chosen, "given": given, "problem": _words(problem)}
    return render(request, "kiosk/order.html", context, status=problem.status if problem else 200)


@router.post("/confirm")
async def confirm(request: Request) -> Response:
    """Show what will be printed and what it costs; the request gets its id here, so that it is one."""
    form = await _form(request)
    machine = _machine(request)
    found = await machine.get(f"/visits/{_visit(request)}/documents")
    if not found.is_good:
        return await _start(request, found)
    chosen = next((one for one in found.json() if one["document"] == form.get("document")), None)
    if chosen is None:
        return _go("/kiosk/documents")
    about = (await machine.get("/machine")).json()
    asked = _asked(form)
    context = {
        "about": about,
        "document": chosen,
        "asked": asked,
        "request_id": f"simulator-{new_id()}",
        "total": chosen["fee"]["amount"] * asked["copies"],
    }
    return render(request, "kiosk/confirm.html", context)


@router.get("/confirm")
@router.get("/print")
async def back_to_documents(request: Request) -> Response:  # noqa: ARG001  # a route
    """Lead from the address of a form back to the list."""
    return _go("/kiosk/documents")


@router.post("/print")
async def print_it(request: Request) -> Response:
    """Send the request to the server, as a machine does when the money is in."""
    form = await _form(request)
    asked = {**_asked(form), "request_id": form.get("request_id", ""), "document": form.get("document", "")}
    answer = await _machine(request).post(f"/visits/{_visit(request)}/prints", asked)
    if not answer.is_good:
        return await _order(request, asked["document"], form, answer)
    return _go(f"/kiosk/prints/{answer.json()['print']}")


@router.get("/prints/{print_id}")
async def printed(request: Request, print_id: str) -> Response:
    """Show the copies, and what the machine's printer says of each."""
    return await _printed(request, print_id, None)


async def _printed(request: Request, print_id: str, problem: Answer | None) -> Response:
    if not _visit(request):
        return _go("/kiosk")
    machine = _machine(request)
    found = await machine.get(f"/prints/{_part(print_id)}")
    if not found.is_good:
        return await _start(request, found)
    about = (await machine.get("/machine")).json()
    context = {"about": about, "print": found.json(), "problem": _words(problem)}
    return render(request, "kiosk/printed.html", context, status=problem.status if problem else 200)


@router.post("/prints/{print_id}/{number}")
async def tell(request: Request, print_id: str, number: int) -> Response:
    """Tell the server what became of a copy, or ask to print one again."""
    form = await _form(request)
    path, attempt = f"/prints/{_part(print_id)}/copies/{number}", _number(form.get("attempt", "1"))
    if form.get("act") == "again":
        answer = await _machine(request).post(f"{path}/reprint", {"attempt": attempt + 1})
    else:
        sent = {"attempt": attempt, "outcome": form.get("act", ""), "reason": form.get("reason", "")[:200]}
        answer = await _machine(request).post(f"{path}/report", sent)
    if not answer.is_good:
        return await _printed(request, print_id, answer)
    return _go(f"/kiosk/prints/{_part(print_id)}#copy-{number}")


@router.get("/prints/{print_id}/{number}/{name}")
async def file(request: Request, print_id: str, number: int, name: str) -> Response:
    """Give the PDF or the picture of a copy, as the machine got it."""
    if not _visit(request) or name not in {"document.pdf", "picture.png"}:
        raise NotFoundError("There is no such page.")
    got = await _machine(request).get(f"/prints/{_part(print_id)}/copies/{number}/{name}")
    return Response(
        got.data, status_code=got.status, media_type=got.media_type, headers={"Cache-Control": "no-store"}
    )


def _machine(request: Request) -> Machine:
    secret = state_of(request).workplace.secret
    return Machine(app=request.app, token=demo_token(secret), language=language_of(request))


def _visit(request: Request) -> str:
    return _part(request.cookies.get(VISIT_COOKIE, "")) if request.cookies.get(VISIT_COOKIE) else ""


def _part(text: str) -> str:
    """Give text that is one part of a path, or one that leads nowhere."""
    return quote(text) if _SAFE.match(text) else "-"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _asked(form: dict[str, str]) -> dict[str, Any]:
    own = form.get("purpose_own", "").strip()
    return {
        "language": form.get("language", ""),
        "copies": _number(form.get("copies", "1")),
        "addressee": form.get("addressee", "").strip(),
        "purpose": own or form.get("purpose", "").strip(),
    }


async def _form(request: Request) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=20, max_part_size=4_000) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


def _words(problem: Answer | None) -> tuple[str, str] | None:
    """Give what the server says is wrong, and what to do."""
    if problem is None:
        return None
    said = problem.json()
    return str(said.get("detail", "")), str(said.get("action", ""))
