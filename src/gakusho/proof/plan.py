# SPDX-License-Identifier: Apache-2.0
"""The canonical form of a usual document, straight from the JSON: the quick way beside ``quads``.

What is the same for all node objects of one shape (members, types, place) is worked out once (``_shapes``);
a document then costs a look-up for each of its objects and the joining of strings. The lines of one subject
are kept without the subject, so that they are sorted and hashed together: a blank node's are those of RDF
Dataset Canonicalization 1.0, section 4.6, with ``_:a`` before each. Whatever is not usual (graphs, language
maps, labels of blank nodes, anything that is refused) is left to the strict compiler: then there is no
result here. That both ways give the same bytes is held by tests on generated documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from gakusho.errors import GakushoError
from gakusho.proof import _literals
from gakusho.proof._shapes import JSON, LIST, LITERAL, MAX_KEPT, Member, NodePlan, Shape, Unplanned
from gakusho.proof._terms import is_absolute
from gakusho.proof.canonical import issued_labels
from gakusho.proof.contexts import ActiveContext, Contexts
from gakusho.proof.json import MAX_DEPTH
from gakusho.proof.quads import MAX_QUADS, RDF_FIRST, RDF_NIL, RDF_REST, Quad, only_id, value_object

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

    __slots__ = ("ends", "label", "links", "whence")

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.links: list[tuple[str, _Blank]] = []
        self.whence: tuple[str, str | _Blank] | None = None
        self.label = ""


class _Walk:
    """One document on its way."""

    def __init__(self, contexts: Contexts, *, escape: bool) -> None:
        self._contexts = contexts
        self._shapes = contexts.shapes
        self._escape = escape
        self._blocks: dict[str, list[str]] = {}
        """The ends of the lines of each subject with an id."""
        self._links: list[tuple[list[str], str, _Blank]] = []
        """From a subject with an id to one without."""
        self._blanks: list[_Blank] = []
        self._texts: list[str] = []
        self._iris: list[str] = []
        self._depth = 0

    # --- from JSON to the ends of lines -----------------------------------------------------------

    def root(self, document: Mapping[str, Any], active: ActiveContext) -> None:
        """State the whole document. Raises: Unplanned, and what reading an irregular one runs into."""
        self._node(document, self._plan(document, active))

    def _plan(self, obj: Mapping[str, Any], active: ActiveContext) -> tuple[Shape, NodePlan]:
        keys = (*obj,)
        shape = self._shapes.get((active, keys))
        if shape is None:
            shape = Shape(keys, active)
        if shape.type_key is None:
            types = None
        else:
            types = obj[shape.type_key]
            if type(types) is list:
                types = (*types,)
        plan = shape.plans.get(types)
        if plan is None:
            plan = shape.plan(types, self._contexts)
            if len(self._shapes) >= MAX_KEPT:
                self._shapes.clear()
            self._shapes[active, keys] = shape
        return shape, plan

    def _node(self, obj: Mapping[str, Any], found: tuple[Shape, NodePlan]) -> str | _Blank:
        shape, plan = found
        name: str | _Blank
        if shape.id_key is None:
            name = blank = _Blank()
            self._blanks.append(blank)
            ends = blank.ends
        else:
            name = self._reference(obj[shape.id_key], shape.active, by_vocab=False)
            ends = self._blocks.setdefault(name, [])
        ends += plan.types
        texts = self._texts
        for value, (kind, before, after, member) in zip(plan.values(obj), plan.steps, strict=True):
            if kind == LITERAL and type(value) is str and not self._escape:
                texts.append(value)
                ends.append(before + value + after)
            elif type(value) is list and kind < LIST:
                for item in value:
                    self._state(name, ends, item, kind, before, after, member)
            else:
                self._state(name, ends, value, kind, before, after, member)
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
    ) -> None:
        """Add the statement of one value."""
        if kind == LITERAL and type(value) is str:
            self._texts.append(value)
            ends.append(before + (_literals.escaped(value) if self._escape else value) + after)
            return
        if kind == LITERAL:
            before = before[:-1]
        if kind == JSON:
            ends.append(f"{before}{_literals.json_literal(value)} .\n")
            return
        if kind == LIST:
            target = self._list(value if type(value) is list else [value], member)
        else:
            target = self._object(value, member)
        if type(target) is str:
            ends.append(f"{before}{target} .\n")
        else:
            self._link(name, ends, before, target)  # type: ignore[arg-type]  # not a string

    def _link(self, name: str | _Blank, ends: list[str], before: str, target: _Blank) -> None:
        target.whence = (before, name)
        if type(name) is str:
            self._links.append((ends, before, target))
        else:
            name.links.append((before, target))  # type: ignore[union-attr]  # not a string

    def _object(self, value: Any, member: Member) -> str | _Blank:
        """Give what the value is as the object of a statement."""
        kind = type(value)
        if kind is str:
            if member.items == LITERAL:
                return self._literal(value, member)
            return self._reference(value, member.here, by_vocab=member.term.type == "@vocab")
        if kind is dict:
            return self._map(value, member)
        if kind is bool or kind is int or kind is float:
            return _literals.native(value, member.datatype)
        raise Unplanned

    def _literal(self, value: str, member: Member) -> str:
        self._texts.append(value)
        return f'"{_literals.escaped(value) if self._escape else value}{member.close}'

    def _map(self, value: dict[str, Any], member: Member) -> str | _Blank:
        if "@value" in value:
            literal = value_object(value, member.here)
            literal.encode("utf-8")  # raises for a lone surrogate
            return literal
        active = member.inside
        if len(value) == 1:
            if "@list" in value:
                raise Unplanned
            if only_id(value, member.aliases):
                active = member.here
        if "@context" in value:
            active = self._embedded(value["@context"], active)
        found = self._plan(value, active)
        if not found[1].carries_context:
            raise Unplanned
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unplanned
        name = self._node(value, found)
        self._depth -= 1
        return name

    def _embedded(self, context: Any, active: ActiveContext) -> ActiveContext:
        known = active.embedded.get((*context,)) if type(context) is list else None
        return self._contexts.active(context, within=active) if known is None else known

    def _list(self, items: list[Any], member: Member) -> str | _Blank:
        """Give the first cell of the list. JSON-LD 1.1 API, section 8.2.4."""
        first: _Blank | None = None
        before: _Blank | None = None
        for item in items:
            cell = _Blank()
            self._blanks.append(cell)
            if before is None:
                first = cell
            else:
                self._link(before, before.ends, _REST, cell)
            target = self._object(item, member)
            if type(target) is str:
                cell.ends.append(f"{_FIRST}{target} .\n")
            else:
                self._link(cell, cell.ends, _FIRST, target)  # type: ignore[arg-type]  # not a string
            before = cell
        if before is None or first is None:
            return RDF_NIL
        before.ends.append(_LAST)
        return first

    def _reference(self, value: Any, active: ActiveContext, *, by_vocab: bool) -> str:
        scheme, colon, _ = value.partition(":")
        if colon and scheme in active.schemes:
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
        if self._blanks:
            self._label(algorithm)
        for ends, before, blank in self._links:
            ends.append(f"{before}{blank.label} .\n")
        for blank in self._blanks:
            ends = [*blank.ends, *(f"{before}{other.label} .\n" for before, other in blank.links)]
            blocks[blank.label] = ends
        parts = []
        for name in sorted(blocks):
            ends = blocks[name]
            if len(ends) > 1:
                ends = sorted(set(ends))
            if ends:
                parts.append(f"{name} ")
                parts.append(f"{name} ".join(ends))
        return "".join(parts)

    def _label(self, algorithm: str) -> None:
        digest = getattr(hashlib, algorithm)
        hashes: dict[str, _Blank] = {}
        for blank in self._blanks:
            key = digest(_first_degree(blank).encode("utf-8")).hexdigest()
            if key in hashes:
                self._label_alike(algorithm)
                return
            hashes[key] = blank
        for number, key in enumerate(sorted(hashes)):
            hashes[key].label = f"_:c14n{number}"

    def _label_alike(self, algorithm: str) -> None:
        """Label the nodes when some have the same hash of first degree."""
        digest = getattr(hashlib, algorithm)
        names = {id(blank): f"_:b{number}" for number, blank in enumerate(self._blanks)}
        known: dict[str, str] = {}
        hashes: dict[str, str] = {}
        mentions: dict[str, list[Quad]] = {}
        for blank in self._blanks:
            name = names[id(blank)]
            text = _first_degree(blank)
            found = known.get(text)
            if found is None:
                found = known[text] = digest(text.encode("utf-8")).hexdigest()
            hashes[name] = found
            mentions[name] = [(name, before[:-1], names[id(o)], "") for before, o in blank.links]
            if blank.whence is not None and type(blank.whence[1]) is _Blank:
                before, whence = blank.whence
                mentions[name].append((names[id(whence)], before[:-1], name, ""))
        labels = issued_labels(hashes, mentions, algorithm=algorithm)
        for blank in self._blanks:
            blank.label = labels[names[id(blank)]]


def _first_degree(blank: _Blank) -> str:
    """Give what is hashed of a blank node. RDF Dataset Canonicalization 1.0, section 4.6."""
    ends = blank.ends
    if len(ends) > 1:
        ends = list(set(ends))
    if blank.links:
        ends = [*ends, *(f"{before}_:z .\n" for before, _ in blank.links)]
    if len(ends) > 1:
        ends.sort()
    text = "_:a " + "_:a ".join(ends) if ends else ""
    if blank.whence is None:
        return text
    before, whence = blank.whence
    if type(whence) is str:
        return f"{whence} {before}_:a .\n{text}"
    return f"{text}_:z {before}_:a .\n"
