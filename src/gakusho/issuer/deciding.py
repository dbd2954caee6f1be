# SPDX-License-Identifier: Apache-2.0
"""Submission and approval from outside of a transaction: a large batch keeps nobody else from writing."""

from __future__ import annotations

from collections.abc import Callable

from gakusho.errors import ConflictError
from gakusho.issuer import batches
from gakusho.issuer._opening import apart
from gakusho.issuer._weighing import Weighed, weigh
from gakusho.issuer.access import Actor
from gakusho.issuer.batches import BatchView
from gakusho.store.work import Work, Workplace

_TRIES = 3


def submit(workplace: Workplace, actor: Actor, batch_id: str) -> BatchView:
    """Give the batch submitted for approval. Raises: as ``batches.submit``."""
    with workplace.work(read_only=True) as work:
        batches.refuse_submission(work, actor, batch_id)
    return _decided(
        workplace, actor, batch_id, lambda work, found: batches.submit(work, actor, batch_id, weighed=found)
    )


def approve(workplace: Workplace, actor: Actor, batch_id: str, content_digest: str) -> BatchView:
    """Give the batch approved. Raises: as ``batches.approve``."""
    with workplace.work(read_only=True) as work:
        batches.refuse_approval(work, actor, batch_id)
    return _decided(
        workplace,
        actor,
        batch_id,
        lambda work, found: batches.approve(work, actor, batch_id, content_digest, weighed=found),
    )


def _decided(
    workplace: Workplace, actor: Actor, batch_id: str, decide: Callable[[Work, Weighed], BatchView]
) -> BatchView:
    for left in reversed(range(_TRIES)):
        found = weigh(apart(workplace), actor.institution_id, batch_id)
        try:
            with workplace.work() as work:
                return decide(work, found)
        except ConflictError as error:
            if error.code != "batch-busy" or not left:
                raise
    raise AssertionError
