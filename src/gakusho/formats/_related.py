# SPDX-License-Identifier: Apache-2.0
"""Related resources and their digests. VC Data Model 2.0, section 5.3."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gakusho.errors import GakushoError
from gakusho.formats import Asking, _contexts
from gakusho.model.report import Check, Outcome
from gakusho.proof import multibase

MAX_ASKED = 8
"""Addresses that one credential may have asked; a hostile one could name thousands."""
_SRI = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?\Z")
_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
_MULTIHASHES = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
_BY_SIZE = {size: name for name, size in _SIZES.items()}
_HERE = "the document itself"
_EXACT = frozenset(
    {
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/2018/credentials/v1",
        "https://w3id.org/security/data-integrity/v2",
        "https://w3id.org/security/data-integrity/v1",
        "https://w3id.org/security/multikey/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    }
)
"""Pinned documents that lie here byte for byte as they are published; of the others only the JSON does."""


@dataclass(frozen=True)
class Digest:
    """A digest as a credential states it."""

    algorithm: str
    value: bytes

    def fits(self, data: bytes) -> bool:
        """Tell whether it is the digest of the data."""
        return hashlib.new(self.algorithm, data).digest() == self.value


def digests(resource: Mapping[str, Any]) -> list[list[Digest]] | None:
    """Give the digests a related resource states: for each member the alternatives, or None when one is none.

    ``digestSRI`` may list several of which one must fit (Subresource Integrity, section 3.3.4);
    ``digestMultibase`` is a multihash, or the bare digest, which is in use too.
    """
    found: list[list[Digest]] = []
    if "digestSRI" in resource:
        found.append(_sri(resource["digestSRI"]))
    if "digestMultibase" in resource:
        found.append(_multibase(resource["digestMultibase"]))
    return found if all(found) else None


def _sri(stated: object) -> list[Digest]:
    parts = stated.split() if isinstance(stated, str) and len(stated) < 2_000 else []
    found = []
    for part in parts:
        match = _SRI.match(part)
        try:
            value = base64.b64decode(match.group(2), validate=True) if match else b""
        except binascii.Error:
            value = b""
        if match is None or len(value) != _SIZES[match.group(1)]:
            return []
        found.append(Digest(match.group(1), value))
    return found


def _multibase(stated: object) -> list[Digest]:
    if not isinstance(stated, str) or len(stated) > 200:
        return []
    try:
        data = multibase.decode(stated)
    except GakushoError:
        return []
    algorithm = _MULTIHASHES.get(data[:2])
    if algorithm is not None and len(data) == 2 + _SIZES[algorithm]:
        return [Digest(algorithm, data[2:])]
    bare = _BY_SIZE.get(len(data))
    return [Digest(bare, data)] if bare else []


def fit(stated: Iterable[Iterable[Digest]], contents: Iterable[bytes]) -> bool:
    """Tell whether all members' digests fit one of the contents an address has had."""
    members = [list(one) for one in stated]
    return any(all(any(one.fits(data) for one in member) for member in members) for data in contents)


def contradicts(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource whose bytes lie here states another digest than theirs."""
    stated = digests(resource)
    url = resource.get("id")
    return (
        stated is not None
        and isinstance(url, str)
        and url in _EXACT
        and not fit(stated, _contexts.contents(url))
    )


def checks(document: Mapping[str, Any], asking: Asking) -> Iterator[Check]:
    """Give one check for each related resource: whether its bytes are those the issuer meant.

    Pinned documents are compared; the others are asked for, where somebody may be asked.
    """
    resources = document.get("relatedResource")
    listed = resources if isinstance(resources, list) else [resources]
    for number, resource in enumerate(one for one in listed if isinstance(one, Mapping)):
        yield _check(resource, asking, may_ask=number < MAX_ASKED)


def _check(resource: Mapping[str, Any], asking: Asking, *, may_ask: bool) -> Check:
    url, stated = str(resource.get("id"))[:500], digests(resource)
    if stated is None:
        return _said(url, Outcome.INVALID, reason="no-digest")
    pinned = _contexts.contents(url)
    if pinned and fit(stated, pinned):
        return _said(url, Outcome.VALID)
    if url in _EXACT:
        return _said(url, Outcome.INVALID, reason="differs")
    if asking.fetch is None or not may_ask:
        return _said(url, Outcome.UNKNOWN, reason="not-asked")
    try:
        fetched = asking.fetch(url)
    except GakushoError as error:
        return _said(url, Outcome.UNKNOWN, reason="unreachable", message=str(error)[:500])
    same = fit(stated, [fetched.data])
    return Check(
        code="resource.digest",
        outcome=Outcome.VALID if same else Outcome.INVALID,
        facts={"got": url, **({} if same else {"reason": "differs"})},
        source=fetched.source,
        time=fetched.time,
    )


def _said(url: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code="resource.digest", outcome=outcome, facts={"got": url, **facts}, source=_HERE)
