# SPDX-License-Identifier: Apache-2.0
"""The W3C's JSON-LD 1.1 suite "to RDF": each case comes out right or is refused, never wrong.

Twice: with contexts written inside followed freely, which is how far the strict compiler and the guard
around PyLD carry; and as the product does, where such a context must stand after the credentials context.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from gakusho.errors import InputError
from gakusho.formats import _contexts
from gakusho.proof.canonical import canonicalize
from gakusho.proof.canonical_form import canonical_form
from gakusho.proof.contexts import ActiveContext, Contexts
from gakusho.proof.general import agreed
from gakusho.proof.quads import quads

Case = dict[str, Any]
SUITE: list[Case] = json.loads((Path(__file__).parent / "to_rdf.json").read_text(encoding="utf-8"))


def why_not(case: Case) -> str:
    """Why a case asks for what this product does not offer, or nothing."""
    option = case.get("option", {})
    if not isinstance(case["input"], dict):
        return "a document that is an array"
    if option.get("specVersion") == "json-ld-1.0" or option.get("processingMode") == "json-ld-1.0":
        return "JSON-LD 1.0"
    if option.get("rdfDirection") == "compound-literal":
        return "compound literals"
    if "@direction" in json.dumps(case["input"]) and option.get("rdfDirection") != "i18n-datatype":
        return "a direction that is dropped"
    if "expandContext" in option:
        return "a context from outside"
    return ""


CASES = {case["id"]: case for case in SUITE if not why_not(case)}
POSITIVE = {name: case for name, case in CASES.items() if case["kind"] == "positive"}
OTHERS = {name: case for name, case in CASES.items() if case["kind"] != "positive"}


class Free(Contexts):
    """Contexts written inside, without the bounds of decision 0012."""

    def active(self, context: object, *, within: ActiveContext | None = None) -> ActiveContext:
        base = self._initial if within is None else within
        return self._applied(base, context, propagate=True, override=False)


@cache
def expected(name: str) -> str:
    dataset = ox.Dataset(ox.parse(CASES[name]["expect"], format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ((ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"").decode() for quad in dataset)
    return "".join(sorted(lines))


def strictly(case: Case) -> str | None:
    try:
        return canonicalize(quads(case["input"], Free({})))
    except InputError:
        return None


def guarded(case: Case) -> str | None:
    try:
        return canonicalize(agreed(case["input"], Free({})))
    except InputError:
        return None


def test_the_suite_is_whole() -> None:
    assert len(SUITE) == 467
    assert Counter(why_not(case) for case in SUITE) == {
        "": 418,
        "JSON-LD 1.0": 19,
        "a document that is an array": 19,
        "a direction that is dropped": 8,
        "compound literals": 2,
        "a context from outside": 1,
    }


def test_of_the_327_positive_cases_83_come_out_right() -> None:
    """The others rest on what this product refuses: lost keys, relative ids, @base, @reverse."""
    assert len(POSITIVE) == 327
    assert sum(guarded(case) is not None for case in POSITIVE.values()) == 83


@pytest.mark.requirement(
    "JSON-LD 1.1 8.1", "each positive case of the W3C (toRdf) comes out right or is refused, never wrong"
)
@pytest.mark.parametrize("name", POSITIVE)
def test_a_case_comes_out_right_or_is_refused(name: str) -> None:
    assert strictly(POSITIVE[name]) in (None, expected(name))
    assert guarded(POSITIVE[name]) in (None, expected(name))


@pytest.mark.requirement("JSON-LD 1.1 8.1", "each negative case of the W3C (toRdf) is refused")
@pytest.mark.parametrize("name", [name for name, case in OTHERS.items() if case["kind"] == "negative"])
def test_an_error_of_the_suite_is_refused(name: str) -> None:
    assert guarded(OTHERS[name]) is None


@pytest.mark.parametrize("name", CASES)
def test_the_product_refuses_contexts_that_stand_before_the_credentials_context(name: str) -> None:
    with pytest.raises(InputError):
        canonical_form(CASES[name]["input"], _contexts.contexts())
