# SPDX-License-Identifier: Apache-2.0
"""A slow browser that refuses what goes well by chance: ``GAKUSHO_SLOW_BROWSER=400 pytest tests/journey``.

Every answer comes so many milliseconds later, and what a page computes takes four times as long. A test fails
that reads a page, leaves it or asks the server while another page is on its way, or after a click that led to
another page before it waited for something there. To wait is ``expect``, ``wait_for_url``, ``next_page``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Frame, Keyboard, Locator, Page, Request
from playwright.sync_api._generated import LocatorAssertions

LATENCY = int(os.environ.get("GAKUSHO_SLOW_BROWSER") or 0)
"""Milliseconds; 0: the browser is as fast as it is."""
SLOWER = 4
NOTICED = 120
"""Milliseconds after which a click has asked for the next page, if it does."""
ACTS: dict[type, tuple[str, ...]] = {
    Locator: ("click", "press"),
    Keyboard: ("press",),
    Page: ("set_input_files",),
}
READS: dict[type, tuple[str, ...]] = {
    Page: ("content", "evaluate", "goto", "reload", "screenshot", "title"),
    Locator: (
        "all", "all_inner_texts", "count", "evaluate", "get_attribute", "inner_text", "input_value",
        "is_checked", "is_disabled", "is_enabled", "is_visible", "text_content",
    ),
}  # fmt: skip
WAITS = ("wait_for_url", "wait_for_selector", "wait_for_function", "goto", "reload")
_ASKED: dict[Any, str] = {}
"""By window: the page that was asked for and has not begun."""
_COMING: dict[Any, str] = {}
"""By window: the page that was asked for and is not there whole."""
_LEAVES = {"goto", "reload", "url"}
"""What says nothing of what a page holds: it has to have begun, no more."""
_ACTED: dict[Any, str] = {}
"""By window: what was done, and nothing was waited for since."""
_LED: set[Any] = set()
"""Windows in which that led to another page."""
_WINDOWS: set[Page] = set()


def slow_down(page: Page) -> None:
    """Let a window be slow, where that is asked for."""
    if not LATENCY:
        return
    _watch_all()
    _WINDOWS.add(page)
    page.on("request", _asked)
    page.on("requestfailed", lambda asked: _came(page) if asked.is_navigation_request() else None)
    page.on("framenavigated", _began)
    page.on("domcontentloaded", _came)
    page.on("close", _closed)
    devtools = page.context.new_cdp_session(page)
    throughput = {"downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY, **throughput})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def refuse_on_the_way(what: str, *, whole: bool = False) -> None:
    """Fail while any window waits for its next page, or for all of it."""
    awaited = _COMING if whole else _ASKED
    for page in list(awaited):
        _pause(page)
    assert not awaited, f"{what} while a page is on its way: {list(awaited.values())}"


def waited(page: Page) -> None:
    """Note that a window was seen on its new page."""
    _ACTED.pop(page, None)
    _LED.discard(page)


def forget() -> None:
    """Note nothing of what was done: a test has failed."""
    for noted in (_ACTED, _LED, _ASKED, _COMING):
        noted.clear()


def _pause(page: Page) -> None:
    try:
        page.wait_for_timeout(NOTICED)
    except Error:  # it is closed
        _came(page)


def _asked(request: Request) -> None:
    try:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            page = request.frame.page
            _ASKED[page] = _COMING[page] = f"{request.method} {request.url}"
            if page in _ACTED:
                _LED.add(page)
    except Error:
        return


def _began(frame: Frame) -> None:
    if frame.parent_frame is None:
        _ASKED.pop(frame.page, None)


def _came(page: Page) -> None:
    _ASKED.pop(page, None)
    _COMING.pop(page, None)


def _closed(page: Page) -> None:
    _came(page)
    waited(page)
    _WINDOWS.discard(page)


def _read(page: Page, name: str) -> None:
    _pause(page)
    refuse_on_the_way(name, whole=name not in _LEAVES)
    assert page not in _LED, (
        f"{name} after {_ACTED.get(page)}, which led to another page: wait for that first"
    )


def _watch_all() -> None:
    """Look at every act, read and wait of every window; once."""
    if getattr(_watch_all, "done", False):
        return
    _watch_all.done = True  # type: ignore[attr-defined]
    for kind, names in ACTS.items():
        for name in names:
            setattr(kind, name, _acting(getattr(kind, name), name))
    for name in WAITS:
        setattr(Page, name, _waiting(getattr(Page, name), lambda page: page))
    for name in dir(LocatorAssertions):
        if name.startswith(("to_", "not_to_")):
            setattr(LocatorAssertions, name, _waiting(getattr(LocatorAssertions, name), _asserted))
    for kind, names in READS.items():
        for name in names:
            setattr(kind, name, _reading(getattr(kind, name), name))
    url = Page.url

    def seen(page: Page) -> str:
        _read(page, "url")
        return str(url.fget(page))  # type: ignore[attr-defined]

    Page.url = property(seen)  # type: ignore[assignment,method-assign]


def _asserted(said: Any) -> Page:
    asked = said._impl_obj._actual_locator._frame._page
    return next(page for page in _WINDOWS if page._impl_obj is asked)


def _acting(act: Callable[..., Any], name: str) -> Callable[..., Any]:
    def acts(of: Any, *given: Any, **named: Any) -> Any:
        windows = [of.page] if isinstance(of, Locator) else [of] if isinstance(of, Page) else _WINDOWS
        _ACTED.update(dict.fromkeys(windows, f"{name} on {of}"))
        return act(of, *given, **named)

    return acts


def _waiting(wait: Callable[..., Any], page_of: Callable[[Any], Page]) -> Callable[..., Any]:
    def waits(of: Any, *given: Any, **named: Any) -> Any:
        found = wait(of, *given, **named)
        waited(page_of(of))
        return found

    return waits


def _reading(read: Callable[..., Any], name: str) -> Callable[..., Any]:
    def reads(of: Any, *given: Any, **named: Any) -> Any:
        _read(of if isinstance(of, Page) else of.page, name)
        return read(of, *given, **named)

    return reads
