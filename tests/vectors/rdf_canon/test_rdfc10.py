# SPDX-License-Identifier: Apache-2.0
"""Cases of the W3C's RDFC-1.0 test suite."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from gakusho.errors import TooComplexError
from gakusho.proof.canonical import canonical_labels, canonicalize
from gakusho.proof.quads import Quad

FOLDER = Path(__file__).parent
TERM = re.compile(r'(<[^>]*>|_:\w+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)\s*')


def read(name: str) -> list[Quad]:
    statements: list[Quad] = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        terms = TERM.findall(line)
        if terms:
            subject, predicate, value, *graph = terms
            statements.append((subject, predicate, value, graph[0] if graph else ""))
    return statements


CASES = sorted(path.name[4:7] for path in FOLDER.glob("test*-in.nq") if path.name[4:7] not in ("074", "075"))


def test_the_cases_are_there() -> None:
    assert len(CASES) >= 45


@pytest.mark.parametrize("case", CASES)
def test_the_canonical_form_is_the_published_one(case: str) -> None:
    expected = (FOLDER / f"test{case}-rdfc10.nq").read_text(encoding="utf-8")
    assert canonicalize(read(f"test{case}-in.nq")) == expected


@pytest.mark.parametrize("case", CASES)
def test_a_canonical_form_is_its_own_canonical_form(case: str) -> None:
    expected = (FOLDER / f"test{case}-rdfc10.nq").read_text(encoding="utf-8")
    assert canonicalize(read(f"test{case}-rdfc10.nq")) == expected


def test_with_sha_384_the_form_is_the_published_one() -> None:
    diamond = (FOLDER / "test075-rdfc10.nq").read_text(encoding="utf-8")
    assert canonicalize(read("test075-in.nq"), algorithm="sha384") == diamond
    assert canonicalize(read("test075-in.nq")) != diamond
    evil = (FOLDER / "test045-sha384.nq").read_text(encoding="utf-8")
    assert canonicalize(read("test045-in.nq"), algorithm="sha384") == evil
    assert canonicalize(read("test045-in.nq")) != evil


def test_the_labels_of_an_evil_graph_map_to_the_published_canonical_form() -> None:
    published = json.loads((FOLDER / "test044-rdfc10map.json").read_text(encoding="utf-8"))
    labels = canonical_labels(read("test044-in.nq"))
    assert sorted(labels) == sorted(f"_:{name}" for name in published)
    assert sorted(labels.values()) == sorted(f"_:{label}" for label in published.values())


def test_the_clique_of_ten_is_refused_within_a_second() -> None:
    started = time.process_time()
    with pytest.raises(TooComplexError):
        canonicalize(read("test074-in.nq"))
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("case", ["044", "045", "046"])
def test_the_evil_graphs_that_can_be_done_are_done_within_a_second(case: str) -> None:
    started = time.process_time()
    canonicalize(read(f"test{case}-in.nq"))
    assert time.process_time() - started < 1.0
