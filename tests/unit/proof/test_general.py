# SPDX-License-Identifier: Apache-2.0
"""A context written inside a document may add words; it may swap none, and nothing is lost beside it."""

from __future__ import annotations

import contextlib
import copy
import time
from itertools import combinations
from typing import Any

import pytest

from gakusho.errors import LimitError, UndefinedTermError
from gakusho.formats import _contexts
from gakusho.proof import _second_reading
from gakusho.proof._inline_contexts import vocabulary
from gakusho.proof.canonical import canonicalize
from gakusho.proof.canonical_form import canonical_form, statements
from gakusho.proof.general import MAX_STATEMENTS
from gakusho.proof.quads import quads

Document = dict[str, Any]

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
PINNED = _contexts.contexts()

# The contexts of credentials that the W3C's suites for Data Integrity issue and verify.
LICENSE: Document = {
    "@protected": True,
    "DriverLicenseCredential": "urn:example:DriverLicenseCredential",
    "DriverLicense": {
        "@id": "urn:example:DriverLicense",
        "@context": {
            "@protected": True,
            "id": "@id",
            "type": "@type",
            "documentIdentifier": "urn:example:documentIdentifier",
            "dateOfBirth": "urn:example:dateOfBirth",
            "expirationDate": "urn:example:expiration",
            "issuingAuthority": "urn:example:issuingAuthority",
        },
    },
    "driverLicense": {"@id": "urn:example:driverLicense", "@type": "@id"},
}
SUBJECT: Document = {
    "id": "urn:uuid:1",
    "driverLicense": {"type": "DriverLicense", "documentIdentifier": "T21", "expirationDate": "01-01-2030"},
}
ACHIEVEMENT: Document = {
    "@protected": True,
    "ExampleAchievementCredential": "urn:example:ExampleAchievementCredential",
    "WindsailingAchievement": {
        "@id": "urn:example:WindsailingAchievement",
        "@context": {
            "@protected": True,
            "id": "@id",
            "type": "@type",
            "sails": {
                "@id": "urn:example:sails",
                "@context": {"@protected": True, "size": "urn:example:size", "year": "urn:example:year"},
            },
            "boards": {
                "@id": "urn:example:boards",
                "@context": {"@protected": True, "brand": "urn:example:brand", "year": "urn:example:year"},
            },
        },
    },
    "achievements": {"@id": "urn:example:achievements", "@type": "@id"},
}
SAILOR: Document = {
    "name": "Jane Doe",
    "achievements": [
        {
            "type": "WindsailingAchievement",
            "sails": [{"size": 7.0, "year": 2020}, {"size": 7.8, "year": 2023}],
            "boards": [{"brand": "Tillo", "year": 2022}],
        }
    ],
}
SAILS: Document = {"@vocab": "https://windsurf.grotto-networking.com/selective#"}


def credential(*contexts: object, **members: object) -> Document:
    return {
        "@context": list(contexts),
        "id": "urn:uuid:3",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:i",
        "credentialSubject": {"id": "did:example:s"},
        **members,
    }


def license_(*contexts: object, **members: object) -> Document:
    given = {"type": ["VerifiableCredential", "DriverLicenseCredential"], "credentialSubject": SUBJECT}
    return credential(*contexts, **{**given, **members})


def badge(*contexts: object, **achievement: object) -> Document:
    """An Open Badge, whose achievement may bring words of its own."""
    return credential(
        V2,
        OB,
        *contexts,
        type=["VerifiableCredential", "OpenBadgeCredential"],
        credentialSubject={
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:9",
                "type": ["Achievement"],
                "name": "Bachelor of Science",
                "description": "Certificate of attendance",
                **achievement,
            },
        },
    )


