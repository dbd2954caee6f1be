# SPDX-License-Identifier: Apache-2.0
"""A JSON-LD document as the one text that is hashed and signed: its statements, canonicalized."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from gakusho.errors import GakushoError, UndefinedTermError
from gakusho.proof import general, plan
from gakusho.proof.canonical import canonicalize
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad, quads

T = TypeVar("T")


class Settled(dict[str, Any]):
    """A document that is not changed any more: what all its proofs ask for is worked out once."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self._known: dict[object, Any] = {}

    def once(self, what: object, work: Callable[[], T]) -> T:
        """Give what the work gave the first time, or raise what it raised."""
        if what not in self._known:
            try:
                self._known[what] = work()
            except GakushoError as error:
                self._known[what] = error.with_traceback(None)
                raise
        found = self._known[what]
        if isinstance(found, GakushoError):
            raise found
        return found  # type: ignore[no-any-return]  # what the work gave


def statements(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Give the RDF statements of a document, by the strict compiler or, where that must, the general path.

    The general path is that of documents that write a context themselves; any other is the strict
    compiler's alone. Raises: UndefinedTermError, LimitError, UnreadableError, TooComplexError.
    """
    if isinstance(document, Settled):
        return document.once((id(contexts), "statements"), lambda: _statements(document, contexts))
    return _statements(document, contexts)


def _statements(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    try:
        return quads(document, contexts)
    except UndefinedTermError:
        if not general.written_inside(document):
            raise
    return general.statements(document, contexts)


def canonical_form(document: Mapping[str, Any], contexts: Contexts, *, algorithm: str = "sha256") -> str:
    """Give the canonical N-Quads of a document. ``algorithm`` is ``sha256`` or ``sha384``.

    Raises: UndefinedTermError, TooComplexError, LimitError, UnreadableError.
    """
    if isinstance(document, Settled):
        return document.once((id(contexts), algorithm), lambda: _form(document, contexts, algorithm))
    return _form(document, contexts, algorithm)


def _form(document: Mapping[str, Any], contexts: Contexts, algorithm: str) -> str:
    planned = plan.planned_form(document, contexts, algorithm=algorithm)
    return plain_form(document, contexts, algorithm=algorithm) if planned is None else planned


def plain_form(document: Mapping[str, Any], contexts: Contexts, *, algorithm: str = "sha256") -> str:
    """Give the same without the plans of usual documents, statement by statement; raises the same."""
    return canonicalize(statements(document, contexts), algorithm=algorithm)
