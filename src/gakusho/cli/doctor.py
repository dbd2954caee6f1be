# SPDX-License-Identifier: Apache-2.0
"""``gakusho doctor``: what is set up right, what is not, and what to do about it."""

from __future__ import annotations

import os
import shutil
import smtplib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from gakusho.cli.terminal import EXIT_DONE, EXIT_REFUSED, say, say_json
from gakusho.errors import GakushoError
from gakusho.version import __version__

if TYPE_CHECKING:
    from gakusho.settings import Settings

_LITTLE_SPACE = 1_073_741_824
_MARKS = {"ok": "✓", "caveat": "!", "failed": "✗"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: ``ok``, ``caveat`` (works, but know this) or ``failed``."""

    subject: str
    state: str
    words: str
    action: str = ""


def doctor(
    *,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the server's data.", show_default="var")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="Database of the server.", show_default="SQLite in --data")
    ] = None,
    directory: Annotated[
        Path, typer.Option("--dir", help="Folder of an issuer without a server, if there is one.")
    ] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Look at settings, keys, clock, database, disk, mail and fonts; each problem comes with its remedy."""
    found = list(_findings(data, database, directory))
    healthy = all(each.state != "failed" for each in found)
    if as_json:
        say_json({"healthy": healthy, "findings": [vars(each) for each in found]})
        return EXIT_DONE if healthy else EXIT_REFUSED
    for each in found:
        say(f"{_MARKS[each.state]} {each.subject:<11} {each.words}")
        if each.action:
            say(f"  {'':<11} → {each.action}")
    return EXIT_DONE if healthy else EXIT_REFUSED


def _findings(data: Path | None, database: str | None, directory: Path) -> Iterator[Finding]:
    yield _versions()
    yield _clock()
    yield _checked("fonts", _fonts)
    yield _checked("formats", _formats)
    if (directory / "gakusho.json").exists():
        yield _checked("issuer", lambda: _folder(directory))
    place = data or Path(os.environ.get("GAKUSHO_DATA", "var"))
    if not place.exists():
        # Reading the settings would make the folder and a secret in it; looking must not.
        yield Finding(
            subject="server",
            state="caveat",
            words=f"No server has run here yet: there is no {place.absolute()}.",
        )
        return
    try:
        settings = _settings(data, database)
    except GakushoError as error:
        yield Finding(subject="settings", state="failed", words=str(error), action=error.action)
        return
    except ImportError:
        yield Finding(
            subject="server",
            state="caveat",
            words="The server's libraries are not installed; issuing and verifying here work without.",
            action="pip install 'gakusho[server]'",
        )
        return
    yield Finding(
        subject="settings", state="ok", words=f"data in {settings.data}, served at {settings.public_url}"
    )
    yield _checked("disk", lambda: _disk(settings.data))
    yield _checked("database", lambda: _database(settings))
    yield _checked("keys", lambda: _keys(settings))
    yield _checked("documents", lambda: _documents(settings))
    yield _checked("certificate", lambda: _certificates(settings))
    yield _checked("mail", lambda: _mail(settings))
    yield _address(settings)


def _checked(subject: str, look: Callable[[], Finding]) -> Finding:
    """Give what was found, or the error as a finding."""
    try:
        return look()
    except GakushoError as error:
        return Finding(subject=subject, state="failed", words=str(error), action=error.action)
    except (OSError, ImportError, smtplib.SMTPException) as error:
        return Finding(
            subject=subject,
            state="failed",
            words=f"{type(error).__name__}: {error}",
            action="See docs/guide/operator.md.",
        )


def _settings(data: Path | None, database: str | None) -> Settings:
    from gakusho import settings

    environment = dict(os.environ)
    if data is not None:
        environment["GAKUSHO_DATA"] = str(data)
    if database is not None:
        environment["GAKUSHO_DATABASE"] = database
    return settings.read(environment)


def _versions() -> Finding:
    names = ("cryptography", "pyhanko", "typst", "sqlalchemy", "dbos", "fastapi")
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    python = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        subject="versions", state="ok", words=f"gakusho {__version__}, Python {python}, {', '.join(found)}"
    )


