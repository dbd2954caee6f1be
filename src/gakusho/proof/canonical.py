# SPDX-License-Identifier: Apache-2.0
"""RDF Dataset Canonicalization, RDFC-1.0: the same statements give the same text, however they were written.

Sorting is by code point, as section 4.4 says. Most documents need only the hashes of first degree; the
full algorithm stands behind them with a bound on its work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import ContextVar, Token
from itertools import permutations
from typing import Generic, TypeVar

from gakusho.errors import TooComplexError
from gakusho.proof.quads import Quad

WORK_LIMIT = 300_000
"""Steps the hashing of n-th degree may take, beside two for each mention of a blank node; about 0.2 s."""
DEPTH_LIMIT = 200
SHARED_LIMIT = 4 * WORK_LIMIT
"""Steps that everything canonicalized for one input may take together (``bounded_work``); about a second."""

_MAX_PLACES, _MAX_PLACE = 10_000, 300
"""Hashes of places that are remembered for one document, and the characters of what is hashed."""

_shared: ContextVar[list[int] | None] = ContextVar("steps left", default=None)

_Hash = Callable[[str], str]
N = TypeVar("N", bound=Hashable)
"""A blank node: a label of one, or what stands for it."""


class bounded_work:  # noqa: N801  # it reads as a statement
    """Bounds what is canonicalized inside to ``SHARED_LIMIT`` steps in all; beyond, raises TooComplexError.

    One input may hold many documents, or many proofs of one. Inside another, it changes nothing.
    """

    _token: Token[list[int] | None] | None

    def __enter__(self) -> None:
        self._token = None if _shared.get() is not None else _shared.set([SHARED_LIMIT])

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _shared.reset(self._token)


def spend(steps: int) -> None:
    """Take steps off what is left of ``bounded_work``. Raises: TooComplexError."""
    left = _shared.get()
    if left is not None:
        left[0] -= steps
        if left[0] < 0:
            raise TooComplexError(
                "Everything in the file together needs more work than is done for one.",
                facts={"expected": f"at most {SHARED_LIMIT} steps"},
            )


def canonicalize(statements: Iterable[Quad], *, algorithm: str = "sha256") -> str:
    """Give the canonical N-Quads of the statements, one a line, sorted.

    ``algorithm`` is ``sha256`` or ``sha384``. Raises: TooComplexError when the graph needs more work
    than the budget allows.
    """
    unique = list(dict.fromkeys(statements))
    spend(2 * len(unique))
    labels = canonical_labels(unique, algorithm=algorithm)
    if not labels:
        return "".join(sorted(map(_line, unique)))
    get = labels.get
    lines = [_line((get(s, s), p, get(o, o), get(g, g))) for s, p, o, g in unique]
    lines.sort()
    return "".join(lines)


def canonical_labels(statements: Iterable[Quad], *, algorithm: str = "sha256") -> dict[str, str]:
    """Give the canonical label of every blank node, such as ``_:c14n0``. Section 4.4.

    Raises: TooComplexError.
    """
    mentions = _mentions(statements)
    if not mentions:
        return {}
    digest = _digest(algorithm)
    hashes = {node: _first_degree(node, quads, digest) for node, quads in mentions.items()}
    related = None if len(set(hashes.values())) == len(hashes) else _related(mentions)
    return issued_labels(hashes, related, algorithm=algorithm)


def issued_labels(
    hashes: Mapping[N, str], related: Mapping[N, Sequence[tuple[str, N]]] | None, *, algorithm: str
) -> dict[N, str]:
    """Give the canonical labels by hashes of first degree. Section 4.4.3, steps 4 and 5.

    ``related`` has for a node the other blank nodes in its statements, each with where it stands: ``s``
    or ``o`` and the predicate, or ``g``. It is not needed when no two hashes are the same.
    Raises: TooComplexError.
    """
    by_hash: dict[str, list[N]] = {}
    for node, first in hashes.items():
        by_hash.setdefault(first, []).append(node)
    issued: _Issuer[N] = _Issuer("_:c14n")
    shared: list[str] = []
    for first in sorted(by_hash):
        if len(by_hash[first]) == 1:
            issued.issue(by_hash[first][0])
        else:
            shared.append(first)
    if shared:
        deep = _NthDegree(related or {}, hashes, issued, _digest(algorithm))
        for first in shared:
            deep.label(by_hash[first])
    return issued.labels


def nth_degree(
    node: N, related: Mapping[N, Sequence[tuple[str, N]]], hashes: Mapping[N, str], issued: dict[N, str]
) -> tuple[str, list[N]]:
    """Give the hash of n-th degree (SHA-256) of a blank node, and the nodes it labels, in order. Section 4.8.

    ``related`` as for ``issued_labels``; ``issued`` are the canonical labels there are, ``hashes`` those of
    first degree of all other nodes that can be reached. Raises: TooComplexError.
    """
    deep = _NthDegree(related, hashes, _Issuer("_:c14n", issued), _digest("sha256"))
    return deep.result(node)


def related_nodes(statements: Iterable[Quad]) -> dict[str, list[tuple[str, str]]]:
    """Give for each blank node the others in its statements, each with where it stands."""
    return _related(_mentions(statements))


def _mentions(statements: Iterable[Quad]) -> dict[str, list[Quad]]:
    mentions: dict[str, list[Quad]] = {}
    for quad in dict.fromkeys(statements):
        s, _, o, g = quad
        blanks = {part: None for part in (s, o, g) if part.startswith("_:")}
        for node in blanks:
            mentions.setdefault(node, []).append(quad)
    return mentions


def _related(mentions: dict[str, list[Quad]]) -> dict[str, list[tuple[str, str]]]:
    related: dict[str, list[tuple[str, str]]] = {}
    for node, quads in mentions.items():
        found = related[node] = []
        for s, p, o, g in quads:
            for position, other in ((f"s{p}", s), (f"o{p}", o), ("g", g)):
                if other != node and other.startswith("_:"):
                    found.append((position, other))
    return related


def _digest(algorithm: str) -> _Hash:
    if algorithm not in ("sha256", "sha384"):
        raise ValueError(f"RDFC-1.0 hashes with sha256 or sha384, not {algorithm!r}")
    constructor = getattr(hashlib, algorithm)
    return lambda text: str(constructor(text.encode("utf-8")).hexdigest())


def _line(quad: Quad) -> str:
    s, p, o, g = quad
    return f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n"


def _first_degree(node: str, quads: list[Quad], digest: _Hash) -> str:
    """Section 4.6."""
    lines = []
    for s, p, o, g in quads:
        if s.startswith("_:"):
            s = "_:a" if s == node else "_:z"  # noqa: PLW2901  # the hottest loop of all
        if o.startswith("_:"):
            o = "_:a" if o == node else "_:z"  # noqa: PLW2901
        if g.startswith("_:"):
            g = "_:a" if g == node else "_:z"  # noqa: PLW2901
        lines.append(f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n")
    lines.sort()
    return digest("".join(lines))


class _Issuer(Generic[N]):
    """Gives labels in order. Section 4.5."""

    __slots__ = ("labels", "prefix")

    def __init__(self, prefix: str, labels: dict[N, str] | None = None) -> None:
        self.prefix = prefix
        self.labels: dict[N, str] = {} if labels is None else labels

    def issue(self, node: N) -> str:
        label = self.labels.get(node)
        if label is None:
            label = self.labels[node] = f"{self.prefix}{len(self.labels)}"
        return label

    def copy(self) -> _Issuer[N]:
        return _Issuer(self.prefix, dict(self.labels))


class _NthDegree(Generic[N]):
    """Labels blank nodes whose first-degree hashes are shared. Sections 4.7 and 4.8."""

    def __init__(
        self,
        related: Mapping[N, Sequence[tuple[str, N]]],
        hashes: Mapping[N, str],
        issued: _Issuer[N],
        digest: _Hash,
    ) -> None:
        self._related = related
        self._hashes = hashes
        self._issued = issued
        self._digest = digest
        self._budget = WORK_LIMIT + 2 * sum(map(len, related.values()))
        self._left = _shared.get()
        self._places: dict[str, str] = {}
        """Hashes of related nodes (section 4.7), by what is hashed: in lists they are the same all over."""

    def label(self, nodes: list[N]) -> None:
        """Issue canonical labels for nodes with one first-degree hash. Section 4.4.3, step 5."""
        results = []
        for node in nodes:
            if node in self._issued.labels:
                continue
            issuer: _Issuer[N] = _Issuer("_:b")
            issuer.issue(node)
            results.append(self._hash(node, issuer, 0))
        results.sort(key=lambda result: result[0])
        for _, issuer in results:
            for node in issuer.labels:
                self._issued.issue(node)

    def result(self, node: N) -> tuple[str, list[N]]:
        """Give the hash of one node, and those it labels in order."""
        issuer: _Issuer[N] = _Issuer("_:b")
        issuer.issue(node)
        digest, issuer = self._hash(node, issuer, 0)
        return digest, [*issuer.labels]

    def _spend(self, steps: int) -> None:
        self._budget -= steps
        left = self._left
        if left is not None:
            left[0] -= steps
            if left[0] < 0:
                spend(0)
        if self._budget < 0:
            raise TooComplexError(
                "The document's objects without an id are too alike and too entangled.",
                facts={"expected": f"at most {WORK_LIMIT} steps"},
            )

    def _groups(self, node: N, issuer: _Issuer[N]) -> dict[str, list[N]]:
        groups: dict[str, list[N]] = {}
        others = self._related.get(node, ())
        self._spend(1 + len(others))
        issued, labels, hashes, places = self._issued.labels, issuer.labels, self._hashes, self._places
        for position, other in others:
            text = position + (issued.get(other) or labels.get(other) or hashes[other])
            place = places.get(text)
            if place is None:
                place = self._digest(text)
                if len(text) <= _MAX_PLACE and len(places) < _MAX_PLACES:
                    places[text] = place
            if place in groups:
                groups[place].append(other)
            else:
                groups[place] = [other]
        return groups

    def _hash(self, node: N, issuer: _Issuer[N], depth: int) -> tuple[str, _Issuer[N]]:
        if depth > DEPTH_LIMIT:
            self._spend(self._budget + 1)
        groups = self._groups(node, issuer)
        data = []
        for related in sorted(groups):
            group = groups[related]
            data.append(related)
            if len(group) > 1:
                path, issuer = self._best(group, issuer, depth)
            else:
                path, issuer = self._only(group[0], issuer, depth)
            data.append(path)
        return self._digest("".join(data)), issuer

    def _only(self, node: N, issuer: _Issuer[N], depth: int) -> tuple[str, _Issuer[N]]:
        """Give the path of the one related node: one order, so nobody needs the issuer as it was before."""
        self._spend(2)
        label = self._issued.labels.get(node) or issuer.labels.get(node)
        if label is not None:
            return label, issuer
        label = issuer.issue(node)
        digest, deeper = self._hash(node, issuer, depth + 1)
        return f"{label}{label}<{digest}>", deeper

    def _best(self, group: list[N], issuer: _Issuer[N], depth: int) -> tuple[str, _Issuer[N]]:
        chosen, chosen_issuer = "", issuer
        for order in permutations(group):
            self._spend(1 + len(order) // 2 + len(issuer.labels) // 8)
            path, tried = self._path(order, issuer.copy(), chosen, depth)
            if path and (not chosen or path < chosen):
                chosen, chosen_issuer = path, tried
        return chosen, chosen_issuer

    def _path(
        self, order: tuple[N, ...], issuer: _Issuer[N], chosen: str, depth: int
    ) -> tuple[str, _Issuer[N]]:
        """Give the path of one order of related nodes, or an empty one when it cannot be the best."""
        path = ""
        recursion = []
        for node in order:
            label = self._issued.labels.get(node)
            if label is None:
                if node not in issuer.labels:
                    recursion.append(node)
                label = issuer.issue(node)
            path += label
            if chosen and len(path) >= len(chosen) and path > chosen:
                return "", issuer
        for node in recursion:
            digest, deeper = self._hash(node, issuer, depth + 1)
            path += f"{issuer.issue(node)}<{digest}>"
            issuer = deeper
            if chosen and len(path) >= len(chosen) and path > chosen:
                return "", issuer
        return path, issuer
