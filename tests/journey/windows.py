# SPDX-License-Identifier: Apache-2.0
"""What the windows of a test went through: what broke a page's own rules, and the traces of a failure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response, expect
from tests.journey import slow

PATIENCE = 100_000
"""Milliseconds that something may take on a machine that does much else; nobody waits longer than needed."""
KEPT = 40
"""Lines kept of each window."""
SHOWN = 1_500
"""Characters of a page that failed."""
_OPEN: dict[Page, deque[str]] = {}

expect.set_options(timeout=PATIENCE)


def watch(context: BrowserContext, broken: list[str]) -> Page:
    """Open a window whose story is kept until it closes; ``broken`` gets what breaks the page's own rules."""
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    slow.slow_down(page)
    story = _OPEN[page] = deque(maxlen=KEPT)

    def answered(response: Response) -> None:
        if response.status >= 400 or response.request.is_navigation_request():
            story.append(f"{response.status} {response.request.method} {response.url}")

    def unanswered(asked: Request) -> None:
        story.append(f"no answer: {asked.method} {asked.url}: {asked.failure}")

    def said(message: ConsoleMessage) -> None:
        story.append(f"console {message.type}: {message.text}")
        if "Content Security Policy" in message.text:
            broken.append(message.text)

    def failed(error: Error) -> None:
        story.append(f"error: {error}")
        broken.append(str(error))

    def gone(closed: Page) -> None:
        _OPEN.pop(closed, None)

    page.on("console", said)
    page.on("pageerror", failed)
    page.on("response", answered)
    page.on("requestfailed", unanswered)
    page.on("crash", lambda _: story.append("the page crashed"))
    page.on("close", gone)
    return page


def stories() -> Iterator[tuple[str, str]]:
    """Give for each window that is open its name, and where it stands, what it shows and went through."""
    slow.forget()
    for number, (page, story) in enumerate(list(_OPEN.items()), 1):
        try:
            page.set_default_timeout(2_000)
            shown = f"{page.url}\n{page.title()!r}\n{_ends(page.locator('body').inner_text())}"
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not hide the failure
            shown = f"It cannot be read: {str(error)[:300]}"
        yield f"window {number}", "\n".join([shown, "", *story])


def _ends(words: str) -> str:
    """Give the beginning and the end: the checks of a report stand under what it is about."""
    return words if len(words) <= 2 * SHOWN else f"{words[:SHOWN]}\n[…]\n{words[-SHOWN:]}"


@contextmanager
def next_page(page: Page) -> Iterator[None]:
    """Wait until what is done within has led to another page, and that is there whole."""
    with page.expect_navigation():
        yield
    slow.waited(page)
