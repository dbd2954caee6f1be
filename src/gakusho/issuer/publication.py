# SPDX-License-Identifier: Apache-2.0
"""What the institution publishes: its DID document and its status lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, or_, select

from gakusho.errors import InputError, NotFoundError
from gakusho.formats import CredentialKey
from gakusho.formats._contexts import contexts
from gakusho.formats._vc import USUAL_SUITES
from gakusho.formats.vc_jwt import FORMAT as VC_JWT
from gakusho.issuer import _keys, _status_lists, certificate_lists, hosted_badges
from gakusho.issuer.institutions import row_of
from gakusho.proof import ProofOptions, data_integrity
from gakusho.proof import json as strict_json
from gakusho.proof.keys import PublicKey
from gakusho.registry import PublishedKey
from gakusho.registry import did_document as published
from gakusho.registry.did_web import did_web_address
from gakusho.status import PublishedStatus, statuses, token_status_list
from gakusho.store.inserting import insert_or_replace
from gakusho.store.tables import AwardRow, Institution, Key, StatusList, StatusPublication
from gakusho.store.tables_endorsements import GivenEndorsement
from gakusho.store.work import Work

VALIDITY = timedelta(days=7)
"""How long a published status list may be relied on."""
RENEWAL = timedelta(days=1)
"""A list is signed anew at least this often, so that whoever keeps a copy has days left."""
_LIST_PATH = re.compile(r"/i/([a-z0-9-]{1,60})/status/([1-9][0-9]{0,8})/([a-z]{1,20})\Z")


def did_document(work: Work, institution_id: str) -> bytes:
    """Give the DID document, as JSON: every key the institution ever had, the retired ones with their end.

    Raises: NotFoundError.
    """
    institution = row_of(work.session, institution_id)
    rows = work.session.scalars(
        select(Key)
        .where(Key.institution_id == institution_id, Key.purpose.in_(_keys.PURPOSES))
        .order_by(Key.id)
    ).all()
    in_use = [key for key in rows if key.purpose == _keys.CREDENTIAL and key.retired_at is None]
    document = published(
        institution.did,
        [
            PublishedKey(
                id=key.verification_method,
                multikey=key.public_multikey,
                jwk=_jwk(key),
                purposes=("assertionMethod", "authentication")
                if key.purpose == _keys.CREDENTIAL
                else ("assertionMethod",),
                expires=key.retired_at,
                revoked=key.revoked_at,
            )
            for key in rows
        ],
        also_known_as=[
            PublicKey.from_multikey(key.public_multikey).did_key()
            for key in in_use
            if institution.did.startswith("did:web:")
        ],
    )
    return strict_json.dumps(document)


def _jwk(key: Key) -> dict[str, str] | None:
    public = PublicKey.from_multikey(key.public_multikey)
    return {**public.jwk(), "alg": "RS256"} if public.algorithm == "RSA" else None


def did_document_url(did: str) -> str | None:
    """Give the address of the DID document, or None for a DID that needs none (did:key)."""
    return did_web_address(did)[1] if did.startswith("did:web:") else None


def status_list(work: Work, list_id: str, purpose: str) -> bytes:
    """Give the signed status list for one purpose; made anew when a status changed or a day has passed.

    Raises: NotFoundError.
    """
    row = work.session.get(StatusList, list_id, populate_existing=True)
    if row is None or purpose not in _status_lists.PUBLISHED:
        raise NotFoundError("There is no such status list.", facts={"got": f"{list_id[:60]} {purpose[:20]}"})
    kept = work.session.get(StatusPublication, (list_id, purpose), populate_existing=True)
    if kept and kept.version == row.version and work.now - kept.published_at < RENEWAL:
        return kept.data
    data = (_signed_token if purpose == _status_lists.TOKEN else _signed_list)(work, row, purpose)
    if not work.session.info.get("read_only"):
        insert_or_replace(
            work.session,
            StatusPublication,
            {
                "list_id": list_id,
                "purpose": purpose,
                "version": row.version,
                "data": data,
                "published_at": work.now,
                "expires_at": work.now + VALIDITY,
            },
        )
    return data


def refresh(work: Work) -> int:
    """Sign anew the lists that were published once and are out of date, and give how many."""
    stale = work.session.execute(_stale(work)).all()
    for list_id, purpose in stale:
        status_list(work, list_id, purpose)
    return len(stale)


def is_fresh(work: Work) -> bool:
    """Tell whether every list that was published once is up to date."""
    return work.session.execute(_stale(work).limit(1)).first() is None


def document(work: Work, url: str) -> bytes | None:
    """Give what this server publishes under a URL, or None where the URL is not ours."""
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        return None
    match = _LIST_PATH.match(parts.path)
    if match:
        slug, number, purpose = match.groups()
        return _list_at(work, f"{parts.scheme}://{parts.netloc}", slug, int(number), purpose)
    if listed := certificate_lists.document(work, url):
        return listed
    if hosted := hosted_badges.found(work, url):
        return hosted.data
    did = _did_at(url)
    found = work.session.scalar(select(Institution.id).where(Institution.did == did)) if did else None
    return did_document(work, found) if found else None


def documents_of(work: Work, award_ids: Sequence[str]) -> Mapping[str, bytes]:
    """Give everything needed to verify these awards offline, by URL: DID documents and status lists."""
    lists = work.session.execute(
        select(StatusList.id, StatusList.institution_id)
        .where(StatusList.id.in_(select(AwardRow.status_list_id).where(AwardRow.id.in_(list(award_ids)))))
        .distinct()
    ).all()
    gathered: dict[str, bytes] = {}
    for list_id, institution_id in lists:
        gathered |= documents_for(work, institution_id, [list_id])
    return gathered | hosted_badges.documents_of(work, award_ids)


def documents_for(work: Work, institution_id: str, list_ids: Sequence[str]) -> dict[str, bytes]:
    """Give an institution's DID document and these status lists, by URL."""
    institution = row_of(work.session, institution_id)
    gathered = hosted_badges.documents_for(work, institution_id)
    if address := did_document_url(institution.did):
        gathered[address] = did_document(work, institution_id)
    for list_id in sorted(set(list_ids)):
        number = work.session.scalar(select(StatusList.number).where(StatusList.id == list_id)) or 0
        for purpose in _status_lists.PUBLISHED:
            url = _status_lists.list_url(institution.base_url, institution.slug, number, purpose)
            gathered[url] = status_list(work, list_id, purpose)
    return gathered


