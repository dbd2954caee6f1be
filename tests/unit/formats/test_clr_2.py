# SPDX-License-Identifier: Apache-2.0
"""CLR 2.0: what goes in comes out, every credential inside is judged by itself, and one bad one is seen."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.transcripts import course, transcript
from tests.fakes.university import University

from gakusho.errors import InputError, LimitError
from gakusho.formats import _clr_write, _vc
from gakusho.formats._contexts import contents
from gakusho.formats.clr_2 import FORMAT
from gakusho.formats.open_badges_3 import FORMAT as BADGE
from gakusho.model.award import Association, Award
from gakusho.model.report import Headline, Outcome, Report
from gakusho.model.text import Text
from gakusho.verifier import verify

UNIVERSITY = University()
AWARD = transcript(UNIVERSITY)
SEALED = FORMAT.write([AWARD], UNIVERSITY.sealing)[0]


def signed(change: Callable[[dict[str, Any], list[dict[str, Any]]], None]) -> bytes:
    """Give the record with its credentials changed after each was signed, and the whole signed over it."""
    document = json.loads(SEALED.data)
    change(document, document["credentialSubject"]["verifiableCredential"])
    return UNIVERSITY.signed({name: value for name, value in document.items() if name != "proof"})


def resealed(change: Callable[[dict[str, Any]], None], by: University = UNIVERSITY) -> bytes:
    """Give the record with its second credential changed and signed anew by somebody."""

    def replaced(_: dict[str, Any], inside: list[dict[str, Any]]) -> None:
        unsigned = {name: value for name, value in inside[1].items() if name != "proof"}
        change(unsigned)
        inside[1] = _vc.sealed(unsigned, key=by.key, now=by.now)

    return signed(replaced)


def bad(report: Report) -> list[str]:
    return [check.code for check in report.checks if check.outcome is not Outcome.VALID]


def test_the_transcript_is_read_back_whole_but_for_what_is_named_lost() -> None:
    award = FORMAT.read(SEALED.data).award
    assert SEALED.losses == ("learner.email",)
    assert award == replace(AWARD, learner=replace(AWARD.learner, email=None))


def test_everything_inside_is_valid_by_itself_and_so_is_the_whole() -> None:
    report = UNIVERSITY.verify(SEALED.data)
    assert (report.headline, bad(report)) == (Headline.VALID, [])
    assert [one.headline for one in report.carried] == [Headline.VALID] * 4
    assert [one.credential.achievement.type for one in report.carried if one.credential] == [
        "BachelorDegree",
        *["Course"] * 3,
    ]


def test_a_credential_inside_has_the_report_that_its_bytes_have_by_themselves() -> None:
    for data in FORMAT.read(SEALED.data).carried:
        assert UNIVERSITY.verify(data) == UNIVERSITY.verify(bytes(bytearray(data)))


def test_a_credential_taken_out_is_an_open_badge_of_its_own() -> None:
    inside = json.loads(SEALED.data)["credentialSubject"]["verifiableCredential"][1]
    data = json.dumps(inside).encode()
    assert BADGE.recognizes(data)
    assert UNIVERSITY.verify(data).headline is Headline.VALID
    assert inside["type"] == ["VerifiableCredential", "AchievementCredential"]
    assert inside["credentialSubject"]["creditsEarned"] == 2
    assert inside["credentialSubject"]["term"] == "2025 前期"
    assert inside["credentialSubject"]["achievement"]["humanCode"] == "ENG001"


CLR_SCHEMA = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
SCHEMA = {"id": CLR_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}


def of(code: str, document: dict[str, Any], changed: dict[str, Any] | None = None) -> list[Outcome]:
    made = json.loads(UNIVERSITY.signed(document)) | (changed or {})
    report = UNIVERSITY.verify(json.dumps(made).encode())
    return [check.outcome for check in report.checks if check.code == code]


@pytest.mark.requirement(
    "CLR 2.0 credentialSchema",
    "a record that names 1EdTech's schema is held to the rules that schema is drawn from",
)
def test_a_record_that_names_the_schema_of_its_standard_is_held_to_its_rules() -> None:
    document = {name: value for name, value in json.loads(SEALED.data).items() if name != "proof"}
    assert of("schema.shape", document) == []
    contexts = [*document["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    named = document | {"@context": contexts, "credentialSchema": [SCHEMA]}
    assert of("schema.shape", named) == [Outcome.VALID]
    assert UNIVERSITY.verify(UNIVERSITY.signed(named)).headline is Headline.VALID
    subject = named["credentialSubject"] | {"type": ["AchievementSubject"]}
    for broken in ({"credentialSubject": subject}, {"partial": "no"}):
        assert of("schema.shape", named, broken) == [Outcome.INVALID]
    other = named | {"credentialSchema": [{**SCHEMA, "type": "JsonSchema"}]}
    assert of("schema.shape", other) == [Outcome.UNKNOWN]


def test_the_digest_of_a_related_resource_is_compared() -> None:
    document = {name: value for name, value in json.loads(SEALED.data).items() if name != "proof"}
    pinned = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
    right, wrong = (
        {"relatedResource": [{"id": pinned, "digestSRI": f"sha256-{base64.b64encode(digest).decode()}"}]}
        for digest in (hashlib.sha256(contents(pinned)[0]).digest(), bytes(32))
    )
    assert of("resource.digest", document | right) == [Outcome.VALID]
    assert UNIVERSITY.verify(UNIVERSITY.signed(document | right)).headline is Headline.VALID
    assert of("resource.digest", document | right, wrong) == [Outcome.INVALID]


def test_every_object_that_may_have_an_id_has_one() -> None:
    def nameless(value: object, path: str) -> list[str]:
        if isinstance(value, list):
            return [found for one in value for found in nameless(one, path)]
        if not isinstance(value, dict):
            return []
        own = [] if "id" in value or path.endswith(("/identifier", "/proof")) else [path]
        return own + [found for name, one in value.items() for found in nameless(one, f"{path}/{name}")]

    assert nameless(json.loads(SEALED.data), "") == []


def test_the_same_award_is_written_the_same_twice() -> None:
    assert FORMAT.write([AWARD], UNIVERSITY.sealing)[0].data == SEALED.data


def test_it_claims_to_be_complete_only_when_told_so() -> None:
    plain = FORMAT.write([UNIVERSITY.award()], UNIVERSITY.sealing)[0]
    assert json.loads(plain.data)["partial"] is True
    assert json.loads(SEALED.data)["partial"] is False


def test_left_out_partial_is_read_as_the_standard_says() -> None:
    data = signed(lambda document, _: document.pop("partial"))
    assert FORMAT.read(data).award.partial is False


def test_the_name_of_the_record_is_in_the_languages_of_the_achievement() -> None:
    both = replace(AWARD.achievement, name=Text.of(ja="学士（工学）", en="Bachelor of Engineering"))
    sealed = FORMAT.write([replace(AWARD, achievement=both)], UNIVERSITY.sealing)[0]
    name = json.loads(sealed.data)["name"]
    assert name == "成績証明書：学士（工学） / Transcript: Bachelor of Engineering"


def test_a_component_of_the_same_achievement_stands_for_the_whole() -> None:
    degree = replace(
        AWARD, id="urn:uuid:2f2cbb7e-54b8-4c3b-9d3e-0d1b4a8a9f02", components=(), associations=()
    )
    whole = replace(UNIVERSITY.award(), results=(), components=(degree, course(UNIVERSITY, AWARD, 1)))
    sealed = FORMAT.write([whole], UNIVERSITY.sealing)[0]
    assert UNIVERSITY.verify(sealed.data).headline is Headline.VALID
    read = FORMAT.read(sealed.data).award
    assert [one.achievement.id for one in read.components] == [one.achievement.id for one in whole.components]
    assert {"evidence", "narrative", "issue_number"} <= set(sealed.losses)


def test_two_hundred_courses_are_opened_each() -> None:
    sealed = FORMAT.write([transcript(UNIVERSITY, 200)], UNIVERSITY.sealing)[0]
    report = UNIVERSITY.verify(sealed.data)
    assert (report.headline, len(report.carried)) == (Headline.VALID, 201)
    together = [check for check in report.checks if check.code == "carried.credential"]
    assert [check.facts["got"] for check in together] == ["201"]


def test_more_credentials_than_can_be_opened_are_not_valid() -> None:
    def crowded(_: dict[str, Any], inside: list[dict[str, Any]]) -> None:
        unsigned = {name: value for name, value in inside[1].items() if name != "proof"}
        inside.extend({**unsigned, "id": f"urn:x:{n}"} for n in range(verify.MAX_CARRIED))

    report = UNIVERSITY.verify(signed(crowded))
    assert report.outcome is not Outcome.VALID
    assert "carried.checked" in bad(report)


# --- L25: the outside is genuine, one inside is not -------------------------------------------------


def rename(inside: list[dict[str, Any]]) -> None:
    inside[1]["credentialSubject"]["achievement"]["name"] = "医学概論"


def regrade(inside: list[dict[str, Any]]) -> None:
    inside[1]["credentialSubject"]["result"][0]["value"] = "秀"


def strip_proof(inside: list[dict[str, Any]]) -> None:
    del inside[1]["proof"]


def swap_proofs(inside: list[dict[str, Any]]) -> None:
    inside[1]["proof"], inside[2]["proof"] = inside[2]["proof"], inside[1]["proof"]


@pytest.mark.parametrize("evil", [rename, regrade, strip_proof, swap_proofs])
def test_a_credential_changed_inside_is_not_genuine_and_neither_is_the_whole(
    evil: Callable[[list[dict[str, Any]]], None],
) -> None:
    report = UNIVERSITY.verify(signed(lambda _, inside: evil(inside)))
    own = {check.code: check.outcome for check in report.checks if check.code.startswith("proof.")}
    assert set(own.values()) == {Outcome.VALID}
    assert report.carried[0].headline is Headline.VALID
    assert report.carried[1].headline is Headline.NOT_GENUINE
    assert (report.headline, report.outcome) == (Headline.NOT_GENUINE, Outcome.INVALID)


def test_its_untouched_twin_is_valid() -> None:
    assert UNIVERSITY.verify(signed(lambda _, __: None)).headline is Headline.VALID
    assert UNIVERSITY.verify(resealed(lambda _: None)).headline is Headline.VALID


def test_an_expired_credential_inside_is_told() -> None:
    data = resealed(lambda one: one.update(validUntil="2026-03-31T00:00:00Z"))
    report = UNIVERSITY.verify(data)
    assert report.carried[1].headline is Headline.EXPIRED
    assert (report.headline, report.outcome) == (Headline.EXPIRED, Outcome.INVALID)


def test_a_revoked_credential_inside_is_told() -> None:
    university = University()
    revoked = university.status_entry("revocation", 4711)
    second = replace(course(university, AWARD, 2), status=(revoked,))
    award = replace(AWARD, components=(course(university, AWARD, 1), second), associations=())
    data = FORMAT.write([award], university.sealing)[0].data
    assert university.verify(data).headline is Headline.VALID
    university.mark(second, "revocation")
    report = university.verify(data)
    assert [one.headline for one in report.carried] == [Headline.VALID, Headline.VALID, Headline.REVOKED]
    assert (report.headline, report.outcome) == (Headline.REVOKED, Outcome.INVALID)


def test_a_credential_in_the_name_of_another_issuer_is_not_genuine() -> None:
    data = resealed(lambda one: one["issuer"].update(id="did:web:other.example"))
    report = UNIVERSITY.verify(data)
    assert report.carried[1].headline is Headline.NOT_GENUINE
    assert report.headline is Headline.NOT_GENUINE


def test_a_credential_that_another_issuer_really_signed_is_valid_under_its_own_name() -> None:
    other = University.by_key(b"o" * 32)

    def become_theirs(one: dict[str, Any]) -> None:
        one["issuer"]["id"] = other.did
        del one["credentialStatus"]  # a list of the university's says nothing about others' credentials

    data = resealed(become_theirs, by=other)
    report = UNIVERSITY.verify(data)
    assert report.headline is Headline.VALID
    assert report.carried[1].issuer is not None
    assert report.carried[1].issuer.id == other.did


def test_a_credential_of_another_learner_is_told() -> None:
    stranger = transcript(UNIVERSITY, number=2)
    inside = json.loads(FORMAT.write([stranger], UNIVERSITY.sealing)[0].data)
    theirs = inside["credentialSubject"]["verifiableCredential"][2]
    report = UNIVERSITY.verify(signed(lambda _, credentials: credentials.append(theirs)))
    assert report.headline is Headline.NOT_GENUINE
    assert [code for code in bad(report) if not code.startswith("status.")] == ["clr.learner"]


def test_a_record_inside_a_record_inside_is_opened_only_so_deep() -> None:
    def nested(depth: int) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(SEALED.data)
        for level in range(depth):
            document = {name: value for name, value in document.items() if name != "proof"}
            inner = nested(0) if level == 0 else document
            subject = {**document["credentialSubject"], "verifiableCredential": [inner]}
            document = _vc.sealed(
                {**document, "credentialSubject": subject}, key=UNIVERSITY.key, now=UNIVERSITY.now
            )
        return document

    report = UNIVERSITY.verify(json.dumps(nested(verify.MAX_DEPTH + 2)).encode())
    assert report.outcome is not Outcome.VALID


# --- rules ------------------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["@context"].remove(_clr_write.CLR_CONTEXT), "CLR context"),
        (lambda d: d.pop("name"), "name is missing"),
        (lambda d: d.update(issuer=d["issuer"] | {"type": ["Organization"]}), "no Profile"),
        (lambda d: d["credentialSubject"].update(type=["AchievementSubject"]), "no ClrSubject"),
        (lambda d: d["credentialSubject"].update(verifiableCredential=[]), "holds no credential"),
        (lambda d: d["credentialSubject"].update(verifiableCredential=["x"]), "something else"),
        (lambda d: d["credentialSubject"]["achievement"][0].pop("criteria"), "criteria is missing"),
        (
            lambda d: d["credentialSubject"]["association"][0].update(associationType="isFriendOf"),
            "associationType",
        ),
        (lambda d: d["credentialSubject"]["association"][0].update(sourceId="1"), "sourceId"),
        (lambda d: d.update(credentialSubject=[d["credentialSubject"]] * 2), "not one object"),
    ],
)
def test_a_record_that_breaks_a_rule_is_told_which(change: Change, reason: str) -> None:
    from gakusho.formats._clr_rules import rules_check

    document = json.loads(SEALED.data)
    assert rules_check(document).outcome is Outcome.VALID
    change(document)
    found = rules_check(document)
    assert found.outcome is Outcome.INVALID
    assert reason in found.facts["reason"]


FIRST, SECOND = AWARD.components[:2]
ELSEWHERE = replace(FIRST, issuer=replace(AWARD.issuer, id="did:web:x.example"))
OTHERWISE = replace(SECOND, achievement=replace(FIRST.achievement, code="X"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"components": (FIRST, FIRST)}, "same-id"),
        ({"components": (replace(FIRST, components=(SECOND,)),)}, "component-unfit"),
        ({"components": (ELSEWHERE,)}, "component-unfit"),
        ({"components": (FIRST, OTHERWISE)}, "same-id"),
        ({"associations": (Association(type="isFriendOf", source="a:b", target="c:d"),)}, "association-type"),
    ],
)
def test_what_cannot_be_a_record_is_refused_before_it_is_signed(change: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        FORMAT.write([replace(AWARD, **change)], UNIVERSITY.sealing)
    assert caught.value.code == code


def test_too_many_components_are_refused() -> None:
    many = tuple(
        replace(AWARD.components[0], id=f"urn:uuid:{n}") for n in range(_clr_write.MAX_COMPONENTS + 1)
    )
    with pytest.raises(LimitError):
        FORMAT.write([replace(AWARD, components=many)], UNIVERSITY.sealing)


def test_a_record_of_others_without_one_achievement_is_named_by_the_record() -> None:
    def foreign(document: dict[str, Any], inside: list[dict[str, Any]]) -> None:
        document["credentialSubject"]["achievement"] = []
        document["credentialSubject"]["association"] = []
        del inside[0]

    award: Award = FORMAT.read(signed(foreign)).award
    assert award.achievement.type == "ClrCredential"
    assert award.achievement.name.best().startswith("成績証明書")
    assert len(award.components) == 3
    assert award.valid_from == datetime(2026, 3, 25, tzinfo=UTC)


# --- hostile shapes -----------------------------------------------------------------------------------

JUNK: tuple[object, ...] = (
    None,
    True,
    -1.5,
    "",
    "x",
    [],
    {},
    [None],
    {"id": 5},
    [{"type": {}}],
    "a.b.c",
    {"@id": "x"},
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Give the path of every member that is not of a proof."""
    found: list[tuple[str | int, ...]] = []
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, one in members:
        if name != "proof":
            found += [(*path, name), *places(one, (*path, name))]
    return found


