# SPDX-License-Identifier: Apache-2.0
"""No file with a flaw is ever valid, the check named for it refuses it, and its untouched twin is valid."""

from __future__ import annotations

import time

import pytest
from tests.vectors.signed_pdf.attacks import ATTACKS
from tests.vectors.signed_pdf.cases import Case
from tests.vectors.signed_pdf.good import judged, twin
from tests.vectors.signed_pdf.table import SOURCES, table

from gakusho.model.report import Outcome

WAITING = {
    "form that draws itself",
    "200,001 objects",
    "one page 100,000 times",
    "page of 600,000 operators",
    "page prints another date",
    "two credentials of one award that differ",
    "replacement text says the true words",
    "fonts say the true words of other glyphs",
    *(case.name for case in ATTACKS if case.name.startswith("true words")),
}
ATTACKS = tuple(case for case in ATTACKS if case.name not in WAITING)
MAX_SECONDS = 2.0
"""Of processor time for one file, whatever stands in it."""


@pytest.mark.parametrize("name", sorted({case.twin for case in ATTACKS}))
def test_every_untouched_twin_is_valid(name: str) -> None:
    report = judged(twin(name))
    assert report.outcome is Outcome.VALID, [one for one in report.checks if one.outcome != Outcome.VALID]
    assert any(check.code.startswith("pdf.") for check in report.checks)


@pytest.mark.parametrize("case", ATTACKS, ids=[case.name for case in ATTACKS])
def test_a_flaw_is_refused_by_its_check_in_bounded_time(case: Case) -> None:
    bad = case.make(twin(case.twin))
    assert bad != twin(case.twin)
    begun = time.process_time()
    report = judged(bad)
    spent = time.process_time() - begun
    found = {check.code: check.outcome for check in report.checks}
    assert found.get(case.refused_by) is case.outcome, report.checks
    assert report.outcome in {case.outcome, Outcome.INVALID}, report.checks
    assert not [check for check in report.checks if check.facts.get("reason") == "failed"], (
        "an accident of ours"
    )
    told = [check.code for check in report.checks if check.code.startswith("pdf.")]
    assert len(told) == len(set(told)), "each check once"
    assert spent < MAX_SECONDS


def test_the_table_of_sources_is_the_list_of_flaws() -> None:
    assert SOURCES.read_text(encoding="utf-8") == table(), (
        "write it: python -m tests.vectors.signed_pdf.table"
    )


def test_no_two_flaws_have_one_name() -> None:
    names = [case.name for case in ATTACKS]
    assert len(names) == len(set(names))