def _clock() -> Finding:
    """Compare the clock with the newest thing known to be in the past: this program's own files."""
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < built:
        return Finding(
            subject="clock",
            state="failed",
            words=f"The clock says {now:%Y-%m-%d %H:%M} UTC, but this program is of {built:%Y-%m-%d %H:%M}.",
            action="Set the clock (timedatectl set-ntp true): signatures carry its time.",
        )
    return Finding(subject="clock", state="ok", words=f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _fonts() -> Finding:
    # the fonts belong to the installation, not to a format; what reads their tables lies with the pages
    from gakusho.formats._pdf.glyphs import missing

    lacking = missing("髙橋﨑朝凪大学位記ABC")
    if lacking:
        return Finding(
            subject="fonts",
            state="failed",
            words=f"The document font lacks {' '.join(lacking)}.",
            action="Install the font package again: pip install --force-reinstall pylopdf-fonts-jp",
        )
    return Finding(
        subject="fonts", state="ok", words="Noto Sans JP and Noto Serif JP, with the kanji of names"
    )


def _formats() -> Finding:
    from gakusho.formats import formats

    return Finding(subject="formats", state="ok", words=", ".join(formats()))


def _folder(directory: Path) -> Finding:
    from gakusho.cli.folder import DOCUMENTS, open_folder
    from gakusho.cli.ledger import Ledger
    from gakusho.cli.published import credential_key, document_key

    folder = open_folder(directory)
    secret = folder.secret()
    credential_key(folder, secret)
    document_key(folder, secret)
    count = len(Ledger(directory).entries)
    if not (directory / DOCUMENTS).is_dir():
        return Finding(
            subject="issuer",
            state="failed",
            words=f"{directory / DOCUMENTS} is missing; nothing issued from here can be verified.",
            action="Put it back from a backup, or rotate the keys to write it anew: gakusho keys rotate",
        )
    return Finding(
        subject="issuer", state="ok", words=f"{folder.profile.issuer.id}: keys open, {count} awards issued"
    )


def _disk(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    words = f"{usage.free / 1_073_741_824:.1f} GiB free in {folder}"
    if usage.free < _LITTLE_SPACE:
        return Finding(
            subject="disk",
            state="failed",
            words=words,
            action="Make room: less than 1 GiB is left for the database and the files.",
        )
    return Finding(subject="disk", state="ok", words=words)


def _database(settings: Settings) -> Finding:
    from gakusho.store.database import Database
    from gakusho.store.migrations import scripts

    if settings.database.startswith("sqlite:///") and not Path(settings.database[10:]).exists():
        return Finding(
            subject="database",
            state="caveat",
            words="There is none yet.",
            action="The first `gakusho serve` makes it.",
        )
    database = Database(settings.database)
    present, wanted = database.version(), scripts().get_current_head()
    if present != wanted:
        return Finding(
            subject="database",
            state="failed",
            words=f"Its tables are of version {present}; this program needs {wanted}.",
            action="Start `gakusho serve` once: it migrates. Take a backup first.",
        )
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if caveats := database.caveats():
        return Finding(
            subject="database",
            state="caveat",
            words=f"{kind}, tables of version {present}",
            action=" ".join(caveats),
        )
    return Finding(subject="database", state="ok", words=f"{kind}, tables of version {present}")


def _keys(settings: Settings) -> Finding:
    """Open every key that signs now with the server's secret."""
    from sqlalchemy import select

    from gakusho.issuer.places import store_named
    from gakusho.store.database import Database
    from gakusho.store.tables import Key

    if settings.database.startswith("sqlite:///") and not Path(settings.database[10:]).exists():
        return Finding(subject="keys", state="caveat", words="There are none yet.")
    with Database(settings.database).session(read_only=True) as session:
        active = session.scalars(select(Key).where(Key.retired_at.is_(None), Key.revoked_at.is_(None))).all()
        for key in active:
            store_named(key.store).open(key.kept, settings.secret)
    return Finding(
        subject="keys", state="ok", words=f"{len(active)} active keys open with the server's secret"
    )


def _certificates(settings: Settings) -> Finding:
    """Look when the certificates documents are signed with end, and whether their keys can be reached."""
    from gakusho.cli.ending import ends_of

    if settings.database.startswith("sqlite:///") and not Path(settings.database[10:]).exists():
        return Finding(subject="certificate", state="caveat", words="There is none yet.")
    words, actions, failed = ends_of(settings)
    state = "failed" if failed else "caveat" if actions else "ok"
    return Finding(subject="certificate", state=state, words=words, action=" ".join(actions))


def _documents(settings: Settings) -> Finding:
    """Ask each institution's time-stamping authority for a time-stamp, and look for what waits for one."""
    from gakusho.cli.keeping import documents_of

    if settings.database.startswith("sqlite:///") and not Path(settings.database[10:]).exists():
        return Finding(subject="documents", state="caveat", words="There are none yet.")
    words, actions, failed = documents_of(settings)
    state = "failed" if failed else "caveat" if actions else "ok"
    return Finding(subject="documents", state=state, words=words, action=" ".join(actions))


def _mail(settings: Settings) -> Finding:
    parts = urlsplit(settings.mail)
    if parts.scheme == "inbox":
        return Finding(
            subject="mail",
            state="ok" if settings.demo else "caveat",
            words="Mails are kept and never sent.",
            action="" if settings.demo else "Set GAKUSHO_MAIL=smtps://USER:PASSWORD@HOST",
        )
    host = parts.hostname or ""
    opener = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    with opener(host, port, timeout=10) as server:
        server.noop()
    return Finding(subject="mail", state="ok", words=f"{host}:{port} answers")


def _address(settings: Settings) -> Finding:
    local = urlsplit(settings.public_url).hostname in {"localhost", "127.0.0.1", "::1"}
    if settings.secure or local:
        return Finding(subject="address", state="ok", words=settings.public_url)
    return Finding(
        subject="address",
        state="failed",
        words=f"{settings.public_url} is not https: sign-in links can be read on the way.",
        action="Put a TLS proxy in front and set GAKUSHO_PUBLIC_URL=https://…",
    )
