# SPDX-License-Identifier: Apache-2.0
"""Opens what the server holds, and closes it again."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gakusho.errors import SettingsError
from gakusho.fetch import CachingFetcher, Fetcher, HttpFetcher, LayeredFetcher, OfflineFetcher
from gakusho.formats import Anchors
from gakusho.issuer.crew import Crew
from gakusho.issuer.desk import Desk
from gakusho.settings import Settings
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.jobs import Jobs
from gakusho.store.mailers import InboxMailer, Mailer, SmtpMailer
from gakusho.store.slots import worker_name
from gakusho.store.work import Workplace
from gakusho.web.here import OwnFetcher
from gakusho.web.state import State


def workplace(settings: Settings) -> Workplace:
    """Give the place where work is done, with its tables in the form this version needs."""
    database = Database(settings.database)
    database.migrate()
    return Workplace(
        database=database,
        files=Files(settings.files),
        secret=settings.secret,
        public_url=settings.public_url,
        services=settings.trusted_services,
    )


def mailer(settings: Settings) -> Mailer:
    """Give the way mails go out. Raises: SettingsError."""
    if settings.mail.startswith("inbox:"):
        if not settings.demo:
            warnings.warn("GAKUSHO_MAIL is inbox: — mails are kept, and never sent", stacklevel=2)
        return InboxMailer()
    if settings.mail.startswith(("smtp://", "smtps://")):
        return SmtpMailer(settings.mail, sender=settings.mail_from)
    raise SettingsError(f"GAKUSHO_MAIL: got {settings.mail.split(':', 1)[0]!r}, expected smtp://… or inbox:.")


def fetcher(settings: Settings, place: Workplace) -> Fetcher:
    """Give the door to the network: our own documents first, then the world, remembered for a while."""
    outside: Fetcher = (
        CachingFetcher(HttpFetcher(now=place.clock), now=place.clock) if settings.fetch else OfflineFetcher()
    )
    return LayeredFetcher([OwnFetcher(place), outside])


def _anchors(settings: Settings) -> Anchors:
    """Give the authorities the verifier believes. Raises: SettingsError for a file of something else."""
    files = (settings.time_authorities, settings.signer_authorities)
    times, signers = (b"" if file is None else file.read_bytes() for file in files)
    return Anchors.of(times=times, signers=signers)


@contextmanager
def open_state(settings: Settings, given: State | None = None) -> Iterator[State]:
    """Open the stores and start the jobs; stop and close them at the end."""
    if given is not None:
        yield given
        return
    place = workplace(settings)
    with ExitStack() as stack:
        stack.callback(place.database.close)
        crew = stack.enter_context(Crew(settings.processes or None))
        name = stack.enter_context(worker_name(place.database)) if settings.workers else "pages"
        jobs = Jobs(place, steps=Desk(crew), mailer=mailer(settings), worker=name)
        state = State(
            settings=settings,
            workplace=place,
            jobs=jobs,
            fetcher=fetcher(settings, place),
            anchors=_anchors(settings),
        )
        if settings.demo:
            from gakusho.web.demo.prepare import prepare

            prepare(state)
        if settings.workers:
            jobs.start()
            stack.callback(jobs.stop)
        yield state
