# SPDX-License-Identifier: Apache-2.0
"""What a report says of the signed document itself, as rows and cautions, in Japanese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from gakusho.model.report import Headline, Report
from gakusho.model.signed_document import DocumentText, SignedDocument

MAX_RENEWALS = 6
"""How many are listed; of more the newest."""

_EN: Mapping[str, str] = {
    "quoted": "“{got}”",
    "title": "Title, as it says",
    "pages": "Pages",
    "attachments": "Attached files",
    "attachments.none": "none",
    "signer": "Signed by, as its certificate says",
    "certificate": "Certificate issued by",
    "trust": "How the signer is known",
    "trust.published": "The issuer publishes the key that signed: {got}",
    "trust.authority": "“{got}”, an authority trusted here, certifies it.",
    "trust.nobody": "Nobody known here vouches for it: only the certificate in the file says so.",
    "time": "Time of signing",
    "time.proven": "{at} or before: proven by a time-stamp of “{got}”, an authority trusted here",
    "time.stated": "{at} or before, by a time-stamp of “{got}”, an authority for which nobody vouches here",
    "time.claimed": "{at}, as the signer says: no time-stamp proves it",
    "time.none": "not told",
    "level": "How long it can be proven",
    "level.B-B": "Signed without a time-stamp (B-B): as long as the signer's certificate and key hold.",
    "level.B-T": "Signed with a time-stamp (B-T): it shows that the document was there at that time.",
    "level.B-LT": "Signed with a time-stamp and what is needed to check it later (B-LT).",
    "level.B-LTA": "Kept for the long term (B-LTA) until {at}; before then it must be time-stamped again.",
    "level.lapsed": "Made to be kept for the long term (B-LTA), but the newest time-stamp no longer holds.",
    "level.none": "Not said, because a time-stamp in it does not hold.",
    "digest": "SHA-256 of what was signed",
    "text.page": "Page {got}",
    "text.none": "Nothing can be told of the words on this page.",
    "text.empty": "No words can be seen on this page; what it shows may be a picture.",
    "text.part": "Some of the words on this page cannot be told; look at the page itself.",
    "text.cut": "There is more in the document than is read here.",
    "text.unread": "The words of the document could not be read.",
    "later": "Added after signing",
    "later.stamps": "Time-stamps over the whole document: {got}",
    "later.signatures": "further signatures",
    "later.none": "nothing",
    "later.changed": "something that was not signed",
    "caution.uncovered": (
        "No good signature covers this file as it is, so nothing of it can be shown as signed: neither its "
        "title nor a picture of it."
    ),
    "caution.changed": (
        "The file was changed after signing, or holds more than what was signed. Shown here is what was "
        "signed; a PDF program may show something else."
    ),
    "caution.refused": (
        "This document is not accepted as genuine. Shown here is only what a signature in it covers."
    ),
    "caution.several": (
        "It has {got} signatures. Shown here is what one of them covers: the one that closes the document, "
        "else the first."
    ),
}
_JA: Mapping[str, str] = {
    "quoted": "「{got}」",
    "title": "表題（文書の記載）",
    "pages": "ページ数",
    "attachments": "添付ファイル",
    "attachments.none": "なし",
    "signer": "署名者（電子証明書の記載）",
    "certificate": "電子証明書の発行者",
    "trust": "署名者を確かめた方法",
    "trust.published": "署名した鍵を発行者自身が公開しています：{got}",
    "trust.authority": "ここで信頼している認証局「{got}」が証明しています。",
    "trust.nobody": (
        "署名者が誰かを、ここで保証するものはありません。ファイルの中の電子証明書にそう書かれているだけです。"
    ),
    "time": "署名の時刻",
    "time.proven": (
        "{at}、またはそれ以前（ここで信頼している時刻認証局「{got}」のタイムスタンプが証明しています）"
    ),
    "time.stated": (
        "{at}、またはそれ以前。時刻認証局「{got}」のタイムスタンプによります。この局を保証するものはここにはありません"
    ),
    "time.claimed": "{at}（署名者の申告。タイムスタンプによる証明はありません）",
    "time.none": "記載がありません",
    "level": "いつまで証明できるか",
    "level.B-B": "タイムスタンプのない署名です（B-B）。署名者の電子証明書と鍵が有効な間だけ証明できます。",
    "level.B-T": "タイムスタンプ付きの署名です（B-T）。その時刻に文書があったことを示します。",
    "level.B-LT": "タイムスタンプと、後から確かめるための情報が付いた署名です（B-LT）。",
    "level.B-LTA": "長期保存用です（B-LTA）。期限は{at}で、それまでに次のタイムスタンプが必要です。",
    "level.lapsed": "長期保存用（B-LTA）ですが、最新のタイムスタンプはもう有効ではありません。",
    "level.none": "文書の中のタイムスタンプが正しくないため、ここには示しません。",
    "digest": "署名された部分のSHA-256",
    "text.page": "{got}ページ",
    "text.none": "このページの文字は読み取れません。",
    "text.empty": "このページに見える文字はありません。画像だけのページかもしれません。",
    "text.part": "このページには読み取れない文字があります。ページそのものをご覧ください。",
    "text.cut": "文書には続きがありますが、ここでは読み取っていません。",
    "text.unread": "文書の文字を読み取れませんでした。",
    "later": "署名の後に加えられたもの",
    "later.stamps": "文書全体へのタイムスタンプ：{got}",
    "later.signatures": "別の署名",
    "later.none": "なし",
    "later.changed": "署名されていないもの",
    "caution.uncovered": (
        "このファイル全体を正しく保護する署名がないため、署名された内容として示せるものがありません。"
        "表題も画像も表示しません。"
    ),
    "caution.changed": (
        "このファイルは署名の後に変更されたか、署名されていない部分を含みます。ここに示すのは署名された内容です。"
        "PDFソフトでは別の内容が表示されることがあります。"
    ),
    "caution.refused": "この文書は本物と認められません。ここに示すのは、署名が保護している内容だけです。",
    "caution.several": (
        "署名が{got}個あります。ここに示すのは、そのうち文書を閉じた署名（なければ最初の署名）が保護している内容です。"
    ),
}
_WORDS = {"en": _EN, "ja": _JA}

Row = tuple[str, str]


def facts(document: SignedDocument, language: str, moment: Callable[[datetime], str]) -> list[Row]:
    """Give what is known of the document, label and words; ``moment`` writes a time for the reader."""
    if not document.covered:
        return []
    t = _WORDS[language]
    found = [
        (t["title"], _quoted(document.title, t)),
        (t["pages"], "" if document.pages is None else str(document.pages)),
        (t["attachments"], _attachments(document, t)),
        (t["signer"], _quoted(document.signer, t)),
        (t["certificate"], _quoted(document.certificate_issuer, t)),
        (t["trust"], t[f"trust.{document.trust.value}"].format(got=document.trusted_by or "?")),
        (t["time"], _time(document, t, moment)),
        (t["level"], _level(document, t, moment)),
        (t["later"], _later(document, t, moment)),
        (t["digest"], document.digest or ""),
    ]
    return [(label, words) for label, words in found if words]


class Page(NamedTuple):
    """The words of a page with what is to be said of them."""

    heading: str
    words: str
    note: str


def pages(text: DocumentText, language: str) -> tuple[list[Page], str]:
    """Give the words of a document page by page, and what is to be said of all of them."""
    t = _WORDS[language]
    found = []
    for number, one in enumerate(text.pages, start=1):
        note = "" if one.whole else t["text.part"]
        if not one.words:
            note = t["text.none" if one.words is None else "text.empty"]
        found.append(Page(t["text.page"].format(got=number), one.words or "", note))
    return found, t["text.cut" if found else "text.unread"] if text.cut else ""


def cautions(report: Report, language: str) -> list[str]:
    """Give what a reader has to know before looking at what is shown of the report's document."""
    document, t = report.document, _WORDS[language]
    if document is None:
        return []
    if not document.covered:
        return [t["caution.uncovered"]]
    found = []
    if report.headline is Headline.NOT_GENUINE:
        found.append(t["caution.refused"])
    if document.changed:
        found.append(t["caution.changed"])
    if document.signatures > 1:
        found.append(t["caution.several"].format(got=document.signatures))
    return found


