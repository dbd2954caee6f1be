# SPDX-License-Identifier: Apache-2.0
"""The account: name, language, addresses, passkeys, open sessions."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from gakusho.errors import GakushoError, InputError, NotFoundError
from gakusho.holder import accounts, addresses, passkeys
from gakusho.store.ids import token_hash
from gakusho.web.auth import session
from gakusho.web.auth.session import FirmSession, SignedInPerson
from gakusho.web.errors import error_words, status_of
from gakusho.web.pages import LANGUAGE_COOKIE, language_of, render
from gakusho.web.state import state_of

router = APIRouter(prefix="/account", include_in_schema=False)

DONE = frozenset(
    {"profile", "email-sent", "email-added", "email-removed", "passkey", "passkey-removed", "sessions"}
)


@router.get("")
def account_page(request: Request, person: SignedInPerson) -> Response:
    """Show the account."""
    return _page(request, person)


@router.post("")
def change_profile(
    request: Request,
    person: SignedInPerson,
    name: Annotated[str, Form(max_length=1000)] = "",
    language: Annotated[str, Form(max_length=10)] = "ja",
) -> Response:
    """Change name and language; the pages follow the language at once."""
    try:
        with state_of(request).work() as work:
            accounts.change_profile(work, person.id, name=name, language=language)
    except InputError as error:
        return _page(
            request, person, error=error, place="profile", given={"name": name, "language": language}
        )
    response = session.go("/account?done=profile")
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=31_536_000,
        samesite="lax",
        secure=state_of(request).settings.secure,
    )
    return response


@router.get("/emails")
@router.get("/passkeys")
def back_to_account(request: Request) -> Response:
    """Lead from the address of a refused form back to the account, as when the language is changed there."""
    return session.go(f"/account?{request.url.query}")


@router.post("/emails")
def ask_for_email(
    request: Request, owner: FirmSession, email: Annotated[str, Form(max_length=400)] = ""
) -> Response:
    """Send a link to an address that is to be added."""
    state = state_of(request)
    try:
        with state.work() as work:
            addresses.request_email(work, owner.person.id, email, language=language_of(request))
    except GakushoError as error:
        return _page(request, owner.person, error=error, place="email", given={"email": email})
    state.jobs.deliver()
    return session.go("/account?done=email-sent")


@router.post("/emails/remove")
def remove_email(
    request: Request, owner: FirmSession, email: Annotated[str, Form(max_length=400)] = ""
) -> Response:
    """Take an address off the account."""
    try:
        with state_of(request).work() as work:
            addresses.remove_email(work, owner.person.id, email)
    except GakushoError as error:
        return _page(request, owner.person, error=error, place="email")
    return session.go("/account?done=email-removed")


@router.get("/emails/{token}")
def confirm_email_page(request: Request, token: str, owner: FirmSession) -> Response:
    """Show which address will be added, and whether another account is joined with it."""
    try:
        with state_of(request).work(read_only=True) as work:
            link = accounts.link(work, token, "add-email")
            other = addresses.other_owner(work, owner.person.id, token)
    except NotFoundError as error:
        sentence, action = error_words(request, error)
        return render(request, "auth/stale.html", {"sentence": sentence, "action": action}, status=404)
    return render(request, "auth/confirm_email.html", {"token": token, "email": link.email, "other": other})


@router.post("/emails/{token}")
def add_email(
    request: Request, token: str, owner: FirmSession, join: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    """Add the address of the link."""
    with state_of(request).work() as work:
        addresses.add_email(work, owner.person.id, token, join=join == "yes")
    return session.go("/account?done=email-added")


@router.post("/passkeys/options")
def passkey_options(request: Request, owner: FirmSession) -> Response:
    """Give the options for ``navigator.credentials.create``."""
    try:
        with state_of(request).work() as work:
            options = passkeys.registration_options(work, owner.person.id)
    except GakushoError as error:
        sentence, action = error_words(request, error)
        return JSONResponse({"message": f"{sentence} {action}"}, status_code=status_of(error))
    return Response(options, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/passkeys")
def add_passkey(
    request: Request,
    owner: FirmSession,
    answer: Annotated[str, Form(max_length=20_000)] = "",
    label: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep the passkey the browser made."""
    try:
        with state_of(request).work() as work:
            passkeys.register(work, owner.person.id, answer, label=label or session.device(request))
    except InputError as error:
        return _page(request, owner.person, error=error, place="passkey")
    return session.go("/account?done=passkey")


@router.post("/passkeys/remove")
def remove_passkey(
    request: Request,
    owner: FirmSession,
    id: Annotated[str, Form(max_length=400)] = "",  # noqa: A002  # a form field
) -> Response:
    """Forget a passkey."""
    with state_of(request).work() as work:
        passkeys.remove(work, owner.person.id, id)
    return session.go("/account?done=passkey-removed")


@router.post("/sessions/end")
def end_sessions(request: Request, person: SignedInPerson) -> Response:
    """Sign out everywhere but here."""
    with state_of(request).work() as work:
        accounts.sign_out_everywhere(work, person.id, but=session.session_token(request))
    return session.go("/account?done=sessions")


def _page(
    request: Request,
    person: accounts.PersonView,
    *,
    error: GakushoError | None = None,
    place: str = "",
    given: dict[str, Any] | None = None,
) -> Response:
    token = session.session_token(request) or ""
    here = session.current_session(request)
    with state_of(request).work(read_only=True) as work:
        context = {
            "account": person,
            "firm": here is not None and here.method in session.FIRM_METHODS,
            "passkeys": passkeys.passkeys(work, person.id),
            "sessions": accounts.sessions(work, person.id),
            "this_session": token_hash(token)[:16],
            "given": {"name": person.name, "language": person.language, "email": "", **(given or {})},
            "errors": defaultdict(str, {place: " ".join(error_words(request, error))} if error else {}),
            "done": next((d for d in (request.query_params.get("done"),) if d in DONE), None),
        }
    return render(request, "auth/account.html", context, status=status_of(error) if error else 200)
