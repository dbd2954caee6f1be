# SPDX-License-Identifier: Apache-2.0
"""Documents that differ only in some strings: canonical form and JSON text, compiled once, filled many times.

The canonical form depends on the strings in four ways, and all are followed: they stand in the lines; the
lines are sorted; the labels of blank nodes follow from the ranks of their hashes (RDF Canonicalization 1.0,
section 4.4); and a literal is escaped. Where two blank nodes hash alike, two subjects become one, or a string
is not what its place needs, nothing is given and the general way is to be gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from operator import itemgetter
from typing import Any

from gakusho.proof import json
from gakusho.proof._literals import RDF, escaped
from gakusho.proof.canonical_form import statements
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad

_Part = str | int
"""Text as it is, or the place of what is filled in: a value, after them a blank node's label."""
_Line = list[_Part]

_TYPE = f"<{RDF}type>"
SENTINEL = "urn:uuid:00000000-0000-5000-8000-"
"""What strings that stand for others begin with; twelve hexadecimal digits follow."""
ESCAPED = r'\x00-\x1f"\\\x7f\ufffe\uffff'
"""Characters, as a regular expression's set, that cannot stand in JSON and in N-Quads as they are."""
_PLAIN_IRI = re.compile(
    r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|https?://[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]+"
)
"""IRIs that mean themselves under every context: no prefix and no vocabulary is put before them."""
_PLAIN_STARTS = (b"urn:uuid:", b"did:", b"https://", b"http://")
_IN_PLAIN_IRIS = bytes(set(range(0x21, 0x7F)) - set(b'<>"{}|^`\\'))


_Pick = Callable[[Sequence[bytes]], Any]
_Text = tuple[bytes, _Pick]
"""A text with places to fill: ``fill % pick(values)``; two calls of functions in C.

In bytes, since one wide character would make the whole of a text wide, and it is hashed in UTF-8 anyway.
"""


def _text(parts: Sequence[_Part]) -> _Text:
    fill = "".join("%s" if isinstance(part, int) else part.replace("%", "%%") for part in parts)
    return fill.encode("utf-8"), _picking([part for part in parts if isinstance(part, int)])


def _texts(several: Sequence[Sequence[_Part]]) -> _Text:
    """Give several texts as one, to be filled at once and cut again."""
    joined: _Line = []
    for number, parts in enumerate(several):
        joined += ["\x00", *parts] if number else parts
    return _text(joined)


_CUT = b"\x00"
"""What no term holds: in literals it is escaped, and in IRIs refused."""


def _picking(places: Sequence[int]) -> Callable[[Sequence[Any]], Any]:
    return itemgetter(*places) if places else _nothing


def _nothing(_: Sequence[object]) -> tuple[()]:
    return ()


class Filling:
    """What a template is filled with, as it stands in N-Quads and in JSON.

    ``escape`` is not needed if no value holds a character of ``ESCAPED``. Raises: UnicodeEncodeError for a
    lone surrogate.
    """

    __slots__ = ("members", "terms", "values")

    def __init__(self, values: Sequence[str], *, escape: bool = True) -> None:
        self.values = values
        self.terms = self.members = [value.encode("utf-8") for value in values]
        if escape:
            self.terms = [escaped(value).encode("utf-8") for value in values]
            self.members = [json.dumps(value)[1:-1] for value in values]


