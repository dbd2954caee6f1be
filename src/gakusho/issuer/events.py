# SPDX-License-Identifier: Apache-2.0
"""The institution's log, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gakusho.store.tables import Event, Person
from gakusho.store.tables_kiosk import KioskMachine
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class EventView:
    """Somebody did something."""

    id: str
    at: datetime
    actor: str
    """Name of the person, or ``server``."""
    via: str
    """``console``, ``api``, ``cli``, ``kiosk`` (a certificate machine) or ``server``."""
    act: str
    subject: str
    detail: Mapping[str, object]


def events(
    work: Work,
    institution_id: str,
    *,
    subject: str | None = None,
    act: str | None = None,
    since: datetime | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[EventView]:
    """Give the institution's log, newest first; ``before`` is the id of the last one seen."""
    wanted = select(Event).where(Event.institution_id == institution_id)
    if subject is not None:
        wanted = wanted.where(Event.subject == subject)
    if act is not None:
        wanted = wanted.where(Event.act == act)
    if since is not None:
        wanted = wanted.where(Event.at >= since)
    if before is not None:
        wanted = wanted.where(Event.id < before)
    return _views(work, list(work.session.scalars(wanted.order_by(Event.id.desc()).limit(limit))))


def event(work: Work, institution_id: str, event_id: str) -> EventView | None:
    """Give one line of the institution's log; None where there is no such line."""
    wanted = select(Event).where(Event.institution_id == institution_id, Event.id == event_id)
    found = _views(work, list(work.session.scalars(wanted)))
    return found[0] if found else None


def _views(work: Work, rows: list[Event]) -> list[EventView]:
    people = {row.actor.partition(":")[2] for row in rows} - {""}
    found = work.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names = {row.id: row.name for row in found}
    machines = work.session.execute(
        select(KioskMachine.id, KioskMachine.label).where(KioskMachine.id.in_(people))
    )
    names |= {row.id: row.label for row in machines}
    return [_view(row, names) for row in rows]


def _view(row: Event, names: Mapping[str, str]) -> EventView:
    via, _, person_id = row.actor.partition(":")
    return EventView(
        id=row.id,
        at=row.at,
        actor=names.get(person_id) or person_id or "server",
        via=via,
        act=row.act,
        subject=row.subject,
        detail=row.detail,
    )
