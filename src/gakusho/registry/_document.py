# SPDX-License-Identifier: Apache-2.0
"""DID documents as they are read: strict JSON, the right id, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gakusho.errors import InputError

MAX_DOCUMENT = 262_144
"""Bytes of a DID document; a hundred keys fit several times over."""


def parsed(data: bytes, did: str) -> Mapping[str, Any]:
    """Give the DID document in ``data``, which must be the one of ``did``. DID Core 1.0, section 5.

    Raises: InputError when it is not JSON, says a member twice, or is another's document.
    """
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise invalid(did, f"no strict JSON ({str(error)[:100]})", "a DID document") from error
    if not isinstance(document, dict):
        raise invalid(did, type(document).__name__, "a DID document")
    if document.get("id") != did:
        raise invalid(did, f"the document of {str(document.get('id'))[:200]}", f"the document of {did}")
    return document


def invalid(did: str, got: str, expected: str) -> InputError:
    """Give the error for a DID that does not resolve to what it should."""
    return InputError(
        f"{did[:200]} does not resolve: got {got}, expected {expected}.",
        code="did",
        facts={"did": did[:200], "got": got, "expected": expected},
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
