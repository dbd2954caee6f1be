# SPDX-License-Identifier: Apache-2.0
"""The JSON Canonicalization Scheme: one value, one text. RFC 8785.

Most documents hold no fractions and no names beyond the letters that sort alike in UTF-8 and UTF-16; for
those the fast writer gives the same text, and only others take the exact one.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson
import rfc8785

from gakusho.errors import UnreadableError
from gakusho.proof.json import MAX_INTEGER

_SURROGATES = "\ud800"
"""Names whose letters all lie below this sort alike by UTF-8 bytes and by UTF-16 units. Section 3.2.3."""


def canonical_json(value: object) -> bytes:
    """Give the canonical JSON text of a value, in UTF-8.

    Raises: UnreadableError for what is not JSON: NaN, Infinity, integers beyond 2^53-1, names that are not
    text, lone surrogates, nesting beyond what is followed.
    """
    try:
        if _plain(value):
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # whatever it does not take, it refuses
    except (
        orjson.JSONEncodeError,
        rfc8785.CanonicalizationError,
        RecursionError,
        UnicodeError,
        AttributeError,
    ) as error:
        raise UnreadableError(
            "The value has no canonical JSON text.", facts={"got": f"{type(error).__name__}: {error}"[:200]}
        ) from None


def _plain(value: object) -> bool:
    """Tell whether the fast writer gives the canonical text of the value."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return True
    if isinstance(value, Mapping):
        return (
            type(value) is dict
            and all(type(name) is str and (name.isascii() or max(name) < _SURROGATES) for name in value)
            and all(map(_plain, value.values()))
        )
    if isinstance(value, list):
        return all(map(_plain, value))
    return isinstance(value, int) and -MAX_INTEGER <= value <= MAX_INTEGER
