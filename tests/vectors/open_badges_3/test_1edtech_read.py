# SPDX-License-Identifier: Apache-2.0
"""The complete badge of 1EdTech's own fixtures is read in full: skills, rubric, results, endorsements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gakusho.errors import InputError
from gakusho.formats._ob_endorsements import content, endorsed_id
from gakusho.formats._ob_read import award as read_award
from gakusho.formats._ob_read import endorsements
from gakusho.formats._ob_write import document
from gakusho.verifier import badge_words

FIXTURES = Path(__file__).parent / "fixtures"


def complete() -> dict[str, Any]:
    cases = json.loads((FIXTURES / "more.json").read_text("utf-8"))
    found = next(one["input"] for one in cases if one["test"] == "testCompleteJsonInvalidInlineSchemaRef")
    return found if isinstance(found, dict) else json.loads(found)


def test_every_alignment_level_and_result_is_read() -> None:
    award = read_award(complete())
    achievement = award.achievement
    assert [(one.target_name, one.target_type) for one in achievement.alignments] == [
        ("1EdTech University Degree", "CFItem"),
        ("1EdTech University Degree", "CTDL"),
    ]
    assert [one.target_type for one in achievement.skills] == ["CFItem"]
    rubric = next(one for one in achievement.result_descriptions if one.levels)
    assert [(one.name, one.level, one.points) for one in rubric.levels] == [
        ("Mastery", "Mastered", "4"),
        ("Basic", "Basic", "4"),
    ]
    assert rubric.required_level == rubric.levels[0].id
    assert all(one.alignments[0].target_type == "CFRubricCriterionLevel" for one in rubric.levels)
    reached = next(one for one in award.results if one.achieved_level)
    assert reached.achieved_level in {one.id for one in rubric.levels}
    assert badge_words.result_value(reached, achievement, "en")
    graded = next(one for one in award.results if one.value)
    assert (graded.value, len(graded.alignments)) == ("A", 1)


def test_every_endorsement_is_found_by_what_carries_it() -> None:
    written = complete()
    award = read_award(written)
    counts = [len(one) for one in (award.endorsements, award.issuer.endorsements)]
    counts.append(len(award.achievement.endorsements))
    creator = written["credentialSubject"]["achievement"]["creator"]["endorsement"]
    assert min(counts) > 0
    assert len(endorsements(written)) == sum(counts) + len(creator)
    for one in endorsements(written):
        assert endorsed_id(content(one)).startswith("https://")


def test_what_was_read_is_written_again_but_for_endorsements_of_something_else() -> None:
    read = read_award(complete())
    named = replace(read.learner, name=replace(read.learner.name, full="Example Student"))
    award = replace(read, learner=named)
    with pytest.raises(InputError) as caught:  # theirs of the achievement speaks of the issuer
        document(award)
    assert caught.value.code == "endorsement-unfit"
    plain = replace(
        award,
        endorsements=(),
        issuer=replace(award.issuer, endorsements=()),
        achievement=replace(award.achievement, endorsements=()),
    )
    again = read_award(json.loads(json.dumps(document(plain))))
    assert again.achievement.alignments == award.achievement.alignments
    assert [one.levels for one in again.achievement.result_descriptions] == [
        one.levels for one in award.achievement.result_descriptions
    ]
    assert [(one.achieved_level, one.value, one.alignments) for one in again.results] == [
        (one.achieved_level, one.value, one.alignments) for one in award.results
    ]
