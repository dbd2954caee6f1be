# SPDX-License-Identifier: Apache-2.0
"""The rules of the data model: a plain credential keeps them, one change each breaks one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.university import NOW, University

from gakusho.errors import InputError
from gakusho.formats._vc import VC_V1, VC_V2
from gakusho.formats._vcdm import broken_presentation_rules, broken_rules
from gakusho.formats.verifiable_credential import FORMAT

PLAIN: dict[str, Any] = {
    "@context": [VC_V2, "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential"],
    "issuer": "did:web:aoba.example",
    "validFrom": "2026-03-25T00:00:00Z",
    "credentialSubject": {"id": "did:example:subject", "alumniOf": "Aoba"},
}
SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"name": "Alumni", "description": {"@value": "x", "@language": "en"}},
        {"name": [{"@value": "x", "@language": "en"}, {"@value": "学", "@language": "ja"}]},
        {"issuer": {"id": "did:web:aoba.example", "name": "Aoba"}},
        {"credentialSubject": [{"a": "b"}, {"id": "urn:a:1"}]},
        {"validUntil": "2026-03-25T00:00:00+09:00", "validFrom": "2026-03-24T00:00:00Z"},
        {"credentialStatus": {"type": "Unknown"}},
        {"credentialSchema": [{"id": "https://a.example/1", "type": "JsonSchema"}]},
        {"relatedResource": {"id": VC_V2, "digestSRI": SRI}},
        {"relatedResource": [{"id": "https://a.example/1", "digestMultibase": "u" + "A" * 43}]},
        {"confidenceMethod": {"type": "X"}},
        {"name": {"@value": "x", "@language": "zh-Hant", "@direction": "ltr"}},
    ],
)
def test_a_credential_that_keeps_the_rules_breaks_none(change: dict[str, Any]) -> None:
    assert broken_rules(PLAIN | change) == []


@pytest.mark.parametrize(
    "change",
    [
        {"@context": VC_V2},
        {"@context": []},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2", VC_V2]},
        {"@context": [VC_V2, 5]},
        {"@context": {"name": "https://schema.org/name"}},
        {"id": "not a url"},
        {"id": ["urn:uuid:1"]},
        {"id": None},
        {"type": "Other"},
        {"type": []},
        {"type": ["VerifiableCredential", 5]},
        {"issuer": None},
        {"issuer": "aoba"},
        {"issuer": {"name": "Aoba"}},
        {"issuer": {"id": None}},
        {"issuer": ["did:web:aoba.example"]},
        {"issuer": {"id": "did:web:aoba.example", "name": 5}},
        {"credentialSubject": None},
        {"credentialSubject": {}},
        {"credentialSubject": []},
        {"credentialSubject": "did:example:subject"},
        {"credentialSubject": [{"a": "b"}, {}]},
        {"credentialSubject": {"id": "relative"}},
        {"validFrom": "2026-03-25"},
        {"validFrom": "yesterday"},
        {"validUntil": "2026-03-24T23:59:59Z"},
        {"issuanceDate": "2026-03-25T00:00:00Z"},
        {"credentialStatus": {"id": "https://a.example/1"}},
        {"credentialStatus": {"id": "relative", "type": "Unknown"}},
        {"credentialStatus": []},
        {"credentialStatus": "https://a.example/1"},
        {"credentialSchema": {"id": "https://a.example/1"}},
        {"credentialSchema": {"type": "JsonSchema"}},
        {"credentialSchema": {"id": "relative", "type": "JsonSchema"}},
        {"refreshService": {"id": "https://a.example/1"}},
        {"termsOfUse": {"id": "https://a.example/1"}},
        {"evidence": {"id": "https://a.example/1"}},
        {"relatedResource": "https://a.example/1"},
        {"relatedResource": ["https://a.example/1"]},
        {"relatedResource": {"digestSRI": SRI}},
        {"relatedResource": {"id": "https://a.example/1"}},
        {"relatedResource": {"id": VC_V2, "digestSRI": "sha384-AAAA"}},
        {"relatedResource": {"id": VC_V2, "digestMultibase": "uAAAA"}},
        {"relatedResource": [{"id": VC_V2, "digestSRI": SRI}] * 2},
        {"relatedResource": {"id": "https://a.example/1", "digestMultibase": "uAAAA"}},
        {"relatedResource": {"id": "https://a.example/1", "digestSRI": "sha256-" + "A" * 64}},
        {"relatedResource": {"id": "https://a.example/1", "digestSRI": "md5-AAAA"}},
        {"confidenceMethod": {"id": "https://a.example/1"}},
        {"renderMethod": "https://a.example/1"},
        {"name": {"@value": "x", "@direction": "up"}},
        {"name": {"@value": "x", "@language": "not a tag"}},
        {"name": 5},
        {"name": {"value": "x"}},
        {"name": {"@value": "x", "url": "https://a.example"}},
        {"description": []},
    ],
)
def test_each_broken_rule_is_named(change: dict[str, Any]) -> None:
    assert broken_rules(PLAIN | change)


def test_the_first_data_model_has_its_own_dates() -> None:
    old = {**PLAIN, "@context": [VC_V1], "issuanceDate": PLAIN["validFrom"]}
    del old["validFrom"]
    assert broken_rules(old) == []
    del old["issuanceDate"]
    assert broken_rules(old)


def test_what_breaks_a_rule_is_not_signed() -> None:
    university = University()
    with pytest.raises(InputError) as caught:
        FORMAT.seal(PLAIN | {"credentialSubject": {}}, key=university.key, now=NOW)
    assert caught.value.code == "credential-rules"


@pytest.mark.parametrize(
    ("presentation", "good"),
    [
        ({"@context": [VC_V2], "type": "VerifiablePresentation"}, True),
        ({"@context": [VC_V2], "type": ["VerifiablePresentation"], "holder": {"id": "did:example:a"}}, True),
        ({"@context": [VC_V2], "type": ["VerifiablePresentation"], "verifiableCredential": [PLAIN]}, True),
        ({"@context": [VC_V2], "type": ["VerifiableCredential"]}, False),
        ({"type": ["VerifiablePresentation"]}, False),
        ({"@context": [VC_V2], "type": ["VerifiablePresentation"], "holder": "me"}, False),
        ({"@context": [VC_V2], "type": ["VerifiablePresentation"], "verifiableCredential": ["x"]}, False),
    ],
)
def test_presentations_have_rules_too(presentation: dict[str, Any], good: bool) -> None:
    assert (broken_presentation_rules(presentation) == []) is good
