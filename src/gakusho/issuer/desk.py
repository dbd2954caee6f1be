# SPDX-License-Identifier: Apache-2.0
"""The desk's work as the durable jobs do it."""

from __future__ import annotations

from collections.abc import Callable

from gakusho.issuer import delivery, issuing, publication
from gakusho.issuer.crew import Crew
from gakusho.store.work import Workplace


class Desk:
    """Gives the jobs their steps; see ``gakusho.store.jobs.Steps``. With a crew, large batches are its."""

    def __init__(self, crew: Crew | None = None) -> None:
        self._crew = crew

    unfinished = staticmethod(issuing.unfinished)
    ticket = staticmethod(issuing.ticket)
    finish = staticmethod(issuing.finish)
    fail = staticmethod(issuing.fail)
    issued = staticmethod(issuing.issued)
    mail_due = staticmethod(delivery.mail_due)
    take = staticmethod(delivery.take)
    settle = staticmethod(delivery.settle)
    publish = staticmethod(publication.refresh)
    is_published = staticmethod(publication.is_fresh)
    give_up_taken = staticmethod(delivery.give_up_taken)

    def issue_some(self, workplace: Workplace, batch_id: str, stopping: Callable[[], bool]) -> int:
        """Issue the next rows and give how many; 0: none left, or it is ``stopping``."""
        return issuing.issue_some(workplace, batch_id, crew=self._crew, stopping=stopping)


STEPS = Desk()
"""All in this process."""
