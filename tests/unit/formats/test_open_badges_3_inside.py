# SPDX-License-Identifier: Apache-2.0
"""What stands inside an Open Badge: each object of its type, each endorsement a credential by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.fakes.university import University

from gakusho.formats import _jose, _ob_write, _vc
from gakusho.model.report import Headline, Outcome, Report

OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
Document = dict[str, Any]
ALIGNMENT = {
    "id": "urn:uuid:5d2d6c3e-0f53-4a1f-9d43-1b7e0d9c7a10",
    "type": ["Alignment"],
    "targetName": "データ分析",
    "targetUrl": "https://skills.example/data-analysis",
    "targetType": "ext:Skill",
}


@pytest.fixture
def university() -> University:
    return University()


def badge(university: University) -> Document:
    """Give an unsigned badge with something of everything inside."""
    document = _ob_write.document(university.award())
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    source = {"id": "https://aoba.example/faculty", "type": ["Profile"], "name": "工学部"}
    identifier = {"type": "IdentifierEntry", "identifier": "F01", "identifierType": "ext:code"}
    parent = {"id": "https://aoba.example/corporation", "type": ["Profile"], "name": "青葉学園"}
    level = {
        "id": "urn:uuid:0d7d3f6e-41c2-49a2-8a5a-6d8c9b7f2e01",
        "type": ["RubricCriterionLevel"],
        "name": "優",
    }
    achievement["alignment"] = [ALIGNMENT]
    achievement["resultDescription"][0]["rubricCriterionLevel"] = [level]
    subject["source"] = source
    document["issuer"] |= {"otherIdentifier": [identifier], "parentOrg": parent}
    return document


def verified(university: University, document: Document) -> Report:
    return university.verify(university.signed(document))


def rules(report: Report) -> tuple[Outcome, str]:
    check = next(one for one in report.checks if one.code == "format.rules")
    return check.outcome, check.facts.get("reason", "")


def test_a_badge_with_skills_rubrics_and_organisations_is_valid(university: University) -> None:
    report = verified(university, badge(university))
    assert report.headline is Headline.VALID, [dict(one.facts) for one in report.checks]


def _subject(document: Document) -> Document:
    found: Document = document["credentialSubject"]
    return found


SPOILED: dict[str, Callable[[Document], None]] = {
    "credentialSubject.source is no Profile": lambda d: _subject(d)["source"].update(type=["Evidence"]),
    "credentialSubject.identifier is no IdentityObject": lambda d: _subject(d)["identifier"][0].update(
        type="IdentifierEntry"
    ),
    "credentialSubject.result is no Result": lambda d: _subject(d)["result"][0].update(type=["Achievement"]),
    "credentialSubject.achievement.resultDescription is no ResultDescription": lambda d: _subject(d)[
        "achievement"
    ]["resultDescription"][0].update(type=["Result"]),
    "rubricCriterionLevel is no RubricCriterionLevel": lambda d: _subject(d)["achievement"][
        "resultDescription"
    ][0]["rubricCriterionLevel"][0].update(type=["Alignment"]),
    "credentialSubject.achievement.alignment is no Alignment": lambda d: _subject(d)["achievement"].update(
        alignment=[{**ALIGNMENT, "type": ["Related"]}]
    ),
    "alignment.targetUrl is missing": lambda d: _subject(d)["achievement"].update(
        alignment=[{name: value for name, value in ALIGNMENT.items() if name != "targetUrl"}]
    ),
    "issuer.parentOrg is no Profile": lambda d: d["issuer"]["parentOrg"].update(type=["Evidence"]),
    "issuer.otherIdentifier is no IdentifierEntry": lambda d: d["issuer"]["otherIdentifier"][0].update(
        type="IdentityObject"
    ),
    "evidence is no Evidence": lambda d: d["evidence"][0].update(type=["Result"]),
    "credentialSubject has neither id nor identifier": lambda d: d.update(
        credentialSubject={k: v for k, v in _subject(d).items() if k not in {"id", "identifier"}}
    ),
}


@pytest.mark.requirement("Open Badges 3.0, B", "each object is of the type its place demands, however deep")
@pytest.mark.parametrize("reason", SPOILED)
def test_an_object_of_another_type_is_refused(university: University, reason: str) -> None:
    sound = json.loads(university.signed(badge(university)))
    assert rules(university.verify(json.dumps(sound).encode())) == (Outcome.VALID, "")
    SPOILED[reason](sound)
    outcome, said = rules(university.verify(json.dumps(sound).encode()))
    assert outcome is Outcome.INVALID
    assert reason in said


def test_it_is_refused_even_when_it_was_signed(university: University) -> None:
    document = badge(university)
    SPOILED["credentialSubject.source is no Profile"](document)
    report = verified(university, document)
    assert rules(report)[0] is Outcome.INVALID
    assert report.headline is Headline.NOT_GENUINE


def endorsement(endorser: University, about: str, **changes: Any) -> Document:
    """Give a signed endorsement of what has this id."""
    unsigned = {
        "@context": [_vc.VC_V2, OB],
        "id": "urn:uuid:2a0f6b2c-7f1a-4b60-8d17-2f6a3c1f9e77",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "認定",
        "issuer": {"id": endorser.did, "type": ["Profile"], "name": "大学基準協会"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "適合"},
    }
    signed: Document = json.loads(endorser.signed(unsigned | changes))
    return signed


def token(endorser: University, about: str) -> str:
    claims = {name: value for name, value in endorsement(endorser, about).items() if name != "proof"}
    kid = endorser.key_id
    return _jose.signed({"kid": kid, "typ": "JWT"}, claims, endorser.signer).decode()


@pytest.mark.requirement("Open Badges 3.0, 5.6", "an endorsement is a credential and is verified by itself")
@pytest.mark.parametrize("place", ["badge", "issuer", "achievement"])
@pytest.mark.parametrize("form", ["embedded", "token"])
def test_endorsements_are_verified_by_themselves(university: University, place: str, form: str) -> None:
    endorser = University.by_key(b"e" * 32)
    document = badge(university)
    holder = {
        "badge": document,
        "issuer": document["issuer"],
        "achievement": _subject(document)["achievement"],
    }[place]
    if form == "embedded":
        holder["endorsement"] = [endorsement(endorser, holder["id"])]
    else:
        holder["endorsementJwt"] = [token(endorser, holder["id"])]
    report = verified(university, document)
    assert report.headline is Headline.VALID, [dict(one.facts) for one in report.checks]
    assert [one.headline for one in report.carried] == [Headline.VALID]
    assert report.issuer is not None
    assert report.issuer.id == university.did, "the badge is its issuer's, not its endorser's"


@pytest.mark.parametrize("form", ["embedded", "token"])
def test_a_forged_endorsement_reaches_the_verdict(university: University, form: str) -> None:
    endorser = University.by_key(b"e" * 32)
    document = badge(university)
    about = document["issuer"]["id"]
    if form == "embedded":
        forged = endorsement(endorser, about)
        forged["credentialSubject"]["endorsementComment"] = "世界一"
        document["issuer"]["endorsement"] = [forged]
    else:
        head, body, tail = token(endorser, about).split(".")
        other = token(endorser, "https://mallory.example").split(".")[1]
        assert other != body
        document["issuer"]["endorsementJwt"] = [f"{head}.{other}.{tail}"]
    report = verified(university, document)
    assert report.headline is Headline.NOT_GENUINE
    assert [one.headline for one in report.carried] == [Headline.NOT_GENUINE]


def test_too_many_endorsements_are_refused(university: University) -> None:
    document = badge(university)
    document["endorsementJwt"] = [f"e{n}.e.e" for n in range(17)]
    report = verified(university, document)
    assert report.headline is Headline.NOT_GENUINE
