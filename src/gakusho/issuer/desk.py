# SPDX-License-Identifier: Apache-2.0
"""The desk's work as the durable jobs do it."""

from __future__ import annotations

from collections.abc import Callable

from gakusho.issuer import archive, certificate_lists, checking, delivery, expiry, issuing, publication
from gakusho.issuer.crew import Crew
from gakusho.store.work import Work, Workplace


class Desk:
    """Gives the jobs their steps; see ``gakusho.store.jobs.Steps``. With a crew, large batches are its."""

    def __init__(self, crew: Crew | None = None) -> None:
        self._crew = crew

    unfinished = staticmethod(issuing.unfinished)
    ticket = staticmethod(issuing.ticket)
    is_checking = staticmethod(checking.is_checking)
    finish = staticmethod(issuing.finish)
    fail = staticmethod(issuing.fail)
    mail_due = staticmethod(delivery.mail_due)
    take = staticmethod(delivery.take)
    settle = staticmethod(delivery.settle)
    is_lengthening_due = staticmethod(archive.is_due)
    lengthen = staticmethod(archive.lengthen_some)
    give_up_taken = staticmethod(delivery.give_up_taken)
    watch = staticmethod(expiry.watch)

    def publish(self, work: Work) -> int:
        """Sign anew the published lists that are out of date, and give how many."""
        return publication.refresh(work) + certificate_lists.refresh(work)

    def is_published(self, work: Work) -> bool:
        """Tell whether every published list is up to date."""
        return publication.is_fresh(work) and certificate_lists.is_fresh(work)

    def issued(self, work: Work, batch_id: str) -> int:
        """Give a number that grows with what is done of a batch: rows issued, or steps of its dry run."""
        return checking.beat(work, batch_id) or issuing.issued(work, batch_id)

    def issue_some(self, workplace: Workplace, batch_id: str, stopping: Callable[[], bool]) -> int:
        """Issue the next rows and give how many; 0: none left, or it is ``stopping``.

        An upload that is to be dry-run first becomes a draft, of which there is nothing to issue.
        """
        with workplace.work(read_only=True) as work:
            check = self.is_checking(work, batch_id)
        if check:
            checking.run(workplace, batch_id, stopping)
            return 0
        return issuing.issue_some(workplace, batch_id, crew=self._crew, stopping=stopping)


STEPS = Desk()
"""All in this process."""
