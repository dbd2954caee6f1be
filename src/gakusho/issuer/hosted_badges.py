# SPDX-License-Identifier: Apache-2.0
"""Badges that live on their host, as the institution publishes them: assertions, classes, keys, itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select

from gakusho.errors import InputError, NotFoundError
from gakusho.formats import PublishedMultikey, Withdrawn
from gakusho.issuer import _keys
from gakusho.issuer._hosted_formats import hosted_formats
from gakusho.issuer.institutions import InstitutionView, institution, issuer_of
from gakusho.store.tables import AwardRow, Institution, Key, SealedRow
from gakusho.store.work import Work

_ADDRESS = re.compile(r"/i/([a-z0-9-]{1,60})/ob2/([A-Za-z0-9/._~-]{1,300})\Z")
_ASSERTION = re.compile(r"assertions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")
_SHARED = re.compile(r"[a-z]{1,20}/([0-9a-f]{64})\Z")
_REASONS = {
    "superseded": "It was replaced by a newer one.",
    "suspended": "It is suspended for the time being.",
}
_WITHDRAWN = ("revoked", "superseded", "suspended")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What lies at an address of hosted badges; ``gone``: it is to be answered with 410."""

    data: bytes
    gone: bool = False


def hosting(base_url: str, slug: str) -> str:
    """Give the address below which an institution's hosted badges lie."""
    return f"{base_url}/i/{slug}/ob2"


def documents_for(work: Work, institution_id: str) -> dict[str, bytes]:
    """Give what an institution publishes once for all hosted badges, by address, with nothing withdrawn."""
    return _own_documents(work, institution(work, institution_id), [])


def documents_of(work: Work, award_ids: Sequence[str]) -> dict[str, bytes]:
    """Give everything that verifiers ask for these awards' hosted badges, by address."""
    gathered: dict[str, bytes] = {}
    for name, form in hosted_formats().items():
        rows = work.session.execute(
            select(SealedRow, AwardRow)
            .join(AwardRow, AwardRow.id == SealedRow.award_id)
            .where(SealedRow.award_id.in_(list(award_ids)), SealedRow.format == name)
        ).all()
        withdrawn: dict[str, list[Withdrawn]] = {}
        for sealed, award in rows:
            gathered |= form.documents(_bytes_of(work, sealed))
            if award.state in _WITHDRAWN:
                withdrawn.setdefault(award.institution_id, []).append(_withdrawn(award))
        for owner, those in withdrawn.items():
            view = institution(work, owner)
            gathered |= _own_documents(work, view, those)
            for one in those:
                gathered |= form.withdrawal(hosting(view.base_url, view.slug), one)
    return gathered


def found(work: Work, url: str) -> Found | None:
    """Give what lies at an address of hosted badges, or None where none of ours lies."""
    parts = urlsplit(url)
    match = _ADDRESS.match(parts.path)
    if match is None or parts.query or parts.fragment:
        return None
    slug, rest = match.groups()
    base_url = f"{parts.scheme}://{parts.netloc}"
    owner = select(Institution.id).where(Institution.slug == slug, Institution.base_url == base_url)
    institution_id = work.session.scalar(owner)
    if institution_id is None:
        return None
    view = institution(work, institution_id)
    if assertion := _ASSERTION.match(rest):
        return _assertion(work, view, url, assertion.group(1))
    if shared := _SHARED.match(rest):
        return _shared(work, url, shared.group(1))
    listed = _all_withdrawn(work, view) if rest == "revocations" else []
    data = _own_documents(work, view, listed).get(url)
    return None if data is None else Found(data=data)


def _own_documents(work: Work, view: InstitutionView, withdrawn: Sequence[Withdrawn]) -> dict[str, bytes]:
    keys = work.session.execute(
        select(Key.verification_method, Key.public_multikey)
        .where(
            Key.institution_id == view.id,
            Key.purpose.in_((_keys.CREDENTIAL, _keys.COMPATIBILITY)),
            Key.revoked_at.is_(None),
        )
        .order_by(Key.id)
    ).all()
    published = [PublishedMultikey(id=method, multikey=multikey) for method, multikey in keys]
    gathered: dict[str, bytes] = {}
    for form in hosted_formats().values():
        base = hosting(view.base_url, view.slug)
        gathered |= form.institution_documents(base, issuer_of(view), published, withdrawn)
    return gathered


def _assertion(work: Work, view: InstitutionView, url: str, award_id: str) -> Found | None:
    for name, form in hosted_formats().items():
        row = work.session.execute(
            select(SealedRow, AwardRow)
            .join(AwardRow, AwardRow.id == SealedRow.award_id)
            .where(SealedRow.award_id == award_id, SealedRow.format == name)
            .where(AwardRow.institution_id == view.id)
        ).first()
        if row is None:
            continue
        sealed, award = row
        if award.state in _WITHDRAWN:
            gone = form.withdrawal(hosting(view.base_url, view.slug), _withdrawn(award)).get(url)
            if gone is not None:
                return Found(data=gone, gone=True)
            continue
        data = form.documents(_bytes_of(work, sealed)).get(url)
        if data is not None:
            return Found(data=data)
    return None


def _shared(work: Work, url: str, digest: str) -> Found | None:
    try:
        kept = work.files.get(digest)
    except NotFoundError:
        return None
    for form in hosted_formats().values():
        try:
            data = form.shared_document(url, kept)
        except InputError:
            continue  # a file of another kind: not to be shown here
        if data is not None:
            return Found(data=data)
    return None


def _all_withdrawn(work: Work, view: InstitutionView) -> list[Withdrawn]:
    hosted = select(SealedRow.award_id).where(SealedRow.format.in_(list(hosted_formats())))
    rows = work.session.scalars(
        select(AwardRow)
        .where(AwardRow.institution_id == view.id, AwardRow.state.in_(_WITHDRAWN), AwardRow.id.in_(hosted))
        .order_by(AwardRow.id)
    )
    return [_withdrawn(row) for row in rows]


def _withdrawn(award: AwardRow) -> Withdrawn:
    # The desk's own words on why may name a person: outside only what kind of withdrawal it is is said.
    return Withdrawn(award_id=f"urn:uuid:{award.id}", reason=_REASONS.get(award.state))


def _bytes_of(work: Work, sealed: SealedRow) -> bytes:
    return sealed.data if sealed.data is not None else work.files.get(sealed.file or "")
