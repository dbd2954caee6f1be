# SPDX-License-Identifier: Apache-2.0
"""What is shown of a signed document: all of it from the revision that the judged signature covers.

The acceptance rule has judged already; here its answers are put together for a reader, and nothing is
said that they do not carry.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from gakusho.formats._pdf.pades import SignatureFacts, ends_well
from gakusho.formats._pdf.rules import Document
from gakusho.formats._pdf.signer_key import named, organisation
from gakusho.model.report import Check, Outcome
from gakusho.model.signed_document import Attached, SignedDocument, TimeBasis, Trust
from gakusho.proof.signed_data import certificate_of

_LONGEST = 200
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def signed_document(document: Document, checks: Sequence[Check]) -> SignedDocument | None:
    """Give what is shown of a document with these checks; None of one that has no signature."""
    judged = document.certification
    if judged is None:
        return None
    found = {check.code: check for check in checks if check.facts.get("field") in {None, judged.field[:100]}}
    if document.problem or not ends_well(document.signed) or not _is_covered(found):
        return SignedDocument(covered=False)
    time, archive = found.get("pdf.time"), found.get("pdf.archive")
    trust, trusted_by = _trust(found.get("pdf.signer-key"), found.get("pdf.revocation"))
    signed_at, basis, authority = _time(time, judged)
    return SignedDocument(
        covered=True,
        changed=any(not _holds(found, code) for code in ("pdf.coverage", "pdf.clean-start-and-end")),
        length=len(document.signed),
        digest=hashlib.sha256(document.signed).hexdigest(),
        title=_plain(document.title),
        pages=document.pages,
        attachments=tuple(
            Attached(name=_plain(one.name) or "", media_type=_plain(one.media_type) or "", size=len(one.data))
            for one in document.inside
        ),
        signatures=len(document.approvals),
        signer=_plain(organisation(judged)),
        certificate_issuer=_plain(_certificate_issuer(judged)),
        trust=trust,
        trusted_by=_plain(trusted_by),
        signed_at=signed_at,
        basis=basis,
        time_authority=_plain(authority),
        level=_level(time, archive),
        renew_before=_renew_before(archive),
        renewals=_renewals(archive),
    )


def _holds(found: dict[str, Check], code: str) -> bool:
    return code in found and found[code].outcome is Outcome.VALID


def _is_covered(found: dict[str, Check]) -> bool:
    """Tell whether the judged signature is good and covers its revision, whatever came after."""
    certified = found.get("pdf.certified")
    shared = certified is not None and certified.facts.get("reason") == "shared-signature"
    needed = ("pdf.readable", "pdf.byte-range", "pdf.signature")
    return not shared and all(_holds(found, code) for code in needed)


def _trust(check: Check | None, revocation: Check | None) -> tuple[Trust, str | None]:
    if check is None or check.outcome is not Outcome.VALID:
        return Trust.NOBODY, None
    if revocation is not None and revocation.outcome is Outcome.INVALID:
        return Trust.NOBODY, None  # whoever vouched has taken it back
    if check.facts.get("reason") == "anchored":
        return Trust.AUTHORITY, check.facts.get("authority")
    return Trust.PUBLISHED, check.facts.get("got")


def _time(
    check: Check | None, judged: SignatureFacts
) -> tuple[datetime | None, TimeBasis | None, str | None]:
    """Give when it was signed; where a time-stamp is not believed nothing but the signer's word is left."""
    if check is not None and check.outcome is Outcome.VALID and "got" in check.facts:
        basis = TimeBasis(check.facts["assurance"])
        return datetime.fromisoformat(check.facts["got"]), basis, check.facts.get("authority")
    claimed = judged.claimed_time
    return claimed, TimeBasis.CLAIMED if claimed else None, None


def _level(time: Check | None, archive: Check | None) -> str | None:
    parts = [one for one in (time, archive) if one is not None]
    if time is None or any(one.outcome is not Outcome.VALID for one in parts):
        return None
    return time.facts.get("level")


def _renew_before(archive: Check | None) -> datetime | None:
    if archive is None or archive.outcome is not Outcome.VALID or "expected" not in archive.facts:
        return None
    if archive.facts.get("reason") in {"expired", "revoked"}:
        return None
    return datetime.fromisoformat(archive.facts["expected"])


def _renewals(archive: Check | None) -> tuple[datetime, ...]:
    if archive is None or archive.outcome is not Outcome.VALID:
        return ()
    return tuple(datetime.fromisoformat(one) for one in archive.facts.get("times", "").split(", ") if one)


def _certificate_issuer(judged: SignatureFacts) -> str | None:
    try:
        return named(certificate_of(judged.certificates[0]).issuer)
    except (ValueError, IndexError):
        return None


def _plain(words: str | None) -> str | None:
    """Give a stranger's words in one line, bounded, without characters that nobody sees or that turn it."""
    if words is None:
        return None
    held = words[:2_000]
    if not held.isprintable():  # what is printable is none of them
        held = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in held)
    shown = " ".join(held.split())
    return (f"{shown[:_LONGEST]}…" if len(shown) > _LONGEST else shown) or None
