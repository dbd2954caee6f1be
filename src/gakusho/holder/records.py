# SPDX-License-Identifier: Apache-2.0
"""A person's credentials as they are kept: what the wallet, a share and an archive show of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from gakusho.errors import NotFoundError
from gakusho.model.learner import PersonName
from gakusho.model.sealed import Sealed
from gakusho.model.text import Text
from gakusho.store.tables import AchievementRow, AwardRow, Institution, PersonEmail, SealedRow
from gakusho.store.work import Work

MAX_SUCCESSORS = 50
"""How many times in a row a credential may have been replaced."""


@dataclass(frozen=True, kw_only=True)
class CredentialView:
    """A credential as its holder, or somebody it is shared with, is shown it."""

    id: str
    verify_code: str
    title: Text
    issuer_name: Text
    institution_id: str
    learner_name: PersonName
    awarded_on: date
    valid_until: datetime | None
    issue_number: str | None
    state: str
    """``active``, ``expired``, ``suspended``, ``revoked`` or ``superseded``; as the institution keeps it."""
    state_reason: str | None
    state_changed_at: datetime | None
    superseded_by: str | None
    claimed_at: datetime | None
    formats: tuple[str, ...]
    copy_of: str | None = None
    """The credential of which it is an addressed copy."""
    addressee: str | None = None
    purpose: str | None = None


def text_of(value: Any) -> Text:
    """Give a text from its kept form: {language: words} or a list of pairs."""
    pairs = value.items() if isinstance(value, Mapping) else (value or ())
    return Text(tuple((str(tag), str(words)) for tag, words in pairs))


def views(work: Work, rows: Iterable[AwardRow]) -> list[CredentialView]:
    """Give the views of award rows, in their order."""
    rows = list(rows)
    schools = {
        s.id: s
        for s in work.session.scalars(
            select(Institution).where(Institution.id.in_({r.institution_id for r in rows}))
        )
    }
    formats: dict[str, list[str]] = {}
    for award_id, name in work.session.execute(
        select(SealedRow.award_id, SealedRow.format)
        .where(SealedRow.award_id.in_([r.id for r in rows]))
        .order_by(SealedRow.format)
    ):
        formats.setdefault(award_id, []).append(name)
    return [_view(r, schools[r.institution_id], tuple(formats.get(r.id, ())), work.now) for r in rows]


def _view(row: AwardRow, school: Institution, formats: tuple[str, ...], now: datetime) -> CredentialView:
    definition = row.definition
    until = definition.get("valid_until")
    valid_until = datetime.fromisoformat(until) if until else None
    state = row.state
    if state == "active" and valid_until is not None and valid_until <= now:
        state = "expired"
    return CredentialView(
        id=row.id,
        verify_code=row.verify_code,
        title=text_of(definition["achievement"]["name"]),
        issuer_name=Text.of(ja=school.name_ja, en=school.name_en),
        institution_id=school.id,
        learner_name=PersonName(**definition["learner"]["name"]),
        awarded_on=date.fromisoformat(definition["awarded_on"]),
        valid_until=valid_until,
        issue_number=row.issue_number,
        state=state,
        state_reason=row.state_reason,
        state_changed_at=row.state_changed_at,
        superseded_by=row.superseded_by,
        claimed_at=row.claimed_at,
        formats=formats,
        copy_of=row.copy_of,
        addressee=definition["document"].get("addressee"),
        purpose=definition["document"].get("purpose"),
    )


def held(work: Work, person_id: str, award_id: str) -> AwardRow:
    """Give the row of a credential this person holds.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    row = work.session.get(AwardRow, award_id[:36])
    if row is None or row.holder_id != person_id:
        raise NotFoundError("There is no such credential in this wallet.", code="no-credential")
    return row


def emails_of(work: Work, person_id: str) -> list[str]:
    """Give the addresses that were shown to be the person's."""
    return list(
        work.session.scalars(
            select(PersonEmail.email).where(PersonEmail.person_id == person_id).order_by(PersonEmail.email)
        )
    )


def newest(work: Work, row: AwardRow) -> AwardRow:
    """Give the award that stands in this one's place now: itself, or its last successor for the same holder.

    A successor counts while it is held by the same person, or waits under an address that person has shown
    to be theirs.
    """
    mine = set(emails_of(work, row.holder_id)) if row.holder_id else set()
    current = row
    for _ in range(MAX_SUCCESSORS):
        following = work.session.get(AwardRow, current.superseded_by) if current.superseded_by else None
        if following is None:
            return current
        waits = following.holder_id is None and (following.email or "").lower() in mine
        if following.holder_id != row.holder_id and not waits:
            return current
        current = following
    return current


def sealed_bytes(work: Work, award_id: str, format_name: str) -> Sealed:
    """Give a credential's bytes in one format. Raises: NotFoundError."""
    row = work.session.get(SealedRow, (award_id, format_name[:40]))
    if row is None:
        raise NotFoundError("The credential was not issued in this format.", code="no-format")
    data = row.data if row.data is not None else work.files.get(row.file or "")
    return Sealed(
        award_id=award_id,
        format=row.format,
        media_type=row.media_type,
        extension=row.extension,
        data=bytes(data),
    )


def all_sealed(work: Work, award_id: str) -> list[Sealed]:
    """Give a credential in every format it was issued in, by format name."""
    names = work.session.scalars(
        select(SealedRow.format).where(SealedRow.award_id == award_id).order_by(SealedRow.format)
    )
    return [sealed_bytes(work, award_id, name) for name in names.all()]


def badge_image(work: Work, award_id: str) -> bytes | None:
    """Give the badge image of what was achieved, if the institution has given one."""
    row = work.session.get(AwardRow, award_id)
    if row is None:
        return None
    image = row.definition.get("achievement", {}).get("image") or {}
    digest = image.get("file")
    if digest is None:
        achievement = work.session.get(AchievementRow, row.achievement_id)
        digest = achievement.image_file if achievement else None
    return work.files.get(digest) if digest else None
