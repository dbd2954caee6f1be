# SPDX-License-Identifier: Apache-2.0
"""Replaces a key of the issuer in a folder, keeping the old one with its time of retirement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gakusho.cli.folder import Folder, KeptKey, all_keys, save_profile, stamp
from gakusho.cli.keyring import new_credential_key, new_document_key
from gakusho.cli.ledger import Ledger
from gakusho.cli.published import credential_key, did_documents, places, status_lists
from gakusho.formats import CredentialKey


def rotate(folder: Folder, purpose: str) -> KeptKey:
    """Give the new key, kept and published; a new credential key also signs the status lists anew."""
    from gakusho.proof.signers import key_stores

    now = datetime.now(UTC).replace(microsecond=0)
    # The next second: what the old key signed in this one must not look signed after its end.
    retired_at = stamp(now + timedelta(seconds=1))
    secret = folder.secret()
    profile = folder.profile
    number = len(all_keys(profile, purpose)) + 1
    signing = credential_key(folder, secret)
    if purpose == "credential":
        made = new_credential_key(profile.issuer.id, number, secret=secret, now=now)
        signing = CredentialKey(
            signer=key_stores()[made.key.store].open(made.kept, secret),
            verification_method=made.key.verification_method,
        )
    else:
        made = new_document_key(profile.issuer, number, secret=secret, credential_key=signing, now=now)
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
    save_profile(changed, {folder.path / made.key.file: made.kept, **places(folder, documents)})
    return made.key
