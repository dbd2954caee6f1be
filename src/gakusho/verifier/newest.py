# SPDX-License-Identifier: Apache-2.0
"""What one verification remembers for the next: how new each status list was."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from gakusho.proof.old_keys import CLOCK_SKEW


class NewestLists:
    """The newest version of each list ever seen, so that an older one is not taken for today's.

    Bounded: of more lists than ``most`` the one seen longest ago is forgotten.
    """

    def __init__(self, *, most: int = 10_000) -> None:
        self._most = most
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def is_older(self, list_id: str, valid_from: datetime) -> bool:
        """Tell whether a newer version was seen, and remember this one otherwise.

        Of two that were signed within five minutes either may come last: a list that several servers sign,
        or copy, goes back and forth for a moment, and nothing is gained by handing out the older one.
        """
        newest = self._seen.pop(list_id, valid_from)
        self._seen[list_id] = max(newest, valid_from)
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return valid_from + CLOCK_SKEW < newest
