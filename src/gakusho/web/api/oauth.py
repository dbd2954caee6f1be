# SPDX-License-Identifier: Apache-2.0
"""OAuth 2.0 for applications: registration, tokens, revocation, metadata.

RFC 6749, RFC 7009, RFC 7591, RFC 7636, RFC 8414. The learner's side, ``/oauth/authorize``, stands with the
wallet's pages.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from gakusho.errors import GakushoError, InputError, OAuthError
from gakusho.holder import oauth_clients, oauth_scopes, oauth_tokens
from gakusho.holder.oauth_clients import ClientView
from gakusho.holder.oauth_tokens import Issued, Replayed
from gakusho.proof import json
from gakusho.store.work import Work
from gakusho.web.errors import status_of
from gakusho.web.state import state_of
from gakusho.web.verify.clients import count

MAX_BODY = 65_536
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_BASIC = {"WWW-Authenticate": 'Basic realm="gakusho", charset="UTF-8"'}


class OAuthRoute(APIRoute):
    """A route whose errors are those of RFC 6749, section 5.2."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler, with its errors caught."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except OAuthError as error:
                known = error.error != "invalid_client"
                return _error(error.error, str(error), 400 if known else 401, {} if known else _BASIC)
            except InputError as error:
                return _error("invalid_request", str(error), 400)
            except HTTPException as error:
                return _error("temporarily_unavailable", str(error.detail), error.status_code, error.headers)
            except GakushoError as error:
                return _error("server_error", "The server could not do it.", status_of(error))

        return told


router = APIRouter(route_class=OAuthRoute, include_in_schema=False, tags=["OAuth 2.0"])


@router.get("/.well-known/oauth-authorization-server")
def metadata(request: Request) -> Response:
    """Give where everything is, and what is understood. RFC 8414."""
    here = state_of(request).settings.public_url
    body = {
        "issuer": here,
        "authorization_endpoint": f"{here}/oauth/authorize",
        "token_endpoint": f"{here}/oauth/token",
        "registration_endpoint": f"{here}/oauth/register",
        "revocation_endpoint": f"{here}/oauth/revoke",
        "scopes_supported": list(oauth_scopes.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(oauth_clients.GRANT_TYPES),
        "token_endpoint_auth_methods_supported": [oauth_clients.AUTH_METHOD],
        "revocation_endpoint_auth_methods_supported": [oauth_clients.AUTH_METHOD],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{here}/oauth/about",
    }
    return JSONResponse(body, headers={"Access-Control-Allow-Origin": "*"})


@router.post("/oauth/register")
async def register(request: Request) -> Response:
    """Register an application: 201 with its id and secret. RFC 7591."""
    count(request, "register")
    given = json.loads(await _body(request))
    if not isinstance(given, dict):
        raise OAuthError("invalid_client_metadata", "The body is expected to be a JSON object.")
    return await run_in_threadpool(_registered, request, given)


def _registered(request: Request, given: dict[str, Any]) -> Response:
    with state_of(request).work() as work:
        client, secret = oauth_clients.register(work, given)
    body = {
        **client.described,
        "client_id": client.id,
        "client_secret": secret,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_secret_expires_at": 0,
        "client_name": client.name,
        "redirect_uris": list(client.redirect_uris),
        "token_endpoint_auth_method": oauth_clients.AUTH_METHOD,
        "grant_types": list(oauth_clients.GRANT_TYPES),
        "response_types": ["code"],
        "scope": " ".join(client.scopes),
    }
    return JSONResponse(body, 201, headers=_NO_STORE)


@router.post("/oauth/token")
async def token(request: Request) -> Response:
    """Give tokens for a code, or for a refresh token. RFC 6749, section 4.1.3 and 6."""
    count(request, "application")
    form = _form(await _body(request))
    return await run_in_threadpool(_tokens, request, form)


def _tokens(request: Request, form: dict[str, str]) -> Response:
    with state_of(request).work() as work:
        given = _given(work, _client(work, request), form)
    if isinstance(given, Replayed):  # what it ended stays ended: the work above is committed
        raise OAuthError("invalid_grant", "It was used before; everything given for it has ended.")
    body: dict[str, Any] = {
        "access_token": given.access_token,
        "token_type": "Bearer",
        "expires_in": given.expires_in,
        "scope": " ".join(given.scopes),
    }
    if given.refresh_token is not None:
        body["refresh_token"] = given.refresh_token
    return JSONResponse(body, headers=_NO_STORE)


def _given(work: Work, client: ClientView, form: dict[str, str]) -> Issued | Replayed:
    kind = _needed(form, "grant_type")
    if kind == "authorization_code":
        return oauth_tokens.redeem(
            work,
            client,
            code=_needed(form, "code"),
            redirect_uri=_needed(form, "redirect_uri"),
            verifier=_needed(form, "code_verifier"),
        )
    if kind == "refresh_token":
        return oauth_tokens.refresh(
            work, client, token=_needed(form, "refresh_token"), scope=form.get("scope")
        )
    raise OAuthError("unsupported_grant_type", "grant_type: expected authorization_code or refresh_token.")


@router.post("/oauth/revoke")
async def revoke(request: Request) -> Response:
    """End a token; the answer is the same when there was none. RFC 7009."""
    count(request, "application")
    form = _form(await _body(request))
    return await run_in_threadpool(_revoked, request, form)


def _revoked(request: Request, form: dict[str, str]) -> Response:
    with state_of(request).work() as work:
        oauth_tokens.revoke(work, _client(work, request), _needed(form, "token"))
    return Response(status_code=200, headers=_NO_STORE)


def _client(work: Work, request: Request) -> ClientView:
    """Give the client by its Basic header. RFC 6749, section 2.3.1."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        plain = base64.b64decode(coded.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        plain = ""
    name, colon, secret = plain.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", "The client is expected to name itself by HTTP Basic.")
    return oauth_clients.authenticated(work, unquote_plus(name), unquote_plus(secret))


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise OAuthError("invalid_request", f"The body is larger than {MAX_BODY} bytes.")
    return bytes(data)


def _form(data: bytes) -> dict[str, str]:
    """Give the parameters, each once. RFC 6749, section 3.2."""
    try:
        pairs = parse_qsl(data.decode("utf-8"), keep_blank_values=False, max_num_fields=50)
    except ValueError:
        raise OAuthError("invalid_request", "The body is expected to be a form.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise OAuthError("invalid_request", "A parameter is there twice.")
    return found


def _needed(form: dict[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise OAuthError("invalid_request", f"{name} is missing.")
    return value


def _error(error: str, description: str, status: int, headers: Any = None) -> Response:
    plain = description.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "/")
    body = {"error": error, "error_description": plain}
    return JSONResponse(body, status, headers={**_NO_STORE, **(headers or {})})
