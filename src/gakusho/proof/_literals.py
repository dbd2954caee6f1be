# SPDX-License-Identifier: Apache-2.0
"""RDF literals in canonical N-Quads. JSON-LD 1.1 API, section 8.2.2; RDF Canonicalization 1.0, section 5."""

from __future__ import annotations

import math
import re

from gakusho.errors import LimitError
from gakusho.proof import json
from gakusho.proof._terms import undefined

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
I18N = "https://www.w3.org/ns/i18n#"

_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')
"""What canonical N-Quads escapes: controls, and what is no Char of XML 1.1 (surrogates never come here)."""
_ESCAPES = {
    "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def escaped(text: str) -> str:
    """Give the text as it stands between the quotes of a canonical N-Quads literal."""
    return _SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def typed(text: str, datatype: str | None) -> str:
    """Give the literal of a text with a datatype IRI; none and ``xsd:string`` are not written."""
    if datatype is None or datatype == XSD + "string":
        return f'"{escaped(text)}"'
    return f'"{escaped(text)}"^^<{datatype}>'


def tagged(text: str, language: str | None, direction: str | None) -> str:
    """Give the literal of a text with language and base direction.

    The direction is written as an ``i18n`` datatype, so that it is signed. Raises: UndefinedTermError.
    """
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise undefined("A language tag is not well-formed.", language, "BCP 47")
    language = language.lower() if language is not None else None
    if direction is not None:
        if direction not in ("ltr", "rtl"):  # it may be unhashable
            raise undefined("A base direction is not one.", direction, "ltr or rtl")
        return f'"{escaped(text)}"^^<{I18N}{language or ""}_{direction}>'
    return f'"{escaped(text)}"' if language is None else f'"{escaped(text)}"@{language}'


def native(value: float, datatype: str | None) -> str:
    """Give the literal of a JSON number or boolean, in the canonical form of its XSD type."""
    if isinstance(value, bool):
        return typed("true" if value else "false", datatype or XSD + "boolean")
    if not math.isfinite(value):
        raise undefined("A number is not finite.", value)
    if not float(value).is_integer() or abs(value) >= 1e21 or datatype == XSD + "double":
        mantissa, exponent = f"{value:.15E}".split("E")
        mantissa = mantissa.rstrip("0")
        digits = mantissa + "0" if mantissa.endswith(".") else mantissa
        return typed(f"{digits}E{int(exponent)}", datatype or XSD + "double")
    return typed(str(int(value)), datatype or XSD + "integer")


def json_literal(value: object) -> str:
    """Give the ``rdf:JSON`` literal of a value, canonicalized by RFC 8785. Raises: LimitError."""
    return typed(canonical_json(value), RDF + "JSON")


def canonical_json(value: object, depth: int = 0) -> str:
    """Give the JSON text of a value by the JSON Canonicalization Scheme (RFC 8785).

    Raises: LimitError when nested beyond the depth of JSON texts, UnreadableError for what is not JSON.
    """
    if depth > json.MAX_DEPTH:
        raise LimitError("The value is nested too deep.", facts={"expected": json.MAX_DEPTH})
    match value:
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
            members = (f"{canonical_json(n)}:{canonical_json(value[n], depth + 1)}" for n in names)
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(canonical_json(item, depth + 1) for item in value) + "]"
        case float():
            return _number(value)
    return json.dumps(value).decode("utf-8")


def _number(value: float) -> str:
    """Write a double as ECMAScript does (Number::toString, radix 10)."""
    if not math.isfinite(value):
        raise undefined("A number is not finite.", value)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent_text = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent_text or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = f"e{point - 1:+d}"
    return f"{sign}{digits}{exponent}" if len(digits) == 1 else f"{sign}{digits[0]}.{digits[1:]}{exponent}"
