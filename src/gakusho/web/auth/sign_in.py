# SPDX-License-Identifier: Apache-2.0
"""Sign in by a mailed link or a passkey; sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from gakusho.errors import InputError, NotFoundError
from gakusho.holder import accounts, passkeys
from gakusho.issuer import institutions
from gakusho.web.auth import session
from gakusho.web.auth.limits import count_attempt
from gakusho.web.auth.session import CurrentPerson
from gakusho.web.demo_people import SIGN_INS
from gakusho.web.errors import error_words
from gakusho.web.pages import language_of, render
from gakusho.web.state import state_of

router = APIRouter(include_in_schema=False)
counted = [Depends(count_attempt)]
known = [Depends(session.current_person)]


@router.get("/sign-in")
def sign_in_page(request: Request, person: CurrentPerson) -> Response:
    """Ask for the address, or for a passkey."""
    onward = accounts.local_path(request.query_params.get("next"))
    if person is not None and request.query_params.get("next") is None:
        return session.go("/account")
    return _page(request, onward)


@router.post("/sign-in", dependencies=counted)
def ask_for_link(
    request: Request,
    email: Annotated[str, Form(max_length=400)] = "",
    next: Annotated[str, Form(max_length=1000)] = "/",  # noqa: A002  # the name of the form's field
) -> Response:
    """Send a link to the address, if it is known; the answer is the same if not."""
    state = state_of(request)
    try:
        with state.work() as work:
            accounts.request_link(work, email, next=next, language=language_of(request))
    except InputError as error:
        sentence, action = error_words(request, error)
        return _page(
            request, accounts.local_path(next), email=email, error=f"{sentence} {action}", status=400
        )
    state.jobs.deliver()
    return session.go("/sign-in/sent")


@router.get("/sign-in/sent", dependencies=known)
def sent_page(request: Request) -> Response:
    """Say what happens next."""
    return render(request, "auth/sent.html")


@router.post("/sign-in/passkey/options", dependencies=counted)
def passkey_options(request: Request) -> Response:
    """Give the options for ``navigator.credentials.get``."""
    with state_of(request).work() as work:
        options = passkeys.sign_in_options(work)
    return Response(options, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/sign-in/passkey", dependencies=counted)
def passkey_sign_in(
    request: Request,
    answer: Annotated[str, Form(max_length=20_000)] = "",
    next: Annotated[str, Form(max_length=1000)] = "/",  # noqa: A002  # the name of the form's field
) -> Response:
    """Sign in with what the browser's authenticator answered."""
    try:
        with state_of(request).work() as work:
            token = passkeys.sign_in(
                work, answer, device=session.device(request), replaces=session.session_token(request)
            )
    except InputError as error:
        sentence, action = error_words(request, error)
        return _page(request, accounts.local_path(next), passkey_error=(sentence, action), status=400)
    return _signed_in(request, token, accounts.local_path(next))


@router.get("/sign-in/passkey")
def back_to_sign_in(request: Request) -> Response:
    """Lead from the address of a refused passkey back to the sign-in page."""
    return session.go(f"/sign-in?{request.url.query}")


@router.get("/sign-in/{token}", dependencies=known)
def confirm_page(request: Request, token: str) -> Response:
    """Show what the link will do; opening it alone does nothing, for mail scanners open links too."""
    try:
        with state_of(request).work(read_only=True) as work:
            link = accounts.link(work, token, "sign-in")
    except NotFoundError as error:
        return _stale(request, error)
    return render(request, "auth/confirm.html", {"token": token, "email": link.email})


@router.post("/sign-in/{token}", dependencies=counted)
def use_link(request: Request, token: str) -> Response:
    """Sign in with the link, once."""
    try:
        with state_of(request).work() as work:
            entered = accounts.use_link(
                work, token, device=session.device(request), replaces=session.session_token(request)
            )
    except NotFoundError as error:
        return _stale(request, error)
    return _signed_in(request, entered.token, entered.next)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this browser's session."""
    if token := session.session_token(request):
        with state_of(request).work() as work:
            accounts.sign_out(work, token)
    response = session.go("/")
    session.forget_session(request, response)
    return response


@router.post("/demo/sign-in", dependencies=counted)
def demo_sign_in(
    request: Request,
    email: Annotated[str, Form(max_length=400)] = "",
    next: Annotated[str, Form(max_length=1000)] = "",  # noqa: A002  # the name of the form's field
) -> Response:
    """Sign in as one of the demo's fictitious people; only where the demo runs."""
    state = state_of(request)
    if not state.settings.demo:
        raise NotFoundError("There is no demo here.")
    if email not in {address for _, address in SIGN_INS}:
        raise NotFoundError("There is no such demo sign-in.")
    with state.work() as work:
        token = accounts.sign_in_as(
            work,
            email,
            method="demo",
            language=language_of(request),
            device=session.device(request),
            replaces=session.session_token(request),
        )
        person = accounts.person_by_email(work, email)
        assert person is not None
        home = "/console" if institutions.memberships_of(work, person.id) else "/wallet"
    onward = accounts.local_path(next, home)
    return _signed_in(request, token, home if onward == "/" else onward)


def _page(
    request: Request,
    onward: str,
    *,
    email: str = "",
    error: str = "",
    passkey_error: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    context = {
        "next": onward,
        "email": email,
        "error": error,
        "passkey_error": passkey_error,
        "demo_people": SIGN_INS if state_of(request).settings.demo else (),
    }
    return render(request, "auth/sign_in.html", context, status=status)


def _stale(request: Request, error: NotFoundError) -> Response:
    sentence, action = error_words(request, error)
    return render(request, "auth/stale.html", {"sentence": sentence, "action": action}, status=404)


def _signed_in(request: Request, token: str, onward: str) -> Response:
    response = session.go(onward)
    session.set_session(request, response, token)
    return response
