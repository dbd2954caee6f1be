# SPDX-License-Identifier: Apache-2.0
"""Compare our canonical forms with those of other implementations over documents made at random.

Each document goes through our compiler and canonicalizer, and through PyLD (expansion and statements) and
pyoxigraph (canonicalization, N-Quads). Any difference that no known fault of the other side makes exactly is
printed and fails the run. ``make differential N=200000``; ``--one NUMBER`` shows one again.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from multiprocessing import get_context
from typing import Any

import pyoxigraph as ox
from frozendict import frozendict
from pyld.context_resolver import ContextResolver
from pyld.identifier_issuer import IdentifierIssuer
from pyld.jsonld import JsonLdError, JsonLdProcessor
from tools.differential_documents import XSD, Document, Made, made

from gakusho.errors import GakushoError, InputError, TooComplexError
from gakusho.formats import _contexts
from gakusho.proof._inline_contexts import InlineContexts
from gakusho.proof._second_reading import integers
from gakusho.proof.canonical import canonicalize
from gakusho.proof.canonical_form import canonical_form
from gakusho.proof.plan import planned_form
from gakusho.proof.quads import Quad, quads

I18N = "https://www.w3.org/ns/i18n#"
MAX_REMEMBERED = 5_000
CHUNK = 500
WHOLE = 20
"""One in so many documents is hashed with SHA-384 too, or goes the whole general path."""


class Remembering(JsonLdProcessor):  # type: ignore[misc]
    """PyLD, processing each context once over all documents, with its one fault mended that hides others.

    The fault: a default ``@direction`` is forgotten as soon as another context comes after it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._initial: Any = None

    def _get_initial_context(self, options: Any) -> Any:
        if self._initial is None:
            self._initial = super()._get_initial_context(options)
        return self._initial

    def _clone_active_context(self, active_ctx: Any) -> Any:
        clone = super()._clone_active_context(active_ctx)
        if "@direction" in active_ctx:
            clone["@direction"] = active_ctx["@direction"]
        return clone

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **flags: Any) -> Any:
        if flags.get("cycles") is not None:
            return super()._process_context(active_ctx, local_ctx, options, **flags)
        named = id(local_ctx) if isinstance(local_ctx, frozendict) else json.dumps(_thawed(local_ctx))
        key = (id(active_ctx), named, *sorted(flags.items()))
        if key not in self._kept:
            result = super()._process_context(active_ctx, local_ctx, options, **flags)
            if not isinstance(result, frozendict):
                return result
            if len(self._kept) >= MAX_REMEMBERED:
                self._kept.clear()
            self._kept[key] = (result, active_ctx, local_ctx)  # so that no id is used again
        return self._kept[key][0]


def _thawed(value: Any) -> Any:
    if isinstance(value, (dict, frozendict)):
        return {key: _thawed(part) for key, part in value.items()}
    return [_thawed(part) for part in value] if isinstance(value, (list, tuple)) else value


@cache
def _oracle() -> tuple[Remembering, ContextResolver]:
    def load(url: str, _: object) -> dict[str, object]:
        document = json.loads(_contexts.document(url))
        return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}

    return Remembering(), ContextResolver({}, load)


def independently(document: Document, algorithm: Any = ox.CanonicalizationAlgorithm.RDFC_1_0) -> str:
    """Give the canonical form by PyLD and pyoxigraph. Raises: JsonLdError, or what PyLD fails with."""
    processor, resolver = _oracle()
    options = {"base": "", "contextResolver": resolver, "documentLoader": resolver.document_loader}
    options |= {"rdfDirection": "i18n-datatype", "identifierIssuer": IdentifierIssuer("_:b")}
    found = processor.to_rdf(integers(document), options)
    dataset = ox.Dataset(
        ox.Quad(
            _term(one["subject"]),
            _term(one["predicate"]),
            _term(one["object"]),
            ox.DefaultGraph() if name == "@default" else _resource(name),
        )
        for name, statements in found.items()
        for one in statements
    )
    dataset.canonicalize(algorithm)
    lines = ((ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"").decode() for quad in dataset)
    return "".join(sorted(lines))


