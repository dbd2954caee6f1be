# SPDX-License-Identifier: Apache-2.0
"""Processes of their own, forked from one that has read the program's modules in: that takes a second each.

What runs in them begins as in a process that was started: its own session, arguments, environment and
standard streams, no threads, and nothing open that the tests have open.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gakusho import formats

_FORMATS = [f"{formats.__name__}.{module.name}" for module in pkgutil.iter_modules(formats.__path__)]
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    ["gakusho.cli.main", "gakusho.issuer.desk", "gakusho.store._workflows", "gakusho.web.app", *_FORMATS]
)


class Forked:
    """A running process, watched as ``subprocess.Popen`` is."""

    def __init__(
        self,
        run: Callable[[], None],
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Begin ``run`` with ``sys.argv[1:]`` as given; where it returns, the exit code is 0."""
        self._streams = tempfile.TemporaryDirectory()
        self._said = (b"", b"")
        variables = dict(os.environ if environment is None else environment)
        self._process = _SERVER.Process(
            target=_begin, args=(run, list(arguments), variables, self._streams.name)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Its id, and that of its group."""
        found = self._process.pid
        assert found is not None
        return found

    @property
    def returncode(self) -> int | None:
        """Its exit code, below 0 the signal that ended it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Give the same."""
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Wait for its end, and give what it wrote. Raises: subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        if Path(self._streams.name).exists():
            out, errors = ((Path(self._streams.name) / name).read_bytes() for name in ("out", "errors"))
            self._streams.cleanup()
            self._said = out, errors
        return self._said


def _begin(run: Callable[[], None], arguments: list[str], environment: dict[str, str], streams: str) -> None:
    os.setsid()  # whatever it starts is killed with it
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    for name, stream in (("out", sys.stdout), ("errors", sys.stderr)):
        descriptor = os.open(f"{streams}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
    run()
