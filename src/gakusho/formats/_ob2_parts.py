# SPDX-License-Identifier: Apache-2.0
"""The parts of a badge of Open Badges 2.0 that lie at addresses: asked for within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from gakusho.errors import UnreachableError
from gakusho.formats import Asking, _ob2
from gakusho.model.report import Check, Outcome

_MAX_ASKED = 12
_MAX_HOPS = 3


@dataclass(frozen=True, kw_only=True)
class Part:
    """One document of a badge as it was found, or why there is none."""

    document: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome = Outcome.VALID
    address: str = ""
    reason: str | None = None
    detail: str = ""
    source: str | None = None
    time: datetime | None = None

    def check(self, code: str, *, otherwise: str | None = None) -> Check:
        """Give the check that stands for it; ``otherwise`` names what else was wrong with it."""
        outcome = Outcome.INVALID if otherwise else self.outcome
        facts = {"got": self.detail[:500] or self.address[:500], "expected": self.address[:500]}
        reason = otherwise or self.reason
        return Check(
            code=code,
            outcome=outcome,
            facts={**facts, "reason": reason[:500]} if reason else facts,
            source=self.source,
            time=self.time,
        )


class Parts:
    """What one badge names, each asked for once and so many in all."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[str, Part] = {}
        self._asked = 0

    def named(self, value: object, *, trusted: bool) -> Part:
        """Give the part that a member names by its address or carries inside.

        What is carried inside is taken as it is where a signature covers it (``trusted``); elsewhere it
        must be what lies at its own address.
        """
        address = _ob2.identifier(value) or ""
        if isinstance(value, Mapping):
            if trusted or not _ob2.is_address(address):
                return Part(document=value, address=address, source="the document itself")
            found = self.at(address)
            if found.outcome is Outcome.UNKNOWN:
                return replace(found, document=value)
            if found.outcome is Outcome.VALID and not _ob2.same(value, found.document):
                return replace(found, outcome=Outcome.INVALID, reason="differs")
            return found
        return self.at(address)

    def at(self, address: str) -> Part:
        """Give the document at an address, which must say that this is its id, or lead on within its host.

        A redirect, or an id, on another host is a document of somebody else's.
        """
        if not _ob2.is_address(address):
            return Part(outcome=Outcome.INVALID, address=address, reason="no-address")
        if address not in self._known:
            self._known[address] = self._found(address)
        return self._known[address]

    def _found(self, address: str) -> Part:
        target = address
        for _ in range(_MAX_HOPS):
            found, onward = self._ask(target, address)
            if onward is None:
                return found
            if _ob2.host(onward) != _ob2.host(address):
                return Part(outcome=Outcome.INVALID, address=address, reason="other-host", detail=onward)
            target = onward
        return Part(
            outcome=Outcome.UNKNOWN, address=address, reason="unreachable", detail="it leads on and on"
        )

    def _ask(self, target: str, address: str) -> tuple[Part, str | None]:
        """Give what lies at the target, and where it leads on to, if it does."""
        unknown = Part(outcome=Outcome.UNKNOWN, address=address)
        if self._asking.fetch is None or self._asked >= _MAX_ASKED:
            return replace(unknown, reason="not-asked", detail=target), None
        self._asked += 1
        try:
            fetched = self._asking.fetch(target)
        except UnreachableError as error:
            onward = urljoin(target, str(error.facts.get("location", "")))
            if error.code == "redirected" and _ob2.is_address(onward):
                return unknown, onward
            reason = "gone" if error.code == "gone" else "unreachable"
            return replace(unknown, reason=reason, detail=str(error)), None
        document = _ob2.parsed(fetched.data)
        if document is None:
            return replace(unknown, reason="no-json", detail=target), None
        part = Part(document=document, address=address, source=fetched.source, time=fetched.time)
        stated = document.get("id")
        if stated == target or (stated is None and "revoked" in document):
            return part, None
        if not _ob2.is_address(stated):
            return replace(unknown, reason="other-id", detail=str(stated)), None
        return part, str(stated)
