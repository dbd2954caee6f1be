# SPDX-License-Identifier: Apache-2.0
"""The folder's P-256 key, for what is shown in part and codes on paper; made when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from gakusho.cli.folder import Folder
from gakusho.cli.keyring import new_disclosure_key
from gakusho.cli.published import open_key
from gakusho.errors import NotFoundError
from gakusho.formats import CredentialKey, Discloses, OnPaper, format_named


@dataclass(frozen=True, kw_only=True)
class Disclosing:
    """The folder with the key, the key opened, and the file to keep when it was just made."""

    folder: Folder
    keys: tuple[CredentialKey, ...] = ()
    files: dict[Path, bytes] = field(default_factory=dict)


def keys_for(folder: Folder, formats: Sequence[str], *, secret: bytes, now: datetime) -> Disclosing:
    """Give the key these formats need beside the usual one, or none; nothing is written.

    A did:key publishes one key only, so such an issuer has none.

    Raises: UnknownFormatError, LockedKeyError, KeyMaterialError.
    """
    wanted: list[object] = [format_named(name) for name in formats]
    did = folder.profile.issuer.id
    if did.startswith("did:key:") or not any(isinstance(form, Discloses | OnPaper) for form in wanted):
        return Disclosing(folder=folder)
    try:
        kept = folder.profile.active("disclosure")
        signer = open_key(folder, kept, secret)
        key = CredentialKey(signer=signer, verification_method=kept.verification_method)
        return Disclosing(folder=folder, keys=(key,))
    except NotFoundError:
        return _made(folder, secret, now)


def _made(folder: Folder, secret: bytes, now: datetime) -> Disclosing:
    from gakusho.proof.signers import key_stores

    made = new_disclosure_key(folder.profile.issuer.id, 1, secret=secret, now=now)
    profile = replace(folder.profile, keys=(*folder.profile.keys, made.key))
    key = CredentialKey(
        signer=key_stores()[made.key.store].open(made.kept, secret),
        verification_method=made.key.verification_method,
    )
    files = {folder.path / made.key.file: made.kept}
    return Disclosing(folder=folder.with_profile(profile), keys=(key,), files=files)
