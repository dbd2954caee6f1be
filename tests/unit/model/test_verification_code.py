# SPDX-License-Identifier: Apache-2.0
"""A verification code: hard to guess, easy to type, and told at once when it is mistyped."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.model import verification_code as codes

CODE = "1058V2ACDE4Q"


def test_codes_have_the_entropy_they_are_said_to_have_and_differ() -> None:
    assert math.log2(len(codes.ALPHABET) ** (codes.LENGTH - 1)) == pytest.approx(codes.ENTROPY_BITS, abs=0.05)
    assert len(set(codes.ALPHABET)) == 29, "a prime, on which the check relies"
    assert len({codes.new_code() for _ in range(2_000)}) == 2_000
    drawn = "".join(codes.new_code()[:-1] for _ in range(2_000))
    assert set(drawn) == set(codes.ALPHABET)


def test_every_wrong_character_and_every_swap_is_found() -> None:
    for code in (CODE, codes.new_code()):
        assert codes.read(code) == code
        for place in range(codes.LENGTH):
            for other in set(codes.ALPHABET) - {code[place]}:
                assert codes.read(code[:place] + other + code[place + 1 :]) is None
        for one, two in combinations(range(codes.LENGTH), 2):
            swapped = list(code)
            swapped[one], swapped[two] = swapped[two], swapped[one]
            assert (codes.read("".join(swapped)) is None) == (code[one] != code[two])


def test_case_width_hyphens_spaces_and_look_alikes_are_folded() -> None:
    code = "1058V2ACDE"
    code += next(
        two for two in (a + b for a in codes.ALPHABET for b in codes.ALPHABET) if codes.read(code + two)
    )
    shown = codes.printed(code)
    assert shown.count("-") == 2
    wide = "".join(chr(ord(c) + 0xFEE0) for c in shown)
    typed = "".join({"1": "l", "0": "o", "5": "s", "8": "B", "V": "u", "2": "z"}.get(c, c) for c in code)
    for text in (
        shown,
        shown.lower(),
        wide,
        shown.replace("-", "－"),
        shown.replace("-", "ー"),
        shown.replace("-", "‐"),
        shown.replace("-", "　"),
        f" {code[:3]} {code[3:]}\n",
        typed,
        "I" + code[1:],
    ):
        assert codes.looks_like(text), text
        assert codes.read(text) == code, text


@pytest.mark.parametrize(
    "text", ["", "4XQ7", "4XQ7-K2M9-HT3", CODE + "0", "確認番号", "-" * 12, "4XQ7!K2M9HT3D", CODE + " " * 60]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert not codes.looks_like(text)
    assert codes.read(text) is None


@given(st.text(max_size=100))
def test_no_text_breaks_it(text: str) -> None:
    found = codes.read(text)
    assert found is None or (codes.looks_like(text) and codes.read(codes.printed(found)) == found)
