# SPDX-License-Identifier: Apache-2.0
"""From a signed ``OpenBadgeCredential`` back to the award, out of the signed JSON alone."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from gakusho.formats import _ob_alignments, _vc
from gakusho.formats._ob_ids import description_of
from gakusho.formats._ob_results import parsed
from gakusho.model.achievement import Achievement, Image, ResultDescription
from gakusho.model.award import Award, Evidence, Result
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text

_DATA_URL = re.compile(r"data:(image/(?:png|svg\+xml));base64,([A-Za-z0-9+/=]+)\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
SHOWN = frozenset(
    {"name", "ext:kanaName", "ext:romajiName", "ext:formerName", "ext:studentNumber", "ext:birthDate"}
)
"""Identifiers that are shown, of which two would leave open who it is; e-mail addresses may be many."""
_MAX_ITEMS = 5_000
_OF_RESULTS = ("id", "name", "value", "description", "resultDescription", "achievedLevel", "status")
_OF_DESCRIPTIONS = ("name", "resultType", "valueMin", "valueMax", "requiredValue", "requiredLevel")
MAX_ENDORSEMENTS = 16
"""Of one badge, its issuer and its achievement together; more are not looked at."""


def award(
    document: Mapping[str, Any], *, issuer: Issuer | None = None, achievement: Achievement | None = None
) -> Award:
    """Give the award that the credential says.

    ``issuer`` and ``achievement`` are what reading those gives, where it is known; the latter of a credential
    that describes all of its results. Raises: UnreadableError.
    """
    subject = _only(document.get("credentialSubject"), "credentialSubject")
    stated = _only(subject.get("achievement"), "credentialSubject.achievement")
    language = _vc.string(stated, "inLanguage") or "und"
    valid_from, valid_until = _vc.validity(document)
    results = _results(subject, _description_names(stated))
    described = all([result.description_id is not None for result in results])  # noqa: C419  # hot: a list is quicker
    return Award(
        id=_vc.required(document, "id"),
        issuer=issuer or _issuer(document, language),
        learner=_learner(subject),
        achievement=achievement if described and achievement else _achievement(stated, language, results),
        awarded_on=_awarded_on(document, valid_from.date()),
        valid_from=valid_from,
        valid_until=valid_until,
        issue_number=_vc.string(subject, "licenseNumber"),
        results=results,
        evidence=tuple(_evidence(one) for one in _items(document, "evidence")),
        narrative=_vc.string(subject, "narrative"),
        endorsements=_endorsements(document),
        status=_vc.status_entries(document),
    )


def endorsements(document: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Give the endorsements that stand inside a badge, each a credential to be verified by itself.

    Of the badge, of its issuer, of its achievement and of who created that; embedded or as tokens.

    Raises: UnreadableError for one that is neither, or for more than is looked at.
    """
    found: list[bytes] = []
    subjects = [one for one in _vc.as_list(document.get("credentialSubject")) if isinstance(one, Mapping)]
    achievements = [one.get("achievement") for one in subjects]
    creators = [one.get("creator") for one in achievements if isinstance(one, Mapping)]
    for holder in (document, document.get("issuer"), *achievements, *creators):
        if isinstance(holder, Mapping):
            found += _endorsements(holder)
    if len(found) > MAX_ENDORSEMENTS:
        raise _vc.unreadable("endorsement", f"{len(found)} of them", f"at most {MAX_ENDORSEMENTS}")
    return tuple(found)


