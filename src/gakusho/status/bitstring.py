# SPDX-License-Identifier: Apache-2.0
"""Bitstring Status List 1.0: one or more bits an award, in a list that is itself a credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gakusho.model.award import StatusEntry
from gakusho.status import _bits

MINIMUM_LENGTH = 131_072
"""Entries a list has at least, so that looking into it tells little. Section 6.1."""
MAX_BYTES = _bits.MAX_BYTES
MAX_SIZE = 8
"""Bits of an entry that are read; 256 messages are more than anybody words."""


class BitstringStatusList:
    """``BitstringStatusListEntry``."""

    name = "BitstringStatusListEntry"
    carrier: Literal["credential", "document"] = "credential"

    def write(
        self,
        *,
        list_id: str,
        issuer_id: str,
        purpose: str,
        length: int,
        values: Mapping[int, int],
        size: int = 1,
    ) -> dict[str, Any]:
        """Give the unsigned status list credential. Section 3.1 (generate algorithm).

        Raises: InputError.
        """
        return {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": list_id,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer_id,
            "credentialSubject": {
                "id": f"{list_id}#list",
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "encodedList": encoded(length, values, size=size),
            },
        }

    def look_up(self, entry: StatusEntry, listed: Mapping[str, Any]) -> int:
        """Give the entry's value. Section 3.2 (validate algorithm), steps after verification.

        Raises:
            InputError: the list is not one for this purpose (``status-verification``), is too short
                (``status-length``), does not reach the index (``status-range``), is badly encoded
                (``status-encoding``), or the entry is malformed (``status-entry``).
        """
        subject = subject_of(listed, "BitstringStatusListCredential", ("BitstringStatusList",))
        check_purpose(entry, subject)
        check_messages(entry)
        whole = decoded(subject.get("encodedList"), size=entry.size)
        return _bits.value_at(whole, entry.index, entry.size)


def subject_of(
    listed: Mapping[str, Any], credential_type: str, subject_types: tuple[str, ...]
) -> Mapping[str, Any]:
    """Give the subject of a list credential of these types. Raises: InputError (``status-verification``)."""
    subject, types = listed.get("credentialSubject"), listed.get("type")
    if (
        not isinstance(subject, Mapping)
        or subject.get("type") not in subject_types
        or credential_type not in (types if isinstance(types, list) else [types])
    ):
        raise _bits.problem("status-verification", "something else", f"a {credential_type}")
    return subject


def check_purpose(entry: StatusEntry, subject: Mapping[str, Any]) -> None:
    """Refuse a list that does not speak of the entry's purpose. Raises: InputError."""
    stated = subject.get("statusPurpose")
    purposes = stated if isinstance(stated, list) else [stated]
    if entry.purpose not in purposes:
        raise _bits.problem(
            "status-verification", f"a list for {str(purposes)[:200]}", f"purpose {entry.purpose}"
        )


def check_messages(entry: StatusEntry) -> None:
    """Refuse an entry whose messages do not fit its size. Section 2.1. Raises: InputError.

    Two bits have four values, and the Recommendation wants a message for each of them; the official test
    suite wants as many messages as bits. For the purpose ``message`` both are read.
    """
    if not 1 <= entry.size <= MAX_SIZE:
        raise _bits.problem("status-entry", f"statusSize {entry.size}", f"a size from 1 to {MAX_SIZE}")
    amounts = {1 << entry.size, *((entry.size,) if entry.purpose == "message" else ())}
    if (entry.messages or entry.size > 1) and len(entry.messages) not in amounts:
        raise _bits.problem(
            "status-entry", f"{len(entry.messages)} messages", f"{1 << entry.size}, one for each value"
        )
    values = {value for value, _ in entry.messages}
    if len(values) < len(entry.messages) or any(value >= 1 << entry.size for value in values):
        raise _bits.problem("status-entry", "messages for other values", "each value once")


def encoded(length: int, values: Mapping[int, int], *, size: int = 1) -> str:
    """Give the multibase form of a list of ``length`` entries; index 0 is the left-most. Section 3.3.

    Raises: InputError when the length does not fit, or an entry lies outside.
    """
    if length < MINIMUM_LENGTH or length % 8 or length * size > MAX_BYTES * 8:
        raise _bits.problem(
            "status-length", str(length), f"a multiple of 8 from {MINIMUM_LENGTH} to {MAX_BYTES * 8 // size}"
        )
    return "u" + _bits.gzipped(_bits.bits(length, size, values))


def decoded(encoded_list: object, *, size: int = 1) -> bytes:
    """Give the bits of an ``encodedList``. Section 3.4.

    Raises: InputError (``status-encoding``, ``status-length``), LimitError.
    """
    if not isinstance(encoded_list, str) or not encoded_list.startswith("u"):
        raise _bits.problem("status-encoding", str(encoded_list)[:20], "multibase base64url (u…)")
    whole = _bits.unpacked(_bits.from_base64url(encoded_list[1:]), _bits.GZIP)
    check_length(whole, size)
    return whole


def check_length(whole: bytes, size: int) -> None:
    """Refuse a list so short that it tells who is looked up. Raises: InputError (``status-length``)."""
    if len(whole) * 8 // size < MINIMUM_LENGTH:
        raise _bits.problem(
            "status-length", f"{len(whole) * 8 // size} entries", f"at least {MINIMUM_LENGTH}"
        )


STATUS = BitstringStatusList()
