# SPDX-License-Identifier: Apache-2.0
"""Lists of small values as bits, packed; every way in is bounded.

``left`` lists count from the left-most bit of each byte (Bitstring Status List 1.0, section 3.3).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Mapping

from gakusho.errors import InputError, LimitError

MAX_BYTES = 8 * 1_048_576
"""Bytes a list may expand to: 2^26 entries of one bit."""
GZIP = 16 + zlib.MAX_WBITS
ZLIB = zlib.MAX_WBITS


def bits(length: int, size: int, values: Mapping[int, int]) -> bytes:
    """Give ``length`` entries of ``size`` bits, entry 0 left-most, each value's highest bit first.

    Raises: InputError (``status-range``) when an entry or its value lies outside.
    """
    whole = bytearray((length * size + 7) >> 3)
    for index, value in values.items():
        if not 0 <= index < length:
            raise problem("status-range", str(index), f"a position under {length}")
        if not 0 <= value < 1 << size:
            raise problem("status-range", str(value), f"a value of {size} bits")
        for place in range(size):
            if value >> (size - 1 - place) & 1:
                at = index * size + place
                whole[at >> 3] |= 0x80 >> (at & 7)
    return bytes(whole)


def value_at(whole: bytes, index: int, size: int) -> int:
    """Give the value of an entry. Raises: InputError (``status-range``)."""
    if isinstance(index, bool) or index < 0 or (index + 1) * size > len(whole) * 8:
        raise problem("status-range", str(index), f"a position under {len(whole) * 8 // size}")
    value = 0
    for at in range(index * size, (index + 1) * size):
        value = value << 1 | (whole[at >> 3] >> (7 - (at & 7)) & 1)
    return value


def gzipped(whole: bytes) -> str:
    """Give the base64url of the list as one gzip member; the same list gives the same text."""
    # Level 9 takes twenty times as long for a list a tenth smaller.
    return base64.urlsafe_b64encode(gzip.compress(whole, compresslevel=6, mtime=0)).rstrip(b"=").decode()


def from_base64url(text: object, *, also_base64: bool = False) -> bytes:
    """Give the bytes of unpadded base64url; older lists wrote base64, or padded it (``also_base64``).

    Raises: InputError (``status-encoding``), LimitError.
    """
    if not isinstance(text, str):
        raise problem("status-encoding", str(text)[:20], "base64url")
    if len(text) > 2 * MAX_BYTES:
        raise LimitError("The status list is larger than the limit.", facts={"expected": MAX_BYTES})
    if also_base64:
        text = text.rstrip("=").replace("+", "-").replace("/", "_")
    if not text.isascii() or any(char in text for char in "=+/"):
        raise problem("status-encoding", "another alphabet", "base64url without padding")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise problem("status-encoding", "broken base64url", "base64url") from error


def unpacked(packed: bytes, wbits: int) -> bytes:
    """Give the expanded list: one member, whole, and no larger than ``MAX_BYTES``.

    The last few usual ones are kept: every award of a batch stands in the same lists.

    Raises: InputError (``status-encoding``), LimitError.
    """
    whole = _kept.get((packed, wbits))
    if whole is None:
        whole = _expanded(packed, wbits)
        if len(packed) <= _USUAL_BYTES and len(whole) <= _USUAL_BYTES:
            if len(_kept) >= _MAX_KEPT:
                _kept.clear()
            _kept[packed, wbits] = whole
    return whole


_MAX_KEPT = 16
_USUAL_BYTES = 262_144
_kept: dict[tuple[bytes, int], bytes] = {}


def _expanded(packed: bytes, wbits: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=wbits)
    try:
        whole = unpacker.decompress(packed, MAX_BYTES + 1)
    except zlib.error as error:
        raise problem("status-encoding", f"broken compression ({error})", "a compressed list") from error
    if len(whole) > MAX_BYTES:
        raise LimitError("The status list is larger than the limit.", facts={"expected": MAX_BYTES})
    # Two decompressors disagree about what follows the first member; what follows is refused.
    if not unpacker.eof or unpacker.unused_data or unpacker.unconsumed_tail:
        raise problem("status-encoding", "a part, or more than one part", "one whole compressed list")
    return whole


def problem(code: str, got: str, expected: str) -> InputError:
    """Give the error for a list that does not fit."""
    return InputError(
        f"The status list cannot be used: got {got}, expected {expected}.",
        code=code,
        facts={"got": got, "expected": expected},
    )
