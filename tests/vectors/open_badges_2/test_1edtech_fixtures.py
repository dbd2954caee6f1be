# SPDX-License-Identifier: Apache-2.0
"""The fixtures of 1EdTech's public validator for Open Badges 2.0, each with the outcome it expects."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gakusho.fetch import MemoryFetcher
from gakusho.formats import Asking, _ob2, _ob2_checks, format_named
from gakusho.model.report import Outcome, combined
from gakusho.verifier.verify import Inquiry, verify

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def whole(document: Any) -> Any:
    """Give a fixture with its context written out where it was (see SOURCES.md)."""
    if isinstance(document, dict) and document.get("@context") == "#inline":
        return {**document, "@context": dict(_ob2.inline_context())}
    return document


ASSETS: Mapping[str, Any] = {
    name: whole(document) for name, document in json.loads((HERE / "assets.json").read_text("utf-8")).items()
}
CASES = [
    (case["test"], case["file"], whole(case["input"]), case["expected"])
    for case in json.loads((HERE / "cases.json").read_text("utf-8"))
]
BADGES = [case for case in CASES if isinstance(case[2], str) or _ob2.is_kind(case[2], "Assertion")]
PARTS = [case for case in CASES if case not in BADGES]


def world(given: Any = None) -> MemoryFetcher:
    """Give the hosts of the fixtures: every file under each of the three, and at the id it states itself."""
    documents = {
        f"{host}{name}": json.dumps(document).encode()
        for name, document in ASSETS.items()
        for host in ("https://www.example.org/", "https://example.org/", "http://example.org/")
    }
    for document in ASSETS.values():
        if not str(document["id"]).endswith(".json"):
            documents[document["id"]] = json.dumps(document).encode()
    # Five issuers share one id; the one of the badge's class is what stands there.
    badge = str(given.get("badge")).rpartition("/")[2] if isinstance(given, dict) else ""
    if badge.startswith("badgeclass-with-verification"):
        issuer = ASSETS[ASSETS[badge]["issuer"].rpartition("/")[2]]
        documents[issuer["id"]] = json.dumps(issuer).encode()
    if isinstance(given, dict) and _ob2.is_address(given.get("id")):
        documents[given["id"]] = json.dumps(given).encode()
    return MemoryFetcher(documents, now=lambda: NOW, source="fixtures")


def outcome(given: Any, data: bytes) -> Outcome:
    return verify(data, now=NOW, fetcher=world(given)).outcome


def encoded(given: Any) -> bytes:
    return given.encode() if isinstance(given, str) else json.dumps(given).encode()


def names(cases: list[tuple[str, str, Any, str]]) -> list[str]:
    return [f"{test}:{file}" for test, file, _, _ in cases]


@pytest.mark.parametrize(("test", "file", "given", "expected"), BADGES, ids=names(BADGES))
def test_a_badge_has_the_outcome_the_official_validator_expects(
    test: str, file: str, given: Any, expected: str
) -> None:
    data = encoded(given)
    if file.endswith(".png"):
        data = format_named("open-badges-2").bake(data, PIXEL)  # type: ignore[attr-defined]
    found = outcome(given, data)
    if expected == "warning":
        assert found is not Outcome.INVALID, "a warning is no refusal"
    else:
        assert found.value == expected, (test, file)


@pytest.mark.parametrize(("test", "file", "given", "expected"), PARTS, ids=names(PARTS))
def test_a_part_by_itself_has_the_outcome_the_official_validator_expects(
    test: str, file: str, given: Any, expected: str
) -> None:
    inquiry = Inquiry(now=NOW, fetcher=world(given))
    asking: Asking = inquiry.asking
    checks = _ob2_checks.document_checks(given, asking)
    assert combined(check.outcome for check in checks).value == expected, (test, file)


@pytest.mark.parametrize("case", [c for c in PARTS if c[3] == "valid"], ids=lambda c: c[1])
def test_a_part_by_itself_is_never_called_a_valid_badge(case: tuple[str, str, Any, str]) -> None:
    assert outcome(case[2], encoded(case[2])) is not Outcome.VALID


@pytest.mark.parametrize("case", [c for c in BADGES if c[3] == "valid"], ids=lambda c: c[1])
def test_with_nobody_to_ask_nothing_is_decided(case: tuple[str, str, Any, str]) -> None:
    nowhere = MemoryFetcher({}, now=lambda: NOW)
    assert verify(encoded(case[2]), now=NOW, fetcher=nowhere).outcome is Outcome.UNKNOWN


def test_all_of_them_are_here() -> None:
    assert len({test for test, *_ in CASES}) >= 27