GOOD = {
    "a type": credential(V2, {"Mine": "https://x.example/#Mine"}, type=["VerifiableCredential", "Mine"]),
    "a word": credential(
        V2, {"gpa": "https://x.example/#gpa"}, credentialSubject={"id": "did:example:s", "gpa": 3.9}
    ),
    "the license": license_(V2, LICENSE),
    "the license, data model 1.1": license_(V1, LICENSE, DATA_INTEGRITY),
    "the achievement": credential(V2, ACHIEVEMENT, credentialSubject=SAILOR),
    "the achievement, data model 1.1": credential(
        V1, {**ACHIEVEMENT, "name": "https://schema.org/name"}, DATA_INTEGRITY, credentialSubject=SAILOR
    ),
    "words the data model 1.1 lacks": credential(
        V1, {"name": "https://schema.org/name", "description": "https://schema.org/description"}, name="x"
    ),
    "a vocabulary": credential(V2, SAILS, credentialSubject={"sailNumber": "Earth101"}),
    "a prefix within": credential(
        V2, {"x": "https://x.example/#", "gpa": "x:gpa"}, credentialSubject={"id": "did:example:s", "gpa": 3}
    ),
    "a whole number written with a fraction": credential(
        V2, {"gpa": "urn:x:gpa"}, credentialSubject={"id": "did:example:s", "gpa": 3.0}
    ),
    "a context written as a file of contexts is": credential(
        V2, {"@context": {"gpa": "urn:x:gpa"}}, credentialSubject={"id": "did:example:s", "gpa": 3}
    ),
    "a direction": credential(V2, {"@direction": "rtl"}, DATA_INTEGRITY, name="x"),
    "a language": credential(V2, {"@language": "ja"}, name="証"),
    "the same word again": credential(V2, {"id": "@id", "type": "@type"}, name="x"),
    "beside a badge": badge({"mark": "https://x.example/#mark"}, mark="A"),
    "an alumna": credential(
        V1,
        {
            "AlumniCredential": "https://schema.org#AlumniCredential",
            "alumniOf": "https://schema.org#alumniOf",
        },
        DATA_INTEGRITY,
        type=["VerifiableCredential", "AlumniCredential"],
        credentialSubject={"id": "urn:uuid:1", "alumniOf": "Example University"},
    ),
    "inside a presentation": {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [license_(V2, LICENSE)],
    },
    "a hundred alike inside a presentation": {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [license_(V2, LICENSE, id=f"urn:x:{number}") for number in range(100)],
    },
    "of a presentation": {
        "@context": [V2, {"Mine": "https://x.example/#Mine"}],
        "type": ["VerifiablePresentation", "Mine"],
        "verifiableCredential": [credential(V2)],
    },
}


@pytest.mark.parametrize("name", GOOD)
def test_a_context_that_adds_words_is_followed(name: str) -> None:
    form = canonical_form(GOOD[name], PINNED)
    assert form == canonicalize(_second_reading.read(GOOD[name], PINNED.documents))
    assert "VerifiableCredential" in form


@pytest.mark.parametrize("name", GOOD)
def test_the_strict_compiler_alone_takes_no_context_but_by_its_address(name: str) -> None:
    with pytest.raises(UndefinedTermError, match="written inside"):
        quads(GOOD[name], PINNED)


def test_what_is_stated_is_exactly_what_the_document_says() -> None:
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    cred = "https://www.w3.org/2018/credentials#"
    assert canonical_form(license_(V1, LICENSE, DATA_INTEGRITY), PINNED).splitlines() == [
        "<urn:uuid:1> <urn:example:driverLicense> _:c14n0 .",
        f"<urn:uuid:3> {a} <{cred}VerifiableCredential> .",
        f"<urn:uuid:3> {a} <urn:example:DriverLicenseCredential> .",
        f"<urn:uuid:3> <{cred}credentialSubject> <urn:uuid:1> .",
        f"<urn:uuid:3> <{cred}issuer> <did:example:i> .",
        f"_:c14n0 {a} <urn:example:DriverLicense> .",
        '_:c14n0 <urn:example:documentIdentifier> "T21" .',
        '_:c14n0 <urn:example:expiration> "01-01-2030" .',
    ]


def test_control_characters_are_escaped_as_the_recommendation_says() -> None:
    document = credential(V2, {"gpa": "urn:x:gpa"}, name='\x00\b\t\n\v\f\r\x1f\x7f\x80\u2028😀"\\')
    assert '"\\u0000\\b\\t\\n\\u000B\\f\\r\\u001F\\u007F\x80\u2028😀\\"\\\\"' in canonical_form(
        document, PINNED
    )


