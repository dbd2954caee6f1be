# SPDX-License-Identifier: Apache-2.0
"""The institution's keys in the store: made, certified, rotated, opened."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta

from cryptography import x509
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gakusho.errors import KeyMaterialError
from gakusho.issuer.places import store_named
from gakusho.proof import Signer
from gakusho.proof.certificates import DOCUMENT_SIGNING, TIME_STAMPING, Subject, self_issued
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers import key_stores
from gakusho.store.ids import new_id
from gakusho.store.tables import Institution, Key
from gakusho.store.work import Work

CREDENTIAL, DISCLOSURE = "credential", "disclosure"
"""What signs credentials, and what signs those of which a learner can show a part."""
COMPATIBILITY = "compatibility"
"""What signs tokens for receivers that know RS256 only. Open Badges 3.0, section 8.2."""
DOCUMENT, AUTHORITY = "document", "authority"
TIME = "time"
"""What the stand-in for a time-stamping authority signs with; not published."""
ALGORITHMS = {
    CREDENTIAL: "Ed25519",
    DISCLOSURE: "P-256",
    COMPATIBILITY: "RSA-3072",
    DOCUMENT: "P-256",
    TIME: "P-256",
    AUTHORITY: "P-384",
}
PURPOSES = (CREDENTIAL, DISCLOSURE, COMPATIBILITY, DOCUMENT)
"""What an institution has keys for that it publishes and can change."""
KEY_STORE = "encrypted-key"
_AUTHORITY_YEARS, _LEAF_YEARS = 30, 10


def make(work: Work, institution: Institution, purpose: str) -> Key:
    """Make a key for a purpose and put it into the session; a document key gets its certificates."""
    store = key_stores()[KEY_STORE]
    kept = store.create(ALGORITHMS[purpose], work.secret)
    signer = store.open(kept, work.secret)
    multikey = signer.public_key.multikey()
    key = Key(
        id=new_id(),
        institution_id=institution.id,
        purpose=purpose,
        algorithm=ALGORITHMS[purpose],
        verification_method=next_method(work, institution, purpose),
        public_multikey=multikey,
        kept=kept,
        store=store.name,
        certificates=[],
        created_at=work.now,
    )
    if purpose == AUTHORITY:
        key.certificates = [_text(_authority_certificate(signer, institution, work.now))]
    elif purpose == DOCUMENT:
        key.certificates = certified(work, institution, signer.public_key, key.verification_method)
    elif purpose == TIME:
        key.certificates = _leaf(
            work, institution, signer.public_key, unit="Time stamping (stand-in)", use=TIME_STAMPING
        )
    work.session.add(key)
    work.session.flush()
    return key


def next_method(work: Work, institution: Institution, purpose: str) -> str:
    """Give the id under which the institution's next key for a purpose is published."""
    had = select(func.count()).where(Key.institution_id == institution.id, Key.purpose == purpose)
    return f"{institution.did}#{purpose}-{1 + (work.session.scalar(had) or 0)}"


def certified(work: Work, institution: Institution, key: PublicKey, method: str) -> list[str]:
    """Give the certificates of a document key by the institution's own authority, which name its id."""
    return _leaf(work, institution, key, uri=method)


def made_for_did_key(work: Work) -> tuple[bytes, Signer]:
    """Make the key an institution is named by when it has no domain: give its form at rest and its signer."""
    store = key_stores()[KEY_STORE]
    kept = store.create(ALGORITHMS[CREDENTIAL], work.secret)
    return kept, store.open(kept, work.secret)


def active(session: Session, institution_id: str, purpose: str) -> Key:
    """Give the key in use for a purpose. Raises: KeyMaterialError."""
    key = session.scalars(
        select(Key)
        .where(
            Key.institution_id == institution_id,
            Key.purpose == purpose,
            Key.retired_at.is_(None),
            Key.revoked_at.is_(None),
        )
        .order_by(Key.id.desc())
        .limit(1)
    ).first()
    if key is None:
        raise KeyMaterialError(
            f"The institution has no key for {purpose}s in use.",
            code="no-key",
            action="Make one: rotate the key on the page of the institution's keys.",
            facts={"got": "none", "expected": purpose},
        )
    return key


