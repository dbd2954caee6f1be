# SPDX-License-Identifier: Apache-2.0
"""did:key v0.7: the identifier spells out its document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gakusho.fetch import OfflineFetcher
from gakusho.registry import resolve

DID = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"


@pytest.mark.requirement("did:key 3.1", "the document's id is the identifier itself")
def test_the_document_is_that_of_the_identifier() -> None:
    found = resolve(DID, fetcher=OfflineFetcher(), now=datetime(2026, 4, 1, tzinfo=UTC))
    assert found.document["id"] == DID
