# SPDX-License-Identifier: Apache-2.0
"""Why a check came out as it did is said in the reader's language, and nothing that is known is lost."""

from __future__ import annotations

import re

import pytest

from gakusho.model.report import Check, Outcome
from gakusho.verifier import sentences
from gakusho.verifier._reason_words import PATTERNS

_ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
RAW = (
    ("format.rules", {"reason": "issuer is no URL; achievement.name is missing"}),
    ("format.readable", {"reason": "limit", "message": "The JSON text is nested too deep."}),
    ("format.recognized", {"reason": "image", "message": "The PNG cannot be read: no header."}),
    ("schema.shape", {"got": "https://a.example/s", "message": "$.id: 5 is not of type 'string'"}),
    ("proof.key", {"reason": "method", "got": "The key did:web:a#1 cannot be used."}),
    ("pdf.readable", {"reason": "damaged: object 3 0: unexpected end of file"}),
    ("pdf.coverage", {"reason": "changed-after-signing", "got": "object 5 changed; object removed"}),
    ("pdf.time", {"reason": "broken", "said": "words that nobody has heard of"}),
)


@pytest.mark.parametrize(("code", "facts"), RAW, ids=[code for code, _ in RAW])
def test_technical_words_stand_beside_a_japanese_sentence_and_never_in_it(
    code: str, facts: dict[str, str]
) -> None:
    check = Check(code=code, outcome=Outcome.INVALID, facts=facts)
    assert not _ENGLISH.search(sentences.sentence(check, "ja"))
    told = sentences.technical(check, "ja")
    assert told in facts.values()
    assert told
    english = sentences.sentence(check, "en") + sentences.technical(check, "en")
    assert told.rstrip(".")[1:] in english


@pytest.mark.parametrize("code", ["pdf.readable", "proof.header", "pdf.time"])
def test_a_known_reason_is_said_whole_in_both_languages(code: str) -> None:
    raw = {
        "pdf.readable": {"reason": "encrypted"},
        "proof.header": {"reason": "alg none"},
        "pdf.time": {"reason": "broken", "said": "its content was changed"},
    }[code]
    check = Check(code=code, outcome=Outcome.INVALID, facts=raw)
    assert sentences.technical(check, "ja") == sentences.technical(check, "en") == ""
    bare = Check(code=code, outcome=Outcome.INVALID)
    for language in sentences.LANGUAGES:
        assert len(sentences.sentence(check, language)) > len(sentences.sentence(bare, language))


def test_what_a_signature_is_for_and_what_a_pdf_holds_are_said_in_words() -> None:
    facts = {"reason": "proofPurpose", "got": "authentication", "expected": "assertionMethod"}
    purpose = Check(code="proof.purpose", outcome=Outcome.INVALID, facts=facts)
    active = Check(code="pdf.active-content", outcome=Outcome.INVALID, facts={"got": "javascript, xfa"})
    assert "証明書の発行" in sentences.sentence(purpose, "ja")
    assert "issuing credentials" in sentences.sentence(purpose, "en")
    assert "プログラム（JavaScript）、XFAフォーム" in sentences.sentence(active, "ja")


def test_a_signer_is_named_and_not_spelled_out() -> None:
    facts = {"reason": "no-issuer", "signer": "CN=電子署名,O=青葉大学,C=JP"}
    check = Check(code="pdf.signer-key", outcome=Outcome.UNKNOWN, facts=facts)
    assert "青葉大学 / 電子署名" in sentences.sentence(check, "ja")
    assert "CN=" not in sentences.sentence(check, "en")


def test_patterns_compile_and_fill_their_places() -> None:
    for _, pattern, *words in PATTERNS:
        groups = re.compile(pattern).groups
        for one in words:
            assert {int(place) for place in re.findall(r"\\(\d)", one)} <= set(range(1, groups + 1)), pattern
