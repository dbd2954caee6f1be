# SPDX-License-Identifier: Apache-2.0
"""JSON is read with one meaning or refused."""

from __future__ import annotations

import json as plain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import LimitError, UnreadableError
from gakusho.proof import json


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"x":{"a":1,"b":0,"\\u0061":2}}',
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        '["\\ud800"]',
        '{"\\udc00":1}',
        "[9007199254740992]",
        "[-9007199254740992]",
        "[1e400]",
        "[-1e400]",
        "[" + "9" * 5000 + "]",
        "",
        "{",
        "[1,]",
        "[01]",
        "'a'",
        "[1] x",
        '["\x01"]',
    ],
)
def test_what_readers_disagree_on_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        json.loads(text)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf{}", b'["\xff"]', '{"a":1}'.encode("utf-16")])
def test_anything_but_plain_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        json.loads(data)


def test_a_lone_surrogate_in_text_is_refused() -> None:
    with pytest.raises(UnreadableError):
        json.loads('["\ud800"]')


def test_the_largest_exact_integers_are_kept() -> None:
    assert json.loads("[9007199254740991, -9007199254740991]") == [2**53 - 1, 1 - 2**53]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 65 + "]" * 65])
def test_deep_nesting_is_refused_without_recursion(text: str) -> None:
    with pytest.raises(LimitError):
        json.loads(text)


def test_depth_counts_what_is_open_and_not_what_stands_in_strings() -> None:
    assert json.loads("[" * 64 + "]" * 64)
    flat = plain.dumps([{"text": '[{"' + "[" * 200 + "\\"}] * 100)
    assert json.loads(flat) == plain.loads(flat)


def test_an_unclosed_string_of_escapes_takes_linear_time() -> None:
    with pytest.raises(UnreadableError):
        json.loads("[" + "[]," * 70 + '"' + '\\"' * 200_000)


def test_more_bytes_than_the_bound_are_refused() -> None:
    with pytest.raises(LimitError):
        json.loads('"' + "a" * 100 + '"', max_bytes=100)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert json.loads(json.dumps(value)) == value


@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_a_clear_error(text: str) -> None:
    try:
        value = json.loads(text)
    except (UnreadableError, LimitError):
        return
    assert value == plain.loads(text)


def test_what_is_not_json_is_not_written() -> None:
    with pytest.raises(UnreadableError):
        json.dumps({"a": {1, 2}})
    with pytest.raises(UnreadableError):
        json.dumps("\ud800")
