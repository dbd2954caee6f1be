# SPDX-License-Identifier: Apache-2.0
"""The line that carries what an Open Badges ``Result`` has no member for: place, credits, term.

Results are a set once they are signed, so each says its own place. The line stands in ``description``
as ``No. 3; credits: 2; term: 2025 前期``; a percent sign and a semicolon inside a value are
percent-encoded.
"""

from __future__ import annotations

import re

from gakusho.model.award import Result

_LINE = re.compile(
    r"No\. (?P<place>[1-9][0-9]{0,5})(?:; credits: (?P<credits>[^;]*))?(?:; term: (?P<term>[^;]*))?\Z"
)


def line(place: int, result: Result) -> str:
    """Give the line of the result in this place (counted from 1)."""
    parts = [f"No. {place}"]
    if result.credits is not None:
        parts.append(f"credits: {_escaped(result.credits)}")
    if result.term is not None:
        parts.append(f"term: {_escaped(result.term)}")
    return "; ".join(parts)


def parsed(description: str | None) -> tuple[int | None, str | None, str | None]:
    """Give place, credits and term from a line; all None when it is not one."""
    match = _LINE.match(description or "")
    if match is None:
        return None, None, None
    return int(match["place"]), _plain(match["credits"]), _plain(match["term"])


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace(";", "%3B")


def _plain(value: str | None) -> str | None:
    return None if value is None else value.replace("%3B", ";").replace("%25", "%")
