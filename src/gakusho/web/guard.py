# SPDX-License-Identifier: Apache-2.0
"""Refuses requests that another site made the browser send.

Cross-site requests are told by ``Sec-Fetch-Site`` and ``Origin``, so no form needs a token. Programs
(bearer tokens) send neither and carry no cookie. A form that another site sends as a page is refused
without a cookie too, or it could sign somebody in as somebody else.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SameOrigin:
    """Middleware: state changes only from our own pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _without_nul(scope)
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and _by_browser(headers) and not _same_origin(headers):
            await PlainTextResponse("This request came from another site.", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _without_nul(scope: Scope) -> None:
    """Put the replacement character for NUL, which databases refuse to look for: nothing goes by either."""
    if "\x00" in scope["path"]:
        scope["path"] = scope["path"].replace("\x00", "\ufffd")
    if b"%00" in scope.get("query_string", b""):
        scope["query_string"] = scope["query_string"].replace(b"%00", b"%EF%BF%BD")


def _by_browser(headers: Headers) -> bool:
    """Tell whether the request acts for a browser's session, or may begin one."""
    return bool(headers.get("cookie")) or headers.get("sec-fetch-mode") == "navigate"


def _same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return True  # not a browser: every browser that keeps cookies sends one of the two
    return urlsplit(origin).netloc == headers.get("host", "")
