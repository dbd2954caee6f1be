# SPDX-License-Identifier: Apache-2.0
"""A badge whose holder can hold parts back: what is always shown, what is chosen, what cannot be made."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.university import University

from gakusho.errors import GakushoError, KeyMaterialError
from gakusho.formats import recognize, to_show
from gakusho.formats.open_badges_3_sd import FORMAT
from gakusho.model.report import Headline, Outcome

Json = dict[str, Any]
DEGREE_ALONE: list[str] = []


@pytest.fixture(scope="module")
def university() -> University:
    return University.with_document_key()


@pytest.fixture(scope="module")
def copy(university: University) -> bytes:
    """What the institution gives the learner."""
    return university.sealed(form="open-badges-3-sd")


def shown(copy: bytes, *pointers: str) -> Json:
    document: Json = json.loads(FORMAT.disclose(copy, pointers))
    return document


def test_my_degree_without_my_grades_is_valid(university: University, copy: bytes) -> None:
    data = FORMAT.disclose(copy, DEGREE_ALONE)
    document = json.loads(data)
    report = university.verify(data)
    assert report.headline is Headline.VALID
    assert "result" not in document["credentialSubject"]
    assert "narrative" not in document["credentialSubject"]
    assert "evidence" not in document
    for word in ("秀", "3.8", "A000001", "2003-04-01", "タカハシ"):
        assert word not in data.decode()
    assert report.credential is not None
    assert report.credential.learner.name.full == "髙橋 花子"
    assert report.credential.achievement.name.best("ja") == "学士（工学）"
    assert report.credential.results == ()


def test_the_report_says_that_parts_may_be_held_back(university: University, copy: bytes) -> None:
    for pointers in (DEGREE_ALONE, [""]):
        report = university.verify(FORMAT.disclose(copy, pointers))
        found = [check for check in report.checks if check.code == "proof.disclosures"]
        assert [(check.outcome, check.facts["reason"]) for check in found] == [(Outcome.VALID, "derived")]


def test_one_grade_is_shown_with_what_explains_it(university: University, copy: bytes) -> None:
    subject = shown(copy, "/credentialSubject/result/1")["credentialSubject"]
    assert [result["value"] for result in subject["result"]] == ["3.8"]
    assert [one["name"] for one in subject["achievement"]["resultDescription"]] == ["成績平均"]
    report = university.verify(json.dumps(shown(copy, "/credentialSubject/result/1")).encode())
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert [result.value for result in report.credential.results] == ["3.8"]


def test_each_part_can_be_shown_alone(university: University, copy: bytes) -> None:
    for part in FORMAT.disclosable(copy):
        report = university.verify(FORMAT.disclose(copy, [part.pointer]))
        assert report.headline is Headline.VALID, part


def test_the_parts_are_told_in_words(copy: bytes) -> None:
    parts = {part.pointer: part for part in FORMAT.disclosable(copy)}
    assert parts["/credentialSubject/result/0"].value == "線形代数学: 秀"
    assert parts["/credentialSubject/narrative"].value == "優秀な成績で卒業した。"
    assert parts["/evidence/0"].value == "卒業論文"
    assert parts["/credentialSubject/identifier/0"].value == "髙橋 花子"
    always = {pointer for pointer, part in parts.items() if part.mandatory}
    assert {"/issuer", "/validFrom", "/name", "/credentialSubject/identifier/0"} <= always
    assert "/credentialSubject/achievement/criteria" in always
    assert {"/credentialStatus/0", "/credentialStatus/2"} <= always
    for optional in ("/evidence/0", "/credentialSubject/result/0", "/credentialSubject/identifier/1"):
        assert optional not in always


def test_whether_the_name_can_be_held_back_is_the_institutions_decision(university: University) -> None:
    sealing = replace(university.sealing, name_always_shown=False)
    data = FORMAT.write([university.award()], sealing)[0].data
    nameless = FORMAT.disclose(data, [])
    assert "髙橋" not in nameless.decode()
    report = university.verify(nameless)
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert report.credential.learner.name.full == ""
    named = FORMAT.disclose(data, ["/credentialSubject/identifier/0"])
    assert university.verify(named).headline is Headline.VALID


def test_the_holders_own_copy_cannot_be_checked_and_is_not_called_false(
    university: University, copy: bytes
) -> None:
    report = university.verify(copy)
    assert report.outcome is Outcome.UNKNOWN
    assert report.headline is Headline.NOT_CHECKED
    found = [check for check in report.checks if check.code == "proof.signature"]
    assert [check.facts["reason"] for check in found] == ["base-proof"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["credentialSubject"]["achievement"].update(name="博士（工学）"),
        lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="鈴木 一郎"),
        lambda d: d["credentialSubject"].update(narrative="首席で卒業した。"),
        lambda d: d.pop("credentialStatus"),
        lambda d: d["credentialStatus"].pop(0),
        lambda d: d.update(validUntil="2099-01-01T00:00:00Z"),
        lambda d: d["credentialSubject"]["achievement"].update(gpa="4.0"),
    ],
)
def test_a_changed_part_or_one_left_out_by_hand_is_not_genuine(
    university: University, copy: bytes, spoil: Any
) -> None:
    document = shown(copy)
    assert university.verify(json.dumps(document).encode()).headline is Headline.VALID
    spoil(document)
    assert university.verify(json.dumps(document).encode()).outcome is Outcome.INVALID


def test_parts_of_two_badges_do_not_make_one(university: University, copy: bytes) -> None:
    other = FORMAT.write([university.award(2)], university.sealing)[0].data
    mine, theirs = shown(copy, "/credentialSubject/result/0"), shown(other, "/credentialSubject/result/0")
    mine["credentialSubject"]["result"] = theirs["credentialSubject"]["result"]
    assert university.verify(json.dumps(mine).encode()).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "pointer", ["/credentialSubject/result/7", "/gpa", "x", "/credentialSubject/result/-"]
)
def test_a_pointer_that_leads_nowhere_is_told(copy: bytes, pointer: str) -> None:
    with pytest.raises(GakushoError) as error:
        FORMAT.disclose(copy, [pointer])
    assert error.value.code == "pointer"


def test_from_what_is_shown_nothing_more_is_derived(copy: bytes) -> None:
    derived = FORMAT.disclose(copy, [])
    assert recognize(derived).name == FORMAT.name
    for call in (lambda: FORMAT.disclose(derived, [""]), lambda: FORMAT.disclosable(derived)):
        with pytest.raises(GakushoError):
            call()


def test_all_is_shown_when_nothing_is_held_back(copy: bytes) -> None:
    whole, original = json.loads(to_show(FORMAT, copy)), json.loads(copy)
    assert {**whole, "proof": 0} == {**original, "proof": 0}


def test_without_a_p256_key_nothing_is_written() -> None:
    with pytest.raises(KeyMaterialError):
        University().sealed(form="open-badges-3-sd")
