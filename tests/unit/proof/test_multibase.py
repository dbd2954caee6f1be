# SPDX-License-Identifier: Apache-2.0
"""Multibase texts have one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import LimitError, UnreadableError
from gakusho.proof import multibase


@given(st.binary(max_size=120))
def test_bytes_survive_both_encodings(data: bytes) -> None:
    assert multibase.from_base58(multibase.base58(data)) == data
    assert multibase.decode(multibase.encode(data)) == data
    assert multibase.decode("u" + multibase.base64url(data)) == data


@pytest.mark.parametrize(
    ("data", "text"),
    [
        # draft-msporny-base58-03, section 5
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    ],
)
def test_the_published_base58_examples_hold(data: bytes, text: str) -> None:
    assert multibase.base58(data) == text
    assert multibase.from_base58(text) == data


@pytest.mark.parametrize(
    "text",
    ["", "m111", "z0", "zO", "zl", "z 1", "uYQ==", "uYQ=", "uYR", "uY Q", "uY\n", "uYQ.", "u\u00e9", "u+/+/"],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        multibase.decode(text)


def test_overlong_text_is_refused_before_work() -> None:
    with pytest.raises(LimitError):
        multibase.decode("z" + "2" * 1_000_000)
