# SPDX-License-Identifier: Apache-2.0
"""Alignments and rubric levels as Open Badges 3.0 writes them, and back.

An alignment's id follows from what it belongs to, so that all badges of one achievement say it alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import _vc
from gakusho.formats._ob_ids import derived
from gakusho.model.achievement import RubricCriterionLevel
from gakusho.model.alignment import Alignment

MAX_ALIGNMENTS = 1_000
_MEMBERS = {
    "targetCode": "target_code",
    "targetDescription": "target_description",
    "targetFramework": "target_framework",
    "targetName": "target_name",
    "targetType": "target_type",
    "targetUrl": "target_url",
}


def id_of(holder_id: str, place: int) -> str:
    """Give the id of the alignment in this place (from 1) of what has the id ``holder_id``."""
    return derived(holder_id, f"alignment/{place}")


def written(alignments: Sequence[Alignment], holder_id: str) -> list[dict[str, Any]]:
    """Give alignments as ``Alignment`` objects.

    Raises: InputError (``alignment-unfit``) for one without name or address, of a type that is none, or
    that stands twice.
    """
    if not alignments:
        return []
    if len({*alignments}) != len(alignments):
        raise _unfit("twice the same", "each alignment once")
    return [
        {"id": id_of(holder_id, place), "type": ["Alignment"], **members(one)}
        for place, one in enumerate(alignments, start=1)
    ]


def members(alignment: Alignment) -> dict[str, str]:
    """Give what an alignment says, by the standard's names. Raises: InputError (``alignment-unfit``)."""
    refuse_unfit(alignment)
    said = ((name, getattr(alignment, attribute)) for name, attribute in _MEMBERS.items())
    return {name: value for name, value in said if value}


def refuse_unfit(alignment: Alignment) -> None:
    """Let an alignment pass that the standard allows. Raises: InputError (``alignment-unfit``)."""
    fault = alignment.fault()
    if fault is not None:
        raise _unfit(*fault[1:])


def _unfit(got: str, expected: str) -> InputError:
    return InputError(
        f"An alignment cannot be written: got {got[:200]!r}, expected {expected}.",
        code="alignment-unfit",
        facts={"got": got[:200], "expected": expected},
    )


def written_level(level: RubricCriterionLevel) -> dict[str, Any]:
    """Give a level as ``RubricCriterionLevel``. Raises: InputError."""
    stated = {
        "level": level.level,
        "points": level.points,
        "description": level.description,
        "alignment": written(level.alignments, level.id),
    }
    return {
        "id": level.id,
        "type": ["RubricCriterionLevel"],
        "name": level.name,
        **{name: value for name, value in stated.items() if value},
    }


def read(holder: Mapping[str, Any]) -> tuple[Alignment, ...]:
    """Give the alignments of an object. Raises: UnreadableError."""
    if "alignment" not in holder:
        return ()
    return tuple(alignment(one) for one in objects(holder, "alignment"))


def objects(holder: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    """Give the objects of a member, no two of one id: those are one object in what was signed.

    Raises: UnreadableError.
    """
    found = [_vc.mapping(one, member) for one in _vc.as_list(holder.get(member))]
    if len(found) > MAX_ALIGNMENTS:
        raise _vc.unreadable(member, f"{len(found)} objects", f"at most {MAX_ALIGNMENTS}")
    ids = [one["id"] for one in found if isinstance(one.get("id"), str)]
    if len({*ids}) != len(ids):
        raise _vc.unreadable(member, "two objects with one id", "an id for each object")
    return found


def alignment(stated: Mapping[str, Any]) -> Alignment:
    """Give the alignment that an object states. Raises: UnreadableError."""
    said = {attribute: _vc.string(stated, name) for name, attribute in _MEMBERS.items()}
    name, url = said.pop("target_name"), said.pop("target_url")
    return Alignment(target_name=name or "", target_url=url or "", **said)


def levels(description: Mapping[str, Any]) -> tuple[RubricCriterionLevel, ...]:
    """Give the levels of a result description. Raises: UnreadableError."""
    if "rubricCriterionLevel" not in description:
        return ()
    return tuple(
        RubricCriterionLevel(
            id=_vc.required(one, "id"),
            name=_vc.string(one, "name") or "",
            level=_vc.string(one, "level"),
            points=_vc.string(one, "points"),
            description=_vc.string(one, "description"),
            alignments=read(one),
        )
        for one in objects(description, "rubricCriterionLevel")
    )
