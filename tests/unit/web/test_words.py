# SPDX-License-Identifier: Apache-2.0
"""The catalogs are complete: every message asked for is there, in Japanese and in English."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import gakusho.web
from gakusho.formats import formats
from gakusho.verifier.format_names import named_formats
from gakusho.web.words import LANGUAGES, Words, catalog

WEB = Path(gakusho.web.__file__).parent
ASKED = re.compile(r"""\bt\(\s*["']([a-z0-9_.-]+)["']\s*[,)]|\bwords\(\s*["']([a-z0-9_.-]+)["']\s*[,)]""")
PLACES = re.compile(r"%\((\w+)\)")


def _asked() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted([*WEB.rglob("*.html"), *WEB.rglob("*.py")]):
        for match in ASKED.finditer(file.read_text("utf-8")):
            found[match.group(1) or match.group(2)] = str(file.relative_to(WEB))
    return found


def test_both_languages_have_the_same_messages() -> None:
    japanese, english = catalog("ja"), catalog("en")
    assert sorted(japanese) == sorted(english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty(language: str) -> None:
    empty = [key for key, words in catalog(language).items() if not words or not all(words)]
    assert empty == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_asked_for_exists(language: str) -> None:
    missing = {key: file for key, file in _asked().items() if key not in catalog(language)}
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_has_its_plain_names(language: str) -> None:
    assert {f"console.format.{name}.hint" for name in formats()} - set(catalog(language)) == set()
    assert named_formats() == set(formats())
    assert Words(language, ZoneInfo("UTC")).format_name("open-badges-3").endswith(" 3.0")


def test_the_same_places_are_filled_in_both_languages() -> None:
    english = catalog("en")
    wrong = {}
    for key, words in catalog("ja").items():
        there = {p for w in ([words] if isinstance(words, str) else words) for p in PLACES.findall(w)}
        other = english[key]
        here = {p for w in ([other] if isinstance(other, str) else other) for p in PLACES.findall(w)}
        if there - {"n"} != here - {"n"}:
            wrong[key] = (there, here)
    assert wrong == {}


def test_japanese_is_japanese_and_english_is_not() -> None:
    japanese = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
    allowed = {"common.footer"}  # names the product in its own script
    for key, words in catalog("en").items():
        text = words if isinstance(words, str) else " ".join(words)
        assert key in allowed or not japanese.search(text), key


def test_a_time_on_an_answer_says_in_which_zone_it_is() -> None:
    """A reader abroad compares it with the sentences of the checks, which speak of UTC."""
    at, tokyo = datetime(2026, 3, 25, 1, 30, tzinfo=UTC), ZoneInfo("Asia/Tokyo")
    assert Words("en", tokyo).instant(at) == "25 Mar 2026, 10:30 (GMT+09:00)"
    assert Words("ja", tokyo).instant(at) == "2026年3月25日 10:30"
    assert Words("ja", ZoneInfo("Europe/London")).instant(at).endswith(" 1:30 (GMT+00:00)")
    assert Words("en", tokyo).instant(None) == "–"
