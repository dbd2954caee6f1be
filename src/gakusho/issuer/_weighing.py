# SPDX-License-Identifier: Apache-2.0
"""Whether a batch may be decided on: its digest, and what it would double, found before it is decided.

Both read every row. In a large batch they are read some at a time, with no transaction open between, and
the deciding transaction sees that nothing they depend on was changed since: the dry run, what all rows
share, and what else the institution approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gakusho.errors import ConflictError
from gakusho.issuer import _drafts
from gakusho.issuer._opening import Opened, within
from gakusho.store.tables import Batch
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What was found of a batch."""

    digested: _drafts.Digested
    approvals: tuple[int, datetime | None]
    """Of the institution, before it was looked for what the batch would double."""
    stale: ConflictError | None
    """What it doubles since its dry run."""

    @property
    def digest(self) -> str:
        """Give the digest over everything the batch would issue."""
        return self.digested.digest

    def refuse_stale(self) -> None:
        """Let a batch pass that doubles nothing but what its dry run found. Raises: ConflictError."""
        if self.stale is not None:
            raise self.stale


def weigh(opened: Opened, institution_id: str, batch_id: str) -> Weighed:
    """Give what was found of a batch. Raises: NotFoundError."""
    with opened() as work:
        _drafts.found(work, institution_id, batch_id)
        approvals = _drafts.approvals(work, institution_id)
    digested = _drafts.digested(opened, batch_id)
    stale = None
    try:
        _drafts.refuse_stale(opened, batch_id)
    except ConflictError as error:
        stale = error
    return Weighed(digested=digested, approvals=approvals, stale=stale)


def holding(work: Work, row: Batch, weighed: Weighed | None) -> Weighed:
    """Give what was found if it still holds; found now, in this transaction, where nothing was before.

    Raises: ConflictError (``batch-busy``) when it does not hold any more.
    """
    if weighed is None:
        return weigh(within(work), row.institution_id, row.id)
    now = _drafts.approvals(work, row.institution_id)
    if weighed.approvals != now or not weighed.digested.holds(work, row):
        raise ConflictError(
            "While this batch was looked through, it or something it depends on was changed.",
            code="batch-busy",
            action="Try again.",
        )
    return weighed
