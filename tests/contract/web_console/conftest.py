# SPDX-License-Identifier: Apache-2.0
"""The pages on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fakes.copies import Beginning, Copy
from tests.fakes.site import Site, open_site, two_universities


@pytest.fixture
def beginning() -> Beginning:
    """Begin with two universities."""
    return two_universities


@pytest.fixture
def site(copied: Copy) -> Iterator[Site]:
    """Give a server with two universities."""
    with open_site(copied) as opened:
        yield opened
