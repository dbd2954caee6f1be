# SPDX-License-Identifier: Apache-2.0
"""What is the same for every node object with the same members and types at one place of a document.

Only what the strict compiler (``quads``) takes is planned, and only from words that the contexts define: so
the number of plans is bounded by the contexts, and by ``MAX_KEPT``, not by who sends documents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from gakusho.proof import _literals
from gakusho.proof._terms import Term, is_absolute
from gakusho.proof.contexts import ActiveContext, Contexts
from gakusho.proof.quads import EMBEDDED, RDF_TYPE

MAX_KEPT = 4_096
"""Shapes kept for one set of contexts; when there are more, all are made anew."""
MAX_MEMBERS = 64
MAX_TYPES = 16

LITERAL, REFERENCE, LIST, JSON, GRAPH = range(5)
"""What a member's string becomes; or that the member is a list, JSON, or objects in graphs of their own."""


class Unplanned(Exception):  # noqa: N818  # never leaves the planned path
    """The document is for the strict compiler: it refuses it, or takes it in a way that is not planned."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a member means."""

    items: int
    """What a string becomes, of a ``LIST`` each one in it."""
    here: ActiveContext
    """For ids in its strings, value objects, and objects that have nothing but an id."""
    inside: ActiveContext
    """For other objects: here, or what was before the context of a type that does not propagate."""
    aliases: Mapping[str, str | None]
    """Words for keywords where the member stands."""
    close: str
    """What ends a literal: ``"`` with datatype or language."""
    datatype: str | None
    """What its numbers are coerced to."""
    by_vocab: bool
    """Whether its strings are words of the vocabulary."""


Step = tuple[int, str, str, Member]
"""Kind, what stands before a string (``<predicate> "``), what stands after it, and the rest."""


@dataclass(frozen=True, slots=True)
class NodePlan:
    """How node objects with the same members and types are stated."""

    types: tuple[str, ...]
    """The ends of the statements of its types: all after the subject, with the line end."""
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """Gives the values of the steps' members."""
    steps: tuple[Step, ...]
    alike: bool
    """Whether two members have the same predicate, so that one statement may be made twice."""
    carries_context: bool
    """Whether it may bring an ``@context`` below the top level, or has none."""


class Shape:
    """Node objects with the same members at one place."""

    __slots__ = ("active", "id_key", "keys", "nested", "plans", "type_key")

    def __init__(self, keys: tuple[str, ...], active: ActiveContext) -> None:
        if len(keys) > MAX_MEMBERS:
            raise Unplanned
        aliases = active.aliases
        ids = [key for key in keys if aliases.get(key, key) == "@id"]
        types = [key for key in keys if aliases.get(key, key) == "@type"]
        if len(ids) > 1 or len(types) > 1:
            raise Unplanned
        self.keys = keys
        self.active = active
        self.id_key = ids[0] if ids else None
        self.type_key = types[0] if types else None
        self.nested = "@context" not in keys and "@list" not in keys and not all(key in ids for key in keys)
        """Whether nothing but the members says what an object in another means."""
        self.plans: dict[str | tuple[str, ...] | None, NodePlan] = {}

    def plan(self, types: object, contexts: Contexts) -> NodePlan:
        """Make, and keep, the plan for these types. Raises: Unplanned, UndefinedTermError."""
        active = self.active
        names: list[Any] = []
        if isinstance(types, str):
            names = [types]
        elif isinstance(types, tuple):
            names = list(types)
        elif types is not None or self.type_key is not None:
            raise Unplanned
        if len(names) > MAX_TYPES:
            raise Unplanned
        iris = [self._type(name) for name in names]
        scoped = sorted({name for name in names if active.terms[name].scope is not None})
        inside = contexts.typed(active, tuple(scoped)) if scoped else active
        if any(name in self.keys for name, _ in active.names ^ inside.names):
            raise Unplanned
        steps = []
        for key in self.keys:
            term = inside.terms.get(key)
            if key in ("@context", self.id_key, self.type_key):
                continue
            if term is None:
                raise Unplanned
            steps.append((key, _step(term, inside, contexts)))
        steps.sort(key=lambda named: named[1][1])
        made = NodePlan(
            types=tuple(sorted({f"{RDF_TYPE} <{iri}> .\n" for iri in iris})),
            values=_values(tuple(key for key, _ in steps)),
            steps=tuple(step for _, step in steps),
            alike=len({RDF_TYPE, *(_predicate(step) for _, step in steps)}) <= len(steps),
            carries_context="@context" not in self.keys or not EMBEDDED.isdisjoint(iris),
        )
        if len(self.plans) >= MAX_MEMBERS:
            self.plans.clear()
        self.plans[types] = made
        return made

    def _type(self, name: object) -> str:
        if not isinstance(name, str) or name not in self.active.terms:
            raise Unplanned
        iri = self.active.iri(name, by_vocab=True)
        if iri is None or not is_absolute(iri):
            raise Unplanned
        return iri


def _values(keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(keys) > 1:
        return itemgetter(*keys)
    if not keys:
        return lambda _: ()
    (only,) = keys
    return lambda obj: (obj[only],)


def _predicate(step: Step) -> str:
    return step[1].partition(" ")[0]


def _step(term: Term, active: ActiveContext, contexts: Contexts) -> Step:
    if term.iri is None or term.refused or term.iri.startswith("@"):
        raise Unplanned
    in_graphs = term.container <= {"@set", "@graph"} and "@graph" in term.container
    if not (term.container <= {"@set", "@list"} or in_graphs):
        raise Unplanned
    if any(iri == "@value" for iri in active.aliases.values()):
        raise Unplanned
    scope = term.scope
    base = active.previous or active
    here = active if scope is None else contexts.scoped(active, scope)
    inside = base if scope is None else contexts.scoped(base, scope)
    string, after = _string(term, here)
    listed = "@list" in term.container
    kind = JSON if term.type == "@json" else LIST if listed else GRAPH if in_graphs else string
    before = f'<{term.iri}> "' if kind == LITERAL else f"<{term.iri}> "
    member = Member(
        items=string,
        here=here,
        inside=inside,
        aliases=active.aliases,
        close=after.removesuffix(" .\n"),
        by_vocab=term.type == "@vocab",
        datatype=term.type if term.type not in ("@id", "@vocab", "@none") else None,
    )
    return kind, before, after, member


def _string(term: Term, active: ActiveContext) -> tuple[int, str]:
    if term.type in ("@id", "@vocab"):
        return REFERENCE, " .\n"
    if term.type is not None and term.type != "@none":
        literal = _literals.typed("", term.type)
    else:
        literal = _literals.tagged(
            "",
            term.language if term.has_language else active.language,
            term.direction if term.has_direction else active.direction,
        )
    return LITERAL, f"{literal[1:]} .\n"
