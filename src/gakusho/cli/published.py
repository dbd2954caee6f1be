# SPDX-License-Identifier: Apache-2.0
"""What a folder publishes: the DID document and the signed status lists, as the verifier looks for them."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson

from gakusho.cli.folder import (
    DOCUMENTS,
    PURPOSES,
    Folder,
    KeptKey,
    Profile,
    StatusLists,
    all_keys,
    stamp,
)
from gakusho.cli.ledger import Ledger
from gakusho.errors import KeyMaterialError
from gakusho.fetch import document_path
from gakusho.formats import CredentialKey, DocumentKey
from gakusho.proof import Signer


def new_lists(did: str, number: int) -> StatusLists:
    """Give the addresses of the next three lists: under the domain of a did:web, else names of their own."""
    if not did.startswith("did:web:"):
        return StatusLists(number=number, ids={purpose: f"urn:uuid:{uuid.uuid4()}" for purpose in PURPOSES})
    from gakusho.registry.did_web import did_web_address

    host, url = did_web_address(did)
    base = url.removesuffix("/did.json").removesuffix("/.well-known")
    assert base.startswith(f"https://{host}")
    return StatusLists(number=number, ids={each: f"{base}/status/{number}/{each}" for each in PURPOSES})


def open_key(folder: Folder, key: KeptKey, secret: bytes) -> Signer:
    """Give the signer of a kept key. Raises: LockedKeyError, KeyMaterialError."""
    from gakusho.proof.signers import key_stores

    try:
        kept = (folder.path / key.file).read_bytes()
    except OSError as error:
        raise KeyMaterialError(
            f"The key {key.file} cannot be read: {error.strerror}.", action="Put it back from a backup."
        ) from error
    return key_stores()[key.store].open(kept, secret)


def credential_key(folder: Folder, secret: bytes) -> CredentialKey:
    """Give the key that signs credentials, opened. Raises: LockedKeyError, NotFoundError."""
    key = folder.profile.active("credential")
    return CredentialKey(signer=open_key(folder, key, secret), verification_method=key.verification_method)


def document_key(folder: Folder, secret: bytes) -> DocumentKey:
    """Give the key that certifies documents, opened. Raises: LockedKeyError, NotFoundError."""
    key = folder.profile.active("document")
    certificates = tuple(base64.b64decode(each) for each in key.certificates)
    return DocumentKey(signer=open_key(folder, key, secret), certificates=certificates)


def places(folder: Folder, documents: Mapping[str, bytes]) -> dict[Path, bytes]:
    """Give documents by the file each is kept in, instead of by its address."""
    return {folder.path / DOCUMENTS / document_path(url): data for url, data in documents.items()}


def did_documents(profile: Profile) -> dict[str, bytes]:
    """Give the DID document by its address; a did:key has none, its id says it all."""
    if not profile.issuer.id.startswith("did:web:"):
        return {}
    from gakusho.registry.did_web import did_web_address

    _, url = did_web_address(profile.issuer.id)
    return {url: did_document_bytes(profile)}


def did_document_bytes(profile: Profile) -> bytes:
    """Give the DID document: every key there ever was, with its times."""
    from gakusho.registry import PublishedKey, did_document

    keys = [
        PublishedKey(
            id=key.verification_method,
            multikey=key.multikey,
            expires=datetime.fromisoformat(key.retired_at) if key.retired_at else None,
        )
        for purpose in ("credential", "disclosure", "document")
        for key in all_keys(profile, purpose)
    ]
    return _pretty(did_document(profile.issuer.id, keys))


def status_lists(
    profile: Profile, ledger: Ledger, key: CredentialKey, lists: StatusLists, now: datetime
) -> dict[str, bytes]:
    """Give the three signed status lists by their addresses, with the bits the ledger says."""
    from gakusho.formats.verifiable_credential import FORMAT
    from gakusho.status.bitstring import STATUS

    signed = {}
    for purpose, list_id in lists.ids.items():
        credential = STATUS.write(
            list_id=list_id,
            issuer_id=profile.issuer.id,
            purpose=purpose,
            length=lists.length,
            values=dict.fromkeys(ledger.set_indexes(lists.number, purpose), 1),
        )
        credential["validFrom"] = stamp(now)
        signed[list_id] = _pretty(FORMAT.seal(credential, key=key, now=now))
    return signed


def next_index(ledger: Ledger, profile: Profile) -> tuple[Profile, StatusLists, set[int]]:
    """Give the list new awards go to, a new one when the last is nine tenths full, and its taken indexes.

    A fuller list would make random free indexes slow to find and neighbors easier to guess.
    """
    last = profile.lists[-1]
    taken = ledger.taken(last.number)
    if len(taken) < last.length * 9 // 10:
        return profile, last, taken
    lists = new_lists(profile.issuer.id, last.number + 1)
    return replace(profile, lists=(*profile.lists, lists)), lists, set()


def _pretty(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
