# SPDX-License-Identifier: Apache-2.0
"""Nothing is lost on the way from a document to what is signed: each flaw is refused, its twin is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gakusho.errors import GakushoError, LimitError, UndefinedTermError, UnreadableError
from gakusho.formats import _contexts
from gakusho.proof.canonical import canonicalize
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import quads

Document = dict[str, Any]
Change = Callable[[Document], object]
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


def _subject(document: Document) -> Document:
    subject: Document = document["credentialSubject"]
    return subject


def _swap(document: Document) -> None:
    inline = {"name": "https://schema.org/description", "description": "https://schema.org/name"}
    document["@context"].append(inline)


FLAWS: dict[str, Change] = {
    "L01 undefined member at the top": lambda d: d.update(honours="first"),
    "L01 undefined member inside": lambda d: _subject(d).update(gpa="4.0"),
    "L01 undefined member in a list": lambda d: d["evidence"][0].update(grade="A"),
    "L02 undefined type at the top": lambda d: d["type"].append("PhDDiploma"),
    "L02 undefined type inside": lambda d: _subject(d)["type"].append("PhDDiploma"),
    "L02 relative type": lambda d: _subject(d).update(type="Person/1"),
    "L03 relative subject id": lambda d: _subject(d).update(id="student-42"),
    "L03 empty id": lambda d: _subject(d).update(id=""),
    "L03 id with a space": lambda d: _subject(d).update(id="did:example:a b"),
    "L03 id that closes its brackets": lambda d: _subject(d).update(id="did:x:a> <b"),
    "L03 id that is no string": lambda d: _subject(d).update(id={"a": 1}),
    "L04 @index": lambda d: d.update({"@index": "PhD"}),
    "L04 @index in a value": lambda d: d.update(name={"@value": "x", "@index": "PhD"}),
    "L04 @included": lambda d: d.update({"@included": [{"id": "urn:x:1", "name": "PhD"}]}),
    "L04 blank-node member": lambda d: d.update({"_:gpa": "4.0"}),
    "L04 bare string as subject": lambda d: d.update(credentialSubject=[_subject(d), "PhD"]),
    "L04 bare number as subject in a graph": lambda d: d.update(proof=7),
    "L04 @nest": lambda d: d.update({"@nest": {"name": "PhD"}}),
    "L04 @reverse": lambda d: d.update({"@reverse": {"issuer": {"id": "urn:x:1"}}}),
    "L04 lone @language": lambda d: d.update({"@language": "en"}),
    "L04 @language beside nothing": lambda d: d.update(name={"@language": "en"}),
    "L04 null": lambda d: d.update(name=None),
    "L04 null in a value": lambda d: d.update(name={"@value": None}),
    "L04 malformed language": lambda d: d.update(name={"@value": "x", "@language": "not a language"}),
    "L04 malformed direction": lambda d: d.update(name={"@value": "x", "@direction": "up"}),
    "L04 object as value": lambda d: d.update(name={"@value": {"a": 1}}),
    "L05 keyword-like member": lambda d: d.update({"@honours": "first"}),
    "L05 member with a space": lambda d: d.update({"grade point": "4.0"}),
    "L05 empty member": lambda d: d.update({"": "4.0"}),
    "L05 inline context": lambda d: d["@context"].append({"name": None}),
    "L06 swapped by an inline context": _swap,
    "L07 context below the top": lambda d: _subject(d).update({"@context": V2}),
    "L07 full IRI instead of the term": lambda d: d.update({"https://schema.org/name": d.pop("name")}),
    "L07 empty @graph": lambda d: d.update({"@graph": []}),
    "L07 second spelling of the id": lambda d: d.update({"@id": d["id"]}),
    "L07 second spelling of the type": lambda d: d.update({"@type": "VerifiableCredential"}),
    "L08 unknown context": lambda d: d["@context"].append("https://attacker.example/v1"),
    "L08 http instead of https": lambda d: d.update({"@context": ["http" + V2[5:], *d["@context"][1:]]}),
    "L08 trailing slash": lambda d: d.update({"@context": [V2 + "/", *d["@context"][1:]]}),
    "L08 fragment": lambda d: d.update({"@context": [V2 + "#", *d["@context"][1:]]}),
    "L08 upper case": lambda d: d.update({"@context": [V2.replace("www", "WWW"), *d["@context"][1:]]}),
    "L08 @import": lambda d: d["@context"].append({"@import": V2}),
    "L08 file": lambda d: d["@context"].append("file:///etc/passwd"),
    "L08 null context": lambda d: d.update({"@context": None}),
    "L08 no context": lambda d: d.pop("@context"),
    "L08 empty context": lambda d: d.update({"@context": []}),
    "L08 context a number": lambda d: d.update({"@context": 5}),
    "L08 hundred contexts": lambda d: d.update({"@context": d["@context"] * 34}),
    "L10 @vocab null": lambda d: d["@context"].append({"@vocab": None}),
    "list in a list": lambda d: _subject(d)["achievement"].update(tag=[["a"]]),
    "list object with more": lambda d: _subject(d)["achievement"].update(tag={"@list": ["a"], "@index": "b"}),
    "@set object": lambda d: _subject(d)["achievement"].update(tag={"@set": ["a"]}),
    "type that is no string": lambda d: d.update(type=[{"a": 1}]),
    "graph holding only an id": lambda d: d.update(proof={"id": "urn:x:1"}),
    "graph holding nothing": lambda d: d.update(proof=[{}]),
    "two protected contexts that disagree": lambda d: d["@context"].insert(
        1, "https://www.w3.org/2018/credentials/v1"
    ),
}


@pytest.mark.parametrize("change", FLAWS.values(), ids=FLAWS.keys())
def test_what_would_be_lost_or_misread_is_refused(
    change: Change, document: Callable[[str], Document], contexts: Contexts
) -> None:
    untouched = document("open_badge_3")
    assert quads(untouched, contexts)
    change(untouched)
    with pytest.raises(UndefinedTermError) as caught:
        quads(untouched, contexts)
    assert "got" in caught.value.facts


def test_the_place_of_the_flaw_is_named_as_a_json_pointer(
    document: Callable[[str], Document], contexts: Contexts
) -> None:
    flawed = document("open_badge_3")
    flawed["credentialSubject"]["achievement"]["alignment"][0]["a/b~c"] = 1
    with pytest.raises(UndefinedTermError) as caught:
        quads(flawed, contexts)
    assert caught.value.facts["path"] == "/credentialSubject/achievement/alignment/0/a~1b~0c"
    assert caught.value.facts["got"] == "a/b~c"


CHANGES: dict[str, Change] = {
    "a word": lambda d: d.update(name="Other"),
    "a word inside": lambda d: _subject(d)["achievement"].update(name="Other"),
    "another type that is defined": lambda d: _subject(d).update(type=["AchievementSubject", "Profile"]),
    "the order of a list": lambda d: _subject(d)["achievement"]["resultDescription"][0][
        "allowedValue"
    ].reverse(),
    "a number": lambda d: _subject(d)["achievement"].update(creditsAvailable=124),
    "a truth value": lambda d: _subject(d)["identifier"][0].update(hashed=True),
    "a language": lambda d: d.update(name={"@value": d["name"], "@language": "ja"}),
    "a direction": lambda d: d.update(name={"@value": d["name"], "@direction": "ltr"}),
    "an empty object": lambda d: d.update(termsOfUse={}),
    "a member removed": lambda d: _subject(d).pop("result"),
    "a member moved": lambda d: d.update(description=d.pop("name")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_allowed_change_changes_what_is_signed(
    change: Change, document: Callable[[str], Document], contexts: Contexts
) -> None:
    changed = document("open_badge_3")
    before = canonicalize(quads(changed, contexts))
    change(changed)
    assert canonicalize(quads(changed, contexts)) != before


def test_order_of_members_and_of_sets_does_not_matter(
    document: Callable[[str], Document], contexts: Contexts
) -> None:
    one = document("open_badge_3")
    other = dict(reversed(one.items()))
    other["credentialSubject"]["achievement"]["tag"] = ["b", "a"]
    assert canonicalize(quads(one, contexts)) == canonicalize(quads(other, contexts))


def test_an_embedded_credential_may_bring_its_context_and_nothing_else_may(
    document: Callable[[str], Document], contexts: Contexts
) -> None:
    transcript = document("clr_2")
    assert quads(transcript, contexts)
    transcript["credentialSubject"]["verifiableCredential"][0]["type"] = ["Achievement"]
    with pytest.raises(UndefinedTermError):
        quads(transcript, contexts)


def test_a_flaw_inside_an_embedded_credential_or_its_proof_is_found(
    document: Callable[[str], Document], contexts: Contexts
) -> None:
    for change in ("credentialSubject", "proof"):
        presentation = document("presentation")
        presentation["verifiableCredential"][0][change]["note"] = "PhD"
        with pytest.raises(UndefinedTermError) as caught:
            quads(presentation, contexts)
        assert caught.value.facts["path"] == f"/verifiableCredential/0/{change}/note"


def test_deep_and_huge_documents_end_in_a_limit(contexts: Contexts) -> None:
    deep: Document = {}
    for _ in range(3000):
        deep = {"nested": deep}
    with pytest.raises(LimitError):
        quads({"@context": [V2, EXAMPLES], "nested": deep}, contexts)
    wide = {"@context": [V2, EXAMPLES], "n": [{"a": i} for i in range(30_000)]}
    with pytest.raises(LimitError):
        quads(wide, contexts)


@pytest.mark.parametrize(
    "value",
    [["x"] * 60_000, {"@list": ["x"] * 30_000}, [["x"] for _ in range(60_000)]],
    ids=["set", "list", "lists"],
)
def test_a_long_list_ends_in_a_limit(value: object, contexts: Contexts) -> None:
    with pytest.raises(LimitError):
        quads({"@context": [V2, EXAMPLES], "n": value}, contexts)
    many = {f"m{number}": "x" for number in range(60_000)}
    with pytest.raises(LimitError):
        quads({"@context": [V2, EXAMPLES], **many}, contexts)


def test_a_deep_list_is_refused_without_recursion(contexts: Contexts) -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UndefinedTermError):
        quads({"@context": [V2, EXAMPLES], "n": deep}, contexts)


def test_json_content_is_signed_whole_and_bounded() -> None:
    own = Contexts({"urn:x:json": {"@context": {"data": {"@id": "urn:x:data", "@type": "@json"}}}})
    document = {"@context": "urn:x:json", "data": {"b": [1, None, 1e21, 0.1], "a": "ü"}}
    assert quads(document, own) == [
        (
            "_:b0",
            "<urn:x:data>",
            '"{\\"a\\":\\"ü\\",\\"b\\":[1,null,1e+21,0.1]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>',
            "",
        )
    ]
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(LimitError):
        quads({"@context": "urn:x:json", "data": deep}, own)


def test_a_lone_surrogate_in_a_document_is_refused(contexts: Contexts) -> None:
    with pytest.raises(UnreadableError):
        quads({"@context": V2, "type": "VerifiableCredential", "name": "\ud800"}, contexts)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_values_that_are_not_json_are_refused(value: object, contexts: Contexts) -> None:
    with pytest.raises(GakushoError):
        quads({"@context": [V2, EXAMPLES], "n": value}, contexts)


def test_every_pinned_context_compiles_with_everything_scoped_in_it() -> None:
    for entry in _contexts.manifest():
        for content in _contexts.contents(entry["url"]):
            documents: dict[str, Any] = {e["url"]: _contexts.document(e["url"]) for e in _contexts.manifest()}
            contexts = Contexts({**documents, entry["url"]: content})
            _compile_all(contexts, entry["url"])


def _compile_all(contexts: Contexts, url: str) -> None:
    active = contexts.active(url)
    pending, seen = [active], {id(active)}
    while pending:
        current = pending.pop()
        for name, term in current.terms.items():
            if term.scope is None or (name[0].isupper() and current.previous is not None):
                continue
            is_type = name[0].isupper() or name[0].isdigit()
            found = contexts.typed(current, (name,)) if is_type else contexts.scoped(current, term.scope)
            if id(found) not in seen:
                seen.add(id(found))
                pending.append(found)
    assert len(seen) < 200


def test_alternating_scoped_contexts_make_no_more_contexts_than_there_are(
    document: Callable[[str], Document],
) -> None:
    contexts = Contexts({e["url"]: _contexts.document(e["url"]) for e in _contexts.manifest()})
    shape = json.dumps(document("clr_2"))
    for number in range(50):
        quads(json.loads(shape.replace("Course 1", f"Course {number}")), contexts)
    assert len(contexts._interned) < 60


ODD: list[object] = [
    None,
    True,
    0,
    1.5,
    "",
    "x",
    "@id",
    "@type",
    "_:",
    "_:x",
    [],
    [[]],
    [None],
    {},
    {"@value": 1},
    {"x": []},
    ["a", {}],
]
KEYWORDS = [
    "@base",
    "@container",
    "@context",
    "@default",
    "@direction",
    "@graph",
    "@id",
    "@import",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@version",
    "@vocab",
    "@anything",
]


@pytest.mark.parametrize("keyword", [*KEYWORDS, "id", "type"])
def test_an_odd_value_of_any_keyword_anywhere_ends_in_a_clear_error_or_is_signed(
    keyword: str, document: Callable[[str], Document], contexts: Contexts
) -> None:
    plain = canonicalize(quads(document("open_badge_3"), contexts))
    for odd in ODD:
        places: list[Document] = [{keyword: odd}, {"@value": "x", keyword: odd}, {"@list": [], keyword: odd}]
        for where in ("name", "issuer", "credentialSubject", "evidence", "proof", "credentialSchema"):
            for place in places:
                _signed_or_refused({**document("open_badge_3"), where: place}, plain, contexts)
        changed = {**document("open_badge_3"), keyword: odd}
        if changed != document("open_badge_3"):
            _signed_or_refused(changed, plain, contexts)


def _signed_or_refused(changed: Document, plain: str, contexts: Contexts) -> None:
    try:
        form = canonicalize(quads(changed, contexts))
    except GakushoError:
        return
    assert form != plain
