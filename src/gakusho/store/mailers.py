# SPDX-License-Identifier: Apache-2.0
"""Ways to hand a mail over."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from gakusho.errors import InputError, SettingsError, UnreachableError

MAIL_REFUSED = "mail-refused"
MAIL_UNCERTAIN = "mail-uncertain"
MAIL_LATER = "mail-later"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail ready to be handed over."""

    mail_id: str
    message_id: str
    """Stable for one mail, without angle brackets."""
    recipient: str
    subject: str
    body: str
    sender_name: str = ""
    reply_to: str | None = None
    date: datetime


class Mailer(Protocol):
    """One way to hand a mail over."""

    keeps: bool
    """Whether mails are to be read in the table afterwards, because nothing else shows them."""

    def send(self, letter: Letter) -> None:
        """Hand the mail over; it is out of our hands when this returns.

        Raises:
            InputError: ``mail-refused``: this mail will never be taken.
            UnreachableError: ``mail-uncertain``: it may have been sent; do not try again unasked.
                ``mail-later``: not this one now, others yes. Any other code: nothing can be sent now.
        """


class InboxMailer:
    """Sends nothing: mails stay in the table, where the demo's inbox shows them."""

    keeps = True

    def send(self, letter: Letter) -> None:
        """Take the mail as delivered."""


_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class SmtpMailer:
    """Hands mails to a server: ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://host:465``.

    ``?from=address`` names the sender; ``?tls=no`` is for a server on the same machine only.
    """

    keeps = False

    def __init__(self, url: str, *, sender: str, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise SettingsError(
                "The mail server's address cannot be read.", facts={"expected": "smtp://host:587"}
            )
        self._host, self._scheme = parts.hostname, parts.scheme
        self._port = parts.port or (465 if parts.scheme == "smtps" else 587)
        self._user, self._password = parts.username, parts.password
        self._plain = "tls=no" in parts.query.split("&")
        self._sender, self._timeout = sender, timeout
        if self._plain and self._host not in {"127.0.0.1", "::1", "localhost"}:
            raise SettingsError(
                "Mail may go without TLS only to a server on this machine.", facts={"got": self._host}
            )

    def __repr__(self) -> str:
        return f"SmtpMailer({self._scheme}://{self._host}:{self._port})"

    def send(self, letter: Letter) -> None:
        """Hand the mail over by SMTP."""
        message = self._message(letter)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise UnreachableError(
                f"The mail server {self._host}:{self._port} could not be asked: {error}.",
                code="mail-server",
                action="Check that the mail server runs; the mails are sent when it answers again.",
            ) from error
        handed = named = False
        try:
            server.ehlo_or_helo_if_needed()
            _expect(server.mail(self._sender, ["SMTPUTF8"] if _wide(letter.recipient) else []))
            named = True
            _expect(server.rcpt(letter.recipient))
            handed = True
            _expect(server.data(message))
        except smtplib.SMTPResponseException as error:
            text = f"{error.smtp_code} {_words(error.smtp_error)}"
            if not named:  # it refuses the sender, and so every mail
                raise UnreachableError(
                    f"The mail server does not take our mails: {text}.",
                    code="mail-server",
                    action="Check the sender's address and the sign-in at the mail server.",
                ) from error
            if 400 <= error.smtp_code < 500:
                raise UnreachableError(
                    f"The mail server asks to try later: {text}.", code=MAIL_LATER
                ) from error
            raise _refused(f"The mail server refuses the mail: {text}.") from error
        except (OSError, smtplib.SMTPException) as error:
            if handed:
                raise UnreachableError(
                    f"The connection broke while the mail was handed over: {error}.",
                    code=MAIL_UNCERTAIN,
                    action="Ask whether it arrived, and send it again if it did not.",
                ) from error
            raise UnreachableError(f"The mail server broke off: {error}.", code="mail-server") from error
        finally:
            _close(server)

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._scheme == "smtps":
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
            if not self._plain:
                server.starttls(context=context)
        if self._user:
            server.login(unquote(self._user), unquote(self._password or ""))
        return server

    def _message(self, letter: Letter) -> bytes:
        message = EmailMessage()
        host = self._sender.rpartition("@")[2]
        try:
            message["From"] = Address(display_name=plain_line(letter.sender_name), addr_spec=self._sender)
            message["To"] = Address(addr_spec=letter.recipient)
            if letter.reply_to:
                message["Reply-To"] = Address(addr_spec=letter.reply_to)
        except (ValueError, IndexError) as error:
            raise _refused("The address is not one a mail can be sent to.") from error
        message["Subject"] = plain_line(letter.subject)
        message["Date"] = format_datetime(letter.date)
        message["Message-ID"] = f"<{letter.message_id}@{host}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(letter.body, charset="utf-8", cte="base64")
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def plain_line(words: str) -> str:
    """Give the words on one line: nothing in them can begin another header."""
    return _LINE.sub(" ", words).strip()


def _refused(sentence: str) -> InputError:
    return InputError(sentence, code=MAIL_REFUSED, action="Correct the address, then send it again.")


def _expect(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, words)


def _wide(address: str) -> bool:
    return not address.isascii()


def _words(answer: bytes | str) -> str:
    return (answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer)[:200]


def _close(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