def test_an_achievement_whose_id_is_no_text_is_a_finding() -> None:
    record = json.loads(FORMAT.write([transcript(UNIVERSITY, 2)], UNIVERSITY.sealing)[0].data)
    subject = record["credentialSubject"]
    del subject["achievement"]
    own = _clr_write.own_id(record["id"])
    subject["verifiableCredential"] = [one for one in subject["verifiableCredential"] if one["id"] != own]
    subject["verifiableCredential"][0]["credentialSubject"]["achievement"]["id"] = {"a": 1}
    report = UNIVERSITY.verify(json.dumps(record).encode())
    assert report.outcome is Outcome.INVALID
    assert not any(check.facts.get("reason") == "failed" for check in report.checks)


def test_no_shape_of_a_member_is_an_accident_and_what_is_valid_says_the_same() -> None:
    dice = random.Random(20260401)
    record = json.loads(FORMAT.write([transcript(UNIVERSITY, 1)], UNIVERSITY.sealing)[0].data)
    said = FORMAT.read(json.dumps(record).encode()).award
    everywhere = places(record)
    for _ in range(100):
        changed = json.loads(json.dumps(record))
        *way, last = dice.choice(everywhere)
        holder = changed
        for step in way:
            holder = holder[step]
        holder[last] = dice.choice(JUNK)
        report = UNIVERSITY.verify(json.dumps(changed).encode())
        for one in (report, *report.carried):
            assert not any(check.facts.get("reason") == "failed" for check in one.checks)
        if report.outcome is Outcome.VALID:
            # what an object says may stand once where the same object is described twice in one graph
            assert report.credential is not None
            assert report.credential.achievement == said.achievement
            assert report.credential.components == said.components
