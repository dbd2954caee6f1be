# SPDX-License-Identifier: Apache-2.0
"""The pages on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.site import Site, open_site

from gakusho.web.start import workplace


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Give a server with two universities."""
    with open_site(database_url, tmp_path, workplace) as opened:
        yield opened
