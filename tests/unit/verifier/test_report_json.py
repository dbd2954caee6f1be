# SPDX-License-Identifier: Apache-2.0
"""The report as programs read it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.university import University

import gakusho
from gakusho.verifier.report_json import as_json

UNIVERSITY = University()


def test_the_documented_members_are_there() -> None:
    found = as_json(UNIVERSITY.verify(UNIVERSITY.sealed()))
    assert list(found) == [
        "outcome",
        "headline",
        "format",
        "issuer",
        "credential",
        "checks",
        "verified_at",
        "input",
        "carried",
        "document",
        "warnings",
    ]
    assert (found["outcome"], found["headline"], found["format"]) == ("valid", "Valid", "open-badges-3")
    assert found["issuer"]["knowledge"] == "domain"
    assert found["credential"]["learner"]["name"]["full"] == "髙橋 花子"
    assert found["verified_at"] == "2026-04-01T09:00:00Z"
    for check in found["checks"]:
        assert {"code", "outcome", "message", "source", "time"} <= check.keys()
        assert check["message"] == check["messages"]["en"]
    assert as_json(UNIVERSITY.verify(UNIVERSITY.sealed()), language="ja")["checks"][0]["message"]


def test_it_is_json_whatever_was_given() -> None:
    for data in (b"", b"\xff", UNIVERSITY.sealed(), UNIVERSITY.sealed()[:-1]):
        assert json.loads(json.dumps(as_json(UNIVERSITY.verify(data))))["outcome"]


def test_the_reference_names_every_member() -> None:
    reference = Path(gakusho.__file__).parents[2] / "docs" / "reference" / "report.md"
    text = reference.read_text("utf-8")
    found = as_json(UNIVERSITY.verify(UNIVERSITY.sealed()))
    names = {*found, *found["issuer"], *found["credential"], *found["checks"][0], "sha256"}
    assert sorted(name for name in names if f"`{name}`" not in text) == []
