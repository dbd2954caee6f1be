# SPDX-License-Identifier: Apache-2.0
"""Canonical forms of documents that are mostly many objects written alike: the courses of a transcript.

A *whole* has strings of its own, and holds, in one of its subjects (the *holder*), any number of *parts* of
some kinds. What each kind states is compiled once (``template``); a document is then put together from
what its parts state, with all that goes from one to the other: the ranks of all blank nodes' hashes, the
lines that several say of the holder, and ids that two have in common, with which nothing is given. Blank
nodes that hash alike in many parts (the cells of equal lists) are told apart as RDF Dataset Canonicalization
1.0, section 4.8, says, each part's by themselves: it never looks beyond a node that has a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from gakusho.proof import plan
from gakusho.proof.canonical import nth_degree, related_nodes, spend
from gakusho.proof.canonical_form import statements
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad
from gakusho.proof.template import SENTINEL, CanonicalTemplate, NotATemplateError, are_plain

MAX_STATEMENTS = 20_000
"""Of a document: what takes more of the work of one input goes the general way."""
_MAX_KNOWN = 1_024
"""Hashes of n-th degree that are remembered for one kind of parts."""
_LABELS = tuple(b"_:c14n%d" % number for number in range(4_096))
_UNIQUE = -1

Marked = tuple[int, Sequence[str]]
"""A kind of parts, and strings for the places of one of them."""
Write = Callable[[Sequence[Marked]], Mapping[str, Any]]
Filled = tuple["Part", Sequence[bytes]]
"""A part of a document: its kind, and the strings in its places as they stand in N-Quads."""


class _Member(CanonicalTemplate):
    """What is stated by one part, or by the whole without its parts."""

    def __init__(self, quads: Sequence[Quad], slots: Sequence[str], holder: str) -> None:
        super().__init__(quads, slots, holder)
        self.statements = len(quads)

    def add_ids(self, terms: Sequence[bytes], iris: list[bytes], subjects: list[bytes]) -> None:
        """Add what must be an IRI, and what must be no other's id."""
        iris += self._iris(terms)
        subjects += self._subjects(terms)

    def has_other(self, subjects: Iterable[bytes]) -> bool:
        """Tell whether one of these is the id of something that is the same in all documents."""
        return not self._other_subjects.isdisjoint(subjects)

    def hashes(self, terms: Sequence[bytes]) -> list[bytes]:
        """Give the first-degree hash of each blank node."""
        return self._hashes(terms)

    def add_lines(self, terms: list[bytes], blocks: list[bytes], lines: list[bytes]) -> bool:
        """Add the lines of each subject, and those of the holder; tell whether that can be done."""
        found = self._filled_blocks(terms)
        if found is None:
            return False
        blocks += found[: self._amount]
        lines += found[self._amount :]
        return True


Member = tuple[_Member, list[bytes]]
"""One of them, and the strings in its places."""


class Part(_Member):
    """What each part of one kind states."""

    def __init__(
        self, quads: Sequence[Quad], slots: Sequence[str], holder: str, said: frozenset[Quad]
    ) -> None:
        super().__init__(quads, slots, holder)
        self.said = said
        """What all of them say that stands in none of their own strings."""
        self._quads = [*quads]
        self._around = _neighborhoods(self.nodes, quads)
        self._known: dict[tuple[int, ...], tuple[str, list[int]]] = {}
        self._first_still = len(self.nodes) - len(self._still)

    def nth_degree(self, node: int, labels: Sequence[int]) -> tuple[str, list[int]] | None:
        """Give the hash of n-th degree of a blank node, and the nodes in the order of their labels.

        ``labels`` are the numbers of those that are issued, of all nodes of this part; None: go the general
        way.
        """
        around = self._around[node]
        key = (node, *[labels[other] for other in around])
        known = self._known.get(key)
        if known is None:
            if any(labels[other] == _UNIQUE and other < self._first_still for other in around):
                return None
            names = self.nodes
            still = dict(zip(names[self._first_still :], (one.hex() for one in self._still), strict=True))
            issued = {names[other]: f"_:c14n{labels[other]}" for other in around if labels[other] != _UNIQUE}
            digest, order = nth_degree(names[node], related_nodes(self._quads), still, issued)
            known = digest, [names.index(name) for name in order]
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[key] = known
        return known


