# SPDX-License-Identifier: Apache-2.0
"""Which failures pass by themselves: a service that stamps, signs or tells of revocations was away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AUTHORITIES = ("timestamp", "timestamp-refused", "timestamp-closed", "revocation")
"""Codes where documents may be issued at B-B and raised later, if the institution wants that."""
PASSING = (*AUTHORITIES, "signing-service", "token-away")
"""Codes after which a batch waits, and is tried again by itself."""


def passes(failure: Mapping[str, Any] | None) -> bool:
    """Tell whether a batch that stopped for this goes on by itself."""
    return failure is not None and failure["code"] in PASSING
