# SPDX-License-Identifier: Apache-2.0
"""The model as JSON and back, without loss; members that hold nothing are left out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from gakusho.model.achievement import Achievement, Image, ResultDescription, RubricCriterionLevel
from gakusho.model.alignment import Alignment
from gakusho.model.award import (
    Association,
    Award,
    DocumentDetails,
    Evidence,
    OwnTemplates,
    Particulars,
    Result,
    SealImage,
    StatusEntry,
)
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.problem import Problem, Severity
from gakusho.model.text import Text

Json = dict[str, Any]
Put = Callable[[bytes], str]
Get = Callable[[str], bytes]


def text_to_json(text: Text) -> Any:
    """Give {language: words}; a list of pairs when a language stands there twice."""
    if len(set(text.languages)) == len(text.entries):
        return text.as_dict()
    return [list(pair) for pair in text.entries]


def text_from_json(data: Any) -> Text:
    """Give the text back."""
    pairs = data.items() if isinstance(data, Mapping) else (data or ())
    return Text(tuple((str(tag), str(words)) for tag, words in pairs))


def image_to_json(image: Image, put: Put | None) -> Json:
    """Give the image, its bytes in base64, or as what ``put`` gives for them."""
    where = {"file": put(image.data)} if put else {"data": base64.b64encode(image.data).decode()}
    return _full({"media_type": image.media_type, "caption": image.caption}) | where


def image_from_json(data: Mapping[str, Any], get: Get | None) -> Image:
    """Give the image back. Raises: ValueError for bytes that are not there."""
    if "data" in data:
        try:
            content = base64.b64decode(data["data"], validate=True)
        except binascii.Error as error:
            raise ValueError("the image is not base64") from error
    elif get:
        content = get(data["file"])
    else:
        raise ValueError("the image's bytes are kept elsewhere")
    return Image(media_type=data["media_type"], data=content, caption=data.get("caption"))


def achievement_to_json(achievement: Achievement, put: Put | None = None) -> Json:
    """Give an achievement; ``put`` keeps the image elsewhere."""
    return {
        "id": achievement.id,
        "type": achievement.type,
        "name": text_to_json(achievement.name),
        "description": text_to_json(achievement.description),
        "criteria": text_to_json(achievement.criteria),
        "language": achievement.language,
    } | _full(
        {
            "image": image_to_json(achievement.image, put) if achievement.image else None,
            "code": achievement.code,
            "tags": list(achievement.tags),
            "field_of_study": achievement.field_of_study,
            "credits_available": achievement.credits_available,
            "result_descriptions": [_description_to_json(each) for each in achievement.result_descriptions],
            "alignments": _alignments_to_json(achievement.alignments),
            "endorsements": _endorsements_to_json(achievement.endorsements),
            "descriptors": dict(achievement.descriptors),
        }
    )


def achievement_from_json(data: Mapping[str, Any], get: Get | None = None) -> Achievement:
    """Give the achievement back."""
    return Achievement(
        id=data["id"],
        type=data["type"],
        name=text_from_json(data["name"]),
        description=text_from_json(data["description"]),
        criteria=text_from_json(data["criteria"]),
        language=data.get("language", "ja"),
        image=image_from_json(data["image"], get) if data.get("image") else None,
        code=data.get("code"),
        tags=tuple(data.get("tags", ())),
        field_of_study=data.get("field_of_study"),
        credits_available=data.get("credits_available"),
        result_descriptions=tuple(
            _description_from_json(each) for each in data.get("result_descriptions", ())
        ),
        alignments=_alignments_from_json(data),
        endorsements=_endorsements_from_json(data),
        descriptors=dict(data.get("descriptors", {})),
    )


def _description_to_json(description: ResultDescription) -> Json:
    return {"id": description.id, "name": description.name, "type": description.type} | _full(
        {
            "allowed_values": list(description.allowed_values),
            "value_min": description.value_min,
            "value_max": description.value_max,
            "required_value": description.required_value,
            "required_level": description.required_level,
            "levels": [_aligned_to_json(each) for each in description.levels],
            "alignments": _alignments_to_json(description.alignments),
        }
    )


def _description_from_json(data: Mapping[str, Any]) -> ResultDescription:
    return ResultDescription(
        id=data["id"],
        name=data["name"],
        type=data.get("type", "LetterGrade"),
        allowed_values=tuple(data.get("allowed_values", ())),
        value_min=data.get("value_min"),
        value_max=data.get("value_max"),
        required_value=data.get("required_value"),
        required_level=data.get("required_level"),
        levels=tuple(
            RubricCriterionLevel(**{**each, "alignments": _alignments_from_json(each)})
            for each in data.get("levels", ())
        ),
        alignments=_alignments_from_json(data),
    )


def _alignments_to_json(alignments: Sequence[Alignment]) -> list[Json]:
    return [_plain(each) for each in alignments]


def _alignments_from_json(data: Mapping[str, Any]) -> tuple[Alignment, ...]:
    return tuple(Alignment(**each) for each in data.get("alignments", ()))


def _endorsements_to_json(endorsements: Sequence[bytes]) -> list[str]:
    return [each.decode("utf-8") for each in endorsements]


def _endorsements_from_json(data: Mapping[str, Any]) -> tuple[bytes, ...]:
    return tuple(each.encode("utf-8") for each in data.get("endorsements", ()))


def award_to_json(award: Award, put: Put | None = None) -> Json:
    """Give an award; ``put`` keeps the image of its achievement elsewhere."""
    return {
        "id": award.id,
        "issuer": issuer_to_json(award.issuer),
        "learner": _learner_to_json(award.learner),
        "achievement": achievement_to_json(award.achievement, put),
        "awarded_on": award.awarded_on.isoformat(),
        "valid_from": _time_to_json(award.valid_from),
        "document": document_to_json(award.document, put),
    } | _full(
        {
            "valid_until": _time_to_json(award.valid_until) if award.valid_until else None,
            "issue_number": award.issue_number,
            "results": [_aligned_to_json(each) for each in award.results],
            "evidence": [_plain(each) for each in award.evidence],
            "narrative": award.narrative,
            "particulars": _particulars_to_json(award.particulars),
            "endorsements": _endorsements_to_json(award.endorsements),
            "status": [_plain(each) for each in award.status],
            "components": [award_to_json(each, put) for each in award.components],
            "associations": [_plain(each) for each in award.associations],
            "partial": None if award.partial else False,
        }
    )


def award_from_json(data: Mapping[str, Any], get: Get | None = None) -> Award:
    """Give the award back."""
    until = data.get("valid_until")
    return Award(
        id=data["id"],
        issuer=issuer_from_json(data["issuer"]),
        learner=_learner_from_json(data["learner"]),
        achievement=achievement_from_json(data["achievement"], get),
        awarded_on=date.fromisoformat(data["awarded_on"]),
        valid_from=datetime.fromisoformat(data["valid_from"]),
        valid_until=datetime.fromisoformat(until) if until else None,
        issue_number=data.get("issue_number"),
        results=tuple(
            Result(**{**each, "alignments": _alignments_from_json(each)}) for each in data.get("results", ())
        ),
        evidence=tuple(Evidence(**each) for each in data.get("evidence", ())),
        narrative=data.get("narrative"),
        particulars=_particulars_from_json(data.get("particulars")),
        endorsements=_endorsements_from_json(data),
        status=tuple(_status_from_json(each) for each in data.get("status", ())),
        document=document_from_json(data["document"], get),
        components=tuple(award_from_json(each, get) for each in data.get("components", ())),
        associations=tuple(Association(**each) for each in data.get("associations", ())),
        partial=data.get("partial", True),
    )


def _particulars_to_json(particulars: Particulars | None) -> Json | None:
    if particulars is None:
        return None
    return {name: text_to_json(words) for name, words in vars(particulars).items() if words}


def _particulars_from_json(data: Mapping[str, Any] | None) -> Particulars | None:
    return Particulars(**{name: text_from_json(words) for name, words in data.items()}) if data else None


def _aligned_to_json(thing: Result | RubricCriterionLevel) -> Json:
    said = {name: value for name, value in _plain(thing).items() if name != "alignments"}
    return said | _full({"alignments": _alignments_to_json(thing.alignments)})


def _status_from_json(data: Mapping[str, Any]) -> StatusEntry:
    messages = tuple((value, message) for value, message in data.get("messages", ()))
    return StatusEntry(**{**data, "messages": messages, "references": tuple(data.get("references", ()))})


def document_to_json(document: DocumentDetails, put: Put | None = None) -> Json:
    """Give the details of a document; ``put`` keeps the picture of the seal elsewhere."""
    said = _plain(document) | {"signatory_title": text_to_json(document.signatory_title)}
    # words and a look of one's own are kept where there are some: what was approved before keeps its digest
    for name in (
        "wording",
        "wording_version",
        "signatory_name_en",
        "paper",
        "orientation",
        "seal",
        "templates",
    ):
        said.pop(name, None)
    if document.wording:
        said["wording"] = text_to_json(document.wording)
    if document.wording_version:
        said["wording_version"] = document.wording_version
    if document.signatory_name_en:
        said["signatory_name_en"] = document.signatory_name_en
    if document.paper != "a4":
        said["paper"] = document.paper
    if document.orientation:
        said["orientation"] = document.orientation
    if seal := document.seal:
        said["seal"] = _full({"size": seal.size}) | {
            "image": image_to_json(seal.image, put),
            "place": seal.place,
        }
    if own := document.templates:
        where = {"file": put(own.packed)} if put else {"data": base64.b64encode(own.packed).decode()}
        said["templates"] = {"version": own.version, **where}
    return said


def document_from_json(data: Mapping[str, Any], get: Get | None = None) -> DocumentDetails:
    """Give the details of a document back; ``get`` gives a picture that was kept elsewhere."""
    read: Json = {"signatory_title": text_from_json(data["signatory_title"])}
    if "wording" in data:
        read["wording"] = text_from_json(data["wording"])
    if "seal" in data:
        seal = data["seal"]
        read["seal"] = SealImage(
            image=image_from_json(seal["image"], get), size=seal.get("size"), place=seal["place"]
        )
    if "templates" in data:
        kept = data["templates"]
        if "data" in kept:
            own = base64.b64decode(kept["data"], validate=True)
        elif get:
            own = get(kept["file"])
        else:
            raise ValueError("the templates are kept elsewhere")
        read["templates"] = OwnTemplates(version=kept["version"], packed=own)
    return DocumentDetails(**{**data, **read})


def problems_to_json(problems: Sequence[Problem]) -> list[Json]:
    """Give problems as they are kept."""
    return [
        _plain(each) | {"severity": str(each.severity), "facts": [list(pair) for pair in each.facts]}
        for each in problems
    ]


def problems_from_json(data: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Give the problems back."""
    return tuple(
        Problem(
            **{
                **each,
                "severity": Severity(each["severity"]),
                "facts": tuple((name, value) for name, value in each.get("facts", ())),
            }
        )
        for each in data
    )


