# SPDX-License-Identifier: Apache-2.0
"""Whatever was signed is shown; whatever is shown is said in the reader's language."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.university import University

from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.award import Award, DocumentDetails, Evidence, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.report import Headline, Identity, Knowledge, Outcome, Report
from gakusho.model.text import Text
from gakusho.web.verify.courses import SHAPES
from gakusho.web.verify.show import shown
from gakusho.web.words import Words

AWARD = Award(
    id="urn:uuid:0b6f5f3e-0000-4000-8000-000000000001",
    issuer=Issuer(
        id="did:web:aoba.example", name=Text.of(ja="あおば大学", en="Aoba University"),
        url="https://aoba.example", email="desk@aoba.example", country="JP",
    ),
    learner=Learner(
        name=PersonName(
            full="渡邉 さくら", kana="ワタナベ サクラ",
            romaji="WATANABE, Sakura", former="井上",
        ),
        email="sakura@mail.example", student_number="S-77", birth_date=date(2004, 2, 29),
    ),
    achievement=Achievement(
        id="urn:uuid:ach", type="ext:Special", name=Text.of(ja="学士（文学）", en="Bachelor of Arts"),
        description=Text.of(ja="説明文", en="A description"),
        criteria=Text.of(ja="条件文", en="Some criteria"),
        language="ja", tags=("tag-one",), field_of_study="Letters", credits_available=124.0,
        result_descriptions=(ResultDescription(id="urn:rd", name="GPA-kind", type="GradePointAverage"),),
    ),
    awarded_on=date(2026, 3, 25),
    valid_from=datetime(2026, 3, 24, 15, tzinfo=UTC),
    valid_until=datetime(2031, 3, 31, 14, 59, tzinfo=UTC),
    issue_number="第99号",
    results=(Result(id="urn:r", name="線形代数", value="優", credits="2", term="2023 前期"),),
    evidence=(Evidence(id="urn:e", name="Thesis", description="On names", url="https://aoba.example/t"),),
    narrative="総代として卒業",
    status=(
        StatusEntry(
            id="urn:s", kind="BitstringStatusListEntry", purpose="revocation",
            list_id="https://aoba.example/l", index=94567,
        ),
    ),
    document=DocumentDetails(
        signatory_name="学長 太郎", signatory_title=Text.of(ja="学長", en="President"),
        addressee="株式会社みなと", purpose="就職",
    ),
)  # fmt: skip
UNSHOWN = {
    "urn:r", "urn:e", "urn:s", "urn:rd",  # ids of parts, of no meaning outside
    "BitstringStatusListEntry", "degree-certificate", "ja", "a4",
}  # fmt: skip
SAID = {"GradePointAverage": {"ja": " · GPA", "en": " · grade point average"}}
"""Words of the standard, and what people read in their place."""


def _report(headline: Headline = Headline.VALID) -> Report:
    return Report(
        outcome=Outcome.VALID,
        headline=headline,
        format="open-badges-3",
        issuer=Identity(
            id="did:web:aoba.example", name="あおば大学", knowledge=Knowledge.DOMAIN, domain="aoba.example"
        ),
        credential=AWARD,
        checks=(),
        verified_at=datetime(2026, 4, 1, tzinfo=UTC),
        input_digest="ab" * 32,
    )


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Text):
        return [words for _, words in value]
    if isinstance(value, tuple):
        return [words for part in value for words in _words(part)]
    if is_dataclass(value):
        return [words for field in fields(value) for words in _words(getattr(value, field.name))]
    return []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_signed_word_is_on_the_page(language: str) -> None:
    page = json.dumps(shown(_report(), Words(language, ZoneInfo("Asia/Tokyo"))).as_json(), ensure_ascii=False)
    other = {"President"} if language == "ja" else {"学長"}
    expected = [SAID.get(word, {}).get(language, word) for word in _words(AWARD)]
    missing = [w for w in expected if w not in page and w not in UNSHOWN | other]
    assert missing == []
    for number in ("124", "94567", "2004", "2031"):
        assert number in page


def test_every_headline_has_a_shape_and_words() -> None:
    assert set(SHAPES) == set(Headline)
    assert [h for h, shape in SHAPES.items() if shape == "valid"] == [Headline.VALID]
    assert len(set(SHAPES.values())) >= 7
    for headline in Headline:
        for language in ("ja", "en"):
            page = shown(_report(headline), Words(language, ZoneInfo("Asia/Tokyo")))
            assert page.word
            assert page.sentence
            assert page.next_step


def test_what_is_not_genuine_is_never_shown_as_the_issuers() -> None:
    words = Words("en", ZoneInfo("UTC"))
    genuine = {headline: shown(_report(headline), words).genuine for headline in Headline}
    assert [h for h, yes in genuine.items() if not yes] == [
        Headline.NOT_GENUINE,
        Headline.UNSIGNED,
        Headline.LOCKED,
        Headline.NOT_LOCKED,
        Headline.NOT_CHECKED,
    ]


def test_a_self_given_name_stands_in_quotes_beside_the_domain() -> None:
    forger = University.by_key()
    award = forger.award()
    named = replace(award, issuer=replace(award.issuer, name=Text.of(ja="東都大学")))
    page = shown(forger.verify(forger.sealed(named)), Words("en", ZoneInfo("UTC")))
    assert page.issuer_name == "“東都大学”"
    assert "“東都大学”" in page.identity
    assert dict(page.issuer)["Issuer id"].startswith("did:key:")
    assert "Domain" not in dict(page.issuer)
