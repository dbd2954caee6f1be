# SPDX-License-Identifier: Apache-2.0
"""A keyed permutation: spreads a sequence over a range so that each place comes once and tells nothing."""

from __future__ import annotations

import hashlib

_ROUNDS = 6


def spread(sequence: int, *, length: int, key: bytes) -> int:
    """Give the place of the ``sequence``-th entry in a range of ``length``: a bijection for each key.

    A balanced Feistel network over the next even number of bits; a value that falls outside the range
    goes through again (cycle walking) until it falls inside. Black and Rogaway 2002, section 4.

    Raises: ValueError when the sequence is outside the range.
    """
    if not 0 <= sequence < length:
        raise ValueError(f"{sequence} is not in a range of {length}")
    half = max(1, ((length - 1).bit_length() + 1) // 2)
    value = sequence
    while True:
        value = _feistel(value, half, key)
        if value < length:
            return value


def _feistel(value: int, half: int, key: bytes) -> int:
    mask = (1 << half) - 1
    left, right = value >> half, value & mask
    for number in range(_ROUNDS):
        data = number.to_bytes(1) + right.to_bytes(8)
        digest = hashlib.blake2b(data, digest_size=8, key=key[:64]).digest()
        left, right = right, left ^ (int.from_bytes(digest) & mask)
    return left << half | right
