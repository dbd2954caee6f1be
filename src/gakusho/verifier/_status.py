# SPDX-License-Identifier: Apache-2.0
"""Does it still hold? The status list is itself a credential, and is verified by the same strict path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gakusho.errors import GakushoError, InputError, LimitError, UnreachableError
from gakusho.fetch import Fetched, Fetcher
from gakusho.formats import Asking, Format, ListsStatus, recognize
from gakusho.model.award import StatusEntry
from gakusho.model.report import Check, Outcome, combined
from gakusho.proof import json as strict_json
from gakusho.status import NamesPurposes, statuses
from gakusho.verifier import _verdict
from gakusho.verifier.newest import NewestLists

PURPOSES = ("revocation", "suspension", "refresh", "message")
_MAX_BYTES = 2 * 1_048_576
_MAX_ASKED = 32
"""Lists one verification may ask for."""
_MAX_KEPT = 32
_MAX_PARTS = 1_000
"""Objects and lists in the JSON of a list that is a credential: it has a dozen."""


@dataclass(frozen=True, kw_only=True)
class _List:
    """A status list as it was found: the verified credential, or why there is none."""

    credential: Mapping[str, Any] = field(default_factory=dict)
    issuer: str = ""
    problem: str | None = None
    detail: str = ""
    source: str | None = None
    time: datetime | None = None


@dataclass(kw_only=True)
class Lists:
    """The status lists one inquiry asked for."""

    fetcher: Fetcher
    asking: Asking
    newest: NewestLists = field(default_factory=NewestLists)
    _known: dict[str, _List] = field(default_factory=dict)
    _asked_for: int = 0

    def begin(self) -> None:
        """Begin a new verification, with nothing asked yet."""
        self._asked_for = 0

    def check(self, entry: StatusEntry, issuer: str, *, may_ask: bool) -> Check:
        """Tell what the list says of the entry; valid when the bit is not set.

        Whatever keeps the list from being read and trusted is *unknown*: nobody said that it holds.
        """
        code = _code(entry.purpose)
        facts = {"list": entry.list_id[:500], "index": str(entry.index), "purpose": entry.purpose[:60]}
        status = statuses().get(entry.kind)
        if status is None:
            return _unknown(code, facts, "kind", entry.kind)
        if not may_ask:
            return _unknown(code, facts, "not-asked", "")
        found = self._list(entry.list_id, status.carrier)
        if found.problem is not None:
            return _unknown(code, facts, found.problem, found.detail, found)
        if found.issuer != issuer:
            return _unknown(code, facts, "list-issuer", found.issuer, found)
        try:
            value = status.look_up(entry, found.credential)
        except InputError as error:
            return _unknown(code, facts, error.code, str(error), found)
        if isinstance(status, NamesPurposes):
            code = _code(status.purpose_of(value))
        return Check(
            code=code,
            outcome=_outcome(code, value),
            facts={**facts, **_said(entry, code, value)},
            source=found.source,
            time=found.time,
        )

    def _list(self, list_id: str, carrier: str) -> _List:
        if list_id not in self._known:
            if self._asked_for >= _MAX_ASKED:
                return _List(problem="limit", detail=f"more than {_MAX_ASKED} lists")
            self._asked_for += 1
            if len(self._known) >= _MAX_KEPT:
                del self._known[next(iter(self._known))]
            self._known[list_id] = self._asked(list_id, carrier)
        return self._known[list_id]

    def _asked(self, list_id: str, carrier: str) -> _List:
        try:
            fetched = self.fetcher.fetch(list_id, max_bytes=_MAX_BYTES)
        except UnreachableError as error:
            return _List(problem="list-unreachable", detail=str(error))
        try:
            return self._document(fetched) if carrier == "document" else self._credential(list_id, fetched)
        except GakushoError as error:
            return _List(
                problem="list-unreadable", detail=str(error), source=fetched.source, time=fetched.time
            )

    def _document(self, fetched: Fetched) -> _List:
        """Give a list that is not signed: who answers at its address vouches for it."""
        listed = strict_json.loads(fetched.data)
        if not isinstance(listed, dict):
            return _List(problem="list-unreadable", source=fetched.source, time=fetched.time)
        return _List(
            credential=listed,
            issuer=str(listed.get("issuer", "")),
            source=fetched.source,
            time=fetched.time,
        )

    def _credential(self, list_id: str, fetched: Fetched) -> _List:
        if fetched.data.count(b"{") + fetched.data.count(b"[") > _MAX_PARTS:
            raise LimitError("The status list says more than a status list does.")
        form: object = recognize(fetched.data)
        if isinstance(form, ListsStatus) and form.is_status_list(fetched.data):
            reading, checks = form.read_list(fetched.data), form.list_checks(fetched.data, self.asking)
        else:
            assert isinstance(form, Format)
            reading, checks = form.read(fetched.data), form.checks(fetched.data, self.asking)
        if reading.claims.get("id") != list_id:
            stated = str(reading.claims.get("id"))[:200]
            return _List(problem="list-id", detail=stated, source=fetched.source, time=fetched.time)
        checks += _verdict.date_checks(reading.award, self.asking.now)
        if combined(check.outcome for check in checks) is not Outcome.VALID:
            return _bad_list(checks, fetched.source, fetched.time)
        if self.newest.is_older(list_id, reading.award.valid_from):
            shown = reading.award.valid_from.isoformat()
            return _List(problem="list-stale", detail=shown, source=fetched.source, time=fetched.time)
        return _List(
            credential=reading.claims,
            issuer=reading.award.issuer.id,
            source=fetched.source,
            time=fetched.time,
        )


def _code(purpose: str) -> str:
    return f"status.{purpose}" if purpose in PURPOSES else "status.other"


def _outcome(code: str, value: int) -> Outcome:
    if value == 0 or code == "status.message":
        return Outcome.VALID
    return Outcome.UNKNOWN if code == "status.other" else Outcome.INVALID


def _said(entry: StatusEntry, code: str, value: int) -> dict[str, str]:
    """Give what the list says of the entry in the issuer's words."""
    if code == "status.message":
        message = dict(entry.messages).get(value, "")
        return {"got": message[:300] or f"0x{value:X}"}
    return {"reason": "set"} if value else {}


def _bad_list(checks: list[Check], source: str, time: datetime) -> _List:
    first = next(check for check in checks if check.outcome is not Outcome.VALID)
    stale = first.code.startswith("dates.")
    return _List(
        problem="list-stale" if stale else "list-not-genuine", detail=first.code, source=source, time=time
    )


def _unknown(code: str, facts: dict[str, str], reason: str, detail: str, found: _List | None = None) -> Check:
    return Check(
        code=code,
        outcome=Outcome.UNKNOWN,
        facts={**facts, "reason": reason, "got": detail[:300]},
        source=found.source if found else None,
        time=found.time if found else None,
    )
