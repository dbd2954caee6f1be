# SPDX-License-Identifier: Apache-2.0
"""What was issued from a folder, and what happened to it since: one JSON object a line, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from gakusho.errors import ConflictError, NotFoundError, UnreadableError

LEDGER = "issued.jsonl"
STATES = {"revoked": "revocation", "suspended": "suspension", "superseded": "refresh"}
"""State of an award → purpose of the list in which its bit is set."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One award as the ledger knows it."""

    award: str
    achievement: str
    name: str
    issue_number: str | None
    student_number: str | None
    list_number: int
    index: int
    files: tuple[str, ...] = ()
    state: str = "valid"
    """``valid``, ``revoked``, ``suspended`` or ``superseded``."""


class Standing:
    """The awards that stand, by what makes two of them the same.

    The same issue number; or the same achievement and student number.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._by_issue_number: dict[str, list[Entry]] = defaultdict(list)
        self._by_student: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.issue_number:
                self._by_issue_number[entry.issue_number].append(entry)
            if entry.student_number:
                self._by_student[entry.achievement, entry.student_number].append(entry)

    def same(self, achievement: str, issue_number: str, student_number: str) -> list[Entry]:
        """Give the awards that are the same, each once."""
        found = [
            *self._by_issue_number.get(issue_number, ()),
            *self._by_student.get((achievement, student_number), ()),
        ]
        return list({entry.award: entry for entry in found}.values())


class Ledger:
    """The ledger of a folder, read; ``with_events`` gives the bytes it would have with more lines."""

    def __init__(self, path: Path) -> None:
        self.file = path / LEDGER
        self._data = self.file.read_bytes() if self.file.exists() else b""
        self.entries: dict[str, Entry] = {}
        for number, line in enumerate(self._data.splitlines(), 1):
            try:
                self._take(orjson.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise UnreadableError(
                    f"Line {number} of {self.file} cannot be read: {error}.",
                    code="ledger",
                    action="Put the file back from a backup; it says which awards are revoked.",
                ) from error

    def find(self, name: str) -> Entry:
        """Give the award of this id or issue number. Raises: NotFoundError, ConflictError (several)."""
        wanted = name.strip()
        found = [
            entry
            for entry in self.entries.values()
            if wanted in (entry.award, entry.award.removeprefix("urn:uuid:"), entry.issue_number)
        ]
        standing = [entry for entry in found if entry.state != "superseded"] or found
        if not standing:
            raise NotFoundError(
                f"Nothing with the id or issue number {wanted!r} was issued from here.",
                action=f"Look it up in {LEDGER}.",
                facts={"got": wanted},
            )
        if len(standing) > 1:
            ids = ", ".join(entry.award for entry in standing)
            raise ConflictError(f"{wanted!r} means several awards: {ids}.", action="Give the id instead.")
        return standing[0]

    def standing(self) -> Standing:
        """Give the awards that still stand, to be asked whether they are the same as a row's."""
        return Standing([entry for entry in self.entries.values() if entry.state in {"valid", "suspended"}])

    def taken(self, list_number: int) -> set[int]:
        """Give the indexes of a list that awards have."""
        return {entry.index for entry in self.entries.values() if entry.list_number == list_number}

    def set_indexes(self, list_number: int, purpose: str) -> list[int]:
        """Give the indexes whose bit is set in a list."""
        return sorted(
            entry.index
            for entry in self.entries.values()
            if entry.list_number == list_number and STATES.get(entry.state) == purpose
        )

    def with_events(self, events: Iterable[Mapping[str, Any]]) -> bytes:
        """Take events in, and give the ledger's bytes with them; nothing is written."""
        lines = []
        for event in events:
            lines.append(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
            self._take(event)
        end = b"" if not self._data or self._data.endswith(b"\n") else b"\n"
        self._data = self._data + end + b"".join(lines)
        return self._data

    def _take(self, event: Mapping[str, Any]) -> None:
        award = str(event["award"])
        if event["event"] == "issued":
            self.entries[award] = Entry(
                award=award,
                achievement=str(event["achievement"]),
                name=str(event["name"]),
                issue_number=event.get("issue_number"),
                student_number=event.get("student_number"),
                list_number=int(event["list"]),
                index=int(event["index"]),
                files=tuple(event.get("files", ())),
            )
        else:
            state = "valid" if event["event"] == "reinstated" else str(event["event"])
            if state != "valid" and state not in STATES:
                raise ValueError(f"unknown event {state!r}")
            self.entries[award] = replace(self.entries[award], state=state)
