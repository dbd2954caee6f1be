# SPDX-License-Identifier: Apache-2.0
"""The keys with which codes on paper are verified without a network, of all institutions of this server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gakusho.issuer import _keys
from gakusho.proof.keys import PublicKey
from gakusho.store.tables import Institution, Key
from gakusho.store.work import Work

_CURVE = "P-256"


def directory(work: Work) -> dict[str, Any]:
    """Give by issuer its names and the P-256 keys in its DID document, the retired ones with their end.

    JSON values; ``asOf`` is now: what is kept of it is as old as that.
    """
    found: dict[str, dict[str, Any]] = {}
    rows = work.session.execute(
        select(Institution, Key)
        .join(Key, Key.institution_id == Institution.id)
        .where(Key.purpose.in_(_keys.PURPOSES), Key.algorithm == _CURVE)
        .order_by(Institution.did, Key.id)
    )
    for institution, key in rows:
        if not institution.did.startswith("did:web:"):
            continue  # a did:key publishes one key only, which is of another kind
        names = {"ja": institution.name_ja, "en": institution.name_en}
        entry = found.setdefault(institution.did, {"name": names, "keys": []})
        entry["keys"].append(
            {
                "id": key.verification_method,
                "jwk": PublicKey.from_multikey(key.public_multikey).jwk(),
                "created": key.created_at.isoformat(),
                "expires": key.retired_at and key.retired_at.isoformat(),
                "revoked": key.revoked_at and key.revoked_at.isoformat(),
            }
        )
    return {"asOf": work.now.isoformat(timespec="seconds"), "issuers": found}
