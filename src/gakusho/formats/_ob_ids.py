# SPDX-License-Identifier: Apache-2.0
"""Ids and salts that follow from an award's id, so that writing twice gives the same document."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache

_URN = "urn:uuid:"
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def derived(base: str, path: str) -> str:
    """Give the ``urn:uuid:`` of the part ``path`` of what ``base`` names (UUID version 5)."""
    # RFC 9562, section 5.5; what uuid.uuid5 gives, without an object for each of a batch's thousands.
    text = hashlib.sha1(_namespace(base) + path.encode(), usedforsecurity=False).hexdigest()
    variant = _VARIANTS[text[16]]
    return f"{_URN}{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


@lru_cache(maxsize=64)  # the parts of one award are named one after the other
def _namespace(base: str) -> bytes:
    digits = base.removeprefix(_URN).replace("-", "")
    if len(digits) == 32 and digits.isascii() and digits.isalnum():
        try:
            return bytes.fromhex(digits)
        except ValueError:
            pass  # no UUID
    try:
        return uuid.UUID(base.removeprefix(_URN)).bytes
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, base).bytes


def salt(award_id: str) -> str:
    """Give the salt of an award's hashed identifiers: one for every award, so that two do not compare."""
    return hashlib.sha256(f"gakusho identity salt {award_id}".encode()).hexdigest()[:32]


def identity_hash(identity: str, salt_text: str) -> str:
    """Give the hashed form of an identifier. Open Badges 3.0, IdentityHash."""
    return "sha256$" + hashlib.sha256((identity + salt_text).encode()).hexdigest()


def description_of(result_id: str) -> str:
    """Give the id of the result description written for a result that names none of its achievement's."""
    return derived(result_id, "description")
