# SPDX-License-Identifier: Apache-2.0
"""Every error the program can raise speaks Japanese and English."""

from __future__ import annotations

import re

import pytest
from tools import reference

from gakusho import errors
from gakusho.cli.terminal import UsageError
from gakusho.errors import GakushoError, InputError, MissingGlyphError
from gakusho.holder.claim import ClaimState
from gakusho.issuer import error_sentences as told
from gakusho.issuer.error_sentences import ENGLISH_ACTIONS, error_action, error_detail, error_sentence
from gakusho.issuer.problem_sentences_ja import SENTENCES as PROBLEMS

SENTENCES, ACTIONS = told.JAPANESE, told.JAPANESE_ACTIONS
CODES = sorted(SENTENCES)
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
PLACE = re.compile(r"\{(\w+)#?\}")


def in_the_sources() -> set[str]:
    """Give every code an error is raised with; all sources are read, so only the tests that need it ask."""
    claims = {f"claim-{state}" for state in ClaimState if state is not ClaimState.OPEN}
    return {*reference.codes_of_errors(), *claims, *(kind.code for kind in reference.error_classes())}


def variants(code: str) -> tuple[str, ...]:
    """Give the sentences of a code, the fullest first."""
    words = SENTENCES[code]
    return (words,) if isinstance(words, str) else words


def test_the_codes_are_found_in_the_sources() -> None:
    found = in_the_sources()
    assert {"award-state", "database-full", "database", "image.no-credential", "usage"} <= found
    assert {"achievement-credits", "status-range", "table.encoding"} <= found, "codes handed to a maker"
    assert len(found) > 150


def test_every_code_in_the_sources_has_sentences() -> None:
    """Those of rows' problems that errors are raised with as well have them there."""
    others = in_the_sources() - set(CODES)
    assert others <= set(PROBLEMS)
    for code in others:
        speaks_japanese(code)
        speaks_english(code)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_japanese_sentence_and_action(code: str) -> None:
    speaks_japanese(code)


def speaks_japanese(code: str) -> None:
    error = GakushoError("An English reason.", code=code, action="Do something.")
    assert code in PROBLEMS or (code in SENTENCES and code in ACTIONS)
    for words in (error_sentence(error, "ja"), error_action(error, "ja")):
        assert JAPANESE.search(words)
        assert code in PROBLEMS or words.endswith("。")
        assert "English" not in words
        assert "Do something" not in words


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_an_english_sentence_and_action(code: str) -> None:
    speaks_english(code)


def speaks_english(code: str) -> None:
    error = GakushoError("An English reason.", code=code)
    for words in (error_sentence(error, "en"), error_action(error, "en")):
        assert words
        assert not JAPANESE.search(words)


def test_no_sentence_is_kept_for_a_code_that_nothing_raises() -> None:
    assert set(SENTENCES) - in_the_sources() == set()
    assert set(ACTIONS) == set(SENTENCES)
    assert set(ENGLISH_ACTIONS) - in_the_sources() == set()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_place_is_a_fact_where_the_error_is_raised_and_the_last_sentence_needs_none(code: str) -> None:
    assert PLACE.findall(variants(code)[-1]) == []
    places = {place for words in variants(code) for place in PLACE.findall(words)}
    raised = reference.codes_of_errors().get(code, [])
    known = {name for facts in raised if facts for name in facts}
    spelled_out = raised and all(facts is not None for facts in raised)
    kinds = {kind.code for kind in reference.error_classes()}  # their facts are those of every raising place
    if places and spelled_out and code not in kinds:
        assert places <= known


def test_facts_fill_the_sentence_and_their_lack_does_not_break_it() -> None:
    full = errors.LimitError("x", facts={"got": 2_000_000, "expected": "1000000"})
    assert error_sentence(full, "ja") == "大きすぎるか、多すぎます（2,000,000、上限は1,000,000）。"
    worded = errors.LimitError("x", facts={"got": "> 5 bytes", "expected": "≤ 5 bytes"})
    assert error_sentence(worded, "ja") == "大きすぎるか、多すぎるか、入れ子が深すぎます。"
    assert error_sentence(errors.LimitError("x"), "ja") == error_sentence(worded, "ja")


def test_states_and_roles_have_their_japanese_names() -> None:
    state = errors.ConflictError("x", code="award-state", facts={"got": "revoked"})
    assert error_sentence(state, "ja").startswith("この証明書は「失効」の状態")
    role = errors.ForbiddenError("x", facts={"got": "none", "expected": "prepare, approve"})
    assert error_sentence(role, "ja") == "この操作には「作成・承認」の役割が必要です。"


def test_facts_are_never_read_as_places_themselves() -> None:
    error = InputError("x", code="email", facts={"got": "{expected}\n{0}", "expected": "secret"})
    assert error_sentence(error, "ja") == "「{expected} {0}」はメールアドレスとして読み取れません。"


def test_a_code_without_words_speaks_as_its_class() -> None:
    error = MissingGlyphError("The font lacks it.", code="brand-new", facts={"got": "𓀀"})
    assert error_sentence(error, "ja") == "書類の書体にない文字（𓀀）があります。"
    assert error_action(error, "ja") == ACTIONS["missing-glyph"]
    assert error_detail(error, "ja") == "The font lacks it."


def test_the_english_reason_stands_apart_where_japanese_says_less() -> None:
    error = errors.SettingsError("GAKUSHO_PORT: got 'x', expected a number.")
    assert error_detail(error, "ja") == str(error)
    assert error_detail(error, "en") == ""
    usage = UsageError("No such option: --x", action="See: gakusho verify --help")
    assert error_detail(usage, "ja") == "No such option: --x See: gakusho verify --help"
    assert error_detail(errors.SamePersonError("x"), "ja") == ""


def test_an_action_of_its_own_goes_before_the_better_one_in_english() -> None:
    assert error_action(errors.NotFoundError("x", code="no-link"), "en") == ENGLISH_ACTIONS["no-link"]
    assert error_action(errors.NotFoundError("x", code="no-link", action="Wait."), "en") == "Wait."


def test_an_error_about_an_upload_speaks_with_its_facts_in_both_languages() -> None:
    error = errors.LimitError("x", code="archive.members", facts={"got": "9", "expected": "5"})
    assert "9" in error_sentence(error, "ja")
    assert "at most 5" in error_sentence(error, "en")
    assert error_detail(error, "ja") == ""
