# SPDX-License-Identifier: Apache-2.0
"""StatusList2021, the draft that became Bitstring Status List: still in use, so it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gakusho.model.award import StatusEntry
from gakusho.status import _bits, bitstring


class StatusList2021:
    """``StatusList2021Entry``: the list is gzip in base64url without a multibase letter."""

    name = "StatusList2021Entry"
    carrier: Literal["credential", "document"] = "credential"

    def look_up(self, entry: StatusEntry, listed: Mapping[str, Any]) -> int:
        """Give 1 when the entry's bit is set. Raises: InputError as for Bitstring Status List."""
        subject = bitstring.subject_of(listed, "StatusList2021Credential", ("StatusList2021",))
        bitstring.check_purpose(entry, subject)
        packed = _bits.from_base64url(subject.get("encodedList"), also_base64=True)
        whole = _bits.unpacked(packed, _bits.GZIP)
        bitstring.check_length(whole, 1)
        return _bits.value_at(whole, entry.index, 1)


STATUS = StatusList2021()
