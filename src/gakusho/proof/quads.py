# SPDX-License-Identifier: Apache-2.0
"""A JSON-LD document as RDF statements, in one walk; whatever would be lost on the way is an error.

Expansion, flattening and conversion to RDF of JSON-LD 1.1 (Processing Algorithms and API, sections 5.1,
7 and 8.1), with a null base and ``i18n-datatype`` directions, over pinned contexts only. Data Integrity
1.0, section 2.4.1, wants any loss to be an error; here everything the walk does not understand is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.errors import LimitError, UndefinedTermError, UnreadableError
from gakusho.proof import _literals
from gakusho.proof._literals import RDF
from gakusho.proof._terms import Term, is_absolute, undefined
from gakusho.proof.contexts import ActiveContext, Contexts
from gakusho.proof.json import MAX_DEPTH

Quad = tuple[str, str, str, str]
"""Subject, predicate, object and graph name, each as N-Quads writes it; the default graph is ``""``."""

MAX_QUADS = 50_000
"""More than any transcript has (200 courses: 5,832)."""

_Path = tuple[Any, "str | int"] | None

RDF_TYPE = f"<{RDF}type>"
RDF_FIRST, RDF_REST, RDF_NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
_CREDENTIALS = "https://www.w3.org/2018/credentials#"
EMBEDDED = frozenset(
    _CREDENTIALS + name
    for name in (
        "VerifiableCredential",
        "VerifiablePresentation",
        "EnvelopedVerifiableCredential",
        "EnvelopedVerifiablePresentation",
    )
)
"""Only these may bring an ``@context`` of their own below the top level."""
_VALUE_KEYS = frozenset({"@value", "@type", "@language", "@direction"})


def quads(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Give the RDF statements of a JSON-LD document, each once, blank nodes named ``_:b0`` and on.

    Raises:
        UndefinedTermError: something is not defined by the document's contexts or would not be part of
            the statements; its facts name the ``path`` (a JSON pointer) and what was ``got``.
        LimitError: nested beyond 64, or more than 50,000 statements.
        UnreadableError: text that cannot be written in UTF-8.
    """
    walk = _Walk(contexts)
    path: _Path = None
    try:
        if "@context" not in document:
            raise undefined("The document names no @context.", "nothing", "a pinned context")
        walk.node(document, contexts.active(document["@context"]), None, "", 0)
    except _AtPath as found:
        path = found.path
        raise _located(found.error, path) from None
    if not walk.found:
        raise undefined("The document states nothing.", "no statement")
    _check_amount(len(walk.found))
    _check_text(walk.found)
    return list(dict.fromkeys(walk.found))


def blank_nodes(document: Mapping[str, Any], contexts: Contexts) -> dict[tuple[str | int, ...], str]:
    """Give where each object without an id stands (as in a JSON pointer), with its blank node in ``quads``.

    Raises: UndefinedTermError, LimitError, UnreadableError.
    """
    walk = _Placing(contexts)
    try:
        walk.node(document, contexts.active(document.get("@context")), None, "", 0)
    except _AtPath as found:
        raise _located(found.error, found.path) from None
    return walk.places


class _AtPath(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, error: UndefinedTermError | LimitError | UnreadableError, path: _Path) -> None:
        super().__init__()
        self.error = error
        self.path = path


def _located(
    error: UndefinedTermError | LimitError | UnreadableError, path: _Path
) -> UndefinedTermError | LimitError | UnreadableError:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in _parts(path))
    return type(error)(
        f"{error} At {pointer or 'the top'}: {error.facts.get('got', '')}",
        facts={**error.facts, "path": pointer},
    )


def _check_amount(statements: int) -> None:
    if statements > MAX_QUADS:
        raise LimitError("The document states too much.", facts={"got": statements, "expected": MAX_QUADS})


def _check_text(found: list[Quad]) -> None:
    try:
        "".join(map("".join, found)).encode("utf-8")
    except UnicodeEncodeError:
        raise UnreadableError("The document holds a lone surrogate.", facts={"got": "surrogate"}) from None


