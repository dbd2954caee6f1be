# SPDX-License-Identifier: Apache-2.0
"""An award as the plain claims of an SD-JWT VC, and back.

Names are those of the learning credential of the European wallets where it has one, of OpenID Connect
for the person, and our own for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import _ob_alignments, _token, _vc
from gakusho.formats._ob_results import line, parsed
from gakusho.formats._ob_write import BETWEEN_NAMES, BETWEEN_PARAGRAPHS
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails, Evidence, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text

TOKEN_STATUS_LIST = "TokenStatusList"  # noqa: S105  # the name of a kind of status list
_MAX_ITEMS = 5_000
_PERSON: Mapping[str, Callable[[Learner], str | None]] = {
    "name": lambda person: person.name.full,
    "name#ja-Kana": lambda person: person.name.kana,
    "name#ja-Latn": lambda person: person.name.romaji,
    "former_name": lambda person: person.name.former,
    "birthdate": lambda person: person.birth_date.isoformat() if person.birth_date else None,
    "learner_identification": lambda person: person.student_number,
    "email": lambda person: person.email,
}
_HELD_BACK = (*_PERSON, "document_number", "remarks")
"""Claims the holder may hold back; of the lists ``results`` and ``evidence``, each element."""
_LISTS = ("results", "evidence")


def claims(award: Award, now: datetime) -> dict[str, Any]:
    """Give the claims of an award, issued at ``now``. Raises: InputError for what cannot be signed."""
    achievement = award.achievement
    _refuse_incomplete(award)
    stated: dict[str, Any] = {
        "iss": award.issuer.id,
        "jti": award.id,
        "iat": int(now.timestamp()),
        "nbf": int(award.valid_from.timestamp()),
        "exp": award.valid_until and int(award.valid_until.timestamp()),
        "vct": achievement.id,
        "status": _written_status(award.status),
        "credentialStatus": _vc.written_status(award.status),
        "issuing_authority": award.issuer.name.joined(BETWEEN_NAMES),
        "issuing_authority_uri": award.issuer.url,
        "issuing_authority_email": award.issuer.email,
        "issuing_country": award.issuer.country,
        "date_of_issuance": award.awarded_on.isoformat(),
        "achievement_title": achievement.name.joined(BETWEEN_NAMES),
        "achievement_type": achievement.type,
        "achievement_description": achievement.description.joined(BETWEEN_PARAGRAPHS),
        "achievement_criteria": achievement.criteria.joined(BETWEEN_PARAGRAPHS),
        "language_of_classes": [achievement.language],
        "field_of_study": achievement.field_of_study,
        "credits": achievement.credits_available,
        "tags": list(achievement.tags),
        "alignments": [_ob_alignments.members(one) for one in achievement.alignments],
        **{name: read(award.learner) for name, read in _PERSON.items()},
        "document_number": award.issue_number,
        "remarks": award.narrative,
        "results": [_result(place, one) for place, one in enumerate(award.results, start=1)],
        "evidence": [_evidence(one) for one in award.evidence],
    }
    kept = {name: value for name, value in stated.items() if value not in (None, "", [], {})}
    _vc.refuse_unsafe(kept)
    return kept


def _refuse_incomplete(award: Award) -> None:
    needed = {"achievement.id": award.achievement.id, "issuer.id": award.issuer.id, "id": award.id}
    for member, value in needed.items():
        if ":" not in value:
            raise InputError(
                f"The award cannot be written as an SD-JWT VC without {member}.",
                code="award-incomplete",
                facts={"got": value[:200] or "nothing", "expected": member},
            )


def selective_pointers(stated: Mapping[str, Any]) -> list[str]:
    """Give what of the claims the holder may hold back, as JSON pointers."""
    found = [f"/{name}" for name in _HELD_BACK if name in stated]
    return found + [f"/{name}/{i}" for name in _LISTS for i in range(len(stated.get(name, ())))]


def _written_status(entries: tuple[StatusEntry, ...]) -> dict[str, Any]:
    # Token Status List, section 6.1; the other kinds stand beside it, in the words of the data model.
    for entry in entries:
        if entry.kind == TOKEN_STATUS_LIST:
            return {"status_list": {"idx": entry.index, "uri": entry.list_id}}
    return {}


def _result(place: int, result: Result) -> dict[str, Any]:
    stated = {
        "id": result.id,
        "name": result.name,
        "value": result.value,
        "description": line(place, result),
        "description_id": result.description_id,
    }
    return {name: value for name, value in stated.items() if value is not None}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    stated = {
        "id": evidence.id,
        "name": evidence.name,
        "description": evidence.description,
        "url": evidence.url,
    }
    return {name: value for name, value in stated.items() if value is not None}


def losses(award: Award) -> tuple[str, ...]:
    """Give what of the award the claims do not say, by field name."""
    achievement = award.achievement
    texts = {
        "issuer.name": award.issuer.name,
        "achievement.name": achievement.name,
        "achievement.description": achievement.description,
        "achievement.criteria": achievement.criteria,
    }
    lost = [f"{name}.language" for name, text in texts.items() if not _in(text, achievement.language)]
    there = {
        "issuer.image": award.issuer.image,
        "achievement.image": achievement.image,
        "achievement.result_descriptions": achievement.result_descriptions,
        "achievement.descriptors": achievement.descriptors,
        "achievement.endorsements": achievement.endorsements,
        "endorsements": award.endorsements,
        "issuer.endorsements": award.issuer.endorsements,
        "results.achieved_level": any(one.achieved_level for one in award.results),
        "results.status": any(one.status for one in award.results),
        "results.alignments": any(one.alignments for one in award.results),
        "components": award.components,
        "associations": award.associations,
        "document": award.document != DocumentDetails(),
    }
    return (*lost, *(name for name, value in there.items() if value))


def _in(text: Text, language: str) -> bool:
    return not text or text.languages == (language,)


# --- reading ---------------------------------------------------------------------------------------


def award(values: Mapping[str, Any]) -> Award:
    """Give as much of an award as the claims say. Raises: UnreadableError."""
    languages = [one for one in _vc.as_list(values.get("language_of_classes")) if isinstance(one, str)]
    language = languages[0] if languages else "und"
    start, end = (_moment(values, name) for name in ("nbf", "exp"))
    _moment(values, "iat")
    valid_from = start or _vc.ALWAYS
    return Award(
        id=_vc.string(values, "jti") or "",
        issuer=_issuer(values, language),
        learner=_learner(values),
        achievement=_achievement(values, language),
        awarded_on=_day(values, "date_of_issuance") or valid_from.date(),
        valid_from=valid_from,
        valid_until=end,
        issue_number=_vc.string(values, "document_number"),
        results=_results(values),
        evidence=tuple(_read_evidence(one) for one in _objects(values, "evidence")),
        narrative=_vc.string(values, "remarks"),
        status=_status(values),
    )


def _moment(values: Mapping[str, Any], claim: str) -> datetime | None:
    return _token.numeric_date(values[claim], claim) if claim in values else None


def _day(values: Mapping[str, Any], claim: str) -> date | None:
    stated = _vc.string(values, claim)
    try:
        return date.fromisoformat(stated) if stated else None
    except ValueError:
        raise _vc.unreadable(claim, stated, "a date such as 2026-03-25") from None


def _issuer(values: Mapping[str, Any], language: str) -> Issuer:
    return Issuer(
        id=_vc.string(values, "iss") or "",
        name=_vc.text(values.get("issuing_authority"), "issuing_authority", language),
        url=_vc.string(values, "issuing_authority_uri"),
        email=_vc.string(values, "issuing_authority_email"),
        country=_vc.string(values, "issuing_country"),
    )


def _learner(values: Mapping[str, Any]) -> Learner:
    parts = [_vc.string(values, name) for name in ("given_name", "family_name")]
    full = _vc.string(values, "name") or " ".join(part for part in parts if part)
    return Learner(
        name=PersonName(
            full=full,
            kana=_vc.string(values, "name#ja-Kana"),
            romaji=_vc.string(values, "name#ja-Latn"),
            former=_vc.string(values, "former_name"),
        ),
        email=_vc.string(values, "email"),
        student_number=_vc.string(values, "learner_identification"),
        birth_date=_day(values, "birthdate"),
    )


def _achievement(values: Mapping[str, Any], language: str) -> Achievement:
    vct = _vc.string(values, "vct") or ""
    number = values.get("credits")
    if isinstance(number, bool) or not isinstance(number, int | float | None):
        raise _vc.unreadable("credits", number, "a number")
    title = _vc.text(values.get("achievement_title"), "achievement_title", language)
    tags = _vc.as_list(values.get("tags"))
    return Achievement(
        id=vct,
        type=_vc.string(values, "achievement_type") or "Achievement",
        name=title or Text.of(und=vct),
        description=_words(values, "achievement_description", language),
        criteria=_words(values, "achievement_criteria", language),
        language=language,
        field_of_study=_vc.string(values, "field_of_study"),
        credits_available=number,
        tags=tuple(_vc.required({"tags": tag}, "tags") for tag in tags),
        alignments=tuple(_ob_alignments.alignment(one) for one in _objects(values, "alignments")),
    )


def _words(values: Mapping[str, Any], claim: str, language: str) -> Text:
    return _vc.text(values.get(claim), claim, language)


def _objects(values: Mapping[str, Any], claim: str) -> list[Mapping[str, Any]]:
    found = _vc.as_list(values.get(claim))
    if len(found) > _MAX_ITEMS:
        raise _vc.unreadable(claim, f"{len(found)} objects", f"at most {_MAX_ITEMS}")
    return [_vc.mapping(one, claim) for one in found]


def _results(values: Mapping[str, Any]) -> tuple[Result, ...]:
    placed = []
    for order, stated in enumerate(_objects(values, "results")):
        place, credit_text, term = parsed(_vc.string(stated, "description"))
        result = Result(
            id=_vc.string(stated, "id") or f"result-{order + 1}",
            name=_vc.string(stated, "name") or "",
            value=_vc.string(stated, "value") or "",
            credits=credit_text,
            term=term,
            description_id=_vc.string(stated, "description_id"),
        )
        placed.append((_MAX_ITEMS + order if place is None else place, order, result))
    return tuple(result for _, _, result in sorted(placed, key=lambda one: one[:2]))


def _read_evidence(stated: Mapping[str, Any]) -> Evidence:
    return Evidence(
        id=_vc.string(stated, "id") or "",
        name=_vc.string(stated, "name"),
        description=_vc.string(stated, "description"),
        url=_vc.string(stated, "url"),
    )


def _status(values: Mapping[str, Any]) -> tuple[StatusEntry, ...]:
    entries = _vc.status_entries(values)
    stated = values.get("status")
    if stated is None:
        return entries
    kinds = _vc.mapping(stated, "status")
    found = []
    for kind, one in kinds.items():
        if kind != "status_list":
            found.append(StatusEntry(id="", kind=str(kind), purpose="revocation", list_id="", index=-1))
            continue
        place = _vc.mapping(one, "status.status_list")
        index = place.get("idx")
        if isinstance(index, bool) or not isinstance(index, int) or index < 0:
            raise _vc.unreadable("status.status_list.idx", index, "a whole number from 0")
        uri = _vc.required(place, "uri")
        found.append(
            StatusEntry(
                id=f"{uri}#{index}", kind=TOKEN_STATUS_LIST, purpose="revocation", list_id=uri, index=index
            )
        )
    return (*entries, *found)
