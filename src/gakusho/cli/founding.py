# SPDX-License-Identifier: Apache-2.0
"""Makes a folder an issuer: keys, profile, status lists and the documents it publishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gakusho.cli.folder import Folder, Profile, alone_in, make_secret, save_profile
from gakusho.cli.keyring import new_credential_key, new_document_key
from gakusho.cli.ledger import LEDGER, Ledger
from gakusho.cli.published import did_documents, new_lists, places, status_lists
from gakusho.formats import CredentialKey
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text


@dataclass(frozen=True, kw_only=True)
class Founded:
    """The new folder, the documents it publishes, and whether a secret file was made."""

    folder: Folder
    documents: tuple[Path, ...]
    secret_made: bool


def found(
    path: Path,
    *,
    name: Text,
    did: str | None,
    url: str | None,
    email: str | None,
    country: str,
    signatory: tuple[str, Text],
) -> Founded:
    """Give the folder as an issuer. Raises: InputError for a did that is not a plain did:web."""
    from gakusho.proof.signers import key_stores

    if did is not None:
        from gakusho.registry.did_web import did_web_address

        did_web_address(did)
    now = datetime.now(UTC).replace(microsecond=0)
    path.mkdir(parents=True, exist_ok=True)
    with alone_in(path):
        secret, made = make_secret(path)
        first = new_credential_key(did, 1, secret=secret, now=now)
        issuer = Issuer(
            id=did or first.key.verification_method.partition("#")[0],
            name=name,
            url=url,
            email=email,
            country=country,
        )
        key = CredentialKey(
            signer=key_stores()[first.key.store].open(first.kept, secret),
            verification_method=first.key.verification_method,
        )
        second = new_document_key(issuer, 1, secret=secret, credential_key=key, now=now)
        profile = Profile(
            issuer=issuer,
            keys=(first.key, second.key),
            lists=(new_lists(issuer.id, 1),),
            signatory_name=signatory[0],
            signatory_title=signatory[1],
        )
        folder = Folder(path=path, profile=profile)
        documents = {
            **did_documents(profile),
            **status_lists(profile, Ledger(path), key, profile.lists[0], now),
        }
        files = places(folder, documents)
        keys = {path / each.key.file: each.kept for each in (first, second)}
        save_profile(folder, {**keys, **files, path / LEDGER: b""})
    return Founded(folder=folder, documents=tuple(files), secret_made=made)
