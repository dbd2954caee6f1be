# SPDX-License-Identifier: Apache-2.0
"""What is kept of certificates: read once, bounded in number and size, and the same answers as without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gakusho.errors import WeakKeyError
from gakusho.proof import keys, signed_data
from gakusho.proof.certificates import Subject, self_issued
from gakusho.proof.signers.encrypted_key import KeptSigner

_NOW = datetime(2026, 3, 25, tzinfo=UTC)


def _chain(uris: tuple[str, ...] = ()) -> tuple[bytes, bytes]:
    above, below = (KeptSigner(ed25519.Ed25519PrivateKey.generate()) for _ in range(2))
    made = partial(
        self_issued,
        subject=Subject(organization="Asanagi University", country="JP"),
        not_before=_NOW,
        not_after=_NOW + timedelta(days=90),
    )
    root = made(above, serial=1)
    leaf = made(below, serial=2, issuer_signer=above, issuer_certificate=root, uris=uris)
    return leaf, root


def test_one_chain_is_read_and_checked_once() -> None:
    leaf, root = _chain()
    before = signed_data._kept_issued.cache_info().misses
    for _ in range(3):
        assert signed_data.chain_above(leaf, [root]) == [leaf, root]
    assert signed_data._kept_issued.cache_info().misses == before + 1
    assert signed_data.certificate_of(leaf) is signed_data.certificate_of(bytes(bytearray(leaf)))


def test_authorities_of_one_name_are_told_apart_by_their_signatures() -> None:
    (leaf, root), (_, other) = _chain(), _chain()
    for _ in range(2):  # the second time all of it is known
        assert signed_data.chain_above(leaf, [other]) == [leaf]
        assert signed_data.chain_above(leaf, [other, root]) == [leaf, root]
        assert not signed_data.leads_to([leaf], [other])
        assert signed_data.leads_to([leaf], [root])


def test_a_large_certificate_is_not_kept_and_answers_the_same() -> None:
    leaf, root = _chain(tuple(f"did:web:{'a' * 200}.example#{number}" for number in range(60)))
    assert len(leaf) > signed_data._MAX_KEPT_BYTES
    kept = signed_data._kept.cache_info().currsize
    assert signed_data.certificate_of(leaf) == signed_data.certificate_of(leaf)
    assert signed_data.certificate_of(leaf) is not signed_data.certificate_of(leaf)
    assert signed_data._kept.cache_info().currsize == kept
    assert signed_data.chain_above(leaf, [root]) == [leaf, root]


def test_what_is_kept_is_bounded() -> None:
    for kept in (signed_data._kept, signed_data._kept_issued, keys._strong_ed25519):
        assert kept.cache_info().maxsize is not None


def test_what_is_no_certificate_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="pars"):
            signed_data.certificate_of(b"\x30\x03\x02\x01\x01")


def test_a_weak_key_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(WeakKeyError, match="small order"):
            keys._strong_ed25519(bytes([1, *bytes(31)]))
