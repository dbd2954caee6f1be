# SPDX-License-Identifier: Apache-2.0
"""The evidence report on paper."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pikepdf
import pytest
from tests.vectors.signed_pdf.making import LATER, award

from gakusho.formats._pdf.text import folded, shown_text
from gakusho.model.achievement import Image, ResultDescription
from gakusho.model.award import Award, DocumentDetails, Evidence, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.report import Check, Headline, Identity, Knowledge, Outcome, Report
from gakusho.model.text import Text
from gakusho.verifier import sentences
from gakusho.verifier._report_words import COLUMNS, LABELS
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


def full_award(courses: int = 2) -> Award:
    """Give an award in which everything that an award can say is said."""
    plain = award()
    return replace(
        plain,
        id="urn:uuid:0f7c1a52-1d0b-4c3f-8f1e-2a6f7d9b3c11",
        issuer=Issuer(
            id="did:web:tohto.example",
            name=Text.of(ja="東都学芸大学", en="Tohto University of Arts and Sciences"),
            url="https://tohto.example/about",
            email="registrar@tohto.example",
            country="JP",
            image="data:image/png;base64,iVBORw0KGgo=",
        ),
        learner=Learner(
            name=PersonName(
                full="髙橋 𠮷子", kana="タカハシ ヨシコ", romaji="TAKAHASHI Yoshiko", former="渡邉"
            ),
            email="yoshiko@student.tohto.example",
            student_number="S-20220417",
            birth_date=date(2003, 12, 5),
        ),
        achievement=replace(
            plain.achievement,
            id="https://tohto.example/achievements/" + "a1b2c3d4e5" * 16,
            type="BachelorDegree",
            name=Text.of(ja="学士（工学）", en="Bachelor of Engineering"),
            description=Text.of(
                ja="情報工学の基礎を修めたこと。", en="Foundations of information engineering."
            ),
            criteria=Text.of(ja="124単位以上を修得する。", en="Earn 124 credits or more."),
            language="ja-JP",
            image=Image(media_type="image/png", data=b"\x89PNG", caption="校章"),
            tags=("情報工学", "engineering"),
            field_of_study="情報工学",
            credits_available=124.5,
            result_descriptions=(
                ResultDescription(id="urn:x:gpa", name="通算GPA", type="GradePointAverage"),
                ResultDescription(id="urn:x:letter", name="評語", allowed_values=("秀", "優", "良")),
            ),
            descriptors={"learner_effort": "45 hours"},
        ),
        awarded_on=date(2026, 3, 25),
        valid_from=datetime(2026, 3, 24, 15, 0, tzinfo=UTC),
        valid_until=datetime(2031, 3, 31, 14, 59, tzinfo=UTC),
        issue_number="2026-0317",
        results=tuple(
            Result(id=f"urn:x:{n}", name=f"演習{n}", value="優", credits="2.5", term="2025年度後期")
            for n in range(courses)
        ),
        evidence=(
            Evidence(
                id="urn:x:e",
                name="卒業論文",
                description="分散台帳の研究",
                url="https://repository.tohto.example/4711",
            ),
        ),
        narrative="研究室での発表を評価した。\n首席で卒業した。",
        status=(
            StatusEntry(
                id="https://tohto.example/status/1#94567",
                kind="BitstringStatusListEntry",
                purpose="revocation",
                list_id="https://tohto.example/status/1",
                index=94567,
            ),
        ),
        document=DocumentDetails(
            signatory_name="佐藤 一郎",
            signatory_title=Text.of(ja="学長", en="President"),
            addressee="株式会社みほん",
            purpose="就職活動",
        ),
    )


SIGNED = (
    *(
        "髙橋 𠮷子",
        "タカハシ ヨシコ",
        "TAKAHASHI Yoshiko",
        "渡邉",
        "yoshiko@student.tohto.example",
        "S-20220417",
    ),
    *(
        "学士（工学）",
        "Bachelor of Engineering",
        "情報工学の基礎を修めたこと。",
        "Foundations of information",
    ),
    *(
        "124単位以上を修得する。",
        "Earn 124 credits or more.",
        "ja-JP",
        "校章",
        "情報工学, engineering",
        "124.5",
    ),
    *("通算GPA", "秀 · 優 · 良", "learner_effort: 45 hours"),
    *("a1b2c3d4e5" * 16, "2026-0317", "演習1", "2.5", "2025年度後期", "卒業論文", "分散台帳の研究"),
    *("https://repository.tohto.example/4711", "研究室での発表を評価した。", "首席で卒業した。"),
    *("revocation: https://tohto.example/status/1 #94567", "佐藤 一郎", "学長", "President"),
    *("株式会社みほん", "就職活動", "urn:uuid:0f7c1a52-1d0b-4c3f-8f1e-2a6f7d9b3c11"),
    *(
        "Tohto University of Arts and Sciences",
        "https://tohto.example/about",
        "registrar@tohto.example",
        "JP",
    ),
    *("image/png", "SHA-256"),
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


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("headline", [Headline.VALID, Headline.NOT_GENUINE])
def test_everything_that_was_signed_is_shown(language: str, headline: Headline) -> None:
    page = printed(report(full_award(), headline), language)
    days = {
        "ja": (
            "2003年12月5日（平成15年12月5日）",
            "2026年3月25日（令和8年3月25日）",
            "2031年3月31日 23:59",
            "2026年3月25日 00:00",
            "学士の学位",
            "通算GPA · GPA",
            "評語 · 評語 · 秀",
        ),
        "en": (
            "December 5, 2003",
            "March 25, 2026",
            "March 31, 2031, 14:59 UTC",
            "March 24, 2026, 15:00 UTC",
            "通算GPA · grade point average",
            "評語 · letter grade · 秀",
        ),
    }
    missing = [words for words in (*SIGNED, *days[language]) if folded(words) not in page]
    assert missing == []


@pytest.mark.parametrize(
    ("language", "claims"), [("ja", "この文書が主張している"), ("en", "this document claims")]
)
def test_content_that_is_not_believed_is_called_a_claim_throughout(language: str, claims: str) -> None:
    words = LABELS[language]
    for headline in Headline:
        page = printed(report(full_award(), headline), language)
        doubted = not headline.is_genuine
        assert (folded(claims) in page) is doubted, headline
        assert (folded(words["claimed.why"]) in page) is doubted
        assert (folded(words["content"]) in page) is not doubted
        assert (folded(words["fine"]) in page) is not doubted


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_check_says_where_its_answer_came_from_and_when(language: str) -> None:
    page = printed(report(), language)
    words = LABELS[language]
    assert folded(f"{words['source']}: {words['source.the document itself']}") in page
    assert folded(f"{words['source']}: https://tohto.example/did.json") in page
    assert (
        folded({"ja": "2026年4月10日 18:00（日本時間）", "en": "April 10, 2026, 09:00 UTC"}[language]) in page
    )


def test_what_does_not_fit_on_one_page_goes_on_over_several() -> None:
    data = evidence_pdf(report(full_award(200), Headline.VALID), code=CODE, link=ADDRESS, language="ja")
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) > 3
        page = shown_text(document)
    assert all(folded(f"演習{n}") in page for n in range(200))
    assert page.count(folded(COLUMNS["ja"][3])) >= 3, "the table says its columns on every page"


@pytest.mark.parametrize(
    "moment",
    [
        LATER.replace(microsecond=123456),
        LATER.astimezone(timezone(timedelta(hours=9))).replace(microsecond=1),
        LATER.astimezone(timezone(timedelta(hours=-3, minutes=-30))),
    ],
)
def test_any_moment_of_verification_is_taken(moment: datetime) -> None:
    given = replace(report(full_award(), Headline.VALID), verified_at=moment)
    assert folded("April 10, 2026, 09:00 UTC") in printed(given, "en")


def test_a_long_text_is_not_cut() -> None:
    long = "".join(f"{n}番目の文。" for n in range(800))
    page = printed(report(replace(full_award(), narrative=long), Headline.VALID), "ja")
    assert folded("799番目の文。") in page


def test_a_report_without_content_or_issuer_can_be_printed() -> None:
    page = printed(replace(report(), issuer=None), "en")
    assert folded(sentences.identity_sentence(None, "en")) in page


def test_both_languages_have_the_same_labels() -> None:
    assert set(LABELS["ja"]) == set(LABELS["en"])
    assert all(LABELS["ja"].values())
    assert all(LABELS["en"].values())