def _resource(name: str) -> Any:
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def _term(node: dict[str, Any]) -> Any:
    if node["type"] != "literal":
        return _resource(node["value"])
    if "language" in node:
        return ox.Literal(node["value"], language=node["language"])
    return ox.Literal(node["value"], datatype=ox.NamedNode(node["datatype"]))


# -- known faults: each gives the statements that the faulty side would have made of ours

_DOUBLE = re.compile(rf'"(.*)"\^\^<{re.escape(XSD)}double>', re.DOTALL)
_TEXT = re.compile(
    rf'("(?:[^"\\]|\\.)*")(?:@([\w-]+)|\^\^<{re.escape(I18N)}([\w-]*)_(?:ltr|rtl)>)?', re.DOTALL
)


def directions_alike(statements: list[Quad]) -> list[Quad]:
    """PyLD takes two values of a property for one when they differ in their direction only."""
    kept: dict[tuple[str, ...], Quad] = {}
    for number, quad in enumerate(statements):
        text = _TEXT.fullmatch(quad[2])
        key = (quad[0], quad[1], quad[3], text[1], text[2] or text[3] or "") if text else (str(number),)
        kept.setdefault(key, quad)
    return list(kept.values())


def doubles_rewritten(statements: list[Quad]) -> list[Quad]:
    """PyLD rewrites the text of a string that is typed as an xsd:double; only numbers are to be."""
    return [(s, p, _rewritten(o), g) for s, p, o, g in statements]


def _rewritten(term: str) -> str:
    if match := _DOUBLE.fullmatch(term):
        try:
            mantissa, exponent = f"{float(_unescaped(match[1])):.15E}".split("E")
        except ValueError:
            return term
        digits = mantissa.rstrip("0")
        return f'"{digits}{"0" if digits.endswith(".") else ""}E{int(exponent)}"^^<{XSD}double>'
    return term


