# SPDX-License-Identifier: Apache-2.0
"""Settings, read once, by cli and web only."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gakusho.errors import SettingsError
from gakusho.fetch import NO_SERVICES, Services

MOST_PROCESSES = 1_024
_SECRET_FILE = "secret.key"  # noqa: S105  # the name of a file


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this server is set up. ``docs/reference/settings.md`` describes each one."""

    data: Path
    """Folder of the database, the files and the server's secret."""
    database: str
    """SQLAlchemy URL: ``sqlite:///…`` or ``postgresql+psycopg://…``."""
    files: str
    """fsspec URL of the file store."""
    secret: bytes
    """32 bytes that open the keys at rest."""
    public_url: str
    """Where people reach this server, without a slash at the end."""
    host: str = "127.0.0.1"
    port: int = 8000
    mail: str = "inbox:"
    """``smtp://user:password@host:port``, ``smtps://…``, or ``inbox:`` (kept, shown, never sent)."""
    mail_from: str = "Gakusho <no-reply@localhost>"
    timezone: str = "Asia/Tokyo"
    demo: bool = False
    vc_api: bool = False
    """Serve the unauthenticated W3C VC-API; for conformance tests only."""
    fetch: bool = True
    """Whether the verifier may ask other hosts."""
    workers: bool = True
    """Whether this process also runs the durable jobs."""
    processes: int = 0
    """Processes that a large batch is made in; 0: as many as there are cores; 1: in this one."""
    tls_cert: Path | None = None
    """PEM file of the certificate, with its chain; with ``tls_key`` the server speaks https itself."""
    tls_key: Path | None = None
    tls_self_signed: bool = False
    """Speak https with a certificate made here, for trying out."""
    pkcs11_modules: tuple[str, ...] = ()
    """Paths of the PKCS #11 modules that may be loaded for keys in hardware."""
    trusted_services: Services = NO_SERVICES
    """Hosts with their ports that may be asked for time-stamps, revocation data and signatures, anywhere."""

    time_authorities: Path | None = None
    """PEM file of the time-stamping authorities that this server's verifier believes."""
    signer_authorities: Path | None = None
    """PEM file of the authorities that it believes for who signs documents."""

    @property
    def secure(self) -> bool:
        """Tell whether people reach this server by https."""
        return self.public_url.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        """Give the time zone in which pages show times."""
        return ZoneInfo(self.timezone)


def read(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Give the settings of this process: overrides (of the command line), then ``GAKUSHO_…``, then defaults.

    Makes the data folder, and the server's secret in it when there is none yet.

    Raises:
        SettingsError: one cannot be used; the sentence names it.
    """
    env = os.environ if environment is None else environment

    def value(name: str, default: str) -> str:
        given = overrides.get(name)
        return str(given) if given is not None else env.get(f"GAKUSHO_{name.upper()}", default)

    data = Path(value("data", "var")).absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"GAKUSHO_DATA: the folder {data} cannot be made ({error.strerror}).") from error
    host = value("host", "127.0.0.1")
    port = _port(value("port", "8000"))
    tls_cert, tls_key = value("tls_cert", ""), value("tls_key", "")
    tls_self_signed = _switch("tls_self_signed", value("tls_self_signed", "0"))
    _check_tls(tls_cert, tls_key, self_signed=tls_self_signed)
    scheme = "https" if tls_cert or tls_self_signed else "http"
    settings = Settings(
        data=data,
        database=_database(value("database", f"sqlite:///{data / 'gakusho.sqlite'}")),
        files=value("files", (data / "files").as_uri()),
        secret=_secret(value("secret_key", ""), data),
        public_url=_public_url(value("public_url", f"{scheme}://localhost:{port}")),
        host=host,
        port=port,
        mail=value("mail", "inbox:"),
        mail_from=value("mail_from", "Gakusho <no-reply@localhost>"),
        timezone=value("timezone", "Asia/Tokyo"),
        demo=_switch("demo", value("demo", "0")),
        vc_api=_switch("vc_api", value("vc_api", "0")),
        fetch=_switch("fetch", value("fetch", "1")),
        workers=_switch("workers", value("workers", "1")),
        processes=_processes(value("processes", "0")),
        tls_cert=Path(tls_cert).absolute() if tls_cert else None,
        tls_key=Path(tls_key).absolute() if tls_key else None,
        tls_self_signed=tls_self_signed,
        pkcs11_modules=_modules(value("pkcs11_modules", "")),
        trusted_services=_services(value("trusted_services", "")),
        time_authorities=_file("time_authorities", value("time_authorities", "")),
        signer_authorities=_file("signer_authorities", value("signer_authorities", "")),
    )
    try:
        _ = settings.zone
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"GAKUSHO_TIMEZONE: got {settings.timezone!r}, expected one like Asia/Tokyo."
        ) from error
    return settings


def _check_tls(cert: str, key: str, *, self_signed: bool) -> None:
    """Refuse half a pair, and two certificates. Raises: SettingsError."""
    if bool(cert) != bool(key):
        raise SettingsError("GAKUSHO_TLS_CERT, GAKUSHO_TLS_KEY: got one of them, expected both.")
    if cert and self_signed:
        raise SettingsError("GAKUSHO_TLS_SELF_SIGNED: got 1 beside GAKUSHO_TLS_CERT, expected one of them.")


def _file(name: str, text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).absolute()
    if not path.is_file():
        raise SettingsError(f"GAKUSHO_{name.upper()}: got {text!r}, expected a file.")
    return path


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 <= int(text) < 65536:
        return int(text)
    raise SettingsError(f"GAKUSHO_PORT: got {text!r}, expected a number from 0 to 65535.")


def _processes(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= MOST_PROCESSES:
        return int(text)
    raise SettingsError(f"GAKUSHO_PROCESSES: got {text!r}, expected a number from 0 to {MOST_PROCESSES}.")


def _switch(name: str, text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"", "0", "false", "no", "off"}:
        return False
    raise SettingsError(f"GAKUSHO_{name.upper()}: got {text!r}, expected 1 or 0.")


def _modules(text: str) -> tuple[str, ...]:
    """Give the paths of a list such as PATH has it. Raises: SettingsError for one that is not absolute."""
    paths = tuple(one for one in text.split(os.pathsep) if one)
    if relative := [one for one in paths if not Path(one).is_absolute()]:
        raise SettingsError(
            f"GAKUSHO_PKCS11_MODULES: got {relative[0]!r}, expected absolute paths with {os.pathsep} between."
        )
    return paths


def _services(text: str) -> Services:
    try:
        return Services.of(text.replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(
            f"GAKUSHO_TRUSTED_SERVICES: got {str(error)[:80]!r}, expected host and port: tsa.example:3318."
        ) from error


def _database(url: str) -> str:
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    scheme = url.split(":", 1)[0]
    raise SettingsError(f"GAKUSHO_DATABASE: got {scheme!r}, expected sqlite:///FILE or postgresql://….")


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.fragment:
        return url.rstrip("/")
    raise SettingsError(f"GAKUSHO_PUBLIC_URL: got {url!r}, expected an address such as https://host.")


def _secret(text: str, data: Path) -> bytes:
    """Give the server's secret: 32 bytes from the setting, or from the file that is made for it once."""
    file = data / _SECRET_FILE
    if not text:
        if not file.exists():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(base64.b64encode(secrets.token_bytes(32)).decode("ascii"))
        text = file.read_text("ascii").strip()
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != 32:
        raise SettingsError("GAKUSHO_SECRET_KEY: expected 32 bytes in base64 (openssl rand -base64 32).")
    return secret
