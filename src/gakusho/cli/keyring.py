# SPDX-License-Identifier: Apache-2.0
"""Makes the keys of an issuer in a folder, and the certificates of those that certify documents."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from gakusho.cli.folder import KeptKey, stamp
from gakusho.formats import CredentialKey
from gakusho.model.issuer import Issuer

STORE = "encrypted-key"
CERTIFICATE_LIFE = timedelta(days=3653)
"""Ten years: a certificate that ended makes what it signed unknown, for want of a time-stamp."""


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key just made: what the profile keeps of it, and the bytes of its file."""

    key: KeptKey
    kept: bytes


def new_credential_key(did: str | None, number: int, *, secret: bytes, now: datetime) -> NewKey:
    """Give a new Ed25519 key that signs credentials; without a did, its own did:key is the issuer."""
    kept, multikey = _made("Ed25519", secret)
    method = f"{did}#credential-{number}" if did else f"did:key:{multikey}#{multikey}"
    key = KeptKey(
        purpose="credential",
        algorithm="Ed25519",
        file=f"keys/credential-{number}.key",
        store=STORE,
        verification_method=method,
        multikey=multikey,
        created_at=stamp(now),
    )
    return NewKey(key=key, kept=kept)


def new_disclosure_key(did: str, number: int, *, secret: bytes, now: datetime) -> NewKey:
    """Give a new P-256 key that signs credentials part by part, for those of which a part can be shown."""
    kept, multikey = _made("P-256", secret)
    key = KeptKey(
        purpose="disclosure",
        algorithm="P-256",
        file=f"keys/disclosure-{number}.key",
        store=STORE,
        verification_method=f"{did}#disclosure-{number}",
        multikey=multikey,
        created_at=stamp(now),
    )
    return NewKey(key=key, kept=kept)


def new_document_key(
    issuer: Issuer, number: int, *, secret: bytes, credential_key: CredentialKey, now: datetime
) -> NewKey:
    """Give a new P-256 key that certifies documents, with its certificates.

    A did:web publishes the key itself. The document of a did:key holds one key only; there that key is the
    authority that certifies the document key, and the verifier follows the certificates to it.
    """
    from gakusho.proof.certificates import Subject, self_issued
    from gakusho.proof.signers import key_stores

    kept, multikey = _made("P-256", secret)
    signer = key_stores()[STORE].open(kept, secret)
    by_did_key = issuer.id.startswith("did:key:")
    method = credential_key.verification_method if by_did_key else f"{issuer.id}#document-{number}"
    if by_did_key:
        authority = credential_key.signer
    else:
        # Signs one certificate and is forgotten: nobody can make another with it.
        once = secrets.token_bytes(32)
        authority = key_stores()[STORE].open(key_stores()[STORE].create("P-256", once), once)
    organization = issuer.name.best("en", "ja")
    begins, ends = now - timedelta(minutes=5), now + CERTIFICATE_LIFE
    root = self_issued(
        authority,
        subject=Subject(organization=organization, country=issuer.country or "JP", unit="Gakusho authority"),
        serial=_serial(),
        not_before=begins,
        not_after=ends,
        uris=(method,) if by_did_key else (),
    )
    leaf = self_issued(
        signer,
        subject=Subject(organization=organization, country=issuer.country or "JP"),
        serial=_serial(),
        not_before=begins,
        not_after=ends,
        issuer_signer=authority,
        issuer_certificate=root,
        uris=() if by_did_key else (method,),
    )
    key = KeptKey(
        purpose="document",
        algorithm="P-256",
        file=f"keys/document-{number}.key",
        store=STORE,
        verification_method=method,
        multikey=multikey,
        certificates=tuple(base64.b64encode(each).decode("ascii") for each in (leaf, root)),
        created_at=stamp(now),
    )
    return NewKey(key=key, kept=kept)


def _made(algorithm: str, secret: bytes) -> tuple[bytes, str]:
    from gakusho.proof.signers import key_stores

    store = key_stores()[STORE]
    kept = store.create(algorithm, secret)
    return kept, store.open(kept, secret).public_key.multikey()


def _serial() -> int:
    return secrets.randbits(158) + 1
