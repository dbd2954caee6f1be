# SPDX-License-Identifier: Apache-2.0
"""A server's processes for the pure part of large batches: any function over its parts, on all cores.

Unlike ``spread``, whose processes are copies of one without threads, these are started afresh, so that a
server with its threads can have them. They know no settings, secrets or database; what they need comes
through their pipes, and when the server is gone, however it ended, their pipes close and they end.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import secrets
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from gakusho.errors import GakushoError
from gakusho.issuer import _crew_wire as wire
from gakusho.issuer.spread import WAITING, cores
from gakusho.proof import Signer
from gakusho.store.jobs import StoppedError

Part = TypeVar("Part")
Result = TypeVar("Result")

log = logging.getLogger(__name__)

_TRIES = 3
"""Processes that may end by themselves over one part."""
_CLOSING_SECONDS = 5.0


class Crew:
    """Some processes, started when first needed, used again, and ended when nothing came for a while."""

    def __init__(self, processes: int | None = None, *, idle_seconds: float = 60.0) -> None:
        """``processes`` None: as many as this process may use cores."""
        self.processes = cores() if processes is None else processes
        self._secret = secrets.token_bytes(32)
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._idle: list[_Member] = []
        self._all: set[_Member] = set()
        self._runs = 0
        self._rest: threading.Timer | None = None
        self._closed = False
        self._threads = ThreadPoolExecutor(max(self.processes, 1), thread_name_prefix="gakusho-crew")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pids(self) -> list[int]:
        """Give the ids of the processes there are now."""
        with self._lock:
            return [each.process.pid for each in self._all if each.process.poll() is None]

    def spread(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Generator[Result, None, None]:
        """Give ``work(part)`` for each part, in order; ``parts`` is read no faster than the work is done.

        ``work``, parts and results go between processes, so they can be pickled; signers in them are handed
        over or asked from there (``PortableSigner``). A part whose process ended by itself is done again.

        Raises: GakushoError that ``work`` raises; GakushoError (``worker``) when processes end by themselves
        over the same part again and again; StoppedError when the crew is closed meanwhile.
        """
        self._begin()
        waiting: deque[Future[Result]] = deque()
        try:
            for part in parts:
                waiting.append(self._threads.submit(self._done, work, part))
                if len(waiting) >= WAITING * self.processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
            self._end()

    def close(self) -> None:
        """End the processes, whatever they do."""
        with self._lock:
            self._closed = True
            members = list(self._all)
            if self._rest is not None:
                self._rest.cancel()
        for member in members:
            member.process.kill()  # who waits for its answer learns it, and lets go of the pipes
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._dismiss()

    def _begin(self) -> None:
        with self._lock:
            if self._closed:
                raise StoppedError("The crew was closed.")
            self._runs += 1
            if self._rest is not None:
                self._rest.cancel()

    def _end(self) -> None:
        with self._lock:
            self._runs -= 1
            if self._runs or self._closed:
                return
            self._rest = threading.Timer(self._idle_seconds, self._dismiss)
            self._rest.daemon = True
            self._rest.start()

    def _dismiss(self) -> None:
        with self._lock:
            if self._runs and not self._closed:
                return
            members, self._idle = self._idle, []
            self._all.difference_update(members)
        for member in members:
            member.end()

    def _done(self, work: Callable[[Part], Result], part: Part) -> Result:
        stay: list[Signer] = []
        task = wire.packed((work, part), secret=self._secret, stay=stay)
        for _ in range(_TRIES):
            member = self._taken()
            try:
                kind, answer = member.do(task, stay)
            except (EOFError, OSError):
                self._gone(member)
                continue
            except BaseException:  # a signer's error: the process waits for a signature in vain
                self._gone(member)
                raise
            with self._lock:
                self._idle.append(member)
            result: Result = _result(kind, answer)
            return result
        raise GakushoError(
            f"A process that issued for this batch ended by itself, {_TRIES} times at the same rows.",
            code="worker",
            action="Make sure there is memory enough, then issue the batch again.",
        )

    def _taken(self) -> _Member:
        with self._lock:
            if self._closed:
                raise StoppedError("The crew was closed.")
            while self._idle:
                member = self._idle.pop()
                if member.process.poll() is None:
                    return member
                self._all.discard(member)
                member.end()
            member = _Member(self._secret)
            self._all.add(member)
            return member

    def _gone(self, member: _Member) -> None:
        with self._lock:
            self._all.discard(member)
        member.end()


class _Member:
    """One process, for one part at a time."""

    def __init__(self, secret: bytes) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GAKUSHO_")}
        self.process = subprocess.Popen(  # our own module
            [sys.executable, "-m", "gakusho.issuer._crew_member"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the server, which ends its processes itself
        )
        self._secret: bytes | None = secret

    def do(self, task: bytes, stay: list[Signer]) -> tuple[bytes, bytes]:
        """Give the kind of the answer, and the answer. Raises: EOFError, OSError when the process is gone."""
        into, out = self.process.stdin, self.process.stdout
        assert into is not None
        assert out is not None
        if self._secret is not None:
            wire.send(into, self._secret)
            self._secret = None
        wire.send(into, task)
        while True:
            message = wire.receive(out)
            kind, answer = message[:1], message[1:]
            if kind != wire.SIGN:
                return kind, answer
            number, data = pickle.loads(answer)  # noqa: S301  # our own process, which reads no stranger's files
            wire.send(into, pickle.dumps(wire.signed(stay[number], data)))

    def end(self) -> None:
        """End the process now; nothing is kept in it."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()
        self.process.wait(_CLOSING_SECONDS)


def _result(kind: bytes, answer: bytes) -> Any:
    given = pickle.loads(answer)  # noqa: S301  # our own process, which reads no stranger's files
    if kind == wire.DONE:
        return given
    if kind == wire.REFUSED:
        error, message, code, action, facts = given
        raise error(message, code=code, action=action, facts=facts)
    name, trace = given
    log.error("a process stopped: %s", trace)
    raise GakushoError(f"Issuing stopped: {name}.")
