# SPDX-License-Identifier: Apache-2.0
"""What every anchor promises. The stand-in keeps the contract running while there is no other one."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.notary import Notary

from gakusho.anchoring import Anchor, anchors
from gakusho.errors import InputError, UnreachableError

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DIGESTS = [hashlib.sha256(bytes([n])).digest() for n in range(5)]
EVERY: list[Anchor] = [*anchors().values(), Notary()]


@pytest.mark.parametrize("anchor", EVERY, ids=lambda a: a.name)
def test_every_digest_is_found_by_its_receipt(anchor: Anchor) -> None:
    receipt = anchor.anchor(DIGESTS, now=NOW)
    assert all(
        anchor.check(d, receipt, now=NOW + timedelta(days=1)) <= NOW + timedelta(days=1) for d in DIGESTS
    )


@pytest.mark.parametrize("anchor", EVERY, ids=lambda a: a.name)
def test_another_digest_is_not(anchor: Anchor) -> None:
    receipt = anchor.anchor(DIGESTS, now=NOW)
    with pytest.raises((InputError, UnreachableError)):
        anchor.check(hashlib.sha256(b"another").digest(), receipt, now=NOW)


@pytest.mark.parametrize("anchor", EVERY, ids=lambda a: a.name)
@pytest.mark.parametrize("receipt", [b"", b"{}", b"\xff", b'{"page": 3}', b"[]"])
def test_a_receipt_that_is_none_is_refused(anchor: Anchor, receipt: bytes) -> None:
    with pytest.raises((InputError, UnreachableError)):
        anchor.check(DIGESTS[0], receipt, now=NOW)


def test_what_cannot_be_asked_is_not_an_answer() -> None:
    notary = Notary()
    receipt = notary.anchor(DIGESTS, now=NOW)
    notary.closed = True
    with pytest.raises(UnreachableError):
        notary.check(DIGESTS[0], receipt, now=NOW)
