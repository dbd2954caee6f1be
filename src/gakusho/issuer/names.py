# SPDX-License-Identifier: Apache-2.0
"""Names and numbers folded, so that a person is found however the name is written."""

from __future__ import annotations

import re
import unicodedata

from gakusho.model.learner import PersonName

LONGEST_KEY = 200
_KANJI = str.maketrans(
    # forms that one person's name is written in on different forms; left: as written, right: as looked for
    "髙﨑𠮷邊邉齋齊斉澤濱濵廣國櫻嶋嶌瀧龍眞假惠榮彌藏曽渕淵桒栁槇鬪圓實條壽戶德増增祐德柳顯燒祿靜黑龜橫畑冨渡辻",
    "高崎吉辺辺斎斎斎沢浜浜広国桜島島滝竜真仮恵栄弥蔵曾淵淵桑柳槙闘円実条寿戸徳増増祐徳柳顕焼禄静黒亀横畑富渡辻",
)
_LONG_VOWELS = re.compile(r"(?<=o)[ou]+|(?<=u)u+|(?<=o)h(?![aeiou])")
_APART = re.compile(r"[\s,、・･=＝]+")


def fold(query: str) -> str:
    """Give the form in which names and numbers are compared.

    NFKC, case, half-width and full-width, hiragana and katakana, macrons and long vowels (Ōno, Oono,
    Ohno, Ono), old and new forms of kanji (髙 and 高), variation selectors, spaces and marks do not
    count. What is left has at most ``LONGEST_KEY`` characters.
    """
    text = unicodedata.normalize("NFKC", query).casefold().translate(_KANJI)
    text = "".join(_katakana(each) for each in text)
    letters = "".join(each for each in _bare(text) if each.isalnum() or each == "ー")
    return _LONG_VOWELS.sub("", letters)[:LONGEST_KEY]


def search_keys(name: PersonName, student_number: str | None, issue_number: str | None) -> set[str]:
    """Give every folded form by whose beginning an award is found: whole names, their parts, numbers."""
    keys = {fold(number) for number in (student_number, issue_number) if number}
    for form in (name.full, name.kana, name.romaji, name.former):
        if form:
            parts = [part for part in _APART.split(unicodedata.normalize("NFKC", form)) if part]
            keys |= {fold(form), *map(fold, parts)}
            if len(parts) > 1:
                keys.add(fold("".join(reversed(parts))))
    if issue_number:
        keys.add(
            fold(unicodedata.normalize("NFKC", issue_number).strip().removeprefix("第").removesuffix("号"))
        )
    return {key for key in keys if key}


def _katakana(each: str) -> str:
    return chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each


def _bare(text: str) -> str:
    """Give the text without marks on Latin letters; the marks of kana (ガ, パ) are part of the letter."""
    out: list[str] = []
    for each in text:
        parts = unicodedata.normalize("NFD", each)
        out.append(parts[0] if parts[0].isascii() else each)
    return unicodedata.normalize("NFC", "".join(out))
