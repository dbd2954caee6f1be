# SPDX-License-Identifier: Apache-2.0
"""An award written as an Open Badge and read back says the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.university import NOW, University

from gakusho.errors import InputError, UndefinedTermError
from gakusho.formats import format_named
from gakusho.formats._contexts import contexts
from gakusho.formats._ob_read import award as read_award
from gakusho.formats._ob_write import document, losses
from gakusho.model.achievement import (
    RESULT_STATUSES,
    Achievement,
    Image,
    ResultDescription,
    RubricCriterionLevel,
)
from gakusho.model.alignment import ALIGNMENT_TARGET_TYPES, SKILL_TYPE, Alignment
from gakusho.model.award import Award, DocumentDetails, Evidence, Result
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.report import Headline
from gakusho.model.text import Text
from gakusho.proof.quads import quads

UNIVERSITY = University()
FORMAT = format_named("open-badges-3")

SKILL = Alignment(target_name="データ分析", target_url="https://skills.example/1")
NOWHERE = Alignment(target_name="データ分析", target_url="nowhere")

words = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))
maybe = st.none() | words
urns = st.uuids(version=4).map(lambda one: f"urn:uuid:{one}")
moments = st.integers(-600_000_000, 5_000_000_000).map(lambda one: datetime.fromtimestamp(one, UTC))
languages = st.sampled_from(("ja", "en"))


some_alignments = st.lists(
    st.builds(
        Alignment,
        target_name=words,
        target_url=st.sampled_from(("https://skills.example/1", "http://data.europa.eu/esco/skill/x")),
        target_type=st.none() | st.sampled_from((*ALIGNMENT_TARGET_TYPES, SKILL_TYPE)),
        target_code=maybe,
        target_framework=maybe,
        target_description=maybe,
    ),
    max_size=3,
    unique=True,
).map(tuple)
some_levels = st.lists(
    st.builds(
        RubricCriterionLevel,
        id=urns,
        name=words,
        level=maybe,
        points=maybe,
        description=maybe,
        alignments=some_alignments,
    ),
    max_size=2,
    unique_by=lambda one: one.id,
).map(tuple)


@st.composite
def described(draw: st.DrawFn) -> ResultDescription:
    """Kinds of results, with a rubric or without."""
    levels = draw(some_levels)
    return ResultDescription(
        id=draw(urns),
        name=draw(words),
        type=draw(st.sampled_from(("LetterGrade", "Percent", "RubricCriterionLevel", "ext:Hours"))),
        allowed_values=draw(st.lists(words, max_size=3).map(tuple)),
        value_min=draw(maybe),
        value_max=draw(maybe),
        required_value=draw(maybe),
        levels=levels,
        required_level=draw(st.none() | st.sampled_from([one.id for one in levels])) if levels else None,
        alignments=draw(some_alignments),
    )


@st.composite
def awards(draw: st.DrawFn) -> Award:
    """Awards that Open Badges can say in full: one language, and no address of the learner's."""
    language = draw(languages)

    def text() -> Text:
        return Text.of({language: draw(words)})

    descriptions = draw(
        st.lists(
            described(),
            max_size=3,
            unique_by=lambda one: one.id,
        )
    )
    levels = [level.id for one in descriptions for level in one.levels]
    ids = st.sampled_from([one.id for one in descriptions]) if descriptions else st.none()
    results = draw(
        st.lists(
            st.builds(
                Result,
                id=urns,
                name=words,
                value=words,
                credits=maybe,
                term=maybe,
                description_id=st.none() | ids,
                achieved_level=st.sampled_from([None, *levels]),
                status=st.sampled_from([None, *RESULT_STATUSES]),
                alignments=some_alignments,
            ),
            max_size=6,
            unique_by=lambda one: one.id,
        )
    )
    achievement = Achievement(
        id=draw(urns),
        type=draw(st.sampled_from(("BachelorDegree", "Course", "ext:Workshop"))),
        name=text(),
        description=text(),
        criteria=draw(st.just(Text()) | st.just(text())),
        language=language,
        image=draw(
            st.none()
            | st.builds(
                Image,
                media_type=st.sampled_from(("image/png", "image/svg+xml")),
                data=st.binary(min_size=1, max_size=30),
                caption=maybe,
            )
        ),
        tags=draw(st.lists(words, max_size=3, unique=True).map(tuple)),
        field_of_study=draw(maybe),
        credits_available=draw(st.none() | st.integers(0, 300) | st.sampled_from((0.5, 1.25, 22.5))),
        result_descriptions=tuple(descriptions),
        alignments=draw(some_alignments),
    )
    return Award(
        id=draw(urns),
        issuer=Issuer(
            id="did:web:aoba.example",
            name=text(),
            url=draw(st.none() | st.just("https://aoba.example/")),
            email=draw(st.none() | st.just("kyomu@aoba.example")),
            country=draw(st.none() | st.sampled_from(("JP", "DE"))),
        ),
        learner=Learner(
            name=PersonName(full=draw(words), kana=draw(maybe), romaji=draw(maybe), former=draw(maybe)),
            student_number=draw(maybe),
            birth_date=draw(st.none() | st.dates(date(1900, 1, 1), date(2030, 1, 1))),
        ),
        achievement=achievement,
        awarded_on=draw(st.dates(date(1950, 1, 1), date(2100, 1, 1))),
        valid_from=draw(moments),
        valid_until=draw(st.none() | moments),
        issue_number=draw(maybe),
        results=tuple(results),
        evidence=tuple(
            draw(
                st.lists(
                    st.builds(Evidence, id=urns, name=maybe, description=maybe),
                    max_size=2,
                    unique_by=lambda one: one.id,
                )
            )
        ),
        narrative=draw(maybe),
        status=draw(st.just(()) | st.just((UNIVERSITY.status_entry("revocation", 7),))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(awards())
def test_what_is_written_is_read_back(award: Award) -> None:
    written = document(award)
    assert losses(award) == ()
    assert read_award(json.loads(json.dumps(written))) == award


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(awards())
def test_everything_written_is_defined_and_would_be_signed(award: Award) -> None:
    assert quads(document(award), contexts())


def test_writing_twice_gives_the_same() -> None:
    assert document(UNIVERSITY.award()) == document(UNIVERSITY.award())


def test_every_object_that_may_have_an_id_has_its_own() -> None:
    seen: list[str] = []

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            if value.get("type") != "IdentityObject":  # the schema closes it
                assert "id" in value, path
                seen.append(value["id"])
            for name, member in value.items():
                walk(member, f"{path}/{name}")
        elif isinstance(value, list):
            for place, member in enumerate(value):
                walk(member, f"{path}/{place}")

    walk(document(UNIVERSITY.award()), "")
    assert len(seen) == len(set(seen)) > 10


def test_the_order_of_results_is_signed_not_left_to_the_file() -> None:
    written = document(UNIVERSITY.award())
    written["credentialSubject"]["result"].reverse()
    assert read_award(written).results == UNIVERSITY.award().results


def test_an_address_is_said_only_as_a_salted_hash() -> None:
    award = UNIVERSITY.award()
    assert award.learner.email is not None
    assert award.learner.email not in json.dumps(document(award))
    hashes = [
        next(one for one in document(other)["credentialSubject"]["identifier"] if one["hashed"])
        for other in (award, UNIVERSITY.award(2, learner=award.learner))
    ]
    assert hashes[0]["identityHash"] != hashes[1]["identityHash"]
    assert hashes[0]["identityHash"].startswith("sha256$")
    assert "learner.email" in losses(award)


def test_two_languages_stand_in_one_text_and_are_named_as_a_loss() -> None:
    award = UNIVERSITY.award()
    both = replace(
        award.achievement, name=Text.of(ja="学士", en="Bachelor"), criteria=Text.of(ja="一", en="One")
    )
    written = document(replace(award, achievement=both, document=DocumentDetails(language="en")))
    assert written["name"] == "学士 / Bachelor"
    assert written["credentialSubject"]["achievement"]["criteria"]["narrative"] == "一\n\nOne"
    lost = losses(replace(award, achievement=both, document=DocumentDetails(language="en")))
    assert {"achievement.name.language", "achievement.criteria.language", "document"} <= set(lost)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "no-urn"},
        {"learner": Learner(name=PersonName(full=""))},
        {"learner": Learner(name=PersonName(full="花子\u202e"))},
        {"learner": Learner(name=PersonName(full="花\x00子"))},
        {"issuer": Issuer(id="aoba", name=Text.of(ja="青葉大学"))},
        {"evidence": (Evidence(id="urn:a:1"), Evidence(id="urn:a:1"))},
        {"results": (Result(id="urn:a:1", name="x", value="1", achieved_level="urn:nowhere"),)},
        {"results": (Result(id="urn:a:1", name="x", value="1", status="Passed"),)},
        {"results": (Result(id="urn:a:1", name="x", value="1", alignments=(NOWHERE,)),)},
        {"results": (Result(id="urn:a:1", name="x", value="1", alignments=(SKILL, SKILL)),)},
        {"results": (Result(id="urn:a:1", name="x", value="1"), Result(id="urn:a:1", name="y", value="2"))},
        {
            "achievement": Achievement(
                id="urn:a:1", type="Course", name=Text(), description=Text(), criteria=Text()
            )
        },
    ],
)
def test_an_award_that_cannot_be_said_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        document(UNIVERSITY.award(**changes))


