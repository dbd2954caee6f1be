# SPDX-License-Identifier: Apache-2.0
"""The question to the learner whether an application may come in. RFC 6749, section 4.1."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from gakusho.errors import InputError
from gakusho.holder import oauth_codes, oauth_scopes
from gakusho.holder.accounts import SessionView
from gakusho.holder.oauth_codes import Begun
from gakusho.web.auth.session import FIRM_METHODS, current_person, current_session
from gakusho.web.pages import render
from gakusho.web.state import state_of
from gakusho.web.verify import clients

router = APIRouter(prefix="/oauth", include_in_schema=False)

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self' {back}; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@router.get("/authorize")
def authorize(request: Request) -> Response:
    """Take an application's request, and lead to the question; or back, with what is wrong with it."""
    clients.count(request, "look")
    pairs = request.query_params.multi_items()
    asked = dict(pairs)
    if len(asked) != len(pairs):
        raise InputError("A parameter is there twice.", code="oauth-request-twice")
    with state_of(request).work() as work:
        begun = oauth_codes.begin(work, asked)
    address = f"/oauth/consent/{begun.ticket}" if isinstance(begun, Begun) else begun.redirect
    return RedirectResponse(address, 302, headers={"Cache-Control": "no-store"})


def _firm(request: Request, ticket: str) -> SessionView:
    """Give the learner's session, not begun by a claim link; others sign in first, and come back."""
    session = current_session(request)
    if session is None or session.method not in FIRM_METHODS:
        back = urlencode({"next": f"/oauth/consent/{ticket[:100]}"})
        raise HTTPException(303, headers={"Location": f"/sign-in?{back}"})
    return session


@router.get("/consent/{ticket}")
def question(request: Request, ticket: str) -> Response:
    """Say who asks for what; nothing is allowed by looking."""
    session = _firm(request, ticket)
    with state_of(request).work(read_only=True) as work:
        asked = oauth_codes.consent(work, ticket)
    context = {
        "asked": asked,
        "ticket": ticket,
        "host": urlsplit(asked.redirect_uri).netloc,
        "acts": [(scope, key_of(scope)) for scope in asked.scopes if scope != oauth_scopes.OFFLINE],
        "offline": oauth_scopes.OFFLINE in asked.scopes,
        "email": session.person.email,
    }
    headers = {"Content-Security-Policy": _POLICY.format(back=_origin(asked.redirect_uri))}
    return render(request, "wallet/consent.html", context, headers=headers)


@router.post("/consent/{ticket}")
def decide(
    request: Request,
    ticket: str,
    answer: Annotated[str, Form(max_length=10)] = "",
    scope: Annotated[list[str] | None, Form(max_length=20)] = None,
) -> Response:
    """Let the application in with what is ticked, or refuse it; and lead back to it."""
    session = _firm(request, ticket)
    with state_of(request).work() as work:
        asked = oauth_codes.consent(work, ticket)
        if answer == "allow":
            but = frozenset(asked.scopes) - set(scope or ()) - {oauth_scopes.OFFLINE}
            back = oauth_codes.allow(work, ticket, session.person.id, but=but)
        else:
            back = oauth_codes.deny(work, ticket)
    return RedirectResponse(back, 303, headers={"Cache-Control": "no-store"})


@router.get("/about", dependencies=[Depends(current_person)])
def about(request: Request) -> Response:
    """Say what applications may do here, and what is kept: terms and privacy of the interfaces."""
    return render(request, "wallet/apps_about.html")


def key_of(scope: str) -> str:
    """Give by what name the catalogs explain a scope: ``ob.credential.readonly``."""
    interface = "clr" if scope.startswith(oauth_scopes.RECORDS) else "ob"
    return f"{interface}.{scope.rpartition('/')[2]}"


def _origin(address: str) -> str:
    """Give what the browser may go on to after the form: browsers hold redirects to the form's policy too."""
    parts = urlsplit(address)
    return f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"
