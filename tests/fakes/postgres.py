# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one's own: Debian's server binaries, an ordinary user, a temporary folder, a free port."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import psycopg
from tests.fakes.ports import free_port

_USER = "postgres"
_FOLDERS = ("/usr/lib/postgresql",)


class PostgresServer:
    """A running server; every database asked for is new and empty."""

    def __init__(self) -> None:
        self._binaries = _binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="gakusho-pg-"))
        self._as = _ordinary_user(self._folder)
        self._port = free_port()
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def new_database(self, *, like: str = "") -> str:
        """Give the URL of a new database: empty, or a copy of the one at ``like`` that nobody has open."""
        name = f"gakusho_{secrets.token_hex(6)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            copied = f' TEMPLATE "{like.rsplit("/", 1)[1]}"' if like else ""
            if like and connection.info.server_version >= 150_000:
                copied += " STRATEGY FILE_COPY"  # a third less than through the log, which nobody reads
            # ICU or glibc collations sort otherwise than bytes: the product must work with either
            connection.execute(f'CREATE DATABASE "{name}"{copied}'.encode())
        return f"postgresql://gakusho:{self._password}@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        """Start the server, if it does not run, and wait until it answers."""
        command = [
            *self._as,
            str(self._binaries / "postgres"),
            *("-D", str(self._folder / "data"), "-p", str(self._port), "-h", "127.0.0.1"),
            *("-k", "", "-c", "max_connections=200", "-c", "shared_buffers=64MB"),
            # it outlives no power cut, and no test cuts the power: what is killed here are its clients
            *("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off", "-c", "jit=off"),
        ]
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        log.close()
        for _ in range(1200):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self._dsn("postgres")):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the server at once, as a power switch would not: connections end, what was committed stays."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(timeout=20)
        self._process = None

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self._password)
        if self._as:
            shutil.chown(secret, _USER)
        command = [
            *self._as,
            str(self._binaries / "initdb"),
            *("-D", str(self._folder / "data"), "-U", "gakusho", "-E", "UTF8", "--locale=C.UTF-8"),
            # scram hashes a password 4096 times at each of the thousands of connections, on both sides
            *("-A", "password", f"--pwfile={secret}", "--no-sync"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self._folder)
        if done.returncode:
            raise RuntimeError(f"PostgreSQL could not be set up: {done.stderr[-2000:]}")

    def _dsn(self, name: str) -> str:
        return f"postgresql://gakusho:{self._password}@127.0.0.1:{self._port}/{name}?connect_timeout=5"


_running: list[PostgresServer] = []


def server() -> PostgresServer:
    """Give the one server of this test process, started at the first call and stopped at its end.

    Raises: RuntimeError saying what is missing; tests that need PostgreSQL then fail, they are not skipped.
    """
    if not _running:
        started = PostgresServer()
        _running.append(started)
        atexit.register(started.close)
    return _running[0]


def _binaries() -> Path:
    for folder in _FOLDERS:
        for candidate in sorted(Path(folder).glob("*/bin"), reverse=True):
            if (candidate / "initdb").exists() and (candidate / "postgres").exists():
                return candidate
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise RuntimeError(
        "PostgreSQL's server programs are not here, and half of the tests need them: "
        "install them with `apt-get install postgresql`."
    )


def _ordinary_user(folder: Path) -> list[str]:
    """Give the words that make a command run as an ordinary user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    try:
        account = pwd.getpwnam(_USER)
    except KeyError:
        raise RuntimeError(
            f"Tests run as root, PostgreSQL does not, and there is no user {_USER!r} to run it: "
            "install Debian's package postgresql, or run the tests as an ordinary user."
        ) from None
    os.chown(folder, account.pw_uid, account.pw_gid)
    if tool := shutil.which("setpriv"):
        return [tool, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    if tool := shutil.which("runuser"):
        return [tool, "-u", _USER, "--"]
    raise RuntimeError("Tests run as root and neither setpriv nor runuser is here to run PostgreSQL.")
