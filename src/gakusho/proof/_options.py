# SPDX-License-Identifier: Apache-2.0
"""The members of a proof besides its signature. Data Integrity 1.0, section 2.1."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from gakusho.errors import UnreadableError
from gakusho.proof import ProofOptions

_DATE_TIME_STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


def proof_members(suite: str, options: ProofOptions) -> dict[str, Any]:
    """Give the proof without its value, members in the order the standard writes them."""
    previous = options.previous_proof
    proof = {
        "id": options.id,
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": written(options.created),
        "expires": options.expires and written(options.expires),
        "verificationMethod": options.verification_method,
        "proofPurpose": options.purpose,
        "challenge": options.challenge,
        "domain": options.domain,
        "previousProof": list(previous) if isinstance(previous, tuple) else previous,
    }
    return {name: value for name, value in proof.items() if value is not None}


def written(time: datetime) -> str:
    """Give a time as ``dateTimeStamp`` in UTC, to the second. ``time`` must carry a zone."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone cannot be signed")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(value: object) -> datetime:
    """Give the time of an XML Schema ``dateTimeStamp``, in UTC. Raises: UnreadableError."""
    if isinstance(value, str) and _DATE_TIME_STAMP.fullmatch(value):
        if len(value) == 20:  # to the second, in UTC: the usual way
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                raise _no_time(value) from None
        head, fraction, zone = re.fullmatch(r"([^.Z+]{10}T[0-9:]{8})(\.[0-9]+)?(.+)", value).groups("")  # type: ignore[union-attr]  # matched above
        try:
            return datetime.fromisoformat(head + fraction[:7] + zone).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise _no_time(value)


def _no_time(value: object) -> UnreadableError:
    return UnreadableError(
        "A time is not a date and time with a zone.",
        facts={"got": str(value)[:80], "expected": "such as 2026-03-25T00:00:00Z"},
    )
