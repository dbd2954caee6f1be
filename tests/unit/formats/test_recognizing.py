# SPDX-License-Identifier: Apache-2.0
"""What is no credential is not taken for one, quickly and without raising."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import UnknownFormatError
from gakusho.formats import formats, recognize

JUNK = [
    b"",
    b"\x00",
    b"{",
    b"{}",
    b"[]",
    b"null",
    b"hello",
    b"<html></html>",
    b"a.b.c",
    b"e.y.J",
    b"\xff" * 100,
]


@pytest.mark.parametrize("data", JUNK)
def test_junk_is_nobodys(data: bytes) -> None:
    assert not any(form.recognizes(data) for form in formats().values())
    with pytest.raises(UnknownFormatError):
        recognize(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_at_most_one_claims_any_bytes(data: bytes) -> None:
    assert sum(form.recognizes(data) for form in formats().values()) <= 1


@pytest.mark.parametrize("member", ["type", "@type"])
def test_a_broken_credential_is_still_called_one(member: str) -> None:
    broken = b'{"%s": ["VerifiableCredential"], "x": NaN}' % member.encode()
    assert recognize(broken).name == "verifiable-credential"
