# SPDX-License-Identifier: Apache-2.0
"""How the tests are spread (the longest first), and what standards' requirements they hold the code to.

``@pytest.mark.requirement("EdDSA 3.2.2", "a proofValue of another length is refused")`` names the
specification with its section, and the requirement in one sentence; both are plain strings, so that
docs/conformance.md can be checked without running anything. A test may carry several.
"""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run, and no clock: what chance finds is for `make fuzz`, not for a page changed.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

BROWSERS = (
    "tests/journey/console/",
    "tests/journey/kiosk/",
    "tests/journey/verify/",
    "tests/journey/wallet/",
    "tests/journey/test_",
)
LONGEST = (
    "tests/journey/kill/test_kill_",
    "tests/journey/kill/",
    "tests/journey/",
    "tests/contract/web_",
    "tests/contract/store/test_jobs.py",
    "tests/unit/library/",
    "tests/contract/",
)
"""Where the longest files are, from the longest down: begun last, one would run alone at the end."""
_FOUND = pytest.StashKey[dict[str, dict[str, object]]]()


def _rank(item: pytest.Item) -> tuple[int, str]:
    if demo := _demo(item.nodeid):
        return -1, demo
    return next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST)), ""


def _demo(nodeid: str) -> str:
    """Give the database of the demo that a browser's test visits; empty: it visits none."""
    if not nodeid.startswith(BROWSERS):
        return ""
    return "postgresql" if "postgresql" in nodeid.partition("[")[2] else "sqlite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write what became of every requirement (``make conformance``)."""
    parser.addoption("--requirements-to", metavar="FILE", help="write each requirement's outcome as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        "requirement(specification, sentence): what the test holds to",
    )
    config.option.loadscopereorder = False  # xdist knows no other measure than the number of tests
    config.stash[_FOUND] = {}
    config.pluginmanager.register(_Recorder(config), "requirements")
    gc.disable()  # while modules are imported and tests gathered hardly anything is let go


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file's tests in one process, and all that visit one demo: it takes ten seconds to start."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class Spreading(LoadFileScheduling):  # type: ignore[misc]  # it says no types
        def _split_scope(self, nodeid: str) -> str:
            return _demo(nodeid) or super()._split_scope(nodeid)

    return Spreading(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, otherwise the order stays; hand each test's requirements to its report."""
    items.sort(key=_rank)
    for item in items:
        for mark in item.iter_markers("requirement"):
            specification, sentence = mark.args
            item.user_properties.append(("requirement", [specification, sentence]))


def pytest_collection_finish() -> None:
    """Spare the collector the ten thousand tests: it would go through all of them again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


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
