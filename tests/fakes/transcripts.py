# SPDX-License-Identifier: Apache-2.0
"""Transcripts of the fictitious university: a degree and its courses."""

from __future__ import annotations

import uuid
from dataclasses import replace

from tests.fakes.university import University

from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.award import Association, Award, Result
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text


def transcript(university: University, courses: int = 3, number: int = 1) -> Award:
    """Give the award of a degree with its courses inside, each with grade, credits and term."""
    award = university.award(number)
    components = tuple(course(university, award, place) for place in range(1, courses + 1))
    associations = tuple(
        Association(type="isPartOf", source=each.achievement.id, target=award.achievement.id)
        for each in components
    )
    return replace(award, components=components, associations=associations, partial=False)


def course(university: University, award: Award, place: int) -> Award:
    """Give the award of one course to the learner of a degree."""
    of_course = Achievement(
        id=f"https://aoba.example/courses/{place}",
        type="Course",
        name=Text.of(ja=f"工学概論{place}"),
        description=Text.of(ja=f"工学概論{place}の授業科目。"),
        criteria=Text.of(ja="試験に合格すること。"),
        code=f"ENG{place:03}",
        credits_available=2,
        result_descriptions=(
            ResultDescription(id=f"https://aoba.example/courses/{place}#grade", name="評価"),
        ),
    )
    award_id = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{award.id} {place}')}"
    return replace(
        award,
        id=award_id,
        learner=Learner(
            name=PersonName(full=award.learner.name.full), student_number=award.learner.student_number
        ),
        achievement=of_course,
        issue_number=None,
        results=(
            Result(
                id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{award_id} grade')}",
                name="評価",
                value="優",
                credits="2",
                term="2025 前期",
                description_id=of_course.result_descriptions[0].id,
            ),
        ),
        evidence=(),
        narrative=None,
        components=(),
        associations=(),
        partial=True,
    )
