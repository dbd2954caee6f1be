# SPDX-License-Identifier: Apache-2.0
"""Names for things kept, and secrets handed out."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
import uuid

_making = threading.Lock()
_last = 0


def new_id() -> str:
    """Give a UUID version 7 in text form: ids of one process sort by the order in which they were made.

    RFC 9562, sections 5.7 and 6.2 (method 3: the clock's finer digits stand where random bits may).
    """
    global _last  # noqa: PLW0603  # the order of one process is a fact of the process
    with _making:
        stamp = _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
    milliseconds, finer = stamp >> 12, stamp & 0xFFF
    value = milliseconds << 80 | 0x7 << 76 | finer << 64 | 0x2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def new_token() -> str:
    """Give 192 random bits in base64url: 32 characters that nobody guesses."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Give the SHA-256 of a token, hexadecimal: what is kept in its place.

    Tokens are random and long, so a plain digest cannot be searched backwards.
    """
    return hashlib.sha256(token.encode()).hexdigest()
