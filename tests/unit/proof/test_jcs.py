# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON is that of RFC 8785, whichever of the two writers made it."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from gakusho.errors import UnreadableError
from gakusho.proof.jcs import canonical_json

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def test_the_example_of_the_standard_comes_out_as_printed_there() -> None:
    """RFC 8785, sections 3.2.2 and 3.2.4."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical_json(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_sort_by_utf16_units() -> None:
    """Section 3.2.3: a name beyond the basic plane comes before one in its last block."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    text = canonical_json(dict.fromkeys(names, 0)).decode()
    assert text == "{" + ",".join(canonical_json(name).decode() + ":0" for name in ordered) + "}"


@pytest.mark.parametrize(
    ("number", "text"),
    [(7.0, "7"), (-0.0, "0"), (1e16, "10000000000000000"), (1e21, "1e+21"), (1e-7, "1e-7"), (5.5, "5.5")],
)
def test_a_fraction_is_written_as_ecmascript_does(number: float, text: str) -> None:
    assert canonical_json([number]) == f"[{text}]".encode()


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_both_writers_give_one_text(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, {1: 2}, {"a": object()}, ["\ud800"], {"\ud800": 1}, b"x"]
)
def test_what_is_not_json_has_no_text(value: object) -> None:
    with pytest.raises(UnreadableError):
        canonical_json({"value": value})


def test_nesting_without_end_is_refused_not_a_crash() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(UnreadableError):
        canonical_json(value)
