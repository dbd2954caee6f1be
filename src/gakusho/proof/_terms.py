# SPDX-License-Identifier: Apache-2.0
"""Term definitions of a JSON-LD context. JSON-LD 1.1 Processing Algorithms and API, sections 4.2 and 5.2."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gakusho.errors import UndefinedTermError

KEYWORDS = frozenset(
    {"@base", "@container", "@context", "@default", "@direction", "@graph", "@id", "@import", "@included"}
    | {"@index", "@json", "@language", "@list", "@nest", "@none", "@prefix", "@propagate", "@protected"}
    | {"@reverse", "@set", "@type", "@value", "@version", "@vocab"}
)
_CONTAINERS = frozenset({"@list", "@set", "@language", "@index", "@id", "@type", "@graph"})
_DEFINITION_KEYS = frozenset(
    {"@id", "@type", "@container", "@context", "@language", "@direction"}
    | {"@protected", "@prefix", "@reverse", "@nest", "@index"}
)
_PREFIX_ENDINGS = tuple(":/?#[]@")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]*")
_KEYWORD_LIKE = re.compile(r"@[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """A scoped context: equal when its JSON text is, members in whatever order."""

    text: str
    value: Any = field(compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """What a key means."""

    iri: str | None
    """An absolute IRI, a keyword (the term is an alias), or ``None``: the term is set to null."""
    type: str | None = None
    container: frozenset[str] = frozenset()
    language: str | None = None
    has_language: bool = False
    direction: str | None = None
    has_direction: bool = False
    scope: Scope | None = None
    prefix: bool = False
    protected: bool = False
    refused: str = ""
    """A feature that is not followed (``@reverse``, ``@nest``, ``@index``): using the term is an error."""


def is_absolute(iri: str) -> bool:
    """Tell whether an IRI is absolute and can be written in N-Quads as it is."""
    return _ABSOLUTE.fullmatch(iri) is not None


def undefined(reason: str, got: object, expected: str = "") -> UndefinedTermError:
    """Give the error for something a context does not define, or that would not be signed."""
    facts = {"got": described(got)}
    if expected:
        facts["expected"] = expected
    return UndefinedTermError(reason, facts=facts)


def described(value: object) -> str:
    """Give a JSON value in at most 200 characters; an object or list by what it is, however deep."""
    if isinstance(value, str):  # the usual case
        return value[:200]
    match value:
        case dict():
            return f"an object with {', '.join(str(name)[:40] for name in list(value)[:4]) or 'no members'}"
        case list():
            return f"a list of {len(value)}"
        case None:
            return "null"
    return str(value)[:200]


def expand_iri(
    terms: Mapping[str, Term],
    vocab: str | None,
    value: str,
    *,
    by_vocab: bool,
    define: Callable[[str], None] | None = None,
) -> str | None:
    """Give the IRI or keyword a string stands for; a relative reference comes back as it is.

    IRI Expansion, section 5.2.2, with a null base.
    """
    if value in KEYWORDS:
        return value
    if value.startswith("@") and _KEYWORD_LIKE.fullmatch(value):
        raise undefined("A word that looks like a keyword is not one.", value)
    if define is not None:
        define(value)
    term = terms.get(value)
    if term is not None and (by_vocab or (term.iri in KEYWORDS)):
        return term.iri
    prefix, colon, suffix = value.partition(":")
    if colon and prefix:
        if prefix == "_" or suffix.startswith("//"):
            return value
        if define is not None:
            define(prefix)
        term = terms.get(prefix)
        if term is not None and term.prefix and term.iri is not None:
            return term.iri + suffix
        if is_absolute(value):
            return value
    if by_vocab and vocab is not None:
        return vocab + value
    return value


class Definer:
    """Adds the terms of one local context to a copy of an active context's terms."""

    def __init__(
        self,
        terms: dict[str, Term],
        vocab: str | None,
        local: Mapping[str, Any],
        *,
        override: bool,
    ) -> None:
        self.terms = terms
        self._vocab = vocab
        self._local = local
        self._override = override
        self._protected = local.get("@protected", False) is True
        self._done: dict[str, bool] = {}

    def define(self, name: str) -> None:
        """Define a term of the local context, and first those it rests on; other words are left alone."""
        if name not in self._local or name in KEYWORDS:
            return
        done = self._done.get(name)
        if done:
            return
        if done is False:
            raise undefined("A context defines a term by itself.", name)
        if not name or name.startswith("@") or "/" in name:
            raise undefined("A context defines a term with a name that is not followed here.", name)
        self._done[name] = False
        previous = self.terms.pop(name, None)
        term = self._term(name, self._local[name])
        if previous is not None and previous.protected and not self._override:
            if replace(term, protected=True) != replace(previous, protected=True):
                raise undefined("A context redefines a protected term.", name)
            term = previous
        self.terms[name] = term
        self._done[name] = True

    def _term(self, name: str, value: object) -> Term:
        simple = isinstance(value, str)
        if value is None or simple:
            value = {"@id": value}
        if not isinstance(value, dict) or not _DEFINITION_KEYS.issuperset(value):
            raise undefined("A term definition is not followed here.", name)
        protected = bool(value.get("@protected", self._protected))
        if "@reverse" in value:
            return Term(iri=str(value["@reverse"]), refused="@reverse", protected=protected)
        if "@id" in value and value["@id"] is None:
            return Term(iri=None, protected=protected)
        iri = self._iri(name, value)
        refused = next((word for word in ("@nest", "@index") if word in value), "")
        language, direction = value.get("@language"), value.get("@direction")
        return Term(
            iri=iri,
            type=self._type(name, value.get("@type")),
            container=_containers(name, value.get("@container")),
            language=language.lower() if isinstance(language, str) else None,
            has_language="@language" in value and "@type" not in value,
            direction=direction,
            has_direction="@direction" in value and "@type" not in value,
            scope=_scope(value),
            prefix=_is_prefix(name, iri, value, simple=simple),
            protected=protected,
            refused=refused,
        )

    def _iri(self, name: str, value: Mapping[str, Any]) -> str:
        given = value.get("@id", name)
        if not isinstance(given, str):
            raise undefined("A term is defined by something that is not a string.", name)
        iri: str | None
        if given != name:
            iri = self._expand(given)
        elif ":" in name[1:]:
            prefix, _, suffix = name.partition(":")
            self.define(prefix)
            term = self.terms.get(prefix)
            iri = term.iri + suffix if term is not None and term.iri is not None else name
        else:
            iri = None if self._vocab is None else self._vocab + name
        if iri is None or not (iri in KEYWORDS or is_absolute(iri)) or iri == "@context":
            raise undefined("A term is not defined by an absolute IRI.", name)
        return iri

    def _type(self, name: str, given: object) -> str | None:
        if given is None:
            return None
        expanded = self._expand(given) if isinstance(given, str) else None
        if expanded is None or not (
            expanded in {"@id", "@vocab", "@json", "@none"}
            or (is_absolute(expanded) and expanded not in KEYWORDS)
        ):
            raise undefined("A term is coerced to a type that is not followed here.", name)
        return expanded

    def _expand(self, value: str) -> str | None:
        return expand_iri(self.terms, self._vocab, value, by_vocab=True, define=self.define)


def _containers(name: str, given: object) -> frozenset[str]:
    containers = frozenset([given] if isinstance(given, str) else given if isinstance(given, list) else [])
    if (given is not None and not containers) or not containers <= _CONTAINERS:
        raise undefined("A term has a container that is not followed here.", name)
    return containers


def _scope(value: Mapping[str, Any]) -> Scope | None:
    if "@context" not in value:
        return None
    try:
        return Scope(json.dumps(value["@context"], sort_keys=True), value["@context"])
    except RecursionError:
        raise undefined("A context is nested too deep.", value["@context"]) from None


def _is_prefix(name: str, iri: str, value: Mapping[str, Any], *, simple: bool) -> bool:
    if "@prefix" in value:
        return bool(value["@prefix"])
    return simple and ":" not in name and "/" not in name and iri.endswith(_PREFIX_ENDINGS)
