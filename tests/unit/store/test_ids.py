# SPDX-License-Identifier: Apache-2.0
"""Ids sort by time; tokens are not guessed."""

from __future__ import annotations

import time
import uuid

from gakusho.store.ids import new_id, new_token, token_hash


def test_an_id_is_a_uuid_of_version_7_and_sorts_by_time() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert uuid.UUID(first).version == 7
    assert uuid.UUID(first).variant == uuid.RFC_4122
    assert first < second


def test_tokens_are_long_and_different() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 32 for token in tokens)


def test_of_a_token_its_digest_is_kept() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
