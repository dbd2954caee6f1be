# SPDX-License-Identifier: Apache-2.0
"""Places to work that are filled once in this process, and copied for each test that begins there.

Making every table and founding a university costs a hundred times what copying the database does.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes import postgres
from tests.fakes.lent import Shelf

from gakusho import settings as read_settings
from gakusho.settings import Settings
from gakusho.store.database import Database
from gakusho.store.files import Files
from gakusho.store.work import Workplace

SECRET = bytes(range(7, 39))
PUBLIC_URL = "https://desk.sakura.example"

Beginning = Callable[[Workplace], Any]
"""Fills a place that has its tables, and gives what tests need to know of it, not what holds it open."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A place of a test's own, as its beginning left it."""

    url: str
    """Of the database."""
    files: Path
    found: Any
    """What the beginning gave."""

    def settings(self, **more: object) -> Settings:
        """Give the settings of a server over it, which asks nobody outside."""
        return read_settings.read(
            {},
            **{
                "data": self.files.parent / "data",
                "database": self.url,
                "files": str(self.files),
                "secret_key": b64encode(SECRET).decode(),
                "fetch": 0,
                **more,
            },
        )

    def open(self) -> Workplace:
        """Give the place to work, with the real clock; whoever opened it closes its database."""
        return _place(self.url, self.files)


def only_tables(_: Workplace) -> None:
    """Begin with every table, and nothing in them."""


def copy(kind: str, folder: Path, beginning: Beginning = only_tables) -> Copy:
    """Give a copy, in a folder where there is none yet.

    ``kind`` is ``sqlite`` or ``postgresql``.
    """
    first = _first(kind, beginning)
    if first.files.exists():
        shutil.copytree(first.files, folder / "files")
    if kind == "sqlite":
        url = f"sqlite:///{shutil.copyfile(first.url.removeprefix('sqlite:///'), folder / 'gakusho.db')}"
    else:
        url = postgres.server().new_database(like=first.url)
    return Copy(url=url, files=folder / "files", found=first.found)


@contextmanager
def lent(kind: str, folder: Path, beginning: Beginning = only_tables) -> Iterator[Copy]:
    """Give a copy until the block ends: on PostgreSQL its database then serves somebody else."""
    if kind == "sqlite":
        yield copy(kind, folder, beginning)
        return
    first = _first(kind, beginning)
    if first.files.exists():
        shutil.copytree(first.files, folder / "files")
    with _shelf(beginning).lend() as url:
        yield Copy(url=url, files=folder / "files", found=first.found)


@cache
def _shelf(beginning: Beginning) -> Shelf:
    return Shelf(like=_first("postgresql", beginning).url)


@cache
def _first(kind: str, beginning: Beginning) -> Copy:
    """Give what is copied: nobody has it open."""
    folder = Path(tempfile.mkdtemp(prefix="gakusho-copies-", dir=_folder()))
    if beginning is only_tables:
        url = f"sqlite:///{folder / 'gakusho.db'}" if kind == "sqlite" else postgres.server().new_database()
        made = Copy(url=url, files=folder / "files", found=None)
    else:
        made = copy(kind, folder)
    place = made.open()
    try:
        if beginning is only_tables:
            place.database.migrate()
        found = beginning(place)
    finally:
        place.database.close()
    if kind == "sqlite":  # what still stands in the log beside it belongs into the one file
        kept = folder / "kept.db"
        with (
            closing(sqlite3.connect(made.url.removeprefix("sqlite:///"))) as source,
            closing(sqlite3.connect(kept)) as target,
        ):
            source.backup(target)
        return Copy(url=f"sqlite:///{kept}", files=made.files, found=found)
    return Copy(url=made.url, files=made.files, found=found)


@cache
def _folder() -> str:
    """Give a folder that is gone when this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="gakusho-copies-")
    _OPEN.append(folder)
    return folder.name


_OPEN: list[tempfile.TemporaryDirectory[str]] = []


def _place(url: str, files: Path) -> Workplace:
    return Workplace(database=Database(url), files=Files(str(files)), secret=SECRET, public_url=PUBLIC_URL)
