# SPDX-License-Identifier: Apache-2.0
"""From a row to an award, and an award as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from gakusho.errors import InputError
from gakusho.issuer import _codec, courses
from gakusho.issuer._cells import course_parts
from gakusho.issuer._english_fields import EN
from gakusho.issuer.fields import COPY_OF, COURSE, RESULT
from gakusho.issuer.rows import Row
from gakusho.model.achievement import RESULT_STATUSES, Achievement
from gakusho.model.award import Award, DocumentDetails, Particulars, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text, paired, parted

_ZONES = {"JP": timezone(timedelta(hours=9)), "KR": timezone(timedelta(hours=9))}
_FIRST_ZONE = timezone(timedelta(hours=14))
"""Where a day begins first."""


def compose(
    row: Row,
    *,
    issuer: Issuer,
    achievement: Achievement,
    award_id: str,
    status: tuple[StatusEntry, ...],
    document: DocumentDetails,
    now: datetime,
) -> Award:
    """Give the award a row describes; ids of its parts follow from ``award_id``, so again is the same.

    It holds from the beginning of the day awarded (of the institution's country where its clock is
    known, else UTC, but not later than ``now`` once that day has begun anywhere) and to the end of the
    day ``valid_until``.

    Raises:
        InputError: the row has no name or no date, so it was not checked; or it is a copy of another award.
    """
    fields = row.fields
    if fields.get(COPY_OF.name):
        raise InputError(
            f"Row {row.line} is an addressed copy, which is made from an award that is kept.",
            code="copy-unkept",
            action="Issue addressed copies on the server, or take the column out.",
            facts={"row": row.line},
        )
    if not fields.get("name") or not fields.get("awarded_on"):
        raise InputError(f"Row {row.line} has no name or no date awarded.", facts={"row": row.line})
    awarded_on = date.fromisoformat(fields["awarded_on"])
    until = fields.get("valid_until")
    particulars = _particulars(fields)
    award = Award(
        id=award_id,
        issuer=issuer,
        learner=_learner(fields),
        achievement=achievement,
        awarded_on=awarded_on,
        valid_from=_beginning(awarded_on, issuer.country, now),
        valid_until=_end(date.fromisoformat(until), issuer.country) if until else None,
        issue_number=fields.get("issue_number") or None,
        results=tuple(_results(fields, achievement, award_id)),
        narrative=particulars.narrative(),
        particulars=particulars if any(vars(particulars).values()) else None,
        status=status,
        document=replace(
            document,
            addressee=in_both(fields, "addressee") or document.addressee,
            purpose=in_both(fields, "purpose") or document.purpose,
        ),
    )
    return courses.components(award, fields)


def zone_of(issuer: Issuer) -> tzinfo:
    """Give the clock by which an institution dates what it awards; UTC where that is not known."""
    return _ZONES.get(issuer.country or "", UTC)


def fields_of(award: Award) -> dict[str, str]:
    """Give the fields a row would have for this award, for correcting it.

    Of an award kept before there were particulars, faculty, major and degree come back within the narrative.
    """
    learner = award.learner
    zone = _ZONES.get(award.issuer.country or "", UTC)
    fields = {
        "name": learner.name.full,
        "name_kana": learner.name.kana,
        "name_romaji": learner.name.romaji,
        "former_name": learner.name.former,
        "email": learner.email,
        "student_number": learner.student_number,
        "birth_date": learner.birth_date.isoformat() if learner.birth_date else None,
        "issue_number": award.issue_number,
        "awarded_on": award.awarded_on.isoformat(),
        "valid_until": award.valid_until.astimezone(zone).date().isoformat() if award.valid_until else None,
        **_fields_of_particulars(award),
        **_in_fields("addressee", award.document.addressee),
        **_in_fields("purpose", award.document.purpose),
    }
    for result in award.results:
        if result.description_id:
            fields[RESULT + result.description_id] = result.value
        else:
            parts = (result.value, result.credits or "", result.term or "")
            fields[COURSE + result.name] = "/".join(parts).rstrip("/")
    fields |= courses.course_fields(award)
    return {name: value for name, value in fields.items() if value}


def award_to_dict(award: Award, *, put: _codec.Put | None = None) -> dict[str, Any]:
    """Give the award as JSON, without loss.

    With ``put`` (such as ``work.files.put``) the achievement's image is kept there and only named here.
    """
    return _codec.award_to_json(award, put)


def award_from_dict(data: Mapping[str, Any], *, get: _codec.Get | None = None) -> Award:
    """Give the award back; ``get`` (such as ``work.files.get``) gives an image that was kept elsewhere."""
    return _codec.award_from_json(data, get)


def _learner(fields: Mapping[str, str]) -> Learner:
    born = fields.get("birth_date")
    return Learner(
        name=PersonName(
            full=fields["name"],
            kana=fields.get("name_kana") or None,
            romaji=fields.get("name_romaji") or None,
            former=fields.get("former_name") or None,
        ),
        email=fields.get("email") or None,
        student_number=fields.get("student_number") or None,
        birth_date=date.fromisoformat(born) if born else None,
    )


def _beginning(day: date, country: str | None, now: datetime) -> datetime:
    zone = _ZONES.get(country or "")
    start = datetime.combine(day, time.min, zone or UTC).astimezone(UTC)
    if zone is None and start > now and day <= now.astimezone(_FIRST_ZONE).date():
        return now.astimezone(UTC)
    return start


def _end(day: date, country: str | None) -> datetime:
    zone = _ZONES.get(country or "") or UTC
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def in_both(fields: Mapping[str, str], name: str) -> str | None:
    """Give what a field says, and its English, as one text; None where neither is there."""
    return paired(fields.get(name, ""), fields.get(name + EN, "")) or None


def _in_fields(name: str, words: str | None) -> dict[str, str | None]:
    first, english = parted(words or "")
    return {name: first, name + EN: english if english != first else None}


def _particulars(fields: Mapping[str, str]) -> Particulars:
    def given(name: str) -> Text:
        return Text.of(ja=fields.get(name, ""), en=fields.get(name + EN, ""))

    return Particulars(
        faculty=given("faculty"), major=given("major"), degree=given("degree"), remarks=given("narrative")
    )


def _fields_of_particulars(award: Award) -> dict[str, str | None]:
    known = award.particulars
    if known is None:
        return {"narrative": award.narrative}
    named = {
        "faculty": known.faculty,
        "major": known.major,
        "degree": known.degree,
        "narrative": known.remarks,
    }
    return {
        name + end: words.get(tag) for name, words in named.items() for end, tag in (("", "ja"), (EN, "en"))
    }


def _results(fields: Mapping[str, str], achievement: Achievement, award_id: str) -> Iterator[Result]:
    for description in achievement.result_descriptions:
        field = RESULT + description.id
        if value := fields.get(field):
            yield Result(
                id=_part_id(award_id, field),
                name=description.name,
                value=value,
                description_id=description.id,
                achieved_level=next((one.id for one in description.levels if one.name == value), None),
                status=value if description.type == "Status" and value in RESULT_STATUSES else None,
            )
    for field, cell in fields.items():
        if field.startswith(COURSE) and cell:
            grade, credits_, term = course_parts(cell)
            yield Result(
                id=_part_id(award_id, field),
                name=field.removeprefix(COURSE),
                value=grade,
                credits=credits_ or None,
                term=term or None,
            )


def _part_id(award_id: str, part: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{award_id}#{part}')}"
