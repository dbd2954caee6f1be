# SPDX-License-Identifier: Apache-2.0
"""Text in several languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BETWEEN_LANGUAGES = " / "
"""Stands between the Japanese and the English of short words where there is room for one text only."""
_JAPANESE = (
    ("\u3005", "\u3007"),  # 々, 〆, 〇
    ("\u3040", "\u30ff"),  # kana
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\uff66", "\uff9f"),  # half-width kana
    ("\U00020000", "\U0003ffff"),
)


def has_japanese(words: str) -> bool:
    """Tell whether kanji or kana stand among the words."""
    return any(first <= each <= last for each in words for first, last in _JAPANESE)


def paired(words: str, english: str) -> str:
    """Give short words and their English as one text: 優 / A."""
    return BETWEEN_LANGUAGES.join(dict.fromkeys(filter(None, (words, english))))


def parted(words: str) -> tuple[str, str]:
    """Give what short words say in Japanese and in English: the two of 優 / A, else the same for both.

    The first must be written in Japanese and the second in Latin letters: 80 / 100 is one text.
    """
    parts = [part.strip() for part in words.split(BETWEEN_LANGUAGES)]
    if len(parts) != 2 or not has_japanese(parts[0]) or has_japanese(parts[1]):
        return words, words
    return (parts[0], parts[1]) if any(map(str.isalpha, parts[1])) else (words, words)


@dataclass(frozen=True)
class Text:
    """The same words in one or more languages: pairs of BCP 47 tag and text, in the owner's order."""

    entries: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, str] | None = None, /, **languages: str) -> Text:
        """Give a text from a mapping of language to words; empty ones are left out."""
        merged = {**(values or {}), **languages}
        return cls(tuple((tag, words) for tag, words in merged.items() if words))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.entries)

    @property
    def languages(self) -> tuple[str, ...]:
        """The language tags, in order."""
        return tuple(tag for tag, _ in self.entries)

    def get(self, language: str) -> str | None:
        """Give the words in exactly this language, if there are any."""
        for tag, words in self.entries:
            if tag == language:
                return words
        return None

    def best(self, *languages: str) -> str:
        """Give the words in the first of these languages that is there, else in the first there is."""
        for language in languages:
            if words := self.get(language):
                return words
        return self.entries[0][1] if self.entries else ""

    def joined(self, separator: str) -> str:
        """Give all languages in one string, for formats that know no languages."""
        return separator.join(dict.fromkeys(words for _, words in self.entries))

    def as_dict(self) -> dict[str, str]:
        """Give a plain mapping of language to words."""
        return dict(self.entries)
