# SPDX-License-Identifier: Apache-2.0
"""What an achievement is aligned to: skills, competencies and items of frameworks elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

ALIGNMENT_TARGET_TYPES = (
    # Open Badges 3.0, AlignmentTargetType; the order is the order of the form
    "CFItem",
    "ceasn:Competency",
    "ceterms:Credential",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
)
SKILL_TYPE = "ext:Skill"
"""For a skill of a framework that Open Badges has no type for, such as ESCO."""

_SKILL_TYPES = frozenset({"CFItem", "ceasn:Competency"})
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+\Z")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+\Z")
_ESCO_SKILLS = ("http://data.europa.eu/esco/skill/", "https://data.europa.eu/esco/skill/")


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """One node of a framework elsewhere that something is aligned to. Open Badges 3.0, Alignment."""

    target_name: str
    target_url: str
    """Where the framework describes the node."""
    target_type: str | None = None
    """One of ``ALIGNMENT_TARGET_TYPES``, or ``ext:…``."""
    target_code: str | None = None
    """The node's code within its framework."""
    target_framework: str | None = None
    target_description: str | None = None

    @property
    def is_skill(self) -> bool:
        """Whether it names a skill or competency rather than a program, a rubric or a credential."""
        kind = self.target_type or ""
        return (
            kind in _SKILL_TYPES
            or (kind.startswith("ext:") and kind.endswith(("Skill", "Competency")))
            or self.target_url.startswith(_ESCO_SKILLS)
        )

    def fault(self) -> tuple[str, str, str] | None:
        """Give what the standard does not allow: the member, what it says, what is expected; else None."""
        kind = self.target_type
        if not self.target_name.strip():
            return "target_name", self.target_name, "a name"
        if not _ADDRESS.match(self.target_url):
            return "target_url", self.target_url, "an address that begins with https://"
        if kind is not None and kind not in ALIGNMENT_TARGET_TYPES and not _EXTENSION.match(kind):
            return "target_type", kind, f"{', '.join(ALIGNMENT_TARGET_TYPES)} or ext:…"
        return None
