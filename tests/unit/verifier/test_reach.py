# SPDX-License-Identifier: Apache-2.0
"""One verification has bounds on what it fetches; the next one has them anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes.university import NOW, University

from gakusho.fetch import MemoryFetcher
from gakusho.formats import format_named
from gakusho.model.report import Outcome
from gakusho.verifier import _reach
from gakusho.verifier.verify import Inquiry


def test_a_verification_fetches_so_many_bytes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    aoba = University()
    assert aoba.verify(aoba.sealed()).outcome is Outcome.VALID
    monkeypatch.setattr(_reach, "MAX_FETCHED", 1)
    told = {check.code: check for check in aoba.verify(aoba.sealed()).checks}
    assert told["issuer.binding"].outcome is Outcome.VALID, "the first answer was within the bound"
    assert told["status.revocation"].outcome is Outcome.UNKNOWN
    assert told["status.revocation"].facts["reason"] == "list-unreachable"


def test_what_one_verification_fetched_is_no_bound_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [University(did=f"did:web:u{number}.example") for number in range(6)]
    world = {address: data for one in many for address, data in one.documents.items()}
    monkeypatch.setattr(_reach, "MAX_FETCHED", 1)
    inquiry = Inquiry(now=NOW, fetcher=MemoryFetcher(world, now=lambda: NOW, source="memory"))
    for one in many:
        [badge] = format_named("open-badges-3").write([replace(one.award(), status=())], one.sealing)
        assert inquiry.verify(badge.data).outcome is Outcome.VALID
