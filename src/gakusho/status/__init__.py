# SPDX-License-Identifier: Apache-2.0
"""Encode, decode and look up status; whether the list itself is genuine the verifier checks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Protocol, runtime_checkable

from gakusho import plugins
from gakusho.model.award import StatusEntry


@runtime_checkable
class Status(Protocol):
    """One kind of status (``STATUS`` in ``status/``)."""

    name: str
    """The type of the entry in a credential, such as ``BitstringStatusListEntry``."""
    carrier: Literal["credential", "document"]
    """What the list comes in: a signed credential, or a document only its address vouches for."""

    def look_up(self, entry: StatusEntry, listed: Mapping[str, Any]) -> int:
        """Give the entry's value in a list that was verified; 0 says that nothing is the matter.

        Raises: InputError when list and entry do not fit (purpose, range, length, encoding).
        """


@runtime_checkable
class PublishedStatus(Protocol):
    """A kind of status that institutions publish (a ``STATUS`` that is also this)."""

    def write(
        self,
        *,
        list_id: str,
        issuer_id: str,
        purpose: str,
        length: int,
        values: Mapping[int, int],
        size: int = 1,
    ) -> dict[str, Any]:
        """Give the unsigned list (without dates) of ``length`` entries of ``size`` bits with these values.

        Raises: InputError when an entry or its value lies outside.
        """


@runtime_checkable
class NamesPurposes(Protocol):
    """A kind of status whose value says what it is about (a ``STATUS`` that is also this)."""

    def purpose_of(self, value: int) -> str:
        """Give the purpose a value speaks of."""


@cache
def statuses() -> dict[str, Status]:
    """Give every kind of status there is, by the type of its entry."""
    import gakusho.status as package

    return plugins.implementations(package, Status, "STATUS")