def _stale(work: Work) -> Select[str, str]:
    return (
        select(StatusPublication.list_id, StatusPublication.purpose)
        .join(StatusList, StatusList.id == StatusPublication.list_id)
        .where(
            or_(
                StatusPublication.version != StatusList.version,
                StatusPublication.published_at <= work.now - RENEWAL,
            )
        )
        .order_by(StatusPublication.list_id, StatusPublication.purpose)
    )


def _signed_list(work: Work, row: StatusList, purpose: str) -> bytes:
    institution = row_of(work.session, row.institution_id)
    published_kind: object = statuses()[_status_lists.KIND]
    assert isinstance(published_kind, PublishedStatus)
    unsigned = published_kind.write(
        list_id=_status_lists.list_url(institution.base_url, institution.slug, row.number, purpose),
        issuer_id=institution.did,
        purpose=purpose,
        length=row.length,
        values=dict.fromkeys([*_set_indexes(work, row.id, purpose), *_status_lists.decoys(row, purpose)], 1),
    )
    key = _keys.active(work.session, institution.id, _keys.CREDENTIAL)
    signed = data_integrity.add_proof(
        {**unsigned, "validFrom": _time(work.now), "validUntil": _time(work.now + VALIDITY)},
        suite=USUAL_SUITES[key.algorithm],
        signer=_keys.opened(work, key),
        options=ProofOptions(verification_method=key.verification_method, created=work.now),
        contexts=contexts(),
    )
    return strict_json.dumps(signed)


def _signed_token(work: Work, row: StatusList, purpose: str) -> bytes:
    """Give the list of SD-JWT VC: revoked and replaced alike are no longer valid there."""
    institution = row_of(work.session, row.institution_id)
    key = _keys.active(work.session, institution.id, _keys.CREDENTIAL)
    values = dict.fromkeys(_status_lists.decoys(row, purpose), token_status_list.INVALID)
    meant = {"suspension": token_status_list.SUSPENDED, "refresh": token_status_list.INVALID}
    for of, value in {**meant, "revocation": token_status_list.INVALID}.items():
        values |= dict.fromkeys(_set_indexes(work, row.id, of), value)
    return VC_JWT.write_list(
        token_status_list.status_list(row.length, values),
        list_id=_status_lists.list_url(institution.base_url, institution.slug, row.number, purpose),
        key=CredentialKey(signer=_keys.opened(work, key), verification_method=key.verification_method),
        now=work.now,
        until=work.now + VALIDITY,
    )


def _set_indexes(work: Work, list_id: str, purpose: str) -> list[int]:
    held = select(AwardRow.status_index).where(AwardRow.status_list_id == list_id)
    which: Any = {
        "revocation": AwardRow.state == "revoked",
        "suspension": AwardRow.state == "suspended",
        "refresh": AwardRow.state.in_(["superseded", "revoked"]) & AwardRow.superseded_by.is_not(None),
    }[purpose]
    found = list(work.session.scalars(held.where(which)))
    if purpose == "revocation":
        withdrawn = select(GivenEndorsement.status_index).where(
            GivenEndorsement.status_list_id == list_id, GivenEndorsement.withdrawn_at.is_not(None)
        )
        found += work.session.scalars(withdrawn)
    return found


def _list_at(work: Work, base_url: str, slug: str, number: int, purpose: str) -> bytes | None:
    list_id = work.session.scalar(
        select(StatusList.id)
        .join(Institution, Institution.id == StatusList.institution_id)
        .where(Institution.slug == slug, Institution.base_url == base_url, StatusList.number == number)
    )
    return status_list(work, list_id, purpose) if list_id and purpose in _status_lists.PUBLISHED else None


def _did_at(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.path.endswith("/did.json"):
        return None
    path = parts.path.removesuffix("/did.json").strip("/")
    did = f"did:web:{parts.netloc}" + ("" if path == ".well-known" else ":" + path.replace("/", ":"))
    try:
        return did if did_web_address(did)[1] == url else None
    except InputError:
        return None


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
