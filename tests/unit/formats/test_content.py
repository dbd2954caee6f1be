# SPDX-License-Identifier: Apache-2.0
"""Schemas a credential names and resources it refers to are checks of their own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from gakusho.errors import UnreachableError
from gakusho.fetch import Fetched
from gakusho.formats import Asking, _data_schema, _schemas
from gakusho.formats._related import MAX_ASKED
from gakusho.formats._vcdm import content_checks
from gakusho.model.report import Check, Outcome
from gakusho.proof import VerificationMethod, multibase

NOW = datetime(2026, 4, 1, tzinfo=UTC)
URL, SCHEMA = "https://aoba.example/criteria.txt", "https://aoba.example/schema.json"
TEXT = b"as the issuer meant it"
DIGEST = multibase.encode(b"\x12\x20" + hashlib.sha256(TEXT).digest())
PLAIN = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "https://aoba.example",
    "credentialSubject": {"id": "did:example:1"},
}
SHAPE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}},
}


def nobody(method_id: str) -> VerificationMethod:
    raise UnreachableError(method_id)


class World:
    """What stands at addresses; remembers who was asked."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = {URL: TEXT}
        self.asked: list[str] = []

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.documents:
            raise UnreachableError(url)
        return Fetched(url=url, data=self.documents[url], media_type="text/plain", time=NOW, source=url)


def found(code: str, members: dict[str, Any], world: World | None = None) -> list[Check]:
    asking = Asking(now=NOW, lookup=nobody, fetch=world.fetch if world else None)
    return [check for check in content_checks(PLAIN | members, asking) if check.code == code]


def resource(members: dict[str, Any], world: World | None = None) -> tuple[Outcome, str | None]:
    (check,) = found("resource.digest", {"relatedResource": members}, world)
    return check.outcome, check.facts.get("reason")


def test_a_resource_is_asked_for_and_compared() -> None:
    world = World()
    assert resource({"id": URL, "digestMultibase": DIGEST}, world) == (Outcome.VALID, None)
    world.documents[URL] = TEXT + b"!"
    assert resource({"id": URL, "digestMultibase": DIGEST}, world) == (Outcome.INVALID, "differs")


def test_a_resource_nobody_could_be_asked_for_is_unknown() -> None:
    assert resource({"id": URL, "digestMultibase": DIGEST}) == (Outcome.UNKNOWN, "not-asked")
    elsewhere = {"id": URL + "2", "digestMultibase": DIGEST}
    assert resource(elsewhere, World()) == (Outcome.UNKNOWN, "unreachable")


def test_a_pinned_resource_is_compared_and_nobody_is_asked() -> None:
    v2, world = "https://www.w3.org/ns/credentials/v2", World()
    right = {"id": v2, "digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"}
    assert resource(right, world) == (Outcome.VALID, None)
    assert resource({"id": v2, "digestMultibase": DIGEST}, world) == (Outcome.INVALID, "differs")
    assert world.asked == []


def test_one_of_several_digests_is_enough_but_each_member_must_fit() -> None:
    world = World()
    wrong = "sha256-" + "A" * 43 + "="
    assert resource({"id": URL, "digestSRI": wrong, "digestMultibase": DIGEST}, world)[0] is Outcome.INVALID


def test_a_hostile_list_of_resources_has_few_asked_for() -> None:
    world = World()
    many = [{"id": f"{URL}?{n}", "digestMultibase": DIGEST} for n in range(50)]
    assert len(found("resource.digest", {"relatedResource": many}, world)) == 50
    assert len(world.asked) == MAX_ASKED


def schema(members: object) -> list[tuple[Outcome, str | None]]:
    checks = found("schema.shape", {"credentialSchema": members})
    return [(check.outcome, check.facts.get("reason")) for check in checks]


def test_a_schema_that_is_not_known_is_unknown_and_nobody_is_asked() -> None:
    world = World()
    known = found("schema.shape", {"credentialSchema": {"id": SCHEMA, "type": "JsonSchema"}}, world)
    assert [(one.outcome, one.facts["reason"]) for one in known] == [(Outcome.UNKNOWN, "unknown-schema")]
    assert world.asked == []
    assert schema({"id": SCHEMA, "type": "ShaclValidator2017"}) == [(Outcome.UNKNOWN, "kind")]
    assert schema([{"id": SCHEMA, "type": "X"}] * 20)[-1] == (Outcome.UNKNOWN, "limit")
    assert schema(None) == []


@pytest.mark.parametrize("kind", ["JsonSchema", "1EdTechJsonSchemaValidator2019"])
def test_a_schema_that_lies_here_is_run(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_schemas, "schema", lambda url: SHAPE if url == SCHEMA else None)
    _data_schema._validator.cache_clear()
    stated = {"credentialSchema": {"id": SCHEMA, "type": kind}}
    assert [check.outcome for check in found("schema.shape", stated | {"name": "B"})] == [Outcome.VALID]
    (broken,) = found("schema.shape", stated)
    assert broken.outcome is Outcome.INVALID
    assert "'name' is a required property" in broken.facts["message"]
    _data_schema._validator.cache_clear()


BADGE_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
BADGE = {
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "https://aoba.example", "type": ["Profile"]},
    "credentialSubject": {
        "id": "did:example:1",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "urn:uuid:1",
            "type": ["Achievement"],
            "name": "A",
            "description": "B",
            "criteria": {"narrative": "C"},
        },
    },
    "credentialSchema": [{"id": BADGE_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
}


@pytest.mark.requirement(
    "Open Badges 3.0 B.9",
    "a badge that names 1EdTech's schema is held to the rules that schema is drawn from",
)
def test_a_badge_that_names_the_schema_of_its_standard_is_held_to_its_rules() -> None:
    (kept,) = found("schema.shape", BADGE)
    assert (kept.outcome, kept.facts["reason"]) == (Outcome.VALID, "rules")
    subject = BADGE["credentialSubject"]
    assert isinstance(subject, dict)
    for broken in (
        {"credentialSubject": {**subject, "achievement": {**subject["achievement"], "name": None}}},
        {"credentialSubject": {**subject, "type": ["Person"]}},
        {"issuer": {"id": "https://aoba.example", "type": ["Achievement"]}},
        {"type": ["VerifiableCredential"]},
    ):
        (check,) = found("schema.shape", BADGE | broken)
        assert check.outcome is Outcome.INVALID, broken
    other = BADGE | {"credentialSchema": {"id": BADGE_SCHEMA, "type": "JsonSchema"}}
    assert [one.outcome for one in found("schema.shape", other)] == [Outcome.UNKNOWN]
