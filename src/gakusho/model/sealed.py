# SPDX-License-Identifier: Apache-2.0
"""An award written down and sealed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """The bytes of one award in one format, and what that format could not say."""

    award_id: str
    format: str
    media_type: str
    extension: str
    """File name extension without the dot."""
    data: bytes
    losses: tuple[str, ...] = ()
    """What of the award this format has no place for, by field name."""
