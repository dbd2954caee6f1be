# SPDX-License-Identifier: Apache-2.0
"""What is posted to an address, and a time-stamping authority behind one, on loopback."""

from __future__ import annotations

import hashlib
import ipaddress
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.fakes.archive import tsa

from gakusho.errors import ForbiddenAddressError, UnreachableError
from gakusho.fetch import HttpFetcher
from gakusho.issuer._timestamping import HttpTsa
from gakusho.proof.timestamps import MAX_BYTES, Timestamper, read_token

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LOOPBACK = ipaddress.ip_address("127.0.0.1")
DIGEST = hashlib.sha256(b"a document").digest()
URL = "http://tsa.example/stamp"
Answer = Callable[[bytes], tuple[int, str, bytes]]


@contextmanager
def serving(answer: Answer) -> Iterator[HttpFetcher]:
    """Serve at http://tsa.example on loopback, and give what may ask there."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, data = answer(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if status == 302:
                self.send_header("Location", URL)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield HttpFetcher(
            now=lambda: NOW,
            seconds=2,
            addresses=lambda *_: [LOOPBACK],
            may_go=lambda _: True,
            plain_port=server.server_port,
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def stamping(body: bytes) -> tuple[int, str, bytes]:
    return 200, "application/timestamp-reply", tsa().answer(body)


def test_an_authority_behind_an_address_stamps() -> None:
    with serving(stamping) as door:
        authority: Timestamper = HttpTsa(url=URL, door=door)
        token = authority.stamp(DIGEST, "sha256")
        assert read_token(token).digest == DIGEST
        assert authority.stamp(DIGEST, "sha256") != token, "each with a nonce of its own"


@pytest.mark.parametrize(
    "answer",
    [
        lambda body: (503, "application/timestamp-reply", tsa().answer(body)),
        lambda body: (302, "application/timestamp-reply", tsa().answer(body)),
        lambda body: (200, "text/html", tsa().answer(body)),
        lambda body: (200, "application/timestamp-reply", b""),
        lambda body: (200, "application/timestamp-reply", b"<html>"),
        lambda body: (200, "application/timestamp-reply", tsa().answer(body) + bytes(MAX_BYTES)),
        lambda body: (200, "application/timestamp-reply", tsa().answer(body[:-3])),
    ],
    ids=["busy", "elsewhere", "other kind", "empty", "a page", "too much", "refusal"],
)
def test_every_other_answer_is_none(answer: Answer) -> None:
    with serving(answer) as door, pytest.raises(UnreachableError) as caught:
        HttpTsa(url=URL, door=door).stamp(DIGEST, "sha256")
    assert caught.value.code == "timestamp", "a batch waits for it"


def test_nobody_there_is_none() -> None:
    with serving(stamping) as door:
        gone = door
    with pytest.raises(UnreachableError) as caught:
        HttpTsa(url=URL, door=replace(gone, seconds=0.5)).stamp(DIGEST, "sha256")
    assert caught.value.code == "timestamp"


def test_plain_addresses_are_sent_to_and_never_read_from() -> None:
    with serving(stamping) as door:
        with pytest.raises(ForbiddenAddressError):
            door.fetch(URL)
        with pytest.raises(ForbiddenAddressError, match="port"):
            door.send("http://tsa.example:9/", b"", "application/timestamp-query")


@pytest.mark.parametrize("inner", ["http://10.0.0.1/", "http://169.254.169.254/latest", "https://127.0.0.1/"])
def test_what_is_inside_is_not_sent_to(inner: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        HttpFetcher(now=lambda: NOW, seconds=1).send(inner, b"", "application/timestamp-query")


def test_the_authority_goes_to_the_processes_of_a_crew() -> None:
    authority = HttpTsa(url=URL)
    assert pickle.loads(pickle.dumps(authority)) == authority
