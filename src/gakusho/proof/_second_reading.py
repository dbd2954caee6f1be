# SPDX-License-Identifier: Apache-2.0
"""A document read by PyLD: the statements another JSON-LD processor finds in it.

PyLD expands the document and makes the dataset; the N-Quads are written here, since PyLD's writer leaves
control characters as they are. It is never given a loader that reaches a network.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from gakusho.proof import _literals
from gakusho.proof._literals import RDF, XSD
from gakusho.proof._terms import is_absolute, undefined
from gakusho.proof.quads import Quad

Document = dict[str, Any]


def read(document: Mapping[str, Any], contexts: Mapping[str, Any]) -> list[Quad]:
    """Give the statements PyLD finds in a document, following these contexts by their address only.

    What PyLD drops is missing here. Two faults of it are mended, which would refuse honest documents: that
    3.0 is a double to it though JSON has one kind of number, and that it forgets a default ``@direction``
    when another context comes after. Raises: UndefinedTermError when it fails.
    """
    from pyld.jsonld import JsonLdError

    try:
        dataset = _processor().to_rdf(integers(dict(document)), _options(contexts))
    except (
        JsonLdError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as e:
        raise undefined("Another JSON-LD processor fails on the document.", type(e).__name__) from None
    return list(
        dict.fromkeys(
            (
                _resource(one["subject"]),
                _resource(one["predicate"]),
                _object(one["object"]),
                "" if name == "@default" else _named(name),
            )
            for name, statements in dataset.items()
            for one in statements
        )
    )


def integers(value: Any) -> Any:
    """Give a copy of a JSON value with 3.0 as 3. The sign of -0.0 is lost."""
    match value:
        case float() if value.is_integer() and abs(value) < 1e21:
            return int(value)
        case dict():
            return {key: integers(part) for key, part in value.items()}
        case list():
            return [integers(part) for part in value]
    return value


def _options(contexts: Mapping[str, Any]) -> dict[str, Any]:
    from pyld.context_resolver import ContextResolver

    def load(url: str, _: object) -> dict[str, object]:
        return {"contextUrl": None, "documentUrl": url, "document": copy.deepcopy(contexts[url])}

    return {
        "base": "",
        "documentLoader": load,
        "contextResolver": ContextResolver({}, load),  # a cache of its own: PyLD's is shared by all threads
        "rdfDirection": "i18n-datatype",
    }


def _processor() -> Any:
    from frozendict import frozendict
    from pyld.jsonld import JsonLdProcessor

    class Remembering(JsonLdProcessor):  # type: ignore[misc]
        """Processes each context once (PyLD does so for every node with types); keeps directions."""

        def __init__(self) -> None:
            super().__init__()
            self._kept: dict[tuple[object, ...], tuple[object, ...]] = {}

        def _clone_active_context(self, active_ctx: Any) -> Any:
            clone = super()._clone_active_context(active_ctx)
            if "@direction" in active_ctx:
                clone["@direction"] = active_ctx["@direction"]
            return clone

        def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **flags: Any) -> Any:
            if flags.get("cycles") is not None:
                return super()._process_context(active_ctx, local_ctx, options, **flags)
            key = (id(active_ctx), id(local_ctx), *sorted(flags.items()))
            kept = self._kept.get(key)
            if kept is None:
                made = super()._process_context(active_ctx, local_ctx, options, **flags)
                if not isinstance(made, frozendict):
                    return made
                kept = self._kept[key] = (made, active_ctx, local_ctx)  # so that no id is used again
            return kept[0]

    return Remembering()


def _named(name: str) -> str:
    return name if name.startswith("_:") else _iri(name)


def _resource(node: Mapping[str, str]) -> str:
    return node["value"] if node["type"] == "blank node" else _iri(node["value"])


def _iri(text: str) -> str:
    if not is_absolute(text):
        raise undefined("Another JSON-LD processor makes no absolute IRI of this.", text)
    return f"<{text}>"


def _object(node: Mapping[str, Any] | None) -> str:
    if node is None:  # a relative IRI in a list
        raise undefined("Another JSON-LD processor drops an item of a list.", "null")
    if node["type"] != "literal":
        return _resource(node)
    value, datatype = node["value"], node["datatype"]
    if not isinstance(value, str) or not isinstance(datatype, str):
        raise undefined("Another JSON-LD processor makes no literal of this.", value)
    if datatype == RDF + "langString":
        return _literals.tagged(value, node["language"], None)
    if datatype == XSD + "string":
        return _literals.typed(value, None)
    if not is_absolute(datatype):
        raise undefined("Another JSON-LD processor makes no absolute IRI of this.", datatype)
    return _literals.typed(value, datatype)
