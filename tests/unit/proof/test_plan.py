# SPDX-License-Identifier: Apache-2.0
"""The quick way from a document to its canonical form gives the bytes of the strict compiler, or nothing."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gakusho.errors import GakushoError
from gakusho.formats import _contexts
from gakusho.proof import _shapes
from gakusho.proof.canonical_form import canonical_form, plain_form
from gakusho.proof.contexts import Contexts
from gakusho.proof.plan import planned_form

Document = dict[str, Any]
Load = Callable[[str], Document]
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
NASTY = (
    "", "plain", "学証", 'a "quote"', "back\\slash", "tab\tline\nfeed\r", "\x00\x1f\x7f", "\u0085", "\ufffe",
    "\U0001f393", "\ud800", "<a>", "https://x.example/?q=1#a", "https://x.example/ a", "urn:x:<y>",
    "urn:x:\u0085", "_:b0", "b0", "@id", "@type", "@none", "https", "https:", ":", "xsd:string", "did:x:学",
    "mailto:a@b.example", "Profile", "Achievement", "2026-01-01T00:00:00Z", "urn:x:\ud800", "Ed25519:a",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e21,
    1e-9,
    2**53 - 1,
    [],
    {},
    [[]],
    [None],
    ["a", "a"],
    ["a", {"id": "urn:x:1"}],
    {"id": "urn:x:1"},
    {"@id": "urn:x:1"},
    {"id": "urn:x:1", "type": "Profile"},
    {"type": "Profile"},
    {"type": 5},
    {"type": ["Profile", "Address"], "name": "N"},
    {"type": "Nothing"},
    {"id": 5},
    {"id": "_:b1"},
    {"@value": 5},
    {"@value": "v"},
    {"@value": "v", "@language": "ja"},
    {"@value": "\ud800"},
    {"@value": 'q"'},
    {"@graph": []},
    {"@value": "v", "@language": "en", "@direction": "rtl"},
    {"@value": "v", "@type": "xsd:date"},
    {"@list": ["a"]},
    {"@set": ["a"]},
    {"@list": ["a"], "id": "urn:x:1"},
    {"@context": V2},
    {"undefined": 1},
    {"@context": [V2], "type": "VerifiableCredential"},
    {"@context": [V2, {}]},
    {"id": "urn:x:1", "@id": "urn:x:1"},
    {"name": "N", "@type": "Profile"},
    {"@index": "i"},
    {"": "empty"},
    {"@unknown": 1},
)


def both(document: Document, contexts: Contexts, algorithm: str = "sha256") -> tuple[str | None, str | None]:
    """Give what the quick way gives, and what the strict compiler gives; None where it refuses."""
    try:
        plain = plain_form(document, contexts, algorithm=algorithm)
        plain.encode()
    except (GakushoError, UnicodeEncodeError, OverflowError):
        plain = None
    return planned_form(document, contexts, algorithm=algorithm), plain


@pytest.mark.parametrize("algorithm", ["sha256", "sha384"])
@pytest.mark.parametrize("name", ["clr_2", "open_badge_3", "endorsement", "status_list", "vc_1"])
def test_usual_documents_are_planned_and_have_the_same_bytes(
    name: str, algorithm: str, document: Load, contexts: Contexts
) -> None:
    planned, plain = both(document(name), contexts, algorithm)
    assert planned is not None
    assert planned == plain
    assert canonical_form(document(name), contexts, algorithm=algorithm) == plain


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every container with each of its keys or indices."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def changed(document: Document, draw: random.Random) -> Document:
    """Give the document with one to three things replaced, left out, repeated, moved or added."""
    document = copy.deepcopy(document)
    for _ in range(draw.randint(1, 3)):
        container, key = draw.choice(list(places(document)))
        match draw.randrange(7):
            case 0 | 1:
                container[key] = draw.choice(NASTY)
            case 2:
                container[key] = copy.deepcopy(draw.choice(ODD))
            case 3:
                del container[key]
            case 4 if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case 4:
                container[key] = [copy.deepcopy(container[key]), copy.deepcopy(container[key])]
            case 5:
                _, (other, place) = 0, draw.choice(list(places(document)) or [(container, key)])
                container[key] = copy.deepcopy(other[place])
            case 6 if isinstance(container, dict):
                container[draw.choice(["name", "id", "type", "tag", "image", "undefined"])] = draw.choice(
                    NASTY
                )
    return document


def test_changed_documents_have_the_same_bytes_or_are_not_planned(document: Load, contexts: Contexts) -> None:
    draw = random.Random(20261121)  # no secret: the same documents each time
    planned_ones = refused = 0
    for name, count in (("open_badge_3", 900), ("endorsement", 500), ("vc_1", 300), ("clr_2", 60)):
        original = document(name)
        for _ in range(count):
            spoiled = changed(original, draw)
            planned, plain = both(spoiled, contexts)
            assert planned is None or planned == plain, spoiled
            planned_ones += planned is not None
            refused += plain is None
    assert planned_ones > 300
    assert refused > 500


def proof(number: int) -> Document:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-25T00:00:00Z",
        "verificationMethod": "did:web:aoba.example#key",
        "proofPurpose": "assertionMethod",
        "proofValue": f"z{number}",
    }


def signed_inside(document: Document) -> Document:
    """Give a transcript of which every course has a proof of its own, one of them two, one of them none."""
    inside = document["credentialSubject"]["verifiableCredential"]
    inside.extend(copy.deepcopy(inside[0]) for _ in range(3))
    for number, course in enumerate(inside):
        course["id"] = f"urn:x:{number}"
        course["proof"] = [proof(number), proof(number + 100)] if number == 1 else proof(number)
    del inside[-1]["proof"]
    return document


@pytest.mark.parametrize("algorithm", ["sha256", "sha384"])
def test_a_transcript_of_signed_courses_is_planned_and_has_the_same_bytes(
    algorithm: str, document: Load, contexts: Contexts
) -> None:
    planned, plain = both(signed_inside(document("clr_2")), contexts, algorithm)
    assert planned is not None
    assert planned == plain


def test_proofs_that_are_alike_or_odd_have_the_same_bytes_or_are_not_planned(
    document: Load, contexts: Contexts
) -> None:
    odd: tuple[Any, ...] = (
        [proof(1)] * 2,
        [proof(1)] * 3,
        [proof(1), {**proof(1), "id": "urn:x:proof"}],
        {**proof(1), "id": "urn:x:1"},
        {**proof(1), "proofValue": ["z1", "z1"]},
        {**proof(1), "expires": ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"], "domain": ["b", "a", "b"]},
        {**proof(1), "previousProof": ["urn:x:a", "urn:x:b"]},
        {**proof(1), "proofPurpose": ["assertionMethod", "authentication"]},
        {**proof(1), "verificationMethod": {"id": "did:web:aoba.example#key", "type": "Multikey"}},
        {**proof(1), "verificationMethod": {"type": "Multikey"}},
        {**proof(1), "@context": V2},
        {**proof(1), "@context": [V2]},
        {**proof(1), "created": '"\n'},
        {"type": "DataIntegrityProof"},
        {},
        [],
        [[]],
        None,
        "z1",
        {"@value": "z1"},
        {"@list": [proof(1)]},
        {"@graph": [proof(1)]},
    )
    same = 0
    for one in odd:
        for name in ("clr_2", "open_badge_3"):
            changed_one = document(name)
            holder = changed_one
            if name == "clr_2":
                holder = signed_inside(changed_one)["credentialSubject"]["verifiableCredential"][0]
            holder["proof"] = copy.deepcopy(one)
            planned, plain = both(changed_one, contexts)
            assert planned is None or planned == plain, one
            same += planned is not None
    assert same > 12


def test_transcripts_of_signed_courses_that_are_changed_have_the_same_bytes_or_are_not_planned(
    document: Load, contexts: Contexts
) -> None:
    draw = random.Random(20261122)  # no secret: the same documents each time
    original = signed_inside(document("clr_2"))
    original["credentialSubject"]["verifiableCredential"] = original["credentialSubject"][
        "verifiableCredential"
    ][-4:]
    planned_ones = 0
    for _ in range(150):
        spoiled = changed(original, draw)
        planned, plain = both(spoiled, contexts)
        assert planned is None or planned == plain, spoiled
        planned_ones += planned is not None
    assert planned_ones > 30


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.text(max_size=3), max_size=4),
    st.lists(st.sampled_from(["a", "b"]), max_size=4),
    st.integers(1, 9),
)
def test_lists_and_equal_nodes_without_an_id_have_the_same_bytes(
    tags: list[str], values: list[str], copies: int
) -> None:
    contexts = _contexts.contexts()
    described = {"type": "ResultDescription", "name": "N", "allowedValue": values}
    document = {
        "@context": [V2, OB],
        "id": "urn:x:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {
            "type": "AchievementSubject",
            "achievement": {"type": "Achievement", "tag": tags, "resultDescription": [described] * copies},
        },
    }
    planned, plain = both(document, contexts)
    assert planned == plain
    assert (planned is None) is (plain is None)


def test_a_document_is_planned_whatever_is_written_in_its_texts(document: Load, contexts: Contexts) -> None:
    badge = document("open_badge_3")
    for text in ('"', "\\", "\n", "\x7f", "\ufffe", "学証"):
        badge["credentialSubject"]["achievement"]["name"] = text
        planned, plain = both(badge, contexts)
        assert planned is not None
        assert planned == plain


def test_what_the_compiler_refuses_has_no_plan(document: Load, contexts: Contexts) -> None:
    wrong: tuple[Any, ...] = (
        "relative",
        "https://x.example/ a",
        "_:b0",
        "urn:x:\ud800",
        {"undefined": 1},
        None,
        [[]],
    )
    for value in wrong:
        badge = document("open_badge_3")
        assert planned_form(badge, contexts) is not None
        badge["issuer"]["id"] = value
        assert planned_form(badge, contexts) is None
    assert planned_form({"@context": [{"name": "https://x.example/n"}], "name": "x"}, contexts) is None
    assert planned_form({"name": "x"}, contexts) is None
    assert planned_form(document("open_badge_3"), contexts, algorithm="md5") is None


def test_documents_of_ever_new_shapes_fill_no_memory(document: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gakusho.proof.plan.MAX_KEPT", 20)
    badge = document("open_badge_3")
    contexts = Contexts({url: _contexts.document(url) for url in badge["@context"]})
    draw = random.Random(1)  # no secret
    for _ in range(40):
        achievement = badge["credentialSubject"]["achievement"]
        members = list(achievement.items())
        draw.shuffle(members)
        badge["credentialSubject"]["achievement"] = dict(members)
        planned, plain = both(badge, contexts)
        assert planned == plain is not None
        badge["!" * 1_000] = "undefined members are kept nowhere"
        assert planned_form(badge, contexts) is None
        del badge["!" * 1_000]
        assert len(contexts.shapes) <= 20
    assert not any("!" in key for keys in contexts.shapes for key in keys)
    assert all(len(shape.plans) <= _shapes.MAX_MEMBERS for shape in contexts.shapes.values())
