# SPDX-License-Identifier: Apache-2.0
"""Random documents have the canonical form others give them; each known fault of the others is named.

A sample of what ``make differential`` compares at length.
"""

from __future__ import annotations

from typing import Any

import pytest
from tools import differential
from tools.differential_documents import LOSSES, XSD, made

from gakusho.formats import _contexts
from gakusho.proof._inline_contexts import InlineContexts
from gakusho.proof._second_reading import integers
from gakusho.proof.canonical import canonicalize
from gakusho.proof.quads import Quad, quads

Document = dict[str, Any]
V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
NAME = "https://schema.org/name"
SAMPLE = 600


@pytest.fixture(scope="module")
def tally() -> differential.Tally:
    return differential.run(20261121, 0, SAMPLE)


def test_nothing_is_unexplained(tally: differential.Tally) -> None:
    assert tally.differences == []


def test_the_sample_is_one(tally: differential.Tally) -> None:
    assert tally.documents.total() == SAMPLE
    assert min(tally.documents.values()) > SAMPLE / 6
    assert tally.statements > 10 * SAMPLE
    assert tally.planned > SAMPLE / 6
    assert len(LOSSES.keys() & tally.refused) > len(LOSSES) / 2
    assert tally.refused.total() < SAMPLE / 10


def test_a_document_is_the_same_each_time() -> None:
    assert made(1, 17) == made(1, 17) != made(1, 18)


def statements(document: Document, *contexts: object) -> list[Quad]:
    full = {"@context": list(contexts), "id": "urn:x:1", **document}
    return quads(full, InlineContexts(_contexts.contexts(), full))


def theirs(document: Document, *contexts: object) -> str:
    return differential.independently({"@context": list(contexts), "id": "urn:x:1", **document})


def test_fault_pyld_takes_directions_for_alike() -> None:
    document = {"name": [{"@value": "x", "@language": "he", "@direction": d} for d in ("rtl", "ltr")]}
    ours = statements(document, V2)
    assert len(ours) == 2
    assert theirs(document, V2) == canonicalize(differential.directions_alike(ours)) != canonicalize(ours)


def test_fault_pyld_rewrites_texts_typed_as_doubles() -> None:
    document = {"name": {"@value": "1.50", "@type": XSD + "double"}}
    ours = statements(document, V2)
    assert ours == [("<urn:x:1>", f"<{NAME}>", f'"1.50"^^<{XSD}double>', "")]
    assert theirs(document, V2) == canonicalize(differential.doubles_rewritten(ours)) != canonicalize(ours)


def test_fault_pyld_loses_the_sign_of_zero_with_the_kind_of_its_number() -> None:
    document = {"gpa": -0.0}
    ours = statements(document, V2, {"gpa": {"@id": "urn:x:gpa", "@type": XSD + "double"}})
    assert ours == [("<urn:x:1>", "<urn:x:gpa>", f'"-0.0E0"^^<{XSD}double>', "")]
    assert differential.zeros_alike(ours)[0][2] == f'"0.0E0"^^<{XSD}double>'


def test_fault_pyld_takes_3_0_for_a_double_and_is_given_3() -> None:
    assert integers({"a": [3.0, 2.5, True, "3.0", 1e21]}) == {"a": [3, 2.5, True, "3.0", 1e21]}
    assert statements({"name": 3.0}, V2) == statements({"name": 3}, V2)
    assert theirs({"name": 3.0}, V2) == canonicalize(statements({"name": 3}, V2))


def test_fault_pyld_forgets_a_default_direction_and_is_mended() -> None:
    contexts = (V2, {"@direction": "rtl"}, DATA_INTEGRITY)
    expected = f'<urn:x:1> <{NAME}> "x"^^<https://www.w3.org/ns/i18n#_rtl> .\n'
    assert canonicalize(statements({"name": "x"}, *contexts)) == expected == theirs({"name": "x"}, *contexts)


def test_a_difference_no_fault_makes_is_not_explained_away() -> None:
    ours = statements({"name": ["x", "y"]}, V2)
    assert differential.explained(ours, canonicalize(ours[:1])) == ""
    assert differential.explained(ours, canonicalize([*ours, ("<urn:x:1>", f"<{NAME}>", '"z"', "")])) == ""


def test_what_the_comparison_would_miss_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    real = differential.independently
    monkeypatch.setattr(
        differential, "independently", lambda document: real(document).replace("_:c14n0", "_:c14n1")
    )
    assert differential.run(1, 0, 20).differences


@pytest.mark.parametrize("contexts", [(V2, DATA_INTEGRITY), (V1, DATA_INTEGRITY), (V2, OB, DATA_INTEGRITY)])
def test_contexts_that_define_a_protected_word_alike_stand_together(contexts: tuple[str, ...]) -> None:
    """V2 and Data Integrity write the members of one definition in two orders."""
    document = {"type": "VerifiableCredential"}
    assert canonicalize(statements(document, *contexts)) == theirs(document, *contexts)
