# SPDX-License-Identifier: Apache-2.0
"""Credentials from elsewhere that an application put into a wallet, and what applications are given of it.

Open Badges 3.0, sections 6.2.2, 6.2.3 and 10.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from sqlalchemy import delete, func, select
from sqlalchemy.orm import defer

from gakusho.errors import ForbiddenError, InputError, LimitError, NotFoundError
from gakusho.formats import recognize
from gakusho.holder import parts
from gakusho.holder.oauth_tokens import Bearer
from gakusho.holder.records import all_sealed, sealed_bytes, text_of
from gakusho.model.sealed import Sealed
from gakusho.model.text import Text
from gakusho.proof import json
from gakusho.store.ids import new_id
from gakusho.store.tables import AwardRow, Institution, Person, SealedRow
from gakusho.store.tables_oauth import OAuthClient, ReceivedCredential, SharedReceived
from gakusho.store.work import Work

MAX_BYTES = 1_048_576
MAX_RECEIVED = 500
MAX_TOGETHER = 20 * 1_048_576
"""Bytes of all that applications put into one wallet."""
MAX_ID = 2_000
BADGE, RECORD = "badge", "record"
_TYPES = {
    BADGE: frozenset({"AchievementCredential", "OpenBadgeCredential"}),
    RECORD: frozenset({"ClrCredential"}),
}


@dataclass(frozen=True, kw_only=True)
class Received:
    """A credential that was read, as it will be kept."""

    id: str
    issuer: str
    kind: str
    format: str
    media_type: str
    extension: str
    title: Text
    issuer_name: Text
    issued_at: datetime
    data: bytes

    @property
    def sealed(self) -> Sealed:
        """Give its bytes with their format."""
        return Sealed(
            award_id=self.id,
            format=self.format,
            media_type=self.media_type,
            extension=self.extension,
            data=self.data,
        )

    @property
    def same_as(self) -> str:
        """Give what is equal for the versions of one credential. Open Badges 3.0, section 10."""
        pair = f"{unquote(self.issuer).strip()}\n{unquote(self.id).strip()}"
        return hashlib.sha256(pair.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class ReceivedView:
    """A received credential as its holder sees it."""

    id: str
    title: Text
    issuer_name: Text
    format: str
    media_type: str
    extension: str
    issued_at: datetime
    received_at: datetime
    app: str
    """The name the application gives itself."""
    size: int

    @property
    def formats(self) -> tuple[str, ...]:
        """Give the one format there is of it."""
        return (self.format,)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of a wallet's credentials, oldest first, and how many there are."""

    total: int
    credentials: tuple[Sealed, ...]


def read(data: bytes, kind: str) -> Received:
    """Give what a credential of a kind says of itself; its proof is somebody else's to check.

    Raises:
        InputError: it cannot be read, is of another kind, or has no id, by which its versions are told.
    """
    form = recognize(data)
    reading = form.read(data)
    types = reading.claims.get("type", ())
    if (
        not _TYPES[kind] & {types}
        if isinstance(types, str)
        else not _TYPES[kind].intersection(map(str, types))
    ):
        raise InputError(
            "The credential is of another kind.",
            code="received-kind",
            facts={"expected": " or ".join(sorted(_TYPES[kind]))},
        )
    award, claimed = reading.award, reading.claims.get("id")
    if not isinstance(claimed, str) or not _fit(claimed) or not _fit(award.issuer.id):
        raise InputError(
            f"The ids of credential and issuer need 1 to {MAX_ID} characters.", code="received-id"
        )
    found = Received(
        id=claimed,
        issuer=award.issuer.id,
        kind=kind,
        format=form.name,
        media_type=form.media_type,
        extension=form.extension,
        title=award.achievement.name,
        issuer_name=award.issuer.name,
        issued_at=award.valid_from,
        data=data,
    )
    parts.with_all(found.sealed)  # what cannot be shown is not kept
    return found


def _fit(value: str) -> bool:
    return 0 < len(value) <= MAX_ID and value.isprintable()


