# SPDX-License-Identifier: Apache-2.0
"""Places in the status lists: given out, rolled over, addressed."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from gakusho.issuer._permutation import spread
from gakusho.model.award import StatusEntry
from gakusho.store.ids import new_id
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import StatusList
from gakusho.store.work import Work

LENGTH = 131_072
"""Entries of a list. Bitstring Status List 1.0, section 6.1."""
PURPOSES = ("revocation", "suspension", "refresh")
KIND = "BitstringStatusListEntry"
TOKEN, TOKEN_KIND = "token", "TokenStatusList"
"""The one list of SD-JWT VC, beside those for each purpose: the same places, several values."""
PUBLISHED = (*PURPOSES, TOKEN)


_DECOY_SHARE = 64
"""One place in so many is never given out: set or not, it hides how many awards are."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a list."""

    list_id: str
    number: int
    index: int


def open_next(work: Work, institution_id: str, *, after: int, length: int = LENGTH) -> None:
    """Open the list that follows number ``after``, unless another did."""
    insert_if_absent(
        work.session,
        StatusList,
        {
            "id": new_id(),
            "institution_id": institution_id,
            "number": after + 1,
            "length": length,
            "seed": secrets.token_bytes(32),
            "next_sequence": 0,
            "version": 0,
        },
    )


def allocate(work: Work, institution_id: str, count: int) -> list[Place]:
    """Give out ``count`` places nobody had before; a full list is followed by the next."""
    places: list[Place] = []
    last = (
        select(StatusList)
        .where(StatusList.institution_id == institution_id)
        .order_by(StatusList.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    while len(places) < count:
        row = work.session.scalars(last).first()
        if row is None or row.next_sequence >= capacity(row.length):
            number, length = (row.number, row.length) if row else (0, LENGTH)
            open_next(work, institution_id, after=number, length=length)
            continue
        take = min(count - len(places), capacity(row.length) - row.next_sequence)
        places += [
            Place(list_id=row.id, number=row.number, index=spread(each, length=row.length, key=row.seed))
            for each in range(row.next_sequence, row.next_sequence + take)
        ]
        row.next_sequence += take
        work.session.flush()
    return places


def capacity(length: int) -> int:
    """Give how many places of a list are given out; the others hold decoys."""
    return length - length // _DECOY_SHARE


def decoys(row: StatusList, purpose: str) -> list[int]:
    """Give the places that are set though nobody has them. Bitstring Status List 1.0, section 5.1.

    About half of them from the first publication on and some more with each change, so that neither a
    list nor the difference between two of them tells how many credentials were revoked.
    """
    found = []
    for sequence in range(max(row.next_sequence, capacity(row.length)), row.length):
        chance = hmac.digest(row.seed, f"{purpose} {sequence}".encode(), "sha256")
        if chance[0] < 128 or int.from_bytes(chance[1:3], "big") < 64 * row.version:
            found.append(spread(sequence, length=row.length, key=row.seed))
    return found


def entries(base_url: str, slug: str, place: Place) -> tuple[StatusEntry, ...]:
    """Give the entries a credential carries for its place, one for each list; formats write their own."""
    lists = ((purpose, list_url(base_url, slug, place.number, purpose)) for purpose in PUBLISHED)
    return tuple(
        StatusEntry(
            id=f"{address}#{place.index}",
            kind=TOKEN_KIND if purpose == TOKEN else KIND,
            purpose="revocation" if purpose == TOKEN else purpose,
            list_id=address,
            index=place.index,
        )
        for purpose, address in lists
    )


def list_url(base_url: str, slug: str, number: int, purpose: str) -> str:
    """Give the address at which a list is published."""
    return f"{base_url}/i/{slug}/status/{number}/{purpose}"


def touch(work: Work, institution_id: str, list_ids: Sequence[str] | None = None) -> None:
    """Count a change on lists (all of the institution's by default), so that they are signed anew."""
    statement = update(StatusList).where(StatusList.institution_id == institution_id)
    if list_ids is not None:
        statement = statement.where(StatusList.id.in_(sorted(set(list_ids))))
    work.session.execute(statement.values(version=StatusList.version + 1))
