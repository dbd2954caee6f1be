# SPDX-License-Identifier: Apache-2.0
"""What is known of a visitor: how often they have asked, and on what kind of device."""

from __future__ import annotations

import re

from fastapi import HTTPException, Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gakusho.holder.visit import Visitor
from gakusho.web.visitors import visitor

BOUNDS: dict[str, RateLimitItem] = {
    "verify": RateLimitItemPerMinute(60),
    "look": RateLimitItemPerMinute(600),  # a campus on graduation day comes from one address
    "unknown": RateLimitItemPerMinute(40),  # addresses that lead nowhere: a machine guesses
    "code": RateLimitItemPerMinute(10),  # well-formed verification codes that no paper has
    "codes": RateLimitItemPerMinute(300),  # the same of all visitors together: many addresses guess
    "kiosk": RateLimitItemPerMinute(600),  # of one machine, wherever it is
    "mail": RateLimitItemPerMinute(10, 10),
    "resolve": RateLimitItemPerMinute(300),  # each may ask one other host
    "register": RateLimitItemPerMinute(20, 10),  # applications, which write down what strangers say
    "application": RateLimitItemPerMinute(600),  # one server comes for all its learners
    "upsert": RateLimitItemPerMinute(120),  # each is verified
}

_PHONE = re.compile(r"iPhone|Android.+Mobile|Mobile.+Firefox|Windows Phone", re.IGNORECASE)
_TABLET = re.compile(r"iPad|Android|Tablet", re.IGNORECASE)
_COMPUTER = re.compile(r"Windows NT|Macintosh|X11|CrOS", re.IGNORECASE)


def count(request: Request, kind: str) -> None:
    """Count one request of a kind by this visitor. Raises: HTTPException 429 above the bound."""
    if not _limiter(request).hit(BOUNDS[kind], kind, visitor(request)):
        raise HTTPException(429, headers={"Retry-After": "60"})


def still_welcome(request: Request, kind: str) -> None:
    """Refuse a visitor who is over the bound already, and count nothing. Raises: HTTPException 429."""
    if not _limiter(request).test(BOUNDS[kind], kind, visitor(request)):
        raise HTTPException(429, headers={"Retry-After": "60"})


def count_of(request: Request, kind: str, who: str) -> None:
    """Count one request of a kind by somebody who is known. Raises: HTTPException 429 above the bound."""
    if not _limiter(request).hit(BOUNDS[kind], kind, who):
        raise HTTPException(429, headers={"Retry-After": "60"})


def count_for_all(request: Request, kind: str) -> None:
    """Count one request of a kind for all visitors together. Raises: HTTPException 429 above the bound."""
    if not _limiter(request).hit(BOUNDS[kind], kind):
        raise HTTPException(429, headers={"Retry-After": "60"})


def all_still_welcome(request: Request, kind: str) -> None:
    """Refuse everybody while all together are over the bound. Raises: HTTPException 429."""
    if not _limiter(request).test(BOUNDS[kind], kind):
        raise HTTPException(429, headers={"Retry-After": "60"})


def device_kind(request: Request) -> str:
    """Give ``phone``, ``tablet``, ``computer`` or ``program``."""
    agent = request.headers.get("user-agent", "")
    if _PHONE.search(agent):
        return "phone"
    if _TABLET.search(agent):
        return "tablet"
    return "computer" if _COMPUTER.search(agent) else "program"


def seen(request: Request) -> Visitor:
    """Give what the holder's log may know of this visitor."""
    person = getattr(request.state, "person", None)
    return Visitor(device=device_kind(request), person_id=person.id if person else None)


def _limiter(request: Request) -> MovingWindowRateLimiter:
    if not hasattr(request.app.state, "verify_limits"):
        request.app.state.verify_limits = MovingWindowRateLimiter(MemoryStorage())
    limiter: MovingWindowRateLimiter = request.app.state.verify_limits
    return limiter
