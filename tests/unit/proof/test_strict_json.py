# SPDX-License-Identifier: Apache-2.0
"""JSON is read with one meaning or refused."""

from __future__ import annotations

import json as plain
from collections.abc import Callable

import pytest
from hypothesis import given, settings
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


# --- the quick way and the slow way are one ------------------------------------------------------------

WHITE = st.sampled_from(["", "", "", " ", "\n", "\t ", "\r"])
STRINGS = st.sampled_from(
    [
        '""',
        '"a"',
        '"a b"',
        '"ab"',
        '"]"',
        '"["',
        '"{["',
        '":"',
        '"\\u0061"',
        '"\\n"',
        '"\\""',
        '"\\ud800"',
        '"学"',
    ]
)
NUMBERS = st.sampled_from(["0", "-0", "1", "-1.5", "1.0", "1.50", "1e3", "1E400", "9007199254740992", "0.1"])
LEAVES = st.one_of(STRINGS, NUMBERS, st.sampled_from(["true", "null", "NaN", "nul"]))


@st.composite
def containers(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    def spaced(text: str) -> str:
        return draw(WHITE) + text + draw(WHITE)

    parts = draw(st.lists(inner, max_size=4))
    if draw(st.booleans()):
        return "[" + ",".join(spaced(part) for part in parts) + "]"
    return "{" + ",".join(f"{spaced(draw(STRINGS))}:{spaced(part)}" for part in parts) + "}"


@settings(max_examples=600, deadline=None)
@given(st.recursive(LEAVES, containers, max_leaves=12), st.integers(1, 4))
def test_a_text_is_read_the_same_whichever_way_it_takes(text: str, depth: int) -> None:
    def outcome(read: Callable[[], object]) -> object:
        try:
            return repr(read())
        except (UnreadableError, LimitError) as error:
            return type(error), str(error)

    def slowly() -> object:
        json._check_depth(text.encode(), depth)
        return json._slowly(text.encode(), depth)

    assert outcome(lambda: json.loads(text, max_depth=depth)) == outcome(slowly)


def test_a_member_that_stands_twice_is_found_however_the_text_is_spaced() -> None:
    for text in ('{"a":1,"a":1}', '{"a":1,"a":2}', '{ "a b":1 , "ab":[{"a":{},"a":{}}]}', '{"":":","":":"}'):
        with pytest.raises(UnreadableError):
            json.loads(text)
    assert json.loads('{"a b":1, "ab":1}') == {"a b": 1, "ab": 1}


def test_brackets_in_strings_do_not_hide_depth() -> None:
    hidden = '["]",' * 70 + "0" + ',"["]' * 70
    with pytest.raises(LimitError):
        json.loads(hidden)
