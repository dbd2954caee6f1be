# SPDX-License-Identifier: Apache-2.0
"""Replaces a key of the issuer in a folder, keeping the old one with its time of retirement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gakusho.cli.folder import Folder, KeptKey, all_keys, save_profile, stamp
from gakusho.cli.hosting import published_anew
from gakusho.cli.keyring import NewKey, new_credential_key, new_disclosure_key, new_document_key
from gakusho.cli.ledger import Ledger
from gakusho.cli.published import credential_key, did_documents, places, status_lists
from gakusho.formats import CredentialKey


def rotate(folder: Folder, purpose: str) -> KeptKey:
    """Give the new key, kept and published; a new credential key also signs the status lists anew."""
    now = datetime.now(UTC).replace(microsecond=0)
    # The next second: what the old key signed in this one must not look signed after its end.
    retired_at = stamp(now + timedelta(seconds=1))
    secret = folder.secret()
    profile = folder.profile
    made, signing = _new_key(folder, purpose, secret, now)
    kept = tuple(
        replace(key, retired_at=retired_at) if key.purpose == purpose and key.retired_at is None else key
        for key in profile.keys
    )
    changed = folder.with_profile(replace(profile, keys=(*kept, made.key)))
    documents = did_documents(changed.profile)
    if purpose == "credential":
        ledger = Ledger(folder.path)
        for lists in profile.lists:
            documents |= status_lists(changed.profile, ledger, signing, lists, now)
        documents |= published_anew(changed, ledger)
    save_profile(changed, {folder.path / made.key.file: made.kept, **places(folder, documents)})
    return made.key


def _new_key(folder: Folder, purpose: str, secret: bytes, now: datetime) -> tuple[NewKey, CredentialKey]:
    """Give the new key, and the one that signs credentials once it is there."""
    from gakusho.proof.signers import key_stores

    profile = folder.profile
    number = len(all_keys(profile, purpose)) + 1
    signing = credential_key(folder, secret)
    if purpose == "disclosure":
        return new_disclosure_key(profile.issuer.id, number, secret=secret, now=now), signing
    if purpose == "document":
        made = new_document_key(profile.issuer, number, secret=secret, credential_key=signing, now=now)
        return made, signing
    made = new_credential_key(profile.issuer.id, number, secret=secret, now=now)
    signer = key_stores()[made.key.store].open(made.kept, secret)
    return made, CredentialKey(signer=signer, verification_method=made.key.verification_method)
