# SPDX-License-Identifier: Apache-2.0
"""The application: state, routes, protection, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gakusho.errors import GakushoError
from gakusho.settings import Settings
from gakusho.version import __version__
from gakusho.web import errors
from gakusho.web.api import (
    achievements,
    codes,
    document_key,
    document_pages,
    documents,
    identifiers,
    kiosk,
    kiosk_desk,
    oauth,
    published,
    rest,
    vc_api,
    vc_api_status,
)
from gakusho.web.api.ims import routes as ims
from gakusho.web.auth import routes as auth
from gakusho.web.bodies import Bodies
from gakusho.web.console import routes as console
from gakusho.web.demo import routes as demo
from gakusho.web.guard import SameOrigin
from gakusho.web.kiosk import routes as kiosk_simulator
from gakusho.web.protection import SECURITY_HEADERS
from gakusho.web.start import open_state
from gakusho.web.state import State
from gakusho.web.verify import routes as verify
from gakusho.web.wallet import routes as wallet

_RAW_HEADERS = tuple(
    (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in SECURITY_HEADERS.items()
)


def build(settings: Settings, *, state: State | None = None) -> FastAPI:
    """Give the application for these settings; ``state`` is given by tests that made their own."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opening = open_state(settings, state)  # in a thread: the jobs refuse to start inside an event loop
        try:
            app.state.gakusho = await run_in_threadpool(opening.__enter__)
        except GakushoError as error:
            app.state.refused = error  # whoever started the server says it in words
            raise
        try:
            yield
        finally:
            await run_in_threadpool(opening.__exit__, None, None, None)

    app = FastAPI(
        title="Gakusho",
        version=__version__,
        summary="Issues, holds, shares and verifies digital academic credentials.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,  # it would lead to the host that the request names, which anybody may write
        lifespan=lifespan,
    )
    errors.install(app)
    app.add_middleware(Bodies, answer=errors.answer)
    app.add_middleware(SameOrigin)
    app.add_middleware(Protected)
    if settings.vc_api:
        # Found first and without FastAPI's work on parameters, of which this one has none: it is measured.
        verify_route = Route(vc_api.VERIFY, vc_api.verify_credential, methods=["POST"])
        app.router.routes.insert(0, verify_route)
    for router in (
        *((vc_api.router, vc_api_status.router) if settings.vc_api else ()),  # first: it is measured
        demo.router,
        kiosk_simulator.router,
        auth.router,
        console.router,
        wallet.router,
        verify.router,
        rest.router,
        documents.router,
        document_key.router,
        document_pages.router,
        achievements.router,
        codes.router,
        kiosk.router,
        kiosk_desk.router,
        published.router,
        identifiers.router,
        oauth.router,
        ims.router,
    ):
        app.include_router(router)
    _mount_files(app)
    return app


def _mount_files(app: FastAPI) -> None:
    of_docs, own = (resources.files(name) / "static" for name in ("fastapi_offline", "gakusho.web"))
    app.mount("/api/docs/static", StaticFiles(directory=str(of_docs)), name="api-docs")
    app.mount("/static", StaticFiles(directory=str(own)), name="static")


class Protected:
    """Middleware: every answer has the headers that protect who reads it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add to its answer what it lacks."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(scope, message)
            await send(message)

        await self.app(scope, receive, protected)


def _protect(scope: Scope, message: Message) -> None:
    given = message.setdefault("headers", [])
    present = {name.lower() for name, _ in given}
    headers = [*given, *(one for one in _RAW_HEADERS if one[0] not in present)]
    if scope["path"].startswith("/static/") and b"v=" in scope["query_string"]:
        headers = [one for one in headers if one[0].lower() != b"cache-control"]
        headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
    if scope["scheme"] == "https" and b"strict-transport-security" not in present:
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    message["headers"] = headers
