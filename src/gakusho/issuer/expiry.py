# SPDX-License-Identifier: Apache-2.0
"""The end of the document key's certificate: seen coming, told once at each threshold, and kept to."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from cryptography import x509
from sqlalchemy import select

from gakusho.errors import ConflictError
from gakusho.issuer import _keys, institutions, letters
from gakusho.issuer.access import Role, record
from gakusho.issuer.delivery import queue
from gakusho.model.dates import western
from gakusho.store.tables import Institution, Key
from gakusho.store.work import Work

THRESHOLDS = (7, 30, 90)
"""Days before the end at which administrators are told, the nearest first."""
ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class End:
    """When documents can no longer be signed with the key in use."""

    key_id: str
    ends: datetime
    """When the first certificate of its chain runs out."""
    subject: str
    """Whom that certificate names, RFC 4514."""
    days: int
    """Until then, the begun one counted; 0 and below: it is over."""

    @property
    def stage(self) -> str:
        """The threshold that was passed last: 90, 30, 7 or ``ended``; nothing while the end is far."""
        if self.days <= 0:
            return ENDED
        return next((str(days) for days in THRESHOLDS if self.days <= days), "")


def end(work: Work, institution_id: str) -> End:
    """Give when the certificate of the document key in use ends. Raises: KeyMaterialError without a key."""
    key = _keys.active(work.session, institution_id, _keys.DOCUMENT)
    return end_of(key.id, key.certificates, work.now)


def end_of(key_id: str, certificates: Sequence[str], now: datetime) -> End:
    """Give when the first certificate of a chain, as the table keeps it, ends."""
    chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in certificates]
    first = min(chain, key=lambda one: one.not_valid_after_utc)
    ends = first.not_valid_after_utc
    return End(
        key_id=key_id,
        ends=ends,
        subject=first.subject.rfc4514_string(),
        days=ceil((ends - now) / timedelta(days=1)),
    )


def refuse_ended(work: Work, institution_id: str) -> None:
    """Let pass who can sign documents now. Raises: ConflictError (``certificate-expired``)."""
    found = end(work, institution_id)
    if found.stage == ENDED:
        raise ConflictError(
            f"The certificate of the document key ended on {found.ends:%Y-%m-%d}; no document was signed.",
            code="certificate-expired",
            facts={"got": f"{work.now:%Y-%m-%d}", "expected": f"– {found.ends:%Y-%m-%d}"},
            action="Take a new certificate for the key, or a new key, on the page of documents.",
        )


def watch(work: Work) -> int:
    """Tell administrators of certificates that end soon or have ended, once a threshold; give how many mails.

    Doing it again writes nothing: each mail is one of its kind by its key.
    """
    horizon = work.now + timedelta(days=max(THRESHOLDS))
    count = 0
    active = select(Key).where(
        Key.purpose == _keys.DOCUMENT, Key.retired_at.is_(None), Key.revoked_at.is_(None)
    )
    for key in work.session.scalars(active).all():
        found = end_of(key.id, key.certificates, work.now)
        if found.ends <= horizon:
            count += _tell(work, key.institution_id, found)
    return count


def _tell(work: Work, institution_id: str, found: End) -> int:
    row = institutions.row_of(work.session, institution_id)
    written = 0
    for member in institutions.members(work, institution_id):
        if Role.ADMINISTER not in member.roles or not member.email:
            continue
        letter = letters.write("certificate", _facts(work, row, found))
        written += queue(
            work,
            # of the certificate, not only of the key: one certified anew is told of again
            key=f"certificate:{found.key_id}:{found.ends:%Y%m%d}:{found.stage}:{member.person_id}",
            kind="certificate",
            recipient=member.email,
            subject=letter.subject,
            body=letter.body,
            institution_id=institution_id,
        )
    if written:
        detail = {"institution_id": institution_id, "stage": found.stage, "ends": f"{found.ends:%Y-%m-%d}"}
        record(work, None, "key.ends", found.key_id, detail)
    return written


def _facts(work: Work, row: Institution, found: End) -> dict[str, dict[str, str]]:
    link = f"{work.public_url}/console/{row.slug}/settings/document-key"
    over = found.stage == ENDED
    common = {"link": link, "subject": found.subject}
    return {
        "ja": {
            **common,
            "institution": row.name_ja or row.name_en,
            "ends": f"{found.ends.year}年{found.ends.month}月{found.ends.day}日",
            "when": "期限が切れています" if over else f"あと{found.days}日で期限が切れます",
        },
        "en": {
            **common,
            "institution": row.name_en or row.name_ja,
            "ends": western(found.ends.date()),
            "when": "has ended" if over else f"ends in {found.days} {'day' if found.days == 1 else 'days'}",
        },
    }
