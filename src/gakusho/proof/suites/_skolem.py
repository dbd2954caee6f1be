# SPDX-License-Identifier: Apache-2.0
"""A document whose blank nodes keep their names in every part of it.

Data Integrity ECDSA Cryptosuites 1.0, sections 3.4.5 to 3.4.9.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gakusho.errors import InputError
from gakusho.proof._inline_contexts import InlineContexts, written_inside
from gakusho.proof._literals import RDF
from gakusho.proof._terms import undefined
from gakusho.proof.canonical import canonical_labels
from gakusho.proof.canonical_form import statements
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad, blank_nodes, quads
from gakusho.proof.suites._selection import select

_URN = "urn:gakusho:blank-node:"
_PREFIX = f"<{_URN}"
_LOOSE = "_:loose-"
_FIRST, _REST = f"<{RDF}first>", f"<{RDF}rest>"

_Place = tuple[str, str, str, tuple[str, ...]]
"""Where a list stands, and what it holds: subject, predicate, graph, items."""


class Skolemized:
    """A document, its statements, and the statements that any selection from it makes.

    Raises UndefinedTermError when something could not be told apart in a part of it, such as a blank node
    with a label.
    """

    def __init__(self, document: Mapping[str, Any], contexts: Contexts) -> None:
        self._contexts = InlineContexts(contexts, document) if written_inside(document) else contexts
        self.statements = statements(document, contexts)
        if any(part.startswith(_PREFIX) for quad in self.statements for part in quad):
            raise undefined("An id is of those that are kept for objects without one.", _URN)
        self._lists: dict[_Place, list[list[str]]] = {}
        for place, cells in _lists(self.statements):
            self._lists.setdefault(place, []).append(cells)
        self._document = _named(document, blank_nodes(document, self._contexts))
        if set(self._read(self._document)) != set(self.statements):
            raise undefined("The document cannot be taken apart.", "statements that change")

    def selected(self, pointers: Sequence[str]) -> list[Quad]:
        """Give the statements the selection makes; none for no pointer. Raises: InputError, LimitError."""
        selection = select(self._document, pointers)
        found = [] if selection is None else self._read(selection)
        if not set(found) <= set(self.statements):
            raise InputError(
                "A pointer leads into something that is signed only as a whole, such as an ordered list.",
                code="pointer",
                facts={"got": ", ".join(pointers)[:200], "expected": "a pointer to the whole of it"},
            )
        return found

    def _read(self, document: Mapping[str, Any]) -> list[Quad]:
        found = [_unskolemized(quad) for quad in quads(document, self._contexts)]
        names: dict[str, str] = {}
        kept = {place: iter(chains) for place, chains in self._lists.items()}
        for place, cells in _lists(found):
            chain = next(kept.get(place, iter(())), None)
            names.update(zip(cells, chain or (), strict=False))
        return [(names.get(s, s), p, names.get(o, o), g) for s, p, o, g in found]


def _lists(found: Sequence[Quad]) -> Iterator[tuple[_Place, list[str]]]:
    """Give every list: where it stands, and its cells in order."""
    firsts = {s: o for s, p, o, _ in found if p == _FIRST}
    rests = {s: o for s, p, o, _ in found if p == _REST}
    for s, p, o, g in found:
        if o in rests and p != _REST:
            cells: list[str] = []
            while o in rests and len(cells) <= len(rests):
                cells.append(o)
                o = rests[o]  # noqa: PLW2901  # along the list
            yield (s, p, g, tuple(firsts.get(cell, "") for cell in cells)), cells


def _named(document: Mapping[str, Any], nodes: Mapping[tuple[str | int, ...], str]) -> dict[str, Any]:
    named = copy.deepcopy(dict(document))
    for path, label in nodes.items():
        target: Any = named
        for part in path:
            target = target[part]
        target["@id"] = _URN + label.removeprefix("_:")
    return named


def _unskolemized(quad: Quad) -> Quad:
    s, p, o, g = quad
    return _blank(s), p, _blank(o), _blank(g)


def _blank(term: str) -> str:
    if term.startswith(_PREFIX):
        return "_:" + term[len(_PREFIX) : -1]
    return _LOOSE + term.removeprefix("_:") if term.startswith("_:") else term


def relabeled(found: Sequence[Quad], labels: Mapping[str, str]) -> list[str]:
    """Give the statements as N-Quads lines with other labels, each once, sorted by code point."""
    get = labels.get
    lines = set()
    for s, p, o, g in found:
        graph = f" {get(g, g)}" if g else ""
        lines.add(f"{get(s, s)} {p} {get(o, o)}{graph} .\n")
    return sorted(lines)


def canonical_names(found: Sequence[Quad]) -> dict[str, str]:
    """Give the canonical name of every blank node, without ``_:``. Raises: TooComplexError."""
    return {node: label.removeprefix("_:") for node, label in canonical_labels(found).items()}
