# SPDX-License-Identifier: Apache-2.0
"""Documents become the same canonical statements as in an independent JSON-LD processor.

PyLD makes the statements and pyoxigraph the canonical form: PyLD's own is another for a blank node that
refers to itself, and it does not escape control characters other than line ends.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from gakusho.formats import _contexts
from gakusho.proof.canonical import canonicalize
from gakusho.proof.quads import quads

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
Document = dict[str, Any]
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


def load(name: str) -> Document:
    loaded: Document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def pinned(url: str, _: object) -> dict[str, object]:
    return {"contextUrl": None, "documentUrl": url, "document": json.loads(_contexts.document(url))}


def independently(document: Document) -> str:
    options = {"format": "application/n-quads", "rdfDirection": "i18n-datatype", "documentLoader": pinned}
    text = jsonld.to_rdf(copy.deepcopy(document), {**options, "base": ""})
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ((ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"").decode() for quad in dataset)
    return "".join(sorted(lines))


def ours(document: Document) -> str:
    return canonicalize(quads(document, _contexts.contexts()))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_has_the_same_canonical_form(name: str) -> None:
    text = json.dumps(load(name))
    for escape in ("\\b", "\\f", "\\u007f", "\\u0001"):
        text = text.replace(escape, "")
    document = json.loads(text)
    assert ours(document) == independently(document)


# What PyLD does not escape is left out.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"), max_size=6)
# PyLD takes two values for one that differ in their direction only.
directed = words.map(lambda word: f"{word}, directed")
languages = st.sampled_from(["ja", "en", "ja-Kana", "zh-Hant-TW"])
scalars = (
    words
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(-1e9, 1e9)
    | st.booleans()
    | st.fixed_dictionaries({"@value": words, "@language": languages})
    | st.fixed_dictionaries({"@value": directed, "@language": languages, "@direction": st.just("rtl")})
    | st.fixed_dictionaries({"@value": words, "@type": st.just("https://t.example/type")})
)
keys = st.sampled_from(["alpha", "beta", "gamma", "name", "description"])
types = st.sampled_from(["Thing", "VerifiableCredential", "BitstringStatusListEntry", "Other"])
ids = st.integers(0, 3).map(lambda number: f"urn:x:{number}") | st.integers(0, 2).map(lambda n: f"_:n{n}")


def _node(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(keys, inner | st.lists(inner, min_size=1, max_size=3), max_size=3)
    head = st.fixed_dictionaries(
        {}, optional={"id": ids, "type": types | st.lists(types, min_size=1, max_size=2)}
    )
    return st.builds(lambda a, b: {**a, **b}, members, head)


nodes = st.recursive(scalars, _node, max_leaves=10)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(keys, nodes, min_size=1, max_size=4), types)
def test_any_document_of_defined_terms_has_the_same_canonical_form(members: Document, kind: str) -> None:
    document = {"@context": [V2, EXAMPLES], "type": kind, **members}
    assert ours(document) == independently(document)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_part_of_a_credential_may_be_left_out(data: st.DataObject) -> None:
    document = load(data.draw(st.sampled_from(["clr_2", "open_badge_3", "presentation"])))
    place: Any = document
    while True:
        found = place if isinstance(place, dict) else range(len(place))
        members = [key for key in found if key not in ("@context", "type")]
        key = data.draw(st.sampled_from(members))
        if isinstance(place[key], (dict, list)) and len(place[key]) > 1 and data.draw(st.booleans()):
            place = place[key]
            continue
        if key != "id" and len(place) > 1:
            del place[key]
        break
    assert ours(document) == independently(document)
