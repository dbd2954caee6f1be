# SPDX-License-Identifier: Apache-2.0
"""Durable jobs: issuing and mailing go on where they were, whatever stopped the process."""

from __future__ import annotations

from gakusho.store.mailers import Mailer
from gakusho.store.work import Workplace


class Jobs:
    """Runs batches and mails in the background, over DBOS."""

    def __init__(
        self, workplace: Workplace, *, steps: object, mailer: Mailer, executor_id: str = "gakusho"
    ) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Begin to work, and take up what was left unfinished."""

    def stop(self) -> None:
        """Stop after the step under way."""

    def issue(self, batch_id: str) -> None:
        """See to it that an approved batch is issued; asking twice changes nothing."""

    def resume(self) -> None:
        """Start everything the database says is unfinished."""

    def deliver(self) -> None:
        """See to it that waiting mails are sent."""
