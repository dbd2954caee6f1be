# SPDX-License-Identifier: Apache-2.0
"""1EdTechRevocationList: the revoked credentials by id, in a document that only its address vouches for.

1EdTech Revocation List Status Method 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gakusho.model.award import StatusEntry
from gakusho.status import _bits

_MAX_LISTED = 200_000


class OneEdTechRevocationList:
    """``1EdTechRevocationList``: the entry's id is the address of the list."""

    name = "1EdTechRevocationList"
    carrier: Literal["credential", "document"] = "document"

    def look_up(self, entry: StatusEntry, listed: Mapping[str, Any]) -> int:
        """Give 1 when the credential's id is on the list.

        Raises: InputError when the document is no such list (``status-verification``), or the credential
            has no id to look for (``status-entry``).
        """
        if not entry.credential_id:
            raise _bits.problem("status-entry", "a credential without an id", "an id to look for")
        revoked = listed.get("revokedCredentials", listed.get("revokedCredential"))
        if (
            revoked is None
            or len(revoked := revoked if isinstance(revoked, list) else [revoked]) > _MAX_LISTED
        ):
            raise _bits.problem("status-verification", "something else", "a list of revokedCredentials")
        ids = [one.get("id") if isinstance(one, Mapping) else one for one in revoked]
        if not all(isinstance(one, str) for one in ids):
            raise _bits.problem("status-verification", "an entry without an id", "ids of credentials")
        return int(entry.credential_id in ids)


STATUS = OneEdTechRevocationList()
