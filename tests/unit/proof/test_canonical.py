# SPDX-License-Identifier: Apache-2.0
"""Canonical forms equal those of an independent implementation, and hostile graphs end soon."""

from __future__ import annotations

import math
import random
import time
from itertools import product

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gakusho.errors import TooComplexError
from gakusho.proof._literals import escaped
from gakusho.proof.canonical import canonicalize
from gakusho.proof.quads import Quad

ALGORITHMS = {
    "sha256": ox.CanonicalizationAlgorithm.RDFC_1_0,
    "sha384": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}


def independently(statements: list[Quad], algorithm: str = "sha256") -> str:
    text = "".join(" ".join(part for part in quad if part) + " .\n" for quad in statements)
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ALGORITHMS[algorithm])
    lines = ((ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"").decode() for quad in dataset)
    return "".join(sorted(lines))


nodes = st.sampled_from([f"_:n{number}" for number in range(7)])
names = st.sampled_from(["<urn:x:a>", "<urn:x:b>"])
literals = st.text(st.characters(exclude_categories=["Cs"]), max_size=3).map(lambda t: f'"{escaped(t)}"')
statements = st.lists(
    st.tuples(
        nodes | names,
        st.sampled_from(["<urn:x:p>", "<urn:x:q>"]),
        nodes | names | literals,
        st.just("") | st.just("<urn:x:g>") | nodes,
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(statements, st.sampled_from(["sha256", "sha384"]))
def test_any_small_graph_has_the_independent_canonical_form(graph: list[Quad], algorithm: str) -> None:
    assert canonicalize(graph, algorithm=algorithm) == independently(graph, algorithm)


@pytest.mark.parametrize(
    "graph",
    [
        [("_:n4", "<urn:x:p>", "_:n0", "_:n2"), ("_:n2", "<urn:x:p>", "_:n3", "_:n2")],
        [
            ("_:n1", "<urn:x:q>", "_:n1", "_:n2"),
            ("_:n1", "<urn:x:q>", "_:n0", "_:n2"),
            ("_:n1", "<urn:x:q>", "_:n3", "_:n1"),
        ],
    ],
    ids=["graph that is an object", "graphs that are subjects"],
)
def test_a_related_graph_is_hashed_without_the_predicate(graph: list[Quad]) -> None:
    assert canonicalize(graph) == independently(graph)


@settings(max_examples=100, deadline=None)
@given(statements, st.randoms(use_true_random=False))
def test_neither_labels_nor_order_matter(graph: list[Quad], chance: random.Random) -> None:
    numbers = list(range(7))
    chance.shuffle(numbers)
    renamed = {f"_:n{old}": f"_:m{new}" for old, new in enumerate(numbers)}
    other = [(renamed.get(s, s), p, renamed.get(o, o), renamed.get(g, g)) for s, p, o, g in graph]
    chance.shuffle(other)
    assert canonicalize(graph) == canonicalize(other)


def test_lines_are_sorted_by_code_point_not_by_utf_16() -> None:
    graph = [("<urn:x:s>", "<urn:x:p>", f'"{text}"', "") for text in ("\U0001f303", "\uff21")]
    lines = canonicalize(graph).splitlines()
    assert "\uff21" in lines[0]
    assert "\U0001f303" in lines[1]
    assert canonicalize(graph) == independently(graph)


def clique(size: int, *, loops: bool) -> list[Quad]:
    pairs = product(range(size), repeat=2)
    return [(f"_:e{a}", "<urn:x:p>", f"_:e{b}", "") for a, b in pairs if loops or a != b]


@pytest.mark.parametrize("size", [3, 4, 5, 6])
@pytest.mark.parametrize("loops", [False, True])
def test_small_cliques_are_canonicalized(size: int, loops: bool) -> None:
    assert canonicalize(clique(size, loops=loops)) == independently(clique(size, loops=loops))


def refused_after(graph: list[Quad]) -> float:
    """Give the CPU seconds of the best of three: the worse ones are the collector's and the neighbors'."""
    best = math.inf
    for _ in range(3):
        started = time.process_time()
        with pytest.raises(TooComplexError):
            canonicalize(graph)
        best = min(best, time.process_time() - started)
        if best < 0.5:
            break
    return best


@pytest.mark.parametrize("size", [7, 8, 10, 13, 40, 120])
@pytest.mark.parametrize("loops", [False, True])
def test_large_cliques_are_refused_within_a_second(size: int, loops: bool) -> None:
    assert refused_after(clique(size, loops=loops)) < 1.0


def stars(size: int, hubs: int = 2) -> list[Quad]:
    return [(f"_:hub{h}", "<urn:x:p>", f"_:leaf{h}x{n}", "") for h in range(hubs) for n in range(size)]


def chain(size: int) -> list[Quad]:
    cells = [(f"_:c{n}", "<urn:x:next>", f"_:c{(n + 1) % size}", "") for n in range(size)]
    return cells + [(f"_:c{n}", "<urn:x:value>", '"x"', "") for n in range(size)]


@pytest.mark.parametrize("graph", [stars(12), stars(10_000), chain(400), chain(5_000)], ids=len)
def test_other_hostile_shapes_end_within_a_second(graph: list[Quad]) -> None:
    assert refused_after(graph) < 1.0


@pytest.mark.parametrize("copies", [60, 200, 5000])
def test_identical_objects_of_a_long_transcript_are_no_attack(copies: int) -> None:
    graph = [
        quad
        for n in range(copies)
        for quad in (
            (f"<urn:x:course{n % 7}>", "<urn:x:address>", f"_:a{n}", ""),
            (f"_:a{n}", "<urn:x:country>", '"JP"', ""),
        )
    ]
    started = time.process_time()
    assert canonicalize(graph) == independently(graph)
    assert time.process_time() - started < 2.0


def test_one_hub_with_many_equal_leaves_is_no_attack() -> None:
    assert canonicalize(stars(3000, hubs=1)) == independently(stars(3000, hubs=1))


def test_no_other_hash_is_taken() -> None:
    with pytest.raises(ValueError, match="md5"):
        canonicalize(stars(1), algorithm="md5")
