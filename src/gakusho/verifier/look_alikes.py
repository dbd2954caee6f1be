# SPDX-License-Identifier: Apache-2.0
"""Names that are written to look like another: letters of two scripts in one word, and what nobody sees.

After Unicode Technical Standard 39, sections 4 and 5.2 ("highly restrictive"), with two differences: it is
asked word by word, since a name may well have a word of another script, and Latin or Greek letters beside
kanji, kana or hangul are at home in East Asia. A warning says nothing of the signature: the verdict stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome

_USUAL = re.compile(
    "[\t\n\r -\u007e\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\uff01-\uff9f\U00020000-\U0003ffff]*"
)
"""Latin, kana, kanji and their marks, of which no mixture says anything."""
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0]"
    "|(?<=[A-Za-z])[\u061c\u200c-\u200f](?=[A-Za-z])"
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 1_000
_EAST = frozenset({"HAN", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"})
_AT_HOME_IN_EAST = frozenset({"LATIN", "GREEK"})
_LATIN_LOOKS = frozenset(
    # Cyrillic, Greek, then Armenian letters that are drawn as Latin ones (confusables of UTS 39)
    "асԁеһіјӏорԛѕԝхуѵҽАВСЕНІЈКМОРЅТХУҮԚԜѴӀ" + "αικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϲϳ" + "աոսօցհզՕՍԼՏ"
)


def warnings(award: Award) -> tuple[Check, ...]:
    """Give a warning for the issuer's name and one for the learner's, where one is written misleadingly."""
    issuer = [words for _, words in award.issuer.name.entries]
    learner = [award.learner.name.full, award.learner.name.romaji or ""]
    if _USUAL.fullmatch("\n".join([*issuer, *learner])):
        return ()  # the end of a line is usual too
    names = {"name.issuer": issuer, "name.learner": learner}
    found = []
    for code, written in names.items():
        told = next((one for name in written if (one := _misleading(name[:_LONGEST])) is not None), None)
        if told is not None:
            reason, got = told
            facts = {"reason": reason, "got": got}
            found.append(Check(code=code, outcome=Outcome.UNKNOWN, facts=facts, source="the document itself"))
    return tuple(found)


def _misleading(name: str) -> tuple[str, str] | None:
    """Give why a name may be taken for another, and where; None for the usual ones."""
    return None if _USUAL.fullmatch(name) else _looked_at(name)


@lru_cache(maxsize=512)
def _looked_at(name: str) -> tuple[str, str] | None:
    if unseen := _UNSEEN.search(name):
        return "unseen", f"U+{ord(unseen[0]):04X}"
    words = [(word[0], _scripts(word[0])) for word in _WORD.finditer(unicodedata.normalize("NFC", name))]
    for word, scripts in words:
        west = scripts - _EAST
        if len(west) > 1 or (len(scripts) > 1 and west - _AT_HOME_IN_EAST):
            return "mixed", _spelled(word)
    # A word all of whose letters look Latin, beside Latin ones, and nothing that shows its script.
    latin = any(scripts == {"LATIN"} for _, scripts in words)
    other = [word for word, scripts in words if "LATIN" not in scripts and not scripts & _EAST]
    if latin and other and all(_LATIN_LOOKS.issuperset(word) for word in other) and max(map(len, other)) > 1:
        return "disguised", _spelled(other[0])
    return None


def _scripts(word: str) -> frozenset[str]:
    """Give the scripts of a word's letters; marks and what several scripts share count for none."""
    return frozenset(script for letter in word if (script := _script(letter)))


@lru_cache(maxsize=4_096)
def _script(letter: str) -> str | None:
    if unicodedata.category(letter) not in ("Lu", "Ll", "Lt", "Lo"):
        return None
    words = unicodedata.name(unicodedata.normalize("NFKC", letter)[:1], "").split()
    if not words or words[0] in ("MODIFIER", "COMBINING", "MASU"):
        return None
    return "HAN" if words[0] in ("CJK", "IDEOGRAPHIC") else words[0]


def _spelled(word: str) -> str:
    """Give a word with the scripts it is written in: ``Аоba (Cyrillic, Latin)``."""
    scripts: Iterator[str] = (script.capitalize() for letter in word if (script := _script(letter)))
    return f"{word[:80]} ({', '.join(dict.fromkeys(scripts))})"
