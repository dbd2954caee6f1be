# SPDX-License-Identifier: Apache-2.0
"""What went wrong with verification codes and certificate machines, and what to do, by error code."""

from __future__ import annotations

from collections.abc import Mapping

JAPANESE: Mapping[str, str | tuple[str, ...]] = {
    "code-mistyped": (
        "確認番号に打ち間違いがあります（{expected#}桁の英数字です）。",
        "確認番号に打ち間違いがあります。",
    ),
    "no-code": "この確認番号の書面は見つかりません。",
    "paper-link-other": "この書面のリンクは、別の側（本人または機関）が取り下げたものです。",
    "number-series": (
        "この系列の文書発行番号（{got}）は、別の発行で使われています。",
        "この系列の文書発行番号は、別の発行で使われています。",
    ),
    "no-kiosk": "その発行機はありません。",
    "no-kiosk-student": "その学生は、発行機に登録されていません。",
    "kiosk-label": "発行機には、100文字までの名前が必要です。",
    "kiosk-token": "発行機のトークンが違うか、失効しています。",
    "kiosk-offer": "発行機の設定に、使えない値があります。",
    "kiosk-sign-in": (
        "学籍番号か暗証番号が違うか、カードが登録されていないか、間違いが5回続いたため休止中です。"
    ),
    "kiosk-locked": (
        "この発行機では間違いが続いたため、{until}まで休止しています。",
        "この発行機では間違いが続いたため、休止しています。",
    ),
    "kiosk-visit": "操作の時間が過ぎたか、終了しています。",
    "kiosk-student": (
        "暗証番号は数字{expected}桁、カードは8〜200文字です（学籍番号「{got}」）。",
        "暗証番号かカードを使えません。",
    ),
    "kiosk-card-taken": "このカードは、別の学生に登録されています。",
    "kiosk-document": "その証明書は、この学生には発行できません。",
    "kiosk-table": ("表に学籍番号の列がありません（{got}）。", "表に学籍番号の列がありません。"),
    "kiosk-request-id": (
        "要求の番号が使えません（{expected}文字のASCII文字）。",
        "要求の番号が使えません。",
    ),
    "kiosk-request-reused": "この要求の番号は、別の要求に使われています。",
    "kiosk-language": ("その言語では発行できません（{expected}）。", "その言語では発行できません。"),
    "kiosk-per-day": "一日に発行できる部数を使い切りました。",
    "kiosk-copies": ("一度に発行できるのは{expected#}部までです。", "その部数では発行できません。"),
    "kiosk-words": "提出先か用途が長すぎるか、この証明書には記せません。",
    "kiosk-glyph": ("証明書に印刷できない文字があります（{got}）。", "証明書に印刷できない文字があります。"),
    "kiosk-print": "この発行機に、その印刷はありません。",
    "kiosk-not-ready": "この一部は、いま印刷するものではありません。",
    "kiosk-award-state": "元の証明が有効でなくなりました。",
    "kiosk-reported": "印刷の結果は、すでに別のとおりに報告されています。",
    "kiosk-reprint": "この一部は、刷り直せません。",
}
"""Sentences. Of several the first is taken whose ``{facts}`` the error carries."""

JAPANESE_ACTIONS: Mapping[str, str] = {
    "code-mistyped": "書面と一文字ずつ見比べてください。",
    "no-code": "書面の番号をもう一度ご確認いただくか、QRコードをお使いください。",
    "paper-link-other": "取り下げた側が、元に戻せます。",
    "number-series": "発行機の設定で、番号の先頭を変えてください。",
    "no-kiosk": "一覧からお選びください。",
    "no-kiosk-student": "学籍番号をご確認ください。",
    "kiosk-label": "置き場所など、見分けのつく名前を付けてください。",
    "kiosk-token": "機関の管理画面で、新しいトークンを作ってください。",
    "kiosk-offer": "設定を直して、もう一度保存してください。",
    "kiosk-sign-in": "もう一度入力するか、15分ほど待ってください。お忘れのときは窓口へどうぞ。",
    "kiosk-locked": "ほかの発行機か、窓口をご利用ください。",
    "kiosk-visit": "もう一度、初めから操作してください。",
    "kiosk-student": "その学生の行を直して、もう一度送ってください。",
    "kiosk-card-taken": "先に、別の学生の登録を外してください。",
    "kiosk-document": "一覧に出た証明書からお選びください。",
    "kiosk-table": "一行目の見出しを、学籍番号、暗証番号、カードとしてください。",
    "kiosk-request-id": "要求ごとに、新しい番号を付けてください。",
    "kiosk-request-reused": "新しい要求には新しい番号を、同じ要求は変えずに送ってください。",
    "kiosk-language": "示された言語からお選びください。",
    "kiosk-per-day": "24時間たってから、または窓口でお求めください。",
    "kiosk-copies": "部数を減らしてください。",
    "kiosk-words": "短くするか、空欄にしてください。",
    "kiosk-glyph": "その文字を別の書き方にしてください。",
    "kiosk-print": "要求をした発行機で、番号をご確認ください。",
    "kiosk-not-ready": "失敗のときは刷り直しを、そうでなければ新しい一部をお求めください。",
    "kiosk-award-state": "窓口にお尋ねください。",
    "kiosk-reported": "印刷の状態を読み直してください。",
    "kiosk-reprint": "新しい一部をお求めいただくか、窓口へどうぞ。",
}

ENGLISH_ACTIONS: Mapping[str, str] = {
    "no-code": "Compare the code with the paper once more, or use its QR code.",
    "paper-link-other": "Whoever withdrew it can give it back.",
    "no-kiosk": "Choose one from the list.",
    "no-kiosk-student": "Check the student number.",
    "kiosk-label": "Give it a name by which people know it, such as its place.",
    "kiosk-token": "Make a new token in the institution's console.",
    "kiosk-offer": "Mend the settings and save them again.",
    "kiosk-sign-in": "Try again, or in a quarter of an hour; if you forgot the PIN, ask at the office.",
    "kiosk-locked": "Use another machine, or ask at the office.",
    "kiosk-student": "Mend this student's line and send it again.",
    "kiosk-document": "Choose one of the documents listed.",
    "kiosk-table": "Head its columns: student number, PIN, card.",
    "kiosk-request-id": "Give each request a new id of its own.",
    "kiosk-language": "Choose one of the languages listed.",
    "kiosk-per-day": "Come back after 24 hours, or ask at the office.",
    "kiosk-copies": "Ask for fewer copies.",
    "kiosk-words": "Make it shorter, or leave it empty.",
    "kiosk-glyph": "Write it in other characters.",
    "kiosk-print": "Check the number at the machine that asked.",
    "kiosk-award-state": "Ask at the office.",
    "kiosk-reported": "Read the state of the print again.",
}
