# SPDX-License-Identifier: Apache-2.0
"""What one says of what another awards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gakusho.model.award import StatusEntry
from gakusho.model.issuer import Issuer


@dataclass(frozen=True, kw_only=True)
class Endorsement:
    """One endorser's word on an achievement, an award or an issuer. Open Badges 3.0, appendix B."""

    id: str
    """``urn:uuid:…``, the endorsement's own id."""
    endorser: Issuer
    endorsed_id: str
    """Id of the achievement, the award or the issuer."""
    comment: str
    valid_from: datetime
    """UTC."""
    valid_until: datetime | None = None
    name: str | None = None
    """What to call the endorsement; None: what the format calls it."""
    status: tuple[StatusEntry, ...] = ()
