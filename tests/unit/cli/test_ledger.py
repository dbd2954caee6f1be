# SPDX-License-Identifier: Apache-2.0
"""The ledger says what was issued and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gakusho.cli.ledger import LEDGER, Ledger
from gakusho.errors import ConflictError, NotFoundError, UnreadableError


def issued(award: str, **more: Any) -> dict[str, Any]:
    return {
        "event": "issued",
        "award": award,
        "achievement": "urn:a",
        "name": "凪",
        "issue_number": None,
        "student_number": None,
        "list": 1,
        "index": 7,
        **more,
    }


def ledger_of(folder: Path, *events: dict[str, Any]) -> Ledger:
    (folder / LEDGER).write_bytes(Ledger(folder).with_events(events))
    return Ledger(folder)


@pytest.mark.parametrize(
    ("events", "state", "purpose"),
    [
        ([], "valid", None),
        (["revoked"], "revoked", "revocation"),
        (["suspended"], "suspended", "suspension"),
        (["suspended", "reinstated"], "valid", None),
        (["suspended", "revoked"], "revoked", "revocation"),
        (["superseded"], "superseded", "refresh"),
    ],
)
def test_the_last_event_decides_and_sets_one_bit(
    events: list[str], state: str, purpose: str | None, tmp_path: Path
) -> None:
    ledger = ledger_of(tmp_path, issued("urn:1"), *({"event": each, "award": "urn:1"} for each in events))
    assert ledger.entries["urn:1"].state == state
    for each in ("revocation", "suspension", "refresh"):
        assert ledger.set_indexes(1, each) == ([7] if each == purpose else [])
    assert ledger.set_indexes(2, "revocation") == []
    assert ledger.taken(1) == {7}


def test_an_award_is_found_by_id_and_issue_number(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, issued("urn:uuid:1", issue_number="2026-1"))
    for name in ("urn:uuid:1", "1", "2026-1", " 2026-1 "):
        assert ledger.find(name).award == "urn:uuid:1"
    with pytest.raises(NotFoundError):
        ledger.find("2026-2")


def test_of_a_superseded_award_and_its_successor_the_successor_is_meant(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        issued("urn:uuid:1", issue_number="n"),
        issued("urn:uuid:2", issue_number="n", index=8),
        {"event": "superseded", "award": "urn:uuid:1", "by": "urn:uuid:2"},
    )
    assert ledger.find("n").award == "urn:uuid:2"
    assert ledger.find("urn:uuid:1").award == "urn:uuid:1"


def test_a_number_that_means_two_awards_is_not_guessed(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path, issued("urn:1", issue_number="n"), issued("urn:2", issue_number="n", index=8)
    )
    with pytest.raises(ConflictError):
        ledger.find("n")


def test_the_same_award_is_told_by_issue_number_or_student_of_the_achievement(tmp_path: Path) -> None:
    standing = ledger_of(tmp_path, issued("urn:1", issue_number="n", student_number="s")).standing()
    assert [each.award for each in standing.same("urn:other", "n", "")] == ["urn:1"]
    assert [each.award for each in standing.same("urn:a", "", "s")] == ["urn:1"]
    assert standing.same("urn:other", "", "s") == []
    assert standing.same("urn:a", "", "") == []


@pytest.mark.parametrize(
    "line", ["{", '{"event": "revoked", "award": "urn:nobody"}', '{"event": "lost", "award": "urn:1"}', "[]"]
)
def test_a_broken_line_stops_everything_rather_than_forget_a_revocation(line: str, tmp_path: Path) -> None:
    ledger_of(tmp_path, issued("urn:1"))
    with (tmp_path / LEDGER).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(UnreadableError, match="Line 2"):
        Ledger(tmp_path)
