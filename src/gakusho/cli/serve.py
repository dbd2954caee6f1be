# SPDX-License-Identifier: Apache-2.0
"""``gakusho serve``: the product on a port."""

from __future__ import annotations

import importlib
import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gakusho.cli.terminal import UsageError, say
from gakusho.errors import GakushoError, UnreachableError

if TYPE_CHECKING:
    import uvicorn

    from gakusho.settings import Settings


Demo = Annotated[
    bool,
    typer.Option("--demo", help="Begin with a fictitious university, a class of graduates and sign-ins."),
]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.", show_default="8000")]
Host = Annotated[
    str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1: this machine only")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(help="sqlite:///FILE or postgresql://USER@HOST/NAME.", show_default="SQLite in --data"),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(help="Folder of the database, the files and the secret.", show_default="var"),
]
TlsCert = Annotated[
    Path | None,
    typer.Option(help="PEM file of a certificate with its chain: speak https.", show_default=False),
]
TlsKey = Annotated[Path | None, typer.Option(help="PEM file of the certificate's key.", show_default=False)]
TlsSelfSigned = Annotated[
    bool,
    typer.Option("--tls-self-signed", help="Speak https with a certificate made in --data, for trying out."),
]


def serve(
    *,
    demo: Demo = False,
    port: Port = None,
    host: Host = None,
    database: DatabaseUrl = None,
    data: DataFolder = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    tls_self_signed: TlsSelfSigned = False,
) -> None:
    """Serve the console, the wallet, the verifier and the HTTP API.

    Options win over GAKUSHO_… environment variables (docs/reference/settings.md).
    """
    try:
        import uvicorn  # noqa: F401  # its absence is said before anything is prepared
    except ImportError as error:
        raise UsageError(
            "The server's libraries are not installed.", action="pip install 'gakusho[server]'"
        ) from error

    from gakusho import settings
    from gakusho.cli import _tls
    from gakusho.cli._announced import Announced

    chosen: dict[str, Any] = {
        "port": port,
        "host": host,
        "database": database,
        "data": data,
        "demo": "1" if demo else None,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "tls_self_signed": "1" if tls_self_signed else None,
    }
    read = settings.read(**{name: value for name, value in chosen.items() if value is not None})
    _free(read.host, read.port)
    shown = _tls.files(read)
    # The pages are another program beside this one; it is started by its name, not imported.
    application: Any = importlib.import_module("gakusho.web.app").build(read)
    if read.demo:
        say("Preparing the demo university …")
        sys.stdout.flush()
    server = Announced(_configured(application, read, shown))
    server.words = _welcome(read)
    # a refusal is told below in words; uvicorn would show where in the program it arose
    logging.getLogger("uvicorn.error").addFilter(lambda _: server.started or _refused(application) is None)
    # Ctrl-C is how one stops it, and no failure; uvicorn ends the process when it could not start
    with suppress(KeyboardInterrupt, SystemExit):
        server.run()
    if refused := _refused(application):
        raise refused
    if not server.started:
        raise UnreachableError(
            "The server did not start; the reason stands above.", action="See: gakusho doctor"
        )


def _configured(application: Any, read: Settings, shown: tuple[Path, Path] | None) -> uvicorn.Config:
    """Give how uvicorn serves; ``shown`` are the files of certificate and key, where it speaks https."""
    import uvicorn

    certificate, key = shown or (None, None)
    return uvicorn.Config(
        application,
        host=read.host,
        port=read.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        ssl_certfile=None if certificate is None else str(certificate),
        ssl_keyfile=None if key is None else str(key),
    )


def _refused(application: Any) -> GakushoError | None:
    """Give why the server did not start, when it is a fault of settings or surroundings."""
    return getattr(application.state, "refused", None)


def _welcome(settings: Settings) -> str:
    """Give what the terminal shows once the server answers: addresses, and the demo's sign-ins."""
    base = settings.public_url
    lines = [f"Gakusho serves {base}   (stop: Ctrl-C)", "", f"  verify a credential   {base}/verify"]
    if not settings.demo:
        return "\n".join(lines)
    demo = importlib.import_module("gakusho.web.demo_people")
    lines += [
        f"  every mail it sends   {base}/demo/mail",
        f"  sign in               {base}/sign-in   with one of these; the link comes by the mail page above",
        "",
        f"    {demo.REGISTRAR:<30} registrar: prepares and administers",
        f"    {demo.APPROVER:<30} second approver",
        f"    {demo.LEARNER:<30} learner",
        "",
        "  A demo: everybody who reaches this address can sign in. Give it no real data.",
    ]
    return "\n".join(lines)


def _free(host: str, port: int) -> None:
    """Make sure the port can be had, before anything is prepared. Raises: UnreachableError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnreachableError(
                f"Port {port} on {host} cannot be used: {error.strerror}.",
                code="port",
                action=f"Stop what listens there, or choose another: gakusho serve --port {port + 1}",
                facts={"got": port},
            ) from error
