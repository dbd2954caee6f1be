# SPDX-License-Identifier: Apache-2.0
"""Forgeries in JSON-LD and Data Integrity: what is shown was signed, or it is refused."""

from __future__ import annotations

import copy
import json
import unicodedata
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from tests.fakes.university import NOW, MemorySigner, University
from tests.vectors.forgeries.forging import (
    SUBJECT,
    Change,
    Json,
    badge,
    believed,
    changed,
    judged,
    open_to_doubt,
    put,
    refused,
    signed_again,
    unsigned,
)

from gakusho.errors import InputError, UndefinedTermError
from gakusho.formats.verifiable_credential import FORMAT as PLAIN
from gakusho.model.report import Outcome

requirement = pytest.mark.requirement
UNIVERSITY = University()
BADGE = badge(UNIVERSITY)
again = partial(signed_again, UNIVERSITY)
VC = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def forged(change: Change) -> Json:
    return changed(BADGE, change)


def test_the_untouched_twin_is_valid() -> None:
    believed(UNIVERSITY, BADGE)
    believed(UNIVERSITY, again(unsigned(BADGE)))


PLACES: tuple[tuple[str | int, ...], ...] = (
    (),
    (SUBJECT,),
    (SUBJECT, "achievement"),
    (SUBJECT, "achievement", "criteria"),
    (SUBJECT, "result", 0),
    ("issuer",),
    ("evidence", 0),
    ("credentialStatus", 0),
    ("proof",),
)


