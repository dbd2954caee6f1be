# SPDX-License-Identifier: Apache-2.0
"""The application: state, routes, protection, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from gakusho.errors import GakushoError
from gakusho.settings import Settings
from gakusho.version import __version__
from gakusho.web import errors
from gakusho.web.api import identifiers, published, rest, vc_api, vc_api_status
from gakusho.web.auth import routes as auth
from gakusho.web.console import routes as console
from gakusho.web.demo import routes as demo
from gakusho.web.guard import SameOrigin
from gakusho.web.start import open_state
from gakusho.web.state import State
from gakusho.web.verify import routes as verify
from gakusho.web.wallet import routes as wallet

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


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
    app.add_middleware(SameOrigin)
    app.middleware("http")(_protect)
    for router in (
        demo.router,
        auth.router,
        console.router,
        wallet.router,
        verify.router,
        rest.router,
        published.router,
        identifiers.router,
    ):
        app.include_router(router)
    if settings.vc_api:
        app.include_router(vc_api.router)
        app.include_router(vc_api_status.router)
    app.mount(
        "/api/docs/static",
        StaticFiles(directory=str(resources.files("fastapi_offline") / "static")),
        name="api-docs",
    )
    app.mount("/static", StaticFiles(directory=str(resources.files("gakusho.web") / "static")), name="static")
    return app


async def _protect(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/") and request.query_params.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if request.url.scheme == "https":
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
