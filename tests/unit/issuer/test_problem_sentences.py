# SPDX-License-Identifier: Apache-2.0
"""Every problem code the program can give has its sentences in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import gakusho.formats._pdf.paper
import gakusho.issuer
from gakusho.errors import InputError
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence, upload_sentences
from gakusho.issuer.problem_sentences_en import SENTENCES as ENGLISH
from gakusho.issuer.problem_sentences_ja import SENTENCES as JAPANESE
from gakusho.model.problem import Problem, Severity

ISSUER = Path(str(gakusho.issuer.__file__)).parent
SOURCES = (
    *(
        ISSUER / name
        for name in (
            "_cells.py",
            "_characters.py",
            "_dates.py",
            "_dry_run.py",
            "_encodings.py",
            "_english.py",
            "_folding.py",
            "_kept.py",
            "_originals.py",
            "legible.py",
            "matching.py",
            "papers.py",
            "rows.py",
            "table.py",
        )
    ),
    Path(str(gakusho.formats._pdf.paper.__file__)),
)
_CODE = re.compile(
    r"(?:table|archive|paper|date|birth|awarded|valid-until|document|duplicate|email|english|column|copy)[.-][a-z][a-z.-]*"
)
_OTHERS = {
    "missing",
    "missing-glyph",
    "address-unprinted",
    "formula-unwrapped",
    "romaji-missing",
    "ragged-row",
    "spaces-removed",
    "formula",
    "too-long",
    "value-damaged",
    "name-with-digit",
    "kana-unexpected",
    "romaji-not-latin",
    "not-a-number",
    "number-out-of-range",
    "result-not-allowed",
    "course-cell",
    "course-again",
    "courses-left-out",
    "courses-too-many",
    "courses-unsaid",
    "credits-range",
    "learner-differs",
    "learner-unknown",
    "character-lost",
    "bidi-character",
    "control-character",
    "invisible-character",
    "private-character",
    "replacement-character",
    "issue-number-taken",
    "replaces-gone",
}


def codes_in_the_program() -> set[str]:
    strings = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert strings >= _OTHERS
    raised = {
        keyword.value.value
        for name in (
            "_batch_files.py",
            "_drafts.py",
            "_dry_run.py",
            "achievement_json.py",
            "achievements.py",
            "batches.py",
        )
        for call in ast.walk(ast.parse((ISSUER / name).read_text()))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "code"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }
    assert "batch.stale" in raised
    return {text for text in strings if _CODE.fullmatch(text)} | _OTHERS | raised | {"rows"}


def test_every_code_has_its_sentences_and_no_sentence_is_left_over() -> None:
    codes = codes_in_the_program()
    assert set(JAPANESE) == codes
    assert set(ENGLISH) == codes


@pytest.mark.parametrize("code", sorted(JAPANESE))
def test_both_languages_say_the_same_facts_in_whole_sentences(code: str) -> None:
    for japanese, english in zip(JAPANESE[code], ENGLISH[code], strict=True):
        assert japanese[-1] in "。}"
        assert english[-1] in ".?}"
        facts = set(re.findall(r"\{(\w+)\}", japanese)) ^ set(re.findall(r"\{(\w+)\}", english))
        assert facts <= {"year", "month", "day", "last"}, facts


def test_facts_are_filled_and_never_read_as_patterns() -> None:
    problem = Problem(
        code="email-typo",
        severity=Severity.WARNING,
        row=2,
        column="メール",
        facts=(("expected", "{value}%s{0.__class__}"),),
        value="x",
    )
    assert problem_sentence(problem, "en") == "This may be a slip: was “{value}%s{0.__class__}” meant?"
    assert problem_mend(problem, "ja") == "ご本人のアドレスをご確認ください。"


def test_fields_are_called_by_their_labels() -> None:
    problem = Problem(code="column-missing", severity=Severity.ERROR, row=1, facts=(("field", "awarded_on"),))
    assert "授与年月日" in problem_sentence(problem, "ja")
    assert "Date awarded" in problem_sentence(problem, "en")


def test_an_upload_that_is_refused_whole_is_told_in_both_languages() -> None:
    error = InputError("x", code="table.rows", facts={"got": "50001", "expected": "50000"})
    japanese, english = upload_sentences(error, "ja"), upload_sentences(error, "en")
    assert japanese is not None
    assert english is not None
    assert "50000" in japanese[0]
    assert "50000" in english[0]
    assert upload_sentences(InputError("x"), "ja") is None
