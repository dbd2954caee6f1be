# SPDX-License-Identifier: Apache-2.0
"""How often one visitor may try to sign in."""

from __future__ import annotations

from fastapi import HTTPException, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gakusho.web.visitors import visitor

TRIES = 300
PER_MINUTES = RateLimitItemPerMinute(TRIES, 10)
"""Tries in ten minutes: a hall of graduates behind one address passes, a machine that guesses does not."""


def attempts() -> MovingWindowRateLimiter:
    """Give a counter of tries for one server process."""
    return MovingWindowRateLimiter(MemoryStorage())


def count_attempt(request: Request) -> None:
    """Count a try by this visitor. Raises: HTTPException 429 above the bound."""
    app = request.app
    if not hasattr(app.state, "sign_in_attempts"):
        app.state.sign_in_attempts = attempts()
    if not app.state.sign_in_attempts.hit(PER_MINUTES, visitor(request)):
        raise HTTPException(429, headers={"Retry-After": "600"})
