# SPDX-License-Identifier: Apache-2.0
"""A name written to look like another is told, and the verdict stands; honest names are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes.university import University

from gakusho.model.learner import PersonName
from gakusho.model.report import Headline, Outcome
from gakusho.model.text import Text
from gakusho.verifier.look_alikes import warnings
from gakusho.verifier.report_json import as_json
from gakusho.verifier.sentences import sentence

UNIVERSITY = University()
AWARD = UNIVERSITY.award()

EVIL = [
    ("Аoba University", "mixed", "Аoba (Cyrillic, Latin)"),  # the first letter is Cyrillic
    ("Aоba University", "mixed", "Aоba (Latin, Cyrillic)"),
    ("Οxford College", "mixed", "Οxford (Greek, Latin)"),
    ("東京АI大学", "mixed", "東京АI大学 (Han, Cyrillic, Latin)"),
    ("青葉Ꭺ大学", "mixed", "青葉Ꭺ大学 (Han, Cherokee)"),
    ("Аоһа University", "disguised", "Аоһа (Cyrillic)"),  # every letter is Cyrillic
    ("Ао\u200bba", "unseen", "U+200B"),
    ("Ao\u200dba", "unseen", "U+200D"),
    ("Aoba\u202e University", "unseen", "U+202E"),
    ("青葉\ufeff大学", "unseen", "U+FEFF"),
]
HONEST = [
    "Aoba University",
    "青葉大学",
    "髙橋 𠮷野 花子",
    "青葉大学 AOBA",
    "ICU高校",
    "Tシャツ研究所",
    "ＮＴＴ大学",
    "ナノ・バイオ研究ｾﾝﾀｰ",
    "佐々木ヶ原",
    "Μ・Σ研究会",
    "β-カロテン研究所",
    "서울대학교 SNU대학",
    "한국외국어大學校",
    "國立臺灣大學ㄅㄆㄇ",
    "Московский университет",
    "МГУ University",
    "ООО Рога University",
    "Ива́н Петро́в",
    "Ελληνικό University",
    "Đại học Quốc gia Hà Nội",
    "İstanbul Üniversitesi",
    "Żółć Øresund Ñandú",
    "אוניברסיטת Tel Aviv",
    "جامعة\u200f القاهرة",
    "विश्वविद्\u200dयालय",
    "មហាវិទ្យាល័យ",
    "O’Brien-Müller 3rd",
    "",
]


def named(issuer: str = "Aoba University", learner: str = "Hanako") -> tuple[tuple[str, str, str], ...]:
    award = replace(
        AWARD,
        issuer=replace(AWARD.issuer, name=Text.of(ja="青葉大学", en=issuer)),
        learner=replace(AWARD.learner, name=PersonName(full=learner)),
    )
    return tuple((one.code, one.facts["reason"], one.facts["got"]) for one in warnings(award))


@pytest.mark.requirement("Threat I02", "a name written to look like another is told, the honest one is not")
@pytest.mark.parametrize(("name", "reason", "got"), EVIL)
def test_a_name_that_imitates_another_is_told(name: str, reason: str, got: str) -> None:
    assert named(issuer=name) == (("name.issuer", reason, got),)
    assert named(learner=name) == (("name.learner", reason, got),)
    assert named(issuer=name, learner=name)[0][0] != named(issuer=name, learner=name)[1][0]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_name_is_not(name: str) -> None:
    assert named(issuer=name or "x", learner=name) == ()


def test_the_verdict_stands_and_the_report_says_it_in_both_languages() -> None:
    university = University()
    imitated = replace(AWARD, learner=replace(AWARD.learner, name=PersonName(full="Hаnako")))
    report, twin = (university.verify(university.sealed(one)) for one in (imitated, AWARD))
    assert (
        (report.headline, report.outcome) == (twin.headline, twin.outcome) == (Headline.VALID, Outcome.VALID)
    )
    assert report.checks == replace(twin, checks=report.checks).checks
    assert twin.warnings == ()
    [warning] = report.warnings
    assert "Cyrillic" in sentence(warning, "en")
    assert "学習者" in sentence(warning, "ja")
    assert [one["code"] for one in as_json(report)["warnings"]] == ["name.learner"]
    assert as_json(twin)["warnings"] == []


def test_a_long_name_costs_no_more_than_its_beginning() -> None:
    assert named(issuer="Аo" * 1_000_000)[0][:2] == ("name.issuer", "mixed")