NAME, DESCRIPTION = "https://schema.org/name", "https://schema.org/description"
OF_A_BADGE = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement"
SWAPS = {
    "name and description change places": credential(V2, {"name": DESCRIPTION, "description": NAME}),
    "name under another word": credential(V2, {"title": NAME}, title="x"),
    "a pinned type under another word": credential(
        V2, {"Mine": "https://www.w3.org/2018/credentials#VerifiableCredential"}, type=["Mine"]
    ),
    "a type redefined": credential(V2, {"VerifiableCredential": "https://x.example/#Bad"}),
    "a word of a scope redefined": badge({"achievement": "https://x.example/#a"}),
    "a meaning of a context the document leaves out": credential(V2, {"award": OF_A_BADGE}),
    "a swap in a context written as a file of contexts is": credential(
        V2, {"@context": {"name": DESCRIPTION, "description": NAME}}
    ),
    "a word taken away": credential(V2, {"name": None}),
    "an id taken away": credential(V2, {"gpa": {"@id": None}}),
    "a vocabulary that ends inside a pinned meaning": credential(V2, {"@vocab": NAME[:-2]}),
    "a vocabulary of RDF": credential(V2, {"@vocab": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}),
    "a second vocabulary": credential(
        V2, "https://www.w3.org/ns/credentials/examples/v2", {"@vocab": "https://x.example/#"}
    ),
    "the type of RDF": credential(
        V2, {"kind": {"@id": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "@type": "@vocab"}}
    ),
    "a prefix that pinned contexts use": credential(V2, {"xsd": "https://x.example/"}),
    "a prefix that ids begin with": credential(V2, {"did": "https://x.example/"}),
    "a prefix with its sign": credential(V2, {"urn": {"@id": "https://x.example/", "@prefix": True}}),
    "an alias": credential(V2, {"value": "@value"}),
    "an alias of the type": credential(V2, {"kind": "@type"}, kind="VerifiableCredential"),
    "a word whose scope swaps": badge(
        {"Extra": {"@id": "https://x.example/#E", "@context": {"name": "https://x.example/#n"}}},
        type=["Achievement", "Extra"],
    ),
    "a word whose scope swaps, sorted first": badge(
        {"AAA": {"@id": "https://x.example/#E", "@context": {"achievementType": "https://x.example/#n"}}},
        type=["AAA", "Achievement"],
    ),
    "a word that swaps what lies below it": credential(
        V2,
        {"own": {"@id": "https://x.example/#own", "@context": {"name": "https://x.example/#n"}}},
        own={"name": "x"},
    ),
    "a scope that swaps dates of the credential": credential(
        V1,
        {"Zine": {"@id": "https://x.example/#Z", "@context": {"expirationDate": "https://x.example/#d"}}},
        type=["VerifiableCredential", "Zine"],
        expirationDate="2030-01-01T00:00:00Z",
    ),
    "a scope that names what a pinned context has": credential(
        V2, {"own": {"@id": "https://x.example/#own", "@context": {"title": NAME}}}, own={"title": "x"}
    ),
    "no credentials context before": credential({"name": NAME}, V2),
    "no pinned context at all": credential({"@vocab": "https://x.example/#"}),
}
SETTINGS: dict[str, Document] = {
    "@vocab null": {"@vocab": None},
    "@vocab relative": {"@vocab": "x#"},
    "@vocab empty": {"@vocab": ""},
    "@base": {"@base": "https://x.example/"},
    "@import": {"@import": "https://x.example/context.json"},
    "@propagate": {"@propagate": False},
    "@version": {"@version": 1.0},
    "@language null": {"@language": None},
    "@language of no form": {"@language": "日本語"},
    "@direction": {"@direction": "up"},
    "@type": {"@type": {"@container": "@set"}},
    "@context and a word beside it": {"@context": {"gpa": "urn:x:gpa"}, "mark": "urn:x:mark"},
    "@context within @context": {"@context": {"@context": {"gpa": "urn:x:gpa"}}},
    "@context with an address": {"@context": V2},
    "@context with a list": {"@context": [{"gpa": "urn:x:gpa"}]},
    "@honours": {"@honours": "urn:x:h"},
    "@reverse": {"knownBy": {"@reverse": "urn:x:knows"}},
    "@nest": {"gpa": {"@id": "urn:x:gpa", "@nest": "@nest"}},
    "@index": {"gpa": {"@id": "urn:x:gpa", "@container": "@index", "@index": "urn:x:i"}},
    "a number": {"gpa": 3},
    "a list": {"gpa": ["urn:x:gpa"]},
    "a relative IRI": {"gpa": "gpa"},
    "no IRI": {"gpa": "https ://not-a-url#gpa"},
    "a blank node": {"gpa": "_:gpa"},
    "no name": {"": "urn:x:gpa"},
    "a slash": {"a/b": "urn:x:gpa"},
    "itself": {"gpa": "gpa:x"},
    "a context by address in a scope": {"gpa": {"@id": "urn:x:gpa", "@context": OB}},
    "no context in a scope": {"gpa": {"@id": "urn:x:gpa", "@context": None}},
}
LOSSES: dict[str, Document] = {
    "a member nobody defines": {"gpa": 3.9},
    "a type nobody defines": {"type": ["VerifiableCredential", "PhDDiploma"]},
    "a relative id": {"credentialSubject": {"id": "student-42", "mark": "A"}},
    "@index": {"mark": {"@value": "A", "@index": "PhD"}},
    "@included": {"@included": [{"id": "urn:x:1"}]},
    "@nest": {"@nest": {"mark": "A"}},
    "@reverse": {"@reverse": {"mark": {"id": "urn:x:1"}}},
    "@graph": {"@graph": []},
    "a blank predicate": {"_:gpa": "A"},
    "a free string": {"credentialSubject": ["x", {"id": "urn:x:1"}]},
    "a lone @language": {"mark": {"@language": "ja"}},
    "a null": {"mark": None},
    "a null in a list": {"mark": ["A", None]},
    "an empty node in @set": {"mark": {"@set": []}},
    "a whole IRI as a word": {NAME: "x"},
    "a compact IRI as a word": {"x:gpa": "A"},
    "a keyword that is none": {"@honours": "A"},
    "a space": {"mark s": "A"},
    "an empty word": {"": "A"},
    "a context below": {"credentialSubject": {"@context": {"name": NAME}, "name": "x"}},
    "a list in a list": {"mark": {"@list": [["A"]]}},
}
ADDRESSES = [
    "https://x.example/context.json",
    "http://www.w3.org/ns/credentials/v2",
    V2 + "/",
    V2 + "#",
    "https://WWW.W3.ORG/ns/credentials/v2",
    "file:///etc/passwd",
    "https ://not-a-url/contexts/example/v1",
    "",
]


