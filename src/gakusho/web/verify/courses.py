# SPDX-License-Identifier: Apache-2.0
"""What a transcript is made of, in the reader's words: a row a course, with what its verification found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gakusho.model.award import Award
from gakusho.model.report import Headline, Outcome, Report
from gakusho.model.text import Text
from gakusho.verifier import sentences
from gakusho.verifier.badge_words import result_value
from gakusho.web.words import Words

SHAPES = {
    Headline.VALID: "valid",
    Headline.EXPIRED: "expired",
    Headline.NOT_YET_VALID: "expired",
    Headline.REPLACED: "replaced",
    Headline.SUSPENDED: "suspended",
    Headline.REVOKED: "revoked",
    Headline.NOT_GENUINE: "not-genuine",
    Headline.UNSIGNED: "not-genuine",
    Headline.LOCKED: "not-checked",
    Headline.NOT_LOCKED: "not-checked",
    Headline.NOT_CHECKED: "not-checked",
}


@dataclass(frozen=True, kw_only=True)
class ShownCourse:
    """One row: a course or another part, and how it went."""

    title: str
    title_other: str = ""
    code: str = ""
    kind: str = ""
    """Said where it is no course."""
    value: str = ""
    credits: str = ""
    term: str = ""
    issuer: str = ""
    """Said where it is another than that of the whole."""
    word: str = ""
    shape: str = ""
    """The verdict of its own verification; empty where it is valid."""


def shown_courses(
    report: Report, award: Award, t: Words, titles: Callable[[Text], list[str]]
) -> tuple[ShownCourse, ...]:
    """Give a row for each part of the transcript, in its order.

    A part whose own verification is not there is told as one that could not be checked.
    """
    verified = {inner.credential.id: inner for inner in _inside(report) if inner.credential is not None}
    return tuple(
        _course(component, award, verified.get(component.id), t, titles) for component in award.components
    )


def _inside(report: Report) -> Iterator[Report]:
    for inner in report.carried:
        yield inner
        yield from _inside(inner)


def _course(
    component: Award, whole: Award, verified: Report | None, t: Words, titles: Callable[[Text], list[str]]
) -> ShownCourse:
    title, *others = titles(component.achievement.name)
    results = component.results
    kind = f"verify.type.{component.achievement.type}"
    elsewhere = component.issuer.id != whole.issuer.id
    stated = component.issuer.name.best(t.language) or component.issuer.id
    valid = verified is not None and verified.outcome is Outcome.VALID
    headline = verified.headline if verified is not None else Headline.NOT_CHECKED
    return ShownCourse(
        title=title,
        title_other=" / ".join(others),
        code=component.achievement.code or "",
        kind="" if component.achievement.type == "Course" or not t.has(kind) else t(kind),
        value=_listed(result_value(one, component.achievement, t.language) for one in results),
        credits=_listed(result.credits or "" for result in results),
        term=_listed(result.term or "" for result in results),
        issuer=t("verify.quoted", name=stated) if elsewhere else "",
        word="" if valid else _word(verified, t),
        shape="" if valid else SHAPES[headline],
    )


def _listed(words: Iterator[str]) -> str:
    return ", ".join(each for each in words if each)


def _word(verified: Report | None, t: Words) -> str:
    return t("verify.unverified") if verified is None else sentences.headline(verified, t.language)
