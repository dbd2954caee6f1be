# SPDX-License-Identifier: Apache-2.0
"""From an award to an unsigned ``OpenBadgeCredential`` (Open Badges 3.0 on VC Data Model 2.0)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from gakusho.errors import InputError, UnreadableError
from gakusho.formats import _ob_alignments, _ob_endorsements, _vc
from gakusho.formats._ob_ids import derived, description_of, identity_hash, salt
from gakusho.formats._ob_results import line
from gakusho.model.achievement import RESULT_STATUSES, Image, ResultDescription
from gakusho.model.award import Award, DocumentDetails, Evidence, Result
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner
from gakusho.model.text import Text

OB_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
BETWEEN_NAMES = " / "
BETWEEN_PARAGRAPHS = "\n\n"


def document(award: Award) -> dict[str, Any]:
    """Give the unsigned credential of an award, the same each time.

    Raises: InputError when the award lacks what Open Badges requires, or names two things alike;
    UnreadableError for text that cannot be written in UTF-8.
    """
    _refuse_incomplete(award)
    _refuse_unknown_levels(award)
    _ob_endorsements.refuse_many(award)
    try:
        credential = _credential(award)
        _ob_endorsements.refuse_mixing(credential)
    except UnicodeEncodeError:
        raise UnreadableError("A text holds a lone surrogate.", facts={"got": "surrogate"}) from None
    _refuse_same_ids(credential)
    _vc.refuse_unsafe(credential)
    return credential


def _credential(award: Award) -> dict[str, Any]:
    credential: dict[str, Any] = {
        "@context": [_vc.VC_V2, OB_CONTEXT],
        "id": award.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.achievement.name.joined(BETWEEN_NAMES),
        "issuer": _issuer(award.issuer, award.id),
        "validFrom": _vc.written_time(award.valid_from),
        # The model knows a day; noon in UTC is the same day from the Aleutians to Japan and beyond.
        "awardedDate": f"{award.awarded_on.isoformat()}T12:00:00Z",
        "credentialSubject": _subject(award),
    }
    if award.valid_until is not None:
        credential["validUntil"] = _vc.written_time(award.valid_until)
    if award.evidence:
        credential["evidence"] = [_evidence(one) for one in award.evidence]
    if award.status:
        credential["credentialStatus"] = _vc.written_status(award.status)
    return credential | endorsements(award)


def endorsements(award: Award) -> dict[str, Any]:
    """Give the endorsements of the award itself, which may be of its achievement or issuer as well.

    Raises: InputError, LimitError.
    """
    about = (award.id, award.achievement.id, award.issuer.id)
    return _ob_endorsements.members(award.endorsements, about)


def _refuse_incomplete(award: Award) -> None:
    needed = {
        "achievement.name": bool(award.achievement.name),
        "achievement.description": bool(award.achievement.description),
        "learner.name": bool(award.learner.name.full),
        "issuer.id": ":" in award.issuer.id,
        "achievement.id": ":" in award.achievement.id,
        "id": ":" in award.id,
    }
    for member, there in needed.items():
        if not there:
            raise InputError(
                f"The award cannot be written as an Open Badge without {member}.",
                code="award-incomplete",
                facts={"got": "nothing", "expected": member},
            )


def _refuse_unknown_levels(award: Award) -> None:
    described = award.achievement.result_descriptions
    levels = {level.id for one in described for level in one.levels}
    named = [(one.required_level, {level.id for level in one.levels}) for one in described]
    named += [(result.achieved_level, levels) for result in award.results]
    for stated, known in named:
        if stated is not None and stated not in known:
            raise _unfit_result(stated, ", ".join(sorted(known)) or "no level")
    for result in award.results:
        if result.status is not None and result.status not in RESULT_STATUSES:
            raise _unfit_result(result.status, ", ".join(RESULT_STATUSES))


def _unfit_result(got: str, expected: str) -> InputError:
    return InputError(
        f"A result cannot be written: got {got[:200]!r}, expected {expected[:500]}.",
        code="result-unfit",
        facts={"got": got[:200], "expected": expected[:500]},
    )


def _refuse_same_ids(credential: Mapping[str, Any]) -> None:
    # In RDF two objects with one id are one object: what they say would be signed mixed up.
    seen: set[str] = set()
    for node_id in node_ids(credential):
        if node_id in seen:
            raise InputError(
                f"Two parts of the award have the id {node_id[:200]}.",
                code="same-id",
                facts={"got": node_id[:200], "expected": "an id for each part"},
            )
        seen.add(node_id)


def node_ids(value: object) -> list[str]:
    """Give the ids of all objects in a credential, as often as they stand there; not of endorsements."""
    if isinstance(value, Mapping):
        own = [value["id"]] if isinstance(value.get("id"), str) else []
        inside = (member for name, member in value.items() if name != "endorsement")
        return own + [found for member in inside for found in node_ids(member)]
    if isinstance(value, list):
        return [found for member in value for found in node_ids(member)]
    return []


def _with(base: dict[str, Any], **members: object) -> dict[str, Any]:
    return base | {name: value for name, value in members.items() if value not in (None, "", [], ())}


def _issuer(issuer: Issuer, award_id: str) -> dict[str, Any]:
    address = issuer.country and {
        "id": derived(award_id, "issuer/address"),
        "type": ["Address"],
        "addressCountryCode": issuer.country,
    }
    return _with(
        {"id": issuer.id, "type": ["Profile"]},
        name=issuer.name.joined(BETWEEN_NAMES),
        url=issuer.url,
        email=issuer.email,
        image=issuer.image and {"id": issuer.image, "type": "Image"},
        address=address,
        **_ob_endorsements.members(issuer.endorsements, (issuer.id,)),
    )


def _subject(award: Award) -> dict[str, Any]:
    return _with(
        {
            "id": derived(award.id, "subject"),
            "type": ["AchievementSubject"],
            "identifier": _identities(award.learner, award.id),
            "achievement": _achievement(award),
        },
        licenseNumber=award.issue_number,
        narrative=award.narrative,
        result=[_result(place, result) for place, result in enumerate(award.results, start=1)],
    )


def _identities(learner: Learner, award_id: str) -> list[dict[str, Any]]:
    plain = {
        "name": learner.name.full,
        "ext:kanaName": learner.name.kana,
        "ext:romajiName": learner.name.romaji,
        "ext:formerName": learner.name.former,
        "ext:birthDate": learner.birth_date and learner.birth_date.isoformat(),
        "ext:studentNumber": learner.student_number,
    }
    # The schema of Open Badges 3.0 closes IdentityObject: it may have no id.
    identities: list[dict[str, Any]] = [
        {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}
        for kind, value in plain.items()
        if value
    ]
    if learner.email:
        salted = salt(award_id)
        identities.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": identity_hash(learner.email, salted),
                "identityType": "emailAddress",
                "salt": salted,
            }
        )
    return identities


def _achievement(award: Award) -> dict[str, Any]:
    achievement = award.achievement
    own = [_result_description(one) for one in achievement.result_descriptions]
    minted = [_minted_description(result) for result in award.results if result.description_id is None]
    return _with(
        {
            "id": achievement.id,
            "type": ["Achievement"],
            "achievementType": achievement.type,
            "name": achievement.name.joined(BETWEEN_NAMES),
            "description": achievement.description.joined(BETWEEN_PARAGRAPHS),
            "criteria": _with(
                {"id": derived(award.id, "achievement/criteria")},
                narrative=achievement.criteria.joined(BETWEEN_PARAGRAPHS),
            ),
            "inLanguage": achievement.language,
        },
        image=achievement.image and _image(achievement.image),
        tag=list(achievement.tags),
        humanCode=achievement.code,
        fieldOfStudy=achievement.field_of_study,
        creditsAvailable=_number(achievement.credits_available),
        resultDescription=own + minted,
        alignment=_ob_alignments.written(achievement.alignments, achievement.id),
        **_ob_endorsements.members(achievement.endorsements, (achievement.id,)),
    )


def _number(value: float | None) -> float | int | None:
    # JSON has one kind of number; 30.0 written by one side is 30 when another writes it again.
    return int(value) if value is not None and value == int(value) else value


def _image(image: Image) -> dict[str, Any]:
    data = base64.b64encode(image.data).decode("ascii")
    return _with({"id": f"data:{image.media_type};base64,{data}", "type": "Image"}, caption=image.caption)


def _result_description(description: ResultDescription) -> dict[str, Any]:
    return _with(
        {
            "id": description.id,
            "type": ["ResultDescription"],
            "name": description.name,
            "resultType": description.type,
        },
        allowedValue=list(description.allowed_values),
        valueMin=description.value_min,
        valueMax=description.value_max,
        requiredValue=description.required_value,
        requiredLevel=description.required_level,
        rubricCriterionLevel=[_ob_alignments.written_level(one) for one in description.levels],
        alignment=_ob_alignments.written(description.alignments, description.id),
    )


def _minted_description(result: Result) -> dict[str, Any]:
    return {
        "id": description_of(result.id),
        "type": ["ResultDescription"],
        "name": result.name,
        "resultType": "LetterGrade",
    }


def _result(place: int, result: Result) -> dict[str, Any]:
    written = {
        "id": result.id,
        "type": ["Result"],
        "resultDescription": result.description_id or description_of(result.id),
        "name": result.name,
        "value": result.value,
        "description": line(place, result),
    }
    if result.achieved_level is None and result.status is None and not result.alignments:
        return written
    return _with(
        written,
        achievedLevel=result.achieved_level,
        status=result.status,
        alignment=_ob_alignments.written(result.alignments, result.id),
    )


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return _with(
        {"id": evidence.url or evidence.id, "type": ["Evidence"]},
        name=evidence.name,
        description=evidence.description,
    )


def losses(award: Award) -> tuple[str, ...]:
    """Give what of the award the credential does not say, by field name."""
    achievement = award.achievement
    language = achievement.language
    texts = {
        "issuer.name": award.issuer.name,
        "achievement.name": achievement.name,
        "achievement.description": achievement.description,
        "achievement.criteria": achievement.criteria,
    }
    lost = [f"{name}.language" for name, text in texts.items() if not _says_language(text, language)]
    if award.learner.email:
        lost.append("learner.email")  # only its hash is said
    if any(one.url and one.url != one.id for one in award.evidence):
        lost.append("evidence.id")
    if achievement.descriptors:
        lost.append("achievement.descriptors")
    if award.document != DocumentDetails():
        lost.append("document")
    if award.components:
        lost.append("components")
    return tuple(lost)


def _says_language(text: Text, language: str) -> bool:
    return not text or text.languages == (language,)
