# SPDX-License-Identifier: Apache-2.0
"""What ``gakusho doctor`` finds of document keys: the end of their certificates, and their places."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gakusho.errors import GakushoError

if TYPE_CHECKING:
    from gakusho.settings import Settings


def ends_of(settings: Settings) -> tuple[str, list[str], bool]:
    """Give when certificates end in words, what to do about it, and whether documents cannot be signed."""
    from sqlalchemy import select

    from gakusho.issuer import expiry, places
    from gakusho.store.database import Database
    from gakusho.store.tables import Institution, Key

    said: list[str] = []
    actions: list[str] = []
    failed = False
    now = datetime.now(UTC)
    database = Database(settings.database)
    in_use = Key.purpose == "document", Key.retired_at.is_(None), Key.revoked_at.is_(None)
    with closing(database), database.session(read_only=True) as session:
        wanted = select(Institution.slug, Key).join(Key, Key.institution_id == Institution.id).where(*in_use)
        for slug, key in session.execute(wanted.order_by(Institution.slug)).all():
            end = expiry.end_of(key.id, key.certificates, now)
            said.append(f"{slug}: until {end.ends:%Y-%m-%d} ({key.store})")
            if end.stage:
                over = end.stage == expiry.ENDED
                failed = failed or over
                actions.append(
                    f"{slug}: the certificate {'has ended' if over else f'ends in {end.days} days'}; "
                    "ask for a new one: gakusho document-key request."
                )
            try:
                places.look(key.store, key.kept, settings.secret, settings.trusted_services)
            except GakushoError as error:
                failed = True
                actions.append(f"{slug}: {error} {error.action}")
    return "; ".join(said) or "There is none yet.", actions, failed
