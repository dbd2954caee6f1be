# SPDX-License-Identifier: Apache-2.0
"""Shares: a holder's choice of credentials behind a link that ends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from gakusho.errors import InputError, LimitError, NotFoundError
from gakusho.formats import format_named
from gakusho.holder import letters, pins, received
from gakusho.holder.accounts import normalized_email
from gakusho.holder.received import ReceivedView
from gakusho.holder.records import CredentialView, emails_of, held, newest, views
from gakusho.model.sealed import Sealed
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables import AccessRecord, AwardRow, Person, Share, ShareItem
from gakusho.store.work import Work

DAYS = (7, 30, 90, 180, 365)
"""The choices of how long a link works; 90 is the first choice."""
DEFAULT_DAYS = 90
MAX_DAYS = 730
MAX_ITEMS = 50
MAX_MAILED = 30
"""Shares mailed to somebody in a day: a wallet is no way to write to strangers."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms credentials are shared."""

    expires_at: datetime
    label: str = ""
    """For the holder only."""
    purpose: str = ""
    """Shown to whoever opens the link."""
    recipient: str | None = None
    """An e-mail address the link is sent to; None means that the holder passes the link on."""
    pin: str | None = None
    mail_pin: bool = False
    """Send the PIN, too, in a mail of its own."""
    allow_download: bool = True


@dataclass(frozen=True, kw_only=True)
class ShareView:
    """A share as its holder sees it."""

    id: str
    link: str
    label: str
    purpose: str
    recipient: str | None
    has_pin: bool
    allow_download: bool
    state: str
    """``open``, ``locked``, ``expired`` or ``stopped``."""
    created_at: datetime
    expires_at: datetime
    stopped_at: datetime | None
    locked_until: datetime | None
    items: tuple[CredentialView, ...]
    received: tuple[ReceivedView, ...]
    """Those from elsewhere, beside the ones issued here."""
    in_part: frozenset[str]
    """The ids of those of which only a part is shown."""
    opened: int
    """How many times it was opened by others."""
    last_opened_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AccessView:
    """One line of the access log."""

    at: datetime
    act: str
    share_id: str | None
    share_label: str
    title: CredentialView | ReceivedView | None
    device: str
    format: str


