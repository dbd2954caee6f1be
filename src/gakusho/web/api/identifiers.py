# SPDX-License-Identifier: Apache-2.0
"""A DID resolver over HTTP: ``GET /1.0/identifiers/{did}``. DID Resolution 1.0, section 7.1."""

from __future__ import annotations

from urllib.parse import unquote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gakusho.proof import json
from gakusho.verifier import identifiers
from gakusho.verifier.identifiers import Resolved
from gakusho.web.state import state_of
from gakusho.web.verify.clients import count

router = APIRouter(tags=["identifiers"])

_PREFIX = "/1.0/identifiers/"
RESULT = 'application/ld+json;profile="https://w3id.org/did-resolution"'
_DOCUMENTS = ("application/did+ld+json", "application/did+json", "application/did")
_RESULTS = (
    "application/did-resolution",
    "application/ld+json",
    "application/json",
    "application/*",
    "*/*",
    "",
)
_STATUS = {
    "notFound": 404,
    "representationNotSupported": 406,
    "methodNotSupported": 501,
    "featureNotSupported": 501,
    "internalError": 503,  # the one internal error there is: whoever publishes the document cannot be reached
}
_OPTIONS = ("publicKeyFormat", "enableExperimentalPublicKeyTypes", "versionId", "versionTime")


@router.get(_PREFIX + "{identifier:path}", summary="Resolve a DID")
async def resolve(request: Request, identifier: str) -> Response:  # noqa: ARG001  # read as it was sent
    """Give the DID document with what is known of the resolution, or the document alone when that is asked.

    Own institutions are answered for from here; the documents of others are asked for where the server
    may ask (``GAKUSHO_FETCH``). ``publicKeyFormat`` chooses how the key of a did:key is written.
    """
    count(request, "resolve")
    accepted = {one.partition(";")[0].strip().lower() for one in request.headers.get("accept", "").split(",")}
    if not accepted & {*_DOCUMENTS, *_RESULTS}:
        message = "It is given as application/did-resolution or application/did+ld+json."
        return _answer(Resolved(error="representationNotSupported", message=message))
    state = state_of(request)
    options = {name: request.query_params[name] for name in _OPTIONS if name in request.query_params}
    found = await run_in_threadpool(
        identifiers.resolve, _asked_for(request), fetcher=state.fetcher, now=state.clock(), options=options
    )
    if found.error is None and accepted <= set(_DOCUMENTS):
        return Response(json.dumps(dict(found.document)), media_type="application/did+ld+json")
    return _answer(found)


def _asked_for(request: Request) -> str:
    """Give the DID or DID URL as it was sent, decoded once: what is encoded within it stays so."""
    sent = request.scope["raw_path"].partition(b"?")[0].decode("latin-1")
    return unquote(sent.partition(_PREFIX)[2])


def _answer(found: Resolved) -> Response:
    status = 200 if found.error is None else _STATUS.get(found.error, 400)
    return Response(json.dumps(found.as_json()), status_code=status, media_type=RESULT)
