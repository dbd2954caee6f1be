# SPDX-License-Identifier: Apache-2.0
"""How far one verification reaches into the network: how many addresses it asks, and for how many bytes."""

from __future__ import annotations

from gakusho.errors import UnreachableError
from gakusho.fetch import DEFAULT_MAX_BYTES, Fetched, Fetcher

MAX_ASKED = 32
"""Addresses that one verification may ask for parts of a credential."""
MAX_FETCHED = 6 * 1_048_576
"""Bytes that all answers to one verification may have together: each is work that a stranger asks for."""


class Bounded:
    """The network, as far as one verification may use it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._left = MAX_FETCHED

    def begin(self) -> None:
        """Begin a new verification, with nothing asked yet."""
        self._left = MAX_FETCHED

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give the answer. Raises: UnreachableError, also once there were too many bytes of them."""
        if self._left <= 0:
            raise UnreachableError(f"The answers together have more than {MAX_FETCHED} bytes.", code="limit")
        fetched = self._fetcher.fetch(url, max_bytes=max_bytes)
        self._left -= len(fetched.data)
        return fetched


class Elsewhere:
    """What formats have at addresses, each asked for once in a verification."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._fetched: dict[str, Fetched | UnreachableError] = {}

    def begin(self) -> None:
        """Begin a new verification, with nothing asked yet."""
        self._fetched.clear()

    def fetch(self, address: str) -> Fetched:
        """Give what is there. Raises: UnreachableError."""
        if address not in self._fetched:
            if len(self._fetched) >= MAX_ASKED:
                raise UnreachableError(
                    f"More than {MAX_ASKED} addresses would have to be asked.", code="limit"
                )
            try:
                self._fetched[address] = self._fetcher.fetch(address)
            except UnreachableError as error:
                self._fetched[address] = error
        found = self._fetched[address]
        if isinstance(found, UnreachableError):
            raise found
        return found
