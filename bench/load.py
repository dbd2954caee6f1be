# SPDX-License-Identifier: Apache-2.0
"""Loads an HTTP server from one process: keep-alive connections, each asking again once it was answered.

Usage: python -m bench.load PORT PROCESS FOLDER PATH SECONDS CONNECTIONS    prints one JSON object
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from pathlib import Path


class _Connection:
    """One connection and what it is in the midst of receiving."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._begun = 0.0

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._received, self._begun = b"", time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> float | None:
        """Take what has come; give the seconds it took once all has. Raises RuntimeError for a refusal."""
        self._received += self.socket.recv(65_536)
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the server refused: {self._received[:500]!r}")
        length = next(
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        return time.perf_counter() - self._begun if len(body) >= length else None


def load(
    port: int, process: int, requests: list[bytes], seconds: float, connections: int
) -> dict[str, float]:
    """Give requests a second, requests a CPU second of the server, and the slowest of a hundred in ms."""
    selector = selectors.DefaultSelector()
    for number in range(connections):
        connection = _Connection(port)
        connection.ask(requests[number % len(requests)])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    begin = now = time.perf_counter()
    used = cpu_seconds(process)
    took: list[float] = []
    while now - begin < seconds or len(took) < 100:
        for key, _ in selector.select(timeout=5):
            latency = key.data.answered()
            if latency is not None:
                took.append(latency)
                key.data.ask(requests[len(took) % len(requests)])
        now = time.perf_counter()
    used = cpu_seconds(process) - used
    took.sort()
    return {
        "rate": len(took) / (now - begin),
        "by_cpu": len(took) / used,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
    }


def cpu_seconds(process: int) -> float:
    """Give what a process has used so far, all its threads together."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Warm the server up for a second and at least a hundred answers, then load it."""
    port, process, folder, path, seconds, connections = sys.argv[1:7]
    bodies = json.loads((Path(folder) / "bodies.json").read_text("utf-8"))
    requests = [_request(path, body.encode()) for body in bodies]
    load(int(port), int(process), requests, 1, int(connections))
    print(json.dumps(load(int(port), int(process), requests, float(seconds), int(connections))))


def _request(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    main()
