# SPDX-License-Identifier: Apache-2.0
"""From approved rows to awards, sealed and kept."""

from __future__ import annotations

from gakusho.store.work import Work


def issue_chunk(work: Work, batch_id: str, *, limit: int = 100) -> int:
    """Issue up to ``limit`` rows of an approved batch in this transaction; give how many (0: none left)."""
    raise NotImplementedError


def finish(work: Work, batch_id: str) -> None:
    """Close a batch of which every row is issued; doing it again changes nothing."""
    raise NotImplementedError
