# SPDX-License-Identifier: Apache-2.0
"""Verifies strangers' files in processes of their own, which can be stopped and which hold no secrets.

The server speaks with a process through its pipes: a file goes in, questions to the network come out and are
answered by the server's own fetcher, a report comes back. ``python -m gakusho.web.verify.aside`` is such a
process.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import math
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO

from gakusho.errors import UnreachableError
from gakusho.fetch import DEFAULT_MAX_BYTES, Fetched, Fetcher
from gakusho.formats import NO_ANCHORS, Anchors, formats
from gakusho.model.report import Report
from gakusho.model.signed_document import DocumentText
from gakusho.verifier.document_text import read_text
from gakusho.verifier.newest import NewestLists

MEMORY = 3 * 1024**3
"""Bytes a process may take; more is refused to it."""
CPU_SECONDS = 5
"""Seconds a process may compute for one file; waiting for the network is not counted."""
TEXT_CPU_SECONDS = 4
"""The same for reading the words of one document, which are asked for after the answer."""
MAX_MESSAGE = 256 * 1024**2
_BROKEN = (pickle.UnpicklingError, AttributeError, EOFError)
"""Beside the usual ones, what a message raises that no process of ours writes."""
_SAFE = ("gakusho.model.", "datetime.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked about the bytes; unless told otherwise, whether the credential in them holds."""

    presentation: bool = False
    """Whether they are a presentation."""
    only_proof: bool = False
    challenge: str | None = None
    domain: str | None = None
    anchors: Anchors = NO_ANCHORS

    def as_json(self) -> bytes:
        """Give it as the process is told."""
        plain = {name: value for name, value in vars(self).items() if name != "anchors"}
        held = {
            name: [base64.b64encode(one).decode() for one in getattr(self.anchors, name)]
            for name in ("times", "signers")
        }
        return json.dumps({**plain, "anchors": held}).encode()

    @classmethod
    def from_json(cls, told: bytes) -> Asked:
        """Give what the process was told."""
        plain = json.loads(told)
        held = {
            name: tuple(base64.b64decode(one) for one in ones) for name, ones in plain.pop("anchors").items()
        }
        return cls(**plain, anchors=Anchors(**held))


PLAIN = Asked()


def answer(
    data: bytes, asked: Asked, *, now: datetime, fetcher: Fetcher, newest: NewestLists | None = None
) -> Report:
    """Give the report; never raises for bad bytes."""
    from gakusho.verifier.presentation import verify_presentation
    from gakusho.verifier.verify import verify, verify_proof

    if asked.presentation:
        return verify_presentation(
            data,
            now=now,
            fetcher=fetcher,
            challenge=asked.challenge,
            domain=asked.domain,
            only_proof=asked.only_proof,
        )
    if asked.only_proof:
        return verify_proof(data, now=now, fetcher=fetcher)
    return verify(data, now=now, fetcher=fetcher, newest=newest, anchors=asked.anchors)


class StoppedError(Exception):
    """The process took too long, or broke."""


class _Reports(pickle.Unpickler):
    """Reads reports and nothing else: a process that a file has taken over cannot take over the server."""

    def find_class(self, module: str, name: str) -> Any:
        if not f"{module}.".startswith(_SAFE) or "." in name:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a report")
        found = super().find_class(module, name)
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a report")
        return found


def _send(pipe: IO[bytes], kind: bytes, *parts: bytes) -> None:
    pipe.write(kind + struct.pack(">B", len(parts)))
    pipe.writelines(struct.pack(">Q", len(part)) + part for part in parts)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[bytes, list[bytes]]:
    head = pipe.read(2)
    if len(head) < 2:
        raise StoppedError
    parts = []
    for _ in range(head[1]):
        size = struct.unpack(">Q", pipe.read(8).rjust(8, b"\xff"))[0]
        if size > MAX_MESSAGE:
            raise StoppedError
        parts.append(pipe.read(size))
    return head[:1], parts