@pytest.mark.parametrize("name", SWAPS)
def test_a_context_that_swaps_a_word_is_refused(name: str) -> None:
    with pytest.raises(UndefinedTermError):
        canonical_form(SWAPS[name], PINNED)


def test_no_meaning_a_pinned_context_has_a_word_for_gets_another_word() -> None:
    meanings = vocabulary(PINNED, PINNED.urls).meanings
    assert len(meanings) > 400
    for iri in meanings:
        for context in (
            {"renamed": iri},
            {"outer": {"@id": "urn:x:o", "@context": {"renamed": {"@id": iri}}}},
        ):
            with pytest.raises(UndefinedTermError):
                canonical_form(credential(V2, context, type=["VerifiableCredential"]), PINNED)


def test_no_word_of_the_named_contexts_gets_another_meaning() -> None:
    words = vocabulary(PINNED, (V2, OB)).words
    assert len(words) > 150
    for word in words:
        with pytest.raises(UndefinedTermError):
            canonical_form(badge({word: "https://x.example/#other"}), PINNED)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_context_that_does_more_than_add_words_is_refused(name: str) -> None:
    with pytest.raises(UndefinedTermError):
        canonical_form(credential(V2, SETTINGS[name], name="x"), PINNED)


@pytest.mark.parametrize("name", LOSSES)
def test_what_would_be_lost_beside_an_added_word_is_refused(name: str) -> None:
    mark = {"mark": "https://x.example/#mark", "x": "https://x.example/#"}
    assert canonical_form(credential(V2, mark, mark="A"), PINNED)
    with pytest.raises(UndefinedTermError):
        canonical_form(credential(V2, mark, **LOSSES[name]), PINNED)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_not_pinned_is_refused_beside_an_added_word_too(address: str) -> None:
    for contexts in ([V2, address], [V2, address, {"gpa": "urn:x:gpa"}], [V2, {"gpa": "urn:x:gpa"}, address]):
        with pytest.raises(UndefinedTermError) as refused:
            canonical_form(credential(*contexts), PINNED)
        assert refused.value.facts["got"] == address


