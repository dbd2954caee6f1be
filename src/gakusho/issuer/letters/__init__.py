# SPDX-License-Identifier: Apache-2.0
"""Letters: one file a letter and language; the first line is the subject.

Placeholders are ``{name}``. What is put in is one line of text without control or direction characters,
so that nobody's name can write a line of the letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

LANGUAGES = ("ja", "en")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_RULE = "\n\n" + "-" * 60 + "\n\n"


@dataclass(frozen=True, kw_only=True)
class Written:
    """A letter with both languages in it."""

    subject: str
    body: str


def write(kind: str, values: Mapping[str, Mapping[str, str]], *, first: str = "ja") -> Written:
    """Give a letter in Japanese and English, the language ``first`` on top.

    ``values`` holds what is filled in, by language. Raises: KeyError for a value that is missing.
    """
    order = sorted(LANGUAGES, key=lambda language: language != first)
    parts = [_filled(kind, language, values[language]) for language in order]
    subjects = [subject for subject, _ in parts]
    return Written(subject=" / ".join(subjects)[:300], body=_RULE.join(body for _, body in parts) + "\n")


def one_line(words: str) -> str:
    """Give the words on one line, without characters that act on the text around them."""
    return " ".join(_CONTROL.sub(" ", words).split())


def kinds() -> Sequence[str]:
    """Give the letters there are."""
    names = (each.name for each in resources.files(__name__).iterdir())
    return sorted({name.split(".")[0] for name in names if name.endswith(".txt")})


def _filled(kind: str, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    subject, _, body = _template(kind, language).partition("\n")
    safe = {name: one_line(words) for name, words in values.items()}
    return subject.format_map(safe).strip(), body.format_map(safe).strip()


@cache
def _template(kind: str, language: str) -> str:
    return (resources.files(__name__) / f"{kind}.{language}.txt").read_text("utf-8")
