# SPDX-License-Identifier: Apache-2.0
"""Durable jobs: issuing and mailing go on where they were, whatever stopped the process.

DBOS keeps which workflow is under way; the product's own tables decide what was done. Every step may run
twice: the tables let it count once. See docs/decisions, "Durable jobs on DBOS".
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import make_url

from gakusho.errors import ConflictError, GakushoError, InputError, UnreachableError, trace_of
from gakusho.store.mailers import MAIL_LATER, MAIL_UNCERTAIN, Letter, Mailer
from gakusho.store.work import Work, Workplace

log = logging.getLogger(__name__)

_TRIES = (0.2, 1.0, 3.0)  # seconds to wait after a passing fault
_WATCH_SECONDS = 3600.0
"""Between two looks at what ends soon, which is a matter of days."""


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What became of a mail that was taken to be sent."""

    mail_id: str
    state: str
    """``sent``, ``waiting`` (nobody takes mails now), ``later`` (this one is not taken now) or ``failed``."""
    error: str | None = None
    readable: bool = False
    """Whether the mail stays to be read here: it holds links that let their reader in."""


class Steps(Protocol):
    """What the jobs do, as the issuer's rooms know it; see ``gakusho.issuer.desk``."""

    def unfinished(self, work: Work) -> Sequence[str]:
        """Give the ids of batches to be dry-run or issued that are not stopped by a failure."""

    def ticket(self, work: Work, batch_id: str, *, asked: bool = True) -> str | None:
        """Give what names the work at a batch, with an earlier failure forgotten; None: nothing to do.

        Where nobody ``asked`` for it, a failure that stays is not forgotten.
        """

    def is_checking(self, work: Work, batch_id: str) -> bool:
        """Tell whether a batch is not to be issued yet, but its upload to be dry-run."""

    def issue_some(self, workplace: Workplace, batch_id: str, stopping: Callable[[], bool]) -> int:
        """Dry-run, or issue the next rows and give how many; 0: none left, or it is ``stopping``."""

    def finish(self, work: Work, batch_id: str) -> None:
        """Close a batch of which every row is issued."""

    def fail(self, work: Work, batch_id: str, error: GakushoError) -> None:
        """Write down why issuing stopped."""

    def issued(self, work: Work, batch_id: str) -> int:
        """Give a number that grows with what is done of the batch."""

    def mail_due(self, work: Work) -> bool:
        """Tell whether a mail waits and may be sent now."""

    def take(self, work: Work, worker: str) -> Letter | None:
        """Take the next mail to hand over, marked ``sending``; None when none is due."""

    def settle(self, work: Work, done: HandedOver) -> None:
        """Write down what became of a mail."""

    def publish(self, work: Work) -> int:
        """Sign anew the published lists that are out of date, and give how many."""

    def is_published(self, work: Work) -> bool:
        """Tell whether every published list is up to date."""

    def is_lengthening_due(self, work: Work) -> bool:
        """Tell whether a signed document is to be raised or extended now."""

    def lengthen(self, workplace: Workplace, stopping: Callable[[], bool]) -> int:
        """Raise and extend the next documents and give how many were looked at; 0: none is due."""

    def watch(self, work: Work) -> int:
        """Write to whom it concerns of what ends soon, once, and give how many mails."""

    def give_up_taken(self, work: Work, worker: str, alive: str) -> None:
        """Mark mails that a dead process had taken as ``failed``: they may have been sent.

        Those of ``worker`` whose process is not ``alive``, and anybody's that were taken long ago.
        """


