# SPDX-License-Identifier: Apache-2.0
"""The parts of an Open Badge that its holder may show or hold back, and those that are always shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import Disclosable, _ob_endorsements, _vc

_NEVER_BY_ITSELF = frozenset({"@context", "id", "type", "proof"})
"""Ids and types come with whatever is chosen of their object."""
_ALWAYS = ("name", "issuer", "validFrom", "validUntil", "awardedDate", "credentialStatus", "credentialSchema")
_ALWAYS_OF_ACHIEVEMENT = ("name", "description", "criteria", "achievementType")
_WORDS = (
    "name",
    "targetName",
    "value",
    "identityHash",
    "narrative",
    "description",
    "url",
    "statusPurpose",
    "id",
)
_ENDORSEMENT = frozenset({"endorsement", "endorsementJwt"})
_NAMES = {"/name": "credential", "/credentialSubject/achievement/name": "achievement"}


def always_shown(document: Mapping[str, Any], *, name_too: bool) -> tuple[str, ...]:
    """Give the JSON pointers to what Open Badges 3.0 requires, and to issuer, dates and status.

    ``name_too``: the learner's name as well; otherwise the badge can be shown under its id alone.
    """
    subject = document["credentialSubject"]
    pointers = [f"/{member}" for member in _ALWAYS if member in document]
    pointers += [
        f"/credentialSubject/achievement/{member}"
        for member in _ALWAYS_OF_ACHIEVEMENT
        if member in subject["achievement"]
    ]
    identities = _vc.as_list(subject.get("identifier"))
    names = [place for place, one in enumerate(identities) if one.get("identityType") == "name"]
    kept = names[:1] if name_too else []
    if not kept and "id" not in subject and identities:
        kept = [0]  # AchievementSubject has an id or an identifier
    pointers += [_item("/credentialSubject/identifier", subject["identifier"], place) for place in kept]
    return tuple(pointers)


def parts(document: Mapping[str, Any], mandatory: tuple[str, ...]) -> list[Disclosable]:
    """Give every part, in the order of the badge."""
    return [
        Disclosable(
            pointer=pointer,
            value=_endorsed(value) if _ENDORSEMENT & {*pointer.split("/")} else _words(value),
            kind=kind_of(pointer, value),
            mandatory=any(pointer == one or pointer.startswith(f"{one}/") for one in mandatory),
        )
        for pointer, value in _found(document, "", {"credentialSubject": {"achievement": {}}})
    ]


def kind_of(pointer: str, value: object) -> str:
    """Give what a part of a badge is, as ``Disclosable.kind`` says."""
    if isinstance(value, Mapping) and isinstance(value.get("identityType"), str):
        return str(value["identityType"])
    return _NAMES.get(pointer) or next(
        (each for each in reversed(pointer.split("/")) if not each.isdigit()), ""
    )


def descriptions_of_results(document: Mapping[str, Any], shown: Mapping[str, Any]) -> list[str]:
    """Give the pointers to what explains the results shown: a result without it tells nothing."""
    results = _vc.as_list(_vc.mapping(shown.get("credentialSubject"), "credentialSubject").get("result"))
    needed = {str(one.get("resultDescription")) for one in results if isinstance(one, Mapping)}
    subject = _vc.mapping(document.get("credentialSubject"), "credentialSubject")
    achievement = _vc.mapping(subject.get("achievement"), "achievement")
    given = achievement.get("resultDescription")
    return [
        _item("/credentialSubject/achievement/resultDescription", given, place)
        for place, one in enumerate(_vc.as_list(given))
        if isinstance(one, Mapping) and one.get("id") in needed
    ]


def _found(holder: Mapping[str, Any], above: str, inner: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for member, value in holder.items():
        pointer = f"{above}/{member.replace('~', '~0').replace('/', '~1')}"
        if member in _NEVER_BY_ITSELF:
            continue
        if member in inner and isinstance(value, Mapping):
            yield from _found(value, pointer, inner[member])
        elif isinstance(value, list):
            yield from ((_item(pointer, value, place), one) for place, one in enumerate(value))
        else:
            yield pointer, value


def _item(pointer: str, holder: object, place: int) -> str:
    return f"{pointer}/{place}" if isinstance(holder, list) else pointer


def _endorsed(value: object) -> str:
    """Give what an endorsement says, and who says so; as it stands, where it is none."""
    try:
        said = _ob_endorsements.content(value.encode()) if isinstance(value, str) else value
    except InputError:
        return str(value)
    if not isinstance(said, Mapping):
        return str(value)
    subject, issuer = said.get("credentialSubject"), said.get("issuer")
    comment = subject.get("endorsementComment") if isinstance(subject, Mapping) else None
    by = _words(issuer) if isinstance(issuer, Mapping) else issuer
    return ": ".join(str(one) for one in (by, comment) if one) or _words(said)


def _words(value: object) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    said = [str(value[member]) for member in _WORDS if isinstance(value.get(member), (str, int, float))]
    both = "name" in value and "value" in value
    return ": ".join(said[:2]) if both else (said[0] if said else ", ".join(map(str, value)))
