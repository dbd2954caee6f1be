# SPDX-License-Identifier: Apache-2.0
"""The applications a learner has let in, and the credentials those have brought."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.holder import oauth_scopes, oauth_tokens, parts, received
from gakusho.web.auth.session import SignedInPerson, go
from gakusho.web.downloads import attachment
from gakusho.web.pages import language_of, render, words_of
from gakusho.web.state import state_of
from gakusho.web.verify import clients
from gakusho.web.verify.judge import judge_stranger
from gakusho.web.verify.show import shown
from gakusho.web.wallet.consent import key_of

router = APIRouter(prefix="/wallet", include_in_schema=False)


@router.get("/apps")
def apps_page(request: Request, person: SignedInPerson, done: str = "") -> Response:
    """List the applications, what each may do, and what they brought."""
    with state_of(request).work(read_only=True) as work:
        apps = oauth_tokens.apps(work, person.id)
        brought = received.received(work, person.id)
    context = {
        "apps": [
            (app, [key_of(scope) for scope in app.scopes if scope != oauth_scopes.OFFLINE]) for app in apps
        ],
        "received": brought,
        "done": done if done in {"disconnected", "removed"} else "",
    }
    return render(request, "wallet/apps.html", context)


@router.post("/apps/{grant_id}/disconnect")
def disconnect(request: Request, person: SignedInPerson, grant_id: str) -> Response:
    """Let an application in no longer."""
    with state_of(request).work() as work:
        oauth_tokens.disconnect(work, person.id, grant_id)
    return go("/wallet/apps?done=disconnected")


@router.get("/received/{received_id}")
def received_page(request: Request, person: SignedInPerson, received_id: str) -> Response:
    """Show a credential from elsewhere, verified now."""
    clients.count(request, "verify")
    state = state_of(request)
    with state.work(read_only=True) as work:
        view, sealed = received.one(work, person.id, received_id)
    report = judge_stranger(state, parts.with_all(sealed).data)
    context = {"view": view, "shown": shown(report, words_of(request))}
    return render(request, "wallet/received.html", context)


@router.get("/received/{received_id}/download")
def download(request: Request, person: SignedInPerson, received_id: str) -> Response:
    """Give a credential from elsewhere as it came."""
    with state_of(request).work(read_only=True) as work:
        view, sealed = received.one(work, person.id, received_id)
    return attachment(sealed.data, sealed.media_type, view.title.best(language_of(request)), sealed.extension)


@router.post("/received/{received_id}/remove")
def remove(request: Request, person: SignedInPerson, received_id: str) -> Response:
    """Take a credential from elsewhere out of the wallet."""
    with state_of(request).work() as work:
        received.remove(work, person.id, received_id)
    return go("/wallet/apps?done=removed")