def create(
    work: Work,
    person_id: str,
    award_ids: Sequence[str],
    terms: Terms,
    *,
    shown_parts: Mapping[str, Sealed] | None = None,
    received_ids: Sequence[str] = (),
) -> ShareView:
    """Make a share and give it with its link; mails to the recipient are put in the queue.

    Of a credential in ``shown_parts`` (by award id) whoever opens the link gets that part and no more.
    ``received_ids`` are credentials from elsewhere in the same wallet.

    Raises:
        NotFoundError: one of the credentials is not this person's.
        InputError: nothing chosen, too much, an unusable address, PIN or date.
    """
    chosen, brought = list(dict.fromkeys(award_ids)), list(dict.fromkeys(received_ids))
    if not chosen + brought or len(chosen + brought) > MAX_ITEMS:
        raise InputError(
            "Choose at least one credential.",
            code="share-nothing",
            facts={"got": len(chosen + brought), "expected": MAX_ITEMS},
        )
    rows = [held(work, person_id, award_id) for award_id in chosen]
    expires_at = _usable_end(work, terms.expires_at)
    recipient = _usable_recipient(work, person_id, terms.recipient)
    token = new_token()
    share = Share(
        id=new_id(),
        token_hash=token_hash(token),
        token_kept=pins.locked(work.secret, token),
        person_id=person_id,
        label=_line(terms.label),
        purpose=_line(terms.purpose),
        recipient=recipient,
        pin_hash=pins.hashed(terms.pin) if terms.pin else None,
        failed_pins=0,
        allow_download=terms.allow_download,
        created_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(share)
    work.session.flush()
    _add_items(work, share, rows, shown_parts or {})
    work.session.flush()
    received.share_with(work, person_id, share.id, brought)
    if recipient:
        _send(work, share, sender=_sender(work, person_id, rows), token=token, terms=terms)
    return _view(work, share)


def _add_items(work: Work, share: Share, rows: Sequence[AwardRow], shown_parts: Mapping[str, Sealed]) -> None:
    """Put the credentials into the share in their order, each whole or as the part that is shown."""
    shown = {row.id: shown_parts.get(row.id) for row in rows}
    work.session.add_all(
        ShareItem(
            share_id=share.id,
            award_id=row.id,
            position=n,
            part_format=part.format if (part := shown[row.id]) else None,
            part=part.data if part else None,
        )
        for n, row in enumerate(rows)
    )


def _sender(work: Work, person_id: str, rows: Sequence[AwardRow]) -> str:
    """Give the name of who shares: as a credential of ours says it, else as the account does."""
    if rows:
        return views(work, rows[:1])[0].learner_name.full
    person = work.session.get(Person, person_id)
    return (person.name if person else "") or (emails_of(work, person_id) or [""])[0]


def _send(work: Work, share: Share, *, sender: str, token: str, terms: Terms) -> None:
    letter = letters.share_letter(
        sender=sender,
        link=f"{work.public_url}/s/{token}",
        purpose=share.purpose,
        until=share.expires_at,
        has_pin=share.pin_hash is not None,
    )
    recipient = share.recipient or ""
    letters.queue(work, key=f"share:{share.id}", kind="share", recipient=recipient, letter=letter)
    if terms.pin and terms.mail_pin:
        letter = letters.pin_letter(sender=sender, pin=terms.pin)
        letters.queue(work, key=f"share-pin:{share.id}", kind="pin", recipient=recipient, letter=letter)


def shares(work: Work, person_id: str) -> list[ShareView]:
    """Give the person's shares, those that work first, newest first."""
    rows = work.session.scalars(
        select(Share).where(Share.person_id == person_id).order_by(Share.created_at.desc(), Share.id.desc())
    )
    found = [_view(work, row) for row in rows.all()]
    return sorted(found, key=lambda v: v.state in {"expired", "stopped"})


def share(work: Work, person_id: str, share_id: str) -> ShareView:
    """Give one of the person's shares. Raises: NotFoundError."""
    return _view(work, _own(work, person_id, share_id))


def shared_already(work: Work, person_id: str, recipient: str) -> list[ShareView]:
    """Give the person's shares with this recipient that still work."""
    wanted = recipient.strip().lower()
    rows = work.session.scalars(
        select(Share).where(Share.person_id == person_id, func.lower(Share.recipient) == wanted)
    )
    found = [_view(work, row) for row in rows.all()] if wanted else []
    return [view for view in found if view.state in {"open", "locked"}]


def change_expiry(work: Work, person_id: str, share_id: str, expires_at: datetime) -> ShareView:
    """Let the link end at another time; a link that had expired works again.

    Raises:
        NotFoundError: not this person's share.
        InputError: the time is past or too far off; a stopped share stays stopped.
    """
    row = _own(work, person_id, share_id)
    if row.stopped_at is not None:
        raise InputError("This share was stopped. Make a new one.", code="share-stopped")
    row.expires_at = _usable_end(work, expires_at)
    return _view(work, row)


def stop(work: Work, person_id: str, share_id: str) -> ShareView:
    """End a share at once. Raises: NotFoundError."""
    row = _own(work, person_id, share_id)
    if row.stopped_at is None:
        row.stopped_at = work.now
    return _view(work, row)


def log(
    work: Work, person_id: str, *, share_id: str | None = None, award_id: str | None = None, limit: int = 200
) -> list[AccessView]:
    """Give who looked, newest first: all of the person's, or of one share or credential."""
    query = select(AccessRecord).where(AccessRecord.person_id == person_id)
    if share_id is not None:
        query = query.where(AccessRecord.share_id == share_id)
    if award_id is not None:
        query = query.where(AccessRecord.award_id == award_id)
    records = work.session.scalars(
        query.order_by(AccessRecord.at.desc(), AccessRecord.id.desc()).limit(limit)
    ).all()
    names = {s.id: s.label or s.recipient or "" for s in _by_id(work, {r.share_id for r in records})}
    rows = work.session.scalars(
        select(AwardRow).where(AwardRow.id.in_({r.award_id for r in records} - {None}))
    )
    titles: dict[str, CredentialView | ReceivedView] = {view.id: view for view in views(work, rows)}
    titles |= received.titles(work, person_id, {r.award_id for r in records if r.award_id} - titles.keys())
    return [
        AccessView(
            at=record.at,
            act=record.act,
            share_id=record.share_id,
            share_label=names.get(record.share_id or "", ""),
            title=titles.get(record.award_id or ""),
            device=str(record.detail.get("device", "")),
            format=str(record.detail.get("format", "")),
        )
        for record in records
    ]


def _by_id(work: Work, ids: set[str | None]) -> Sequence[Share]:
    return work.session.scalars(select(Share).where(Share.id.in_(ids - {None}))).all()


def _own(work: Work, person_id: str, share_id: str) -> Share:
    row = work.session.get(Share, share_id[:36])
    if row is None or row.person_id != person_id:
        raise NotFoundError("There is no such share.", code="no-share")
    return row


def state_of(share: Share, now: datetime) -> str:
    """Give how it stands with a share: ``open``, ``locked``, ``expired`` or ``stopped``."""
    if share.stopped_at is not None:
        return "stopped"
    if share.expires_at <= now:
        return "expired"
    return "locked" if share.locked_until is not None and share.locked_until > now else "open"


def parts_of(work: Work, share: Share) -> dict[str, Sealed]:
    """Give the parts that are shown in place of whole credentials, by award id."""
    rows = work.session.scalars(
        select(ShareItem).where(ShareItem.share_id == share.id, ShareItem.part.is_not(None))
    )
    found = {}
    for row in rows.all():
        form = format_named(row.part_format or "")
        found[row.award_id] = Sealed(
            award_id=row.award_id,
            format=form.name,
            media_type=form.media_type,
            extension=form.extension,
            data=bytes(row.part or b""),
        )
    return found


def items_of(work: Work, share: Share) -> list[tuple[AwardRow, AwardRow]]:
    """Give each credential chosen, and the one that stands in its place now (the same, or a newer one)."""
    rows = work.session.scalars(
        select(AwardRow)
        .join(ShareItem, ShareItem.award_id == AwardRow.id)
        .where(ShareItem.share_id == share.id, AwardRow.holder_id == share.person_id)
        .order_by(ShareItem.position)
    )
    return [(row, newest(work, row)) for row in rows.all()]


def _view(work: Work, row: Share) -> ShareView:
    opened, last = work.session.execute(
        select(func.count(), func.max(AccessRecord.at)).where(
            AccessRecord.share_id == row.id, AccessRecord.act == "opened"
        )
    ).one()
    return ShareView(
        id=row.id,
        link=f"{work.public_url}/s/{pins.unlocked(work.secret, row.token_kept)}",
        label=row.label,
        purpose=row.purpose,
        recipient=row.recipient,
        has_pin=row.pin_hash is not None,
        allow_download=row.allow_download,
        state=state_of(row, work.now),
        created_at=row.created_at,
        expires_at=row.expires_at,
        stopped_at=row.stopped_at,
        locked_until=row.locked_until,
        items=tuple(views(work, [chosen for chosen, _ in items_of(work, row)])),
        received=tuple(view for view, _ in received.shared(work, row.id)),
        in_part=frozenset(parts_of(work, row)),
        opened=opened,
        last_opened_at=last,
    )


def _usable_end(work: Work, end: datetime) -> datetime:
    if not work.now < end <= work.now + timedelta(days=MAX_DAYS + 1):
        raise InputError(
            f"The link must end after now and within {MAX_DAYS} days.",
            code="share-expiry",
            facts={"got": end.date().isoformat(), "expected": MAX_DAYS},
        )
    return end


def _usable_recipient(work: Work, person_id: str, recipient: str | None) -> str | None:
    if recipient is None:
        return None
    since = work.now - timedelta(days=1)
    mailed = work.session.scalar(
        select(func.count())
        .select_from(Share)
        .where(Share.person_id == person_id, Share.recipient.is_not(None), Share.created_at > since)
    )
    if (mailed or 0) >= MAX_MAILED:
        raise LimitError(
            f"At most {MAX_MAILED} shares a day are sent by mail.",
            code="share-mails",
            facts={"expected": MAX_MAILED},
        )
    return normalized_email(recipient)


def _line(words: str) -> str:
    return _CONTROL.sub(" ", words).strip()[:200]
