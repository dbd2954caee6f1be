# SPDX-License-Identifier: Apache-2.0
"""Every check can be said, in Japanese and in English."""

from __future__ import annotations

import re
import string
from pathlib import Path
from types import ModuleType

import pytest
from tests.fakes.university import University

import gakusho
from gakusho.model.report import Check, Headline, Identity, Knowledge, Outcome
from gakusho.verifier import _sentences_en, _sentences_ja, sentences

SOURCES = [
    path
    for room in ("formats", "proof", "verifier")
    for path in (Path(gakusho.__file__).parent / room).rglob("*.py")
    if not path.name.startswith(("_sentences", "_report_"))  # the words of reports are no codes
]
FAMILIES = (
    "format",
    "proof",
    "context",
    "issuer",
    "dates",
    "status",
    "carried",
    "presentation",
    "pdf",
    "image",
    "hosted",
)
CODE = re.compile(rf'"((?:{"|".join(FAMILIES)})\.[a-z-]+)"')
NOT_CHECKS = {
    # codes of errors, and members of documents, that look alike
    "pdf.unreadable",
    "pdf.unsigned",
    "pdf.no-credential",
    "pdf.sign",
    "pdf.not-archived",
    "image.ambiguous",
    "image.no-credential",
    "issuer.name",
    "issuer.address",
    "issuer.image",
    "issuer.id",
    "issuer.country",
    "issuer.email",
    "issuer.endorsements",
}


def written_codes() -> set[str]:
    found = {code for path in SOURCES for code in CODE.findall(path.read_text("utf-8"))}
    return found - NOT_CHECKS


@pytest.mark.parametrize("table", [_sentences_ja, _sentences_en], ids=["ja", "en"])
def test_every_code_has_a_sentence_for_every_outcome(table: ModuleType) -> None:
    codes = written_codes() | set(sentences.CODES)
    assert len(codes) > 30
    missing = [
        f"{code}.{one}" for code in sorted(codes) for one in Outcome if f"{code}.{one}" not in table.SENTENCES
    ]
    assert missing == []


def test_both_languages_say_the_same_things() -> None:
    for name in ("SENTENCES", "WHY", "HEADLINES", "EXPLANATIONS", "NEXT_STEPS", "IDENTITIES", "OTHER"):
        assert getattr(_sentences_ja, name).keys() == getattr(_sentences_en, name).keys()
    for name in ("HEADLINES", "EXPLANATIONS", "NEXT_STEPS"):
        assert getattr(_sentences_ja, name).keys() == {one.value for one in Headline}
    assert _sentences_ja.IDENTITIES.keys() == {one.value for one in Knowledge}
    for key, template in _sentences_en.SENTENCES.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        other = {name for _, name, _, _ in string.Formatter().parse(_sentences_ja.SENTENCES[key]) if name}
        assert fields == other, key


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_a_sentence_is_whole_even_without_its_facts(language: str) -> None:
    for code in (*sentences.CODES, "never.heard-of"):
        for outcome in Outcome:
            said = sentences.sentence(Check(code=code, outcome=outcome), language)
            assert said
            assert "{" not in said


def test_what_a_forger_wrote_is_no_template() -> None:
    check = Check(code="format.rules", outcome=Outcome.INVALID, facts={"reason": "{0.__class__} {got} %s"})
    assert "{0.__class__} {got} %s" in sentences.sentence(check, "en")


def test_a_reason_that_says_more_is_used() -> None:
    check = Check(
        code="proof.key", outcome=Outcome.INVALID, facts={"reason": "no-such-key", "method": "did:x#1"}
    )
    assert "did:x#1" in sentences.sentence(check, "en")
    assert sentences.sentence(check, "en") != sentences.sentence(
        Check(code="proof.key", outcome=Outcome.INVALID), "en"
    )


def test_days_are_said_as_the_reader_says_them() -> None:
    check = Check(
        code="dates.valid-until", outcome=Outcome.INVALID, facts={"expected": "2026-03-31T15:00:00+00:00"}
    )
    assert "2026年4月1日0時00分（日本時間）" in sentences.sentence(check, "ja")
    assert "31 March 2026, 15:00 UTC" in sentences.sentence(check, "en")


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_a_name_nobody_confirmed_stands_in_quotes(language: str) -> None:
    table = {"ja": "「青葉大学」", "en": "“青葉大学”"}
    for knowledge in Knowledge:
        identity = Identity(
            id="did:web:aoba.example", name="青葉大学", knowledge=knowledge, domain="aoba.example"
        )
        assert table[language] in sentences.identity_sentence(identity, language)
    assert sentences.identity_sentence(None, language)


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_a_report_says_what_it_means_and_what_to_do(language: str) -> None:
    university = University()
    report = university.verify(university.sealed())
    for say in (sentences.headline, sentences.explanation, sentences.next_step):
        assert say(report, language)
    for one in Headline:
        assert sentences.headline_words(one, language)
