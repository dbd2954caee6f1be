# SPDX-License-Identifier: Apache-2.0
"""A mail handed to a server: one message nobody can add a header to, and an honest answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from tests.fakes.smtp import MailServer

from gakusho.errors import GakushoError, InputError, SettingsError, UnreachableError
from gakusho.store.mailers import InboxMailer, Letter, SmtpMailer

LETTER = Letter(
    mail_id="m",
    message_id="m.gakusho",
    recipient="hanako@students.example",
    subject="【さくら大学】証明書 / Your credential",
    body="花子 様\n\n.\nhttps://desk.example/claim/abc\n",
    sender_name="Sakura University",
    reply_to="registrar@sakura.example",
    date=datetime(2026, 3, 25, 9, 0, tzinfo=UTC),
)
Start = Callable[[Mapping[str, str | None]], MailServer]


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[MailServer] = []

    def begin(answers: Mapping[str, str | None]) -> MailServer:
        servers.append(MailServer(answers))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def test_the_mail_arrives_as_written(start: Start) -> None:
    server = start({})
    _mailer(server).send(LETTER)
    [mail] = server.mails
    message = message_from_bytes(mail, policy=policy.default)
    assert message["Subject"] == LETTER.subject
    assert message["From"] == "Sakura University <desk@gakusho.example>"
    assert message["To"] == LETTER.recipient
    assert message["Reply-To"] == LETTER.reply_to
    assert message["Message-ID"] == "<m.gakusho@gakusho.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == LETTER.body


def test_the_same_mail_again_has_the_same_id(start: Start) -> None:
    server = start({})
    for _ in range(2):
        _mailer(server).send(LETTER)
    ids = {message_from_bytes(mail)["Message-ID"] for mail in server.mails}
    assert ids == {"<m.gakusho@gakusho.example>"}


@pytest.mark.parametrize("field", ["subject", "sender_name"])
def test_words_cannot_become_a_header(start: Start, field: str) -> None:
    server = start({})
    nasty = "x\r\nBcc: all@example.net\u2028y"
    letters = {
        "subject": replace(LETTER, subject=nasty),
        "sender_name": replace(LETTER, sender_name=nasty),
    }
    _mailer(server).send(letters[field])
    message = message_from_bytes(server.mails[0], policy=policy.default)
    assert message["Bcc"] is None


@pytest.mark.parametrize("address", ["a@b.example\r\nRCPT TO:<x@y.example>", "a b@c.example", "nobody", ""])
def test_what_is_no_address_is_refused(start: Start, address: str) -> None:
    server = start({})
    with pytest.raises(InputError) as refused:
        _mailer(server).send(replace(LETTER, recipient=address))
    assert refused.value.code == "mail-refused"
    assert server.mails == []


@pytest.mark.parametrize(
    ("answers", "code", "taken"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, "mail-refused", 0),
        ({"MAIL": "530 sign in first"}, "mail-server", 0),
        ({"RCPT": "451 4.7.1 greylisted"}, "mail-later", 0),
        ({"DATA": "451 later"}, "mail-later", 0),
        ({"END": "554 looks like spam"}, "mail-refused", 0),
        ({"EHLO": None, "HELO": None}, "mail-server", 0),
        ({"MAIL": None}, "mail-server", 0),
        ({"RCPT": None}, "mail-server", 0),
        ({"END": None}, "mail-uncertain", 1),
    ],
)
def test_what_the_server_does_is_said(
    start: Start, answers: Mapping[str, str | None], code: str, taken: int
) -> None:
    server = start(answers)
    with pytest.raises(GakushoError) as raised:
        _mailer(server).send(LETTER)
    assert raised.value.code == code
    assert len(server.mails) == taken


def test_a_server_that_is_not_there_can_be_tried_later() -> None:
    server = MailServer()
    server.close()
    with pytest.raises(UnreachableError) as raised:
        _mailer(server).send(LETTER)
    assert raised.value.code == "mail-server"
    assert "when it answers again" in raised.value.action


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://mail.example:25?tls=no"])
def test_a_server_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        SmtpMailer(url, sender="desk@gakusho.example")


def test_the_password_is_not_shown() -> None:
    mailer = SmtpMailer("smtp://me:hidden@mail.example:587", sender="desk@gakusho.example")
    assert "hidden" not in repr(mailer)


def test_the_inbox_takes_everything() -> None:
    InboxMailer().send(LETTER)


def _mailer(server: MailServer) -> SmtpMailer:
    return SmtpMailer(server.url, sender="desk@gakusho.example", timeout=60)
