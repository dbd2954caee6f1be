# SPDX-License-Identifier: Apache-2.0
"""Literals and canonical JSON are those of the standards' own tables."""

from __future__ import annotations

import struct

import pytest

from gakusho.proof import _literals

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        # RFC 8785, appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_doubles_are_written_as_rfc_8785_says(bits: str, text: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert _literals.canonical_json(value) == text


def test_members_are_sorted_by_utf_16_code_unit() -> None:
    # RFC 8785, section 3.2.3
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    text = _literals.canonical_json(names)
    assert text == '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'


@pytest.mark.parametrize(
    ("value", "datatype", "literal"),
    [
        (5, None, f'"5"^^<{XSD}integer>'),
        (5.0, None, f'"5"^^<{XSD}integer>'),
        (5, XSD + "double", f'"5.0E0"^^<{XSD}double>'),
        (-0.0, None, f'"0"^^<{XSD}integer>'),
        (1e21, None, f'"1.0E21"^^<{XSD}double>'),
        (10**20, None, f'"{10**20}"^^<{XSD}integer>'),
        (0.1, None, f'"1.0E-1"^^<{XSD}double>'),
        (5.3, XSD + "float", f'"5.3E0"^^<{XSD}float>'),
        (True, None, f'"true"^^<{XSD}boolean>'),
        (False, "urn:x:t", '"false"^^<urn:x:t>'),
        (True, XSD + "string", '"true"'),
    ],
)
def test_numbers_and_booleans_have_one_canonical_literal(
    value: float, datatype: str | None, literal: str
) -> None:
    assert _literals.native(value, datatype) == literal


def test_control_characters_are_escaped_as_canonical_n_quads_say() -> None:
    assert _literals.escaped('\t\b\n\r\f"\\\x00\x1f\x7f') == '\\t\\b\\n\\r\\f\\"\\\\\\u0000\\u001F\\u007F'
    assert _literals.escaped("'\u0080é🌃") == "'\u0080é🌃"


def test_what_is_no_character_of_xml_is_escaped_too() -> None:
    """RDF Canonicalization 1.0, section 5: and characters not matching the Char production of XML 1.1."""
    assert _literals.escaped("\ufffd\ufffe\uffff\U0001fffe\ue000") == "\ufffd\\uFFFE\\uFFFF\U0001fffe\ue000"
