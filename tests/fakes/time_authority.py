# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority behind an address of this machine, that answers as it is told to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import tsp
from tests.fakes.archive import SIGNED, tsa

from gakusho.proof.stand_in_tsa import StandInTsa

REPLY = "application/timestamp-reply"
Answer = Callable[[bytes], tuple[int, str, bytes]]


class Dripping(bytes):
    """What is sent a byte at a time, and never to its end."""


class Held(bytes):
    """What is not sent at all: the line stays open."""


@dataclass(kw_only=True)
class TimeAuthority:
    """The server; what it answers can be changed while it runs."""

    answer: Answer
    port: int = 0


def stamping(body: bytes) -> tuple[int, str, bytes]:
    """Answer as RFC 3161 says."""
    return 200, REPLY, tsa().answer(body)


def _asked_otherwise(body: bytes, name: str, value: object) -> bytes:
    """Give the good answer to another question than the one that was asked."""
    asked = tsp.TimeStampReq.load(body)
    if name == "nonce":
        asked["nonce"] = value
    else:
        asked["message_imprint"]["hashed_message"] = value
    return tsa().answer(asked.dump(force=True))


def _late() -> StandInTsa:
    """Give the authority years after its certificate ended."""
    return replace(tsa(), now=lambda: SIGNED + timedelta(days=2_000))


FLAWS: dict[str, tuple[str, Answer]] = {
    "silent": ("timestamp", lambda body: (200, REPLY, Held(tsa().answer(body)))),
    "dripping": ("timestamp", lambda body: (200, REPLY, Dripping(tsa().answer(body)))),
    "broken": ("timestamp", lambda body: (500, REPLY, tsa().answer(body))),
    "busy": ("timestamp", lambda body: (503, REPLY, tsa().answer(body))),
    "elsewhere": ("timestamp", lambda body: (302, REPLY, tsa().answer(body))),
    "too much": ("timestamp", lambda body: (200, REPLY, tsa().answer(body) + bytes(65_536))),
    "other kind": ("timestamp-refused", lambda body: (200, "text/html", tsa().answer(body))),
    "empty": ("timestamp-refused", lambda _: (200, REPLY, b"")),
    "a page": ("timestamp-refused", lambda _: (200, REPLY, b"<html>")),
    "cut off": ("timestamp-refused", lambda body: (200, REPLY, tsa().answer(body)[:-9])),
    "rejection": ("timestamp-refused", lambda body: (200, REPLY, tsa().answer(body[:-3]))),
    "nonce": ("timestamp-refused", lambda body: (200, REPLY, _asked_otherwise(body, "nonce", 7))),
    "digest": ("timestamp-refused", lambda body: (200, REPLY, _asked_otherwise(body, "digest", bytes(32)))),
    "expired": ("timestamp-refused", lambda body: (200, REPLY, _late().answer(body))),
}
"""Everything that is no time-stamp, with the code by which it is told."""


@contextmanager
def serving(answer: Answer) -> Iterator[TimeAuthority]:
    """Serve on loopback."""
    over = threading.Event()
    authority = TimeAuthority(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, data = authority.answer(body)
            if isinstance(data, Held):
                self._gone()
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if status == 302:
                self.send_header("Location", f"http://tsa.example:{authority.port}/")
            self.end_headers()
            if isinstance(data, Dripping):
                with contextlib.suppress(OSError):
                    for one in data:
                        self.wfile.write(bytes([one]))
                        if over.wait(0.05):
                            return
                return
            self.wfile.write(data)

        def _gone(self) -> None:
            """Wait until the other side has given up."""
            self.connection.settimeout(20)
            with contextlib.suppress(OSError):
                self.connection.recv(1)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    authority.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
