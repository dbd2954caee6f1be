# SPDX-License-Identifier: Apache-2.0
"""Base45 (RFC 9285), in the one spelling there is of any bytes; its letters are those QR codes pack best."""

from __future__ import annotations

from gakusho.errors import UnreadableError

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}


def encoded(data: bytes) -> str:
    """Give the text of the bytes: three letters for two bytes, two for a last one."""
    out = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        rest, first = divmod(int.from_bytes(pair), 45)
        third, second = divmod(rest, 45)
        out.append(_LETTERS[first] + _LETTERS[second] + (_LETTERS[third] if len(pair) == 2 else ""))
    return "".join(out)


def decoded(text: str) -> bytes:
    """Give the bytes. Raises: UnreadableError for another letter, length, or a number too large."""
    out = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        value = 0
        for letter in reversed(group):
            if letter not in _VALUES:
                raise _broken(f"the character U+{ord(letter):04X}", "letters of base45")
            value = value * 45 + _VALUES[letter]
        size = len(group) - 1
        if size == 0:
            raise _broken("one letter left over", "groups of three letters, the last of two or three")
        if value >> (8 * size):
            raise _broken("a group too large", f"at most {(1 << 8 * size) - 1}")
        out += value.to_bytes(size)
    return bytes(out)


def _broken(got: str, expected: str) -> UnreadableError:
    return UnreadableError(
        f"The code is no base45: got {got}, expected {expected}.",
        code="paper-code",
        facts={"got": got, "expected": expected},
    )