def _neighborhoods(nodes: Sequence[str], quads: Sequence[Quad]) -> list[tuple[int, ...]]:
    """Give for each blank node those that can be reached from it by blank nodes alone, itself among them."""
    places = {node: place for place, node in enumerate(nodes)}
    groups = [{place} for place in range(len(nodes))]
    for s, _, o, _ in quads:
        if s in places and o in places and groups[places[s]] is not groups[places[o]]:
            joined = groups[places[s]] | groups[places[o]]
            for place in joined:
                groups[place] = joined
    return [tuple(sorted(group)) for group in groups]


class Whole:
    """The canonical N-Quads of documents with any number of parts of some kinds."""

    def __init__(
        self, slots: Sequence[str], holder: int, common: Sequence[Quad], parts: Sequence[Part]
    ) -> None:
        self.parts = parts
        self._slots = slots
        self._holder = holder
        self._common = common
        self._members: dict[frozenset[Part], _Member] = {}
        """The whole without its parts, by the kinds of parts there are."""

    def with_terms(self, terms: tuple[Sequence[bytes], Sequence[Filled]]) -> bytes | None:
        """Give the canonical form with the strings of the whole and of each part; None: go the general way.

        Raises: TooComplexError when the work of one input is used up.
        """
        values, filled = terms
        common = self._member(frozenset([part for part, _ in filled]))
        holder = values[self._holder]
        members: list[Member] = [(common, [*values])]
        members += [(part, [*strings, holder]) for part, strings in filled]
        amount = sum([member.statements for member, _ in members])
        if amount > MAX_STATEMENTS:
            return None
        spend(amount)
        if not _fit(members, common, holder):
            return None
        hashes = [member.hashes(own) for member, own in members]
        labels = _labels(members, hashes)
        return None if labels is None else _text(members, labels)

    def _member(self, kinds: frozenset[Part]) -> _Member:
        known = self._members.get(kinds)
        if known is None:
            of_parts = [sorted(part.said) for part in self.parts if part in kinds]
            said = dict.fromkeys(chain(self._common, *of_parts))
            known = _Member([*said], self._slots, f"<{self._slots[self._holder]}>")
            if len(self._members) >= len(self.parts) + 4:
                self._members.clear()
            self._members[kinds] = known
        return known


def _fit(members: Sequence[Member], common: _Member, holder: bytes) -> bool:
    """Tell whether all ids are IRIs that mean themselves, and each is one thing's."""
    iris: list[bytes] = []
    subjects = [holder]
    for member, terms in members:
        member.add_ids(terms, iris, subjects)
    return are_plain(iris) and len({*subjects}) == len(subjects) and not common.has_other(subjects)


def _text(members: Sequence[Member], labels: Sequence[Sequence[int]]) -> bytes | None:
    blocks: list[bytes] = []
    lines: list[bytes] = []
    for (member, terms), numbers in zip(members, labels, strict=True):
        if not member.add_lines([*terms, *[_LABELS[number] for number in numbers]], blocks, lines):
            return None
    lines = sorted({*lines})
    blocks.append(b"".join(lines))
    blocks.sort()
    return b"".join(blocks)


def _labels(members: Sequence[Member], hashes: Sequence[Sequence[bytes]]) -> list[list[int]] | None:
    """Give the number of the label of each blank node. RDF Canonicalization 1.0, section 4.4.3."""
    first: dict[bytes, tuple[int, int]] = {}
    alike: dict[bytes, list[tuple[int, int]]] = {}
    amount = 0
    for number, some in enumerate(hashes):
        amount += len(some)
        for place, digest in enumerate(some):
            if digest not in first:
                first[digest] = (number, place)
            elif digest in alike:
                alike[digest].append((number, place))
            else:
                alike[digest] = [first[digest], (number, place)]
    if amount > len(_LABELS):
        return None
    labels = [[_UNIQUE] * len(some) for some in hashes]
    count = 0
    for digest in sorted(first.keys() - alike.keys() if alike else first):
        number, place = first[digest]
        labels[number][place] = count
        count += 1
    for digest in sorted(alike):
        found = _deeper(members, alike[digest], labels)
        if found is None:
            return None
        for _, own, order in found:
            for place in order:
                if own[place] == _UNIQUE:
                    own[place] = count
                    count += 1
    return labels