def _endorsements(holder: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Give the endorsements of one object; those embedded come first."""
    if "endorsement" not in holder and "endorsementJwt" not in holder:
        return ()
    found = [_vc.dumped(_vc.mapping(one, "endorsement")) for one in _vc.as_list(holder.get("endorsement"))]
    return (*found, *(one.encode() for one in _strings(holder, "endorsementJwt")))


def _issuer(document: Mapping[str, Any], language: str) -> Issuer:
    found = _vc.issuer(document, language)
    stated = document["issuer"]
    endorsed = _endorsements(stated) if isinstance(stated, Mapping) else ()
    return replace(found, endorsements=endorsed) if endorsed else found


def _only(value: object, member: str) -> Mapping[str, Any]:
    found = _vc.as_list(value)
    if len(found) != 1:
        raise _vc.unreadable(member, f"{len(found)} objects", "one object")
    return _vc.mapping(found[0], member)


def _items(holder: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    found = _vc.as_list(holder.get(member))
    if not found:
        return []
    if len(found) > _MAX_ITEMS:
        raise _vc.unreadable(member, f"{len(found)} objects", f"at most {_MAX_ITEMS}")
    objects = [_vc.mapping(one, member) for one in found]
    if len(objects) == 1:
        return objects
    # Two objects with one id are one object in what was signed; shown apart they could be mixed anew.
    ids = [one["id"] for one in objects if isinstance(one.get("id"), str)]
    if len(set(ids)) != len(ids):
        raise _vc.unreadable(member, "two objects with one id", "an id for each object")
    return objects


def _awarded_on(document: Mapping[str, Any], otherwise: date) -> date:
    stated = _vc.string(document, "awardedDate")
    if stated is None:
        return otherwise
    _vc.parsed_time(stated, "awardedDate")
    return date.fromisoformat(stated[:10])


def _learner(subject: Mapping[str, Any]) -> Learner:
    said: dict[str, str] = {}
    for identity in _vc.as_list(subject.get("identifier")):
        one = _vc.mapping(identity, "identifier")
        kind = _vc.required(one, "identityType")
        if one.get("hashed") is True:
            continue
        if kind in said and kind in SHOWN:
            raise _vc.unreadable("identifier", f"two of {kind}", "one of each kind")
        said[kind] = _vc.required(one, "identityHash")
    return Learner(
        name=PersonName(
            full=said.get("name", ""),
            kana=said.get("ext:kanaName"),
            romaji=said.get("ext:romajiName"),
            former=said.get("ext:formerName"),
        ),
        student_number=said.get("ext:studentNumber"),
        birth_date=birth_date(said.get("ext:birthDate")),
    )


def birth_date(stated: str | None) -> date | None:
    """Give a date of birth. Raises: UnreadableError."""
    if stated is None:
        return None
    try:
        if _DATE.match(stated):
            return date.fromisoformat(stated)
    except ValueError:
        pass
    raise _vc.unreadable("ext:birthDate", stated, "a date such as 2003-04-01")


def _achievement(stated: Mapping[str, Any], language: str, results: tuple[Result, ...]) -> Achievement:
    minted = {description_of(result.id) for result in results if result.description_id is None}
    descriptions = [one for one in _items(stated, "resultDescription") if str(one.get("id")) not in minted]
    credits_available = stated.get("creditsAvailable")
    if isinstance(credits_available, bool) or not isinstance(credits_available, int | float | None):
        raise _vc.unreadable("creditsAvailable", credits_available, "a number")
    criteria = _vc.at_most_one(stated.get("criteria"), "achievement.criteria")
    narrative = criteria.get("narrative") if isinstance(criteria, Mapping) else None
    return Achievement(
        id=_vc.required(stated, "id"),
        type=_vc.string(stated, "achievementType") or "Achievement",
        name=_vc.text(stated.get("name"), "achievement.name", language),
        description=_vc.text(stated.get("description"), "achievement.description", language),
        criteria=Text() if narrative is None else _vc.text(narrative, "criteria.narrative", language),
        language=language,
        code=_vc.string(stated, "humanCode"),
        image=_image(_vc.at_most_one(stated.get("image"), "achievement.image")),
        tags=tuple(_strings(stated, "tag")),
        field_of_study=_vc.string(stated, "fieldOfStudy"),
        credits_available=credits_available,
        result_descriptions=tuple(_result_description(one) for one in descriptions),
        alignments=_ob_alignments.read(stated),
        endorsements=_endorsements(stated),
    )


def _strings(holder: Mapping[str, Any], member: str) -> list[str]:
    found = _vc.as_list(holder.get(member))
    for one in found:
        if not isinstance(one, str):
            raise _vc.unreadable(member, one, "text")
    return found


def _image(value: object) -> Image | None:
    stated = value.get("id") if isinstance(value, Mapping) else value
    match = _DATA_URL.match(stated) if isinstance(stated, str) else None
    if match is None:
        return None  # an address elsewhere is not asked: what it shows was not signed
    try:
        data = base64.b64decode(match.group(2), validate=True)
    except binascii.Error:
        raise _vc.unreadable("achievement.image", "broken base64", "a data: URL") from None
    caption = _vc.string(value, "caption") if isinstance(value, Mapping) else None
    return Image(media_type=match.group(1), data=data, caption=caption)


def _result_description(stated: Mapping[str, Any]) -> ResultDescription:
    identifier = _vc.required(stated, "id")
    name, kind, smallest, largest, needed, level = _vc.strings(stated, _OF_DESCRIPTIONS)
    return ResultDescription(
        id=identifier,
        name=name or "",
        type=kind or "Result",
        allowed_values=tuple(_strings(stated, "allowedValue")),
        value_min=smallest,
        value_max=largest,
        required_value=needed,
        levels=_ob_alignments.levels(stated),
        required_level=level,
        alignments=_ob_alignments.read(stated),
    )


def _results(subject: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Result, ...]:
    placed: list[tuple[int, int, Result]] = []
    for order, stated in enumerate(_items(subject, "result")):
        said, name, value, description, description_id, level, status = _vc.strings(stated, _OF_RESULTS)
        result_id = said or f"result-{order + 1}"
        place, credit_text, term = parsed(description)
        result = Result(
            id=result_id,
            name=name or names.get(description_id or "", ""),
            value=value or "",
            credits=credit_text,
            term=term,
            description_id=None if _is_minted(description_id, result_id) else description_id,
            achieved_level=level,
            status=status,
            alignments=_ob_alignments.read(stated),
        )
        placed.append((_MAX_ITEMS + order if place is None else place, order, result))
    return tuple(result for _, _, result in sorted(placed, key=lambda one: one[:2]))


def _is_minted(description_id: str | None, result_id: str) -> bool:
    return (
        description_id is not None
        and may_be_minted(description_id)
        and (description_id == description_of(result_id))
    )


def may_be_minted(description_id: str) -> bool:
    """Tell whether an id may be one that is derived: a UUID of version 5."""
    return description_id[23:24] == "5"


def _description_names(achievement: Mapping[str, Any]) -> dict[str, str]:
    described = _items(achievement, "resultDescription")
    return {str(one.get("id")): _vc.string(one, "name") or "" for one in described}


def _evidence(stated: Mapping[str, Any]) -> Evidence:
    identifier = _vc.string(stated, "id") or ""
    return Evidence(
        id=identifier,
        name=_vc.string(stated, "name"),
        description=_vc.string(stated, "description") or _vc.string(stated, "narrative"),
        url=identifier if identifier.startswith(("https://", "http://")) else None,
    )