class JsonTemplate:
    """The JSON text of documents that differ in some strings."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._fill, self._pick = _text(parts)

    def filled(self, filling: Filling) -> bytes:
        """Give the JSON text with these values."""
        return self.with_members(filling.members)

    def with_members(self, values: Sequence[bytes]) -> bytes:
        """Give the JSON text with values as they stand in JSON."""
        text: bytes = self._fill % self._pick(values)
        return text


class CanonicalTemplate:
    """The canonical N-Quads of documents that differ in some strings."""

    def __init__(self, quads: Sequence[Quad], slots: Sequence[str], apart: str = "") -> None:
        """Take statements; ``apart`` is a subject of which the lines are not made into a block."""
        nodes = [*dict.fromkeys(term for quad in quads for term in (quad[0], quad[2]) if term[:2] == "_:")]
        self._parts = _Parts(slots, dict.fromkeys(nodes, 0))
        iris, subjects = self._parts.iris(quads)
        self._iris = _listing(iris)
        self._subjects = _listing([place for place in subjects if f"<{slots[place]}>" != apart])
        others = {quad[0][1:-1] for quad in quads} - {slots[one] for one in subjects}
        self._other_subjects = frozenset(one.encode("utf-8") for one in others)
        ordered, unordered, still = self._hash_texts(quads, nodes)
        self.nodes = [*ordered, *unordered, *still]
        """Blank nodes, in the order of their hashes and labels."""
        self._canonical = [b"_:c14n%d" % number for number in range(len(self.nodes))]
        self._labels = {node: len(slots) + number for number, node in enumerate(self.nodes)}
        self._parts = _Parts(slots, self._labels)
        self._ordered = _texts(list(ordered.values())) if ordered else None
        self._unordered = [_texts(lines) for lines in unordered.values()]
        self._still = list(still.values())
        self._groups: list[_Text] = []
        in_blocks = [quad for quad in quads if quad[0] != apart]
        blocks = self._in_blocks(in_blocks, len(slots) + len(self._labels))
        self._amount = len(blocks)
        self._blocks = _texts([*blocks, *[self._parts.line(quad) for quad in quads if quad[0] == apart]])

    def filled(self, filling: Filling) -> bytes | None:
        """Give the canonical form, in UTF-8, with these values; None: go the general way."""
        return self.with_terms(filling.terms)

    def with_terms(self, values: Sequence[bytes]) -> bytes | None:
        """Give the canonical form with values as they stand in N-Quads (IRIs, and escaped literals)."""
        if not self._fit(values):
            return None
        labels = self._ranked(values)
        if labels is None:
            return None
        blocks = self._filled_blocks([*values, *labels])
        if blocks is None:
            return None
        blocks.sort()
        return b"".join(blocks)

    def _filled_blocks(self, terms: list[bytes]) -> list[bytes] | None:
        """Give the lines of each subject, from values and labels, and each line of the one apart.

        None: go the general way.
        """
        for fill, pick in self._groups:
            head, *objects = (fill % pick(terms)).split(_CUT)
            if len({*objects}) < len(objects):
                return None  # said twice is said once, which changes hashes too
            objects.sort()
            terms.append(head + (b" .\n" + head).join(objects) + b" .\n")
        fill, pick = self._blocks
        blocks: list[bytes] = (fill % pick(terms)).split(_CUT)
        return blocks

    def _fit(self, values: Sequence[bytes]) -> bool:
        iris = self._iris(values)
        # What is no IRI stays none when it is escaped: a backslash is not in any.
        if iris and not are_plain(iris):
            return False
        subjects = self._subjects(values)
        return len({*subjects}) == len(subjects) and self._other_subjects.isdisjoint(subjects)

    def _ranked(self, terms: Sequence[bytes]) -> list[bytes] | None:
        """Give the label of each blank node by the rank of its first-degree hash."""
        hashes = self._hashes(terms)
        ranks = dict(zip(sorted(hashes), self._canonical, strict=True))
        return None if len(ranks) < len(hashes) else [ranks[digest] for digest in hashes]

    def _hashes(self, terms: Sequence[bytes]) -> list[bytes]:
        """Give the first-degree hash of each blank node."""
        texts: list[bytes] = []
        if self._ordered is not None:
            fill, pick = self._ordered
            texts = (fill % pick(terms)).split(_CUT)
        texts += [b"".join(sorted((f % p(terms)).split(_CUT))) for f, p in self._unordered]
        return [*[sha256(text).digest() for text in texts], *self._still]

    def _hash_texts(
        self, quads: Sequence[Quad], nodes: Sequence[str]
    ) -> tuple[dict[str, _Line], dict[str, list[_Line]], dict[str, bytes]]:
        """Give what is hashed for each blank node.

        One text if the order of its lines never changes; else its lines, to be sorted; or the hash itself
        if nothing in it ever changes.
        """
        ordered: dict[str, _Line] = {}
        unordered: dict[str, list[_Line]] = {}
        still: dict[str, bytes] = {}
        for node in nodes:
            masked = [(_masked(s, node), p, _masked(o, node), g) for s, p, o, g in quads if node in (s, o)]
            lines = sorted((self._parts.line(quad) for quad in masked), key=self._parts.shown)
            whole = [part for line in lines for part in line]
            if all(isinstance(part, str) for part in whole):
                still[node] = sha256(self._parts.shown(whole).encode("utf-8")).digest()
            elif all(_always_before(one, two) for one, two in pairwise(lines)):
                ordered[node] = whole
            else:
                unordered[node] = lines
        return ordered, unordered, still

    def _in_blocks(self, quads: Sequence[Quad], next_place: int) -> list[_Line]:
        """Give the lines of each subject as one text; blocks sort as their lines do.

        A subject ends with ``>`` or a digit and a space, and no other subject goes on where it ends.
        """
        by_subject: dict[str, dict[str, list[Quad]]] = {}
        for quad in quads:
            by_subject.setdefault(quad[0], {}).setdefault(quad[1], []).append(quad)
        blocks = []
        for predicates in by_subject.values():
            block: _Line = []
            for predicate in sorted(predicates):
                same = predicates[predicate]
                objects = [self._parts.term(quad[2]) for quad in same]
                if len(same) > 1 and any(isinstance(part, int) for each in objects for part in each):
                    head = [*self._parts.term(same[0][0]), f" {predicate} "]
                    self._groups.append(_texts([head, *objects]))
                    block.append(next_place)
                    next_place += 1
                else:
                    lines = sorted((self._parts.line(quad) for quad in same), key=self._parts.shown)
                    block += [part for line in lines for part in line]
            blocks.append(block)
        return blocks


def are_plain(iris: Sequence[bytes]) -> bool:
    """Tell whether these are IRIs that mean themselves under every context."""
    if b"".join(iris).translate(None, _IN_PLAIN_IRIS):
        return all(_PLAIN_IRI.fullmatch(iri.decode("utf-8")) for iri in iris)
    return all([iri.startswith(_PLAIN_STARTS) for iri in iris])  # noqa: C419  # hot: a list is quicker


def _masked(term: str, node: str) -> str:
    """Give a term as it is hashed for a blank node. RDF Canonicalization 1.0, section 4.6.3."""
    return ("_:a" if term == node else "_:z") if term.startswith("_:") else term


def _listing(places: Sequence[int]) -> Callable[[Sequence[bytes]], Any]:
    """Give what picks values as a tuple, also one or none."""
    if len(places) == 1:
        only = places[0]
        return lambda values: (values[only],)
    return _picking(places)


def compile_template(
    document: Mapping[str, Any], slots: Sequence[str], contexts: Contexts
) -> CanonicalTemplate | None:
    """Give the template of a document in which the strings ``slots`` stand for what will be filled in.

    Every slot's string must stand nowhere else; those in places of ids must be ``urn:uuid:`` IRIs. None:
    some slot stands where its value would change more than itself (a type, a part of a longer string), or
    the document has graphs of its own.

    Raises: UndefinedTermError, LimitError, UnreadableError.
    """
    found = statements(document, contexts)
    try:
        return CanonicalTemplate(found, slots)
    except NotATemplateError:
        return None


def compile_json(document: Mapping[str, Any], slots: Sequence[str]) -> JsonTemplate | None:
    """Give the template of a document's JSON text; None: a slot is a member's name, or part of a string."""
    places = {slot: place for place, slot in enumerate(slots)}
    parts: list[_Part] = []
    pattern = "|".join(map(re.escape, slots))
    for number, piece in enumerate(
        re.split(f'(?<=")({pattern})(?=")(?!":)', json.dumps(document).decode("utf-8"))
    ):
        parts.append(places[piece] if number % 2 else piece)
    if any(isinstance(part, str) and re.search(pattern, part) for part in parts):
        return None
    return JsonTemplate(parts)


class NotATemplateError(Exception):
    """Raised and caught here and in ``parts``: a slot stands where filling it would be wrong."""


class _Parts:
    """How the terms of statements are put together from slots."""

    def __init__(self, slots: Sequence[str], labels: Mapping[str, int]) -> None:
        self._slots = slots
        self._labels = labels
        self._places = {slot: place for place, slot in enumerate(slots)}
        self._any = re.compile("|".join(map(re.escape, slots)))

    def iris(self, quads: Sequence[Quad]) -> tuple[list[int], list[int]]:
        """Give the slots that stand for IRIs, and those of them that are subjects."""
        iris: dict[int, None] = {}
        subjects: dict[int, None] = {}
        for s, p, o, g in quads:
            if g or self._any.search(p) or (p == _TYPE and self._any.search(o)):
                raise NotATemplateError
            for term in (s, o):
                if term.startswith("<") and term[1:-1] in self._places:
                    iris[self._places[term[1:-1]]] = None
            if s.startswith("<") and s[1:-1] in self._places:
                subjects[self._places[s[1:-1]]] = None
        if any(not self._slots[place].startswith("urn:uuid:") for place in iris):
            raise NotATemplateError
        return list(iris), list(subjects)

    def term(self, term: str) -> _Line:
        """Give the parts of a term."""
        if term in self._labels:
            return [self._labels[term]]
        if term.startswith("<"):
            before, inner, after = "<", term[1:-1], ">"
        elif term.startswith('"'):
            end = term.rindex('"')
            before, inner, after = '"', term[1:end], term[end:]
        else:
            return [term]
        if self._any.search(after if inner in self._places else term):
            raise NotATemplateError
        return [before, self._places[inner], after] if inner in self._places else [term]

    def line(self, quad: Quad) -> _Line:
        """Give the parts of a line; neighboring texts are one."""
        s, p, o, _ = quad
        joined: _Line = []
        for part in [*self.term(s), f" {p} ", *self.term(o), " .\n"]:
            if joined and isinstance(part, str) and isinstance(joined[-1], str):
                joined[-1] += part
            else:
                joined.append(part)
        return joined

    def shown(self, line: _Line) -> str:
        """Give a line as it stands in the document it was compiled from."""
        return "".join(
            part if isinstance(part, str) else self._slots[part] if part < len(self._slots) else "_:c14n"
            for part in line
        )


def _always_before(one: _Line, two: _Line) -> bool:
    """Tell whether the first line sorts before the second whatever is filled in."""
    for a, b in zip(one, two, strict=False):
        if isinstance(a, int) or isinstance(b, int):
            if a != b:
                return False
            continue
        if a == b:
            continue
        length = min(len(a), len(b))
        return a[:length] < b[:length]
    return False
