# SPDX-License-Identifier: Apache-2.0
"""The desk's work as the durable jobs do it."""

from __future__ import annotations

from gakusho.issuer import delivery, issuing, publication


class Desk:
    """Gives the jobs their steps; see ``gakusho.store.jobs.Steps``."""

    unfinished = staticmethod(issuing.unfinished)
    ticket = staticmethod(issuing.ticket)
    issue_some = staticmethod(issuing.issue_some)
    finish = staticmethod(issuing.finish)
    fail = staticmethod(issuing.fail)
    issued = staticmethod(issuing.issued)
    mail_due = staticmethod(delivery.mail_due)
    take = staticmethod(delivery.take)
    settle = staticmethod(delivery.settle)
    publish = staticmethod(publication.refresh)
    is_published = staticmethod(publication.is_fresh)
    give_up_taken = staticmethod(delivery.give_up_taken)


STEPS = Desk()
