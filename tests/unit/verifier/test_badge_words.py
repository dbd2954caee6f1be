# SPDX-License-Identifier: Apache-2.0
"""Skills, levels and endorsements are said in the reader's words, and nothing unconfirmed is quoted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.university import NOW, University

from gakusho.formats import Endorses, format_named
from gakusho.model.achievement import ResultDescription, RubricCriterionLevel
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, Result
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text
from gakusho.verifier import badge_words
from gakusho.verifier.report_json import as_json
from gakusho.verifier.report_pdf import evidence_pdf
from gakusho.web.verify.show import shown
from gakusho.web.words import Words

UNIVERSITY = University()
AGENCY = University.by_key(b"a" * 32)
SKILL = Alignment(
    target_name="データ分析",
    target_url="http://data.europa.eu/esco/skill/2b92",
    target_framework="ESCO",
    target_code="S2.7",
)
PROGRAM = Alignment(target_name="工学部", target_url="https://aoba.example/faculty", target_type="CTDL")
PASSED = RubricCriterionLevel(id="urn:l:2", name="到達", points="4", alignments=(SKILL,))
RUBRIC = ResultDescription(
    id="urn:d:1",
    name="卒業研究",
    type="RubricCriterionLevel",
    levels=(RubricCriterionLevel(id="urn:l:1", name="未到達", points="0"), PASSED),
    required_level="urn:l:2",
)


def award(*endorsements: bytes) -> Award:
    plain = UNIVERSITY.award()
    return replace(
        plain,
        achievement=replace(
            plain.achievement,
            alignments=(SKILL, PROGRAM),
            result_descriptions=(RUBRIC,),
            endorsements=endorsements,
        ),
        results=(
            Result(
                id="urn:r:1", name="卒業研究", value="A", description_id="urn:d:1", achieved_level="urn:l:2"
            ),
            Result(id="urn:r:2", name="実習", value="Completed", status="Completed"),
        ),
    )


def word(comment: str = "よい課程です。") -> bytes:
    form: object = format_named("verifiable-credential")
    assert isinstance(form, Endorses)
    said = Endorsement(
        id="urn:uuid:e0000000-0000-4000-8000-000000000001",
        endorser=Issuer(id=AGENCY.did, name=Text.of(ja="青葉認証機構")),
        endorsed_id=UNIVERSITY.award().achievement.id,
        comment=comment,
        valid_from=NOW - timedelta(days=1),
    )
    return form.endorse(said, AGENCY.sealing).data


def test_an_alignment_is_a_skill_by_its_type_or_its_address() -> None:
    skills = [
        SKILL,
        replace(PROGRAM, target_type="CFItem"),
        replace(PROGRAM, target_type="ceasn:Competency"),
        replace(PROGRAM, target_type="ext:Skill"),
    ]
    others = [
        PROGRAM,
        replace(PROGRAM, target_type=None),
        replace(PROGRAM, target_url="https://evil.example/?http://data.europa.eu/esco/skill/1"),
        replace(PROGRAM, target_type="Skill"),
    ]
    assert [one.is_skill for one in (*skills, *others)] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    ("language", "status", "level"), [("ja", "修了", "4点"), ("en", "Completed", "4 points")]
)
def test_pages_show_skills_levels_and_status(language: str, status: str, level: str) -> None:
    report = UNIVERSITY.verify(UNIVERSITY.sealed(award()))
    page = shown(report, Words(language, ZoneInfo("Asia/Tokyo")))
    assert [one.name for one in page.skills] == ["データ分析"]
    assert page.skills[0].where == "ESCO · S2.7"
    assert [one.name for one in page.alignments] == ["工学部"]
    assert [row[1] for row in page.results] == ["A · 到達", status]
    fine = "\n".join(value for _, value in page.fine_print)
    assert level in fine
    assert SKILL.target_url in fine
    assert page.fine_print != ()


def test_the_report_as_json_says_which_alignments_are_skills() -> None:
    told = as_json(UNIVERSITY.verify(UNIVERSITY.sealed(award())))["credential"]
    assert [one["skill"] for one in told["achievement"]["alignments"]] == [True, False]
    assert told["achievement"]["result_descriptions"][0]["levels"][1]["name"] == "到達"
    assert told["results"][0]["achieved_level"] == "urn:l:2"


def test_the_words_of_an_endorsement_are_shown_only_when_they_are_its_endorsers() -> None:
    good, other = word(), word("最高の課程です。")
    forged = json.dumps(
        {**json.loads(good), "credentialSubject": json.loads(other)["credentialSubject"]}
    ).encode()
    for data, comment, shape in ((good, "よい課程です。", "valid"), (forged, "", "not-genuine")):
        report = UNIVERSITY.verify(UNIVERSITY.sealed(award(data)))
        (endorsed,) = badge_words.endorsements(report)
        assert (endorsed.about, endorsed.endorser, endorsed.comment) == (
            "achievement",
            "青葉認証機構",
            comment,
        )
        (line,) = shown(report, Words("ja", ZoneInfo("Asia/Tokyo"))).endorsements
        assert (line.shape, line.comment, line.endorser) == (shape, comment, "「青葉認証機構」")


def test_an_endorsement_of_something_else_says_so() -> None:
    unsigned = json.loads(UNIVERSITY.sealed(award()))
    del unsigned["proof"]
    elsewhere = json.loads(word())
    del elsewhere["proof"]
    elsewhere["credentialSubject"]["id"] = "https://another.example/achievement"
    unsigned["endorsement"] = [json.loads(AGENCY.signed(elsewhere))]
    (endorsed,) = badge_words.endorsements(UNIVERSITY.verify(UNIVERSITY.signed(unsigned)))
    assert (endorsed.about, endorsed.of) == ("other", "https://another.example/achievement")


def test_the_report_on_paper_has_them_too() -> None:
    report = UNIVERSITY.verify(UNIVERSITY.sealed(award(word())))
    assert evidence_pdf(report, code="AAAA", link="https://a.example/r", language="ja").startswith(b"%PDF")
