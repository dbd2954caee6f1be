# SPDX-License-Identifier: Apache-2.0
"""The order of the tests (the longest files first), and what standards' requirements they hold the code to.

``@pytest.mark.requirement("EdDSA 3.2.2", "a proofValue of another length is refused")`` names the
specification with its section, and the requirement in one sentence; both are plain strings, so that
docs/conformance.md can be checked without running anything. A test may carry several.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FIRST = ("tests/journey/kill/", "tests/journey/")
_FOUND = pytest.StashKey[dict[str, dict[str, object]]]()


def _rank(item: pytest.Item) -> int:
    return next((n for n, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write what became of every requirement (``make conformance``)."""
    parser.addoption("--requirements-to", metavar="FILE", help="write each requirement's outcome as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        "requirement(specification, sentence): what the test holds to",
    )
    config.stash[_FOUND] = {}
    config.pluginmanager.register(_Recorder(config), "requirements")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, otherwise the order stays; hand each test's requirements to its report."""
    items.sort(key=_rank)
    for item in items:
        for mark in item.iter_markers("requirement"):
            specification, sentence = mark.args
            item.user_properties.append(("requirement", [specification, sentence]))


class _Recorder:
    """Gathers the outcome of every test that names a requirement; with workers, where they report to."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        named = [value for key, value in report.user_properties if key == "requirement"]
        if not named:
            return
        found = self._config.stash[_FOUND]
        entry = found.setdefault(report.nodeid, {"requirements": named, "outcome": report.outcome})
        if report.outcome != "passed":
            entry["outcome"] = report.outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        target = self._config.getoption("--requirements-to")
        if target and not hasattr(self._config, "workerinput"):
            Path(target).write_text(json.dumps(self._config.stash[_FOUND], ensure_ascii=False), "utf-8")
