# SPDX-License-Identifier: Apache-2.0
"""What people read is in their own language: the rules of wording that can be held mechanically.

Of every Japanese and English sentence there is: checks, reports, errors, problems of uploads, pages, mails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from types import ModuleType

import pytest

from gakusho.holder import _letters
from gakusho.issuer import error_sentences, problem_sentences_en, problem_sentences_ja, template_sentences
from gakusho.verifier import (
    _reason_words,
    _report_words,
    _sentences_en,
    _sentences_ja,
    badge_words,
    document_words,
    format_names,
)
from gakusho.web.words import catalog

JAPANESE = "ぁ-んァ-ヺー一-龥々"
NAMES = (
    # proper names, and what stands on a screen or in a file as it is
    *("Open Badges 3.0", "Cloud Signature Consortium", "CSV UTF-8", "Adobe Acrobat", "GET /vc-api/issuers"),
    *("PNG", "SVG", "JPEG", "WebP", "TIFF", "PEM", "DER", "PKCS"),
)
RUN = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")
"""Three English words in a row: a sentence, or the beginning of one."""
QUOTED = re.compile(r"`[^`]*`|\{[^}]*\}|%\(\w+\)s|#show:.*|import \"[^\"]*\"[^。]*|https?://\S+|--?\w+ \w+")
TYPED = re.compile("「[^」]*[;:][^」]*」")
"""What is to be typed, or is shown, as it is."""
APART = re.compile(rf"[{JAPANESE}] (?:PDF|QR|PIN|JSON|NUL|UTF-8)|(?:PDF|QR|PIN|JSON) [{JAPANESE}]")
HALF = re.compile(rf"[{JAPANESE}][,;:!?()]|[(][{JAPANESE}]")
KEY_OWNERS = re.compile(r"認証局|PKCS|CSR|署名者の|時刻の証明|失効情報|中間証明書")
"""Where these stand, a certificate is that of a key."""
BARE = re.compile(r"(?<!電子)(?<!中間)(?<!卒業)証明書(?!のデータ|は添付)")
BRITISH = re.compile(
    r"\b(?:colour|behaviour|favour|centre|licence|catalogue|programme|cancelled|labelled|enrolment"
    r"|organisations?|recognised?|authorised?|certif(?:y|ies) the genuine)\b",
    re.IGNORECASE,
)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _words(one)


def _tables(module: ModuleType) -> Iterator[str]:
    for name in ("SENTENCES", "WHY", "HEADLINES", "EXPLANATIONS", "NEXT_STEPS", "IDENTITIES", "OTHER"):
        yield from _words(getattr(module, name, ()))
    yield module.NO_IDENTITY


def _letters_in(language: str) -> Iterator[str]:
    for file in resources.files("gakusho.issuer.letters").iterdir():
        if file.name.endswith(f".{language}.txt"):
            yield file.read_text("utf-8")
    yield from _words((_letters._SIGN_IN[language], _letters._ADD_EMAIL[language]))


def _pairs(place: int) -> Iterator[str]:
    """Give what stands in tables that have both languages side by side."""
    tables = (_reason_words.CODES, _reason_words.PURPOSES, _reason_words.PARTS, format_names._NAMES)
    for table in (*tables, badge_words._KINDS, badge_words._TARGETS):
        yield from (pair[place] for pair in table.values())
    yield from (row[2 + place] for row in _reason_words.PATTERNS)


def japanese() -> list[str]:
    """Give every Japanese sentence."""
    found = [*_tables(_sentences_ja), *_pairs(0), *_letters_in("ja"), *_words(catalog("ja"))]
    found += _words((_report_words.LABELS["ja"], _report_words.KINDS["ja"], document_words._JA))
    found += _words((error_sentences.JAPANESE, error_sentences.JAPANESE_ACTIONS))
    return [*found, *_words((problem_sentences_ja.SENTENCES, template_sentences.JAPANESE))]


def english() -> list[str]:
    """Give every English sentence that stands in a table."""
    found = [*_tables(_sentences_en), *_pairs(1), *_letters_in("en"), *_words(catalog("en"))]
    found += _words((_report_words.LABELS["en"], _report_words.KINDS["en"], document_words._EN))
    return [*found, *_words((error_sentences.ENGLISH_ACTIONS, problem_sentences_en.SENTENCES))]


def _wrong(sentences: list[str], rule: re.Pattern[str]) -> list[str]:
    return [one for one in sentences if rule.search(TYPED.sub("", one))]


def test_no_english_sentence_stands_in_a_japanese_one() -> None:
    found = []
    for one in japanese():
        bare = QUOTED.sub("", one)
        for name in NAMES:
            bare = bare.replace(name, "")
        if re.search(f"[{JAPANESE}]", bare) and RUN.search(bare):
            found.append(one)
    assert found == []
    assert RUN.search("内容が壊れています（issuer is no URL）。")


@pytest.mark.parametrize(
    ("rule", "told"),
    [(APART, "PDF を開く"), (HALF, "目的: 就職(応募)"), (re.compile("～|だれ|わか[らりるっ]"), "4～6")],
    ids=["a space beside PDF", "narrow signs", "another spelling"],
)
def test_japanese_is_spelled_in_one_way(rule: re.Pattern[str], told: str) -> None:
    assert _wrong(japanese(), rule) == []
    assert rule.search(told)


def test_the_certificate_of_a_key_is_never_called_as_that_of_a_person() -> None:
    about_keys = [one for one in japanese() if KEY_OWNERS.search(one)]
    assert len(about_keys) > 40
    assert _wrong(about_keys, BARE) == []
    assert BARE.search("認証局の証明書を選んでください。")


def test_english_is_american_with_typographic_quotation_marks() -> None:
    assert _wrong(english(), BRITISH) == []
    pages = [*_words(catalog("en")), *_letters_in("en"), *_tables(_sentences_en)]
    assert _wrong(pages, re.compile('"')) == []
