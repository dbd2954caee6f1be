# SPDX-License-Identifier: Apache-2.0
"""A forged code is found, whatever is forged, and its untouched twin is valid."""

from __future__ import annotations

import pytest
from tests.vectors.paper_code import cases
from tests.vectors.paper_code.cases import Case

from gakusho.errors import UnreadableError
from gakusho.formats import _paper_base45
from gakusho.model.report import Outcome


@pytest.mark.parametrize("case", cases.cases(), ids=lambda case: case.name.replace(" ", "-"))
def test_every_code_is_found_to_be_what_it_is(case: Case) -> None:
    report = cases.found(case.text)
    assert cases.without_status(report) is case.outcome, [
        (check.code, check.outcome, dict(check.facts)) for check in report.checks
    ]


def test_no_two_cases_are_the_same_code() -> None:
    texts = [case.text for case in cases.cases()]
    assert len(set(texts)) == len(texts)
    assert sum(case.outcome is Outcome.VALID for case in cases.cases()) >= 6


def test_a_code_on_another_paper_is_valid_and_the_reader_is_told_to_compare() -> None:
    """The one forgery no code can show: what it says is true, but not of the paper it was copied to."""
    report = cases.found(cases.signed(cases.claims()))
    assert cases.without_status(report) is Outcome.VALID
    assert [check.code for check in report.warnings] == ["paper.compare"]


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
    ],
)
def test_base45_is_that_of_the_specification(plain: bytes, text: str) -> None:
    """RFC 9285, section 4.3 and 4.4."""
    assert (_paper_base45.encoded(plain), _paper_base45.decoded(text)) == (text, plain)


@pytest.mark.parametrize("text", ["GGW", "A", "AAAA", "::", "aa", "A\n", "==", "ＡＡ"])
def test_base45_has_one_spelling_of_any_bytes(text: str) -> None:
    """RFC 9285, section 4.2: above 65535 or 255, another length or letter, it is none."""
    with pytest.raises(UnreadableError):
        _paper_base45.decoded(text)
