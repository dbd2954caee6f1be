# SPDX-License-Identifier: Apache-2.0
"""Token Status List (IETF, draft-ietf-oauth-status-list): the list of SD-JWT VC, itself a signed token."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any, Literal

from gakusho.errors import LimitError
from gakusho.model.award import StatusEntry
from gakusho.status import _bits

VALID, INVALID, SUSPENDED = 0, 1, 2
"""Section 7.1: what the first values mean; the others are the application's own."""
_SIZES = (1, 2, 4, 8)
_PURPOSES = {VALID: "revocation", INVALID: "revocation", SUSPENDED: "suspension"}


class TokenStatusList:
    """``status.status_list``: one value for all that can be the matter."""

    name = "TokenStatusList"
    carrier: Literal["credential", "document"] = "credential"

    def look_up(self, entry: StatusEntry, listed: Mapping[str, Any]) -> int:
        """Give the entry's value from the claims of a list token. Section 8.3.

        Raises:
            InputError: the token holds no list (``status-verification``), it does not reach the index
                (``status-range``) or is badly encoded (``status-encoding``).
        """
        stated = listed.get("status_list")
        bits = stated.get("bits") if isinstance(stated, Mapping) else None
        fits = isinstance(bits, int) and not isinstance(bits, bool) and bits in _SIZES
        if not isinstance(stated, Mapping) or not isinstance(bits, int) or not fits:
            raise _bits.problem("status-verification", "something else", "a status_list of 1, 2, 4 or 8 bits")
        whole = _bits.unpacked(_bits.from_base64url(stated.get("lst")), _bits.ZLIB)
        index = entry.index
        if isinstance(index, bool) or not 0 <= index < len(whole) * 8 // bits:
            raise _bits.problem("status-range", str(index), f"a position under {len(whole) * 8 // bits}")
        # The first entry of a byte is in its lowest bits. Section 4.1.
        return whole[index * bits >> 3] >> (index * bits & 7) & ((1 << bits) - 1)

    def purpose_of(self, value: int) -> str:
        """Give what a value speaks of: ``revocation``, ``suspension``, or another thing."""
        return _PURPOSES.get(value, "other")


def status_list(length: int, values: Mapping[int, int], *, bits: int = 2) -> dict[str, Any]:
    """Give the ``status_list`` claim of ``length`` entries with these values. Section 4.2.

    Raises: InputError when an entry or its value lies outside; LimitError.
    """
    if length * bits > _bits.MAX_BYTES * 8:
        raise LimitError("The status list is larger than the limit.", facts={"expected": _bits.MAX_BYTES})
    whole = bytearray((length * bits + 7) >> 3)
    for index, value in values.items():
        if not 0 <= index < length or not 0 <= value < 1 << bits:
            raise _bits.problem("status-range", f"{value} at {index}", f"{bits} bits under {length}")
        whole[index * bits >> 3] |= value << (index * bits & 7)
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(whole), 6)).rstrip(b"=").decode()
    return {"bits": bits, "lst": packed}


STATUS = TokenStatusList()
