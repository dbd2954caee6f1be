# SPDX-License-Identifier: Apache-2.0
"""A JSON-LD document as the one text that is hashed and signed: its statements, canonicalized."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.proof.canonical import canonicalize
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad, quads


def statements(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Give the RDF statements of a document, by the strict compiler or, where that must, the general path.

    Raises: UndefinedTermError, LimitError, UnreadableError.
    """
    return quads(document, contexts)


def canonical_form(document: Mapping[str, Any], contexts: Contexts, *, algorithm: str = "sha256") -> str:
    """Give the canonical N-Quads of a document. ``algorithm`` is ``sha256`` or ``sha384``.

    Raises: UndefinedTermError, TooComplexError, LimitError, UnreadableError.
    """
    return canonicalize(statements(document, contexts), algorithm=algorithm)