def _deeper(
    members: Sequence[Member], alike: Sequence[tuple[int, int]], labels: Sequence[list[int]]
) -> list[tuple[str, list[int], list[int]]] | None:
    """Give the hashes of n-th degree of nodes, sorted, each with all labels and the nodes it labels.

    Only those are given that have no label yet; None: two are the same, or the general way is to be gone.
    """
    found: dict[str, tuple[str, list[int], list[int]]] = {}
    waiting = 0
    for number, place in alike:
        own = labels[number]
        if own[place] != _UNIQUE:
            continue
        waiting += 1
        member = members[number][0]
        deep = member.nth_degree(place, own) if isinstance(member, Part) else None
        if deep is None:
            return None
        found[deep[0]] = (deep[0], own, deep[1])
    return [found[digest] for digest in sorted(found)] if len(found) == waiting else None


def compile_whole(
    write: Write, slots: Sequence[str], holder: int, sizes: Sequence[int], contexts: Contexts
) -> Whole | None:
    """Give the whole of a document with the strings ``slots``, and kinds of parts with so many places each.

    ``write`` gives the document with these parts, in the places of whose strings stand what it is given;
    ``holder`` is the place of the id of what holds them, which they may have as well. Strings and None as
    for ``compile_template``. Raises: UndefinedTermError, LimitError, UnreadableError.
    """
    first = [(kind, _marks(kind, 1, size)) for kind, size in enumerate(sizes)]
    if plan.planned_form(write(first), contexts) is None:
        return None  # only what is planned: the contexts are pinned, and no work is boundless
    name = slots[holder]
    common = _stated(write([]), contexts)
    try:
        parts = [_part(write, marked, common, name, contexts) for marked in first]
        _Member(common, slots, f"<{name}>")
    except NotATemplateError:
        return None
    return Whole(slots, holder, common, parts)


def _marks(kind: int, copy: int, size: int) -> list[str]:
    return [f"{_prefix(kind, copy)}{place:08x}" for place in range(size)]


def _prefix(kind: int, copy: int) -> str:
    return f"{SENTINEL}{kind + 1:03x}{copy:x}"


def _stated(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    return [*dict.fromkeys(statements(document, contexts))]


def _part(write: Write, marked: Marked, common: Sequence[Quad], holder: str, contexts: Contexts) -> Part:
    """Give what parts of a kind state. Raises: NotATemplateError when it depends on there being others."""
    kind, marks = marked
    own, others = _split(_stated(write([marked]), contexts), _prefix(kind, 1))
    again = _marks(kind, 2, len(marks))
    twice = _stated(write([marked, (kind, again)]), contexts)
    second, rest = _split(twice, _prefix(kind, 2))
    ground = {quad for quad in others if not _has_blank(quad)}
    before = {quad for quad in common if not _has_blank(quad)}
    same = len(rest) == len(own) + len(others) and len(second) == len(own) and before <= ground
    if not same or len(others) - len(ground) != len(common) - len(before):
        raise NotATemplateError
    subjects = {quad[0] for quad in own if not quad[0].startswith("_:")} - {f"<{holder}>"}
    if not subjects <= {f"<{mark}>" for mark in marks}:
        raise NotATemplateError
    return Part(own, [*marks, holder], f"<{holder}>", frozenset(ground - before))


def _split(quads: Sequence[Quad], prefix: str) -> tuple[list[Quad], list[Quad]]:
    """Give the statements in which strings with this prefix stand, or that lead to such by blank nodes."""
    pattern = re.compile(re.escape(prefix))
    own = [any(pattern.search(term) for term in quad) for quad in quads]
    blanks: set[str] = set()
    while True:
        reached = {
            term
            for quad, is_own in zip(quads, own, strict=True)
            if is_own
            for term in (quad[0], quad[2])
            if term.startswith("_:")
        }
        if reached == blanks:
            break
        blanks = reached
        own = [
            is_own or quad[0] in blanks or quad[2] in blanks for quad, is_own in zip(quads, own, strict=True)
        ]
    paired = [*zip(quads, own, strict=True)]
    return [quad for quad, is_own in paired if is_own], [quad for quad, is_own in paired if not is_own]


def _has_blank(quad: Quad) -> bool:
    return quad[0].startswith("_:") or quad[2].startswith("_:")
