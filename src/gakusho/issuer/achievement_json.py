# SPDX-License-Identifier: Apache-2.0
"""The JSON form of an achievement, and what an achievement must say; needs no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.errors import InputError, LimitError
from gakusho.issuer import _codec
from gakusho.issuer._characters import character_fault
from gakusho.model.achievement import ACHIEVEMENT_TYPES, Achievement, ResultDescription
from gakusho.model.alignment import Alignment
from gakusho.model.text import Text

LARGEST_IMAGE = 1024 * 1024  # bytes
LONGEST_NAME = 200  # characters
LONGEST_TEXT = 5_000  # characters
MOST_RESULTS = 50
MOST_LEVELS = 20
MOST_ALIGNMENTS = 50
MOST_ENDORSEMENTS = 8
LARGEST_ENDORSEMENT = 64 * 1024  # bytes

_KNOWN = {
    "id",
    "type",
    "code",
    "name",
    "description",
    "criteria",
    "language",
    "alignments",
    "endorsements",
    "image",
    "tags",
    "field_of_study",
    "credits_available",
    "result_descriptions",
    "descriptors",
}
_IMAGE_STARTS = {"image/png": (b"\x89PNG\r\n\x1a\n",), "image/svg+xml": (b"<", b"\xef\xbb\xbf<")}


def achievement_to_dict(achievement: Achievement) -> dict[str, Any]:
    """Give the achievement as JSON, without loss.

    ``id``, ``type`` (Open Badges 3.0, AchievementType), ``name``, ``description`` and ``criteria`` as
    ``{language: words}``, ``language``; where there are any: ``image`` (``media_type``, ``data`` in
    base64, ``caption``), ``code``, ``tags``, ``field_of_study``, ``credits_available``, ``alignments``
    (``target_name``, ``target_url``; ``target_type``, ``target_code``, ``target_framework``,
    ``target_description``), ``endorsements`` (each as it was signed: JSON as text, or a token),
    ``result_descriptions`` (``id``, ``name``, ``type``; ``allowed_values``, ``value_min``, ``value_max``,
    ``required_value``, ``required_level``, ``alignments``, ``levels``: ``id``, ``name``, ``level``,
    ``points``, ``description``, ``alignments``), ``descriptors``.
    """
    return _codec.achievement_to_json(achievement)


def achievement_from_dict(data: Mapping[str, Any]) -> Achievement:
    """Give the achievement back, checked as ``save`` checks it.

    Raises:
        InputError: a member is missing, unknown, or of the wrong kind; it is named.
    """
    if not isinstance(data, Mapping):
        raise InputError("An achievement is a JSON object.", facts={"got": type(data).__name__})
    if unknown := sorted(set(data) - _KNOWN):
        raise InputError(
            f"An achievement has no member {unknown[0]!r}.",
            code="achievement.unknown-member",
            facts={"got": unknown[0], "expected": ", ".join(sorted(_KNOWN))},
        )
    try:
        found = _codec.achievement_from_json(data)
        _check_kinds(found)
    except KeyError as error:
        raise InputError(
            f"The achievement has no {error.args[0]!r}.",
            code="achievement.missing-member",
            facts={"expected": str(error.args[0])},
        ) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"The achievement cannot be read: {error}.", code="achievement.unreadable") from None
    check(found)
    return found


def _check_kinds(achievement: Achievement) -> None:
    """Let an achievement pass whose members are of their kinds. Raises: TypeError, ValueError."""
    levels = [level for each in achievement.result_descriptions for level in each.levels]
    words: list[object] = [achievement.id, achievement.type, achievement.language, *achievement.tags]
    words += [achievement.field_of_study, achievement.code]
    for one in achievement.result_descriptions:
        words += [one.id, one.name, one.type, *one.allowed_values]
        words += [one.value_min, one.value_max, one.required_value, one.required_level]
    for level in levels:
        words += [level.id, level.name, level.level, level.points, level.description]
    for alignment in _all_alignments(achievement):
        words += vars(alignment).values()
    if wrong := [each for each in words if each is not None and not isinstance(each, str)]:
        raise TypeError(f"expected words, got {wrong[0]!r}")
    required = [achievement.id, achievement.type, achievement.language, *achievement.tags]
    required += [text for one in achievement.result_descriptions for text in (one.id, one.name, one.type)]
    required += [text for one in levels for text in (one.id, one.name)]
    required += [text for one in _all_alignments(achievement) for text in (one.target_name, one.target_url)]
    if None in required:
        raise TypeError("expected words, got nothing")
    credits_ = achievement.credits_available
    if credits_ is not None and not (isinstance(credits_, int | float) and 0 <= credits_ < 100_000):
        raise ValueError(f"expected a number of credits, got {credits_!r}")


def _all_alignments(achievement: Achievement) -> list[Alignment]:
    descriptions = achievement.result_descriptions
    levels = [level for each in descriptions for level in each.levels]
    groups = [each.alignments for each in descriptions] + [each.alignments for each in levels]
    return [*achievement.alignments, *(one for group in groups for one in group)]


def check(achievement: Achievement) -> None:
    """Let an achievement pass that can be awarded. Raises: InputError, LimitError naming the member."""
    if achievement.type not in ACHIEVEMENT_TYPES and not achievement.type.startswith("ext:"):
        raise _faulty("type", achievement.type, ", ".join(ACHIEVEMENT_TYPES))
    if ":" not in achievement.id:
        raise _faulty("id", achievement.id, "a URN or URL")
    for member, limit in (
        ("name", LONGEST_NAME),
        ("description", LONGEST_TEXT),
        ("criteria", LONGEST_TEXT),
    ):
        _check_text(member, getattr(achievement, member), limit)
    _check_results(achievement.result_descriptions)
    _check_alignments(_all_alignments(achievement))
    _check_endorsements(achievement.endorsements)
    if image := achievement.image:
        if len(image.data) > LARGEST_IMAGE:
            raise _beyond("image", len(image.data), LARGEST_IMAGE)
        starts = _IMAGE_STARTS.get(image.media_type)
        if starts is None or not image.data.lstrip().startswith(starts):
            raise _faulty("image", image.media_type, "a PNG or an SVG")


def _check_results(descriptions: Sequence[ResultDescription]) -> None:
    if len(descriptions) > MOST_RESULTS:
        raise _beyond("result_descriptions", len(descriptions), MOST_RESULTS)
    levels = [level for each in descriptions for level in each.levels]
    ids = [*(each.id for each in descriptions), *(each.id for each in levels)]
    _check_own("result_descriptions.id", ids)
    _check_own("result_descriptions.name", [each.name for each in descriptions])
    for each in descriptions:
        if len(each.levels) > MOST_LEVELS:
            raise _beyond("result_descriptions.levels", len(each.levels), MOST_LEVELS)
        _check_own("result_descriptions.levels.name", [level.name for level in each.levels])
        if each.required_level is not None and each.required_level not in {one.id for one in each.levels}:
            raise _faulty("result_descriptions.required_level", each.required_level, "the id of a level")
        if each.required_value and each.allowed_values and each.required_value not in each.allowed_values:
            expected = ", ".join(each.allowed_values)
            raise _faulty("result_descriptions.required_value", each.required_value, expected)


def _check_own(member: str, values: Sequence[str]) -> None:
    if len(set(values)) != len(values) or not all(values):
        raise _faulty(member, ", ".join(values), "one of its own for each")


def _check_alignments(alignments: Sequence[Alignment]) -> None:
    if len(alignments) > MOST_ALIGNMENTS:
        raise _beyond("alignments", len(alignments), MOST_ALIGNMENTS)
    for one in alignments:
        if fault := one.fault():
            raise _faulty(f"alignments.{fault[0]}", fault[1], fault[2])
        for member, words in vars(one).items():
            if words and len(words) > LONGEST_TEXT:
                raise _beyond(f"alignments.{member}", len(words), LONGEST_TEXT)
            if words and (found := character_fault(words, lines=member == "target_description")):
                raise _faulty(f"alignments.{member}", found[1], "no control, invisible or private characters")


def _check_endorsements(endorsements: Sequence[bytes]) -> None:
    if len(endorsements) > MOST_ENDORSEMENTS:
        raise _beyond("endorsements", len(endorsements), MOST_ENDORSEMENTS)
    for one in endorsements:
        if len(one) > LARGEST_ENDORSEMENT:
            raise _beyond("endorsements", len(one), LARGEST_ENDORSEMENT)


def _check_text(member: str, text: Text, limit: int) -> None:
    if not text or not all(words.strip() for _, words in text):
        raise _faulty(member, "", "words in at least one language")
    for language, words in text:
        if len(words) > limit:
            raise _beyond(f"{member}.{language}", len(words), limit)
        if fault := character_fault(words, lines=True):
            raise _faulty(f"{member}.{language}", fault[1], "no control, invisible or private characters")


def _faulty(member: str, got: str, expected: str) -> InputError:
    return InputError(
        f"The achievement's {member} cannot be used: expected {expected}.",
        code="achievement.faulty-member",
        facts={"member": member, "got": got[:200], "expected": expected},
    )


def _beyond(member: str, got: int, limit: int) -> LimitError:
    return LimitError(
        f"The achievement's {member} is too large: {got}, at most {limit}.",
        code="achievement.limit",
        facts={"member": member, "got": str(got), "expected": str(limit)},
        action="Make it shorter or smaller.",
    )
