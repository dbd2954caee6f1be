# SPDX-License-Identifier: Apache-2.0
"""What can be achieved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gakusho.model.alignment import Alignment
from gakusho.model.text import Text

ACHIEVEMENT_TYPES = (
    # Open Badges 3.0, AchievementType; the order is the order of the form
    "BachelorDegree",
    "MasterDegree",
    "DoctoralDegree",
    "AssociateDegree",
    "ProfessionalDoctorate",
    "Degree",
    "Diploma",
    "Certificate",
    "CertificateOfCompletion",
    "Course",
    "LearningProgram",
    "MicroCredential",
    "Badge",
    "Award",
    "Competency",
    "License",
    "Membership",
)


RESULT_STATUSES = ("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Withdrew")
"""Open Badges 3.0, ResultStatusType."""


@dataclass(frozen=True, kw_only=True)
class RubricCriterionLevel:
    """One level of a rubric that a result may reach. Open Badges 3.0, RubricCriterionLevel."""

    id: str
    name: str
    level: str | None = None
    points: str | None = None
    description: str | None = None
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResultDescription:
    """A kind of result an award of the achievement may carry (a grade, credits, a grade point average)."""

    id: str
    name: str
    type: str = "LetterGrade"
    """Open Badges 3.0, ResultType: GradePointAverage, LetterGrade, Percent, RawScore, Status, Result …"""
    allowed_values: tuple[str, ...] = ()
    """From low to high."""
    value_min: str | None = None
    value_max: str | None = None
    required_value: str | None = None
    """What is needed to pass: one of the allowed values, or between the smallest and the largest."""
    levels: tuple[RubricCriterionLevel, ...] = ()
    """The levels of its rubric, from low to high."""
    required_level: str | None = None
    """Id of the level needed to pass."""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Image:
    """A badge image: PNG or SVG bytes."""

    media_type: str
    data: bytes
    caption: str | None = None


@dataclass(frozen=True, kw_only=True)
class Achievement:
    """Something an institution awards, described once and awarded many times."""

    id: str
    """URN or URL."""
    type: str
    """One of ``ACHIEVEMENT_TYPES``, or ``ext:…``."""
    name: Text
    description: Text
    criteria: Text
    """What a person does to earn it."""
    language: str = "ja"
    """BCP 47: language of the criteria and of instruction."""
    code: str | None = None
    """The code people know it by: a course code."""
    image: Image | None = None
    tags: tuple[str, ...] = ()
    field_of_study: str | None = None
    credits_available: float | None = None
    result_descriptions: tuple[ResultDescription, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    endorsements: tuple[bytes, ...] = ()
    """What others say of it, each a signed ``EndorsementCredential``: JSON, or a compact JWS."""
    descriptors: Mapping[str, object] = field(default_factory=dict)
    """Micro-credential descriptors by id (learner_effort, assessment, …); filled by ``frameworks``."""

    @property
    def skills(self) -> tuple[Alignment, ...]:
        """The alignments that name skills or competencies."""
        return tuple(one for one in self.alignments if one.is_skill)