def keep(work: Work, bearer: Bearer, given: Received) -> bool:
    """Keep a credential, or let it replace its older version; tell whether it is new to the wallet.

    The caller has checked its proof.

    Raises:
        ForbiddenError: issued here (``received-own``), or a newer version is kept (``received-older``).
        LimitError: the wallet is full of received ones.
    """
    # one after the other for each wallet, so that two of one credential become one
    work.session.scalar(select(Person.id).where(Person.id == bearer.person_id).with_for_update())
    if _issued_here(work, bearer, given):
        return False
    row = work.session.scalar(
        select(ReceivedCredential).where(
            ReceivedCredential.person_id == bearer.person_id, ReceivedCredential.same_as == given.same_as
        )
    )
    if row is not None and row.issued_at > given.issued_at:
        raise ForbiddenError("A newer version of this credential is in the wallet.", code="received-older")
    _check_room(work, bearer.person_id, given, row)
    is_new = row is None
    if row is None:
        row = ReceivedCredential(id=new_id(), person_id=bearer.person_id, same_as=given.same_as)
        work.session.add(row)
    row.kind, row.format, row.media_type, row.extension = (
        given.kind,
        given.format,
        given.media_type,
        given.extension,
    )
    row.title, row.issuer_name = _kept(given.title), _kept(given.issuer_name)
    row.issuer, row.issued_at = given.issuer, given.issued_at
    row.data, row.size = given.data, len(given.data)
    row.client_id, row.received_at = bearer.client_id, work.now
    work.session.flush()
    return is_new


def _issued_here(work: Work, bearer: Bearer, given: Received) -> bool:
    """Tell whether this is, unchanged, what the person holds of us. Raises: ForbiddenError: else ours."""
    if work.session.scalar(select(Institution.id).where(Institution.did == given.issuer)) is None:
        return False
    award_id = given.id.removeprefix("urn:uuid:")
    award = work.session.get(AwardRow, award_id) if len(award_id) <= 36 else None
    if award is not None and award.holder_id == bearer.person_id:
        served = (parts.with_all(one).data for one in all_sealed(work, award.id))
        if any(one == given.data or _same(one, given.data) for one in served):
            return True
    raise ForbiddenError(
        "This credential is of an institution here, which alone gives it to its holder.",
        code="received-own",
    )