@pytest.mark.parametrize("entry", [None, 123192875, [], [V2], True])
def test_what_is_no_context_is_refused_beside_an_added_word(entry: object) -> None:
    with pytest.raises(UndefinedTermError):
        canonical_form(credential(V2, {"gpa": "urn:x:gpa"}, entry), PINNED)


def test_a_protected_word_of_the_document_is_not_redefined_by_a_later_context() -> None:
    mine = {"@protected": True, "Mine": "https://x.example/#Mine"}
    again = {"Mine": "https://x.example/#Other"}
    types = ["VerifiableCredential", "Mine"]
    assert canonical_form(credential(V2, mine, type=types), PINNED)
    with pytest.raises(UndefinedTermError, match="protected"):
        canonical_form(credential(V2, mine, again, type=types), PINNED)


def test_many_words_many_statements_and_deep_scopes_are_refused() -> None:
    deep: Document = {"w": "urn:x:w"}
    for _ in range(5):
        deep = {"w": {"@id": "urn:x:w", "@context": deep}}
    many = {f"w{number}": f"urn:x:{number}" for number in range(501)}
    nodes = [{"id": f"urn:x:{number}", "mark": "A"} for number in range(MAX_STATEMENTS)]
    for context, members in (
        (many, {}),
        (deep, {}),
        ({"mark": "urn:x:mark"}, {"credentialSubject": nodes}),
    ):
        with pytest.raises(LimitError):
            canonical_form(credential(V2, context, **members), PINNED)


def test_three_thousand_nested_nodes_are_a_clean_error() -> None:
    document = credential(V2, {"mark": "urn:x:mark"})
    inner = document
    for _ in range(3000):
        inner["mark"] = inner = {}
    with pytest.raises(LimitError):
        statements(document, PINNED)


@pytest.mark.parametrize("count", [1300, 4900])
def test_many_values_of_one_member_are_answered_soon(count: int) -> None:
    """PyLD compares each with all before."""
    values = [str(number) for number in range(count)]
    started = time.process_time()
    with contextlib.suppress(LimitError):
        canonical_form(credential(V2, {"mark": "urn:x:mark"}, mark=values), PINNED)
    assert time.process_time() - started < 2.0


def test_a_hostile_context_is_answered_soon() -> None:
    """The costliest the bounds let through: five hundred words in a scope, and many nodes with it."""
    words = {f"w{number}": f"urn:x:{number}" for number in range(490)}
    context = {"T": {"@id": "urn:x:T", "@context": words}, "has": "urn:x:has"}
    nodes = [{"type": "T", "w1": str(number)} for number in range(1300)]
    started = time.process_time()
    assert canonical_form(credential(V2, context, has=nodes), PINNED)
    assert time.process_time() - started < 2.0


def test_hostile_mixes_of_types_are_refused_soon() -> None:
    context: Document = {
        f"T{number}": {
            "@id": f"urn:x:T{number}",
            "@context": {f"w{number}_{word}": f"urn:x:{number}:{word}" for word in range(48)},
        }
        for number in range(10)
    }
    mixes = [{"type": list(mix)} for count in range(1, 5) for mix in combinations(context, count)]
    started = time.process_time()
    with pytest.raises(LimitError, match="types"):
        canonical_form(credential(V2, {**context, "has": "urn:x:has"}, has=mixes), PINNED)
    assert time.process_time() - started < 2.0


def test_a_difference_of_the_second_reading_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    document = GOOD["a word"]
    good = _second_reading.read(document, PINNED.documents)
    for wrong in (good[1:], [*good, (*good[0][:3], "<urn:x:g>")], [*good[1:], ("_:b0", *good[0][1:])]):
        monkeypatch.setattr(_second_reading, "read", lambda *_, wrong=wrong: wrong)
        with pytest.raises(UndefinedTermError, match="two ways"):
            canonical_form(document, PINNED)


def test_the_document_is_left_as_it_was() -> None:
    document = license_(V2, LICENSE)
    before = copy.deepcopy(document)
    canonical_form(document, PINNED)
    assert document == before


def test_nothing_a_document_adds_is_kept_for_the_next() -> None:
    canonical_form(GOOD["a word"], PINNED)
    with pytest.raises(UndefinedTermError):
        canonical_form(credential(V2, credentialSubject={"id": "did:example:s", "gpa": 3.9}), PINNED)
