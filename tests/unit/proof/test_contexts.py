# SPDX-License-Identifier: Apache-2.0
"""Each feature of a context means what it means in an independent JSON-LD processor, or is refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld

from gakusho.errors import UndefinedTermError, UnreadableError
from gakusho.proof.canonical import canonicalize
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import quads

Document = dict[str, Any]
X = "https://x.example/"


def given(*contexts: object) -> dict[str, Document]:
    return {f"{X}c{number}": {"@context": context} for number, context in enumerate(contexts)}


def ours(documents: dict[str, Document], document: Document) -> str:
    full = {"@context": list(documents), **document}
    return canonicalize(quads(full, Contexts(documents)))


def independently(documents: dict[str, Document], document: Document) -> str:
    def loader(url: str, _: object) -> Document:
        return {"contextUrl": None, "documentUrl": url, "document": copy.deepcopy(documents[url])}

    full = {"@context": list(documents), **copy.deepcopy(document)}
    options = {"format": "application/n-quads", "rdfDirection": "i18n-datatype", "documentLoader": loader}
    text = jsonld.to_rdf(full, {**options, "base": ""})
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ((ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"").decode() for quad in dataset)
    return "".join(sorted(lines))


P = {"@id": X + "p"}
SAME: dict[str, tuple[list[object], Document]] = {
    "alias of id and type": ([{"id": "@id", "kind": "@type", "T": X + "T"}], {"id": X + "1", "kind": "T"}),
    "alias of value and language": (
        [{"v": "@value", "l": "@language", "p": X + "p"}],
        {"p": {"v": "x", "l": "en-US"}},
    ),
    "prefix in a definition": ([{"x": X, "p": "x:p"}], {"p": "v"}),
    "prefix in an id": ([{"x": X, "p": {"@id": "x:p", "@type": "@id"}}], {"p": "x:thing"}),
    "prefix used before it is defined": ([{"p": "x:p", "x": X}], {"p": "v"}),
    "a term that is no prefix": (
        [{"x": {"@id": X}, "p": {"@id": X + "p", "@type": "@id"}}],
        {"p": "x:thing"},
    ),
    "@prefix true": (
        [{"x": {"@id": X + "y", "@prefix": True}, "p": {"@id": "x:p", "@type": "@id"}}],
        {"p": "x:q"},
    ),
    "vocabulary": ([{"@vocab": X}], {"p": {"q": 1}, "@type": "T"}),
    "vocabulary taken over": ([{"@vocab": X + "a#"}, {"@vocab": X + "b#", "p": "q"}], {"p": 1}),
    "coercion to vocab": ([{"@vocab": X, "p": {"@type": "@vocab"}, "q": X + "other"}], {"p": ["q", "r"]}),
    "coercion to none": ([{"p": {**P, "@type": "@none"}}], {"p": ["x", 1, True]}),
    "coercion of numbers": ([{"p": {**P, "@type": X + "t"}}], {"p": [1, 1.5, True, "x"]}),
    "coercion to id of a number": ([{"p": {**P, "@type": "@id"}}], {"p": 5}),
    "list": ([{"p": {**P, "@container": "@list"}}], {"p": ["a", "b", "a"]}),
    "empty list": ([{"p": {**P, "@container": "@list"}}], {"p": []}),
    "one in a list": ([{"p": {**P, "@container": "@list"}}], {"p": "a"}),
    "list of nodes": (
        [{"p": {**P, "@container": "@list", "@type": "@id"}, "q": X + "q"}],
        {"p": [{"q": 1}, X + "2"]},
    ),
    "list object": ([{"p": X + "p"}], {"p": {"@list": ["a", 1]}}),
    "set": ([{"p": {**P, "@container": "@set"}}], {"p": ["a", "a", "b"]}),
    "empty set": ([{"p": {**P, "@container": "@set"}, "q": X + "q"}], {"p": [], "q": 1}),
    "language map": (
        [{"p": {**P, "@container": "@language"}}],
        {"p": {"en": ["a", "b"], "ja": "c", "@none": "d"}},
    ),
    "language map and set": ([{"p": {**P, "@container": ["@language", "@set"]}}], {"p": {"en": "a"}}),
    "language of a term": ([{"p": {**P, "@language": "JA"}}], {"p": "a"}),
    "language of the document": ([{"@language": "en", "p": X + "p"}], {"p": ["a", 1, {"@value": "b"}]}),
    "language taken back": ([{"@language": "en", "p": {**P, "@language": None}}], {"p": "a"}),
    "direction of a term": ([{"p": {**P, "@language": "ar", "@direction": "rtl"}}], {"p": "a"}),
    "direction of the document": ([{"@direction": "rtl", "p": X + "p"}], {"p": "a"}),
    "graph": ([{"p": {**P, "@container": "@graph"}, "q": X + "q"}], {"p": [{"q": 1}, {"q": 2}]}),
    "graph in a graph": ([{"p": {**P, "@container": "@graph"}, "q": X + "q"}], {"p": {"p": {"q": 1}}}),
    "JSON": ([{"p": {**P, "@type": "@json"}}], {"p": {"b": [1, 2.5, None], "a": "x"}}),
    "JSON in a value": ([{"p": X + "p"}], {"p": {"@value": {"a": 1}, "@type": "@json"}}),
    "JSON null": ([{"p": {**P, "@type": "@json"}}], {"p": None}),
    "context of a type": (
        [{"@vocab": X, "T": {"@id": X + "T", "@context": {"p": X + "inner"}}}],
        {"@type": "T", "p": {"p": 1}},
    ),
    "context of a type that propagates": (
        [{"@vocab": X, "T": {"@id": X + "T", "@context": {"@propagate": True, "p": X + "inner"}}}],
        {"@type": "T", "p": {"p": 1}},
    ),
    "contexts of two types in the order of their names": (
        [
            {
                "@vocab": X,
                "B": {"@id": X + "B", "@context": {"p": X + "b"}},
                "A": {"@id": X + "A", "@context": {"p": X + "a", "q": X + "aq"}},
            }
        ],
        {"@type": ["B", "A"], "p": 1, "q": {"q": 2, "@type": "A"}},
    ),
    "context of a property": (
        [{"@vocab": X, "p": {**P, "@context": {"q": X + "inner"}}}],
        {"p": {"q": {"q": 1}}, "q": 2},
    ),
    "context of a property that does not propagate": (
        [{"@vocab": X, "p": {**P, "@context": {"@propagate": False, "q": X + "inner"}}}],
        {"p": {"q": {"q": 1}}, "q": 2},
    ),
    "context of a property that takes all back": (
        [{"@protected": True, "q": X + "q", "p": {**P, "@context": [None, {"q": X + "other"}]}}],
        {"p": {"q": 1}, "q": 2},
    ),
    "context of a property over one of a type": (
        [
            {
                "@vocab": X,
                "T": {"@id": X + "T", "@context": {"p": {**P, "@context": {"q": X + "deep"}}, "q": X + "t"}},
            }
        ],
        {"@type": "T", "q": 1, "p": {"q": 2, "p": {"q": 3}}},
    ),
    "a reference keeps the context of its type": (
        [{"@vocab": X, "T": {"@id": X + "T", "@context": {"id": "@id", "p": {**P, "@type": "@id"}}}}],
        {"@type": "T", "p": {"id": X + "1"}},
    ),
    "protected and defined again alike": (
        [{"@protected": True, "p": {"@id": X + "p"}}, {"p": X + "p"}],
        {"p": 1},
    ),
    "protected but taken over by a property's context": (
        [{"@protected": True, "q": X + "q", "p": {**P, "@context": {"q": X + "other"}}}],
        {"p": {"q": 1}, "q": 2},
    ),
    "types that are values too": ([{"@vocab": X}], {"p": {"@value": "x", "@type": "T"}}),
    "the same node twice": (
        [{"@vocab": X, "id": "@id"}],
        {"p": [{"id": X + "1", "q": 1}, {"id": X + "1", "r": 2}]},
    ),
    "blank nodes with labels": (
        [{"@vocab": X, "id": "@id"}],
        {"id": "_:b1", "p": [{"id": "_:b0", "q": 1}, {"id": "_:b1"}]},
    ),
}


@pytest.mark.parametrize(("contexts", "document"), SAME.values(), ids=SAME.keys())
def test_a_feature_means_what_it_means_elsewhere(contexts: list[object], document: Document) -> None:
    documents = given(*contexts)
    assert ours(documents, document) == independently(documents, document)


REFUSED: dict[str, tuple[list[object], Document]] = {
    "an id only the type's context knows": (
        [{"@vocab": X, "T": {"@id": X + "T", "@context": {"uuid": "@id"}}}],
        {"@type": "T", "uuid": X + "1", "p": 1},
    ),
    "an id the type's context makes a property": (
        [{"@vocab": X, "id": "@id", "T": {"@id": X + "T", "@context": {"id": X + "id"}}}],
        {"@type": "T", "id": X + "1", "p": 1},
    ),
    "a type only the type's context knows": (
        [{"@vocab": X, "T": {"@id": X + "T", "@context": {"kind": "@type"}}}],
        {"@type": "T", "kind": "U", "p": 1},
    ),
    "protected and defined otherwise": ([{"@protected": True, "p": X + "p"}, {"p": X + "q"}], {"p": 1}),
    "protected, repeated alike, then defined otherwise": (
        [{"@protected": True, "p": X + "p"}, {"p": X + "p"}, {"p": X + "q"}],
        {"p": 1},
    ),
    "protected and taken back": ([{"@protected": True, "p": X + "p"}, None, {"p": X + "q"}], {"p": 1}),
    "a protected term in a type's context": (
        [{"@protected": True, "p": X + "p", "T": {"@id": X + "T", "@context": {"p": X + "q"}}}],
        {"@type": "T", "p": 1},
    ),
    "a term set to null": ([{"@vocab": X, "p": None}], {"p": 1}),
    "a term set to null at length": ([{"@vocab": X, "p": {"@id": None}}], {"p": 1}),
    "a cycle": ([{"p": "q:x", "q": "p:x"}], {"p": 1}),
    "a reversed property": ([{"p": {"@reverse": X + "p"}}], {"p": {"@id": X + "1"}}),
    "a nested property": ([{"n": "@nest", "p": {**P, "@nest": "n"}}], {"n": {"p": 1}}),
    "an index map": ([{"p": {**P, "@container": "@index"}}], {"p": {"a": 1}}),
    "an id map": ([{"p": {**P, "@container": "@id"}, "q": X + "q"}], {"p": {X + "1": {"q": 1}}}),
    "a type map": ([{"@vocab": X, "p": {**P, "@container": "@type"}}], {"p": {"T": {"q": 1}}}),
    "a base": ([{"@base": X, "p": {**P, "@type": "@id"}}], {"p": "1"}),
    "an import": ([{"@import": X + "c1"}, {"p": X + "p"}], {"p": 1}),
    "another version": ([{"@version": 1.0, "p": X + "p"}], {"p": 1}),
    "a relative vocabulary": ([{"@vocab": "terms/"}], {"p": 1}),
    "a relative definition": ([{"p": "p"}], {"p": 1}),
    "a definition that is a number": ([{"p": 5}], {"p": 1}),
    "a definition with an unknown member": ([{"p": {**P, "@strange": 1}}], {"p": 1}),
    "an unknown container": ([{"p": {**P, "@container": "@bag"}}], {"p": 1}),
    "a relative coercion": ([{"p": {**P, "@type": "t"}}], {"p": "x"}),
    "a keyword redefined": ([{"@type": X + "t"}], {"@type": X + "T"}),
    "a context that is a number": ([5], {"p": 1}),
    "an unknown context inside": ([{"p": {**P, "@context": X + "unknown", "@type": "@id"}}], {"p": {"q": 1}}),
    "a context that names itself": ([[X + "c0", {"p": X + "p"}]], {"p": 1}),
    "a language map of objects": ([{"p": {**P, "@container": "@language"}}], {"p": {"en": {"a": 1}}}),
    "a member that is a compact IRI": ([{"x": X}], {"x:p": 1}),
    "a member that is an IRI": ([{"@vocab": X}], {X + "p": 1}),
}


@pytest.mark.parametrize(("contexts", "document"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_followed_is_refused(contexts: list[object], document: Document) -> None:
    with pytest.raises(UndefinedTermError):
        ours(given(*contexts), document)


def test_contexts_are_given_as_bytes_or_as_values_and_named_by_address() -> None:
    context = {"@context": {"p": X + "p"}}
    one, other = Contexts({X: json.dumps(context).encode()}), Contexts({X: context})
    document = {"@context": X, "p": 1}
    assert quads(document, one) == quads(document, other)
    assert one.urls == (X,)
    with pytest.raises(UnreadableError):
        Contexts({X: b'{"@context": {}, "@context": {}}'})


def test_a_document_without_a_context_member_is_no_context() -> None:
    with pytest.raises(UndefinedTermError):
        quads({"@context": X, "p": 1}, Contexts({X: {"p": X + "p"}}))
    with pytest.raises(UndefinedTermError):
        quads({"@context": X, "p": 1}, Contexts({X: b"[]"}))


def test_hostile_lists_of_contexts_fill_no_memory() -> None:
    contexts = Contexts(given({"a": X + "a"}, {"b": X + "b"}, {"p": X + "p"}))
    urls = contexts.urls
    for number in range(2000):
        names = [urls[int(digit)] for digit in f"{number:b}"]
        quads({"@context": [*names, urls[2]][-16:], "p": 1}, contexts)
    assert len(contexts.active(urls[2]).embedded) <= 512
    assert len(contexts._initial.embedded) <= 512
    assert len(contexts._interned) < 20
