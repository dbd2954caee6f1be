# SPDX-License-Identifier: Apache-2.0
"""Files by their content: the name of a file is the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Any

from gakusho.errors import NotFoundError, SettingsError, UnreachableError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Files:
    """A folder, or any place fsspec can write to (``s3://bucket/prefix``), keyed by content.

    Nothing is ever changed in place: a file with a name is complete, or is not there.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._folder: Path | None = None
        self._filesystem: Any = None
        if "://" not in url or url.startswith("file://"):
            self._folder = Path(url.removeprefix("file://"))
            return
        import fsspec

        try:
            self._filesystem, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise SettingsError(f"Files cannot be kept at {url!r}: {error}.") from error

    def put(self, data: bytes) -> str:
        """Keep the bytes and give their digest; keeping the same again changes nothing.

        On a folder the bytes and the name are on the disk when this returns (fsync).

        Raises:
            UnreachableError: the disk is full or the place cannot be written to.
        """
        digest = hashlib.sha256(data).hexdigest()
        try:
            if self._folder is not None:
                self._put_local(self._folder / digest[:2] / digest, data)
            elif not self._filesystem.exists(self._remote(digest)):
                # an object store shows an object only when it is complete
                self._filesystem.pipe_file(self._remote(digest), data)
        except OSError as error:
            raise UnreachableError(
                f"A file of {len(data)} bytes could not be kept: {error.strerror or error}.",
                code="files-full",
                action="Make room where files are kept, then go on.",
                facts={"got": error.strerror or str(error)},
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """Give the bytes, checked against their digest.

        Raises:
            NotFoundError: there is no such file.
            UnreachableError: the place cannot be read, or the bytes were damaged there.
        """
        _check(digest)
        try:
            data: bytes
            if self._folder is not None:
                data = (self._folder / digest[:2] / digest).read_bytes()
            else:
                data = self._filesystem.cat_file(self._remote(digest))
        except FileNotFoundError as error:
            raise NotFoundError(f"There is no file {digest[:12]}….", facts={"got": digest}) from error
        except OSError as error:
            raise UnreachableError(f"A file could not be read: {error.strerror or error}.") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise UnreachableError(
                f"The file {digest[:12]}… was damaged where it is kept.",
                code="file-damaged",
                action="Restore it from the backup; its name is its SHA-256.",
                facts={"got": hashlib.sha256(data).hexdigest(), "expected": digest},
            )
        return data

    def has(self, digest: str) -> bool:
        """Tell whether a file with this digest is kept."""
        _check(digest)
        if self._folder is not None:
            return (self._folder / digest[:2] / digest).is_file()
        return bool(self._filesystem.exists(self._remote(digest)))

    def _remote(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest}"

    @staticmethod
    def _put_local(path: Path, data: bytes) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.parent / f".{path.name}.{secrets.token_hex(6)}"
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _check(digest: str) -> None:
    if not _DIGEST.fullmatch(digest):
        raise NotFoundError(
            "A file is named by a SHA-256 in lower-case hexadecimal.", facts={"got": digest[:80]}
        )
