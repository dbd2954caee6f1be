# SPDX-License-Identifier: Apache-2.0
"""The words of a document's pages for a reader: what can be seen, in reading order, bounded.

They are the words that the document gives to its glyphs. Which shapes it draws for them only a look at the
page tells, so they stand beside a picture of it, and no check rests on them.
"""

from __future__ import annotations

import re
import unicodedata

import pikepdf

from gakusho.formats._pdf import contents
from gakusho.formats._pdf.faces import UNKNOWN
from gakusho.formats._pdf.layout import read
from gakusho.formats._pdf.placed import Placed, Work
from gakusho.model.signed_document import UNREAD, DocumentText, PageText

MAX_PAGES = 20
MAX_CHARACTERS = 20_000
"""Of all pages together."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}\Z")
_OTHER_FORMS = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06\ufe10-\ufe4f]")
"""Radicals, ligatures and vertical forms that stand for the letters themselves."""
_KANA, _HAN = re.compile("[\u3041-\u30ff]"), re.compile("[\u3400-\u9fff]")


def document_text(revision: bytes) -> DocumentText:
    """Give the words of a document's pages, none where it cannot be read; never raises."""
    try:
        with contents.seen(revision) as document:
            return _text(document)
    except Exception:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return UNREAD


def _text(document: pikepdf.Pdf) -> DocumentText:
    reader = Placed(document, Work())
    found: list[PageText] = []
    left, cut = MAX_CHARACTERS, False
    for number, page in enumerate(document.pages):
        if number >= MAX_PAGES or left <= 0:
            cut = True
            break
        told = _page(reader, page)
        if told.words and len(told.words) > left:
            told, cut = PageText(words=told.words[:left], whole=told.whole), True
        left -= len(told.words or "")
        found.append(told)
        if cut:
            break
    said = "".join(one.words or "" for one in found)
    return DocumentText(pages=tuple(found), cut=cut, language=_language(document, said))


def _page(reader: Placed, page: pikepdf.Page) -> PageText:
    try:
        words = plain(read(reader.placed(page)))
    except Exception:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return PageText(words=None)
    letters = sum(not one.isspace() for one in words)
    if 2 * words.count(UNKNOWN) > letters or (reader.untold and not words):
        return PageText(words=None)
    return PageText(words=words, whole=not reader.untold)


def plain(words: str) -> str:
    """Give a stranger's words without characters that nobody sees, or that turn what stands around them."""
    usual = _OTHER_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), words)
    return "\n".join(
        "".join(map(_visible, line)).rstrip() for line in unicodedata.normalize("NFC", usual).split("\n")
    ).strip("\n")


def _visible(one: str) -> str:
    kind = unicodedata.category(one)
    if kind == "Zs":
        return one if one == "\u3000" else " "
    if kind == "Co":
        return UNKNOWN
    return "" if kind in _UNSEEN else one


def _language(document: pikepdf.Pdf, said: str) -> str | None:
    """Give the language a document says it is in (ISO 32000-2, section 14.9.2), else what letters tell."""
    named = document.Root.get("/Lang")
    if isinstance(named, pikepdf.String) and _LANGUAGE.match(str(named)):
        return str(named)
    if _KANA.search(said):
        return "ja"
    return None if _HAN.search(said) or not said.isascii() or not said.strip() else "en"
