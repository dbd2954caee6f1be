# SPDX-License-Identifier: Apache-2.0
"""Files that appear all together, complete, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from gakusho.errors import UnreachableError


def write_all(files: Mapping[Path, bytes]) -> Callable[[], None]:
    """Write files beside their places first, then move them there in order; an error undoes all of it.

    Gives what undoes it later, for a step after it that fails.

    Raises: UnreachableError when the disk is full or may not be written.
    """
    staged: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    try:
        for place, data in files.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.with_name(f".{place.name[:100]}.{secrets.token_hex(4)}")
            staged[place] = beside
            _written(beside, data)
        for place, beside in staged.items():
            old = place.read_bytes() if place.exists() else None
            beside.replace(place)
            before[place] = old
    except BaseException as error:
        _put_back(before)
        for beside in staged.values():
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise not_written(error) from error
        raise
    return lambda: _put_back(before)


class Staging:
    """A hidden folder inside a folder, whose files move out of it together at the end."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.names: list[str] = []
        self._made: Path | None = None

    def __enter__(self) -> Self:
        try:
            self._made = next((each for each in (self.out, *self.out.parents) if each.exists()), None)
            self.out.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix=".gakusho-", dir=self.out))
        except OSError as error:
            raise not_written(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if kind is None:
            return
        folder = self.out
        while folder not in (self._made, folder.parent):
            with suppress(OSError):  # somebody else put something there meanwhile
                folder.rmdir()
            folder = folder.parent

    def put(self, name: str, data: bytes) -> None:
        """Keep a file for the end. Raises: UnreachableError when the disk is full."""
        try:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (self.folder / name).open("xb") as out:
                out.write(data)
        except OSError as error:
            raise not_written(error) from error
        self.names.append(name)

    def move_out(self) -> None:
        """Move every file to its place; what stood there under the name is replaced."""
        moved: list[str] = []
        try:
            if hasattr(os, "sync"):
                os.sync()  # once for thousands of files, where one fsync each would take minutes
            for name in self.names:
                (self.folder / name).replace(self.out / name)
                moved.append(name)
        except OSError as error:
            for name in moved:
                (self.out / name).unlink(missing_ok=True)
            raise not_written(error) from error


def _written(file: Path, data: bytes) -> None:
    with file.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    for place, old in before.items():
        with suppress(OSError):
            if old is None:
                place.unlink(missing_ok=True)
            else:
                place.write_bytes(old)


def not_written(error: OSError) -> UnreachableError:
    """Give the error for a disk that is full or may not be written."""
    return UnreachableError(
        f"{error.filename or 'A file'} could not be written: {error.strerror or error}. Nothing was kept.",
        code="not-written",
        action="Make room on the disk, or choose a folder you may write to, and run it again.",
        facts={"got": error.strerror or str(error)},
    )