def _same(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except InputError:
        return False  # a token: the same only when its bytes are


def _check_room(work: Work, person_id: str, given: Received, replaced: ReceivedCredential | None) -> None:
    count, size = work.session.execute(
        select(func.count(), func.coalesce(func.sum(ReceivedCredential.size), 0)).where(
            ReceivedCredential.person_id == person_id
        )
    ).one()
    count, size = int(count) - (replaced is not None), int(size) - (replaced.size if replaced else 0)
    if len(given.data) > MAX_BYTES or count >= MAX_RECEIVED or size + len(given.data) > MAX_TOGETHER:
        raise LimitError(
            "The wallet has no room for another received credential.",
            facts={"got": size + len(given.data), "expected": MAX_TOGETHER},
        )


def _kept(text: Text) -> dict[str, str]:
    return {tag: words.replace("\x00", "")[:500] for tag, words in text.entries}


def page(
    work: Work,
    person_id: str,
    kind: str,
    own_formats: Sequence[str],
    *,
    limit: int,
    offset: int,
    since: datetime | None = None,
) -> Page:
    """Give the credentials of a kind: those issued here, in the first of these formats, and those received.

    ``since``: only those issued after this time.
    """
    found = [
        *_own(work, person_id, own_formats, since),
        *_received(work, person_id, kind, since),
    ]
    found.sort(key=lambda one: (one[0], one[1]))
    chosen = found[offset : offset + limit]
    return Page(total=len(found), credentials=tuple(_load(work, key, form) for _, key, form in chosen))


def _own(
    work: Work, person_id: str, own_formats: Sequence[str], since: datetime | None
) -> list[tuple[datetime, str, str | None]]:
    rows = work.session.execute(
        select(AwardRow.id, SealedRow.format, SealedRow.created_at)
        .join(SealedRow, SealedRow.award_id == AwardRow.id)
        .where(AwardRow.holder_id == person_id, SealedRow.format.in_(own_formats))
    )
    best: dict[str, tuple[int, datetime, str]] = {}
    for award_id, form, at in rows:
        ranked = (own_formats.index(form), at, form)
        best[award_id] = min(best.get(award_id, ranked), ranked)
    return [(at, award_id, form) for award_id, (_, at, form) in best.items() if since is None or at > since]


def _received(
    work: Work, person_id: str, kind: str, since: datetime | None
) -> list[tuple[datetime, str, str | None]]:
    query = select(ReceivedCredential.issued_at, ReceivedCredential.id).where(
        ReceivedCredential.person_id == person_id, ReceivedCredential.kind == kind
    )
    if since is not None:
        query = query.where(ReceivedCredential.issued_at > since)
    return [(at, key, None) for at, key in work.session.execute(query)]


def _load(work: Work, key: str, form: str | None) -> Sealed:
    if form is not None:
        return parts.with_all(sealed_bytes(work, key, form))
    row = work.session.get(ReceivedCredential, key)
    assert row is not None
    return parts.with_all(_sealed(row))


def _sealed(row: ReceivedCredential) -> Sealed:
    return Sealed(
        award_id=row.id,
        format=row.format,
        media_type=row.media_type,
        extension=row.extension,
        data=bytes(row.data),
    )


def received(work: Work, person_id: str) -> list[ReceivedView]:
    """Give what applications put into the wallet, newest first."""
    rows = work.session.execute(
        select(ReceivedCredential, OAuthClient.name)
        .join(OAuthClient, OAuthClient.id == ReceivedCredential.client_id)
        .where(ReceivedCredential.person_id == person_id)
        .options(defer(ReceivedCredential.data))
        .order_by(ReceivedCredential.received_at.desc(), ReceivedCredential.id)
    )
    return [_view(row, name) for row, name in rows]


def one(work: Work, person_id: str, received_id: str) -> tuple[ReceivedView, Sealed]:
    """Give one of them with its bytes. Raises: NotFoundError."""
    row = _held(work, person_id, received_id)
    client = work.session.get(OAuthClient, row.client_id)
    return _view(row, client.name if client else ""), _sealed(row)


def remove(work: Work, person_id: str, received_id: str) -> None:
    """Take one of them out of the wallet, and out of every share. Raises: NotFoundError."""
    row = _held(work, person_id, received_id)
    work.session.execute(delete(SharedReceived).where(SharedReceived.received_id == row.id))
    work.session.delete(row)


def share_with(work: Work, person_id: str, share_id: str, received_ids: Sequence[str]) -> None:
    """Put some of them into a share of the person's. Raises: NotFoundError."""
    rows = [_held(work, person_id, received_id) for received_id in received_ids]
    work.session.add_all(
        SharedReceived(share_id=share_id, received_id=row.id, position=n) for n, row in enumerate(rows)
    )
    work.session.flush()


def shared(work: Work, share_id: str) -> list[tuple[ReceivedView, Sealed]]:
    """Give those in a share, in order, as a verifier is shown them: nothing held back."""
    rows = work.session.execute(
        select(ReceivedCredential, OAuthClient.name)
        .join(SharedReceived, SharedReceived.received_id == ReceivedCredential.id)
        .join(OAuthClient, OAuthClient.id == ReceivedCredential.client_id)
        .where(SharedReceived.share_id == share_id)
        .order_by(SharedReceived.position)
    )
    return [(_view(row, name), parts.with_all(_sealed(row))) for row, name in rows]


def titles(work: Work, person_id: str, received_ids: Collection[str]) -> dict[str, ReceivedView]:
    """Give those of these ids that the person has, by id."""
    return {view.id: view for view in received(work, person_id) if view.id in received_ids}


def _held(work: Work, person_id: str, received_id: str) -> ReceivedCredential:
    fit = received_id.isascii() and received_id.isprintable()
    row = work.session.get(ReceivedCredential, received_id[:36]) if fit else None
    if row is None or row.person_id != person_id:
        raise NotFoundError("There is no such credential in this wallet.", code="no-credential")
    return row


def _view(row: ReceivedCredential, app: str) -> ReceivedView:
    return ReceivedView(
        id=row.id,
        title=text_of(row.title),
        issuer_name=text_of(row.issuer_name),
        format=row.format,
        media_type=row.media_type,
        extension=row.extension,
        issued_at=row.issued_at,
        received_at=row.received_at,
        app=app,
        size=row.size,
    )