class _Walk:
    """One document on its way; every method adds to ``found``."""

    def __init__(self, contexts: Contexts) -> None:
        self.found: list[Quad] = []
        self._contexts = contexts
        self._labels: dict[str, str] = {}
        self._blanks = 0

    def node(self, obj: Mapping[str, Any], active: ActiveContext, path: _Path, graph: str, depth: int) -> str:
        """State a node object; give its subject. ``active`` already fits this node but for its types."""
        if depth > MAX_DEPTH:
            raise _AtPath(LimitError("The document is nested too deep.", facts={"expected": MAX_DEPTH}), path)
        try:
            _check_amount(len(self.found))
            subject, iris, types = self._identity(obj, active)
            inside = self._inside(obj, active, types)
            self.found.extend((subject, RDF_TYPE, f"<{iri}>", graph) for iri in iris)
            if path is not None and "@context" in obj and EMBEDDED.isdisjoint(iris):
                raise undefined("A context stands below the top level.", "@context")
        except (UndefinedTermError, LimitError, UnreadableError) as error:
            raise _AtPath(error, path) from None
        terms = inside.terms
        for key, value in obj.items():
            here = (path, key)
            term = terms.get(key)
            try:
                if term is None:
                    if key in ("@context", "@id", "@type"):
                        continue
                    term = self._by_vocab(key, inside)
                elif term.iri in {"@id", "@type"}:
                    continue
                self._entry(subject, term, value, inside, here, graph, depth)
            except (UndefinedTermError, LimitError, UnreadableError) as error:
                raise _AtPath(error, here) from None
        return subject

    def _identity(self, obj: Mapping[str, Any], active: ActiveContext) -> tuple[str, list[str], list[str]]:
        subject: str | None = None
        types: list[str] | None = None
        aliases = active.aliases
        for key in obj:
            keyword = aliases.get(key, key)
            if keyword == "@id":
                if subject is not None:
                    raise undefined("A node has two ids.", key)
                subject = self._reference(obj[key], active, by_vocab=False)
            elif keyword == "@type":
                if types is not None:
                    raise undefined("A node has its types twice.", key)
                given = obj[key]
                types = [given] if isinstance(given, str) else given
                if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
                    raise undefined("A type is not a string.", given)
        iris = []
        for name in types or ():
            iri = active.iri(name, by_vocab=True)
            if iri is None or not is_absolute(iri):
                raise undefined("A type is not defined.", name, "a type its contexts define")
            iris.append(iri)
        return subject or self._blank(), iris, types or []

    def _inside(self, obj: Mapping[str, Any], active: ActiveContext, types: list[str]) -> ActiveContext:
        terms = active.terms
        scoped = sorted(
            {name for name in types if (t := terms.get(name)) is not None and t.scope is not None}
        )
        if not scoped:
            return active
        inside = self._contexts.typed(active, tuple(scoped))
        for name, _ in active.names ^ inside.names:
            if name in obj:
                raise undefined("The context of a type changes what an id or a type is called.", name)
        return inside

    @staticmethod
    def _by_vocab(key: str, active: ActiveContext) -> Term:
        if key.startswith("@"):
            raise undefined("A keyword stands where it is not followed.", key)
        if active.vocab is None or ":" in key or not is_absolute(iri := active.vocab + key):
            raise undefined("A member is not defined.", key, "a term its contexts define")
        return Term(iri=iri)

    def _entry(
        self,
        subject: str,
        term: Term,
        value: object,
        active: ActiveContext,
        path: _Path,
        graph: str,
        depth: int,
    ) -> None:
        if term.iri is None or term.refused or term.iri.startswith("@"):
            raise undefined("A member is not followed here.", term.refused or term.iri or "null")
        predicate = f"<{term.iri}>"
        if term.type == "@json":
            self.found.append((subject, predicate, _literals.json_literal(value), graph))
            return
        container = term.container
        if "@list" in container:
            items = value if isinstance(value, list) else [value]
            self.found.append(
                (subject, predicate, self._list(items, term, active, path, graph, depth), graph)
            )
        elif container and isinstance(value, dict) and not container <= {"@set", "@graph"}:
            if "@language" not in container:
                raise undefined("A map of this kind would lose its keys.", ", ".join(sorted(container)))
            for literal in _language_map(value, term, active):
                self.found.append((subject, predicate, literal, graph))
        elif isinstance(value, list):
            _check_amount(len(value))
            for index, item in enumerate(value):
                self._statement(subject, predicate, term, item, active, (path, index), graph, depth)
        else:
            self._statement(subject, predicate, term, value, active, path, graph, depth)

    def _statement(
        self,
        subject: str,
        predicate: str,
        term: Term,
        value: object,
        active: ActiveContext,
        path: _Path,
        graph: str,
        depth: int,
    ) -> None:
        try:
            if "@graph" in term.container:
                name = self._graph(term, value, active, path, depth)
            else:
                name = self._object(term, value, active, path, graph, depth)
        except (UndefinedTermError, LimitError, UnreadableError) as error:
            raise _AtPath(error, path) from None
        self.found.append((subject, predicate, name, graph))

    def _graph(self, term: Term, value: object, active: ActiveContext, path: _Path, depth: int) -> str:
        if not isinstance(value, dict):
            raise undefined("A value would be lost in a graph of its own.", value, "an object")
        name = self._blank()
        before = len(self.found)
        self._object(term, value, active, path, name, depth)
        if len(self.found) == before:
            raise undefined("An object that states nothing would be lost.", value)
        return name

    def _object(
        self, term: Term, value: object, active: ActiveContext, path: _Path, graph: str, depth: int
    ) -> str:
        """Give the term a value stands for as the object of a statement, stating what lies in it."""
        match value:
            case dict():
                return self._map(term, value, active, path, graph, depth)
            case str():
                return self._string(term, value, active)
            case bool() | int() | float():
                coerced = term.type if term.type not in ("@id", "@vocab", "@none") else None
                return _literals.native(value, coerced)
            case None:
                raise undefined("A null would be lost.", "null")
            case list():
                raise undefined("A list in a list is not followed here.", value)
        raise undefined("A value is not JSON.", type(value).__name__)

    def _map(
        self,
        term: Term,
        value: dict[str, Any],
        active: ActiveContext,
        path: _Path,
        graph: str,
        depth: int,
    ) -> str:
        aliases = active.aliases
        is_value = "@value" in value or any(aliases.get(key) == "@value" for key in value)
        if active.previous is not None and not is_value and not only_id(value, aliases):
            active = active.previous
        if term.scope is not None:
            active = self._contexts.scoped(active, term.scope)
        if is_value:
            return value_object(value, active)
        if "@list" in value:
            if len(value) > 1 or not isinstance(value["@list"], list):
                raise undefined("A list object holds more than its list.", ", ".join(value))
            return self._list(value["@list"], term, active, path, graph, depth)
        if "@context" in value:
            active = self._contexts.active(value["@context"], within=active)
        return self.node(value, active, path, graph, depth + 1)

    def _string(self, term: Term, value: str, active: ActiveContext) -> str:
        if term.scope is not None:
            active = self._contexts.scoped(active, term.scope)
        if term.type in {"@id", "@vocab"}:
            return self._reference(value, active, by_vocab=term.type == "@vocab")
        if term.type is not None and term.type != "@none":
            return _literals.typed(value, term.type)
        language = term.language if term.has_language else active.language
        direction = term.direction if term.has_direction else active.direction
        if language is None and direction is None:
            return f'"{_literals.escaped(value)}"'
        return _literals.tagged(value, language, direction)

    def _list(
        self,
        items: list[Any],
        term: Term,
        active: ActiveContext,
        path: _Path,
        graph: str,
        depth: int,
    ) -> str:
        _check_amount(2 * len(items))
        cells = [self._blank() for _ in items]
        for index, item in enumerate(items):
            name = self._object(term, item, active, (path, index), graph, depth)
            rest = cells[index + 1] if index + 1 < len(cells) else RDF_NIL
            self.found.append((cells[index], RDF_FIRST, name, graph))
            self.found.append((cells[index], RDF_REST, rest, graph))
        return cells[0] if cells else RDF_NIL

    def _reference(self, value: object, active: ActiveContext, *, by_vocab: bool) -> str:
        iri = active.iri(value, by_vocab=by_vocab) if isinstance(value, str) else None
        if iri is not None and iri.startswith("_:") and len(iri) > 2:
            return self._labels.setdefault(iri, "") or self._labelled(iri)
        if iri is None or not is_absolute(iri):
            raise undefined("An id is not an absolute IRI.", value, "an absolute IRI")
        return f"<{iri}>"

    def _labelled(self, label: str) -> str:
        self._labels[label] = blank = self._blank()
        return blank

    def _blank(self) -> str:
        label = f"_:b{self._blanks}"
        self._blanks += 1
        return label


