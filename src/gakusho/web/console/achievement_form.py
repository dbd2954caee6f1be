# SPDX-License-Identifier: Apache-2.0
"""The form of an achievement: as it is typed, as it is shown, and what it says."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from starlette.datastructures import FormData

from gakusho.formats import Bakes, formats
from gakusho.model.achievement import (
    ACHIEVEMENT_TYPES,
    Achievement,
    Image,
    ResultDescription,
    RubricCriterionLevel,
)
from gakusho.model.alignment import ALIGNMENT_TARGET_TYPES, SKILL_TYPE, Alignment
from gakusho.model.text import Text
from gakusho.web.console import desk

RESULT_TYPES = (
    *("LetterGrade", "GradePointAverage", "Percent", "RawScore", "RubricCriterionLevel", "Status", "Result"),
)
TARGET_TYPES = ("", SKILL_TYPE, *ALIGNMENT_TARGET_TYPES)
MOST_RESULTS = 8
MOST_ALIGNMENTS = 50
EMPTY_ROWS = 2
_WORDS = (
    *("name_ja", "name_en", "description_ja", "description_en", "criteria_ja", "criteria_en"),
    *("type", "language", "code", "field_of_study", "credits", "tags", "remove_image", "image_caption"),
)
_OF_RESULT = ("id", "name", "type", "values", "min", "max", "required", "levels")
_OF_ALIGNMENT = ("name", "url", "type", "framework", "code", "description", "remove")


def read(form: FormData) -> dict[str, Any]:
    """Give the form's texts as they were typed. Raises: LimitError."""
    given: dict[str, Any] = {name: desk.text(form, name) for name in _WORDS}
    given["results"] = [
        {part: desk.text(form, f"result_{n}_{part}") for part in _OF_RESULT} for n in range(MOST_RESULTS)
    ]
    rows = [
        {part: desk.text(form, f"alignment_{n}_{part}") for part in _OF_ALIGNMENT}
        for n in range(MOST_ALIGNMENTS)
        if f"alignment_{n}_name" in form
    ]
    given["alignments"] = [row for row in rows if row["remove"] != "yes"]
    return given


def given_by(achievement: Achievement | None) -> dict[str, Any]:
    """Give an achievement as the form shows it."""
    if achievement is None:
        achievement = Achievement(
            id="", type="BachelorDegree", name=Text(), description=Text(), criteria=Text()
        )
    credit = achievement.credits_available
    return {
        **{
            f"{name}_{language}": getattr(achievement, name).get(language) or ""
            for name in ("name", "description", "criteria")
            for language in ("ja", "en")
        },
        "type": achievement.type,
        "language": achievement.language,
        "code": achievement.code or "",
        "field_of_study": achievement.field_of_study or "",
        "credits": "" if credit is None else f"{credit:g}",
        "tags": ", ".join(achievement.tags),
        "image_caption": (achievement.image.caption or "") if achievement.image else "",
        "results": [_shown_result(each) for each in achievement.result_descriptions],
        "alignments": [
            {
                "name": each.target_name,
                "url": each.target_url,
                "type": each.target_type or "",
                "framework": each.target_framework or "",
                "code": each.target_code or "",
                "description": each.target_description or "",
            }
            for each in achievement.alignments
        ],
    }


def _shown_result(description: ResultDescription) -> dict[str, str]:
    names = {level.id: level.name for level in description.levels}
    return {
        "id": description.id,
        "name": description.name,
        "type": description.type,
        "values": ", ".join(description.allowed_values),
        "min": description.value_min or "",
        "max": description.value_max or "",
        "required": names.get(description.required_level or "", description.required_value or ""),
        "levels": "\n".join(_shown_level(level) for level in description.levels),
    }


def _shown_level(level: RubricCriterionLevel) -> str:
    parts = (level.name, level.points or "", level.description or "")
    return "; ".join(" ".join(part.split()) for part in parts).rstrip("; ")


def with_room(given: dict[str, Any], *, more: bool = False) -> dict[str, Any]:
    """Give what was typed with empty rows to type into; ``more`` rows when they were asked for."""
    results = [each for each in given["results"] if each["name"]]
    alignments = [each for each in given["alignments"] if any(each.values())]
    empty = EMPTY_ROWS + (3 if more else 0)
    return {
        **given,
        "results": results
        + [_empty(_OF_RESULT) for _ in range(min(EMPTY_ROWS, MOST_RESULTS - len(results)))],
        "alignments": alignments
        + [_empty(_OF_ALIGNMENT) for _ in range(min(empty, MOST_ALIGNMENTS - len(alignments)))],
    }


