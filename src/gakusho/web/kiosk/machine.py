# SPDX-License-Identifier: Apache-2.0
"""The simulated machine's side of the API: it knows a token and paths, and nothing of the server inside."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, cast

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.types import ASGIApp, Message

ROOT = "/api/kiosk/v1"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the API answered."""

    status: int
    media_type: str
    data: bytes

    @property
    def is_good(self) -> bool:
        """Tell whether it did what was asked."""
        return self.status < 400

    def json(self) -> Any:
        """Give the body read as JSON."""
        return orjson.loads(self.data)


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One machine with its token, speaking the language of who stands before it."""

    app: ASGIApp
    """The server, asked as over the network."""
    token: str
    language: str

    async def get(self, path: str) -> Answer:
        """Ask for something."""
        return await self._call("GET", path, None)

    async def post(self, path: str, body: Any) -> Answer:
        """Send something."""
        return await self._call("POST", path, body)

    async def delete(self, path: str) -> Answer:
        """End something."""
        return await self._call("DELETE", path, None)

    async def _call(self, method: str, path: str, body: Any) -> Answer:
        sent = b"" if body is None else orjson.dumps(body)
        headers = {
            "host": "kiosk",
            "authorization": f"Bearer {self.token}",
            "accept-language": self.language,
            "content-type": "application/json",
            "content-length": str(len(sent)),
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": ROOT + path,
            "raw_path": (ROOT + path).encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("kiosk-simulator", 0),
            "server": ("kiosk", 80),
        }
        got = _Got(sent)
        await self.app(scope, got.receive, got.send)
        return got.answer()


class _Got:
    """One exchange: gives the request's body, takes the answer."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._start: Message = {"status": 500, "headers": []}
        self._data = bytearray()

    async def receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._data += message.get("body", b"")

    def answer(self) -> Answer:
        headers = dict(cast("list[tuple[bytes, bytes]]", self._start.get("headers", [])))
        return Answer(
            status=self._start["status"],
            media_type=headers.get(b"content-type", b"").decode(),
            data=bytes(self._data),
        )


def demo_token(secret: bytes) -> str:
    """Give the token of the demo's machine, the same whenever the server starts; nobody else knows it."""
    derived = HKDF(algorithm=hashes.SHA256(), length=24, salt=None, info=b"gakusho demo kiosk").derive(secret)
    return "gkm_" + base64.urlsafe_b64encode(derived).decode()
