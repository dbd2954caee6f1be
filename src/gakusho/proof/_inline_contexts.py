# SPDX-License-Identifier: Apache-2.0
"""Contexts a document writes itself: followed as far as they only add words, refused where they swap any.

A context inside the document lies in the hands of whoever hands the document over. A signature covers what
words stand for, not the words: were a context free to say that ``name`` stands for what was signed as
``description``, the two would change places under a signature that still fits. So such a context may add
words for meanings of its own; it may not touch a word, nor give another word to a meaning, that a pinned
context has. Decision 0012.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gakusho.errors import LimitError, UndefinedTermError
from gakusho.proof import json
from gakusho.proof._literals import RDF
from gakusho.proof._terms import KEYWORDS, Scope, Term, is_absolute, undefined
from gakusho.proof.contexts import MAX_LIST, ActiveContext, Contexts

MAX_WORDS = 500
"""Words that all contexts written inside one document may add together, those in scopes among them."""
MAX_COPIED = 100_000
"""Words copied from context to context for nodes with added types; PyLD needs some 0.005 ms for each."""
MAX_SCOPES = 4
"""How deep the contexts of words may lie in one another."""

CREDENTIALS = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1")
"""One of these comes first, before any context written inside the document. VCDM 2.0, section 4.3."""

_SETTINGS = frozenset({"@version", "@protected", "@vocab", "@language", "@direction"})
_PARTS = frozenset(
    {"@id", "@type", "@container", "@context", "@protected", "@prefix", "@language", "@direction"}
)


@dataclass(frozen=True)
class Vocabulary:
    """What pinned contexts say, in all their scopes."""

    words: Mapping[str, frozenset[Term]]
    """Every word, with what it means here and there (without whether it is protected)."""
    meanings: Mapping[str, frozenset[str]]
    """Every IRI, with the words for it."""
    schemes: frozenset[str]
    """What stands before the colon in any IRI they write."""


@lru_cache(maxsize=32)
def vocabulary(contexts: Contexts, urls: tuple[str, ...]) -> Vocabulary:
    """Give what the pinned contexts of these addresses say. Each is read alone."""
    words: dict[str, set[Term]] = {}
    meanings: dict[str, set[str]] = {}
    schemes: set[str] = set()
    for url in urls:
        for name, term in _words(contexts, url):
            words.setdefault(name, set()).add(term)
            if term.iri is not None and term.iri not in KEYWORDS:
                meanings.setdefault(term.iri, set()).add(name)
        schemes.update(text.partition(":")[0] for text in _texts(contexts.documents[url]) if ":" in text)
    return Vocabulary(
        words={name: frozenset(terms) for name, terms in words.items()},
        meanings={iri: frozenset(names) for iri, names in meanings.items()},
        schemes=frozenset(schemes),
    )


@lru_cache(maxsize=64)
def _words(contexts: Contexts, url: str) -> frozenset[tuple[str, Term]]:
    try:
        active = contexts.active(url)
    except UndefinedTermError:
        return frozenset()  # a document that names it is refused, so nobody reads its words
    return frozenset((name, _free(term)) for name, term in _terms(contexts, active, set()))


def _terms(contexts: Contexts, active: ActiveContext, seen: set[Scope]) -> Iterator[tuple[str, Term]]:
    for name, term in active.terms.items():
        yield name, term
        if term.scope is not None and term.scope not in seen:
            seen.add(term.scope)
            try:
                inside = contexts.scoped(active, term.scope)
            except UndefinedTermError:
                continue
            yield from _terms(contexts, inside, seen)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _free(term: Term) -> Term:
    return replace(term, protected=False)


class InlineContexts(Contexts):
    """The contexts of one document: the pinned ones, and those it writes itself.

    Made for one document and dropped with it, so that nothing a stranger writes is kept.
    """

    def __init__(self, pinned: Contexts, document: object) -> None:
        super().__init__(pinned.documents)
        named = {text for text in _named(document) if text in pinned.documents}
        self._fixed = vocabulary(pinned, tuple(sorted(named)))
        self._base = vocabulary(pinned, tuple(url for url in CREDENTIALS if url in pinned.documents))
        self._all = vocabulary(pinned, pinned.urls)
        self._own: dict[Scope, frozenset[str]] = {}
        self._written: dict[tuple[ActiveContext, str], ActiveContext] = {}
        self._seen: set[tuple[ActiveContext, tuple[str, ...]]] = set()
        self._copied = 0
        self.prefixes: set[str] = set()
        """Added words that contexts may build IRIs with."""
        self.added = 0
        """How many words were added."""

    def active(self, context: object, *, within: ActiveContext | None = None) -> ActiveContext:
        """Give the active context for the value of an ``@context``: addresses and objects.

        Raises: UndefinedTermError for an address that is not pinned and for an object that does more than
        add words; LimitError for too many words.
        """
        listed: list[Any] = context if isinstance(context, list) else [context]
        if all(isinstance(entry, str) for entry in listed):
            return super().active(context, within=within)
        listed = [_unwrapped(entry) for entry in listed]
        if len(listed) > MAX_LIST:
            raise undefined("The @context names too many contexts.", len(listed), f"at most {MAX_LIST}")
        if listed[0] not in CREDENTIALS:
            raise undefined(
                "A context written inside the document stands before the credentials context.",
                listed[0],
                CREDENTIALS[0],
            )
        for entry in listed:
            if not isinstance(entry, (str, dict)):
                raise undefined("A context is neither an address nor an object.", entry)
        self._addresses([entry for entry in listed if isinstance(entry, str)])
        base = self._initial if within is None else within
        key = (base, json.dumps(listed).decode())
        if key not in self._written:
            self._written[key] = self._all_of(base, listed)
        return self._written[key]

    def _all_of(self, base: ActiveContext, listed: list[Any]) -> ActiveContext:
        found = base
        for entry in listed:
            if isinstance(entry, str):
                found = self._applied(found, entry, propagate=True, override=False)
            else:
                found = self._added_to(found, entry)
        return found

    def typed(self, base: ActiveContext, types: tuple[str, ...]) -> ActiveContext:
        """Give the context inside a node with these types; none of theirs swaps a pinned word there."""
        found = super().typed(base, types)
        if (base, types) not in self._seen:
            self._seen.add((base, types))
            self._copied += len(types) * len(found.terms)
        if self._copied > MAX_COPIED:
            raise LimitError(
                "The document mixes too many types with words of its own.", facts={"expected": MAX_COPIED}
            )
        own = [scope for name in types if (scope := base.terms[name].scope) in self._own and scope]
        if own:
            pinned = tuple(name for name in types if base.terms[name].scope not in self._own)
            without = super().typed(base, pinned) if pinned else base
            for scope in own:
                self._check_swap(without, found, scope)
        return found

    def scoped(self, base: ActiveContext, scope: Scope) -> ActiveContext:
        """Give the context inside the values of a term; an added term's swaps no pinned word there."""
        found = super().scoped(base, scope)
        if scope in self._own:
            self._check_swap(base, found, scope)
        return found

    def _check_swap(self, before: ActiveContext, after: ActiveContext, scope: Scope) -> None:
        for name in self._own[scope]:
            if name not in self._all.words or (was := before.terms.get(name)) is None:
                continue
            term = after.terms.get(name)
            if term is None or _free(term) != _free(was):
                raise undefined("A context written inside the document gives a word another meaning.", name)

    def _added_to(self, active: ActiveContext, local: Mapping[str, Any]) -> ActiveContext:
        self._check_object(active, local, depth=0)
        found = self._extended(active, local, override=False)
        for name in local:
            if not name.startswith("@"):
                term = found.terms[name]
                self._check_word(name, term, top=True)
                self._check_scope(found, name, term, depth=1)
        return found

    def _check_scope(self, active: ActiveContext, name: str, term: Term, *, depth: int) -> None:
        if term.scope is None:
            return
        if depth > MAX_SCOPES:
            raise LimitError("Contexts lie in one another too deep.", facts={"expected": MAX_SCOPES})
        local = term.scope.value
        if not isinstance(local, dict):
            raise undefined("The context of an added word is not an object.", name)
        self._check_object(active, local, depth=depth)
        inside = self._applied(active, local, propagate=True, override=True)
        self._own[term.scope] = frozenset(word for word in local if not word.startswith("@"))
        for word in self._own[term.scope]:
            self._check_word(word, inside.terms[word], top=False)
            self._check_scope(inside, word, inside.terms[word], depth=depth + 1)

    def _check_object(self, active: ActiveContext, local: Mapping[str, Any], *, depth: int) -> None:
        self.added += len(local)
        if self.added > MAX_WORDS:
            raise LimitError("The document adds too many words.", facts={"expected": MAX_WORDS})
        for name, value in local.items():
            if name.startswith("@"):
                self._check_setting(active, name, value, depth)
            elif isinstance(value, dict):
                if not _PARTS.issuperset(value) or value.get("@id", "") is None:
                    raise undefined("An added word is defined by a feature that is not followed.", name)
            elif not isinstance(value, str):
                raise undefined("A context written inside the document takes a word away.", name)

    def _check_setting(self, active: ActiveContext, name: str, value: object, depth: int) -> None:
        fits = {
            "@version": value == 1.1 and not isinstance(value, bool),
            "@protected": isinstance(value, bool),
            "@vocab": isinstance(value, str) and is_absolute(value) and active.vocab in (None, value),
            "@language": isinstance(value, str) and depth == 0,
            "@direction": value in ("ltr", "rtl") and depth == 0 if isinstance(value, str) else False,
        }
        if not fits.get(name, False):
            raise undefined("A context written inside the document sets what it may not.", name)
        if name == "@vocab" and isinstance(value, str):
            self._check_vocab(value)

    def _check_vocab(self, vocab: str) -> None:
        """Refuse a vocabulary that would let another word stand for what a pinned context has a word for."""
        for iri, names in self._all.meanings.items():
            if iri.startswith(vocab) and iri != vocab and iri[len(vocab) :] not in names:
                raise undefined("A @vocab gives a pinned meaning another word.", vocab)
        if RDF.startswith(vocab) or vocab.startswith(RDF):
            raise undefined("A @vocab is that of RDF itself.", vocab)

    def _check_word(self, name: str, term: Term, *, top: bool) -> None:
        known = self._fixed.words.get(name)
        same = known is not None and known == {_free(term)}
        elsewhere = not top and known is not None and known <= self._base.words.get(name, frozenset())
        if known is not None and not same and not elsewhere:
            raise undefined("A context written inside the document redefines a pinned word.", name)
        iri = term.iri or ""
        if iri in KEYWORDS or term.refused:
            if not same and _free(term) not in self._all.words.get(name, frozenset()):
                raise undefined("An added word stands for a keyword.", name)
            return
        if iri.startswith(RDF) or name not in self._all.meanings.get(iri, {name}):
            raise undefined(
                "A context written inside the document gives a pinned meaning another word.", name
            )
        if name in self._all.schemes and not same:
            raise undefined("An added word would change how pinned contexts are read.", name)
        if term.prefix:
            self.prefixes.add(name)


def _unwrapped(entry: object) -> object:
    """Give the object within ``{"@context": {…}}``, which JSON-LD processors take for the context itself."""
    if isinstance(entry, dict) and entry.keys() == {"@context"} and isinstance(entry["@context"], dict):
        return entry["@context"]
    return entry


def _named(document: object) -> Iterator[str]:
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            context = value.get("@context")
            for entry in context if isinstance(context, list) else [context]:
                if isinstance(entry, str):
                    yield entry
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def written_inside(document: object) -> bool:
    """Tell whether a document, at any depth, writes a context itself instead of naming its address."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            context = value.get("@context")
            listed = context if isinstance(context, list) else [context]
            if any(isinstance(entry, dict) for entry in listed):
                return True
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return False


def texts_outside_contexts(document: object) -> Iterator[str]:
    """Give every key and string of a document but those of its contexts."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for key, part in value.items():
                if key != "@context":
                    yield key
                    pending.append(part)
        elif isinstance(value, list):
            pending.extend(value)