def issuer_to_json(issuer: Issuer) -> Json:
    """Give an issuer."""
    said = {name: value for name, value in _plain(issuer).items() if name != "endorsements"}
    return (
        said
        | {"name": text_to_json(issuer.name)}
        | _full({"endorsements": _endorsements_to_json(issuer.endorsements)})
    )


def issuer_from_json(data: Mapping[str, Any]) -> Issuer:
    """Give the issuer back."""
    return Issuer(
        **{**data, "name": text_from_json(data["name"]), "endorsements": _endorsements_from_json(data)}
    )


def _learner_to_json(learner: Learner) -> Json:
    born = learner.birth_date
    return {"name": _plain(learner.name)} | _full(
        {
            "email": learner.email,
            "student_number": learner.student_number,
            "birth_date": born.isoformat() if born else None,
        }
    )


def _learner_from_json(data: Mapping[str, Any]) -> Learner:
    born = data.get("birth_date")
    return Learner(
        name=PersonName(**data["name"]),
        email=data.get("email"),
        student_number=data.get("student_number"),
        birth_date=date.fromisoformat(born) if born else None,
    )


def _time_to_json(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _plain(thing: object) -> Json:
    """Give the members of a dataclass that say something."""
    return {name: value for name, value in vars(thing).items() if value is not None}


def _full(members: Json) -> Json:
    """Leave out what is None or an empty collection; an empty string was written by somebody and stays."""
    return {name: value for name, value in members.items() if value is not None and value not in ([], {})}
