# SPDX-License-Identifier: Apache-2.0
"""Pinned JSON-LD contexts, compiled once into term tables.

Context Processing, JSON-LD 1.1 Processing Algorithms and API, section 4.1. Only contexts that were
given are followed, by their address; anything else is an error. Every active context is kept under
what made it, so that a document costs look-ups only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.proof import json
from gakusho.proof._terms import KEYWORDS, Definer, Scope, Term, expand_iri, is_absolute, undefined

MAX_LIST = 16
"""Contexts in one ``@context``."""
MAX_KEPT = 512
"""Active contexts kept at each place; more are made anew each time, so hostile documents fill no memory."""

_SCHEMES = ("urn", "https", "did", "http", "mailto", "data", "tel")
_SETTINGS = frozenset({"@version", "@protected", "@propagate", "@vocab", "@language", "@direction"})


class ActiveContext:
    """What every word means at one place of a document."""

    __slots__ = (
        "aliases", "direction", "embedded", "language", "names",
        "previous", "schemes", "scoped", "shapes", "terms", "typed", "vocab",
    )  # fmt: skip

    def __init__(
        self,
        terms: Mapping[str, Term],
        *,
        vocab: str | None = None,
        language: str | None = None,
        direction: str | None = None,
        previous: ActiveContext | None = None,
    ) -> None:
        self.terms = terms
        self.vocab = vocab
        self.language = language
        self.direction = direction
        self.previous = previous
        """The context to return to at the next node: a type-scoped context does not propagate."""
        self.aliases = {name: term.iri for name, term in terms.items() if (term.iri or "").startswith("@")}
        """Terms that stand for a keyword."""
        self.names = frozenset(pair for pair in self.aliases.items() if pair[1] in ("@id", "@type"))
        """Terms that stand for ``@id`` or ``@type``, each with which."""
        heads = {name.partition(":")[0] for name in terms}
        self.schemes = tuple(f"{scheme}:" for scheme in _SCHEMES if scheme not in heads)
        """Usual schemes of which no term takes anything: an IRI with one stands for itself."""
        self.shapes: dict[tuple[str, ...], Any] = {}
        """What ``proof.plan`` keeps, by the members of a node object."""
        self.typed: dict[tuple[str, ...], ActiveContext] = {}
        self.scoped: dict[Scope, ActiveContext] = {}
        self.embedded: dict[tuple[str | None, ...], ActiveContext] = {}

    def iri(self, value: str, *, by_vocab: bool) -> str | None:
        """Give the IRI a string stands for here; a relative reference comes back as it is."""
        return expand_iri(self.terms, self.vocab, value, by_vocab=by_vocab)


class Contexts:
    """The contexts a document may name, by address.

    Raises UnreadableError when a context is not JSON. A context whose features are not followed here is
    refused when a document names it.
    """

    def __init__(self, documents: Mapping[str, bytes | Mapping[str, Any]]) -> None:
        self._documents = {
            url: json.loads(document) if isinstance(document, bytes) else document
            for url, document in documents.items()
        }
        self._planned: dict[ActiveContext, int] = {}
        self.frames: Any = None
        """What is kept of documents under these contexts that are alike (``recurring``)."""
        self._initial = ActiveContext({})
        self._interned: dict[object, ActiveContext] = {}

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of the contexts."""
        return tuple(self._documents)

    @property
    def documents(self) -> Mapping[str, Any]:
        """The contexts themselves, by address; not to be changed."""
        return self._documents

    def active(self, context: object, *, within: ActiveContext | None = None) -> ActiveContext:
        """Give the active context for the value of an ``@context``: an address or a list of them.

        Raises: UndefinedTermError for an address that is not pinned, or a context written inline.
        """
        base = self._initial if within is None else within
        key = self._addresses(context)
        found = base.embedded.get(key)
        if found is None:
            found = base
            for url in key:
                found = self._applied(found, url, propagate=True, override=False)
            _keep(base.embedded, key, found)
        return found

    def typed(self, base: ActiveContext, types: tuple[str, ...]) -> ActiveContext:
        """Give the context inside a node with these types (those with a scoped context, sorted)."""
        found = base.typed.get(types)
        if found is None:
            found = base
            for name in types:
                scope = base.terms[name].scope
                assert scope is not None
                found = self._applied(found, scope.value, propagate=False, override=False)
            _keep(base.typed, types, found)
        return found

    def scoped(self, base: ActiveContext, scope: Scope) -> ActiveContext:
        """Give the context inside the values of a term with a scoped context."""
        found = base.scoped.get(scope)
        if found is None:
            found = self._applied(base, scope.value, propagate=True, override=True)
            _keep(base.scoped, scope, found)
        return found

    def keep_shape(self, active: ActiveContext, keys: tuple[str, ...], shape: object, *, most: int) -> None:
        """Keep a shape at a place; when there are more than ``most`` of them in all, forget the others."""
        if keys in active.shapes:
            return
        if sum(self._planned.values()) >= most:
            for place in self._planned:
                place.shapes.clear()
            self._planned.clear()
        active.shapes[keys] = shape
        self._planned[active] = len(active.shapes)

    @property
    def shapes(self) -> dict[tuple[str, ...], Any]:
        """The shapes kept at all places, by their members."""
        return {keys: shape for place in self._planned for keys, shape in place.shapes.items()}

    def _addresses(self, context: object) -> tuple[str, ...]:
        listed: Sequence[object] = context if isinstance(context, list) else [context]
        if not listed or len(listed) > MAX_LIST:
            raise undefined("The @context names no context, or too many.", len(listed), f"1 to {MAX_LIST}")
        for entry in listed:
            if not isinstance(entry, str):
                raise undefined(
                    "A context is written inside the document.", entry, "the address of a context"
                )
            if entry not in self._documents:
                raise undefined("The document names a context that is not known.", entry, "a pinned context")
        return tuple(str(entry) for entry in listed)

    def _applied(
        self,
        active: ActiveContext,
        local: object,
        *,
        propagate: bool,
        override: bool,
        remote: tuple[str, ...] = (),
    ) -> ActiveContext:
        if isinstance(local, dict) and "@propagate" in local:
            propagate = local["@propagate"] is True
        result = active
        previous = active.previous
        if not propagate and previous is None:
            previous = active
        for part in local if isinstance(local, list) else [local]:
            match part:
                case None:
                    if not override and any(term.protected for term in result.terms.values()):
                        raise undefined("A context takes back protected terms.", "null")
                    result = self._initial
                    previous = None if propagate else active
                case str():
                    result = self._named(result, part, override=override, remote=remote)
                case dict():
                    result = self._extended(result, part, override=override)
                case _:
                    raise undefined("A context is not one.", part)
        if result is not active and result.previous is not previous:
            result = self._intern(
                result.terms, result.vocab, result.language, result.direction, previous=previous
            )
        return result

    def _named(
        self, active: ActiveContext, url: str, *, override: bool, remote: tuple[str, ...]
    ) -> ActiveContext:
        document = self._documents.get(url)
        if document is None or url in remote or "@context" not in document:
            raise undefined("A context is not known, or has no @context.", url, "a pinned context")
        return self._applied(
            active, document["@context"], propagate=True, override=override, remote=(*remote, url)
        )

    def _extended(self, active: ActiveContext, local: Mapping[str, Any], *, override: bool) -> ActiveContext:
        if refused := (KEYWORDS - _SETTINGS) & set(local):
            raise undefined("A context uses a feature that is not followed here.", ", ".join(refused))
        if local.get("@version", 1.1) != 1.1:
            raise undefined("A context is of another JSON-LD version.", local["@version"], "1.1")
        terms = dict(active.terms)
        vocab, language, direction = active.vocab, active.language, active.direction
        if "@vocab" in local:
            vocab = self._vocab(active, local["@vocab"])
        if "@language" in local:
            language = local["@language"].lower() if isinstance(local["@language"], str) else None
        if "@direction" in local:
            direction = local["@direction"]
        definer = Definer(terms, vocab, local, override=override)
        for name in local:
            if name not in _SETTINGS:
                definer.define(name)
        return self._intern(terms, vocab, language, direction, previous=active.previous)

    @staticmethod
    def _vocab(active: ActiveContext, given: object) -> str | None:
        if given is None:
            return None
        vocab = active.iri(given, by_vocab=True) if isinstance(given, str) else None
        if vocab is None or not is_absolute(vocab):
            raise undefined("A context's @vocab is not an absolute IRI.", given)
        return vocab

    def _intern(
        self,
        terms: Mapping[str, Term],
        vocab: str | None,
        language: str | None,
        direction: str | None,
        *,
        previous: ActiveContext | None,
    ) -> ActiveContext:
        key = (frozenset(terms.items()), vocab, language, direction, previous and id(previous))
        found = self._interned.get(key)
        if found is None:
            found = ActiveContext(
                terms, vocab=vocab, language=language, direction=direction, previous=previous
            )
            _keep(self._interned, key, found)
        return found


def _keep(kept: dict[Any, ActiveContext], key: object, value: ActiveContext) -> None:
    if len(kept) < MAX_KEPT:
        kept[key] = value
