# SPDX-License-Identifier: Apache-2.0
"""A JSON-LD document as the one text that is hashed and signed: its statements, canonicalized."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.errors import UndefinedTermError
from gakusho.proof import general, plan
from gakusho.proof.canonical import canonicalize
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad, quads


def statements(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Give the RDF statements of a document, by the strict compiler or, where that must, the general path.

    The general path is that of documents that write a context themselves; any other is the strict
    compiler's alone. Raises: UndefinedTermError, LimitError, UnreadableError, TooComplexError.
    """
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
    planned = plan.planned_form(document, contexts, algorithm=algorithm)
    return plain_form(document, contexts, algorithm=algorithm) if planned is None else planned


def plain_form(document: Mapping[str, Any], contexts: Contexts, *, algorithm: str = "sha256") -> str:
    """Give the same without the plans of usual documents, statement by statement; raises the same."""
    return canonicalize(statements(document, contexts), algorithm=algorithm)
