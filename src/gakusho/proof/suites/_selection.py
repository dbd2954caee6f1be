# SPDX-License-Identifier: Apache-2.0
"""A part of a document, chosen by JSON pointers.

RFC 6901; Data Integrity ECDSA Cryptosuites 1.0, sections 3.4.10 to 3.4.13.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.errors import InputError, LimitError

MAX_POINTERS = 1_000
MAX_POINTER = 1_000
"""Characters of one pointer."""
_IDS, _TYPES = ("id", "@id"), ("type", "@type")


def select(document: Mapping[str, Any], pointers: Sequence[str]) -> dict[str, Any] | None:
    """Give the document with what the pointers lead to, and ids and types on the way; None for no pointer.

    Raises: InputError for a pointer that leads nowhere or is none; LimitError.
    """
    if len(pointers) > MAX_POINTERS:
        raise LimitError(
            "There are too many pointers.", facts={"got": len(pointers), "expected": MAX_POINTERS}
        )
    if not pointers:
        return None
    selection = _beginning(document)
    if "@context" in document:
        selection["@context"] = copy.deepcopy(document["@context"])
    for pointer in pointers:
        path = parsed(pointer)
        if not path:
            return copy.deepcopy(dict(document))
        _take(document, selection, path, pointer)
    return {name: _dense(selection[name]) for name in document if name in selection}


def parsed(pointer: object) -> list[str]:
    """Give the reference tokens of a JSON pointer. Raises: InputError."""
    if (
        not isinstance(pointer, str)
        or len(pointer) > MAX_POINTER
        or (pointer and not pointer.startswith("/"))
    ):
        raise InputError(
            "A pointer is not a JSON pointer.",
            code="pointer",
            facts={"got": str(pointer)[:200], "expected": "such as /credentialSubject/name"},
        )
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


class _Sparse(dict[int, Any]):
    """The chosen items of a list, by their places in it."""


def _beginning(value: object) -> dict[Any, Any]:
    """Give what is in every selection from an object: its id, unless it is a blank node, and its types."""
    chosen: dict[Any, Any] = {}
    if isinstance(value, Mapping):
        for name in _IDS:
            if isinstance(value.get(name), str) and not value[name].startswith("_:"):
                chosen[name] = value[name]
        chosen.update({name: copy.deepcopy(value[name]) for name in _TYPES if value.get(name)})
    return chosen


def _take(document: Mapping[str, Any], selection: dict[Any, Any], path: list[str], pointer: str) -> None:
    source: Any = document
    into: dict[Any, Any] = selection
    for place, token in enumerate(path):
        key: Any = token
        if isinstance(source, list):
            key = int(token) if token.isascii() and token.isdigit() and str(int(token[:9])) == token else -1
            found = 0 <= key < len(source)
        else:
            found = isinstance(source, Mapping) and key in source
        if not found:
            raise InputError(
                f"The pointer {pointer[:200]} leads nowhere in the document.",
                code="pointer",
                facts={"got": pointer[:200], "expected": "a pointer to something the credential says"},
            )
        source = source[key]
        if place == len(path) - 1:
            into[key] = copy.deepcopy(source)
        else:
            if key not in into:
                into[key] = _Sparse() if isinstance(source, list) else _beginning(source)
            elif isinstance(into[key], list):
                into[key] = _Sparse(enumerate(into[key]))
            into = into[key]


def _dense(value: Any) -> Any:
    if isinstance(value, _Sparse):
        return [_dense(value[place]) for place in sorted(value)]
    if isinstance(value, dict):
        return {name: _dense(part) for name, part in value.items()}
    return [_dense(part) for part in value] if isinstance(value, list) else value
