# SPDX-License-Identifier: Apache-2.0
"""The mails of an account, in Japanese and English."""

from __future__ import annotations

_SIGN_IN = {
    "ja": (
        "学証へのサインイン",
        """学証にサインインするには、次のリンクを開いて「サインインする」を押してください。

{url}

リンクは{minutes}分間、一度だけ使えます。
お心当たりがない場合は、このメールを捨ててください。リンクを開かない限り、何も起こりません。
""",
    ),
    "en": (
        "Sign in to Gakusho",
        """To sign in to Gakusho, open this link and press “Sign in”.

{url}

The link works once, within {minutes} minutes.
If you did not ask for it, throw this mail away. Nothing happens unless the link is opened.
""",
    ),
}

_ADD_EMAIL = {
    "ja": (
        "メールアドレスの確認",
        """このメールアドレスを学証のアカウントに加えるよう依頼がありました。
ご本人の依頼であれば、サインインしたまま次のリンクを開き、内容を確かめてください。

{url}

リンクは{minutes}分間、一度だけ使えます。
お心当たりがない場合は、このメールを捨ててください。アドレスは加えられません。
""",
    ),
    "en": (
        "Confirm your e-mail address",
        """Somebody asked to add this e-mail address to an account at Gakusho.
If it was you, open this link in the browser where you are signed in, and confirm.

{url}

The link works once, within {minutes} minutes.
If it was not you, throw this mail away. The address will not be added.
""",
    ),
}


def sign_in(language: str, url: str, *, minutes: int) -> tuple[str, str]:
    """Give the subject and the body of a sign-in mail."""
    subject, body = _SIGN_IN.get(language, _SIGN_IN["ja"])
    return subject, body.format(url=url, minutes=minutes)


def add_email(language: str, url: str, *, minutes: int) -> tuple[str, str]:
    """Give the subject and the body of the mail that confirms a new address."""
    subject, body = _ADD_EMAIL.get(language, _ADD_EMAIL["ja"])
    return subject, body.format(url=url, minutes=minutes)
