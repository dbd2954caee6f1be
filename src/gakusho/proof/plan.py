# SPDX-License-Identifier: Apache-2.0
"""The canonical form of a usual document, straight from the JSON: the quick way beside ``quads``.

What is the same for all node objects of one shape (members, types, place) is worked out once (``_shapes``);
a document then costs a look-up for each of its objects and the joining of strings. The lines of one subject
are kept without the subject, so that they are sorted and hashed together: a blank node's are those of RDF
Dataset Canonicalization 1.0, section 4.6, with ``_:a`` before each. A graph of its own is planned where it
holds one node without an id that leads to no other, as a proof does inside a document. Whatever is not usual
(other graphs, language maps, labels of blank nodes, anything that is refused) is left to the strict compiler:
then there is no result here. That both ways give the same bytes is held by tests on generated documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from gakusho.errors import GakushoError
from gakusho.proof import _literals
from gakusho.proof._shapes import (
    GRAPH,
    JSON,
    LIST,
    LITERAL,
    MAX_KEPT,
    REFERENCE,
    Member,
    NodePlan,
    Shape,
    Unplanned,
)
from gakusho.proof._terms import is_absolute
from gakusho.proof.canonical import issued_labels, spend
from gakusho.proof.contexts import ActiveContext, Contexts
from gakusho.proof.json import MAX_DEPTH
from gakusho.proof.quads import MAX_QUADS, RDF_FIRST, RDF_NIL, RDF_REST, only_id, value_object

DISABLED = False
"""Set by tests that compare this way with the other."""

_FIRST, _REST, _LAST = f"{RDF_FIRST} ", f"{RDF_REST} ", f"{RDF_REST} {RDF_NIL} .\n"
_SPECIAL = bytes([*range(0x20), 0x22, 0x5C, 0x7F])
"""Bytes that are escaped in a literal."""
_NOT_IN_IRIS = bytes([*range(0x21), *b'"<>\\^`{|}', 0x7F])


def planned_form(document: Mapping[str, Any], contexts: Contexts, *, algorithm: str = "sha256") -> str | None:
    """Give the canonical N-Quads of a document; None when it is for the strict compiler. Never raises."""
    if DISABLED or algorithm not in ("sha256", "sha384"):
        return None
    try:
        active = contexts.active(document["@context"])
        walk = _Walk(contexts, escape=False)
        walk.root(document, active)
        if walk.special():
            walk = _Walk(contexts, escape=True)
            walk.root(document, active)
        return walk.text(algorithm) or None
    except (Unplanned, GakushoError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None


class _Blank:
    """A node without an id: the ends of its lines, and the blank nodes it leads to, each with how."""

    __slots__ = ("ends", "label", "links", "mixed", "whence")

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.links: list[tuple[str, _Blank]] = []
        self.whence = ""
        """The line that leads here, as it is hashed."""
        self.label = ""
        self.mixed = False
        """Whether a statement may have been made twice."""


class _Walk:
    """One document on its way."""

    def __init__(self, contexts: Contexts, *, escape: bool) -> None:
        self._contexts = contexts
        self._escape = escape
        self._blocks: dict[str, list[str]] = {}
        """The ends of the lines of each subject with an id."""
        self._links: list[tuple[list[str], str, _Blank]] = []
        """From a subject with an id to one without."""
        self._mixed: set[str] = set()
        """Those of them of which a statement may have been made twice."""
        self._blanks: list[_Blank] = []
        self._graphs: dict[_Blank, _Blank] = {}
        """The one node in each graph of its own."""
        self._inside: dict[_Blank, _Blank] = {}
        """The graph of each such node."""
        self._texts: list[str] = []
        self._iris: list[str] = []

    # --- from JSON to the ends of lines -----------------------------------------------------------

    def root(self, document: Mapping[str, Any], active: ActiveContext) -> None:
        """State the whole document. Raises: Unplanned, and what reading an irregular one runs into."""
        keys = (*document,)
        self._node(document, active.shapes.get(keys) or Shape(keys, active), 0)

    def _plan(self, shape: Shape, types: Any) -> NodePlan:
        plan = shape.plan(types, self._contexts)
        self._contexts.keep_shape(shape.active, shape.keys, shape, most=MAX_KEPT)
        return plan

    def _node(self, obj: Mapping[str, Any], shape: Shape, depth: int) -> str | _Blank:
        """State a node object; give its subject."""
        if depth > MAX_DEPTH:
            raise Unplanned
        types: Any = None
        if shape.type_key is not None:
            types = obj[shape.type_key]
            if type(types) is list:
                types = (*types,)
        plan = shape.plans.get(types) or self._plan(shape, types)
        if depth and not plan.carries_context:
            raise Unplanned
        name: str | _Blank
        mixed = plan.alike
        if shape.id_key is None:
            name = blank = _Blank()
            self._blanks.append(blank)
            ends = blank.ends
        else:
            name = self._reference(obj[shape.id_key], shape.active, by_vocab=False)
            mixed = mixed or name in self._blocks
            ends = self._blocks.setdefault(name, [])
        ends += plan.types
        texts, plain = self._texts, not self._escape
        for value, (kind, before, after, member) in zip(plan.values(obj), plan.steps):  # noqa: B905  # hot
            if kind == LITERAL and plain and type(value) is str:
                texts.append(value)
                ends.append(before + value + after)
            elif type(value) is list and kind < LIST:
                mixed = mixed or len(value) > 1
                for item in value:
                    self._state(name, ends, item, kind, before, after, member, depth)
            else:
                self._state(name, ends, value, kind, before, after, member, depth)
        if mixed:
            if type(name) is str:
                self._mixed.add(name)
            else:
                name.mixed = True  # type: ignore[union-attr]  # not a string
        return name

    def _state(
        self,
        name: str | _Blank,
        ends: list[str],
        value: Any,
        kind: int,
        before: str,
        after: str,
        member: Member,
        depth: int,
    ) -> None:
        """Add the statement of one value."""
        target: str | _Blank
        given = type(value)
        if given is str and kind < LIST:
            if kind == REFERENCE:
                ends.append(f"{before}{self._reference(value, member.here, by_vocab=member.by_vocab)} .\n")
                return
            self._texts.append(value)
            ends.append(before + (_literals.escaped(value) if self._escape else value) + after)
            return
        if kind == LITERAL:
            before = before[:-1]
        if given is dict and kind < LIST:
            shape = member.inside.shapes.get((*value,))
            if shape is not None and shape.nested:
                target = self._node(value, shape, depth + 1)
            else:
                target = self._map(value, member, depth)
        elif kind == LIST:
            target = self._list(value if given is list else [value], member, depth)
        elif kind == JSON:
            target = _literals.json_literal(value)
        elif kind == GRAPH:
            for item in value if given is list else (value,):
                self._link(name, ends, before, self._graph(name, item, member, depth))
            return
        else:
            target = self._object(value, member, depth)
        if type(target) is str:
            ends.append(f"{before}{target} .\n")
        else:
            self._link(name, ends, before, target)  # type: ignore[arg-type]  # not a string

    def _link(self, name: str | _Blank, ends: list[str], before: str, target: _Blank) -> None:
        if type(name) is str:
            target.whence = f"{name} {before}_:a .\n"
            self._links.append((ends, before, target))
        else:
            target.whence = f"_:z {before}_:a .\n"
            name.links.append((before, target))  # type: ignore[union-attr]  # not a string

    def _graph(self, name: str | _Blank, value: Any, member: Member, depth: int) -> _Blank:
        """State an object of plain values in a graph of its own. Raises: Unplanned for any other."""
        if type(name) is not str or type(value) is not dict or not all(map(_is_plain, value.values())):
            raise Unplanned
        graph = _Blank()
        self._blanks.append(graph)
        amount = len(self._blanks)
        inside = self._map(value, member, depth)
        # with a cell of a list there would be more; with an id it could be the same node as another
        if type(inside) is str or len(self._blanks) != amount + 1 or not inside.ends:  # type: ignore[union-attr]
            raise Unplanned
        self._inside[inside], self._graphs[graph] = graph, inside  # type: ignore[index,assignment]
        return graph

    def _object(self, value: Any, member: Member, depth: int) -> str | _Blank:
        """Give what the value is as the object of a statement."""
        kind = type(value)
        if kind is str:
            if member.items == LITERAL:
                self._texts.append(value)
                return f'"{_literals.escaped(value) if self._escape else value}{member.close}'
            return self._reference(value, member.here, by_vocab=member.by_vocab)
        if kind is dict:
            return self._map(value, member, depth)
        if kind is bool or kind is int or kind is float:
            return _literals.native(value, member.datatype)
        raise Unplanned

    def _map(self, value: dict[str, Any], member: Member, depth: int) -> str | _Blank:
        if "@value" in value:
            literal = value_object(value, member.here)
            literal.encode("utf-8")  # raises for a lone surrogate
            return literal
        if "@list" in value:
            raise Unplanned
        active = member.here if only_id(value, member.aliases) else member.inside
        if "@context" in value:
            active = self._embedded(value["@context"], active)
        keys = (*value,)
        return self._node(value, active.shapes.get(keys) or Shape(keys, active), depth + 1)

    def _embedded(self, context: Any, active: ActiveContext) -> ActiveContext:
        known = active.embedded.get((*context,)) if type(context) is list else None
        return self._contexts.active(context, within=active) if known is None else known

    def _list(self, items: list[Any], member: Member, depth: int) -> str | _Blank:
        """Give the first cell of the list. JSON-LD 1.1 API, section 8.2.4."""
        first: _Blank | None = None
        last: _Blank | None = None
        for item in items:
            cell = _Blank()
            self._blanks.append(cell)
            if last is None:
                first = cell
            else:
                self._link(last, last.ends, _REST, cell)
            target = self._object(item, member, depth)
            if type(target) is str:
                cell.ends.append(f"{_FIRST}{target} .\n")
            else:
                self._link(cell, cell.ends, _FIRST, target)  # type: ignore[arg-type]  # not a string
            last = cell
        if last is None or first is None:
            return RDF_NIL
        last.ends.append(_LAST)
        return first

    def _reference(self, value: Any, active: ActiveContext, *, by_vocab: bool) -> str:
        if value.startswith(active.schemes):
            self._iris.append(value)
            return f"<{value}>"
        iri = active.iri(value, by_vocab=by_vocab)
        if iri is None or iri.startswith("_:") or not is_absolute(iri):
            raise Unplanned
        self._iris.append(iri)
        return f"<{iri}>"

    # --- from the ends of lines to the text -------------------------------------------------------

    def special(self) -> bool:
        """Tell whether a literal has to be escaped. Raises: Unplanned for an id that is not an IRI."""
        iris = "".join(self._iris)
        data = iris.encode("utf-8")
        if len(data.translate(None, _NOT_IN_IRIS)) != len(data) or not (
            iris.isascii() or all(map(is_absolute, self._iris))
        ):
            raise Unplanned
        text = "".join(self._texts)
        data = text.encode("utf-8")
        return len(data.translate(None, _SPECIAL)) != len(data) or "\ufffe" in text or "\uffff" in text

    def text(self, algorithm: str) -> str:
        """Give the canonical N-Quads. Raises: Unplanned, TooComplexError."""
        blocks = self._blocks
        amount = sum(map(len, blocks.values())) + len(self._links)
        amount += sum(len(blank.ends) + len(blank.links) for blank in self._blanks)
        if amount > MAX_QUADS:
            raise Unplanned
        spend(amount)
        if self._blanks:
            self._label(algorithm)
        for ends, before, blank in self._links:
            ends.append(f"{before}{blank.label} .\n")
        for blank in self._blanks:
            ends = blank.ends
            for before, other in blank.links:
                ends.append(f"{before}{other.label} .\n")
            blocks[blank.label] = ends
            if blank.mixed:
                self._mixed.add(blank.label)
        for node, graph in self._inside.items():
            blocks[node.label] = [f"{end[:-2]}{graph.label} .\n" for end in node.ends]
        parts = []
        for name in sorted(blocks):
            ends = blocks[name]
            if name in self._mixed:
                ends = list(set(ends))
            ends.sort()
            if ends:
                parts.append(f"{name} ")
                parts.append(f"{name} ".join(ends))
        return "".join(parts)

    def _label(self, algorithm: str) -> None:
        digest = getattr(hashlib, algorithm)
        known: dict[str, str] = {}
        hashes: dict[str, _Blank] = {}
        first_degree = self._first_degree if self._graphs else _first_degree
        for blank in self._blanks:
            text = first_degree(blank)
            known[text] = key = known.get(text) or digest(text.encode("utf-8")).hexdigest()
            blank.label = key
            hashes[key] = blank
        if len(hashes) < len(self._blanks):
            self._label_alike(algorithm)
            return
        for number, key in enumerate(sorted(hashes)):
            hashes[key].label = f"_:c14n{number}"

    def _first_degree(self, blank: _Blank) -> str:
        """Give what is hashed of a blank node where some have, or are, the names of graphs."""
        if blank in self._inside:
            return "".join(sorted(f"_:a {end[:-2]}_:z .\n" for end in set(blank.ends)))
        if blank in self._graphs:
            # a subject with an id leads here, and its line sorts before the others
            inside = sorted(f"_:z {end[:-2]}_:a .\n" for end in set(self._graphs[blank].ends))
            return blank.whence + "".join(inside)
        return _first_degree(blank)

    def _label_alike(self, algorithm: str) -> None:
        """Label the nodes when some have the same hash of first degree, which stands for a label so far."""
        hashes = {blank: blank.label for blank in self._blanks}
        related: dict[_Blank, list[tuple[str, _Blank]]] = {}
        for blank in self._blanks:
            for before, other in blank.links:
                related.setdefault(blank, []).append((f"o{before[:-1]}", other))
                related.setdefault(other, []).append((f"s{before[:-1]}", blank))
        for node, graph in self._inside.items():
            for end in set(node.ends):
                related.setdefault(node, []).append(("g", graph))
                related.setdefault(graph, []).append((f"s{end.partition(' ')[0]}", node))
        labels = issued_labels(hashes, related, algorithm=algorithm)
        for blank in self._blanks:
            blank.label = labels[blank]


def _is_plain(value: Any) -> bool:
    """Tell whether a value holds no object."""
    if type(value) is list:
        return not any(type(item) is dict or type(item) is list for item in value)
    return type(value) is not dict


def _first_degree(blank: _Blank) -> str:
    """Give what is hashed of a blank node. RDF Dataset Canonicalization 1.0, section 4.6."""
    ends = list(set(blank.ends)) if blank.mixed else blank.ends
    if blank.links:
        ends = [*ends, *(f"{before}_:z .\n" for before, _ in blank.links)]
    if len(ends) > 1:
        ends.sort()
    text = "_:a " + "_:a ".join(ends) if ends else ""
    whence = blank.whence
    return text + whence if whence.startswith("_") else whence + text
