# SPDX-License-Identifier: Apache-2.0
"""The evidence report on paper: the headline, what it rests on, and how to look it up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from gakusho.formats._pdf import glyphs
from gakusho.formats._pdf.typesetting import typeset
from gakusho.model.award import Award
from gakusho.model.dates import wareki, western
from gakusho.model.report import Check, Headline, Report
from gakusho.verifier import sentences

_JAPAN = timezone(timedelta(hours=9))
_LONGEST = 400
_MAX_RESULTS = 300
_WORDS: dict[str, dict[str, Any]] = {
    "ja": {
        "title": "検証報告書",
        "content": "署名された内容",
        "unconfirmed": "ファイルに書かれている内容（確認できていません）",
        "issuer": "発行者",
        "results": "成績",
        "columns": ["科目", "単位", "評価", "履修時期"],
        "checks": "確認したこと",
        "carried": "中に入っている証明",
        "next": "次にすること",
        "again": "この報告書をもう一度確かめる",
        "code": "報告書番号",
        "address": "アドレス",
        "input": "確かめたファイルの SHA-256",
        "qr": "この報告書のアドレスのQRコード",
        "name": "氏名",
        "achievement": "名称",
        "institution": "発行機関の名乗り",
        "awarded": "授与年月日",
        "number": "発行番号",
        "source": "出所",
        "valid": "確認できた",
        "invalid": "合わない",
        "unknown": "不明",
    },
    "en": {
        "title": "Verification report",
        "content": "What was signed",
        "unconfirmed": "What the file says (not confirmed)",
        "issuer": "Issuer",
        "results": "Results",
        "columns": ["Course", "Credits", "Grade", "Term"],
        "checks": "What was checked",
        "carried": "Credential inside",
        "next": "What to do next",
        "again": "Look this report up again",
        "code": "Report code",
        "address": "Address",
        "input": "SHA-256 of the file",
        "qr": "QR code of this report's address",
        "name": "Name",
        "achievement": "Achievement",
        "institution": "Issuer, as it says",
        "awarded": "Awarded on",
        "number": "Issue number",
        "source": "Source",
        "valid": "Valid",
        "invalid": "Invalid",
        "unknown": "Unknown",
    },
}


def evidence_pdf(report: Report, *, code: str, link: str, language: str) -> bytes:
    """Give a report as PDF/A, in Japanese (``ja``) or English.

    ``code`` and ``link`` are those under which the report can be looked up again. The same report gives
    the same bytes. What the report's font cannot write is printed as its code point, such as ``[U+13000]``:
    a report on a hostile file must still be made.
    """
    chosen = "ja" if language.startswith("ja") else "en"
    words = dict(_WORDS[chosen])
    if report.headline in {Headline.NOT_GENUINE, Headline.NOT_CHECKED}:
        words["content"] = words["unconfirmed"]
    data = {
        "language": chosen,
        "words": words,
        "document_title": f"{words['title']} {code}",
        "code": code,
        "link": link,
        "verified": _moment(report.verified_at, chosen),
        "outcome": report.outcome.value,
        "headline": sentences.headline(report, chosen),
        "explanation": sentences.explanation(report, chosen),
        "identity": sentences.identity_sentence(report.issuer, chosen),
        "next": sentences.next_step(report, chosen),
        "content": _content(report.credential, words, chosen) if report.credential else [],
        "results": _results(report.credential) if report.credential else [],
        "checks": [_check(check, words, chosen) for check in report.checks],
        "carried": [
            {
                "title": f"{words['carried']}: {inner.format or ''} · {sentences.headline(inner, chosen)}",
                "checks": [_check(check, words, chosen) for check in inner.checks],
            }
            for inner in report.carried
            if inner.checks
        ],
        "input": report.input_digest,
    }
    return typeset("report", _writable(data), at=report.verified_at)


def _content(award: Award, words: dict[str, Any], language: str) -> list[dict[str, str]]:
    name = award.learner.name
    other = "en" if language == "ja" else "ja"
    day = award.awarded_on
    rows = (
        ("name", "  ".join(filter(None, (name.full, name.romaji)))),
        ("achievement", award.achievement.name.best(language, other)),
        ("institution", award.issuer.name.best(language, other)),
        ("awarded", f"{wareki(day)} ({day.isoformat()})" if language == "ja" else western(day)),
        ("number", award.issue_number or ""),
    )
    return [{"label": words[label], "value": value} for label, value in rows if value]


def _results(award: Award) -> list[list[str]]:
    shown = [
        [result.name, result.credits or "", result.value, result.term or ""]
        for result in award.results[:_MAX_RESULTS]
    ]
    left_out = len(award.results) - len(shown)
    return [*shown, [f"… +{left_out}", "", "", ""]] if left_out > 0 else shown


def _check(check: Check, words: dict[str, Any], language: str) -> dict[str, str]:
    origin = []
    if check.source and check.source != "the document itself":
        origin.append(f"{words['source']}: {check.source}")
    if check.time:
        origin.append(_moment(check.time, language))
    return {
        "outcome": check.outcome.value,
        "word": words[check.outcome.value],
        "sentence": sentences.sentence(check, language),
        "origin": "  ".join(origin),
    }


def _moment(time: datetime, language: str) -> str:
    if language == "ja":
        local = time.astimezone(_JAPAN)
        return f"{wareki(local.date())} {local:%H:%M}（日本時間）"
    utc = time.astimezone(UTC)
    return f"{western(utc.date())}, {utc:%H:%M} UTC"


def _writable(value: Any) -> Any:
    """Give the same data with every string cut to a bound and free of what the fonts cannot write."""
    if isinstance(value, dict):
        return {key: _writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if not isinstance(value, str):
        return value
    words = " ".join(value.split())
    words = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    for absent in glyphs.missing(words):
        numbers = " ".join(f"U+{ord(part):04X}" for part in absent)
        words = words.replace(absent, f"[{numbers}]")
    return words
