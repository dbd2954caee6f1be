# SPDX-License-Identifier: Apache-2.0
"""The evidence report on paper."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from tests.vectors.signed_pdf.making import LATER, award

from gakusho.formats._pdf.text import folded, shown_text
from gakusho.model.award import Award
from gakusho.model.learner import PersonName
from gakusho.model.report import Check, Headline, Identity, Knowledge, Outcome, Report
from gakusho.verifier import sentences
from gakusho.verifier.report_pdf import evidence_pdf

CODE, ADDRESS = "K7QF-2M9P", "https://verify.example/r/K7QF-2M9P"
CHECKS = (
    Check(code="pdf.certified", outcome=Outcome.VALID, source="the document itself"),
    Check(
        code="pdf.signer-key", outcome=Outcome.UNKNOWN, source="https://tohto.example/did.json", time=LATER
    ),
    Check(code="pdf.signature", outcome=Outcome.INVALID, facts={"reason": "content-changed"}),
)


def report(credential: Award | None = None, headline: Headline = Headline.NOT_GENUINE) -> Report:
    """Give a report with one check of each outcome."""
    inner = Report(
        outcome=Outcome.VALID,
        headline=Headline.VALID,
        format="open-badges-3",
        issuer=None,
        credential=None,
        checks=(Check(code="proof.signature", outcome=Outcome.VALID),),
        verified_at=LATER,
        input_digest="1" * 64,
    )
    return Report(
        outcome=Outcome.INVALID,
        headline=headline,
        format="signed-pdf",
        issuer=Identity(id="did:web:tohto.example", name="東都学芸大学", knowledge=Knowledge.DOMAIN),
        credential=credential,
        checks=CHECKS,
        verified_at=LATER,
        input_digest="0a" * 32,
        carried=(inner,),
    )


def printed(given: Report, language: str) -> str:
    """Give all words on the report's pages."""
    data = evidence_pdf(given, code=CODE, link=ADDRESS, language=language)
    with pikepdf.open(io.BytesIO(data)) as document:
        return shown_text(document)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_report_says_headline_checks_identity_and_where_to_look_again(language: str) -> None:
    given = report(award("transcript"))
    page = printed(given, language)
    expected = [
        sentences.headline(given, language),
        sentences.explanation(given, language),
        sentences.next_step(given, language),
        sentences.identity_sentence(given.issuer, language),
        *(sentences.sentence(check, language) for check in (*CHECKS, *given.carried[0].checks)),
        *(CODE, ADDRESS, "0a" * 32, "https://tohto.example/did.json"),
        *("髙橋 𠮷子", "2026-0317", "卒業研究 8"[:4]),
    ]
    for words in expected:
        assert folded(words) in page, words


def test_content_is_called_signed_only_when_it_was_confirmed() -> None:
    assert folded("署名された内容") in printed(report(award(), Headline.REVOKED), "ja")
    assert folded("署名された内容") not in printed(report(award(), Headline.NOT_GENUINE), "ja")


def test_a_name_no_font_can_write_is_printed_as_its_code_point() -> None:
    hostile = replace(award().learner, name=PersonName(full="\u202e𓀀 #panic() " + "x" * 5000))
    page = printed(report(replace(award(), learner=hostile)), "en")
    assert "[U+202E][U+13000]#panic()" in page


def test_the_same_report_gives_the_same_bytes() -> None:
    first, second = (evidence_pdf(report(award()), code=CODE, link=ADDRESS, language="ja") for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