@dataclass(kw_only=True)
class Worker:
    """One process, for one file at a time."""

    process: subprocess.Popen[bytes]
    computing: int = CPU_SECONDS

    @classmethod
    def start(cls, *, computing: int = CPU_SECONDS) -> Worker:
        """Start a process; it knows none of the server's settings."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GAKUSHO_")}
        command = [sys.executable, "-m", "gakusho.web.verify.aside"]
        return cls(
            computing=computing,
            process=subprocess.Popen(  # noqa: S603  # our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            ),
        )

    def verify(
        self, data: bytes, *, now: datetime, fetcher: Fetcher, seconds: float, asked: Asked = PLAIN
    ) -> Report:
        """Give the report. Raises: StoppedError; the process is gone then."""
        with self._stopped_after(seconds):
            return self._verify(data, now, fetcher, asked)

    def text(self, format_name: str, revision: bytes, *, seconds: float) -> DocumentText:
        """Give the words of a signed revision. Raises: StoppedError; the process is gone then."""
        with self._stopped_after(seconds):
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            computing = str(TEXT_CPU_SECONDS).encode()
            _send(self.process.stdin, b"W", computing, format_name.encode(), revision)
            text = _Reports(io.BytesIO(_receive(self.process.stdout)[1][0])).load()
            if not isinstance(text, DocumentText):
                raise StoppedError
            return text

    @contextlib.contextmanager
    def _stopped_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        try:
            yield
        except (OSError, ValueError, TypeError, LookupError, struct.error, *_BROKEN) as error:
            self.stop()
            raise StoppedError from error
        except BaseException:
            self.stop()
            raise
        finally:
            timer.cancel()

    def _verify(self, data: bytes, now: datetime, fetcher: Fetcher, asked: Asked) -> Report:
        into, out = self.process.stdin, self.process.stdout
        assert into is not None
        assert out is not None
        computing = str(self.computing).encode()
        _send(into, b"V", now.isoformat().encode(), computing, data, asked.as_json())
        while True:
            kind, parts = _receive(out)
            if kind == b"R":
                report = _Reports(io.BytesIO(parts[0])).load()
                if not isinstance(report, Report):
                    raise StoppedError
                return report
            try:
                got = fetcher.fetch(parts[0].decode(), max_bytes=min(int(parts[1]), DEFAULT_MAX_BYTES * 64))
                words = (got.url, got.media_type, got.time.isoformat(), got.source)
                _send(into, b"F", got.data, *(word.encode() for word in words))
            except UnreachableError as error:
                facts = pickle.dumps({k: str(v) for k, v in error.facts.items()})
                _send(into, b"E", str(error).encode(), error.code.encode(), facts)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


@dataclass(kw_only=True)
class Workers:
    """A few processes, started when first needed and used again."""

    at_once: int
    computing: int = CPU_SECONDS
    _idle: list[Worker] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._free = threading.BoundedSemaphore(self.at_once)

    def verify(
        self, data: bytes, *, now: datetime, fetcher: Fetcher, seconds: float, asked: Asked = PLAIN
    ) -> Report:
        """Give the report, after waiting for a free process. Raises: StoppedError."""
        with self._free:
            worker = self._take()
            report = worker.verify(data, now=now, fetcher=fetcher, seconds=seconds, asked=asked)
            with self._lock:
                self._idle.append(worker)
            return report

    def text(self, format_name: str, revision: bytes, *, seconds: float) -> DocumentText:
        """Give the words of a signed revision, after waiting for a free process. Raises: StoppedError."""
        with self._free:
            worker = self._take()
            text = worker.text(format_name, revision, seconds=seconds)
            with self._lock:
                self._idle.append(worker)
            return text

    def _take(self) -> Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.stop()
        return Worker.start(computing=self.computing)

    def close(self) -> None:
        """End the processes that are idle."""
        with self._lock:
            while self._idle:
                self._idle.pop().stop()


class _AskingFetcher:
    """Inside a process: asks the server."""

    def __init__(self, into: BinaryIO, out: BinaryIO) -> None:
        self._into, self._out = into, out

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        _send(self._out, b"Q", url.encode("utf-8", "replace"), str(max_bytes).encode())
        kind, parts = _receive(self._into)
        if kind == b"E":
            raise UnreachableError(parts[0].decode(), code=parts[1].decode(), facts=pickle.loads(parts[2]))  # noqa: S301  # from the server
        url, media_type, time, source = (part.decode() for part in parts[1:])
        return Fetched(
            data=parts[0], url=url, media_type=media_type, time=datetime.fromisoformat(time), source=source
        )


def serve(into: BinaryIO, out: BinaryIO) -> None:
    """Verify what comes in until the server closes the pipe."""
    importlib.import_module("gakusho.verifier.presentation")  # no file pays for the loading of code
    formats()
    newest = NewestLists()
    while True:
        try:
            kind, parts = _receive(into)
        except StoppedError:
            return
        if kind == b"W":
            _bound_computing(int(parts[0]))
            _send(out, b"W", pickle.dumps(read_text(parts[1].decode(), parts[2])))
            continue
        now, computing, data, wanted = parts
        _bound_computing(int(computing))
        report = answer(
            data,
            Asked.from_json(wanted),
            now=datetime.fromisoformat(now.decode()),
            fetcher=_AskingFetcher(into, out),
            newest=newest,
        )
        _send(out, b"R", pickle.dumps(report))


def _bound_computing(seconds: int) -> None:
    """Let the system end this process when the next file takes too much computing."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))


def _main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not mix with the answers
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    _main()
