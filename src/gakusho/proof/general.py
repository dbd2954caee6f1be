# SPDX-License-Identifier: Apache-2.0
"""The general path: documents that write a context themselves.

Two readers that share no code must find the same statements: the strict compiler, which refuses whatever it
does not understand, and PyLD, which follows all of JSON-LD but drops what it does not understand. So nothing
is dropped, invented or written in another way unnoticed. What such a context may say is bounded before.
Decision 0012; Data Integrity 1.0, section 2.4.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gakusho.errors import LimitError
from gakusho.proof import _second_reading
from gakusho.proof._inline_contexts import InlineContexts, texts_outside_contexts, written_inside
from gakusho.proof._terms import undefined
from gakusho.proof.canonical import canonicalize, spend
from gakusho.proof.contexts import Contexts
from gakusho.proof.quads import Quad, quads

MAX_STATEMENTS = 5_000
"""Statements of a document on this path; PyLD needs about 0.05 ms for each."""
MAX_COMPARISONS = 2_000_000
"""Of the values of each property among themselves, which PyLD makes: 1,400 values of one, at most 0.7 s."""

__all__ = ["MAX_STATEMENTS", "agreed", "statements", "written_inside"]


def statements(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Give the RDF statements of a document that writes a context itself, beside naming pinned ones.

    Raises:
        UndefinedTermError: an address is not pinned, a context written inside does more than add words, or
            something would be dropped or is read in two ways.
        LimitError: more than 5,000 statements, 500 added words, or nesting beyond 64.
        UnreadableError: text that cannot be written in UTF-8.
        TooComplexError: the two readings cannot be compared within the budget.
    """
    inside = InlineContexts(contexts, document)
    found = agreed(document, inside)
    for text in texts_outside_contexts(document) if inside.prefixes else ():
        if text.partition(":")[0] in inside.prefixes and ":" in text:
            raise undefined("An added prefix would change what an id stands for.", text, "the whole IRI")
    return found


def agreed(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Give the statements that both readers find in a document, whatever its contexts may say.

    Raises: as ``statements``.
    """
    found = quads(document, contexts)
    _check_amount(found)
    spend(30 * len(found))  # PyLD needs that much more
    again = _second_reading.read(document, contexts.documents)
    if len(again) != len(found) or canonicalize(again) != canonicalize(found):
        raise undefined("Two JSON-LD processors read the document in two ways.", len(again), str(len(found)))
    return found


def _check_amount(found: list[Quad]) -> None:
    if len(found) > MAX_STATEMENTS:
        raise LimitError(
            "The document states too much for one that writes a context itself.",
            facts={"got": len(found), "expected": MAX_STATEMENTS},
        )
    values = Counter((subject, predicate, graph) for subject, predicate, _, graph in found)
    if sum(count * count for count in values.values()) > MAX_COMPARISONS:
        raise LimitError(
            "A member has too many values for a document that writes a context itself.",
            facts={"got": max(values.values()), "expected": int(MAX_COMPARISONS**0.5)},
        )