def _empty(parts: tuple[str, ...]) -> dict[str, str]:
    return dict.fromkeys(parts, "")


def achievement(given: dict[str, Any], before: Achievement | None, form: FormData) -> Achievement:
    """Give the achievement the form says; what the form does not show stays as ``before``.

    Raises: InputError naming what is missing or wrong.
    """
    if not given["name_ja"] and not given["name_en"]:
        raise desk.wrong("An achievement needs a name.", "achievement-name")
    if not given["criteria_ja"] and not given["criteria_en"]:
        raise desk.wrong("An achievement needs criteria.", "achievement-criteria")
    if given["type"] not in ACHIEVEMENT_TYPES:
        raise desk.wrong("There is no such type.", "achievement-type", got=given["type"])
    both = {
        name: Text.of({language: given[f"{name}_{language}"] for language in ("ja", "en")})
        for name in ("name", "description", "criteria")
    }
    basis = before or Achievement(
        id=uuid.uuid4().urn, type="", name=Text(), description=Text(), criteria=Text()
    )
    return dataclasses.replace(
        basis,
        type=given["type"],
        name=both["name"],
        description=both["description"] or both["name"],
        criteria=both["criteria"],
        language=given["language"] if given["language"] in {"ja", "en"} else "ja",
        code=given["code"] or None,
        image=_image(given, basis.image, form),
        tags=tuple(dict.fromkeys(_listed(given["tags"])))[:20],
        field_of_study=given["field_of_study"] or None,
        credits_available=_credits(given["credits"]),
        result_descriptions=_results(given["results"], basis.result_descriptions),
        alignments=tuple(_alignment(each) for each in given["alignments"] if any(each.values())),
    )


def _image(given: dict[str, Any], before: Image | None, form: FormData) -> Image | None:
    sent = desk.upload(form, "image", limit=desk.MAX_IMAGE)
    caption = given["image_caption"] or None
    if sent is None:
        if given["remove_image"] == "yes" or before is None:
            return None
        return dataclasses.replace(before, caption=caption)
    baker = next(each for each in formats().values() if isinstance(each, Bakes))
    return Image(media_type=baker.check_image(sent[1]), data=sent[1], caption=caption)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("、", ",").split(",") if part.strip()]


def _credits(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1000:
        raise desk.wrong("Credits are a number from 0 to 1000.", "achievement-credits", got=text[:40])
    return value


def _alignment(given: dict[str, str]) -> Alignment:
    return Alignment(
        target_name=given["name"],
        target_url=given["url"],
        target_type=given["type"] or None,
        target_framework=given["framework"] or None,
        target_code=given["code"] or None,
        target_description=given["description"] or None,
    )


def _results(
    given: list[dict[str, str]], before: tuple[ResultDescription, ...]
) -> tuple[ResultDescription, ...]:
    known = {each.id: each for each in before}
    return tuple(_result(each, known.get(each["id"])) for each in given if each["name"])


def _result(given: dict[str, str], before: ResultDescription | None) -> ResultDescription:
    basis = before or ResultDescription(id=uuid.uuid4().urn, name="")
    levels = _levels(given["levels"], basis.levels)
    values = tuple(_listed(given["values"]))
    required = given["required"]
    level = next((one.id for one in levels if one.name == required), None)
    if required and levels and level is None:
        names = ", ".join(one.name for one in levels)
        raise desk.wrong("There is no such level.", "achievement-level", got=required, expected=names)
    allowed = (*RESULT_TYPES, basis.type) if before else RESULT_TYPES
    return dataclasses.replace(
        basis,
        name=given["name"],
        type=given["type"] if given["type"] in allowed else "LetterGrade",
        allowed_values=values,
        value_min=given["min"] or None,
        value_max=given["max"] or None,
        required_value=None if level else required or None,
        required_level=level,
        levels=levels,
    )


def _levels(text: str, before: tuple[RubricCriterionLevel, ...]) -> tuple[RubricCriterionLevel, ...]:
    """Give the levels of a rubric, one a line: name; points; description."""
    known = {each.name: each for each in before}
    found = []
    for line in text.splitlines():
        name, points, description = (
            *(part.strip() for part in line.replace("；", ";").split(";", 2)),
            "",
            "",
        )[:3]
        if not name:
            continue
        basis = known.get(name) or RubricCriterionLevel(id=uuid.uuid4().urn, name=name)
        found.append(dataclasses.replace(basis, points=points or None, description=description or None))
    return tuple(found)
