# SPDX-License-Identifier: Apache-2.0
"""The JSON form of an achievement, and what an achievement must say; needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.errors import InputError, LimitError
from gakusho.issuer import _codec
from gakusho.issuer._characters import character_fault
from gakusho.model.achievement import ACHIEVEMENT_TYPES, Achievement
from gakusho.model.text import Text

LARGEST_IMAGE = 1024 * 1024  # bytes
LONGEST_NAME = 200  # characters
LONGEST_TEXT = 5_000  # characters
MOST_RESULTS = 50

_KNOWN = {
    "id",
    "type",
    "name",
    "description",
    "criteria",
    "language",
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
    base64, ``caption``), ``tags``, ``field_of_study``, ``credits_available``, ``result_descriptions``
    (``id``, ``name``, ``type``, ``allowed_values``), ``descriptors``.
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
    results = achievement.result_descriptions
    words = [achievement.id, achievement.type, achievement.language, *achievement.tags]
    words += [text for each in results for text in (each.id, each.name, each.type, *each.allowed_values)]
    if achievement.field_of_study is not None:
        words.append(achievement.field_of_study)
    if wrong := [each for each in words if not isinstance(each, str)]:
        raise TypeError(f"expected words, got {wrong[0]!r}")
    credits_ = achievement.credits_available
    if credits_ is not None and not (isinstance(credits_, int | float) and 0 <= credits_ < 100_000):
        raise ValueError(f"expected a number of credits, got {credits_!r}")


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
    if len(achievement.result_descriptions) > MOST_RESULTS:
        raise _beyond("result_descriptions", len(achievement.result_descriptions), MOST_RESULTS)
    ids = [each.id for each in achievement.result_descriptions]
    names = [each.name for each in achievement.result_descriptions]
    for member, values in (("id", ids), ("name", names)):
        if len(set(values)) != len(values) or not all(values):
            raise _faulty(f"result_descriptions.{member}", ", ".join(values), "one of its own for each")
    if image := achievement.image:
        if len(image.data) > LARGEST_IMAGE:
            raise _beyond("image", len(image.data), LARGEST_IMAGE)
        starts = _IMAGE_STARTS.get(image.media_type)
        if starts is None or not image.data.lstrip().startswith(starts):
            raise _faulty("image", image.media_type, "a PNG or an SVG")


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
