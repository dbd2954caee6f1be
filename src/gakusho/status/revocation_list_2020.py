# SPDX-License-Identifier: Apache-2.0
"""RevocationList2020, the first of the bit lists: revocation only, read and never written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gakusho.model.award import StatusEntry
from gakusho.status import _bits, bitstring


class RevocationList2020:
    """``RevocationList2020Status``: ``revocationListIndex`` in a ``revocationListCredential``.

    Its lists had 100,000 entries by default, so no least length is asked for.
    """

    name = "RevocationList2020Status"
    carrier: Literal["credential", "document"] = "credential"

    def look_up(self, entry: StatusEntry, listed: Mapping[str, Any]) -> int:
        """Give 1 when the entry's bit is set. Raises: InputError as for Bitstring Status List."""
        subject = bitstring.subject_of(listed, "RevocationList2020Credential", ("RevocationList2020",))
        if entry.purpose != "revocation":
            raise _bits.problem("status-verification", "a list for revocation", f"purpose {entry.purpose}")
        packed = _bits.from_base64url(subject.get("encodedList"), also_base64=True)
        return _bits.value_at(_bits.unpacked(packed, _bits.GZIP), entry.index, 1)


STATUS = RevocationList2020()
