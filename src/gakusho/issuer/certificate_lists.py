# SPDX-License-Identifier: Apache-2.0
"""What the institution's own certificate authority revoked: a list at a public address. RFC 5280, section 5.

One list an authority, for all its certificates; also for those made before the address stood in them.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy import select

from gakusho.errors import NotFoundError
from gakusho.issuer import _keys
from gakusho.proof.revocation import revocation_list
from gakusho.store.inserting import insert_or_replace
from gakusho.store.tables import Institution, Key
from gakusho.store.tables_documents import CertificateList
from gakusho.store.work import Work

VALIDITY = timedelta(days=7)
"""How long a list may be relied on."""
RENEWAL = timedelta(days=1)
"""A list is signed anew at least this often, so that whoever keeps a copy has days left."""
_PATH = re.compile(r"/i/([a-z0-9-]{1,60})/crl/([0-9a-f]{40})\.crl\Z")
_AUTHORITIES = (_keys.AUTHORITY, _keys.CREDENTIAL)  # with a did:key the one key certifies the others


def certificate_list(work: Work, institution_id: str, authority: str) -> bytes:
    """Give the list (DER) of the authority with this key identifier, made anew when it must be.

    Raises: NotFoundError; LockedKeyError.
    """
    for key in _authorities(work, institution_id):
        if _keys.authority_id(_keys.certificates(key)[0]) == authority:
            return _current(work, key, authority)
    raise NotFoundError("There is no such certificate authority.", facts={"got": authority[:40]})


def own_lists(work: Work, institution_id: str) -> dict[bytes, bytes]:
    """Give the lists (DER) of the institution's own authorities, by the authority's certificate (DER)."""
    found = {}
    for key in _authorities(work, institution_id):
        certificate = _keys.certificates(key)[0]
        found[certificate] = _current(work, key, _keys.authority_id(certificate))
    return found


def refresh(work: Work) -> int:
    """Sign anew the lists that were published once and are out of date, and give how many."""
    stale = work.session.execute(
        select(CertificateList.institution_id, CertificateList.authority).where(
            CertificateList.published_at <= work.now - RENEWAL
        )
    ).all()
    for institution_id, authority in stale:
        certificate_list(work, institution_id, authority)
    return len(stale)


def is_fresh(work: Work) -> bool:
    """Tell whether every list that was published once is younger than a day."""
    stale = select(CertificateList.authority).where(CertificateList.published_at <= work.now - RENEWAL)
    return work.session.scalar(stale.limit(1)) is None


def document(work: Work, url: str) -> bytes | None:
    """Give the list that this server publishes under a URL, or None where the URL is none of ours."""
    parts = urlsplit(url)
    match = _PATH.match(parts.path)
    if not match:
        return None
    slug, authority = match.groups()
    institution_id = work.session.scalar(
        select(Institution.id).where(
            Institution.slug == slug, Institution.base_url == f"{parts.scheme}://{parts.netloc}"
        )
    )
    try:
        return certificate_list(work, institution_id, authority) if institution_id else None
    except NotFoundError:
        return None


def _authorities(work: Work, institution_id: str) -> list[Key]:
    rows = work.session.scalars(
        select(Key)
        .where(Key.institution_id == institution_id, Key.purpose.in_(_AUTHORITIES))
        .order_by(Key.id)
    )
    return [key for key in rows if key.certificates]


def _current(work: Work, key: Key, authority: str) -> bytes:
    revoked = _revoked(work, key)
    content = hashlib.sha256(json.dumps([(n, t.isoformat()) for n, t in revoked]).encode()).hexdigest()
    kept = work.session.get(CertificateList, (key.institution_id, authority), populate_existing=True)
    if kept and kept.content == content and timedelta(0) <= work.now - kept.published_at < RENEWAL:
        return kept.data
    number = (kept.number if kept else 0) + 1
    data = revocation_list(
        _keys.opened(work, key),
        _keys.certificates(key)[0],
        number=number,
        this_update=work.now,
        next_update=work.now + VALIDITY,
        revoked=revoked,
    )
    if not work.session.info.get("read_only"):
        insert_or_replace(
            work.session,
            CertificateList,
            {
                "institution_id": key.institution_id,
                "authority": authority,
                "number": number,
                "content": content,
                "data": data,
                "published_at": work.now,
                "expires_at": work.now + VALIDITY,
            },
        )
    return data


def _revoked(work: Work, authority: Key) -> list[tuple[int, datetime]]:
    """Give the serial numbers of what this authority certified and revoked, with the time of each."""
    above = authority.certificates[0]
    rows = work.session.scalars(
        select(Key).where(Key.institution_id == authority.institution_id, Key.revoked_at.is_not(None))
    )
    found = [
        (x509.load_der_x509_certificate(_keys.certificates(key)[0]).serial_number, key.revoked_at)
        for key in rows
        if len(key.certificates) > 1 and key.certificates[1] == above
    ]
    return sorted((number, time) for number, time in found if time is not None)


def addresses(work: Work, institution_id: str) -> list[str]:
    """Give where the lists of the institution's own authorities are published."""
    owner = work.session.get(Institution, institution_id)
    held = _authorities(work, institution_id) if owner else []
    return [_keys.list_address(owner, _keys.certificates(key)[0]) for key in held if owner]
