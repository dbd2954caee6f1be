# SPDX-License-Identifier: Apache-2.0
"""Names for things kept, and secrets handed out."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid


def new_id() -> str:
    """Give a UUID version 7 (RFC 9562, section 5.7) in text form: it sorts by the time it was made."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def new_token() -> str:
    """Give 192 random bits in base64url: 32 characters that nobody guesses."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Give the SHA-256 of a token, hexadecimal: what is kept in its place.

    Tokens are random and long, so a plain digest cannot be searched backwards.
    """
    return hashlib.sha256(token.encode()).hexdigest()