class Jobs:
    """Runs batches and mails in the background; one at a time in a process.

    ``worker`` is this worker's name, the same after every start, another for each that runs at once.
    """

    def __init__(
        self,
        workplace: Workplace,
        *,
        steps: Steps,
        mailer: Mailer,
        worker: str = "gakusho",
        seconds_between_mails: float = 0.0,
        sweep_seconds: float = 10.0,
        stale_seconds: float = 300.0,
    ) -> None:
        self._workplace = workplace
        self._steps = steps
        self._mailer = mailer
        self._worker = worker
        self._process = f"{worker}#{os.getpid()}-{secrets.token_hex(4)}"
        self._pause = seconds_between_mails
        self._sweep_seconds = sweep_seconds
        self._stale_seconds = stale_seconds
        self._seen: dict[str, tuple[int, float]] = {}
        self._stop = threading.Event()
        self._sweeper: threading.Thread | None = None
        self._delivering = threading.Lock()
        self._handing_over = threading.Lock()
        self._unsettled: HandedOver | None = None
        self._delivery: Any = None
        self._lengthening = threading.Lock()
        self._lengthened: Any = None
        self._look_at = 0.0
        self._watch_at = 0.0

    def start(self) -> None:
        """Begin to work, and take up what was left unfinished.

        Raises:
            ConflictError: jobs already run in this process.
        """
        from gakusho.store import _workflows

        if _workflows.RUNNING:
            raise ConflictError("Jobs already run in this process.", code="jobs-running")
        _workflows.RUNNING.append(self)
        try:
            _workflows.launch(jobs_url(self._workplace), worker=self._worker)
        except BaseException:
            _workflows.RUNNING.clear()
            raise
        self._stop.clear()
        with self._workplace.work() as work:
            self._steps.give_up_taken(work, self._worker, self._process)
        self._sweeper = threading.Thread(target=self._sweep, name="gakusho-sweep", daemon=True)
        self._sweeper.start()

    def stop(self) -> None:
        """Stop after the step under way; what is left is taken up by the next start."""
        from gakusho.store import _workflows

        if self not in _workflows.RUNNING:
            return
        self._stop.set()
        if self._sweeper is not None:
            self._sweeper.join(timeout=30)
        _workflows.shut_down()
        _workflows.RUNNING.clear()

    def issue(self, batch_id: str, *, asked: bool = True) -> None:
        """See to it that an approved batch is issued, or a large one dry-run; asking twice changes nothing.

        A batch that stopped with a failure goes on if a person ``asked`` for it. Without ``start`` in
        this process, the next process that starts finds the batch by itself.
        """
        from gakusho.store import _workflows

        if self not in _workflows.RUNNING:
            return
        with self._workplace.work() as work:
            ticket = self._steps.ticket(work, batch_id, asked=asked)
            check = self._steps.is_checking(work, batch_id)
        if ticket is not None:
            name, stale = f"issue:{batch_id}:{ticket}", self._is_stale(batch_id)
            _workflows.start_once(name, batch_id, again=stale, check=check)

    def deliver(self) -> None:
        """See to it that waiting mails are sent."""
        from gakusho.store import _workflows

        if self not in _workflows.RUNNING:
            return
        with self._delivering:
            if self._delivery is None or _workflows.is_over(self._delivery):
                self._delivery = _workflows.start_delivery(f"deliver:{self._process}:{secrets.token_hex(8)}")

    def lengthen(self) -> None:
        """See to it that signed documents are raised and extended, where that is due."""
        from gakusho.store import _workflows

        if self not in _workflows.RUNNING:
            return
        with self._delivering:
            if self._lengthened is None or _workflows.is_over(self._lengthened):
                name = f"lengthen:{self._process}:{secrets.token_hex(8)}"
                self._lengthened = _workflows.start_lengthening(name)

    def resume(self) -> None:
        """Start everything the database says is unfinished."""
        with self._workplace.work(read_only=True) as work:
            batches = list(self._steps.unfinished(work))
            due = self._steps.mail_due(work)
            published = self._steps.is_published(work)
            lengthen = self._looks() and self._steps.is_lengthening_due(work)
        for batch_id in batches:
            self.issue(batch_id, asked=False)  # it may have failed since it was read
        if due or self._unsettled is not None:
            self.deliver()
        if lengthen:
            self.lengthen()
        if not published:
            with self._workplace.work() as work:
                self._steps.publish(work)
        if time.monotonic() >= self._watch_at:
            self._watch_at = time.monotonic() + _WATCH_SECONDS
            with self._workplace.work() as work:
                self._steps.watch(work)

    # The steps, as the workflows call them; each may run again after a crash.

    def step_issue(self, batch_id: str) -> int:
        """Issue the next rows and give how many; a lasting fault is written into the batch, and gives 0."""
        if self._stop.is_set():
            raise StoppedError("The process is stopping.")
        for wait in (*_TRIES, None):
            try:
                return self._issued_some(batch_id)
            except StoppedError:
                raise
            except UnreachableError as error:
                if wait is None or error.code in {"database-full", "files-full"}:
                    return self._failed(batch_id, error)
            except GakushoError as error:
                return self._failed(batch_id, error)
            except Exception as error:  # noqa: BLE001 - whatever it was, the registrar must see that it stopped
                log.error("issuing stopped: %s", trace_of(error))  # noqa: TRY400 - no words
                return self._failed(batch_id, GakushoError(f"Issuing stopped: {type(error).__name__}."))
            time.sleep(wait)
        return 0

    def _issued_some(self, batch_id: str) -> int:
        count = self._steps.issue_some(self._workplace, batch_id, self._stop.is_set)
        if not count and self._stop.is_set():  # 0 would say that none is left
            raise StoppedError("The process is stopping.")
        return count

    def step_finish(self, batch_id: str) -> None:
        """Close the batch if every row is issued."""
        with self._workplace.work() as work:
            self._steps.finish(work, batch_id)

    def step_deliver(self, *, at_most: int = 50) -> int:
        """Send waiting mails, one after the other, and give how many; 0: none is due, or nobody takes any."""
        with self._handing_over:  # one mail at a time: a crash leaves at most one in doubt
            try:
                return self._deliver(at_most)
            except UnreachableError as error:  # the database; the sweep starts again when it answers
                log.warning("sending mails stopped: %s", error)
                return 0

    def _deliver(self, at_most: int) -> int:
        count = 0
        while True:
            done = self._unsettled
            broken = done is not None and done.state == "waiting"
            with self._workplace.work() as work:
                if done is not None:
                    self._steps.settle(work, done)
                letter = None
                if count < at_most and not broken and not self._stop.is_set():
                    letter = self._steps.take(work, self._process)
            self._unsettled = None
            if letter is None:
                return 0 if broken else count
            self._unsettled = self._hand_over(letter)
            count += 1
            if self._pause:
                self._stop.wait(self._pause)

    def step_lengthen(self) -> int:
        """Raise and extend some documents, and give how many were looked at; 0: none is due, or stopping."""
        with self._lengthening:  # two would ask for the same
            if self._stop.is_set():
                return 0
            try:
                return self._steps.lengthen(self._workplace, self._stop.is_set)
            except GakushoError as error:  # the database; the sweep starts again when it answers
                log.warning("keeping documents stopped: %s", error)
                return 0

    def _looks(self) -> bool:
        """Tell whether it is time to look for documents that are to be kept: it goes through all of them."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + 6 * self._sweep_seconds
        return True

    def _hand_over(self, letter: Letter) -> HandedOver:
        try:
            self._mailer.send(letter)
        except InputError as error:
            return HandedOver(mail_id=letter.mail_id, state="failed", error=str(error))
        except UnreachableError as error:
            if error.code == MAIL_UNCERTAIN:
                return HandedOver(
                    mail_id=letter.mail_id, state="failed", error=f"May have been sent. {error}"
                )
            if error.code == MAIL_LATER:
                return HandedOver(mail_id=letter.mail_id, state="later", error=str(error))
            return HandedOver(mail_id=letter.mail_id, state="waiting", error=str(error))
        except Exception as error:  # noqa: BLE001 - nobody knows how far it came
            log.error("handing over a mail stopped: %s", trace_of(error))  # noqa: TRY400 - no words
            reason = f"May have been sent. Handing it over stopped: {type(error).__name__}."
            return HandedOver(mail_id=letter.mail_id, state="failed", error=reason)
        return HandedOver(mail_id=letter.mail_id, state="sent", readable=self._mailer.keeps)

    def _failed(self, batch_id: str, error: GakushoError) -> int:
        log.warning("issuing of batch %s stopped: %s", batch_id, error.code)
        # where even this cannot be written, the batch stays unfinished and the sweep tries again
        with contextlib.suppress(GakushoError), self._workplace.work() as work:
            self._steps.fail(work, batch_id, error)
        return 0

    def _is_stale(self, batch_id: str) -> bool:
        with self._workplace.work(read_only=True) as work:
            count = self._steps.issued(work, batch_id)
        before = self._seen.get(batch_id)
        now = time.monotonic()
        if before is None or before[0] != count:
            self._seen[batch_id] = (count, now)
            return False
        if now - before[1] < self._stale_seconds:
            return False
        self._seen[batch_id] = (count, now)
        return True

    def _sweep(self) -> None:
        while not self._stop.is_set():
            try:
                self.resume()
            except GakushoError as error:
                log.warning("looking for unfinished work stopped: %s", error)
            except Exception as error:  # noqa: BLE001 - the sweep must outlive every fault of a moment
                log.error("looking for unfinished work stopped: %s", trace_of(error))  # noqa: TRY400
            self._stop.wait(self._sweep_seconds)


class StoppedError(Exception):
    """The process is stopping; the step runs again after the next start."""


def jobs_url(workplace: Workplace) -> str:
    """Give where DBOS keeps its own tables: the same PostgreSQL, or a SQLite file beside the product's."""
    url = make_url(workplace.database.url)
    if not workplace.database.is_sqlite:
        return url.set(drivername="postgresql").render_as_string(hide_password=False)
    path = Path(str(url.database))
    return f"sqlite:///{path.with_name(path.stem + '-jobs.db')}"
