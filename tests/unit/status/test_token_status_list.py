# SPDX-License-Identifier: Apache-2.0
"""Token Status List: what is written is read, as the draft's own examples are."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import InputError, LimitError
from gakusho.model.award import StatusEntry
from gakusho.status.token_status_list import STATUS, status_list

LIST = "https://aoba.example/statuslists/1"
ENTRY = StatusEntry(id=f"{LIST}#0", kind="TokenStatusList", purpose="revocation", list_id=LIST, index=0)


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def looked_up(claim: dict[str, Any], index: int) -> int:
    return STATUS.look_up(replace(ENTRY, index=index), {"status_list": claim})


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        # draft-ietf-oauth-status-list, section 4.3: the examples with one and with two bits.
        ({"bits": 1, "lst": "eNrbuRgAAhcBXQ"}, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
        ({"bits": 2, "lst": "eNo76fITAAPfAgc"}, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
    ],
    ids=["one bit", "two bits"],
)
def test_the_examples_of_the_draft(claim: dict[str, Any], values: list[int]) -> None:
    assert [looked_up(claim, index) for index in range(len(values))] == values


@given(
    st.sampled_from([1, 2, 4, 8]),
    st.dictionaries(st.integers(0, 999), st.integers(0, 1), max_size=30),
    st.integers(0, 999),
)
def test_exactly_what_was_set_is_found(bits: int, values: dict[int, int], other: int) -> None:
    most = (1 << bits) - 1
    claim = status_list(1_000, {index: value * most for index, value in values.items()}, bits=bits)
    for index in [*values, other]:
        assert looked_up(claim, index) == values.get(index, 0) * most


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (None, "status-verification"),
        ({}, "status-verification"),
        ({"bits": 3, "lst": ""}, "status-verification"),
        ({"bits": True, "lst": packed(zlib.compress(b"0"))}, "status-verification"),
        ({"bits": 1}, "status-encoding"),
        ({"bits": 1, "lst": packed(zlib.compress(b"0")) + "="}, "status-encoding"),
        ({"bits": 1, "lst": packed(zlib.compress(b"0") + b"x")}, "status-encoding"),
        ({"bits": 1, "lst": packed(zlib.compress(b"0")[:-1])}, "status-encoding"),
        ({"bits": 1, "lst": packed(zlib.compress(b""))}, "status-range"),
    ],
)
def test_a_broken_list_is_refused(claim: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        STATUS.look_up(ENTRY, {"status_list": claim})
    assert caught.value.code == code


def test_a_bomb_is_refused() -> None:
    bomb = packed(zlib.compress(bytes(9 * 1_048_576)))
    with pytest.raises(LimitError):
        looked_up({"bits": 1, "lst": bomb}, 0)


def test_values_say_what_they_are_about() -> None:
    assert [STATUS.purpose_of(value) for value in range(4)] == [
        "revocation",
        "revocation",
        "suspension",
        "other",
    ]
