# SPDX-License-Identifier: Apache-2.0
"""A person is found however the name is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.issuer.names import LONGEST_KEY, fold, search_keys
from gakusho.model.learner import PersonName

TAKASAKI = PersonName(full="髙﨑 花子", kana="タカサキ ハナコ", romaji="TAKASAKI Hanako", former="斎藤 花子")


@pytest.mark.parametrize(
    "query",
    [
        "髙﨑花子",
        "高崎 花子",
        "高崎",
        "高﨑\U000e0101",
        "花子",
        "たかさき",
        "ﾀｶｻｷ",
        "タカサキ ハ",
        "takasaki",
        "ＴＡＫＡＳＡＫＩ",
        "Hanako Takasaki",
        "hana",
        "齋藤",
        "22a00",
        "２２Ａ０００１",
        "2026-0001",
        "第2026-0001号",
        "20260001",
    ],
)
def test_each_way_of_writing_finds_the_person(query: str) -> None:
    keys = search_keys(TAKASAKI, "22A0001", "第2026-0001号")
    assert any(key.startswith(fold(query)) for key in keys)


@pytest.mark.parametrize("query", ["高橋", "sakata", "花江", "22B"])
def test_another_person_is_not_found(query: str) -> None:
    keys = search_keys(TAKASAKI, "22A0001", "第2026-0001号")
    assert not any(key.startswith(fold(query)) for key in keys)


@pytest.mark.parametrize(
    "forms",
    [
        ("Ōno Yūki", "Oono Yuuki", "Ohno Yuki", "ONO YUKI", "ōno yūki"),
        ("García", "GARCIA", "garcía"),
        ("渡邊", "渡邉", "渡辺"),
        ("ガ", "ｶﾞ", "が", "か\u3099"),
        ("𠮷野", "吉野"),
    ],
)
def test_forms_of_one_name_fold_to_one(forms: tuple[str, ...]) -> None:
    assert len({fold(form) for form in forms}) == 1


def test_voiced_kana_stay_apart() -> None:
    assert fold("カキ") != fold("ガキ")


@given(st.text(max_size=300))
def test_folding_again_changes_nothing(text: str) -> None:
    once = fold(text)
    assert len(once) <= LONGEST_KEY
    assert fold(once) == once


@given(st.text(max_size=30))
def test_every_name_that_has_letters_finds_itself(name: str) -> None:
    keys = search_keys(PersonName(full=name), None, None)
    assert not fold(name) or fold(name) in keys
