# SPDX-License-Identifier: Apache-2.0
"""Encode, decode and look up status; whether the list itself is genuine the verifier checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol, runtime_checkable

from gakusho import plugins
from gakusho.model.award import StatusEntry


@runtime_checkable
class Status(Protocol):
    """One kind of status (``STATUS`` in ``status/``)."""

    name: str
    """The type of the entry in a credential, such as ``BitstringStatusListEntry``."""

    def write(
        self, *, list_id: str, issuer_id: str, purpose: str, length: int, set_indexes: Iterable[int]
    ) -> dict[str, Any]:
        """Give the unsigned status list credential with these positions set (without dates)."""

    def look_up(self, entry: StatusEntry, list_credential: Mapping[str, Any]) -> bool:
        """Tell whether the entry's position is set in a list that was verified.

        Raises: InputError when list and entry do not fit (purpose, range, length, encoding).
        """


@cache
def statuses() -> dict[str, Status]:
    """Give every kind of status there is, by the type of its entry."""
    import gakusho.status as package

    return plugins.implementations(package, Status, "STATUS")
