# SPDX-License-Identifier: Apache-2.0
"""The operators of a page are read as they are written, and within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats._pdf import operators as reading
from gakusho.formats._pdf.operators import LINE, PATH, RULE, operators


def read(content: bytes) -> list[tuple[bytes, list[Any]]]:
    return list(operators(content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1 -2.5 .5 +3 4. re", [(b"re", [1.0, -2.5, 0.5, 3.0, 4.0])]),
        (b"% note\n/F#31 12 Tf", [(b"Tf", ["F1", 12.0])]),
        (b"(a\\(b\\)\\101\\n\\\nc)Tj", [(b"Tj", [b"a(b)A\nc"])]),
        (b"(a (nested (twice)) b) Tj", [(b"Tj", [b"a (nested (twice)) b"])]),
        (b"<48 65 6C6>Tj", [(b"Tj", [b"Hel\x60"])]),
        (b"[(a)-250(b)<63>]TJ", [(b"TJ", [[b"a", -250.0, b"b", b"c"]])]),
        (
            b"/P <</MCID 3/A [1 2]/B <</C true>>>> BDC",
            [(b"BDC", ["P", {"MCID": 3.0, "A": [1.0, 2.0], "B": {"C": True}}])],
        ),
        (b"/Span<</MCID 4>>BDC EMC", [(b"BDC", ["", {"MCID": 4.0}]), (b"EMC", [])]),
        (b"BI /W 1 /H 1 ID \xff EI Q", [(b"BI", []), (b"Q", [])]),
        (b"", []),
        (b"q\0Q\n", [(b"q", []), (b"Q", [])]),
    ],
)
def test_each_kind_of_operand_is_read(content: bytes, expected: list[tuple[bytes, list[Any]]]) -> None:
    assert read(content) == expected


def test_a_line_of_text_comes_at_once_and_says_the_same() -> None:
    written = (
        b"q 1 0 0 -1 56 769 cm/c0 cs 0.1 0.2 0.3 scn\nBT 0 Tr/f0 21 Tf 1 0 0 -1 0 0 Tm"
        b"[(\\000\\001)-250(\\050)]TJ\nET\nQ\n"
    )
    [(operator, [line])] = read(written)
    assert operator == LINE
    assert (line.style.font, line.style.size, line.style.color) == ("f0", 21.0, [0.1, 0.2, 0.3])
    assert (line.shown, line.mark, line.ends) == ([b"\0\1", b"("], None, False)
    [(_, [marked]), (_, [other])] = read(b"/Span<</MCID 7>>BDC " + written + b"EMC " + written)
    assert (marked.mark[1], marked.ends, marked.style is other.style) == ({"MCID": 7.0}, True, True)
    longer = [name for name, _ in read(written.replace(b"BT 0 Tr", b"BT 3 Tr"))]
    assert longer == [b"q", b"cm", b"cs", b"scn", b"BT", b"Tr", b"Tf", b"Tm", b"TJ", b"ET", b"Q"]


def test_lines_that_are_drawn_come_at_once() -> None:
    rule = b"q 2 0 0 -1 73 624 cm/c0 CS 0.6 SCN 0.35 w 4 M 0 0 m 96 0 l\nS\nQ\n"
    assert read(rule) == [(RULE, [0.7, "c0", None, False])]
    [(_, [_, _, mark, ends])] = read(b"/Artifact<</Type/Layout>>BDC " + rule + b"EMC ")
    assert (mark[1], ends) == ({}, True)
    [(operator, [written]), (painted, _)] = read(b"1 2 m 3 4 l 5 6 m f")
    assert (operator, written.split()[-1], painted) == (PATH, b"m", b"f")


@pytest.mark.parametrize(
    "content", [b"(open", b"[1 2", b">> BDC", b"<</A 1 ] BDC", b"BI ID x", b"1.2.3 w", b"{}"]
)
def test_what_cannot_be_read_is_told(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(content)


@pytest.mark.parametrize("content", [b"[" * 200, b"1 " * 100_001, b"[ q ]"])
def test_what_is_too_much_is_told(content: bytes) -> None:
    with pytest.raises(LimitError):
        read(content)


def test_operators_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_OPERATORS", 3)
    with pytest.raises(LimitError):
        read(b"q q q q")
