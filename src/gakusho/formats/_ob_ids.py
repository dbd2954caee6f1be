# SPDX-License-Identifier: Apache-2.0
"""Ids and salts that follow from an award's id, so that writing twice gives the same document."""

from __future__ import annotations

import hashlib
import uuid

_URN = "urn:uuid:"


def derived(base: str, path: str) -> str:
    """Give the ``urn:uuid:`` of the part ``path`` of what ``base`` names (UUID version 5)."""
    return f"{_URN}{uuid.uuid5(_namespace(base), path)}"


def _namespace(base: str) -> uuid.UUID:
    try:
        return uuid.UUID(base.removeprefix(_URN))
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, base)


def salt(award_id: str) -> str:
    """Give the salt of an award's hashed identifiers: one for every award, so that two do not compare."""
    return hashlib.sha256(f"gakusho identity salt {award_id}".encode()).hexdigest()[:32]


def identity_hash(identity: str, salt_text: str) -> str:
    """Give the hashed form of an identifier. Open Badges 3.0, IdentityHash."""
    return "sha256$" + hashlib.sha256((identity + salt_text).encode()).hexdigest()


def description_of(result_id: str) -> str:
    """Give the id of the result description written for a result that names none of its achievement's."""
    return derived(result_id, "description")
