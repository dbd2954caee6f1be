# SPDX-License-Identifier: Apache-2.0
"""What ``gakusho doctor`` finds of the documents: whether authorities answer, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gakusho.errors import GakushoError

_MOST_FILES = 5_000
"""Looked for by ``gakusho doctor``: after a restore that went wrong, some of the newest are missing."""

if TYPE_CHECKING:
    from gakusho.issuer.archive_state import ArchiveState
    from gakusho.settings import Settings
    from gakusho.store.work import Workplace


def documents_of(settings: Settings) -> tuple[str, list[str], bool]:
    """Give how documents stand in words, what to do about it, and whether an authority does not answer."""
    from gakusho.issuer import archive_state, institutions, levels
    from gakusho.store.database import Database
    from gakusho.store.files import Files
    from gakusho.store.work import Workplace

    place = Workplace(
        database=Database(settings.database),
        files=Files(settings.files),
        secret=settings.secret,
        public_url=settings.public_url,
        services=settings.trusted_services,
    )
    said: list[str] = []
    actions: list[str] = []
    failed = False
    with place.work(read_only=True) as work:
        held = [
            (one, levels.signing(work, one.id), archive_state.state(work, one.id))
            for one in institutions.institutions(work)
        ]
    for one, signing, state in held:
        said.append(f"{one.slug}: {signing.level}{_counted(state)}")
        if signing.authority == levels.STAND_IN:
            actions.append(f"{one.slug} has its time-stamps made by the stand-in, which proves nothing.")
        elif signing.authority:
            answer = _answer(place, one.id, signing.level, signing.authority)
            failed = failed or answer is not None
            actions += [f"{one.slug}: {answer}"] if answer else []
        if state.problem:
            actions.append(f"{one.slug}: {state.problem['message']} {state.problem['action']}")
    looked, missing = files_of(place)
    if missing:
        failed = True
        actions.append(
            f"{missing} of {looked} files of documents are missing; restore them from the backup: "
            f"their names are their SHA-256."
        )
    place.database.close()
    return "; ".join(said) or "There is no institution yet.", actions, failed


def files_of(place: Workplace) -> tuple[int, int]:
    """Give how many files of signed documents were looked for, the newest, and how many are not there."""
    from sqlalchemy import select

    from gakusho.store.tables import SealedRow

    with place.work(read_only=True) as work:
        newest = select(SealedRow.file).where(SealedRow.file.is_not(None)).order_by(SealedRow.award_id.desc())
        named = {digest for digest in work.session.scalars(newest.limit(_MOST_FILES)) if digest}
    return len(named), sum(not place.files.has(digest) for digest in named)


def _answer(place: Workplace, institution_id: str, level: str, authority: str) -> str | None:
    """Give why no time-stamp can be had, or None when one could."""
    from gakusho.issuer import levels

    try:
        levels.try_out(place, institution_id, level=level, authority=authority)
    except GakushoError as error:
        return f"{error} {error.action}"
    return None


def _counted(state: ArchiveState) -> str:
    parts = [f"{count} at {level}" for level, count in state.levels.items()]
    parts += [f"{state.waiting} to be raised"] if state.waiting else []
    parts += [f"{state.due} due for a time-stamp"] if state.due else []
    parts += [f"{state.failing} failing"] if state.failing else []
    return f" ({', '.join(parts)})" if parts else ""
