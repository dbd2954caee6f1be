# SPDX-License-Identifier: Apache-2.0
"""Mails to learners: written once, sent once."""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.issuer.access import Actor
from gakusho.store.tables import Mail
from gakusho.store.work import Work


def queue_claims(work: Work, award_ids: Sequence[str], *, resent: bool = False) -> int:
    """Write a claim link and its mail for each award with an address; give how many are new."""
    raise NotImplementedError


def resend_claim(work: Work, actor: Actor, award_id: str) -> None:
    """Withdraw the old claim link and write a new one with a new mail. Raises: ForbiddenError, ConflictError."""
    raise NotImplementedError


def queue(
    work: Work, *, key: str, kind: str, recipient: str, subject: str, body: str,
    institution_id: str | None = None, award_id: str | None = None,
) -> bool:  # fmt: skip
    """Write a mail to be sent; False when a mail with this key was written before."""
    raise NotImplementedError


def inbox(work: Work, *, recipient: str | None = None, limit: int = 200) -> list[Mail]:
    """Give mails, newest first; the demo's inbox page shows them."""
    raise NotImplementedError
