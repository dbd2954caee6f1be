# SPDX-License-Identifier: Apache-2.0
"""The documents every engine gets: badges of about 2.5 kB and transcripts, always the same ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gakusho.formats import CredentialKey, Sealing, _contexts, _ob_write, _vc
from gakusho.formats.open_badges_3 import FORMAT as OPEN_BADGES_3
from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.award import Award, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text
from gakusho.proof import multibase
from gakusho.proof.signers.encrypted_key import KeptSigner

SEED = bytes(range(32))
CREATED = datetime(2026, 3, 25, 1, 2, 3, tzinfo=UTC)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
BADGES = 500
MIXED = 60
"""Transcripts of which each has a shape of its own."""
GRADES = ("S", "A", "B", "C")
CLR_CONTEXTS = [
    _vc.VC_V2,
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    _ob_write.OB_CONTEXT,
]

Document = dict[str, Any]


def _uuid(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def key() -> CredentialKey:
    """Give the key that signs everything measured, under its did:key."""
    signer = KeptSigner(Ed25519PrivateKey.from_private_bytes(SEED))
    multikey = signer.public_key.multikey()
    return CredentialKey(signer=signer, verification_method=f"did:key:{multikey}#{multikey}")


def sealing() -> Sealing:
    """Give what writing needs."""
    return Sealing(now=CREATED, credential_key=key())


def _issuer() -> Issuer:
    return Issuer(
        id=key().verification_method.partition("#")[0],
        name=Text.of(en="Asanagi University"),
        url="https://asanagi.example",
        email="registrar@asanagi.example",
        country="JP",
    )


ISSUER = _issuer()
GRADE = ResultDescription(id=_uuid("grade"), name="Final grade", allowed_values=GRADES)
ACHIEVEMENT = Achievement(
    id=_uuid("data science"),
    type="MicroCredential",
    name=Text.of(en="Foundations of Data Science"),
    description=Text.of(en="Statistics, programming and the handling of personal data, in fifteen lectures."),
    criteria=Text.of(en="All assignments handed in, and the written examination passed."),
    language="en",
    tags=("statistics", "programming", "data protection"),
    field_of_study="Informatics",
    result_descriptions=(GRADE,),
)


def badge_award(number: int) -> Award:
    """Give one of the awards of the class: same achievement, another learner, number, grade and place."""
    award_id = _uuid(f"award {number}")
    return Award(
        id=award_id,
        issuer=ISSUER,
        learner=Learner(
            name=PersonName(full=f"青葉 みなと {number}", romaji=f"AOBA, Minato {number}"),
            email=f"s{number:05}@asanagi.example",
            student_number=f"S{number:05}",
        ),
        achievement=ACHIEVEMENT,
        awarded_on=date(2026, 3, 25),
        valid_from=datetime(2026, 3, 24, 15, tzinfo=UTC),
        issue_number=f"N-2026-{number:05}",
        results=(
            Result(
                id=_uuid(f"result {number}"),
                name=GRADE.name,
                value=GRADES[number % 4],
                description_id=GRADE.id,
            ),
        ),
        status=(
            StatusEntry(
                id=_uuid(f"status {number}"),
                kind="BitstringStatusListEntry",
                purpose="revocation",
                list_id="https://asanagi.example/status/1/revocation",
                index=number * 7919 % 131_072,
            ),
        ),
    )


def mixed_award(number: int) -> Award:
    """Give one of as many awards, each of another achievement, and written in another shape."""
    tags = tuple(f"subject {each} of {number}" for each in range(number % 20))
    allowed = tuple(f"{each}" for each in range(2 + number // 20))
    description = replace(GRADE, id=_uuid(f"grade {number}"), allowed_values=allowed)
    achievement = replace(
        ACHIEVEMENT,
        id=_uuid(f"achievement {number}"),
        name=Text.of(en=f"Foundations of Subject {number}"),
        description=Text.of(en=f"What subject {number} rests on, in fifteen lectures."),
        criteria=Text.of(en=f"The examination of subject {number} passed."),
        tags=tags,
        result_descriptions=(description,),
    )
    award = badge_award(number)
    result = replace(award.results[0], description_id=description.id)
    return replace(award, achievement=achievement, results=(result,))


def transcript(courses: int, number: int) -> Document:
    """Give an unsigned ClrCredential: a degree, its courses with results, an association for each."""
    subject = _uuid(f"learner {number}")
    degree = f"https://asanagi.example/degrees/{number}"
    course_ids = [f"https://asanagi.example/courses/{number}/{each}" for each in range(courses)]
    return {
        "@context": CLR_CONTEXTS,
        "id": _uuid(f"transcript {courses} {number}"),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Academic transcript",
        "issuer": _profile(),
        "validFrom": "2026-03-24T15:00:00Z",
        "partial": False,
        "credentialSubject": {
            "id": subject,
            "type": ["ClrSubject"],
            "verifiableCredential": [_course(subject, each, number) for each in course_ids],
            "achievement": [
                {
                    "id": degree,
                    "type": ["Achievement"],
                    "achievementType": "BachelorDegree",
                    "name": "Bachelor of Engineering",
                    "description": "The four-year program.",
                    "criteria": {"narrative": "124 credits."},
                }
            ],
            "association": [
                {
                    "type": "Association",
                    "associationType": "isParentOf",
                    "sourceId": degree,
                    "targetId": each,
                }
                for each in course_ids
            ],
        },
    }


def mixed_transcript(number: int) -> Document:
    """Give one of as many transcripts of 60 courses, each written in another shape."""
    document = transcript(60, number)
    subject = document["credentialSubject"]
    subject["achievement"][0]["tag"] = [f"subject {each}" for each in range(1 + number)]
    for course in subject["verifiableCredential"]:
        (description,) = course["credentialSubject"]["achievement"]["resultDescription"]
        description["allowedValue"] = list(GRADES[: 2 + number % 3])
        course["credentialSubject"]["achievement"]["creditsAvailable"] = 1 + number // 3
    return document


def _profile() -> Document:
    return {"id": ISSUER.id, "type": ["Profile"], "name": "Asanagi University"}


def _course(subject: str, course_id: str, number: int) -> Document:
    place = int(course_id.rpartition("/")[2])
    return {
        "@context": [_vc.VC_V2, _ob_write.OB_CONTEXT],
        "id": _uuid(f"credential {course_id}"),
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": f"Course {place}",
        "issuer": _profile(),
        "validFrom": "2026-03-24T15:00:00Z",
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": course_id,
                "type": ["Achievement"],
                "achievementType": "Course",
                "name": f"Course {place}",
                "description": f"Lectures and exercises of course {place}.",
                "criteria": {"narrative": f"Pass the examination of course {place}."},
                "creditsAvailable": 2,
                "resultDescription": [
                    {
                        "id": f"{course_id}#grade",
                        "type": ["ResultDescription"],
                        "name": "Grade",
                        "resultType": "LetterGrade",
                        "allowedValue": list(GRADES),
                    }
                ],
            },
            "result": [
                {
                    "id": _uuid(f"result {course_id}"),
                    "type": ["Result"],
                    "resultDescription": f"{course_id}#grade",
                    "value": GRADES[(place + number) % 4],
                }
            ],
        },
    }


def write(folder: Path) -> None:
    """Write the files the engines read: contexts and key, and each fixture unsigned and signed."""
    from gakusho.formats.verifiable_credential import FORMAT as CREDENTIAL

    own = key()
    did, _, multikey = own.verification_method.partition("#")
    public = own.signer.public_key.material
    method = {
        "id": own.verification_method,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey,
    }
    surroundings = {
        "created": "2026-03-25T01:02:03Z",
        "now": "2026-04-01T00:00:00Z",
        "seed": SEED.hex(),
        "method": {**method, "secretKeyMultibase": multibase.encode(b"\x80\x26" + SEED + public)},
        "documents": {
            **{url: json.loads(_contexts.document(url)) for url in _contexts.contexts().urls},
            did: {
                "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
                "id": did,
                "verificationMethod": [method],
                "assertionMethod": [own.verification_method],
            },
        },
    }
    _dump(folder / "surroundings.json", surroundings)
    awards = [badge_award(number) for number in range(BADGES)]
    signed = [one.data.decode() for one in OPEN_BADGES_3.write(awards, sealing())]
    _dump(folder / "ob3.signed.json", signed)
    _dump(folder / "ob3.json", [_text(_without_proof(json.loads(one))) for one in signed])
    mixed = [OPEN_BADGES_3.write([mixed_award(number)], sealing())[0] for number in range(BADGES)]
    _dump(folder / "ob3mixed.signed.json", [one.data.decode() for one in mixed])
    shapes = [CREDENTIAL.seal(mixed_transcript(n), key=own, now=CREATED) for n in range(MIXED)]
    _dump(folder / "clr60mixed.signed.json", [_text(each) for each in shapes])
    for courses, count in ((60, 20), (200, 6)):
        documents = [transcript(courses, number) for number in range(count)]
        _dump(folder / f"clr{courses}.json", [_text(each) for each in documents])
        sealed = [CREDENTIAL.seal(each, key=own, now=CREATED) for each in documents]
        _dump(folder / f"clr{courses}.signed.json", [_text(each) for each in sealed])


def _without_proof(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "proof"}


def _text(document: Document) -> str:
    return _vc.dumped(document).decode()


def _dump(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
