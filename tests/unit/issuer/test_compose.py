# SPDX-License-Identifier: Apache-2.0
"""From a row to an award and back, and awards as JSON without loss."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gakusho.errors import InputError
from gakusho.issuer.achievement_json import achievement_from_dict, achievement_to_dict
from gakusho.issuer.compose import award_from_dict, award_to_dict, compose, fields_of
from gakusho.issuer.rows import Row
from gakusho.model.achievement import Achievement, Image, ResultDescription, RubricCriterionLevel
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, DocumentDetails, Evidence, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
ISSUER = Issuer(
    id="did:web:asanagi.example", name=Text.of(ja="朝凪大学", en="Asanagi University"), country="JP"
)
DEGREE = Achievement(
    id="urn:uuid:11111111-0000-4000-8000-000000000001",
    type="BachelorDegree",
    name=Text.of(ja="学士(工学)"),
    description=Text.of(ja="四年間の課程。"),
    criteria=Text.of(ja="124単位。"),
    result_descriptions=(ResultDescription(id="urn:uuid:gpa", name="GPA", type="GradePointAverage"),),
)
SKILL = Alignment(
    target_name="データ分析",
    target_url="http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
    target_framework="ESCO",
)
RUBRIC = replace(
    DEGREE,
    code="ENG-1",
    alignments=(SKILL,),
    endorsements=(b"eyJ.eyJ.c2ln",),
    result_descriptions=(
        *DEGREE.result_descriptions,
        ResultDescription(
            id="urn:uuid:thesis",
            name="卒業研究",
            type="RubricCriterionLevel",
            levels=(
                RubricCriterionLevel(id="urn:uuid:level-1", name="未到達", points="0"),
                RubricCriterionLevel(id="urn:uuid:level-2", name="到達", points="1", alignments=(SKILL,)),
            ),
            required_level="urn:uuid:level-2",
        ),
        ResultDescription(id="urn:uuid:state", name="状況", type="Status"),
    ),
)
FIELDS = {
    "name": "見本 花子",
    "name_kana": "ミホン ハナコ",
    "name_romaji": "MIHON Hanako",
    "former_name": "例示 花子",
    "email": "hanako@mihon.example",
    "student_number": "22A0001",
    "birth_date": "2004-04-02",
    "issue_number": "第2026-0001号",
    "awarded_on": "2026-03-25",
    "valid_until": "2036-03-31",
    "narrative": "総代",
    "addressee": "見本商事",
    "purpose": "就職",
    "result:urn:uuid:gpa": "3.45",
    "course:線形代数": "優/2/2024前期",
    "course:情報倫理": "良",
    "course:体育": "可//2023後期",
}


def composed(fields: dict[str, str], *, country: str | None = "JP", now: datetime = NOW) -> Award:
    return compose(
        Row(line=2, fields=fields),
        issuer=Issuer(id=ISSUER.id, name=ISSUER.name, country=country),
        achievement=DEGREE,
        award_id="urn:uuid:22222222-0000-4000-8000-000000000002",
        status=(),
        document=DocumentDetails(kind="transcript", language="ja-en", signatory_name="学長", purpose="一般"),
        now=now,
    )


def test_a_row_becomes_an_award_and_an_award_a_row() -> None:
    award = composed(FIELDS)
    assert award.learner.name.former == "例示 花子"
    assert award.awarded_on == date(2026, 3, 25)
    assert [(r.name, r.value, r.credits, r.term, r.description_id) for r in award.results] == [
        ("GPA", "3.45", None, None, "urn:uuid:gpa"),
        ("線形代数", "優", "2", "2024前期", None),
        ("情報倫理", "良", None, None, None),
        ("体育", "可", None, "2023後期", None),
    ]
    assert len({r.id for r in award.results}) == 4
    assert (award.document.kind, award.document.addressee, award.document.purpose) == (
        "transcript",
        "見本商事",
        "就職",
    )
    assert fields_of(award) == FIELDS
    assert composed(FIELDS) == award  # nothing in it is drawn by lot


def test_what_is_not_in_the_row_is_nowhere() -> None:
    award = composed({"name": "見本 花子", "awarded_on": "2026-03-25"})
    assert award.learner == Learner(name=PersonName(full="見本 花子"))
    assert (award.results, award.narrative, award.valid_until, award.issue_number) == ((), None, None, None)
    assert award.document.purpose == "一般"


def test_faculty_major_and_degree_are_told() -> None:
    fields = {**FIELDS, "faculty": "工学部", "major": "情報工学科", "degree": "学士(工学)"}
    assert composed(fields).narrative == "工学部 情報工学科 学士(工学)\n総代"


IN_ENGLISH = {
    **FIELDS,
    "faculty": "工学部",
    "faculty_en": "Faculty of Engineering",
    "major": "情報工学科",
    "narrative_en": "Valedictorian",
    "addressee_en": "Mihon Trading",
    "purpose_en": "Employment",
}


def test_the_english_of_a_row_is_said_beside_the_japanese_and_comes_back_by_itself() -> None:
    award = composed(IN_ENGLISH)
    assert award.narrative == "工学部 情報工学科\n総代\n\nFaculty of Engineering, 情報工学科\nValedictorian"
    assert (award.document.addressee, award.document.purpose) == (
        "見本商事 / Mihon Trading",
        "就職 / Employment",
    )
    kept = award_from_dict(award_to_dict(award))
    assert kept == award
    assert fields_of(kept) == IN_ENGLISH


def test_an_award_of_before_there_were_particulars_keeps_its_narrative() -> None:
    said = award_to_dict(composed(IN_ENGLISH))
    kept = award_from_dict({name: value for name, value in said.items() if name != "particulars"})
    assert fields_of(kept)["narrative"] == kept.narrative == composed(IN_ENGLISH).narrative
    assert "faculty" not in fields_of(kept)


def test_an_award_holds_from_the_first_to_the_last_moment_of_its_days_where_it_is_made() -> None:
    award = composed(FIELDS)
    japan = timezone(timedelta(hours=9))
    assert award.valid_from == datetime(2026, 3, 25, 0, 0, tzinfo=japan)
    assert award.valid_until == datetime(2036, 3, 31, 23, 59, 59, tzinfo=japan)
    assert award.valid_from.tzinfo is UTC


def test_an_award_of_today_holds_at_once_wherever_it_is_made() -> None:
    fields = {**FIELDS, "awarded_on": "2026-04-02"}
    early = datetime(2026, 4, 1, 20, 0, tzinfo=UTC)  # the 2nd in Auckland and in Tokyo
    assert composed(fields, country="NZ", now=early).valid_from == early
    assert composed(fields, country="JP", now=early).valid_from < early
    tomorrow = {**FIELDS, "awarded_on": "2026-04-03"}
    assert composed(tomorrow, country="NZ", now=early).valid_from > early


@pytest.mark.parametrize("missing", ["name", "awarded_on"])
def test_a_row_that_was_not_checked_is_refused(missing: str) -> None:
    with pytest.raises(InputError):
        composed({**FIELDS, missing: ""})


WORDS = st.text(max_size=20)
SOME = WORDS.filter(bool)
MAYBE = st.none() | WORDS
TEXTS = st.lists(st.tuples(SOME, WORDS), max_size=3).map(lambda pairs: Text(tuple(pairs)))
TIMES = st.integers(-2 * 10**15, 7 * 10**15).map(lambda each: NOW + timedelta(microseconds=each))
IMAGES = st.builds(Image, media_type=SOME, data=st.binary(max_size=30), caption=MAYBE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
ALIGNMENTS = st.lists(
    st.builds(
        Alignment,
        target_name=SOME,
        target_url=SOME,
        target_type=MAYBE,
        target_code=MAYBE,
        target_framework=MAYBE,
        target_description=MAYBE,
    ),
    max_size=1,
).map(tuple)
LEVELS = st.lists(
    st.builds(
        RubricCriterionLevel,
        id=SOME,
        name=SOME,
        level=MAYBE,
        points=MAYBE,
        description=MAYBE,
        alignments=ALIGNMENTS,
    ),
    max_size=1,
).map(tuple)
ENDORSEMENTS = st.lists(SOME.map(str.encode), max_size=1).map(tuple)
ACHIEVEMENTS = st.builds(
    Achievement,
    id=SOME,
    type=SOME,
    name=TEXTS,
    description=TEXTS,
    criteria=TEXTS,
    language=SOME,
    image=st.none() | IMAGES,
    tags=st.lists(WORDS, max_size=3).map(tuple),
    field_of_study=MAYBE,
    credits_available=st.none() | st.floats(0, 300),
    result_descriptions=st.lists(
        st.builds(
            ResultDescription,
            id=SOME,
            name=WORDS,
            type=SOME,
            allowed_values=st.lists(WORDS, max_size=3).map(tuple),
            value_min=MAYBE,
            value_max=MAYBE,
            required_value=MAYBE,
            required_level=MAYBE,
            levels=LEVELS,
            alignments=ALIGNMENTS,
        ),
        max_size=2,
    ).map(tuple),
    alignments=ALIGNMENTS,
    endorsements=ENDORSEMENTS,
    descriptors=st.dictionaries(WORDS, JSON, max_size=3),
)
AWARDS = st.builds(
    Award,
    id=SOME,
    issuer=st.builds(
        Issuer,
        id=SOME,
        name=TEXTS,
        url=MAYBE,
        email=MAYBE,
        image=MAYBE,
        country=MAYBE,
        endorsements=ENDORSEMENTS,
    ),
    learner=st.builds(
        Learner,
        name=st.builds(PersonName, full=SOME, kana=MAYBE, romaji=MAYBE, former=MAYBE),
        email=MAYBE,
        student_number=MAYBE,
        birth_date=st.none() | st.dates(),
    ),
    achievement=ACHIEVEMENTS,
    awarded_on=st.dates(),
    valid_from=TIMES,
    valid_until=st.none() | TIMES,
    issue_number=MAYBE,
    results=st.lists(
        st.builds(
            Result,
            id=SOME,
            name=WORDS,
            value=WORDS,
            credits=MAYBE,
            term=MAYBE,
            description_id=MAYBE,
            achieved_level=MAYBE,
            status=MAYBE,
            alignments=ALIGNMENTS,
        ),
        max_size=2,
    ).map(tuple),
    evidence=st.lists(st.builds(Evidence, id=SOME, name=MAYBE, description=MAYBE, url=MAYBE), max_size=2).map(
        tuple
    ),
    narrative=MAYBE,
    endorsements=ENDORSEMENTS,
    status=st.lists(
        st.builds(StatusEntry, id=SOME, kind=SOME, purpose=SOME, list_id=SOME, index=st.integers(0, 2**40)),
        max_size=2,
    ).map(tuple),
    document=st.builds(
        DocumentDetails,
        kind=SOME,
        language=SOME,
        signatory_name=WORDS,
        signatory_title=TEXTS,
        addressee=MAYBE,
        purpose=MAYBE,
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(AWARDS)
def test_every_award_survives_json(award: Award) -> None:
    assert award_from_dict(json.loads(json.dumps(award_to_dict(award)))) == award


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(AWARDS)
def test_every_award_survives_json_with_its_image_kept_elsewhere(award: Award) -> None:
    kept: dict[str, bytes] = {}

    def put(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        kept[digest] = data
        return digest

    data = json.loads(json.dumps(award_to_dict(award, put=put)))
    assert award_from_dict(data, get=kept.__getitem__) == award


def test_an_achievement_is_read_from_the_file_the_command_line_takes() -> None:
    for one in (DEGREE, RUBRIC):
        assert achievement_from_dict(json.loads(json.dumps(achievement_to_dict(one)))) == one


def test_a_row_names_the_level_reached_and_the_status() -> None:
    row = Row(
        line=2,
        fields={
            **FIELDS,
            "result:urn:uuid:thesis": "到達",
            "result:urn:uuid:state": "Completed",
            "result:urn:uuid:gpa": "3.45",
        },
    )
    award = compose(
        row,
        issuer=ISSUER,
        achievement=RUBRIC,
        award_id="urn:uuid:22222222-0000-4000-8000-000000000001",
        status=(),
        document=DocumentDetails(),
        now=NOW,
    )
    found = {one.name: (one.value, one.achieved_level, one.status) for one in award.results}
    assert found["卒業研究"] == ("到達", "urn:uuid:level-2", None)
    assert found["状況"] == ("Completed", None, "Completed")
    assert found["GPA"] == ("3.45", None, None)
    assert fields_of(award)["result:urn:uuid:thesis"] == "到達"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, "achievement.faulty-member"),
        ({"name": "学士"}, "achievement.unreadable"),
        ({"id": 7}, "achievement.unreadable"),
        ({"tags": [1]}, "achievement.unreadable"),
        ({"credits_available": float("nan")}, "achievement.unreadable"),
        ({"image": [1]}, "achievement.unreadable"),
        ({"result_descriptions": [{"id": 1, "name": "x"}]}, "achievement.unreadable"),
        ({"name": {}}, "achievement.faulty-member"),
        ({"name": {"ja": "学\u202e士"}}, "achievement.faulty-member"),
        ({"name": {"ja": "士" * 201}}, "achievement.limit"),
        ({"type": "Doctor"}, "achievement.faulty-member"),
        ({"id": "7"}, "achievement.faulty-member"),
        ({"titel": "x"}, "achievement.unknown-member"),
        ({"alignments": [{"target_name": "x"}]}, "achievement.unreadable"),
        ({"alignments": [{"target_name": "x", "target_url": None}]}, "achievement.unreadable"),
        ({"alignments": [{"target_name": "", "target_url": "https://a/"}]}, "achievement.faulty-member"),
        ({"alignments": [{"target_name": "x", "target_url": "a b"}]}, "achievement.faulty-member"),
        (
            {"alignments": [{"target_name": "x", "target_url": "javascript:x"}]},
            "achievement.faulty-member",
        ),
        (
            {"alignments": [{"target_name": "x", "target_url": "https://a/", "target_type": "Skill"}]},
            "achievement.faulty-member",
        ),
        (
            {"alignments": [{"target_name": "x", "target_url": f"https://a/{n}"} for n in range(51)]},
            "achievement.limit",
        ),
        ({"endorsements": [1]}, "achievement.unreadable"),
        ({"endorsements": ["e30"] * 9}, "achievement.limit"),
        ({"endorsements": ["e" * 70_000]}, "achievement.limit"),
        (
            {"result_descriptions": [{"id": "a", "name": "x", "required_level": "b"}]},
            "achievement.faulty-member",
        ),
        (
            {"result_descriptions": [{"id": "a", "name": "x", "levels": [{"id": "b", "name": 1}]}]},
            "achievement.unreadable",
        ),
        (
            {"result_descriptions": [{"id": "a", "name": "x", "levels": [{"id": "a", "name": "y"}]}]},
            "achievement.faulty-member",
        ),
        ({"image": {"media_type": "image/png", "data": "!!"}}, "achievement.unreadable"),
        ({"image": {"media_type": "image/png", "data": "aGVsbG8="}}, "achievement.faulty-member"),
        (
            {"result_descriptions": [{"id": "a", "name": "x"}, {"id": "a", "name": "y"}]},
            "achievement.faulty-member",
        ),
    ],
)
def test_a_wrong_achievement_is_refused_by_its_member(change: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        achievement_from_dict({**achievement_to_dict(DEGREE), **change})
    assert caught.value.code == code


def test_a_missing_member_is_named() -> None:
    data = achievement_to_dict(DEGREE)
    del data["criteria"]
    with pytest.raises(InputError) as caught:
        achievement_from_dict(data)
    assert caught.value.facts["expected"] == "criteria"
