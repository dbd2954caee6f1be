# SPDX-License-Identifier: Apache-2.0
"""Bitstring Status List 1.0: what is written is read, and nothing else is."""

from __future__ import annotations

import base64
import gzip
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import GakushoError, InputError, LimitError
from gakusho.model.award import StatusEntry
from gakusho.status.bitstring import MINIMUM_LENGTH, STATUS, decoded, encoded

LIST = "https://aoba.example/status/revocation"
ENTRY = StatusEntry(
    id=f"{LIST}#0", kind="BitstringStatusListEntry", purpose="revocation", list_id=LIST, index=0
)


def credential(indexes: set[int] | None = None, **subject: Any) -> dict[str, Any]:
    made = STATUS.write(
        list_id=LIST,
        issuer_id="did:web:aoba.example",
        purpose="revocation",
        length=MINIMUM_LENGTH,
        values=dict.fromkeys(indexes or (), 1),
    )
    return {**made, "credentialSubject": {**made["credentialSubject"], **subject}}


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@given(st.sets(st.integers(0, MINIMUM_LENGTH - 1), max_size=50), st.integers(0, MINIMUM_LENGTH - 1))
def test_exactly_the_set_positions_are_found(indexes: set[int], other: int) -> None:
    made = credential(indexes)
    for index in [*indexes, other]:
        assert STATUS.look_up(replace(ENTRY, index=index), made) == int(index in indexes)


def test_index_0_is_the_left_most_bit() -> None:
    assert decoded(encoded(MINIMUM_LENGTH, {0: 1}))[0] == 0x80
    assert decoded(encoded(MINIMUM_LENGTH, {7: 1}))[0] == 0x01


def test_the_example_of_the_recommendation_is_an_empty_list() -> None:
    example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decoded(example) == bytes(MINIMUM_LENGTH // 8)


def test_the_same_list_is_written_the_same() -> None:
    assert encoded(MINIMUM_LENGTH, {5: 1, 9: 1}) == encoded(MINIMUM_LENGTH, {9: 1, 5: 1})


@pytest.mark.parametrize("index", [-1, MINIMUM_LENGTH, 2**64, True])
def test_a_position_outside_is_never_unset(index: int) -> None:
    with pytest.raises(InputError) as caught:
        STATUS.look_up(replace(ENTRY, index=index), credential())
    assert caught.value.code == "status-range"


def test_another_purpose_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        STATUS.look_up(replace(ENTRY, purpose="suspension"), credential())
    assert caught.value.code == "status-verification"


def test_a_list_for_several_purposes_answers_for_each() -> None:
    made = credential({3}, statusPurpose=["revocation", "suspension"])
    assert STATUS.look_up(replace(ENTRY, purpose="suspension", index=3), made)


def test_another_credential_is_no_list() -> None:
    for made in (
        {**credential(), "type": ["VerifiableCredential"]},
        {**credential(), "credentialSubject": []},
        credential(type="Other"),
        {},
    ):
        with pytest.raises(InputError) as caught:
            STATUS.look_up(ENTRY, made)
        assert caught.value.code == "status-verification"


WHOLE = gzip.compress(bytes(MINIMUM_LENGTH // 8), mtime=0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "status-encoding"),
        (5, "status-encoding"),
        ("", "status-encoding"),
        ("H4sIAAAAAAAAA", "status-encoding"),
        ("z" + packed(WHOLE)[1:], "status-encoding"),
        (packed(WHOLE) + "=", "status-encoding"),
        (packed(WHOLE) + "\n", "status-encoding"),
        (packed(WHOLE[:-1]), "status-encoding"),
        (packed(WHOLE + b"\0"), "status-encoding"),
        (packed(WHOLE + gzip.compress(b"\xff" * (MINIMUM_LENGTH // 8), mtime=0)), "status-encoding"),
        (packed(WHOLE[:-8] + b"\1\2\3\4" + WHOLE[-4:]), "status-encoding"),
        (packed(b"no gzip"), "status-encoding"),
        (packed(gzip.compress(bytes(MINIMUM_LENGTH // 8 - 1), mtime=0)), "status-length"),
    ],
)
def test_a_badly_encoded_list_is_refused(text: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        STATUS.look_up(ENTRY, credential(encodedList=text))
    assert caught.value.code == code


def test_a_bomb_is_refused() -> None:
    bomb = packed(gzip.compress(bytes(100 * 1_048_576)))
    with pytest.raises(LimitError):
        decoded(bomb)


@pytest.mark.parametrize(("length", "index"), [(131_064, 0), (131_073, 0), (131_072, 131_072), (131_072, -1)])
def test_a_list_that_cannot_be_is_not_written(length: int, index: int) -> None:
    with pytest.raises(GakushoError):
        encoded(length, {index: 1})


MESSAGES = ((0, "pending"), (1, "accepted"), (2, "rejected"), (3, "returned"))
SIZED = replace(ENTRY, purpose="message", size=2, messages=MESSAGES)


@given(st.dictionaries(st.integers(0, MINIMUM_LENGTH - 1), st.integers(0, 3), max_size=20))
def test_values_of_two_bits_are_found_where_they_were_put(values: dict[int, int]) -> None:
    made = STATUS.write(
        list_id=LIST,
        issuer_id="did:web:aoba.example",
        purpose="message",
        length=MINIMUM_LENGTH,
        values=values,
        size=2,
    )
    for index in [*values, 0, MINIMUM_LENGTH - 1]:
        assert STATUS.look_up(replace(SIZED, index=index), made) == values.get(index, 0)


def test_a_value_of_several_bits_has_its_highest_bit_left_most() -> None:
    assert decoded(encoded(MINIMUM_LENGTH, {0: 2, 1: 1}, size=2), size=2)[0] == 0b1001_0000


@pytest.mark.parametrize(
    "messages",
    [(), MESSAGES[:3], MESSAGES[:1], (*MESSAGES[:3], (2, "twice")), (*MESSAGES[:3], (4, "beyond"))],
)
def test_messages_that_do_not_fit_the_size_are_refused(messages: tuple[tuple[int, str], ...]) -> None:
    made = credential(statusPurpose="message")
    with pytest.raises(InputError) as caught:
        STATUS.look_up(replace(SIZED, messages=messages), made)
    assert caught.value.code == "status-entry"


@pytest.mark.parametrize("size", [0, -1, 9])
def test_a_size_that_is_none_is_refused(size: int) -> None:
    with pytest.raises(InputError):
        STATUS.look_up(replace(SIZED, size=size, messages=()), credential(statusPurpose="message"))