class _Placing(_Walk):
    """A walk that remembers where the blank nodes stand."""

    def __init__(self, contexts: Contexts) -> None:
        super().__init__(contexts)
        self.places: dict[tuple[str | int, ...], str] = {}

    def node(self, obj: Mapping[str, Any], active: ActiveContext, path: _Path, graph: str, depth: int) -> str:
        subject = super().node(obj, active, path, graph, depth)
        if subject.startswith("_:"):
            self.places[_parts(path)] = subject
        return subject


def _parts(path: _Path) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    while path is not None:
        path, part = path
        parts.append(part)
    return tuple(reversed(parts))


def only_id(value: Mapping[str, Any], aliases: Mapping[str, str | None]) -> bool:
    """Tell whether an object has its id and nothing else."""
    return len(value) == 1 and all(aliases.get(key, key) == "@id" for key in value)


def value_object(value: Mapping[str, Any], active: ActiveContext) -> str:
    """Give the literal a value object stands for. Raises: UndefinedTermError, LimitError."""
    parts: dict[str, Any] = {}
    for key, part in value.items():
        keyword = active.aliases.get(key, key)
        if keyword not in _VALUE_KEYS or keyword in parts:
            raise undefined("A value object holds a member that would be lost.", key)
        parts[keyword or key] = part
    content = parts["@value"]
    if "@type" in parts:
        datatype = active.iri(parts["@type"], by_vocab=True) if isinstance(parts["@type"], str) else None
        if len(parts) > 2 or datatype is None or not (datatype == "@json" or is_absolute(datatype)):
            raise undefined("A value object's type is not defined.", parts["@type"])
        if datatype == "@json":
            return _literals.json_literal(content)
        if isinstance(content, str):
            return _literals.typed(content, datatype)
        if isinstance(content, (int, float)):
            return _literals.native(content, datatype)
    elif "@language" in parts or "@direction" in parts:
        language, direction = parts.get("@language"), parts.get("@direction")
        if isinstance(content, str) and (language is None or isinstance(language, str)):
            return _literals.tagged(content, language, direction)
    elif isinstance(content, str):
        return _literals.typed(content, None)
    elif isinstance(content, (int, float)):
        return _literals.native(content, None)
    raise undefined("A value object would be lost.", content)


def _language_map(value: Mapping[str, Any], term: Term, active: ActiveContext) -> list[str]:
    direction = term.direction if term.has_direction else active.direction
    literals = []
    for language, texts in value.items():
        keyword = active.aliases.get(language, language)
        if keyword is not None and keyword.startswith("@") and keyword != "@none":
            raise undefined("A language map holds something else.", language)
        tag = None if keyword == "@none" else language
        for text in texts if isinstance(texts, list) else [texts]:
            if not isinstance(text, str):
                raise undefined("A language map holds something that is not text.", text)
            literals.append(_literals.tagged(text, tag, direction))
    return literals
