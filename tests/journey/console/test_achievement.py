# SPDX-License-Identifier: Apache-2.0
"""A registrar writes down what skills an achievement stands for; a reader sees them, with an endorsement."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.fakes.university import University
from tests.journey.conftest import check_accessible, shoot, sign_in
from tests.journey.windows import next_page

from gakusho.formats import Endorses, format_named
from gakusho.model.achievement import ResultDescription, RubricCriterionLevel
from gakusho.model.alignment import Alignment
from gakusho.model.award import Result
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text

BASE = "/console/asanagi"
AGENCY, SCHOOL = University.by_key(b"a" * 32), University.by_key(b"b" * 32)
NAMES = {"ja": "データサイエンス入門", "en": "Introduction to Data Science"}
SKILL = "http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f"


def word(of: str, language: str) -> bytes:
    """Give an agency's endorsement."""
    form: object = format_named("vc-jwt")
    assert isinstance(form, Endorses)
    said = Endorsement(
        id="urn:uuid:e0000000-0000-4000-8000-000000000001",
        endorser=Issuer(id=AGENCY.did, name=Text.of(ja="青葉認証機構", en="Aoba Accreditation")),
        endorsed_id=of,
        comment={
            "ja": "課程は、産業界が求める水準を満たしています。",
            "en": "The course covers what the profession asks for.",
        }[language],
        valid_from=AGENCY.now - timedelta(days=90),
    )
    return form.endorse(said, replace(AGENCY.sealing, now=AGENCY.now - timedelta(days=90))).data


def both_widths(page: Page, name: str) -> None:
    """Look at a page as a person would: with a screen reader, and on a phone."""
    check_accessible(page)
    shoot(page, name)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, f"{name}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)  # the pages are the same on both databases
@pytest.mark.parametrize("language", ["ja", "en"])
def test_skills_levels_and_an_endorsement_are_written_down(
    open_browser: Callable[..., Page], language: str
) -> None:
    page = open_browser(language)
    sign_in(page, "registrar")
    page.goto(f"{BASE}/achievements/new")
    for name in ("name", "criteria"):
        page.fill(f"#f-{name}_{language}", NAMES[language])
    page.select_option("#f-type", "MicroCredential")
    page.fill("#f-result_0_name", {"ja": "到達度", "en": "Attainment"}[language])
    page.select_option("#f-result_0_type", "RubricCriterionLevel")
    page.locator("details.result-more").first.locator("summary").click()
    levels = {"ja": "未到達; 0\n到達; 3; 一人でできる", "en": "Not yet; 0\nMastered; 3; Works alone"}[
        language
    ]
    page.fill("#f-result_0_levels", levels)
    page.fill("#f-result_0_required", {"ja": "到達", "en": "Mastered"}[language])
    page.fill("#f-alignment_0_name", {"ja": "データ分析", "en": "Data analysis"}[language])
    page.fill("#f-alignment_0_url", SKILL)
    page.select_option("#f-alignment_0_type", "ext:Skill")
    page.fill("#f-alignment_0_framework", "ESCO")
    page.fill("#f-alignment_1_name", {"ja": "統計的推測", "en": "Inference"}[language])
    page.fill("#f-alignment_1_url", "nowhere")
    with next_page(page):
        page.locator("button[name='more']").click()
    expect(page.locator("#f-alignment_6_name")).to_be_visible()
    expect(page.locator("#f-alignment_0_url")).to_have_value(SKILL)
    page.locator("#f-name_ja").press("Enter")  # Enter saves, and does not add rows
    expect(page.locator(".notice-error")).to_be_visible()
    page.fill("#f-alignment_1_url", "https://case.example/items/7")
    page.select_option("#f-alignment_1_type", "CFItem")
    page.fill("#f-alignment_1_code", "S.7")
    with next_page(page):
        page.locator("main form > fieldset > p.row button").click()
    expect(page.locator(".notice-done")).to_be_visible()
    page.wait_for_url(re.compile(r"/achievements/[0-9a-f-]{36}"))
    achievement_id = page.locator("section:has(#f-pasted) code").inner_text()
    page.fill("#f-pasted", word(achievement_id, language).decode())
    with next_page(page):
        page.locator("section:has(#f-pasted) button").last.click()
    expect(page.locator(".notice-done")).to_be_visible()
    expect(page.locator("q.endorsement")).to_contain_text({"ja": "水準", "en": "profession"}[language])
    both_widths(page, f"achievement-{language}")


def badge(language: str) -> bytes:
    """Give a badge with skills, a rubric and an endorsement, as any school could issue it."""
    award = SCHOOL.award(status=())
    words = Text.of({language: NAMES[language]})
    level = RubricCriterionLevel(
        id="urn:uuid:11111111-0000-4000-8000-000000000001",
        name={"ja": "到達", "en": "Mastered"}[language],
        points="3",
    )
    rubric = ResultDescription(
        id="urn:uuid:11111111-0000-4000-8000-000000000002",
        name={"ja": "到達度", "en": "Attainment"}[language],
        type="RubricCriterionLevel",
        levels=(level,),
    )
    achievement = replace(
        award.achievement,
        type="MicroCredential",
        name=words,
        description=words,
        criteria=words,
        language=language,
        result_descriptions=(rubric,),
        alignments=(
            Alignment(
                target_name={"ja": "データ分析", "en": "Data analysis"}[language],
                target_url=SKILL,
                target_framework="ESCO",
                target_code="S2.7.4",
                target_description={
                    "ja": "データを集め、整え、意味を読み取る。",
                    "en": "Collect and interpret data.",
                }[language],
            ),
            Alignment(
                target_name={"ja": "データサイエンス学環", "en": "School of Data Science"}[language],
                target_url="https://aoba.example/ds",
                target_type="CTDL",
            ),
        ),
        endorsements=(word(award.achievement.id, language),),
    )
    result = Result(
        id="urn:uuid:11111111-0000-4000-8000-000000000003",
        name=rubric.name,
        value=level.name,
        description_id=rubric.id,
        achieved_level=level.id,
    )
    sealing = replace(SCHOOL.sealing, now=SCHOOL.now - timedelta(days=5))
    made = replace(award, achievement=achievement, results=(result,))
    return format_named("open-badges-3").write([made], sealing)[0].data


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_reader_sees_skills_and_who_endorsed_them(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(language)
    page.goto("/verify")
    page.fill("textarea[name='text']", badge(language).decode())
    with next_page(page):
        page.locator("form:has(textarea[name='text']) button").first.click()
    expect(page.locator(".verdict-valid")).to_be_visible()
    skill = page.locator(".aligned-name", has_text={"ja": "データ分析", "en": "Data analysis"}[language])
    expect(skill).to_be_visible()
    expect(page.locator("q.endorsement")).to_be_visible()
    both_widths(page, f"skills-{language}")
