# SPDX-License-Identifier: Apache-2.0
"""The mails a holder causes, in Japanese and English in one mail, and how they are put in the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from gakusho.model.dates import western
from gakusho.store.ids import new_id
from gakusho.store.tables import Mail
from gakusho.store.work import Work

_JAPAN = timezone(timedelta(hours=9))
_RULE = "\n\n----------------------------------------\n\n"


def share_letter(*, sender: str, link: str, purpose: str, until: datetime, has_pin: bool) -> tuple[str, str]:
    """Give subject and body of the mail that brings a share to its recipient; the PIN never stands in it."""
    ja = [
        f"{sender} さんが、あなたに証明書を共有しました。",
        *([f"目的：{purpose}"] if purpose else []),
        f"次のリンクを開くと、内容を見て、本物かどうかを確かめられます。アカウントは要りません。\n{link}",
        f"リンクの期限：{_in_japan(until)}（期限が切れるのはリンクで、証明書ではありません）",
        *(["開くにはPINが必要です。PINは別に伝えられます。"] if has_pin else []),
        "お心当たりがない場合は、このメールを削除してください。",
    ]
    en = [
        f"{sender} has shared credentials with you.",
        *([f"Purpose: {purpose}"] if purpose else []),
        f"Open this link to see them and to check that they are genuine. You need no account.\n{link}",
        f"The link works until {_in_utc(until)}. Only the link ends then, not the credential.",
        *(["You need a PIN to open it. It is told to you separately."] if has_pin else []),
        "If you did not expect this, please delete this mail.",
    ]
    subject = f"{sender} さんからの証明書 / Credentials from {sender}"
    return subject, "\n\n".join(ja) + _RULE + "\n\n".join(en) + "\n"


def pin_letter(*, sender: str, pin: str) -> tuple[str, str]:
    """Give subject and body of the separate mail with the PIN; the link does not stand in it."""
    body = (
        f"{sender} さんが共有した証明書を開くためのPINです。\n\n    {pin}\n\n"
        "リンクは別のメールにあります。このPINをほかの方に教えないでください。"
        + _RULE
        + f"This is the PIN that opens the credentials {sender} has shared with you.\n\n    {pin}\n\n"
        "The link is in another mail. Please do not pass the PIN on.\n"
    )
    return "証明書を開くためのPIN / Your PIN", body


def correction_letter(
    *, name: str, title: str, issue_number: str | None, message: str, reply_to: str, ticket: str, console: str
) -> tuple[str, str]:
    """Give subject and body of the mail in which a holder reports an error in their record."""
    number = issue_number or "–"
    body = (
        f"{name} さんから、証明書の内容に誤りがあるとの連絡がありました。\n\n"
        f"証明書：{title}\n発行番号：{number}\n受付番号：{ticket}\n"
        f"連絡先：{reply_to}\n管理画面：{console}\n\n"
        f"{name} has reported an error in a credential.\n\n"
        f"Credential: {title}\nIssue number: {number}\nTicket: {ticket}\n"
        f"Reply to: {reply_to}\nConsole: {console}" + _RULE + message + "\n"
    )
    return f"証明書の誤りの連絡 {ticket} / Error reported in a credential", body


def _in_japan(time: datetime) -> str:
    local = time.astimezone(_JAPAN)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}（日本時間）"


def _in_utc(time: datetime) -> str:
    utc = time.astimezone(UTC)
    return f"{western(utc.date())}, {utc:%H:%M} UTC"


def queue(
    work: Work, *, key: str, kind: str, recipient: str, letter: tuple[str, str], award_id: str | None = None
) -> None:
    """Put a mail in the queue; it goes out after this unit of work is committed."""
    subject, body = letter
    work.session.add(
        Mail(
            id=new_id(),
            key=key[:200],
            institution_id=None,
            award_id=award_id,
            kind=kind,
            recipient=recipient,
            subject=subject[:300],
            body=body,
            state="waiting",
            attempts=0,
            next_attempt_at=None,
            created_at=work.now,
        )
    )