def test_an_id_that_would_drop_the_node_is_refused_when_issuing() -> None:
    award = UNIVERSITY.award(results=(Result(id="result-1", name="x", value="1"),))
    with pytest.raises(UndefinedTermError):
        FORMAT.write([award], UNIVERSITY.sealing)


def test_a_learner_may_have_two_email_addresses_but_one_name() -> None:
    unsigned = document(UNIVERSITY.award())
    addresses = [
        {"type": "IdentityObject", "identityType": "emailAddress", "identityHash": one, "hashed": False}
        for one in ("hanako@aoba.example", "hanako@home.example")
    ]
    subject = unsigned["credentialSubject"]
    more = subject | {"identifier": [*subject["identifier"], *addresses]}
    report = UNIVERSITY.verify(UNIVERSITY.signed(unsigned | {"credentialSubject": more}))
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert report.credential.learner.name.full == "髙橋 花子"
    named = more | {"identifier": [*more["identifier"], subject["identifier"][0]]}
    assert subject["identifier"][0]["identityType"] == "name"
    with pytest.raises(InputError):
        read_award(unsigned | {"credentialSubject": named})


def test_evidence_is_found_by_its_address() -> None:
    page = "https://aoba.example/thesis"
    award = UNIVERSITY.award(evidence=(Evidence(id="urn:a:1", url=page, name="論文"),))
    assert read_award(document(award)).evidence == (Evidence(id=page, url=page, name="論文"),)
    assert "evidence.id" in losses(award)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentialSubject",), []),
        (("credentialSubject", "achievement"), "https://aoba.example/a"),
        (("credentialSubject", "result"), [{"id": "urn:a:1"}, {"id": "urn:a:1"}]),
        (("credentialSubject", "identifier"), [{"identityType": "name", "identityHash": "a"}] * 2),
        (("credentialSubject", "achievement", "creditsAvailable"), "many"),
        (("credentialSubject", "achievement", "alignment"), [{"id": "urn:a:1"}, {"id": "urn:a:1"}]),
        (("credentialSubject", "achievement", "alignment"), ["https://a.example"]),
        (("credentialSubject", "achievement", "alignment"), [{"targetName": 1}]),
        (("credentialSubject", "achievement", "alignment"), [{"targetUrl": f"{n}"} for n in range(1001)]),
        (("credentialSubject", "achievement", "endorsement"), ["https://a.example"]),
        (("credentialSubject", "achievement", "endorsementJwt"), [{}]),
        (("credentialSubject", "result", 0, "achievedLevel"), 3),
        (
            ("credentialSubject", "achievement", "resultDescription", 0, "rubricCriterionLevel"),
            [{"id": "urn:a:1"}, {"id": "urn:a:1"}],
        ),
        (("credentialSubject", "achievement", "resultDescription", 0, "rubricCriterionLevel"), [{}]),
        (("credentialSubject", "achievement", "creditsAvailable"), True),
        (("validFrom",), "2026-03-25"),
        (("validFrom",), "2026-W01-1T00:00:00Z"),
        (("validFrom",), "20260101T000000Z"),
        (("validFrom",), "2026-03-25T24:00:00Z"),
        (("validFrom",), "2026-03-25T00:00:60Z"),
        (("validFrom",), "２０２６-03-25T00:00:00Z"),
        (("validFrom",), "2026-03-25T00:00:00"),
        (("validFrom",), 20260325),
        (("credentialStatus", 0, "statusListIndex"), "01"),
        (("credentialStatus", 0, "statusListIndex"), "-1"),
        (("credentialStatus", 0, "statusListIndex"), "+1"),
        (("credentialStatus", 0, "statusListIndex"), "1.5"),
        (("credentialStatus", 0, "statusListIndex"), "abc"),
        (("credentialStatus", 0, "statusListIndex"), 1000.0),
        (("credentialStatus", 0, "statusListIndex"), -1),
        (("credentialStatus", 0, "statusListIndex"), None),
        (("credentialStatus", 0, "statusListIndex"), True),
        (("credentialStatus", 0, "statusListIndex"), "9" * 40),
        (("credentialStatus", 0, "type"), None),
        (("id",), None),
    ],
)
def test_a_member_of_another_shape_is_not_guessed(path: tuple[str | int, ...], value: Any) -> None:
    written: Any = document(UNIVERSITY.award())
    holder = written
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(InputError):
        read_award(written)


def test_a_day_is_the_same_day_everywhere() -> None:
    stated = datetime.fromisoformat(document(UNIVERSITY.award())["awardedDate"])
    for hours in (-11, 0, 9, 11):
        assert (stated + timedelta(hours=hours)).date() == UNIVERSITY.award().awarded_on
    assert NOW.tzinfo is UTC
