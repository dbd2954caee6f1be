# SPDX-License-Identifier: Apache-2.0
"""Which characters a cell may hold, and the form its text is kept in."""

from __future__ import annotations

import re
import unicodedata

_FAULTS = (
    ("bidi-character", re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    ("control-character", re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb]")),
    (
        "invisible-character",
        re.compile(
            r"[\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
            r"\U000e0000-\U000e00ff]"
        ),
    ),
    ("private-character", re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")),
    ("replacement-character", re.compile(r"[\ufdd0-\ufdef\ufffc-\uffff\ud800-\udfff]")),
)
_SUSPECT = re.compile("|".join(pattern.pattern for _, pattern in _FAULTS) + r"|[\u200c\u200d]")
_JOINERS = re.compile(r"[\u200c\u200d]")
_NEEDS_JOINERS = re.compile(r"[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff]")
_COMPATIBILITY_KANJI = re.compile(r"([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]+")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def character_fault(text: str, *, lines: bool = False) -> tuple[str, str, int] | None:
    """Give the first character that may not stand in a cell: problem code, ``U+202E``, place (from 1).

    ``lines`` allows line breaks. Variation selectors may stand anywhere; joiners in the scripts that
    spell with them.
    """
    if not _SUSPECT.search(text):
        return None
    looked_at = re.sub(r"\r\n?|\n", " ", text) if lines else text
    for code, pattern in _FAULTS:
        if found := pattern.search(looked_at):
            return code, f"U+{ord(found[0]):04X}", found.start() + 1
    if (found := _JOINERS.search(text)) and not _NEEDS_JOINERS.search(text):
        return "invisible-character", f"U+{ord(found[0]):04X}", found.start() + 1
    return None


def kept(text: str) -> str:
    """Give the text in NFC with full-width kana, its kanji untouched.

    NFC replaces compatibility kanji, so that 神 (U+FA19) in a name would become another form; they stay.
    """
    if text.isascii():
        return text
    wide = _HALF_KANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    parts = _COMPATIBILITY_KANJI.split(wide)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)


def narrow(text: str) -> str:
    """Give the text with letters, digits and signs in their half-width forms (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def katakana(text: str) -> str:
    """Give a reading in full-width katakana."""
    return narrow(text).translate(_HIRAGANA)


def is_katakana(text: str) -> bool:
    """Tell whether a reading holds nothing but katakana and what stands between names."""
    return re.fullmatch(r"[\u30a1-\u30fa\u30fc-\u30ff\s・=＝,.\-]*", text) is not None


def is_latin(text: str) -> bool:
    """Tell whether every letter is a Latin one."""
    return text.isascii() or all(
        unicodedata.name(each, "").startswith("LATIN") for each in text if each.isalpha()
    )
