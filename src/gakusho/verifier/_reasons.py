# SPDX-License-Identifier: Apache-2.0
"""Why a check came out as it did, where the code that ran it says so in technical words.

What is known is said in both languages. Of what is not, the technical words stand in an English sentence;
in Japanese they stand on a line of their own (``technical``), never inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gakusho.model.report import Check, Outcome
from gakusho.verifier._reason_words import CODES, PARTS, PATTERNS, PURPOSES

_RAW: Final[Mapping[str, str]] = {
    "format.recognized": "message",
    "format.readable": "message",
    "format.checked": "message",
    "dates.checked": "message",
    "status.checked": "message",
    "carried.checked": "message",
    "schema.shape": "message",
    "format.rules": "reason",
    "presentation.rules": "reason",
    "proof.header": "reason",
    "proof.claims": "reason",
    "pdf.readable": "reason",
    "proof.key": "got",
    "pdf.coverage": "got",
    "pdf.time": "said",
    "pdf.archive": "said",
}
"""Where a check that did not pass has its technical words, by code."""
_BESIDE = frozenset({"pdf.time.weak", "pdf.archive.weak", "format.recognized.picture-several"})
"""Where what stands there is in the sentence already."""
_LISTED = frozenset({"format.rules", "presentation.rules", "schema.shape"})
"""Codes with several reasons, between semicolons."""
_MOST = 5
_MISSING = re.compile(r"(\S+) is missing\Z|\S+: '([^']+)' is a required property\Z")
_WITHOUT = re.compile(r"(\S+) (?:has|names) no (\w+)\Z")
_UNNAMED = re.compile(r"type does not name (\w+)\Z|no (\w+)\Z")
_MEMBER = re.compile(r"(?:id of the (\w+)|([@$A-Za-z][\w@$.:\[\]#-]*?)):? ")
_NO_MEMBERS = frozenset({"a", "an", "the", "there", "no", "more", "it"})


def why(check: Check, language: str) -> str:
    """Give the reason as a sentence of its own; empty where the check's sentence says it all."""
    raw = _raw(check)
    known = _known(check, raw, language)
    if known or not raw:
        return known
    if check.code in _LISTED:
        return _listed(raw, language)
    if language == "ja":
        return ""
    return f"{raw[:1].upper()}{raw[1:].rstrip('.')}."


def technical(check: Check, language: str) -> str:
    """Give the technical words in English, where the sentence in the language says less than they do."""
    raw = _raw(check)
    found = _pattern(check, raw)
    if found is not None:
        return raw if ".*" in found[0].re.pattern else ""
    if language != "ja":
        return ""
    return "" if raw == check.facts.get("reason") and raw in CODES else raw


def purpose(value: str, language: str) -> str:
    """Give what a signature is for, as people say it."""
    words = PURPOSES.get(value)
    return value if words is None else words[language == "en"]


def part(value: str, language: str) -> str:
    """Give a word of the program, or several between commas, as people say it."""
    found = value.split(", ")
    if not all(one in PARTS for one in found):
        return _thing(value) if language == "ja" else value
    return ("、" if language == "ja" else ", ").join(PARTS[one][language == "en"] for one in found)


def _raw(check: Check) -> str:
    if check.outcome is Outcome.VALID or f"{check.code}.{check.facts.get('reason')}" in _BESIDE:
        return ""
    if check.facts.get("reason") == "picture-no-credential":
        return check.facts.get("got", "")
    return check.facts.get(_RAW.get(check.code, ""), "")


def _known(check: Check, raw: str, language: str) -> str:
    place = int(language == "en")
    found = _pattern(check, raw)
    if found is not None:
        match, words = found
        return match.expand(words[place]) if match.re.groups else words[place]
    if check.outcome is Outcome.VALID or check.code not in _RAW:
        return ""
    reason = check.facts.get("reason", "")
    if raw and language == "en" and raw != reason:
        return ""  # the error's own English sentence says more than its code
    return CODES[reason][place] if reason in CODES else ""


def _pattern(check: Check, raw: str) -> tuple[re.Match[str], tuple[str, str]] | None:
    for code, pattern, *words in PATTERNS:
        if check.code.startswith(code) and (match := re.fullmatch(pattern, raw)):
            japanese, english = words
            return match, (japanese, english)
    return None


def _listed(raw: str, language: str) -> str:
    if language != "ja":
        return f"In detail: {raw.rstrip('.')}."
    said = list(dict.fromkeys(filter(None, map(_rule, raw.split("; ")))))
    more = f"ほか{len(said) - _MOST}件。" if len(said) > _MOST else ""
    return "".join(said[:_MOST]) + more


def _rule(words: str) -> str:
    if found := _MISSING.match(words):
        return f"「{found[1] or found[2]}」がありません。"
    if found := _WITHOUT.match(words):
        return f"「{found[1]}」に「{found[2]}」がありません。"
    if found := _UNNAMED.match(words):
        return f"「type」に「{found[1] or found[2]}」がありません。"
    found = _MEMBER.match(words)
    member = "" if found is None else found[1] or found[2]
    if member == "$":
        return "全体の形が正しくありません。"
    return f"「{member}」の書き方が正しくありません。" if member and member not in _NO_MEMBERS else ""


def _thing(value: str) -> str:
    """Give what the canonicalizer calls an object, a list or nothing, in Japanese."""
    if found := re.fullmatch(r"an object with (.+)", value):
        return "項目のないもの" if found[1] == "no members" else f"{found[1].replace(', ', '・')} のあるもの"
    found = re.fullmatch(r"a list of ([0-9]+)", value)
    return f"{found[1]}件の並び" if found else value
