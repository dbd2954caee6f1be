# SPDX-License-Identifier: Apache-2.0
"""How much may be sent, and how long that may take: told while it comes, before it fills disk or memory.

Each address has its bound; those who read the parts of a form bound each of them besides.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gakusho.errors import GakushoError, LimitError
from gakusho.issuer import tokens

_MB = 1_048_576
USUAL = 20 * _MB
"""Bytes of a body; the largest that is no upload is an image with a credential baked into it."""
_TABLE, _PAPERS, _BADGES = 100 * _MB, 500 * _MB, 400 * _MB
_ROOM = 4 * _MB
"""For the other fields of a form."""
BOUNDS = (
    (re.compile(r"/console/[^/]+/batches/(?:new|[^/]+/choices)\Z"), _TABLE + _PAPERS + _ROOM),
    (re.compile(r"/console/[^/]+/rescue\Z"), _TABLE + _BADGES + _ROOM),
    (re.compile(r"/(?:verify|api/v1/verify)\Z"), 50 * _MB + _ROOM),
)
"""Addresses that take more; the console reads nothing of anybody who is not signed in."""
WITH_TOKEN = (
    (re.compile(r"/api/v1/batches/upload\Z"), _TABLE + _PAPERS + _ROOM),
    (re.compile(r"/api/v1/batches\Z"), _TABLE + _ROOM),
)
"""The same, of whoever has a token: the framework takes a body apart before it asks for one."""
FIRST_SECONDS = 30.0
"""How long nothing, or next to nothing, may come."""
SLOWEST = 8_192
"""Bytes a second on the average, after that: the line of a telephone."""
_LINGER_SECONDS = 5.0
Answer = Callable[[Request, GakushoError], Awaitable[Response]]


class Bodies:
    """Middleware: refuses bodies that are too large or come too slowly, whoever reads them."""

    def __init__(
        self, app: ASGIApp, answer: Answer, *, seconds: float = FIRST_SECONDS, linger: float = _LINGER_SECONDS
    ) -> None:
        self.app = app
        self._answer = answer
        self._seconds = seconds
        self._linger = linger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its bounds, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        length = int(declared) if declared.isascii() and declared.isdigit() else None
        bound = await _bound(scope, length)
        if length is not None and length > bound:
            await self._refuse(scope, receive, send, _too_large(bound))
            return
        body = _Body(receive, bound, self._seconds)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            if body.refused is None or begun:
                begun = True
                await send(message)

        try:
            await self.app(scope, body.receive, watched)
        except LimitError as error:
            if error is not body.refused:
                raise
        if body.refused is not None and not begun:
            await self._refuse(scope, receive, send, body.refused)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: LimitError) -> None:
        """Answer, and close the line a little later: closed at once, many would not get to see the answer."""
        request = Request(scope)
        answer = await self._answer(request, error)
        answer.headers["Connection"] = "close"
        last: Message = {"type": "http.response.body", "body": b"", "more_body": False}

        async def all_but_the_end(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        await answer(scope, receive, all_but_the_end)
        with anyio.move_on_after(self._linger):
            while (await receive()).get("more_body"):
                pass
        await send(last)


class _Body:
    """What comes of a body."""

    def __init__(self, receive: Receive, bound: int, seconds: float) -> None:
        self._receive = receive
        self._bound = bound
        self._seconds = seconds
        self._size = 0
        self._waited = 0.0
        self._whole = False
        self.refused: LimitError | None = None

    async def receive(self) -> Message:
        """Give the next message. Raises: LimitError (``body-size``, ``body-slow``)."""
        if self._whole:
            return await self._receive()
        if self.refused is not None:
            raise self.refused
        begun = time.monotonic()
        try:
            with anyio.fail_after(self._seconds + self._size / SLOWEST - self._waited):
                message = await self._receive()
        except TimeoutError:
            self.refused = _too_slow()
            raise self.refused from None
        self._waited += time.monotonic() - begun
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._bound:
            self.refused = _too_large(self._bound)
            raise self.refused
        return message


async def _bound(scope: Scope, length: int | None) -> int:
    path = scope["path"]
    for pattern, most in BOUNDS:
        if pattern.match(path):
            return most
    for pattern, most in WITH_TOKEN:
        if pattern.match(path) and (length is None or length > USUAL):
            return most if await run_in_threadpool(_is_known, scope) else USUAL
    return USUAL


def _is_known(scope: Scope) -> bool:
    """Tell whether a program has a token of some institution; what it may do with it is asked later."""
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return False
    try:
        with scope["app"].state.gakusho.work(read_only=True) as work:
            return tokens.actor_by_token(work, token.strip(), "batches:write") is not None
    except GakushoError:
        return False


def _too_large(bound: int) -> LimitError:
    most = f"{(bound if bound <= USUAL else bound - _ROOM) // _MB} MB"
    return LimitError(
        f"What was sent is larger than {most}.",
        code="body-size",
        action="Send less at once: split the file, or leave out what is not needed.",
        facts={"expected": most},
    )


def _too_slow() -> LimitError:
    return LimitError(
        "What was sent came too slowly, and was given up.",
        code="body-slow",
        action="Send it again on a faster line, or in parts.",
    )