def for_disclosure(work: Work, institution: Institution) -> Key | None:
    """Give the key for credentials that can be shown in part, made if there is none yet.

    A did:key publishes one key only, so such an institution has none.
    """
    if institution.did.startswith("did:key:"):
        return None
    try:
        return active(work.session, institution.id, DISCLOSURE)
    except KeyMaterialError:
        return None if work.session.info.get("read_only") else make(work, institution, DISCLOSURE)


def for_compatibility(work: Work, institution: Institution, *, wanted: bool = False) -> Key | None:
    """Give the RSA key for signed tokens, made if there is none yet and it is ``wanted``.

    A did:key publishes one key only, so such an institution has none.
    """
    if institution.did.startswith("did:key:"):
        return None
    try:
        return active(work.session, institution.id, COMPATIBILITY)
    except KeyMaterialError:
        return make(work, institution, COMPATIBILITY) if wanted else None


def opened(work: Work, key: Key) -> Signer:
    """Give the signer of a kept key. Raises: LockedKeyError; NotFoundError for a store that is not here."""
    return store_named(key.store, work.services).open(key.kept, work.secret)


def certificates(key: Key) -> tuple[bytes, ...]:
    """Give the key's certificate chain, DER, its own first."""
    return tuple(base64.b64decode(each) for each in key.certificates)


def authority_id(certificate: bytes) -> str:
    """Give the key identifier in an authority's certificate (DER), hexadecimal."""
    found = x509.load_der_x509_certificate(certificate).extensions
    return found.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()


def list_address(institution: Institution, certificate: bytes) -> str:
    """Give where an authority of the institution's (its certificate, DER) publishes what it revoked."""
    return f"{institution.base_url}/i/{institution.slug}/crl/{authority_id(certificate)}.crl"


def _leaf(
    work: Work,
    institution: Institution,
    key: PublicKey,
    *,
    unit: str = "Document signing",
    use: str = DOCUMENT_SIGNING,
    uri: str | None = None,
) -> list[str]:
    by_did_key = institution.did.startswith("did:key:")
    authority = _authority(work, institution, by_did_key=by_did_key)
    parent = certificates(authority)[0]
    leaf = self_issued(
        key,
        subject=_subject(institution, unit=unit),
        serial=_serial(),
        not_before=_second(work.now) - timedelta(minutes=5),
        not_after=min(
            work.now + timedelta(days=365 * _LEAF_YEARS),
            authority.created_at + timedelta(days=365 * _AUTHORITY_YEARS - 1),
        ),
        issuer_signer=opened(work, authority),
        issuer_certificate=parent,
        uris=() if by_did_key or uri is None else (uri,),
        purpose=use,
        lists=(list_address(institution, parent),),
    )
    return [_text(leaf), _text(parent)]


def _authority(work: Work, institution: Institution, *, by_did_key: bool) -> Key:
    """Give the key that certifies document keys, with its certificate.

    A did:key publishes one key only; there that key certifies the document keys, so that whoever has the
    DID can follow the chain.
    """
    if by_did_key:
        key = active(work.session, institution.id, CREDENTIAL)
        if not key.certificates:
            signer = opened(work, key)
            uris = (key.verification_method,)
            key.certificates = [_text(_authority_certificate(signer, institution, work.now, uris))]
        return key
    try:
        return active(work.session, institution.id, AUTHORITY)
    except KeyMaterialError:
        return make(work, institution, AUTHORITY)


def _authority_certificate(
    signer: Signer, institution: Institution, now: datetime, uris: tuple[str, ...] = ()
) -> bytes:
    return self_issued(
        signer,
        subject=_subject(institution, unit="Certificate authority"),
        serial=_serial(),
        not_before=_second(now) - timedelta(minutes=5),
        not_after=now + timedelta(days=365 * _AUTHORITY_YEARS),
        uris=uris,
    )


def _subject(institution: Institution, *, unit: str) -> Subject:
    name = (institution.name_en or institution.name_ja)[:64]  # X.520 upper bound of a name
    return Subject(organization=name, country=institution.country or "JP", unit=unit, common_name=name)


def _serial() -> int:
    return secrets.randbits(127) + 1


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode()
