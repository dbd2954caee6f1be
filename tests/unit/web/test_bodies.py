# SPDX-License-Identifier: Apache-2.0
"""No body is larger than its address takes or slower than a line can be, and whoever sent it reads why."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import anyio
import orjson
import pytest
from fastapi import FastAPI, Request, UploadFile
from starlette.types import Message, Scope

from gakusho.web import errors
from gakusho.web.bodies import USUAL, Bodies

BOUNDARY = "b"
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
END = b"\r\n--b--\r\n"
MB = bytes(1_048_576)


def _application() -> FastAPI:
    app = FastAPI(openapi_url=None)
    errors.install(app)
    settings = SimpleNamespace(zone=ZoneInfo("UTC"), demo=False, secure=False, public_url="http://localhost")
    app.state.gakusho = SimpleNamespace(settings=settings)

    @app.post("/form")
    @app.post("/api/form")
    async def form(request: Request) -> dict[str, int]:
        async with request.form(max_files=1, max_fields=1) as sent:
            file = sent["file"]
            assert not isinstance(file, str)
            return {"size": file.size or 0}

    @app.post("/api/v1/batches/upload")
    def upload(file: UploadFile) -> dict[str, int]:
        return {"size": file.size or 0}

    return app


APP = _application()


def sent(
    path: str,
    part: Callable[[int], bytes | None],
    *,
    length: int | None = None,
    language: str = "en",
    seconds: float = 30.0,
) -> tuple[int, bytes, int]:
    """Send parts until there is none or nobody reads; give status, answer and how many were read."""
    headers = [
        (b"content-type", b"multipart/form-data; boundary=b"),
        (b"accept-language", language.encode()),
        *([(b"content-length", str(length).encode())] if length is not None else []),
    ]
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "server": ("localhost", 80),
        "app": APP,
    }
    answer: list[Message] = []
    read = 0

    async def receive() -> Message:
        nonlocal read
        body = part(read)
        if body is None:
            await anyio.sleep_forever()
        read += 1
        return {"type": "http.request", "body": body, "more_body": not (body or b"").endswith(END)}

    async def send(message: Message) -> None:
        answer.append(message)

    async def run() -> None:
        await Bodies(APP, errors.answer, seconds=seconds, linger=0.05)(scope, receive, send)

    # In a thread of its own: a browser test of the same process may have left an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, run).result()
    assert [one["type"] for one in answer].count("http.response.start") == 1
    assert not answer[-1].get("more_body")
    return answer[0]["status"], b"".join(one.get("body", b"") for one in answer), read


def endless(number: int) -> bytes | None:
    return HEAD if number == 0 else MB if number < 100 else None


@pytest.mark.parametrize("path", ["/form", "/api/form", "/api/v1/batches/upload"])
def test_a_form_without_an_end_is_refused_while_it_comes(path: str) -> None:
    assert sent(path, lambda number: [HEAD, MB, END][number])[0] == 200, "its twin, of one megabyte"
    taken: list[int] = []

    def part(number: int) -> bytes | None:
        taken.append(number)
        return endless(number) if number <= 22 else None

    status, answer, _ = sent(path, part)
    assert status == 413
    if path == "/form":
        assert "larger than 20 MB" in answer.decode()
    else:
        assert orjson.loads(answer)["code"] == "body-size"


def test_one_that_says_it_is_too_large_is_not_read_at_all() -> None:
    status, answer, read = sent("/form", lambda _: None, length=USUAL + 1, language="ja")
    assert (status, read) == (413, 0)
    assert "送られた内容が大きすぎます（上限は20 MB）" in answer.decode()


def test_one_that_stops_or_drips_is_given_up() -> None:
    status, answer, _ = sent("/api/form", lambda number: [HEAD, MB[:9], None][number], seconds=0.05)
    assert (status, orjson.loads(answer)["code"]) == (408, "body-slow")
