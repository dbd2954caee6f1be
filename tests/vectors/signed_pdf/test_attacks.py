# SPDX-License-Identifier: Apache-2.0
"""No file with a flaw is ever valid, and its untouched twin always is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from tests.vectors.signed_pdf.attacks import ATTACKS, TWINS, Case
from tests.vectors.signed_pdf.making import asking, issued, university

from gakusho.errors import GakushoError
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.report import Outcome, combined

SCHOOLS = (university(), university(kind="RSA-3072"), university("minato.example"))


@pytest.fixture(scope="module")
def good() -> bytes:
    return issued()


def test_the_untouched_twin_is_valid(good: bytes) -> None:
    checks = FORMAT.checks(good, asking())
    assert combined(check.outcome for check in checks) is Outcome.VALID, checks
    assert len(checks) == 10


@pytest.mark.parametrize("make", [make for _, make in TWINS], ids=[name for name, _ in TWINS])
def test_every_twin_is_valid(make: Callable[[], bytes]) -> None:
    data = make()
    schools = [school for school in SCHOOLS if school.certificates[0] in bytes.fromhex(_signature_hex(data))]
    checks = FORMAT.checks(data, asking(schools))
    assert combined(check.outcome for check in checks) is Outcome.VALID, checks


def _signature_hex(data: bytes) -> str:
    start = data.index(b"/Contents <") + len(b"/Contents <")
    return data[start : data.index(b">", start)].decode()


@pytest.mark.parametrize("case", ATTACKS, ids=[case.name for case in ATTACKS])
def test_a_flaw_is_refused_by_its_check(case: Case, good: bytes) -> None:
    bad = case.make(good)
    assert bad != good
    checks = FORMAT.checks(bad, asking([university(), university("minato.example")]))
    found = {check.code: check.outcome for check in checks}
    assert found.get(case.refused_by) is Outcome.INVALID, checks
    assert combined(found.values()) is Outcome.INVALID
    assert len(found) == len(checks), "each check once"


@pytest.mark.parametrize("case", ATTACKS, ids=[case.name for case in ATTACKS])
def test_reading_a_flawed_file_gives_an_award_or_a_clean_error(case: Case, good: bytes) -> None:
    bad = case.make(good)
    with contextlib.suppress(GakushoError):
        assert FORMAT.read(bad).award.learner.name.full == "髙橋 𠮷子"
