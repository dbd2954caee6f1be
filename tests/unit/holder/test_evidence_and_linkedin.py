# SPDX-License-Identifier: Apache-2.0
"""A code can be read out; LinkedIn's form is filled in rightly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from gakusho.holder.evidence import new_code, read_code
from gakusho.holder.linkedin import add_to_profile


def test_codes_are_long_and_differ() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code.replace("-", "")) * 5 >= 128 for code in codes)


def test_a_code_is_read_however_it_is_typed() -> None:
    code = "7KQ2-9D4M-0123-4567-89AB-CDEF-GHJK"
    for typed in (
        code, code.lower(), code.replace("-", ""), code.replace("-", " "), f" {code}\n", "７" + code[1:],
        code.replace("0", "O").replace("1", "l"),
    ):  # fmt: skip
        assert read_code(typed) == code


@pytest.mark.parametrize("text", ["", "abc", "U" * 28, "7KQ2" * 8, "https://x.example/", "7KQ2-" * 100])
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


def test_the_form_of_linkedin_is_filled_in() -> None:
    url = add_to_profile(
        title="学士（工学）",
        organization="朝凪大学 & Co",
        awarded_on=date(2026, 3, 5),
        valid_until=datetime(2031, 12, 31, tzinfo=UTC),
        certificate_url="https://g.example/v/x",
        certificate_id="第1号",
    )
    parts = urlsplit(url)
    assert parts.netloc == "www.linkedin.com"
    assert parts.path == "/profile/add"
    assert parse_qs(parts.query) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["学士（工学）"],
        "organizationName": ["朝凪大学 & Co"],
        "issueYear": ["2026"],
        "issueMonth": ["3"],
        "expirationYear": ["2031"],
        "expirationMonth": ["12"],
        "certUrl": ["https://g.example/v/x"],
        "certId": ["第1号"],
    }