@requirement("Threat L01", "a member that no context defines is refused, wherever it stands")
@pytest.mark.parametrize("name", ["gpa", "honours", "urn", "Name"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: "/".join(map(str, place)) or "top")
def test_an_undefined_member(place: tuple[str | int, ...], name: str) -> None:
    refused(UNIVERSITY, forged(put(*place, name, value="4.0")), {"proof.complete"})


@requirement("Threat L02", "a type that no context defines is refused, wherever it stands")
@pytest.mark.parametrize("place", PLACES[:3] + PLACES[5:7], ids=lambda one: "/".join(map(str, one)) or "top")
def test_an_undefined_type(place: tuple[str | int, ...]) -> None:
    def change(document: Json) -> None:
        holder: Any = document
        for step in place:
            holder = holder[step]
        holder["type"] = [*([holder["type"]] if isinstance(holder["type"], str) else holder["type"]), "PhD"]

    refused(UNIVERSITY, forged(change), {"proof.complete"})


@requirement("Threat L03", "a subject whose id is relative is neither issued nor believed")
@pytest.mark.parametrize("name", ["student-42", "", "../x", "?a", "#a", "a b:c", "_", "//host/x"])
def test_a_relative_subject(name: str) -> None:
    refused(
        UNIVERSITY,
        forged(put(SUBJECT, "id", value=name)),
        {"proof.complete", "format.rules", "format.readable"},
    )
    with pytest.raises((UndefinedTermError, InputError)):
        UNIVERSITY.signed(changed(unsigned(BADGE), put(SUBJECT, "id", value=name)))


KEYWORDS: dict[str, Change] = {
    "@index": put(SUBJECT, "@index", value="PhD"),
    "value with @index": put("name", value={"@value": BADGE["name"], "@index": "PhD"}),
    "@included": put("@included", value=[{"id": "urn:a:1", "name": "PhD"}]),
    "_:": put(SUBJECT, "_:gpa", value="4.0"),
    "text among subjects": lambda document: document.update({SUBJECT: [document[SUBJECT], "PhD"]}),
    "@nest": put(SUBJECT, "@nest", value={"name": "PhD"}),
    "@reverse": put(SUBJECT, "@reverse", value={"issuer": "urn:a:1"}),
    "@language alone": put(SUBJECT, "narrative", value={"@language": "en"}),
    "@type beside type": put(SUBJECT, "@type", value="AchievementSubject"),
    "@id beside id": put(SUBJECT, "@id", value=BADGE[SUBJECT]["id"]),
    "@graph": put("@graph", value=[]),
    "@set": put("evidence", value={"@set": BADGE["evidence"]}),
    "@list": put("evidence", value={"@list": BADGE["evidence"]}),
    "@none": put("name", value={"@none": BADGE["name"]}),
    "@json": put("name", value={"@value": BADGE["name"], "@type": "@json"}),
    "@base": put("@base", value="https://evil.example/"),
}


@requirement("Threat L04", "the keywords of JSON-LD carry nothing past the signature")
@pytest.mark.parametrize("change", KEYWORDS.values(), ids=KEYWORDS.keys())
def test_keywords(change: Change) -> None:
    assert judged(UNIVERSITY, forged(change)).outcome is Outcome.INVALID


@requirement("Threat L05", "names that mean nothing are refused")
@pytest.mark.parametrize(
    "name", ["@honours", "", " ", "final grade", "a:b", "@", "\x00", "name ", "__proto__"]
)
def test_names_that_mean_nothing(name: str) -> None:
    refused(UNIVERSITY, forged(put(SUBJECT, name, value="A")), {"proof.complete"})


@requirement("Threat L05", "a term that an inline context makes null is refused")
def test_a_term_made_null() -> None:
    change = put("@context", len(BADGE["@context"]), value={"honours": None})
    refused(UNIVERSITY, forged(change), {"proof.complete"})


@requirement(
    "Threat L06", "words exchanged by another context are refused, the canonical form being the same"
)
@pytest.mark.parametrize("position", [0, 2, 3])
def test_exchanged_words(position: int) -> None:
    base = "https://schema.org/"
    swap = {"name": f"{base}description", "description": f"{base}name"}

    def change(document: Json) -> None:
        document["@context"].insert(position, swap)
        achievement = document[SUBJECT]["achievement"]
        achievement["name"], achievement["description"] = achievement["description"], achievement["name"]

    refused(UNIVERSITY, forged(change), {"proof.complete"})


@requirement(
    "Threat L06", "added words can be exchanged by whoever hands the document over, so they are doubtful"
)
def test_exchanged_words_of_ones_own() -> None:
    words = {"passed": "https://aoba.example/passed", "failed": "https://aoba.example/failed"}
    document = {
        "@context": [VC, words],
        "type": ["VerifiableCredential"],
        "issuer": UNIVERSITY.did,
        SUBJECT: {"id": "urn:a:learner", "passed": "mathematics", "failed": "physics"},
    }
    good = again(document)
    other = changed(good, put("@context", 1, value={"passed": words["failed"], "failed": words["passed"]}))
    other[SUBJECT] |= {"passed": "physics", "failed": "mathematics"}
    for made in (good, other):
        open_to_doubt(UNIVERSITY, made, "context.inline")
    twin = again({**document, "@context": [VC], SUBJECT: {"id": "urn:a:learner", "name": "mathematics"}})
    believed(UNIVERSITY, twin)


SHAPES: dict[str, Change] = {
    "context inside": put(SUBJECT, "@context", value={"gpa": "https://evil.example/gpa"}),
    "context inside, an address": put(SUBJECT, "@context", value="https://evil.example/context"),
    "null context inside": put(SUBJECT, "@context", value=None),
    "alias": put("@context", 2, value={"degree": "https://schema.org/name"}),
    "full address": put(SUBJECT, "https://schema.org/award", value="PhD"),
    "empty graph": put("@graph", value=[]),
    "prefix": put("@context", 2, value={"did": "https://evil.example/"}),
}


@requirement("Threat L07", "contexts inside, full addresses, aliases and empty graphs are refused")
@pytest.mark.parametrize("change", SHAPES.values(), ids=SHAPES.keys())
def test_other_shapes(change: Change) -> None:
    assert judged(UNIVERSITY, forged(change)).outcome is Outcome.INVALID


ADDRESSES = (
    "https://evil.example/context.json",
    "http://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/ns/credentials/v2/",
    "https://www.w3.org/ns/credentials/v2#",
    "https://WWW.W3.ORG/ns/credentials/v2",
    "https://www.w3.org/ns/credentials/v2?x",
    "https://www.w3.org/ns/./credentials/v2",
    "file:///etc/passwd",
    "data:application/json,{}",
    {"@import": "https://www.w3.org/ns/credentials/v2"},
    {"@propagate": False},
    5,
    None,
)


@requirement("Threat L08", "a context that is not pinned is refused and never asked for")
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_addresses_of_contexts(address: Any, position: int) -> None:
    assert judged(UNIVERSITY, forged(put("@context", position, value=address))).outcome is Outcome.INVALID


@requirement("Threat L09", "small cliques of objects without id are done, large ones refused")
@pytest.mark.parametrize("size", [3, 4, 5, 6, 7, 8, 10])
def test_cliques(size: int) -> None:
    names = [f"_:b{n}" for n in range(size)]
    nodes = [{"id": one, "type": ["Evidence"], "name": "x"} for one in names]
    links = [{**node, "narrative": "x", "genre": "y"} for node in nodes]
    document = changed(unsigned(BADGE), put("evidence", value=links))
    related = [
        {"id": one, "type": ["Related"], "alignment": [{"id": other} for other in names if other != one]}
        for one in names
    ]
    document[SUBJECT]["achievement"]["related"] = related
    report = judged(UNIVERSITY, {**document, "proof": BADGE["proof"]})
    complete = next(one for one in report.checks if one.code == "proof.complete")
    assert report.outcome is Outcome.INVALID
    assert complete.facts.get("reason") == ("too-complex" if size > 6 else None)


@requirement(
    "Threat L10", "contexts without vocabulary, deep and wide documents are findings, never accidents"
)
@pytest.mark.parametrize(
    "change",
    [
        put("@context", 2, value={"@vocab": None}),
        put("@context", value={"@vocab": None}),
        lambda document: document.update({SUBJECT: json.loads('{"a":' * 60 + "1" + "}" * 60)}),
        put("evidence", value=["x"] * 50_000),
        put("evidence", value=[{"type": ["Evidence"]}] * 30_000),
    ],
    ids=["no vocabulary", "nothing but that", "deep", "texts", "objects"],
)
def test_what_breaks_others(change: Change) -> None:
    assert judged(UNIVERSITY, forged(change)).outcome is Outcome.INVALID


@requirement("Threat L23", "the same letters composed otherwise are another text")
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_composition(suite: str) -> None:
    key = replace(UNIVERSITY.key, suite=suite)
    document = changed(unsigned(BADGE), put("name", value="学士が"))
    good = PLAIN.seal(document, key=key, now=NOW)
    believed(UNIVERSITY, good)
    other = changed(good, put("name", value=unicodedata.normalize("NFD", good["name"])))
    refused(UNIVERSITY, other, {"proof.signature"})


@requirement("Threat L24", "an entry twice, or in another order, says nothing else than what was signed")
def test_sets_of_values() -> None:
    good = believed(UNIVERSITY, BADGE)
    turned = changed(BADGE, lambda document: document[SUBJECT]["result"].reverse())
    report = judged(UNIVERSITY, turned)
    if report.outcome is Outcome.VALID:
        assert report.credential is not None
        assert good.credential is not None
        assert set(report.credential.results) == set(good.credential.results)
    doubled = changed(BADGE, lambda d: d[SUBJECT]["result"].append(copy.deepcopy(d[SUBJECT]["result"][0])))
    assert judged(UNIVERSITY, doubled).outcome is Outcome.INVALID


@requirement("Threat L26", "what a credential points to is not fetched, and a digest that differs is found")
def test_what_is_pointed_to() -> None:
    pointing = changed(
        unsigned(BADGE),
        lambda document: document.update(
            {
                "termsOfUse": [{"id": "https://evil.example/terms", "type": "urn:a:Terms"}],
                "refreshService": [{"id": "https://evil.example/refresh", "type": "urn:a:Refresh"}],
            }
        ),
    )
    believed(UNIVERSITY, again(pointing))
    digest = "sha256-" + "A" * 43 + "="
    wrong = changed(unsigned(BADGE), put("relatedResource", value=[{"id": VC, "digestSRI": digest}]))
    refused(UNIVERSITY, again(wrong), {"resource.digest", "format.rules"})


def test_another_university_is_not_meant() -> None:
    other = University(did="did:web:aoba.example", signer=MemorySigner(b"o" * 32))
    refused(UNIVERSITY, badge(other), {"proof.signature"})
    believed(other, badge(other))
