# SPDX-License-Identifier: Apache-2.0
"""What the network may do to us: a server on loopback that misbehaves in one way each."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gakusho.errors import ForbiddenAddressError, UnreachableError
from gakusho.fetch import Address, HttpFetcher, is_public

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LOOPBACK = ipaddress.ip_address("127.0.0.1")
Answer = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "aoba.example")])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("aoba.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def serving(certificate: Path, answer: Answer) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(30)

    def serve() -> None:
        try:
            raw, _ = listener.accept()
            with raw, context.wrap_socket(raw, server_side=True) as connection:
                connection.settimeout(30)
                connection.recv(4_096)
                answer(connection)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(timeout=5)


def fetcher(certificate: Path, port: int, seconds: float = 30.0, redirects: int = 0) -> HttpFetcher:
    def addresses(host: str, _: int) -> list[Address]:
        return [ipaddress.ip_address("10.0.0.1") if host == "inner.example" else LOOPBACK]

    return HttpFetcher(
        now=lambda: NOW,
        seconds=seconds,
        redirects=redirects,
        addresses=addresses,
        may_go=lambda address: address == LOOPBACK or is_public(address),
        port=port,
        tls=ssl.create_default_context(cafile=str(certificate)),
    )


def sending(*parts: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return answer


def test_an_answer_is_had_with_its_kind_and_time(certificate: Path) -> None:
    body = sending(
        b"HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"
    )
    with serving(certificate, body) as port:
        fetched = fetcher(certificate, port).fetch(f"https://aoba.example:{port}/did.json")
    assert (fetched.data, fetched.media_type, fetched.time) == (b"{}", "application/json", NOW)
    assert fetched.source == f"https://aoba.example:{port}/did.json"


@pytest.mark.requirement("Threat N08", "proxies of the environment are not used")
def test_proxies_of_the_environment_are_not_used(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(certificate, sending(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) as port:
        assert fetcher(certificate, port).fetch(f"https://aoba.example:{port}/").data == b"{}"


@pytest.mark.requirement("Threat N06", "an answer without end, packed, or with too many headers is none")
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"0" * 1_000_000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(1_000)) + b"\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n{}",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_an_answer_out_of_bounds_is_no_answer(certificate: Path, answer: bytes) -> None:
    with serving(certificate, sending(answer)) as port, pytest.raises(UnreachableError):
        fetcher(certificate, port).fetch(f"https://aoba.example:{port}/", max_bytes=1_000)


@pytest.mark.requirement("Threat N06", "an answer a byte at a time ends at the wall clock")
@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"], ids=["kept open", "to be closed"])
def test_a_byte_at_a_time_ends_at_the_wall_clock(certificate: Path, more: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + more + b"Content-Length: 1000\r\n\r\n")
        for _ in range(1000):  # for at least fifty seconds
            connection.sendall(b"x")
            time.sleep(0.05)

    start = time.monotonic()
    with serving(certificate, drip) as port, pytest.raises(UnreachableError):
        fetcher(certificate, port, seconds=0.4).fetch(f"https://aoba.example:{port}/")
    assert time.monotonic() - start < 30


@pytest.mark.requirement("Threat N04", "where a redirect leads is judged anew")
def test_a_redirect_is_judged_anew(certificate: Path) -> None:
    answer = sending(b"HTTP/1.1 302 Found\r\nLocation: //inner.example/x\r\nContent-Length: 0\r\n\r\n")
    with serving(certificate, answer) as port, pytest.raises(UnreachableError) as caught:
        fetcher(certificate, port, redirects=1).fetch(f"https://aoba.example:{port}/")
    assert isinstance(caught.value, ForbiddenAddressError)


@pytest.mark.requirement("Threat N08", "a certificate for another host is refused")
def test_a_certificate_for_another_host_is_refused(certificate: Path) -> None:
    with serving(certificate, sending(b"HTTP/1.1 200 OK\r\n\r\n{}")) as port, pytest.raises(UnreachableError):
        fetcher(certificate, port).fetch(f"https://other.example:{port}/")


@pytest.mark.requirement("Threat N08", "a certificate nobody trusts is refused")
def test_a_certificate_nobody_trusts_is_refused(certificate: Path) -> None:
    with serving(certificate, sending(b"HTTP/1.1 200 OK\r\n\r\n{}")) as port:
        plain = HttpFetcher(
            now=lambda: NOW, addresses=lambda *_: [LOOPBACK], may_go=lambda _: True, port=port, seconds=2
        )
        with pytest.raises(UnreachableError):
            plain.fetch(f"https://aoba.example:{port}/")
