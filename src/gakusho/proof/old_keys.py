# SPDX-License-Identifier: Apache-2.0
"""What a signature is worth once its key is retired or withdrawn; one rule for proofs and tokens.

Controlled Identifiers 1.0, section 2.2: ``expires`` and ``revoked`` of a verification method.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gakusho.model.report import Outcome
from gakusho.proof import VerificationMethod

CLOCK_SKEW = timedelta(minutes=5)


def in_time(
    method: VerificationMethod, created: datetime | None, now: datetime
) -> tuple[Outcome, str | None, object, object]:
    """Give outcome, reason, what was got and what was expected of a retired or revoked key.

    ``created`` is when the signature says it was made. Whoever holds a key chooses that time, so a revoked
    key's earlier signatures are unknown, not valid, as long as nobody else proves the time. A retired key
    was given up in good order, and is believed; where no time is said at all, it is unknown.
    """
    if method.revoked is not None and method.revoked <= now + CLOCK_SKEW:
        if created is not None and created < method.revoked:
            return Outcome.UNKNOWN, "revoked-later", created.isoformat(), method.revoked.isoformat()
        return Outcome.INVALID, "revoked", created and created.isoformat(), method.revoked.isoformat()
    if method.expires is not None:
        if created is not None and created > method.expires:
            return Outcome.INVALID, "retired", created.isoformat(), method.expires.isoformat()
        if created is None and method.expires <= now:
            return Outcome.UNKNOWN, "retired", None, method.expires.isoformat()
    return Outcome.VALID, None, None, None
