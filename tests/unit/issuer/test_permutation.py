# SPDX-License-Identifier: Apache-2.0
"""The permutation behind the status index."""

from __future__ import annotations

from collections import Counter

import pytest

from gakusho.issuer._permutation import spread

LENGTH = 131_072


def test_a_hundred_thousand_places_are_a_hundred_thousand_different_ones() -> None:
    places = {spread(number, length=LENGTH, key=b"k" * 32) for number in range(100_000)}
    assert len(places) == 100_000
    assert min(places) >= 0
    assert max(places) < LENGTH


@pytest.mark.parametrize("length", [1, 2, 3, 7, 100, 1000, 4096])
def test_it_is_a_bijection_on_any_range(length: int) -> None:
    assert {spread(each, length=length, key=b"key") for each in range(length)} == set(range(length))


def test_another_key_gives_another_order() -> None:
    first, second = ([spread(n, length=LENGTH, key=key) for n in range(100)] for key in (b"a", b"b"))
    assert first != second


def test_neighbors_in_the_sequence_are_spread_evenly() -> None:
    counts = Counter(spread(n, length=LENGTH, key=b"s" * 32) * 16 // LENGTH for n in range(16_000))
    squares = sum((counts[part] - 1000) ** 2 / 1000 for part in range(16))
    assert squares < 50  # chi-square, 15 degrees of freedom: above 50 once in 80,000 random orders


@pytest.mark.parametrize("number", [-1, 10])
def test_outside_the_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not in a range"):
        spread(number, length=10, key=b"k")
