# SPDX-License-Identifier: Apache-2.0
"""The operations of both services: discovery, credentials, profile. Open Badges 3.0, section 6."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.holder import oauth_scopes, oauth_tokens, profile, received
from gakusho.holder.oauth_tokens import Bearer
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof import json
from gakusho.verifier.sentences import sentence
from gakusho.web.api.ims import service as services
from gakusho.web.api.ims.service import Service
from gakusho.web.api.ims.status_info import StatusInfoRoute
from gakusho.web.state import state_of
from gakusho.web.verify.clients import count
from gakusho.web.verify.judge import judge_stranger

LIMIT = 50
"""Credentials on a page, at most and unless fewer are asked for."""
_JSON_TYPES = frozenset(
    {"application/json", "application/vc+ld+json", "application/vc", "application/ld+json"}
)
_COMPACT = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+ -]\d\d:\d\d)")
_REFUSED = frozenset({Headline.NOT_GENUINE, Headline.UNSIGNED})
_NO_STORE = {"Cache-Control": "no-store"}


def _router(service: Service) -> APIRouter:
    router = APIRouter(
        prefix=service.prefix, route_class=StatusInfoRoute, include_in_schema=False, tags=["1EdTech"]
    )

    @router.get("/discovery")
    def discovery(request: Request) -> Response:
        """Give the Service Description Document, to anybody: getServiceDescription."""
        body = services.description(service, state_of(request).settings.public_url)
        return JSONResponse(body, headers={"Access-Control-Allow-Origin": "*"})

    @router.get("/credentials")
    def get_credentials(request: Request) -> Response:
        """Give a page of the learner's credentials: getCredentials."""
        return _page(request, service, _bearer(request, service.scope(oauth_scopes.READ)))

    @router.post("/credentials")
    async def upsert_credential(request: Request) -> Response:
        """Put a credential into the learner's wallet, or replace its older version: upsertCredential."""
        bearer = await run_in_threadpool(_bearer, request, service.scope(oauth_scopes.UPSERT))
        media_type, data = _media_type(request), await _body(request, received.MAX_BYTES)
        return await run_in_threadpool(_upsert, request, service, bearer, media_type, data)

    @router.get("/profile")
    def get_profile(request: Request) -> Response:
        """Give the learner's profile: getProfile."""
        bearer = _bearer(request, service.scope(oauth_scopes.READ_PROFILE))
        with state_of(request).work(read_only=True) as work:
            return JSONResponse(profile.profile(work, bearer.person_id), headers=_NO_STORE)

    @router.put("/profile")
    async def put_profile(request: Request) -> Response:
        """Replace the learner's profile: putProfile."""
        bearer = await run_in_threadpool(_bearer, request, service.scope(oauth_scopes.WRITE_PROFILE))
        if _media_type(request) not in _JSON_TYPES:
            raise UnreadableError("Content-Type: expected application/json.")
        data = await _body(request, 65_536)
        return await run_in_threadpool(_put_profile, request, bearer, data)

    @router.api_route("/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    def nothing(rest: str) -> Response:
        """Say that there is no such operation."""
        allowed = {"discovery": "GET", "credentials": "GET, POST", "profile": "GET, PUT"}.get(rest)
        if allowed:
            raise HTTPException(405, "The method is not one of this address.", {"Allow": allowed})
        raise HTTPException(404, "There is no such operation.")

    return router


def _bearer(request: Request, scope: str) -> Bearer:
    """Give who asks. Raises: ForbiddenError, HTTPException 401."""
    count(request, "application")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        headers = {"WWW-Authenticate": f'Bearer realm="gakusho", scope="{scope}"'}
        raise HTTPException(401, "An access token is needed.", headers)
    state = state_of(request)
    with state.work(read_only=True) as work:
        found = oauth_tokens.bearer(work, token.strip(), scope)
    if found.unnoted:
        with state.work() as work:
            oauth_tokens.note_use(work, found)
    return found


async def _body(request: Request, most: int) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise LimitError(
                "The body is too large.", facts={"got": f"> {most} bytes", "expected": f"{most} bytes"}
            )
    return bytes(data)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


# --- credentials -----------------------------------------------------------------------------------


def _page(request: Request, service: Service, bearer: Bearer) -> Response:
    limit = min(_number(request, "limit", LIMIT, least=1), LIMIT)
    offset = _number(request, "offset", 0, least=0)
    since = _since(request)
    with state_of(request).work(read_only=True) as work:
        found = received.page(
            work, bearer.person_id, service.kind, service.formats, limit=limit, offset=offset, since=since
        )
    data = [one.data.strip() for one in found.credentials]
    documents = [one for one in data if one.startswith(b"{")]
    tokens = [b'"%s"' % one for one in data if not one.startswith(b"{")]
    # as they were signed, byte for byte
    body = b'{"credential":[%s],"compactJwsString":[%s]}' % (b",".join(documents), b",".join(tokens))
    headers = {
        **_NO_STORE,
        "X-Total-Count": str(found.total),
        "Link": _links(request, service, limit, offset, found.total),
    }
    return Response(body, media_type="application/json", headers=headers)


def _links(request: Request, service: Service, limit: int, offset: int, total: int) -> str:
    """Give the ``Link`` header. Open Badges 3.0, section 6.4; RFC 8288."""
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset > 0:
        places["prev"] = max(0, min(offset - limit, last))
    base = state_of(request).settings.public_url + service.prefix + "/credentials?"
    since = request.query_params.get("since")
    more = {"since": since} if since else {}
    return ", ".join(
        f'<{base}{urlencode({"limit": limit, "offset": place, **more})}>; rel="{relation}"'
        for relation, place in places.items()
    )


def _number(request: Request, name: str, default: int, *, least: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or int(text) < least:
        raise _unfit(name, text, f"a whole number from {least} on")
    return int(text)


def _since(request: Request) -> datetime | None:
    text = request.query_params.get("since")
    if not text:
        return None
    if _MOMENT.fullmatch(text):
        sign = text[-6:-5]
        text = text[:-6] + "+" + text[-5:] if sign == " " else text  # a plus sign that was not encoded
        try:
            return datetime.fromisoformat(text.upper())
        except ValueError:
            pass
    raise _unfit("since", text, "a time with its zone, as 2026-04-01T00:00:00Z")


def _unfit(name: str, got: str, expected: str) -> InputError:
    return InputError(
        f"{name}: got {got[:80]!r}, expected {expected}.",
        code="query-parameter",
        facts={"got": got[:80], "expected": f"{name}: {expected}"},
    )


def _upsert(request: Request, service: Service, bearer: Bearer, media_type: str, data: bytes) -> Response:
    """Keep what is of this kind and genuine, whoever issued it, and what cannot be asked for today."""
    count(request, "upsert")
    is_token = media_type == "text/plain"
    if is_token:
        data = data.strip()
        if not _COMPACT.fullmatch(data):
            raise UnreadableError("The body is expected to be a compact JWS.")
    elif media_type not in _JSON_TYPES:
        raise UnreadableError("Content-Type: expected application/json, or text/plain for a compact JWS.")
    elif not isinstance(json.loads(data, max_bytes=received.MAX_BYTES), dict):
        raise UnreadableError("The body is expected to be a JSON object.")
    state = state_of(request)
    report = judge_stranger(state, data)
    if report.credential is None or report.headline in _REFUSED:
        raise InputError(
            f"The credential is not genuine, or cannot be read. {_reasons(report)}",
            code="received-not-genuine",
            facts={"got": _reasons(report)},
        )
    given = received.read(data, service.kind)
    with state.work() as work:
        is_new = received.keep(work, bearer, given)
    answered = "text/plain" if is_token else "application/json"
    return Response(data, 201 if is_new else 200, media_type=answered, headers=_NO_STORE)


def _reasons(report: Report) -> str:
    wrong = [check for check in report.checks if check.outcome is Outcome.INVALID] or list(report.checks)
    return " ".join(sentence(check, "en") for check in wrong)[:1_000]


# --- profile ---------------------------------------------------------------------------------------


def _put_profile(request: Request, bearer: Bearer, data: bytes) -> Response:
    given = json.loads(data)
    if not isinstance(given, dict):
        raise UnreadableError("The body is expected to be a JSON object.")
    with state_of(request).work() as work:
        return JSONResponse(profile.replace(work, bearer.person_id, given), headers=_NO_STORE)


router = APIRouter()
for _service in services.SERVICES:
    router.include_router(_router(_service))