def size(count: int) -> str:
    """Give a number of bytes as people read it: ``870 B``, ``1.9 KB``, ``2.5 MB``."""
    for unit, name in ((1_000_000, "MB"), (1_000, "KB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} B"


def _quoted(words: str | None, t: Mapping[str, str]) -> str:
    return t["quoted"].format(got=words) if words else ""


def _attachments(document: SignedDocument, t: Mapping[str, str]) -> str:
    listed = [f"{one.name} ({size(one.size)})" for one in document.attachments]
    return "\n".join(listed) or t["attachments.none"]


def _time(document: SignedDocument, t: Mapping[str, str], moment: Callable[[datetime], str]) -> str:
    if document.signed_at is None or document.basis is None:
        return t["time.none"]
    said = t[f"time.{document.basis.value}"]
    return said.format(at=moment(document.signed_at), got=document.time_authority or "?")


def _level(document: SignedDocument, t: Mapping[str, str], moment: Callable[[datetime], str]) -> str:
    if document.level is None:
        return t["level.none"]
    if document.level == "B-LTA" and document.renew_before is None:
        return t["level.lapsed"]
    until = moment(document.renew_before) if document.renew_before else ""
    return t[f"level.{document.level}"].format(at=until)


def _later(document: SignedDocument, t: Mapping[str, str], moment: Callable[[datetime], str]) -> str:
    listed = [moment(one) for one in document.renewals]
    shown = ", ".join([*(["…"] if len(listed) > MAX_RENEWALS else []), *listed[-MAX_RENEWALS:]])
    found = [t["later.stamps"].format(got=shown)] if shown else []
    if document.signatures > 1:
        found.append(t["later.signatures"])
    if document.changed:
        found.append(t["later.changed"])
    return "\n".join(found) or t["later.none"]
