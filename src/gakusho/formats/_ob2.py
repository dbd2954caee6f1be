# SPDX-License-Identifier: Apache-2.0
"""What the two forms of Open Badges 2.0 share: the names, the addresses, and the reading of members."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from gakusho.errors import InputError
from gakusho.formats import _jose, _vc
from gakusho.formats._contexts import document
from gakusho.proof import json as strict_json

CONTEXT = "https://w3id.org/openbadges/v2"
ASSERTION, BADGE_CLASS, REVOCATIONS, KEY = "Assertion", "BadgeClass", "RevocationList", "CryptographicKey"
PROFILE = frozenset({"Profile", "Issuer"})
HOSTED = frozenset({"hosted", "HostedBadge"})
SIGNED = frozenset({"signed", "SignedBadge"})

_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})\Z", re.ASCII | re.IGNORECASE
)
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[^\s\\<>\"^`{|}]*)?\Z")


def terms() -> frozenset[str]:
    """Give the names that the context of Open Badges 2.0 defines."""
    return frozenset(strict_json.loads(document(CONTEXT))["@context"])


def inline_context() -> Mapping[str, Any]:
    """Give the context of Open Badges 2.0 as it stands in documents that carry it themselves."""
    found: Mapping[str, Any] = strict_json.loads(document(CONTEXT))["@context"]
    return found


def types(holder: Mapping[str, Any]) -> list[str]:
    """Give the types of a document as their owner wrote them."""
    return [kind for kind in _vc.as_list(holder.get("type")) if isinstance(kind, str)]


def is_kind(holder: object, *kinds: str) -> bool:
    """Tell whether the document is of one of these kinds, plain or with the vocabulary's prefix."""
    if not isinstance(holder, Mapping):
        return False
    return bool({kind.removeprefix("obi:") for kind in types(holder)} & set(kinds))


def is_assertion(holder: object) -> bool:
    """Tell whether a JSON value is an assertion, or by its context another document of Open Badges 2.0."""
    if not isinstance(holder, Mapping):
        return False
    contexts = _vc.as_list(holder.get("@context"))
    known = any(isinstance(one, str) and one.startswith("https://w3id.org/openbadges/") for one in contexts)
    return known or (is_kind(holder, ASSERTION) and "badge" in holder)


def is_signed(data: bytes) -> bool:
    """Tell whether the bytes are a compact JWS with an assertion inside; never raises."""
    if not _jose.looks_like(data):
        return False
    try:
        return is_assertion(_jose.taken_apart(data.strip()).claims)
    except InputError:
        return False


def method(assertion: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give how the assertion says it is to be verified; older ones call the member ``verify``."""
    stated = assertion.get("verification", assertion.get("verify"))
    return stated if isinstance(stated, Mapping) else {}


def is_address(value: object) -> bool:
    """Tell whether a value is a web address without user name, climbing or backslashes."""
    if not isinstance(value, str) or len(value) > 2_000 or _PLAIN_ADDRESS.match(value) is None:
        return False
    try:
        path = urlsplit(value).path
    except ValueError:
        return False
    climbs = {".", "..", "%2e", "%2e%2e", ".%2e", "%2e."}
    return not climbs & {part.lower() for part in path.split("/")}


def host(address: str) -> str:
    """Give the host (with the port, if one is named) of a web address, in lower case."""
    return urlsplit(address).netloc.lower()


def moment(value: object, member: str) -> datetime:
    """Give a date and time with its zone as UTC; unlike the newer standards, seconds may be left out.

    Open Badges 2.0, section 3 (DateTime). Raises: UnreadableError.
    """
    match = _MOMENT.match(value) if isinstance(value, str) and len(value) < 64 else None
    if match is None:
        raise _vc.unreadable(member, value, "a date and time with its zone, such as 2016-12-31T23:59:59Z")
    minute, second, part, zone = match.groups()
    written = zone if ":" in zone or zone in "Zz" else f"{zone[:3]}:{zone[3:]}"
    try:
        found = datetime.fromisoformat(f"{minute}{second or ':00'}{(part or '')[:7]}{written.upper()}")
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _vc.unreadable(member, value, "a date and time there is") from None


def identifier(value: object) -> str | None:
    """Give the id of what a member names: an address, or an object with one."""
    found = value.get("id", value.get("@id")) if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else None


def parsed(data: bytes) -> dict[str, Any] | None:
    """Give the JSON object in the bytes, or None when they hold none."""
    try:
        found = strict_json.loads(data)
    except InputError:
        return None
    return found if isinstance(found, dict) else None


def same(given: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Tell whether two copies of a document say the same; a part may stand inside or be named by its id."""
    return _bare(given) == _bare(found)


def _bare(stated: Mapping[str, Any]) -> dict[str, Any]:
    bare = {name: value for name, value in stated.items() if name != "@context"}
    for member in ("badge", "issuer"):
        if isinstance(bare.get(member), Mapping):
            bare[member] = identifier(bare[member]) or _bare(bare[member])
    return bare
