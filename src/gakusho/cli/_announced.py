# SPDX-License-Identifier: Apache-2.0
"""A server that says where it is once it answers, not before."""

from __future__ import annotations

import socket
import sys

import uvicorn

from gakusho.cli.terminal import say


class Announced(uvicorn.Server):
    """uvicorn's server, with words for the terminal when it has started."""

    words = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as always, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            say(self.words)
            sys.stdout.flush()