def _unescaped(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def zeros_alike(statements: list[Quad]) -> list[Quad]:
    """``integers`` takes the sign of -0.0 from PyLD; typed as an xsd:double it has one."""
    bare, signed = f'"0.0E0"^^<{XSD}double>', f'"-0.0E0"^^<{XSD}double>'
    return [(s, p, bare if o == signed else o, g) for s, p, o, g in statements]


FAULTS: dict[str, Callable[[list[Quad]], list[Quad]]] = {
    "directions alike": directions_alike,
    "doubles rewritten": doubles_rewritten,
    "zeros alike": zeros_alike,
}


def explained(statements: list[Quad], theirs: str) -> str:
    """Give the names of the known faults that make exactly this difference, or nothing."""
    for count in range(1, len(FAULTS) + 1):
        for chosen in combinations(FAULTS, count):
            changed = statements
            for name in chosen:
                changed = FAULTS[name](changed)
            if canonicalize(changed) == theirs:
                return " and ".join(chosen)
    return ""


@dataclass
class Tally:
    """What came of a range of documents."""

    documents: Counter[str] = field(default_factory=Counter)
    statements: int = 0
    planned: int = 0
    """Documents that went by the plans of their shapes too."""
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.documents += other.documents
        self.statements += other.statements
        self.planned += other.planned
        self.refused += other.refused
        self.faults += other.faults
        self.differences += other.differences


def judge(one: Made, tally: Tally) -> str:
    """Compare one document; give what is unexplained about it, or nothing."""
    tally.documents[one.family] += 1
    pinned = _contexts.contexts()
    try:
        contexts = InlineContexts(pinned, one.document) if one.family == "added" else pinned
        statements = quads(one.document, contexts)
        ours = canonicalize(statements)
    except TooComplexError:
        tally.refused["too complex"] += 1
        return ""
    except InputError as error:
        tally.refused[one.loses or str(error).partition(" At ")[0]] += 1
        if planned_form(one.document, pinned) is not None:
            return f"planned, though refused: {error}"
        empty = "states nothing" in str(error) and not independently(one.document)
        return "" if one.loses or empty else f"refused: {error}"
    if one.loses:
        return f"accepted, with {one.loses}"
    tally.statements += len(statements)
    faults = tally.faults.total()
    return _compared(one.document, statements, ours, tally) or _both_ways(
        one, ours, tally, faulty=tally.faults.total() > faults
    )


def _both_ways(one: Made, ours: str, tally: Tally, *, faulty: bool) -> str:
    """Compare the way the product goes, with whatever it keeps between documents."""
    planned = planned_form(one.document, _contexts.contexts())
    tally.planned += planned is not None
    if one.family != "added" or tally.documents["added"] % WHOLE:
        return "" if planned in (None, ours) else f"planned otherwise:\n{planned}ours:\n{ours}"
    try:
        again = canonical_form(one.document, _contexts.contexts())
    except InputError as error:
        tally.refused["on the general path, for a fault of PyLD"] += faulty
        return "" if faulty else f"refused on the way of the product: {error}"
    return "" if again == ours else f"the general path differs:\n{again}"


def _compared(document: Document, statements: list[Quad], ours: str, tally: Tally) -> str:
    try:
        theirs = independently(document)
    except (JsonLdError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return f"the other side fails: {type(error).__name__}: {error}"
    if ours == theirs:
        return _with_sha_384(document, statements) if not tally.documents.total() % WHOLE else ""
    if name := explained(statements, theirs):
        tally.faults[name] += 1
        return ""
    return f"ours:\n{ours}theirs:\n{theirs}"


def _with_sha_384(document: Document, statements: list[Quad]) -> str:
    ours = canonicalize(statements, algorithm="sha384")
    theirs = independently(document, ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_384)
    return "" if ours == theirs else f"with SHA-384, ours:\n{ours}theirs:\n{theirs}"


def run(seed: int, start: int, stop: int) -> Tally:
    """Compare the documents of a range of numbers."""
    tally = Tally()
    for number in range(start, stop):
        one = made(seed, number)
        try:
            unexplained = judge(one, tally)
        except GakushoError as error:  # anything else is a crash, and shows itself
            unexplained = f"{type(error).__name__}: {error}"
        if unexplained:
            tally.differences.append((number, unexplained))
    return tally


def _chunk(work: tuple[int, int, int]) -> Tally:
    return run(*work)


def _ranges(seed: int, count: int) -> Iterator[tuple[int, int, int]]:
    for start in range(0, count, CHUNK):
        yield seed, start, min(start + CHUNK, count)


def main() -> int:
    """Run the comparison and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=20_000, help="how many documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--one", type=int, help="the number of one document to show and compare")
    given = parser.parse_args()
    if given.one is not None:
        one = made(given.seed, given.one)
        print(json.dumps(one.document, ensure_ascii=True, indent=1))
        print(one.family, one.loses, judge(one, Tally()) or "no unexplained difference")
        return 0
    started, total = time.perf_counter(), Tally()
    with get_context("fork").Pool(given.processes) as pool:
        for tally in pool.imap_unordered(_chunk, _ranges(given.seed, given.count)):
            total.add(tally)
    for number, unexplained in sorted(total.differences)[:10]:
        print(f"-- document {number} of seed {given.seed}\n{unexplained}", file=sys.stderr)
    print(f"documents            {total.documents.total()}  {dict(total.documents)}")
    print(f"statements           {total.statements}")
    print(f"planned by shape     {total.planned}")
    print(f"refused, as wanted   {sum(total.refused.values())}  {dict(total.refused.most_common(20))}")
    print(f"faults of the others {sum(total.faults.values())}  {dict(total.faults)}")
    print(f"unexplained          {len(total.differences)}")
    print(f"seconds              {time.perf_counter() - started:.0f}")
    return 1 if total.differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
