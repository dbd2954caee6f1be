# SPDX-License-Identifier: Apache-2.0
"""Visits: what whoever has the link of a share gets, and the line it leaves in the holder's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from gakusho.errors import NotFoundError
from gakusho.holder import pins, received
from gakusho.holder.received import ReceivedView
from gakusho.holder.records import CredentialView, views
from gakusho.holder.share import items_of, parts_of, state_of
from gakusho.model.sealed import Sealed
from gakusho.store.ids import new_id, token_hash
from gakusho.store.tables import AccessRecord, AwardRow, Share
from gakusho.store.work import Work


class Door(StrEnum):
    """What a visitor finds."""

    OPEN = "open"
    PIN = "pin"
    WRONG_PIN = "wrong-pin"
    LOCKED = "locked"
    EXPIRED = "expired"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class SharedItem:
    """A credential in a share: what was chosen, and what stands in its place now."""

    chosen: CredentialView | ReceivedView
    current: CredentialView | ReceivedView
    part: Sealed | None = None
    """What is shown in place of the whole: then nothing else of the credential is."""
    received: Sealed | None = None
    """The bytes of one from elsewhere: strangers' bytes, also to this server."""

    @property
    def replaced(self) -> bool:
        """Tell whether a newer one stands in its place."""
        return self.chosen.id != self.current.id


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a visitor is shown; nothing of the share stands here while the door is closed."""

    door: Door
    share_id: str
    purpose: str = ""
    expires_at: datetime | None = None
    locked_until: datetime | None = None
    tries_left: int = 0
    allow_download: bool = False
    items: tuple[SharedItem, ...] = ()
    browser_pass: str | None = None
    """To be kept by the browser after the right PIN."""

    def part_of(self, award_id: str) -> Sealed | None:
        """Give the part that stands for a credential, where it is not shown whole."""
        return next((item.part for item in self.items if item.chosen.id == award_id), None)

    def received_of(self, received_id: str) -> Sealed | None:
        """Give the bytes of a credential from elsewhere, where this is one."""
        return next((item.received for item in self.items if item.chosen.id == received_id), None)

    def holds(self, award_id: str) -> CredentialView | ReceivedView:
        """Give a credential of the share, chosen or current. Raises: NotFoundError."""
        for item in self.items:
            for view in (item.chosen, item.current):
                if view.id == award_id:
                    return view
        raise NotFoundError("There is no such credential in this share.", code="no-credential")


def knock(work: Work, token: str, browser_pass: str = "") -> Visit:
    """Give what the link opens onto, and write nothing. Raises: NotFoundError for an unknown link."""
    share = _share(work, token)
    state = state_of(share, work.now)
    if state in {"stopped", "expired"}:
        return Visit(door=Door(state), share_id=share.id)
    if share.pin_hash is not None and not pins.passes(
        work.secret, share.id, share.pin_hash, browser_pass, work.now
    ):
        if state == "locked":
            return Visit(door=Door.LOCKED, share_id=share.id, locked_until=share.locked_until)
        return Visit(door=Door.PIN, share_id=share.id, tries_left=_tries_left(share))
    return _opened(work, share)


def give_pin(work: Work, token: str, pin: str, visitor: Visitor) -> Visit:
    """Try a PIN: the right one opens; five wrong ones lock the share for a while, longer each time.

    A locked share does not look at the PIN at all. Every wrong try is in the log. Raises: NotFoundError.
    """
    share = _share(work, token, for_update=True)
    if share.pin_hash is None or state_of(share, work.now) in {"stopped", "expired"}:
        return knock(work, token)
    if state_of(share, work.now) == "locked":
        note(work, share.id, "locked", visitor)
        return Visit(door=Door.LOCKED, share_id=share.id, locked_until=share.locked_until)
    if pins.matches(pin, share.pin_hash):
        share.failed_pins, share.locked_until = 0, None
        return _opened(
            work, share, browser_pass=pins.pass_for(work.secret, share.id, share.pin_hash, work.now)
        )
    share.failed_pins += 1
    note(work, share.id, "wrong-pin", visitor)
    pause = pins.pause_after(share.failed_pins)
    if pause is not None:
        share.locked_until = work.now + pause
        return Visit(door=Door.LOCKED, share_id=share.id, locked_until=share.locked_until)
    return Visit(door=Door.WRONG_PIN, share_id=share.id, tries_left=_tries_left(share))


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """What is known of who looks: the kind of device, and the person if they are signed in."""

    device: str
    person_id: str | None = None


def is_own(work: Work, share_id: str, visitor: Visitor) -> bool:
    """Tell whether the visitor is the holder, looking at their own share."""
    share = work.session.get(Share, share_id)
    return share is not None and share.person_id == visitor.person_id


def note(
    work: Work, share_id: str, act: str, visitor: Visitor, *, award_id: str | None = None, form: str = ""
) -> None:
    """Write into the holder's log that somebody looked: when, which share, what kind of device, no more.

    The holder's own looks are not written down.
    """
    share = work.session.get(Share, share_id)
    if share is not None and share.person_id != visitor.person_id:
        detail = {"device": visitor.device} | ({"format": form} if form else {})
        _record(work, share.person_id, act, share_id=share_id, award_id=award_id, detail=detail)


def note_paper(work: Work, award_id: str, act: str, visitor: Visitor) -> None:
    """Write into the holder's log that the code on the paper was looked up; nothing when nobody holds it."""
    row = work.session.get(AwardRow, award_id)
    if row is not None and row.holder_id is not None and row.holder_id != visitor.person_id:
        detail = {"device": visitor.device}
        _record(work, row.holder_id, act, share_id=None, award_id=award_id, detail=detail)


def _record(
    work: Work,
    person_id: str,
    act: str,
    *,
    share_id: str | None,
    award_id: str | None,
    detail: dict[str, str],
) -> None:
    work.session.add(
        AccessRecord(
            id=new_id(),
            person_id=person_id,
            share_id=share_id,
            award_id=award_id,
            at=work.now,
            act=act,
            detail=detail,
        )
    )


def _share(work: Work, token: str, *, for_update: bool = False) -> Share:
    query = select(Share).where(Share.token_hash == token_hash(token[:200]))
    share = work.session.scalar(query.with_for_update() if for_update else query)
    if share is None:
        raise NotFoundError("There is no such link.", code="no-link")
    return share


def _opened(work: Work, share: Share, browser_pass: str | None = None) -> Visit:
    parts = parts_of(work, share)
    # A newer credential was never chosen to be shown in part, and is not shown whole either.
    pairs = [(chosen, chosen if chosen.id in parts else now) for chosen, now in items_of(work, share)]
    shown = views(work, [row for pair in pairs for row in pair])
    brought = received.shared(work, share.id)
    return Visit(
        door=Door.OPEN,
        share_id=share.id,
        purpose=share.purpose,
        expires_at=share.expires_at,
        allow_download=share.allow_download,
        items=tuple(
            SharedItem(chosen=shown[2 * n], current=shown[2 * n + 1], part=parts.get(shown[2 * n].id))
            for n in range(len(pairs))
        )
        + tuple(SharedItem(chosen=view, current=view, received=sealed) for view, sealed in brought),
        browser_pass=browser_pass,
    )


def _tries_left(share: Share) -> int:
    return pins.TRIES - share.failed_pins % pins.TRIES
