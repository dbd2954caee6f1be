# SPDX-License-Identifier: Apache-2.0
"""A mail server on this machine that takes mails, refuses them, or breaks off where it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import BinaryIO, cast


class MailServer:
    """Speaks as much SMTP (RFC 5321) as is needed; ``answers`` replaces what it says to a command.

    An answer that is None breaks the connection at that command; ``END`` is the end of the mail.
    """

    def __init__(self, answers: Mapping[str, str | None] | None = None) -> None:
        self.mails: list[bytes] = []
        self._answers = dict(answers or {})
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    def close(self) -> None:
        """Stop to listen."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits
        self._socket.close()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                try:
                    self._talk(cast("BinaryIO", stream))
                except OSError:
                    continue

    def _talk(self, stream: BinaryIO) -> None:
        def say(line: str) -> None:
            stream.write(line.encode() + b"\r\n")
            stream.flush()

        say("220 mail.example ready")
        while line := stream.readline():
            command = line.decode("utf-8", "replace").strip().upper().split(" ")[0].split(":")[0]
            answer = self._answers.get(command, _USUAL.get(command, "502 what"))
            if answer is None:
                return
            say(answer)
            if command == "QUIT":
                return
            if command == "DATA" and answer.startswith("354"):
                mail = b"".join(iter(stream.readline, b".\r\n"))
                end = self._answers.get("END", "250 taken")
                if end is None:
                    self.mails.append(mail)
                    return
                if end.startswith("250"):
                    self.mails.append(mail)
                say(end)


_USUAL = {
    "EHLO": "250-mail.example\r\n250 SMTPUTF8",
    "HELO": "250 mail.example",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}
