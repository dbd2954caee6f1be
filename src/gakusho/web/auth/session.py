# SPDX-License-Identifier: Apache-2.0
"""Who is asking: the session cookie, the signed-in person, the member of an institution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from gakusho.errors import NotFoundError
from gakusho.holder import accounts
from gakusho.holder.accounts import PersonView, SessionView
from gakusho.issuer import institutions
from gakusho.issuer.access import Actor
from gakusho.issuer.institutions import InstitutionView
from gakusho.web.state import State, state_of

FIRM_METHODS = frozenset({"link", "passkey", "demo"})
"""Ways to sign in that open the console and change the account; claim links live too long for that."""


def cookie_name(state: State) -> str:
    """Give the name of the session cookie: bound to this host where people come by https."""
    return "__Host-gakusho_session" if state.settings.secure else "gakusho_session"


def session_token(request: Request) -> str | None:
    """Give the token the browser sent, if it sent one."""
    token = request.cookies.get(cookie_name(state_of(request)))
    return token if token and len(token) <= 100 else None


def set_session(request: Request, response: Response, token: str) -> None:
    """Give the browser its session."""
    state = state_of(request)
    response.set_cookie(
        cookie_name(state),
        token,
        max_age=int(accounts.SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        secure=state.settings.secure,
        samesite="lax",
    )


def forget_session(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    state = state_of(request)
    response.delete_cookie(
        cookie_name(state), path="/", httponly=True, secure=state.settings.secure, samesite="lax"
    )


def current_session(request: Request) -> SessionView | None:
    """Give the open session of the browser; pages find its person as ``person``."""
    token = session_token(request)
    found = None
    if token:
        with state_of(request).work(read_only=True) as work:
            found = accounts.session(work, token)
    request.state.person = found.person if found else None
    return found


def current_person(request: Request) -> PersonView | None:
    """Give the signed-in person, if there is one; pages find it as ``person``."""
    found = current_session(request)
    return found.person if found else None


def sign_in_first(request: Request) -> HTTPException:
    """Give the way to the sign-in page and back."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in {"GET", "HEAD"}:
        back = "/" + request.url.path.split("/")[1]
    return HTTPException(303, headers={"Location": "/sign-in?" + urlencode({"next": back})})


def signed_in(request: Request) -> PersonView:
    """Give the signed-in person; others are sent to the sign-in page, and back."""
    person = current_person(request)
    if person is None:
        raise sign_in_first(request)
    return person


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A member at work: who, for which institution, signed in how."""

    actor: Actor
    institution: InstitutionView
    session: SessionView


def firm_session(request: Request) -> SessionView:
    """Give a session that did not begin with a claim link; others are sent to the sign-in page."""
    session = current_session(request)
    if session is None or session.method not in FIRM_METHODS:
        raise sign_in_first(request)
    return session


def member(request: Request, slug: str | None = None) -> Seat:
    """Give the signed-in member of the institution with this short name, or of the only one.

    Raises:
        NotFoundError: there is no such institution, or not for this person.
    """
    session = firm_session(request)
    with state_of(request).work(read_only=True) as work:
        theirs = [view for view, _ in institutions.memberships_of(work, session.person.id)]
        found = [view for view in theirs if slug in {None, view.slug}]
        if len(found) != 1:
            raise NotFoundError("There is no such institution for this account.", code="institution")
        actor = institutions.actor_for(work, found[0].id, session.person.id)
    return Seat(actor=actor, institution=found[0], session=session)


def seat(request: Request, slug: str) -> Seat:
    """Give the member asking, by the short name in the address."""
    found = member(request, slug)
    request.state.seat = found
    return found


CurrentPerson = Annotated[PersonView | None, Depends(current_person)]
SignedInPerson = Annotated[PersonView, Depends(signed_in)]
FirmSession = Annotated[SessionView, Depends(firm_session)]
Member = Annotated[Seat, Depends(seat)]


def go(path: str) -> RedirectResponse:
    """Send the browser on after a change, so that reloading does not repeat it."""
    return RedirectResponse(path, status_code=303)


def device(request: Request) -> str:
    """Give the browser and the system in two words, for the list of sessions."""
    agent = request.headers.get("user-agent", "")
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)
