# SPDX-License-Identifier: Apache-2.0
"""An issuer in a folder: profile, keys, status lists and what was issued, with no server and no database.

``gakusho.json``   the profile: who issues, which keys, which status lists
``keys/``          the keys, encrypted at rest; ``keys/secret`` opens them unless a passphrase does
``issued.jsonl``   the ledger: one line for each thing that happened to an award
``documents/``     what the world may fetch: the DID document and the status lists, all signed
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from gakusho.cli.staging import write_all
from gakusho.errors import ConflictError, NotFoundError, SettingsError, UnreadableError
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text

PROFILE = "gakusho.json"
DOCUMENTS = "documents"
SECRET_FILE = "keys/secret"  # noqa: S105  # where it lies, not what it is
OPENED_BY = "GAKUSHO_PASSPHRASE"
"""The environment variable with the passphrase."""
PURPOSES = ("revocation", "suspension", "refresh")
LIST_LENGTH = 131_072


@dataclass(frozen=True, kw_only=True)
class KeptKey:
    """One key of the folder, without its secret."""

    purpose: str
    """``credential``, ``disclosure`` or ``document``."""
    algorithm: str
    file: str
    store: str
    """Name of the ``SIGNER`` that opens it."""
    verification_method: str
    multikey: str
    certificates: tuple[str, ...] = ()
    """X.509 in base64 DER, the key's own first; documents only."""
    created_at: str = ""
    retired_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatusLists:
    """Three lists of one length, one a purpose; an award has the same index in each."""

    number: int
    ids: Mapping[str, str]
    length: int = LIST_LENGTH


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Who issues from this folder."""

    issuer: Issuer
    keys: tuple[KeptKey, ...]
    lists: tuple[StatusLists, ...]
    signatory_name: str = ""
    signatory_title: Text = field(default_factory=Text)

    def active(self, purpose: str) -> KeptKey:
        """Give the key that signs now. Raises: NotFoundError."""
        for key in self.keys:
            if key.purpose == purpose and key.retired_at is None:
                return key
        raise NotFoundError(
            f"This folder has no active {purpose} key.", action=f"Make one: gakusho keys rotate {purpose}"
        )


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder and its profile."""

    path: Path
    profile: Profile

    def secret(self) -> bytes:
        """Give what opens the keys: the passphrase of the environment, else the folder's own secret."""
        return read_secret(self.path)

    def with_profile(self, profile: Profile) -> Folder:
        """Give the same folder with another profile; nothing is written."""
        return replace(self, profile=profile)


def open_folder(path: Path) -> Folder:
    """Give the issuer of a folder. Raises: NotFoundError when there is none, UnreadableError."""
    file = path / PROFILE
    try:
        data = file.read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"There is no issuer in {path}: {PROFILE} cannot be read ({error.strerror}).",
            code="no-issuer",
            action='Make one with `gakusho init --name "…"`, or name its folder with --dir.',
        ) from error
    try:
        return Folder(path=path, profile=_profile_from_json(orjson.loads(data)))
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError(f"{file} is not a profile of Gakusho: {error}.") from error


def profile_bytes(profile: Profile) -> bytes:
    """Give the profile as it is kept."""
    return orjson.dumps(_profile_to_json(profile), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_secret(path: Path) -> bytes:
    """Give what opens the keys of a folder. Raises: SettingsError when neither place has it."""
    if passphrase := os.environ.get(OPENED_BY):
        return passphrase.encode()
    try:
        return base64.b64decode((path / SECRET_FILE).read_text("ascii").strip(), validate=True)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The keys of {path} cannot be opened: {OPENED_BY} is not set and {SECRET_FILE} cannot be read.",
            code="no-secret",
            action=f"Set {OPENED_BY} to the passphrase given to `gakusho init`, or put {SECRET_FILE} back.",
        ) from error


def make_secret(path: Path) -> tuple[bytes, bool]:
    """Give the secret for a new folder, and whether a file was made for it (mode 0600).

    Raises: SettingsError for a passphrase shorter than 8 characters.
    """
    (path / SECRET_FILE).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if passphrase := os.environ.get(OPENED_BY):
        if len(passphrase) < 8:
            raise SettingsError(
                f"{OPENED_BY} is too short: got {len(passphrase)}, expected 8 or more characters."
            )
        return passphrase.encode(), False
    secret = secrets.token_bytes(32)
    file = path / SECRET_FILE
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(base64.b64encode(secret) + b"\n")
    return secret, True


@contextmanager
def alone_in(path: Path) -> Iterator[None]:
    """Hold the folder for one command at a time. Raises: ConflictError when another one works there."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover  # not POSIX: no lock to be had
        yield
        return
    with (path / ".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError(
                f"Another gakusho command works in {path}.", action="Wait until it has ended."
            ) from error
        yield


def save_profile(folder: Folder, extra: Mapping[Path, bytes] | None = None) -> None:
    """Write the profile, and with it what belongs to the same change: all of it or nothing."""
    write_all({**(extra or {}), folder.path / PROFILE: profile_bytes(folder.profile)})


def stamp(moment: datetime) -> str:
    """Give a time as files hold it: 2026-03-25T00:00:00Z."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _profile_to_json(profile: Profile) -> dict[str, Any]:
    issuer = profile.issuer
    return {
        "version": 1,
        "issuer": {
            "id": issuer.id,
            "name": issuer.name.as_dict(),
            "url": issuer.url,
            "email": issuer.email,
            "country": issuer.country,
        },
        "signatory": {"name": profile.signatory_name, "title": profile.signatory_title.as_dict()},
        "keys": [_without_none(vars(key)) | {"certificates": list(key.certificates)} for key in profile.keys],
        "status_lists": [
            {"number": each.number, "length": each.length, "ids": dict(each.ids)} for each in profile.lists
        ],
    }


def _profile_from_json(data: Mapping[str, Any]) -> Profile:
    issuer, signatory = data["issuer"], data.get("signatory", {})
    return Profile(
        issuer=Issuer(
            id=issuer["id"],
            name=Text.of(issuer["name"]),
            url=issuer.get("url"),
            email=issuer.get("email"),
            country=issuer.get("country"),
        ),
        signatory_name=signatory.get("name", ""),
        signatory_title=Text.of(signatory.get("title", {})),
        keys=tuple(_key(each) for each in data["keys"]),
        lists=tuple(_lists(each) for each in data["status_lists"]),
    )


def _key(data: Mapping[str, Any]) -> KeptKey:
    return KeptKey(**{**data, "certificates": tuple(data.get("certificates", ()))})


def _lists(data: Mapping[str, Any]) -> StatusLists:
    ids = {purpose: str(data["ids"][purpose]) for purpose in PURPOSES}
    return StatusLists(number=int(data["number"]), length=int(data["length"]), ids=ids)


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def all_keys(profile: Profile, purpose: str) -> Sequence[KeptKey]:
    """Give every key of a purpose there ever was, the oldest first."""
    return [key for key in profile.keys if key.purpose == purpose]
