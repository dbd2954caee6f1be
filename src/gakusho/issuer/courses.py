# SPDX-License-Identifier: Apache-2.0
"""Tables with one row a course: the rows of one learner folded into one, and unfolded again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import orjson

from gakusho.issuer._course_fields import COURSE_FIELDS, KINDS, WHOLE
from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.award import Association, Award, Result
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text, paired, parted

COURSES = "courses"
"""The field of a folded row that holds its courses, as JSON."""
COVERAGE = "coverage"
OF_COURSE = tuple(field.name for field in COURSE_FIELDS if field.name != COVERAGE)
"""The fields that differ from course to course; all others are the learner's."""
_GRADE = {"ja": "評価", "en": "Grade"}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_INSTRUCTOR = {"ja": "担当教員：", "en": "Instructor: "}


@dataclass(frozen=True, kw_only=True)
class Course:
    """One course of one learner, as its row says it."""

    course_name: str
    grade: str
    course_code: str = ""
    course_name_en: str = ""
    course_type: str = ""
    credits: str = ""
    grade_en: str = ""
    term: str = ""
    term_en: str = ""
    completed_on: str = ""
    instructor: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Course:
        """Give the course in the fields of a row; what is not there is empty."""
        return cls(**{name: fields.get(name, "") for name in OF_COURSE})


def packed(courses: Iterable[Course]) -> str:
    """Give courses as the text that a field holds."""
    return orjson.dumps([_said(each) for each in courses]).decode()


def unpacked(fields: Mapping[str, str]) -> tuple[Course, ...]:
    """Give the courses of a folded row; none for a row that is not folded."""
    held = fields.get(COURSES)
    return tuple(Course.of(each) for each in orjson.loads(held)) if held else ()


def unfolded(fields: Mapping[str, str]) -> list[dict[str, str]]:
    """Give the rows that fold into these fields: one a course, or the one there is."""
    own = {name: value for name, value in fields.items() if name != COURSES}
    return [{**own, **_said(each)} for each in unpacked(fields)] or [own]


def components(award: Award, fields: Mapping[str, str]) -> Award:
    """Give the award made a transcript by the courses of a folded row; any other as it is.

    The courses are part of the award's achievement. Ids follow from the award's and the place, so again
    is the same; a course's own id follows from the issuer and what is said of it, so that all learners
    who took it took the same.
    """
    courses = unpacked(fields)
    if not courses:
        return award
    made = tuple(_component(award, course, place) for place, course in enumerate(courses, start=1))
    ids = dict.fromkeys(each.achievement.id for each in made)
    return replace(
        award,
        components=made,
        associations=tuple(
            Association(type="isPartOf", source=each, target=award.achievement.id) for each in ids
        ),
        partial=fields.get(COVERAGE) not in WHOLE,
    )


def course_fields(award: Award) -> dict[str, str]:
    """Give the fields that ``components`` made the award a transcript from; none for any other."""
    if not award.components:
        return {}
    found = {COURSES: packed(_course(each, award) for each in award.components)}
    return found if award.partial else {**found, COVERAGE: WHOLE[0]}


def _said(course: Course) -> dict[str, str]:
    return {name: value for name, value in vars(course).items() if value}


def _component(award: Award, course: Course, place: int) -> Award:
    issuer = Issuer(id=award.issuer.id, name=award.issuer.name, url=award.issuer.url)
    achievement = _achievement(award.achievement.language, award.issuer.id, course)
    component_id = _id(award.id, f"courses/{place}")
    learner = award.learner
    kind = achievement.result_descriptions[0]
    return Award(
        id=component_id,
        issuer=issuer,
        # a course may be shown alone: it says whose it is, and no more of the person than that takes
        learner=Learner(
            name=PersonName(full=learner.name.full),
            student_number=learner.student_number,
            email=None if learner.student_number else learner.email,
        ),
        achievement=achievement,
        awarded_on=date.fromisoformat(course.completed_on) if course.completed_on else award.awarded_on,
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        results=(
            Result(
                id=_id(component_id, "grade"),
                name=kind.name,
                value=paired(course.grade, course.grade_en),
                credits=course.credits or None,
                term=paired(course.term, course.term_en) or None,
                description_id=kind.id,
            ),
        ),
        narrative=_narrative(achievement.language, course),
        status=award.status,
    )


def _achievement(language: str, issuer_id: str, course: Course) -> Achievement:
    result_type = "RawScore" if _NUMBER.fullmatch(course.grade) else "LetterGrade"
    kind = KINDS.get(course.course_type, "Course")
    said = (kind, course.course_code, course.course_name, course.course_name_en, course.credits, result_type)
    course_id = _id(issuer_id, orjson.dumps(said).decode())
    return Achievement(
        id=course_id,
        type=kind,
        name=_name(language, course),
        description=Text.of({language: _description(language, course)}),
        criteria=Text(),
        language=language,
        code=course.course_code or None,
        credits_available=float(course.credits) if course.credits else None,
        result_descriptions=(
            ResultDescription(id=_id(course_id, "grade"), name=_words(_GRADE, language), type=result_type),
        ),
    )


def _narrative(language: str, course: Course) -> str | None:
    return _words(_INSTRUCTOR, language) + course.instructor if course.instructor else None


def _name(language: str, course: Course) -> Text:
    if not course.course_name_en or course.course_name_en == course.course_name:
        return Text.of({language: course.course_name})
    if language == "en":  # two names given, so the other one is not English
        return Text.of(en=course.course_name_en, ja=course.course_name)
    return Text.of({language: course.course_name, "en": course.course_name_en})


def _description(language: str, course: Course) -> str:
    if language.startswith("ja"):
        code = f"（{course.course_code}）" if course.course_code else ""
        return f"授業科目「{course.course_name}」{code}"
    code = f" ({course.course_code})" if course.course_code else ""
    return f"Course: {course.course_name_en or course.course_name}{code}"


def _course(component: Award, whole: Award) -> Course:
    """Give the course a component was made from."""
    achievement, result = component.achievement, component.results[0]
    names = achievement.name
    first = names.get("ja") if achievement.language == "en" and len(names.languages) > 1 else None
    kinds = {"Course": "", "MicroCredential": "micro-credential"}
    grade, grade_en = parted(result.value)
    term, term_en = parted(result.term or "")
    day = "" if component.awarded_on == whole.awarded_on else component.awarded_on.isoformat()
    return Course(
        course_name=first or names.best(achievement.language),
        course_name_en=(names.get("en") or "") if len(names.languages) > 1 else "",
        course_code=achievement.code or "",
        course_type=kinds.get(achievement.type, ""),
        credits=result.credits or "",
        grade=grade,
        grade_en="" if grade_en == grade else grade_en,
        term=term,
        term_en="" if term_en == term else term_en,
        completed_on=day,
        instructor=(component.narrative or "").removeprefix(_words(_INSTRUCTOR, achievement.language)),
    )


def _words(table: Mapping[str, str], language: str) -> str:
    return table["ja" if language.startswith("ja") else "en"]


def _id(base: str, part: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{base}#{part}')}"
