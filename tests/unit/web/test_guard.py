# SPDX-License-Identifier: Apache-2.0
"""A browser cannot be made to act for somebody by another site."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gakusho.web.guard import SameOrigin


async def _passes(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _status(method: str, **headers: str) -> int:
    return _answered(method, _passes, "/", b"", headers)


def _answered(method: str, app: ASGIApp, path: str, query: bytes, headers: dict[str, str]) -> int:
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    seen: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        seen.append(message)

    async def run() -> None:
        await SameOrigin(app)(scope, receive, send)

    # In a thread of its own: a browser test of the same process may have left an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, run).result()
    return int(seen[0]["status"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "https://uni.example", "host": "uni.example"}, 200),
        ({"origin": "https://evil.example", "host": "uni.example"}, 403),
        ({"origin": "null", "host": "uni.example"}, 403),
        ({"origin": "https://uni.example.evil.example", "host": "uni.example"}, 403),
    ],
)
def test_a_signed_in_browser_changes_things_only_from_our_own_pages(
    headers: dict[str, str], status: int
) -> None:
    assert _status("POST", cookie="session=x", **headers) == status


def test_reading_is_not_refused() -> None:
    assert _status("GET", cookie="session=x", sec_fetch_site="cross-site") == 200


def test_programs_carry_no_cookie_and_pass() -> None:
    assert _status("POST", authorization="Bearer gak_x", sec_fetch_site="cross-site") == 200


def test_nothing_is_looked_for_by_nul_which_databases_refuse() -> None:
    seen: list[Scope] = []

    async def keeps(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await _passes(scope, receive, send)

    assert _answered("GET", keeps, "/api/v1/awards/a\x00b", b"q=%00%41", {}) == 200
    assert (seen[0]["path"], seen[0]["query_string"]) == ("/api/v1/awards/a\ufffdb", b"q=%EF%BF%BD%41")


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
def test_a_form_of_another_site_signs_nobody_in_as_somebody_else(site: str, status: int) -> None:
    """Whoever is not signed in yet has no cookie; a program of another page asks by fetch, and gets none."""
    assert _status("POST", sec_fetch_site=site, sec_fetch_mode="navigate") == status
    assert _status("POST", sec_fetch_site=site, sec_fetch_mode="cors") == 200
    assert _status("GET", sec_fetch_site=site, sec_fetch_mode="navigate") == 200
