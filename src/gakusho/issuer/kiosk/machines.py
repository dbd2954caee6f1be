# SPDX-License-Identifier: Apache-2.0
"""The machines of an institution, each with a token of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from gakusho.errors import ForbiddenError, InputError, LimitError, NotFoundError
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.letters import one_line
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables_kiosk import KioskMachine
from gakusho.store.work import Work

PREFIX = "gkm_"
MOST = 200
_SEEN_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class MachineView:
    """A machine, without its token."""

    id: str
    institution_id: str
    label: str
    place: str
    prefix: str
    """The first characters of its token, by which one recognizes it."""
    created_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    locked_until: datetime | None

    @property
    def actor(self) -> Actor:
        """The machine as the log names it; it has no role, and does only what machines do."""
        return Actor(
            person_id=self.id,
            institution_id=self.institution_id,
            name=self.label,
            email="",
            roles=frozenset(),
            via="kiosk",
        )


def add_machine(
    work: Work, actor: Actor, label: str, place: str = "", *, token: str = ""
) -> tuple[str, MachineView]:
    """Make a machine's token (``gkm_…``) and give it, this once, with the machine; only its hash is kept.

    The token opens the machines' part of the API and nothing else; it is drawn here unless one is given.

    Raises: ForbiddenError; InputError without a label; LimitError above 200 machines.
    """
    require(actor, Role.ADMINISTER)
    label, place = one_line(label), one_line(place)
    if not 0 < len(label) <= 100 or len(place) > 200:
        raise InputError("A machine needs a name of at most 100 characters.", code="kiosk-label")
    if len([each for each in machines(work, actor.institution_id) if each.revoked_at is None]) >= MOST:
        raise LimitError(f"An institution has at most {MOST} machines.", facts={"expected": MOST})
    token = token or PREFIX + new_token()
    row = KioskMachine(
        id=new_id(),
        institution_id=actor.institution_id,
        label=label,
        place=place,
        token_hash=token_hash(token),
        prefix=token[:10],
        person_id=actor.person_id,
        created_at=work.now,
        failed=0,
    )
    work.session.add(row)
    work.session.flush()
    record(work, actor, "kiosk.add", row.id, {"label": label})
    return token, view_of(row)


def machines(work: Work, institution_id: str) -> list[MachineView]:
    """Give the institution's machines, newest first."""
    rows = select(KioskMachine).where(KioskMachine.institution_id == institution_id)
    return [view_of(row) for row in work.session.scalars(rows.order_by(KioskMachine.id.desc()))]


def revoke_machine(work: Work, actor: Actor, machine_id: str) -> None:
    """End a machine's token at once; again changes nothing. Raises: ForbiddenError, NotFoundError."""
    require(actor, Role.ADMINISTER)
    row = work.session.get(KioskMachine, machine_id[:36]) if machine_id.isprintable() else None
    if row is None or row.institution_id != actor.institution_id:
        raise NotFoundError("There is no such machine.", code="no-kiosk")
    if row.revoked_at is None:
        row.revoked_at = work.now
        record(work, actor, "kiosk.revoke", row.id, {"label": row.label})


def machine_by_token(work: Work, token: str) -> MachineView:
    """Give the machine a token is of. Raises: ForbiddenError (``kiosk-token``): unknown, or ended."""
    row = None
    if token.startswith(PREFIX) and len(token) < 100:
        row = work.session.scalar(select(KioskMachine).where(KioskMachine.token_hash == token_hash(token)))
    if row is None or row.revoked_at is not None:
        raise ForbiddenError("The machine's token is not known, or has ended.", code="kiosk-token")
    if row.seen_at is None or work.now - row.seen_at > _SEEN_AGAIN:
        row.seen_at = work.now
    return view_of(row)


def view_of(row: KioskMachine) -> MachineView:
    """Give a machine's view."""
    return MachineView(
        id=row.id,
        institution_id=row.institution_id,
        label=row.label,
        place=row.place,
        prefix=row.prefix,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        seen_at=row.seen_at,
        locked_until=row.locked_until,
    )
