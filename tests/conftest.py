# SPDX-License-Identifier: Apache-2.0
"""The order of the tests: the longest files first, so that no worker is left with them at the end."""

from __future__ import annotations

import pytest

FIRST = ("tests/journey/kill/", "tests/journey/")


def _rank(item: pytest.Item) -> int:
    return next((n for n, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; otherwise the order stays."""
    items.sort(key=_rank)
