# SPDX-License-Identifier: Apache-2.0
"""A port to listen on some seconds later, which nobody is given meanwhile."""

from __future__ import annotations

import secrets
import socket

LOW, HIGH = 15_000, 30_000
"""Below those that the system gives to whoever connects to anything (``ip_local_port_range``)."""


def free_port() -> int:
    """Give a port of this machine nobody listens on, by chance, so that no two processes choose the same."""
    while True:
        port = LOW + secrets.randbelow(HIGH - LOW)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
