# SPDX-License-Identifier: Apache-2.0
"""A process of a crew: does what the server sends until the server is gone.

``python -m gakusho.issuer._crew_member``. It is told the crew's secret first, then one task after the other.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Sequence
from typing import BinaryIO

from gakusho.errors import GakushoError, trace_of
from gakusho.issuer import _crew_wire as wire

SECONDS = 300
"""After which a process that is still at one task is ended, whatever it does, be the server there or not."""
_NICE = 5
"""The pages of the server come before its batches."""


def serve(into: BinaryIO, out: BinaryIO) -> None:
    """Do what comes in until the other side closes the pipe."""

    def ask(number: int, data: Sequence[bytes]) -> list[bytes]:
        wire.send(out, wire.SIGN + pickle.dumps((number, list(data))))
        answer: list[bytes] = pickle.loads(wire.receive(into))  # noqa: S301  # from the server whose process this is
        return answer

    with contextlib.suppress(EOFError, BrokenPipeError):
        wire.STATION.secret = wire.receive(into)
        wire.STATION.ask = ask
        while True:
            message = wire.receive(into)
            _end_after(SECONDS)
            answer = _done(message)
            _end_after(0)
            wire.send(out, answer)


def _done(message: bytes) -> bytes:
    try:
        work, part = pickle.loads(message)  # noqa: S301  # from the server whose process this is
        return wire.DONE + pickle.dumps(work(part), pickle.HIGHEST_PROTOCOL)
    except GakushoError as error:
        told = (type(error), str(error), error.code, error.action, dict(error.facts))
        return wire.REFUSED + pickle.dumps(told)
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001  # whatever it was, the server must be told
        return wire.BROKE + pickle.dumps((type(error).__name__, trace_of(error)))


def _end_after(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _main() -> None:
    into, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not mix with the answers
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # keys do not go into files, not even at a crash
        os.nice(_NICE)
    serve(into, out)


if __name__ == "__main__":
    _main()
