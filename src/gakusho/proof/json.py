# SPDX-License-Identifier: Apache-2.0
"""Strict JSON: what is read has one meaning in every reader, or it is refused.

RFC 8259 and RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import orjson

from gakusho.errors import LimitError, UnreadableError

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
"""The largest integer that every reader keeps exactly. RFC 7493, section 2.2."""

_OTHERWISE_WRITTEN = object()
_WHITE = b" \t\n\r"
_NO_MARKS = bytes(set(range(256)) - set(b'[]{}"'))
_ALIKE = bytes.maketrans(b"{}", b"[]")
_STRING = re.compile(rb'"(?:[^"\\]+|\\.)*+"?', re.DOTALL)
_STRUCTURE = re.compile(rb'"(?:[^"\\]+|\\.)*+"?|[\[\]{}]', re.DOTALL)


def loads(data: bytes | str, *, max_bytes: int = 10_000_000, max_depth: int = MAX_DEPTH) -> Any:
    """Give the value of a JSON text.

    Refused: duplicate names, NaN and Infinity, numbers beyond what a double or 2^53-1 holds, lone
    surrogates, a byte order mark, anything but UTF-8, nesting beyond ``max_depth``.

    Raises: UnreadableError, LimitError.
    """
    raw = _utf8(data)
    if len(raw) > max_bytes:
        raise LimitError("The JSON text is too large.", facts={"got": len(raw), "expected": max_bytes})
    if raw.startswith(b"\xef\xbb\xbf"):
        raise UnreadableError("The JSON text starts with a byte order mark.", facts={"got": "U+FEFF"})
    if raw.count(b"[") + raw.count(b"{") > max_depth and not _is_shallow(raw, max_depth):
        _check_depth(raw, max_depth)
    value = _round_trip(raw)
    return _slowly(raw, max_depth) if value is _OTHERWISE_WRITTEN else value


def _round_trip(raw: bytes) -> Any:
    """Give the value of a text that is written as ``dumps`` writes it, but for white space.

    Such a text has no name twice: where the parser keeps one of two, the text written from what it kept
    is another. Nor has it escapes, numbers or constants that readers take in different ways. White space
    inside strings is left out on both sides, which leaves every token where it was.
    """
    try:
        value = orjson.loads(raw)
        written = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _OTHERWISE_WRITTEN
    if written == raw or written.translate(None, _WHITE) == raw.translate(None, _WHITE):
        return value
    return _OTHERWISE_WRITTEN


def _slowly(raw: bytes, max_depth: int) -> Any:
    try:
        text = raw.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise UnreadableError("The text is not UTF-8.", facts={"got": f"byte {error.start}"}) from None
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            facts={"got": error.msg, "line": error.lineno, "column": error.colno},
        ) from None
    except RecursionError:
        raise LimitError("The JSON text is nested too deep.", facts={"expected": max_depth}) from None
    if "\\u" in text:
        _check_surrogates(value)
    return value


def dumps(value: object) -> bytes:
    """Give the JSON text of a value: UTF-8, no spaces, members in their own order.

    Raises: UnreadableError when the value is not JSON.
    """
    try:
        return orjson.dumps(value)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise UnreadableError("The value cannot be written as JSON.", facts={"got": str(error)}) from None


def is_too_deep(value: object, *, max_depth: int = MAX_DEPTH) -> bool:
    """Tell whether objects and lists are nested deeper than this."""
    try:
        raw = orjson.dumps(value)
    except orjson.JSONEncodeError:  # deeper than 254, or no JSON at all
        raw = None
    if raw is not None and (raw.count(b"[") + raw.count(b"{") <= max_depth or _is_shallow(raw, max_depth)):
        return False
    level: list[object] = [value]
    for _ in range(max_depth + 1):
        inside: list[object] = []
        for one in level:
            parts = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            inside.extend(part for part in parts if isinstance(part, (dict, list)))
        if not inside:
            return False
        level = inside
    return True


def _utf8(data: bytes | str) -> bytes:
    if isinstance(data, bytes):
        return data
    try:
        return data.encode("utf-8")
    except UnicodeEncodeError:
        raise UnreadableError("The text holds a lone surrogate.", facts={"got": "surrogate"}) from None


def _is_shallow(raw: bytes, limit: int) -> bool:
    """Tell whether the text is surely not deeper: what is left of it but brackets closes level by level."""
    # Quotation marks are kept beside the brackets, so that a bracket inside a string leaves one standing.
    plain = b"\\" not in raw
    return (plain and _closes(raw, limit)) or _closes(_STRING.sub(b"", raw), limit)


def _closes(raw: bytes, limit: int) -> bool:
    marks = raw.translate(_ALIKE, _NO_MARKS).replace(b'""', b"")
    for _ in range(limit):
        if not marks:
            return True
        before = len(marks)
        marks = marks.replace(b"[]", b"")
        if len(marks) == before:
            return False
    return not marks


def _check_depth(raw: bytes, limit: int) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(raw):
        mark = match.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth > limit:
                raise LimitError("The JSON text is nested too deep.", facts={"got": depth, "expected": limit})
        elif mark in (b"]", b"}"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise UnreadableError(f"The name {name!r} stands twice in one object.", facts={"got": name})
            seen.add(name)
    return members


def _constant(text: str) -> NoReturn:
    raise UnreadableError(f"{text} is not JSON.", facts={"got": text})


def _integer(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > MAX_INTEGER:
        raise UnreadableError(
            "An integer is larger than every reader keeps exactly.",
            facts={"got": text[:40], "expected": MAX_INTEGER},
        )
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise UnreadableError("A number is larger than a double holds.", facts={"got": text[:40]})
    return value


def _check_surrogates(value: object) -> None:
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            pending.extend(current)
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
        elif isinstance(current, str):
            _utf8(current)
