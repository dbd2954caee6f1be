# SPDX-License-Identifier: Apache-2.0
"""Bytes as text: base58btc and base64url with a multibase prefix, and multicodec key prefixes.

Controlled Identifiers 1.0, sections 2.4 and 2.2.2.
"""

from __future__ import annotations

import base64
import binascii

from gakusho.errors import LimitError, UnreadableError

MAX_CHARACTERS = 16_384
"""More text than any key or proof has (an RSA-8192 key is 1,430 characters)."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_NONE = 255
_DIGITS = bytes(_ALPHABET.find(chr(code)) % 256 for code in range(256))
"""For each byte the digit it stands for, or ``_NONE``."""
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_FOUR = 58**4  # four characters a division: it fits one digit of a Python integer
_AT_ONCE = 128
_WEIGHT = 58**_AT_ONCE
_STEPS = [
    # Bits of what is put together, a mask of every other one of them, and the weight of the higher one.
    (
        8 << step,
        sum((1 << (8 << step)) - 1 << at for at in range(0, 8 * _AT_ONCE, 16 << step)),
        58 ** (1 << step),
    )
    for step in range(7)
]

CODECS = {
    "Ed25519": b"\xed\x01",
    "P-256": b"\x80\x24",
    "P-384": b"\x81\x24",
    "P-521": b"\x82\x24",
    "RSA": b"\x85\x24",
}
"""Multicodec prefixes of public keys, as unsigned varints."""


def base58(data: bytes) -> str:
    """Give the base58btc form, without a multibase prefix."""
    zeros = len(data) - len(data.lstrip(b"\x00"))
    number = int.from_bytes(data)
    fours = []
    while number:
        number, remainder = divmod(number, _FOUR)
        fours.append(_PAIRS[remainder // 3364] + _PAIRS[remainder % 3364])
    fours.reverse()
    text = "".join(fours).lstrip("1")
    return "1" * zeros + text


def from_base58(text: str) -> bytes:
    """Give the bytes of a base58btc text. Raises: UnreadableError, LimitError."""
    _bounded(text)
    values = text.encode("ascii", "replace").translate(_DIGITS)
    if _NONE in values:
        raise UnreadableError(
            "The text holds a character that base58btc does not have.",
            facts={"expected": "base58btc", "got": text[:80]},
        )
    number = 0
    for start in range(-(-len(values) % _AT_ONCE), len(values), _AT_ONCE):
        number = number * _WEIGHT + _number(values[max(start, 0) : start + _AT_ONCE])
    zeros = len(text) - len(text.lstrip("1"))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def _number(digits: bytes) -> int:
    """Give the number that at most 128 digits to base 58 stand for."""
    # Neighbors are put together in all places at once: digits, then pairs of digits, then fours.
    number = int.from_bytes(digits)
    for width, low, weight in _STEPS:
        number = (number & low) + (number >> width & low) * weight
    return number


def base64url(data: bytes) -> str:
    """Give the base64url form without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Give the bytes of an unpadded base64url text; only the one canonical spelling is read.

    Raises: UnreadableError, LimitError.
    """
    _bounded(text)
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64url(data) != text:
        raise UnreadableError(
            "The text is not canonical unpadded base64url.", facts={"expected": "base64url", "got": text[:80]}
        )
    return data


def encode(data: bytes) -> str:
    """Give the multibase form in base58btc (prefix ``z``)."""
    return "z" + base58(data)


def decode(text: str) -> bytes:
    """Give the bytes of a multibase text in base58btc (``z``) or base64url (``u``).

    Raises: UnreadableError, LimitError.
    """
    match text[:1]:
        case "z":
            return from_base58(text[1:])
        case "u":
            return from_base64url(text[1:])
    raise UnreadableError(
        "The text has no multibase prefix that is read here.", facts={"expected": "z or u", "got": text[:1]}
    )


def _bounded(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise LimitError(
            "The encoded value is too long.", facts={"got": len(text), "expected": MAX_CHARACTERS}
        )
