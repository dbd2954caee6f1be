# SPDX-License-Identifier: Apache-2.0
"""Bitstring Status List 1.0: one bit an award, in a list that is itself a credential."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from gakusho.errors import InputError, LimitError
from gakusho.model.award import StatusEntry

MINIMUM_LENGTH = 131_072
"""Entries a list has at least, so that looking into it tells little. Section 6.1."""
MAX_BYTES = 8 * 1_048_576
"""Bytes a list may expand to: 2^26 entries."""


class BitstringStatusList:
    """``BitstringStatusListEntry`` with ``statusSize`` 1."""

    name = "BitstringStatusListEntry"

    def write(
        self, *, list_id: str, issuer_id: str, purpose: str, length: int, set_indexes: Iterable[int]
    ) -> dict[str, Any]:
        """Give the unsigned status list credential. Section 3.1 (generate algorithm)."""
        return {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": list_id,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer_id,
            "credentialSubject": {
                "id": f"{list_id}#list",
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "encodedList": encoded(length, set_indexes),
            },
        }

    def look_up(self, entry: StatusEntry, list_credential: Mapping[str, Any]) -> bool:
        """Tell whether the entry's bit is set. Section 3.2 (validate algorithm), steps after verification.

        Raises:
            InputError: the list is not one for this purpose (``status-verification``), is too short
                (``status-length``), does not reach the index (``status-range``) or is badly encoded
                (``status-encoding``).
        """
        subject = list_credential.get("credentialSubject")
        types = list_credential.get("type")
        if (
            not isinstance(subject, Mapping)
            or subject.get("type") != "BitstringStatusList"
            or "BitstringStatusListCredential" not in (types if isinstance(types, list) else [types])
        ):
            raise _error("status-verification", "something else", "a BitstringStatusListCredential")
        purposes = subject.get("statusPurpose")
        purposes = purposes if isinstance(purposes, list) else [purposes]
        if entry.purpose not in purposes:
            raise _error("status-verification", f"a list for {purposes}", f"purpose {entry.purpose}")
        if isinstance(entry.index, bool) or entry.index < 0:
            raise _error("status-range", str(entry.index), "a position in the list")
        bits = decoded(subject.get("encodedList"))
        if entry.index >= len(bits) * 8:
            raise _error("status-range", str(entry.index), f"a position under {len(bits) * 8}")
        return bool(bits[entry.index >> 3] >> (7 - (entry.index & 7)) & 1)


def encoded(length: int, set_indexes: Iterable[int]) -> str:
    """Give the multibase form of a list of ``length`` bits with these set; index 0 is the left-most bit.

    Raises: InputError when an index lies outside.
    """
    if length < MINIMUM_LENGTH or length % 8 or length > MAX_BYTES * 8:
        raise _error(
            "status-length", str(length), f"a multiple of 8 from {MINIMUM_LENGTH} to {MAX_BYTES * 8}"
        )
    bits = bytearray(length >> 3)
    for index in set_indexes:
        if not 0 <= index < length:
            raise _error("status-range", str(index), f"a position under {length}")
        bits[index >> 3] |= 0x80 >> (index & 7)
    packed = gzip.compress(bytes(bits), compresslevel=9, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decoded(encoded_list: object) -> bytes:
    """Give the bits of an ``encodedList``; one gzip member, whole, and no larger than ``MAX_BYTES``.

    Raises: InputError (``status-encoding``, ``status-length``), LimitError.
    """
    if not isinstance(encoded_list, str) or not encoded_list.startswith("u"):
        raise _error("status-encoding", str(encoded_list)[:20], "multibase base64url (u…)")
    text = encoded_list[1:]
    if len(text) > 2 * MAX_BYTES:
        raise LimitError("The status list is larger than the limit.", facts={"expected": MAX_BYTES})
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _error("status-encoding", "broken base64url", "multibase base64url (u…)") from error
    if "=" in text or "+" in text or "/" in text:
        raise _error("status-encoding", "another alphabet", "base64url without padding")
    bits = _unpacked(packed)
    if len(bits) * 8 < MINIMUM_LENGTH:
        raise _error("status-length", f"{len(bits) * 8} entries", f"at least {MINIMUM_LENGTH}")
    return bits


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        bits = unpacker.decompress(packed, MAX_BYTES + 1)
    except zlib.error as error:
        raise _error("status-encoding", f"broken gzip ({error})", "gzip") from error
    if len(bits) > MAX_BYTES:
        raise LimitError("The status list is larger than the limit.", facts={"expected": MAX_BYTES})
    # Two decompressors disagree about what follows the first member; what follows is refused.
    if not unpacker.eof or unpacker.unused_data or unpacker.unconsumed_tail:
        raise _error("status-encoding", "a part, or more than one part", "one whole gzip member")
    return bits


def _error(code: str, got: str, expected: str) -> InputError:
    return InputError(
        f"The status list cannot be used: got {got}, expected {expected}.",
        code=code,
        facts={"got": got, "expected": expected},
    )


STATUS = BitstringStatusList()
