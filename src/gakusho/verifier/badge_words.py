# SPDX-License-Identifier: Apache-2.0
"""Skills, levels and endorsements of a badge in the reader's words, for pages and reports alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, Result
from gakusho.model.report import Report

ENDORSEMENT = "EndorsementCredential"
_STATUSES: Mapping[str, Mapping[str, str]] = {
    # Open Badges 3.0, ResultStatusType
    "ja": {
        "Completed": "修了",
        "Enrolled": "履修登録済み",
        "Failed": "不合格",
        "InProgress": "履修中",
        "OnHold": "保留",
        "Withdrew": "履修取消",
    },
    "en": {
        "Completed": "Completed",
        "Enrolled": "Enrolled",
        "Failed": "Failed",
        "InProgress": "In progress",
        "OnHold": "On hold",
        "Withdrew": "Withdrew",
    },
}
_KINDS: Mapping[str, tuple[str, str]] = {
    # Open Badges 3.0, ResultType
    "GradePointAverage": ("GPA", "grade point average"),
    "LetterGrade": ("評語", "letter grade"),
    "Percent": ("百分率", "percent"),
    "PerformanceLevel": ("到達段階", "performance level"),
    "PredictedScore": ("予測得点", "predicted score"),
    "RawScore": ("点数", "score"),
    "Result": ("結果", "result"),
    "RubricCriterion": ("ルーブリックの観点", "rubric criterion"),
    "RubricCriterionLevel": ("評価段階（ルーブリック）", "rubric level"),
    "RubricScore": ("ルーブリックの得点", "rubric score"),
    "ScaledScore": ("換算得点", "scaled score"),
    "Status": ("合否", "pass or fail"),
}
_TARGETS: Mapping[str, tuple[str, str]] = {
    # Open Badges 3.0, AlignmentTargetType
    "ext:Skill": ("スキル", "skill"),
    "ceasn:Competency": ("能力（CTDL-ASN）", "competency (CTDL-ASN)"),
    "ceterms:Credential": ("資格（CTDL）", "credential (CTDL)"),
    "CFItem": ("CASEの項目", "CASE item"),
    "CFRubric": ("CASEのルーブリック", "CASE rubric"),
    "CFRubricCriterion": ("CASEのルーブリックの観点", "CASE rubric criterion"),
    "CFRubricCriterionLevel": ("CASEのルーブリックの段階", "CASE rubric level"),
    "CTDL": ("CTDLの項目", "CTDL item"),
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "ja": {"points": "{}点", "needed": "合格基準：{}", "between": "{}から{}まで"},
    "en": {"points": "{} points", "needed": "needed to pass: {}", "between": "from {} to {}"},
}


def result_value(result: Result, achievement: Achievement, language: str) -> str:
    """Give how it went: the value, the level reached if it has another name, the status."""
    levels = {level.id: level.name for kind in achievement.result_descriptions for level in kind.levels}
    level = levels.get(result.achieved_level or "", result.achieved_level or "")
    status = _STATUSES[language].get(result.status or "", result.status or "")
    value = "" if result.value == result.status else result.value
    return " · ".join(dict.fromkeys(part for part in (value, level, status) if part))


def kind_of_result(kind: ResultDescription, language: str) -> str:
    """Give what a kind of result allows and asks for, its rubric included, a level a line."""
    words = _WORDS[language]
    names = {level.id: level.name for level in kind.levels}
    needed = [one for one in (kind.required_value, names.get(kind.required_level or "")) if one]
    between = (kind.value_min, kind.value_max)
    parts = [kind.name, _said(_KINDS, kind.type, language), *kind.allowed_values]
    if any(between):
        parts.append(words["between"].format(*(one or "…" for one in between)))
    parts += [words["needed"].format(one) for one in needed]
    lines = [" · ".join(parts)]
    for level in kind.levels:
        points = words["points"].format(level.points) if level.points else None
        said = (level.name, level.level, points, level.description)
        lines.append("– " + " · ".join(dict.fromkeys(one for one in said if one)))
    return "\n".join(lines)


def _said(table: Mapping[str, tuple[str, str]], word: str, language: str) -> str:
    """Give what people say for a word of the standard; one that is not known as it stands."""
    return table[word][language != "ja"] if word in table else word


def alignment_words(alignment: Alignment, language: str) -> str:
    """Give everything an alignment says, its kind in the reader's words."""
    said = (
        alignment.target_name,
        alignment.target_code,
        alignment.target_framework,
        _said(_TARGETS, alignment.target_type or "", language),
        alignment.target_description,
        alignment.target_url,
    )
    return " · ".join(one for one in said if one)


def inner_alignments(award: Award) -> Iterator[tuple[str, Alignment]]:
    """Give the alignments of levels, kinds of results and results, each with the name of what has it."""
    for kind in award.achievement.result_descriptions:
        yield from ((kind.name, one) for one in kind.alignments)
        for level in kind.levels:
            yield from ((f"{kind.name} {level.name}", one) for one in level.alignments)
    for result in award.results:
        yield from ((result.name, one) for one in result.alignments)


@dataclass(frozen=True, kw_only=True)
class Endorsed:
    """One endorsement carried inside, with the report on it."""

    report: Report
    about: str
    """``award``, ``achievement``, ``issuer``, or ``other`` when it is of nothing in what carries it."""
    endorser: str
    """As it names itself; its id, where it has no name."""
    of: str
    """Id of what is endorsed."""
    comment: str
    """Empty where it is not known that the endorser said so."""


def endorsements(report: Report) -> list[Endorsed]:
    """Give the endorsements inside, however deep, in their order."""
    award = report.credential
    if award is None:
        return []
    return [_endorsed(inner, award) for inner in _inside(report) if _is_endorsement(inner)]


def _inside(report: Report) -> Iterator[Report]:
    for inner in report.carried:
        yield inner
        yield from _inside(inner)


def _is_endorsement(report: Report) -> bool:
    return report.credential is not None and report.credential.achievement.type == ENDORSEMENT


def _endorsed(inner: Report, award: Award) -> Endorsed:
    said = inner.credential
    assert said is not None
    ids = {award.id: "award", award.achievement.id: "achievement", award.issuer.id: "issuer"}
    ids |= {part.achievement.id: "achievement" for part in award.components}
    ids |= {part.id: "award" for part in award.components}
    believed = inner.headline.is_genuine
    return Endorsed(
        report=inner,
        about=ids.get(said.achievement.id, "other"),
        endorser=said.issuer.name.best("ja", "en") or said.issuer.id,
        of=said.achievement.id,
        comment=said.achievement.description.joined("\n") if believed else "",
    )
